# Who has a copy of everything that is kept has no credential: no column of the
# database and no file, shown in any way at any door, opens it.
. "$(dirname "$0")/lib.sh"
serve
login
cd "$T" || exit 99
owner=$(key_in "$T/apikey")
P=/latchkey/v1/projects/nest/default
api() { # METHOD PATH [JSON]: the status
	verb=$1 path=$2
	shift 2
	[ $# -eq 0 ] || set -- -H 'Content-Type: application/json' -d "$1"
	http "$verb" "$path" -u "iamapikey:$owner" "$@"
}
of() { # FILTER: from the last reply's body
	jq -r "$1" "$T/body"
}

# --- one of everything, each with a secret of somebody's
is "a password is set" "$(api PUT \
	/latchkey/v1/users/owl@nest.example/password \
	'{"password":"correct-horse-battery-9"}')" 204
login
latchkey cr namespace-add birds >/dev/null
registry=$(token --readwrite --non-expiring)
identity=$(curl -s -G -u "iamapikey:$owner" -d service=registry \
	-d offline_token=true "$URL/oauth/token" | jq -r .refresh_token)
refresh=$(refresh_token)
access=$(curl -s -u bx:bx "$URL/identity/token" \
	-d grant_type=urn:ibm:params:oauth:grant-type:apikey \
	--data-urlencode "apikey=$owner" | jq -r .access_token)
repo_create test
ssh_setup
make_key mine && make_key machine && make_key given
user_key mine >/dev/null
access_key test machine >/dev/null
want "a pair is made" latchkey keypair create web-key
want "another is imported" latchkey keypair import given \
	--key "$HOME/.ssh/given.pub"
secret_of() { # SERVER [JSON members]: made; the token of its seed
	api POST $P/servers "{\"name\":\"$1\",\"keypair\":\"web-key\"}" >/dev/null
	of .seed.url | cut -d / -f 5
}
open=$(secret_of web-1)
started=$(secret_of web-2)
machine=$(curl -s -X POST "$URL/metadata/$started/enrol")
like "a machine has its credential" "$machine" '^lk_m_'
is "and has reported" "$(http POST "/metadata/$started/phone-home" \
	--data-urlencode "pub_key_ed25519=$(cat "$HOME/.ssh/given.pub")")" 204
api PUT $P/servers/web-2/keypair '{"keypair":"given"}' >/dev/null
printf %s\\n "$owner" "$registry" "$identity" "$refresh" "$access" "$open" \
	"$machine" >"$T/secrets"

# --- what is kept of it
state() { # all of the database but what says when, and how often, something was used
	latchkeyd backup --data "$DATA" "$T/copy.$1" >/dev/null &&
		/usr/bin/python3 -c '
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
for table, in list(db.execute("""SELECT name FROM sqlite_master
        WHERE type = "table" AND name NOT IN
        ("audit", "audit_quarter", "last_use")
        ORDER BY name""")):
    print(table, *sorted(map(repr, db.execute(f"SELECT * FROM {table}"))),
          sep="\n")' "$T/copy.$1/latchkey.db"
}
state all >"$T/state"
echo "# $(wc -l <"$T/state") rows and names of tables"
/usr/bin/python3 "$ROOT/test/columns.py" "$T/copy.all" >"$T/values" 2>"$T/said"
remark <"$T/said"
is "there is much of it" "$([ "$(wc -l <"$T/values")" -gt 500 ]; echo $?)" 0
while read -r s; do
	printf %s "$s" | base64 -w 0
	echo
done <"$T/secrets" >"$T/real"
is "no secret is among it" "$(grep -cxFf "$T/real" "$T/values")" 0

doors() {
	/usr/bin/python3 "$ROOT/test/doors.py" "$HOST" owl@nest.example \
		/git/nest/test.git
}
doors <"$T/real" >"$T/opened" 2>"$T/said"
for s in $(cat "$T/secrets"); do
	like "a secret itself opens doors: $(printf %.5s "$s")" \
		"$(grep -cF "'$s'" "$T/opened")" '^[1-9]'
done
echo "!$(printf correct-horse-battery-9 | base64)" | doors >"$T/opened" 2>&1
is "and so does a password" "$(grep -c '^password 200' "$T/opened")" 1

# --- and what that is worth
state before >"$T/before"
doors <"$T/values" >"$T/opened" 2>"$T/said"
remark <"$T/said"
is "nothing of what is kept opens anything" "$(cat "$T/opened")" ""
is "all of it was tried" "$(grep -o '^[0-9]*' "$T/said")" \
	"$(wc -l <"$T/values")"
/usr/bin/python3 -c '
import base64, sqlite3, sys
row = sqlite3.connect(sys.argv[1]).execute("""SELECT * FROM identity
    WHERE password IS NOT NULL""").fetchone()
for value in row:
    if isinstance(value, str):
        value = value.encode()
    if isinstance(value, bytes) and value:
        print("!" + base64.b64encode(value).decode())' "$T/copy.before/latchkey.db" \
	>"$T/hashes"
is "what is kept of a password is there" \
	"$([ "$(wc -l <"$T/hashes")" -ge 2 ]; echo $?)" 0
doors <"$T/hashes" >"$T/opened" 2>&1
is "and is none" "$(grep -c '^password' "$T/opened")" 0
sleep 1.2 # until uses are written down
state after >"$T/after"
is "nothing was changed by all that" "$(diff "$T/before" "$T/after")" ""

# --- SSH: a public key is what everybody may know, and a pair is no access key
want "the user's own key opens git" git_as mine ls-remote \
	"$SSH_URL/nest/test.git"
shut() { # DESCRIPTION FILE of a key
	chmod 600 "$2"
	keep ssh -i "$2" -o IdentitiesOnly=yes -p "$SSH_PORT" "git@$SSH_HOST"
	is "$1" $? 255
	said "  in so many words" 'Permission denied|incorrect signature|mismatch|invalid format'
}
shut "a pair's private key opens servers, not us" "$T/web-key.pem"
for stolen in mine machine; do
	cp "$HOME/.ssh/given" "$T/stolen"
	cp "$HOME/.ssh/$stolen.pub" "$T/stolen.pub"
	shut "a public key without its private half: $stolen" "$T/stolen"
done
finish
