# What leaked is found in files, shown by its beginning only, and ended by value.
. "$(dirname "$0")/lib.sh"
serve
login
latchkey iam api-key-create leaky --action-if-leaked DISABLE \
	--file "$T/leaky.json" >/dev/null
latchkey iam api-key-create other --file "$T/other.json" >/dev/null
leaky=$(key_in "$T/leaky.json") other=$(key_in "$T/other.json")
mkdir -p "$T/tree/deep"
printf 'user=x\nkey=%s\n' "$leaky" >"$T/tree/deep/env"
printf '%s\n' "${other}x" >"$T/tree/longer"

keep latchkey scan "$T/tree" --offline
is "a secret that nobody was asked about may be live" "$?" 1
said "its place is said" 'deep/env:2: '
said "and one is found, no longer word" '^Secrets: 1; files looked through: 2$'
is "no more of it than 8 characters" "$(grep -c "${leaky%????????????????????}" "$T/said")" 0
keep latchkey scan "$T/tree"
is "a live one is status 1" "$?" 1
said "and said to be" 'LIVE'
keep latchkey scan "$T/tree" --report -f
said "reporting does what its owner chose" 'Reported lk_a_...*disable'
is "at once" "$(http GET /latchkey/v1/whoami -u "iamapikey:$leaky")" 401
want "a dead one is status 0" latchkey scan "$T/tree"
printf '%s\n' "$other" >"$T/value"
keep sh -c 'latchkey revoke - --dry-run <"$0"' "$T/value"
said "a value is known for what it is" 'other'
is "and looked at only" "$(http GET /latchkey/v1/whoami -u "iamapikey:$other")" 200
keep sh -c 'latchkey revoke - -f <"$0"' "$T/value"
said "it ends" 'ended'
is "at once, too" "$(http GET /latchkey/v1/whoami -u "iamapikey:$other")" 401
latchkey iam passcode --output json >"$T/passcode"
keep latchkey scan "$T/passcode"
said "a passcode opens a login" 'one-time passcode lk_p_.{3}\.\.\.  LIVE'
jq -r .passcode "$T/passcode" >"$T/code"
want "which is made" sh -c 'latchkey login -a "$1" --sso --passcode - <"$2"' \
	sh "$URL" "$T/code"
deny "once" sh -c 'latchkey login -a "$1" --passcode - <"$2"' sh "$URL" \
	"$T/code"
want "then it opens nothing" latchkey scan "$T/passcode"
login
latchkey iam user-invite ann@nest.example --output json >"$T/invited"
keep latchkey scan "$T/invited"
said "an invitation opens the account" 'invitation code lk_n_.{3}\.\.\.  LIVE'
keep sh -c 'jq -r ".resources[0].code" "$0" | latchkey revoke - -f' "$T/invited"
said "until it is revoked" '^invitation .* ended'
want "then it does not" latchkey scan "$T/invited"

want "logins are listed" latchkey sessions
like "with the program that began them" "$(latchkey sessions)" "127.0.0.1 *latchkey/"
id=$(latchkey sessions --output json | jq -r '.[0].id')
want "and ended" latchkey session-end "$id"
login
want "status says what ends soon" latchkey status
said "or that nothing does" 'Nothing ends within 7 days'
latchkey iam api-key-create soon --expires 2d >/dev/null
keep latchkey status
said "with its time" 'soon .*in (1 day|2 days|[0-9]+ hours)'
keep latchkey explain --action container-registry.image.pull --resource birds
said "why one may" '^You may pull from birds: .*owner'
# Rotation of both kinds that people hold.
latchkey iam api-key-create turn --file "$T/turn.json" >/dev/null
want "an API key is rotated" latchkey iam api-key-rotate turn --until 7d \
	--file "$T/turned.json"
for name in turn turned; do
	is "both work until then: $name" "$(http GET /latchkey/v1/whoami \
		-u "iamapikey:$(key_in "$T/$name.json")")" 200
done
latchkey iam api-keys >"$T/said"
said "and the old one ends" '^turn .* in [67] days '
old=$(token --readwrite)
id=$(latchkey cr token-list --output json | jq -r '.[0]._id')
new=$(latchkey cr token-rotate "$id" -q 2>/dev/null)
opens() { # TOKEN: the status of a registry's answer to it
	http GET /v2/ -u "token:$1"
}
is "the old registry token works" "$(opens "$old")" 200
is "and the new one" "$(opens "$new")" 200
over() {
	[ "$(opens "$old")" = 401 ]
}
until_ok over
ok $? "which ends the old one"
finish
