# latchkeyd restore: from a backup that was made under pushes, deletions and
# collection to an installation that serves, and what was revoked meanwhile.
. "$(dirname "$0")/lib.sh"

# What is deleted is collected as soon as can be without getting into the way of
# a push that is under way.
serve --gc-grace 2 --trash-days 0
login
latchkey cr namespace-add birds >/dev/null
rw=$(token --readwrite --non-expiring)
for tag in early-1 early-2 early-3; do
	push_small "$rw" birds/robin $tag || echo "# push of $tag"
done

# --- credentials of each kind, which will be taken away after the backup
id_of() { # TOKEN: what is inside of it
	printf %s "$1" | cut -d . -f 2 | tr '_-' '/+' | base64 -d 2>/dev/null |
		jq -r .jti
}
doomed=$(token --readwrite --non-expiring)
make_key me
make_key deploy
ssh_setup
user_key me >/dev/null
repo_create test
access_id=$(access_key test deploy)
cd "$T" || exit 99
want "a pair is made" latchkey keypair create web-key
want "another" latchkey keypair create other
want "a server trusts one" latchkey server create web-1 --keypair web-key
want "and a second server" latchkey server create web-2 --keypair web-key
enrol() { # COMMAND...: which shows a seed; prints the machine's credential
	latchkey server "$@" >"$T/made" 2>&1
	curl -s -X POST "$URL/metadata/$(grep -o 'lk_s_[0-9A-Za-z]*' \
		"$T/made" | head -n 1)/enrol"
}
machine=$(enrol create web-3 --keypair other)
like "a machine has its credential" "$machine" '^lk_m_'
follows() { # CREDENTIAL: the status
	http GET /machine/v1/authorized-keys -H "Authorization: Bearer $1"
}
is "and follows" "$(follows "$machine")" 200

# --- while somebody copies, no bytes go
owl() { # METHOD PATH [ARGUMENT of curl]...: as who may delete
	http "$@" -u "iamapikey:$(key_in "$T/apikey")"
}
push_small "$rw" birds/owl gone
bytes=$(sha256 "$T/small/gone/layer")
is_stored() {
	find "$DATA/blobs" -type f -size 64k -exec sha256sum {} + |
		grep -q "^$bytes"
}
# Not asked for meanwhile: who sees a blob puts its collection off.
is_collected() {
	latchkeyd gc --data "$DATA" | grep -q '[1-9][0-9]* blobs'
}
want "bytes are stored" is_stored
exec 9<"$DATA/blobs"
flock -s 9
is "an image is deleted" "$(owl DELETE \
	"/v2/birds/owl/manifests/sha256:$(sha256 "$T/small/gone/manifest")")" 202
want "its blobs are collected" until_ok is_collected
is "and are gone for clients" \
	"$(http GET "/v2/birds/owl/blobs/sha256:$bytes" -u "token:$rw")" 404
want "which goes on as long as it may" latchkeyd gc --data "$DATA"
want "but the bytes stay, for whoever copies" is_stored
exec 9<&-
is_swept() {
	latchkeyd gc --data "$DATA" >/dev/null
	! is_stored
}
want "and go when that is over" until_ok is_swept

