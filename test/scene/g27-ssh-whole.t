#!/bin/sh
# The whole server and clients that speak as they like: nobody gets what is
# another's, by no order of words, and the trail names who signed.
. "$(dirname "$0")/lib.sh"
. "$ROOT/test/ssh/results.sh"

serve
login
ssh_setup
for name in own victim going both; do
	make_key $name
done
for repo in own other secret; do
	repo_create $repo
done
user_key victim >/dev/null
git init -q "$T/work"
git -C "$T/work" commit -q --allow-empty -m "the first one"
for repo in own secret; do
	want "something is in $repo" git_as victim -C "$T/work" \
		push -q "$SSH_URL/nest/$repo.git" HEAD:refs/heads/main
done
sleep 1 # what follows is in another second
since=$(date -u +%Y-%m-%dT%H:%M:%SZ)
own=$(access_key own own)
echo "repositories/nest/own/deploy-keys/$(access_key own going)" >"$T/key.going"
echo "repositories/nest/own/deploy-keys/$(access_key own both)" >"$T/key.both"
echo "repositories/nest/other/deploy-keys/$(access_key other both)" \
	>>"$T/key.both"
cat >"$T/bin/revoke" <<-EOF
	#!/bin/sh
	while read -r path; do
		curl -sf -X DELETE -u "iamapikey:$(key_in "$T/apikey")" \\
			"$URL/2.0/\$path" || exit
	done <"$T/key.\$1"
EOF
chmod 755 "$T/bin/revoke"
cd "$HOME/.ssh" || exit 99
results_of whole.py "$SSH_PORT" own victim going both revoke

# The trail: what was read was read by the keys that signed.
trail() { # FILTER of jq over what was done with repositories since
	latchkey audit --since "$since" --limit 1000 --output json |
		jq -r "map(select(.thing | startswith(\"git:\"))) | $1"
}
by_own() {
	trail 'map(select(.outcome == "used").cred) | unique[]' |
		grep -qx "access-key:$own"
}
until_ok by_own
want "the trail has the key that signed" by_own
victim=$(latchkey audit --verb repository.push --output json |
	jq -r 'last | .cred')
like "the other is known there by what it pushed" "$victim" '^ssh-key:.'
print=$(ssh-keygen -lf victim.pub | cut -d ' ' -f 2)
is "and by nothing since: it was only shown" \
	"$(trail '.[] | tojson' | grep -cF -e "$victim" -e "${print#SHA256:}")" 0
is "nobody has read what is secret" \
	"$(trail '.[] | select(.outcome == "used").thing' |
		grep -c secret)" 0
want "though it was tried" sh -c 'latchkey audit --outcome refused \
	--thing git:nest/secret --output json | jq -e "length > 0"'

# Who keeps failing waits, and nobody else.
enter() { # SOURCE
	timeout 20 ssh -i "$HOME/.ssh/own" -o IdentitiesOnly=yes -b "$1" \
		-p "$SSH_PORT" "git@$SSH_HOST"
}
want "who has done nothing comes in" enter 127.0.201.2
$SPEAK/wrong.py "$SSH_PORT" "$HOME/.ssh/own" 127.0.201.2 4 >"$T/wrong"
is "four connections with wrong signatures" "$(cat "$T/wrong")" 4
keep enter 127.0.201.2
is "and the source waits, with the right key, too" $? 255
want "others do not" enter 127.0.201.3
finish
