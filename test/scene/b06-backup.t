# latchkeyd backup beside a daemon that goes on serving: the copy is as of one
# moment, can be served elsewhere, and an interrupted one is no installation.
. "$(dirname "$0")/lib.sh"
serve
login
latchkey cr namespace-add birds >/dev/null
rw=$(token --readwrite --non-expiring)
id=$(latchkey cr tokens --output json | jq -r '.[0]._id')
for tag in early-1 early-2 early-3; do
	push_small "$rw" birds/robin $tag || echo "# push of $tag"
done
# A chunk of an upload that is under way.
http POST /v2/birds/robin/blobs/uploads/ -u "token:$rw" -H 'Content-Length: 0' >/dev/null
session=$(head_of location | sed "s,^$URL,,")
head -c 100000 /dev/urandom >"$T/half"
http PATCH "$session" -u "token:$rw" --data-binary "@$T/half" \
	-H 'Content-Type: application/octet-stream' >/dev/null

# A repository with a history, and a client that knows our host keys.
make_key me
ssh_setup
user_key me >/dev/null
repo_create test
repo_create quiet
git_as me clone -q "$SSH_URL/nest/test.git" "$T/work" 2>/dev/null
commit() { # TEXT
	printf '%s\n' "$1" >"$T/work/file"
	git -C "$T/work" add file
	git -C "$T/work" commit -q -m "$1"
}
commit first
git_as me -C "$T/work" push -q origin HEAD:main
first=$(git -C "$T/work" rev-parse HEAD)
# Branches come, move and go all the time.
git_pusher() {
	i=0
	while [ ! -e "$T/enough" ]; do
		i=$((i + 1))
		commit "$i"
		as_key me git -C "$T/work" push -q origin "HEAD:main" \
			"HEAD:refs/heads/a/b$i" "HEAD:refs/tags/t$i" \
			$([ $i -lt 3 ] || echo ":refs/heads/a/b$((i - 2))") &&
			echo ok || echo failed
	done >"$T/pushed-git" 2>"$T/pushed-git.why"
}

pusher() {
	i=0
	while [ ! -e "$T/enough" ]; do
		i=$((i + 1))
		push_small "$rw" birds/robin "$1-$i" && echo ok || echo failed
	done >"$T/pushed-$1"
}
pusher a &
one=$!
pusher b &
two=$!
git_pusher &
three=$!
sleep 1
for n in 1 2 3; do
	want "a backup under pushes" latchkeyd backup --data "$DATA" "$T/copy$n"
done
is "says where it is" "$(cat "$T/said")" "$T/copy3"
sleep 0.3
: >"$T/enough"
wait $one $two $three
is "no push noticed" "$(cat "$T/pushed-a" "$T/pushed-b" | sort -u)" ok
is "nor one of git" "$(sort -u "$T/pushed-git")" ok
remark <"$T/pushed-git.why"
echo "# $(wc -l <"$T/pushed-git") of git"
echo "# $(cat "$T/pushed-a" "$T/pushed-b" | wc -l) pushes meanwhile"
want "and the daemon is well" latchkey cr images

latchkeyd backup --data "$DATA" "$T/copy1" >"$T/said" 2>&1
is "never over something" $? 73
latchkeyd backup --data "$DATA" "$DATA/inside" >"$T/said" 2>&1
is "nor into the original" $? 73
latchkeyd backup --data "$T/nothing" "$T/copy9" >"$T/said" 2>&1
is "of nothing it is a mistake" $? 78
is "and makes nothing" "$(ls -d "$T"/copy9 "$T/nothing" 2>/dev/null)" ""
is "nobody else may look into it" \
	"$(find "$T/copy1" -perm /077 | head -n 3)" ""

# Killed at any moment: a whole installation, or none.
wrong=0 halves=0
for delay in 0.005 0.01 0.02 0.04 0.08; do
	rm -rf "$T/cut"
	latchkeyd backup --data "$DATA" "$T/cut" >/dev/null 2>&1 &
	cut=$!
	sleep $delay
	kill -KILL $cut 2>/dev/null
	wait $cut 2>/dev/null
	[ -d "$T/cut" ] || continue
	if [ -e "$T/cut/latchkey.db" ]; then
		keep latchkeyd verify --deep --data "$T/cut" || wrong=$((wrong + 1))
	else
		halves=$((halves + 1))
		! keep timeout 10 latchkeyd serve --data "$T/cut" \
			--http 127.0.0.1:0 --ssh none || wrong=$((wrong + 1))
	fi
done
echo "# $halves cut in the middle"
is "an interrupted backup is whole, or no installation" $wrong 0

# Another filesystem, where the machine has one.
elsewhere=$(mktemp -d /dev/shm/lk.XXXXXX 2>/dev/null || mktemp -d "$T/shm.XXXXXX")
want "to another filesystem" latchkeyd backup --data "$DATA" "$elsewhere/copy"
is "the host keys are in it, closed" \
	"$(cd "$T/copy1/ssh" && ls host_* | wc -l; find . -perm /077)" 6
deny "a folder that is missing is found" sh -c "cp -r '$T/copy2' '$T/torn' &&
	rm -rf '$T/torn/git/'* && latchkeyd verify --data '$T/torn'"
said "and named" "FAILED folders of repositories: [0-9a-f]{32}: no folder"
deny "as is a lost pack, deep down" sh -c "cp -r '$T/copy2' '$T/worn' &&
	rm -f '$T/worn/git/'*/objects/pack/* &&
	latchkeyd verify --deep --data '$T/worn'"
said "and named" "FAILED objects of repositories: [0-9a-f]{32}: "
stop
want "a backup of a stopped one" latchkeyd backup --data "$DATA" "$T/still"
for copy in "$T/copy1" "$T/copy2" "$T/copy3" "$elsewhere/copy" "$T/still"; do
	want "each holds together" latchkeyd verify --deep --data "$copy"
done
rm -rf "$elsewhere" "$DATA"

# The original is gone; the copy is served in its place.
mv "$T/copy1" "$DATA"
serve
lost=0
for tag in early-1 early-2 early-3; do
	is_there "$rw" birds/robin $tag || lost=$((lost + 1))
done
is "what was acknowledged before it began is there" $lost 0
want "logins go on" latchkey cr namespaces
is "tokens are what they were" "$(latchkey cr token-get -q "$id")" "$rw"
is "the upload is as far as it was" \
	"$(http GET "$session" -u "token:$rw" && head_of range)" "2040-99999"
is "and can be finished" "$(http PUT \
	"$session?digest=sha256:$(sha256 "$T/half")" -u "token:$rw")" 201
want "new things can be pushed" push_small "$rw" birds/robin late
want "the repository is cloned: the host keys are what they were" \
	git_as me clone -q "$SSH_URL/nest/test.git" "$T/again"
want "whole" git -C "$T/again" fsck --full
want "with all that was there before" git -C "$T/again" merge-base \
	--is-ancestor "$first" HEAD
want "and pushed to" git_as me -C "$T/again" push -q origin HEAD:refs/heads/late
stop
want "all holds together" latchkeyd verify --deep --data "$DATA"
finish