# --- pushes, deletions and collection, all the time
git_as me clone -q "$SSH_URL/nest/test.git" "$T/work" 2>/dev/null
commit() { # TEXT
	printf '%s\n' "$1" >"$T/work/file"
	git -C "$T/work" add file
	git -C "$T/work" commit -q -m "$1"
}
commit first
git_as me -C "$T/work" push -q origin HEAD:main
first=$(git -C "$T/work" rev-parse HEAD)
git_pusher() {
	i=0
	while [ ! -e "$T/enough" ]; do
		i=$((i + 1))
		commit "$i"
		as_key me git -C "$T/work" push -q origin HEAD:main && echo ok ||
			echo failed
	done >"$T/pushed-git" 2>"$T/pushed-git.why"
}
pusher() {
	i=0
	while [ ! -e "$T/enough" ]; do
		i=$((i + 1))
		push_small "$rw" birds/robin "stays-$i" && echo ok || echo failed
	done >"$T/pushed"
}
# What goes away again: its blobs are garbage from then on.
deleter() {
	i=0
	while [ ! -e "$T/enough" ]; do
		i=$((i + 1))
		push_small "$rw" birds/wren "goes-$i" || echo failed
		curl -sf -o /dev/null -u "iamapikey:$(key_in "$T/apikey")" \
			-X DELETE --max-time 20 \
			"$URL/v2/birds/wren/manifests/sha256:$(sha256 "$T/small/goes-$i/manifest")" &&
			echo ok || echo failed
	done >"$T/deleted"
}
collector() {
	while [ ! -e "$T/enough" ]; do
		latchkeyd gc --data "$DATA" && echo ok || echo failed
		sleep 0.2
	done >"$T/collected" 2>&1
}
pusher &
one=$!
deleter &
two=$!
git_pusher &
three=$!
collector &
four=$!
sleep 1
for n in 1 2 3 4 5; do
	want "a backup under all that" latchkeyd backup --data "$DATA" "$T/copy$n"
done
: >"$T/enough"
wait $one $two $three $four
is "no push noticed" "$(sort -u "$T/pushed")" ok
is "nor one of git" "$(sort -u "$T/pushed-git")" ok
is "nor a deletion" "$(sort -u "$T/deleted")" ok
is "nor collection" "$(grep -c failed "$T/collected")" 0
remark <"$T/pushed-git.why"
echo "# $(wc -l <"$T/pushed") pushes, $(wc -l <"$T/deleted") deletions, $(wc -l <"$T/pushed-git") of git"
garbage_goes() {
	latchkeyd gc --data "$DATA" >"$T/said" 2>&1
	[ "$(find "$DATA/blobs" -type f -size +60k | wc -l)" -le \
		$(($(grep -c . "$T/pushed") + 3)) ]
}
want "garbage goes when nobody copies" until_ok garbage_goes
for n in 1 2 3 4 5; do
	want "each copy holds together" latchkeyd verify --deep --data "$T/copy$n"
done

# --- after the last backup: everything of above is taken away
want "a last backup" latchkeyd backup --data "$DATA" "$T/copy"
young=$(token --non-expiring)

latchkey cr token-rm -f "$(id_of "$doomed")" >/dev/null
latchkey cr token-rm -f "$(id_of "$young")" >/dev/null
bitbucket 204 DELETE "/repositories/nest/test/deploy-keys/$access_id"
latchkey server delete -f web-1 >/dev/null
latchkey server set-keypair web-2 other >/dev/null
latchkey keypair delete -f web-key >/dev/null
like "a machine enrols anew" "$(enrol seed-url -f web-3)" '^lk_m_'
is "which ends what it had" "$(follows "$machine")" 404
push_small "$rw" birds/robin late
stop

# --- restoring
latchkeyd restore "$T/copy" --data "$DATA" >"$T/said" 2>&1
is "never over data" $? 73
latchkeyd restore "$T/nothing" --data "$T/new" >"$T/said" 2>&1
is "of nothing it is a mistake" $? 78
is "and makes nothing" "$(ls -d "$T/new" 2>/dev/null)" ''
latchkeyd restore "$T/copy" --data "$T/copy/inside" >"$T/said" 2>&1
is "nor into the copy" $? 73
latchkeyd restore "$T/copy" --data "$T/new" --apply >"$T/said" 2>&1
is "nothing can be repeated out of nothing" $? 2
cp -r "$T/copy" "$T/torn"
rm "$T/torn/node"
latchkeyd restore "$T/torn" --data "$T/new" >"$T/said" 2>&1
is "half a copy is none" $? 78

