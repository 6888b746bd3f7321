# One command makes a deploy host: the seed's steps with the host's own
# ssh-keygen, ssh-add and ssh, without an agent, with one, with a pass phrase,
# and a second time.
. "$(dirname "$0")/lib.sh"
agent=''
agent_stop() {
	[ -z "$agent" ] || kill "$agent" 2>/dev/null
	agent='' SSH_AUTH_SOCK='' SSH_AGENT_PID=''
	unset SSH_AUTH_SOCK SSH_AGENT_PID
}
trap 'agent_stop; gone' EXIT
serve
login
ssh_setup
for repo in test two three four five six; do
	latchkey repo create "nest/$repo" >/dev/null
done

# A developer's commit to clone.
make_key dev
user_key dev >/dev/null
git init -q "$T/work"
echo "first" >"$T/work/page"
git -C "$T/work" add page
git -C "$T/work" commit -q -m "first"
for repo in test two three four five; do
	git_as dev -C "$T/work" push -q "$SSH_URL/nest/$repo.git" main
done

# The machine as it is before: others may look into ~/.ssh, and things are there
# that are none of our business.
dot=$HOME/.ssh
rm -rf "$dot"
mkdir "$dot"
chmod 755 "$dot"
echo 'ssh-ed25519 AAAA somebody' >"$dot/authorized_keys"
make_key id_other
echo 'other.example ssh-ed25519 AAAA' >"$dot/known_hosts"
printf 'Compression no\n\n# work\nHost work\n\tUser me' >"$dot/config"
cp -a "$dot" "$T/before"
setup() { # DESCRIPTION ARGUMENT of access-key setup...
	what=$1
	shift
	want "$what" latchkey access-key setup "$@"
	command=$(sed -n 's/^    \(git clone .*\)/\1/p' "$T/said")
}
clone() { # DESCRIPTION FOLDER: what was printed last, word for word
	want "$1" sh -c "$command '$T/$2'"
	is "  the code is there" "$(cat "$T/$2/page")" first
}
untouched() { # FILE of ~/.ssh
	cmp -s "$dot/$1" "$T/before/$1"
	ok $? "$1 is as it was"
}
mode() {
	stat -c %a "$1"
}
state() { # of all of ~/.ssh
	(cd "$dot" && stat -c '%n %a %Y %i' . ./* && sha256sum ./*)
}

setup "set up without an agent" nest/test --label web-1
key=$dot/id_latchkey_test
is "~/.ssh is for its owner only" "$(mode "$dot")" 700
is "so is the private key" "$(mode "$key")" 600
is "and the public one" "$(mode "$key.pub")" 600
said "the fingerprint is shown" "$(ssh-keygen -lf "$key.pub" |
	cut -d ' ' -f 2 | sed 's/[+]/[+]/g')"
ssh-keygen -lvf "$key.pub" | sed 1d >"$T/art"
is "and the picture, as ssh-keygen draws it" \
	"$(sed -n '/^+--/,/^+--/p' "$T/said")" "$(cat "$T/art")"
said "how to start an agent is said" "ssh-agent /bin/bash"
untouched authorized_keys
untouched id_other
untouched id_other.pub
is "the file of hosts begins as before" \
	"$(head -n 1 "$dot/known_hosts")" "$(cat "$T/before/known_hosts")"
is "and goes on with the server's keys" "$(sed 1d "$dot/known_hosts")" \
	"$(curl -s "$URL/site/ssh")"
is "what was in the configuration is still there" \
	"$(sed '/^# latchkey/,/^# latchkey access key: end/d' "$dot/config")" \
	"$(cat "$T/before/config")"
grep -q 'IdentitiesOnly yes' "$dot/config"
ok $? "the block lets ssh offer this key only"
clone "the printed command clones" c-test

before=$(state)
setup "a second time" nest/test --label web-1
said "says that nothing was changed" "nothing was changed"
is "and nothing was" "$(state)" "$before"
is "there is one access key" \
	"$(latchkey access-key list nest/test --output json | jq length)" 1
deny "the key does not push" git -C "$T/c-test" push origin HEAD:refs/heads/x
said "in one line" "access via a deployment key is read-only"
echo "second" >"$T/work/page"
git -C "$T/work" commit -q -a -m "second"
cp -a "$T/before/id_other" "$T/dev" # a user's key from elsewhere
user_key id_other >/dev/null
GIT_SSH_COMMAND="/usr/bin/ssh -F none -i $T/dev -o IdentitiesOnly=yes \
	-o UserKnownHostsFile=$dot/known_hosts" \
	git -C "$T/work" push -q "$SSH_URL/nest/test.git" main
want "git pull" git -C "$T/c-test" pull
is "brings the server's code up to date" "$(cat "$T/c-test/page")" second

setup "another repository with a key of its own" nest/two --label web-1
said "is cloned through a name of its own" 'git@latchkey-nest-two:nest/two.git'
clone "which works" c-two
want "and leaves the first alone" git -C "$T/c-test" fetch
setup "a third that shares the first one's key" nest/three --label web-1 \
	--key "$key"
said "is cloned by the server's name" "git clone $SSH_URL/nest/three.git"
clone "which works" c-three
before=$(state)
setup "again, without saying which key" nest/three --label web-1
said "knows it" "Using the key $key"
is "and changes nothing" "$(state)" "$before"
is "the key stands in two places" \
	"$(latchkey access-key where "$key.pub" --output json | jq length)" 2

eval "$(ssh-agent -s)" >/dev/null
agent=$SSH_AGENT_PID
setup "with an agent" nest/four --label web-1 --type rsa
said "it gets the key" "Added it to the ssh-agent"
is "and has it" "$(ssh-add -l | grep -c web-1)" 1
setup "a second time" nest/four --label web-1
said "it has it already" "The ssh-agent has it"
said "and nothing was changed" "nothing was changed"
clone "the clone works" c-four

phrase='a phrase that nobody else says'
printf '#!/bin/sh\ncat "%s"\n' "$T/phrase" >"$T/askpass"
chmod 755 "$T/askpass"
echo "$phrase" >"$T/phrase"
export SSH_ASKPASS="$T/askpass" SSH_ASKPASS_REQUIRE=force
setup "with a pass phrase" nest/five --label web-1 --passphrase
key=$dot/id_latchkey_five
ssh-keygen -y -P '' -f "$key" >"$T/said" 2>&1
is "the key cannot be read without it" $? 255
want "and can with it" ssh-keygen -y -P "$phrase" -f "$key"
is "the agent has it" "$(ssh-add -l | grep -c "$(ssh-keygen -lf "$key.pub" |
	cut -d ' ' -f 2)")" 1
clone "the clone takes it from there" c-five
: >"$T/phrase"
deny "an empty pass phrase is none" latchkey access-key setup nest/six \
	--label web-1 --passphrase
said "says so" "no pass phrase"
is "and no key is left" "$(ls "$dot" | grep -c six)" 0
unset SSH_ASKPASS SSH_ASKPASS_REQUIRE
agent_stop

before=$(state)
: >"$dot/id_latchkey_six.pub"
deny "a public key without its private half" latchkey access-key setup nest/six
said "is not overwritten" "nothing is overwritten"
rm "$dot/id_latchkey_six.pub"
before=$(state)
deny "an end that is no time" latchkey access-key setup nest/six --expires soon
is "is seen before anything is made" "$(state)" "$before"
deny "a private key is not registered" latchkey access-key add nest/six \
	--label x --key "$dot/id_latchkey_two"
said "but named for what it is" "private key"
grep -qF "$(sed -n 2p "$dot/id_latchkey_two")" "$T/log" "$T/said"
is "nobody repeats it" $? 1
deny "a repository that is not there" latchkey access-key setup nest/seven
is "all of this changed nothing" "$(state | grep -v '^\. ')" \
	"$(echo "$before" | grep -v '^\. ')"

ssh-keygen -q -H -f "$dot/known_hosts" >/dev/null 2>&1
rm -f "$dot/known_hosts.old"
before=$(state)
setup "hosts whose names are hashed" nest/test --label web-1
said "are found" "nothing was changed"
is "and stay so" "$(state)" "$before"
sed "s|^\\[$SSH_HOST\\]:$SSH_PORT ssh-ed25519 .*|[$SSH_HOST]:$SSH_PORT \
$(cut -d ' ' -f 1,2 "$T/before/id_other.pub")|" >"$dot/known_hosts" <<FILE
$(curl -s "$URL/site/ssh")
FILE
before=$(state)
deny "another host key than the server's" latchkey access-key setup nest/test
said "is not replaced" "ssh-keygen -R"
is "nor anything else" "$(state)" "$before"

rm "$dot/known_hosts"
latchkey access-key setup nest/test --output json >"$T/json" 2>/dev/null
is "in JSON" "$(jq -c '[.clone, .changed]' "$T/json")" \
	"[\"$SSH_URL/nest/test.git\",true]"
audited "the trail has the registration" accesskey.create done access-key:
finish