# A copy on the way loses its modes, and lies where nobody may write.
chmod -R a+rX "$T/copy"
before=$(cd "$T/copy" && find . -type f | sort | xargs sha256sum | sha256sum)
mkdir "$T/new"
want "a copy becomes an installation" latchkeyd restore "$T/copy" --data "$T/new" --deep
said "which says of when it is" 'knows of: 20[0-9-]+T[0-9:.]+Z, row [0-9]+'
said "and what to do next" "latchkeyd revocations OLD --data $T/new"
is "nobody else may look into it" "$(find "$T/new" -perm /077 | head -n 3)" ''
is "the copy is as it was" "$(cd "$T/copy" && find . -type f | sort |
	xargs sha256sum | sha256sum)" "$before"
want "it holds together" latchkeyd verify --deep --data "$T/new"

# --- what was revoked
data_before=$(sha256sum "$DATA/latchkey.db" | cut -d ' ' -f 1)
want "what was revoked since is listed" \
	latchkeyd revocations "$DATA" --data "$T/new"
remark <"$T/said"
said "a registry token" "lives again +registrytoken.delete  token:$(id_of "$doomed")  by IBMid-"
said "an access key" 'lives again +accesskey.delete  access-key:'
said "a server" 'lives again +server.delete  server:'
said "a key pair" 'lives again +keypair.delete  key-pair:'
said "a server's other key, for people" 'by hand +server.setkey .*set-keypair'
said "a machine's credential" 'lives again +seed.enrol .*web-3 .*seed-url'
said "a seed, for people" 'by hand +server.seed .*seed-url'
is "what the copy never had is not" "$(grep -c "$(id_of "$young")" "$T/said")" 0
is "the old data are as they were" \
	"$(sha256sum "$DATA/latchkey.db" | cut -d ' ' -f 1)" "$data_before"
latchkeyd init --data "$T/stranger" --apikey-file "$T/stranger.key" >/dev/null
deny "other installation's data are refused" \
	latchkeyd revocations "$T/stranger" --data "$T/new"
said "in words" 'another installation'

want "it is taken away again" \
	latchkeyd revocations "$DATA" --data "$T/new" --apply
said "the token" "taken away again +registrytoken.delete  token:$(id_of "$doomed")"
said "and counted" '5 were repeated, 2 have to be by hand, and 0 failed'
want "a second time there is nothing left" \
	latchkeyd revocations "$DATA" --data "$T/new" --apply
said "but what is for people" '2 of them live in it again, of which 0 were repeated'
want "at once, with the restore" latchkeyd restore "$T/copy" --data "$T/both" \
	--since-data "$DATA" --apply
said "the same" '5 were repeated, 2 have to be by hand'
want "which holds together too" latchkeyd verify --data "$T/both"

# --- and it serves
mv "$DATA" "$T/old"
mv "$T/new" "$DATA"
serve
lost=0
for tag in early-1 early-2 early-3; do
	is_there "$rw" birds/robin $tag || lost=$((lost + 1))
done
is "images are there" $lost 0
want "logins go on" latchkey cr namespaces
is "the token that stayed is what it was" "$(latchkey cr token-get -q "$(id_of "$rw")")" "$rw"
is "the one that was removed opens nothing" \
	"$(http GET /v2/birds/robin/tags/list -u "token:$doomed")" 401
is "nor does the machine's old credential" "$(follows "$machine")" 404
deny "nor does the access key" git_as deploy clone -q "$SSH_URL/nest/test.git" "$T/no"
want "the repository is cloned: the host keys are what they were" \
	git_as me clone -q "$SSH_URL/nest/test.git" "$T/again"
want "whole" git -C "$T/again" fsck --full
want "with all that was there before" git -C "$T/again" merge-base \
	--is-ancestor "$first" HEAD
latchkey audit --verb registrytoken.delete --output json >"$T/trail"
is "the trail says who took it away" \
	"$(jq -s 'flatten | [.[] | select(.addr == "restore")] | length' "$T/trail")" 1
want "new things can be pushed" push_small "$rw" birds/robin later
stop
want "all holds together" latchkeyd verify --deep --data "$DATA"
finish
