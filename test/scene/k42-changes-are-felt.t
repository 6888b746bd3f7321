# What was decided is felt by the first question after the reply, by machines
# and first boots as by people, over whichever connection; a crash right after
# the reply takes nothing back, and an old copy brings back no more than it says.
. "$(dirname "$0")/lib.sh"
serve
login
cd "$T" || exit 99
owner=$(key_in "$T/apikey")
auth="Basic $(printf 'iamapikey:%s' "$owner" | base64 -w 0)"
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
for name in one two; do
	make_key $name
	latchkey keypair import $name-key --key "$HOME/.ssh/$name.pub" >/dev/null
done
# The keys of these, by their comments, and what who is nobody any more is told.
one='ssh-ed25519 [^ ]+ one' two='ssh-ed25519 [^ ]+ two'
nothing='(404 # latchkey refused unknown|429 # latchkey refused often)'
# A server of its own: $seed is the path of its seed, $machine its credential
# when it is to have one.
server() { # NAME [enrol]
	api POST $P/servers "{\"name\":\"$1\",\"keypair\":\"one-key\"}" >/dev/null
	seed=$(of .seed.url) machine=''
	seed=${seed#"$URL"}
	[ $# -eq 1 ] || machine=$(curl -s -X POST "$URL${seed}enrol")
}

# Questions and changes, for felt.py.
request() { # METHOD PATH AUTHORIZATION [JSON | form]
	jq -n --arg method "$1" --arg target "$2" --arg auth "$3" --arg body "${4:-}" '
		{method: $method, target: $target, fields:
			((if $auth == "" then {} else {Authorization: $auth} end) +
			(if $body == "" then {} elif $body[:1] == "{"
			then {"Content-Type": "application/json"}
			else {"Content-Type": "application/x-www-form-urlencoded"}
			end))} + (if $body == "" then {} else {body: $body} end)'
}
follows() { # what a machine asks at each login
	request GET /machine/v1/authorized-keys "Bearer $machine"
}
boots() { # what a first boot asks
	request GET "${seed}meta-data" ""
}
change() { # METHOD PATH [JSON], by the owner
	request "$1" "$2" "$auth" "${3:-}"
}
felt() { # DESCRIPTION QUESTION CHANGE OLD NEW
	jq -n --argjson question "$2" --argjson change "$3" --arg old "$4" \
		--arg new "$5" '$ARGS.named' |
		/usr/bin/python3 "$ROOT/test/felt.py" "$HOST" >"$T/felt" 2>&1
	ok $? "$1"
	remark <"$T/felt"
}

# --- at once, whoever asks
server web-1 enrol
felt "set-keypair, by the machine" "$(follows)" \
	"$(change PUT $P/servers/web-1/keypair '{"keypair":"two-key"}')" \
	"200 .*$one" "200 .*$two"
felt "and back again" "$(follows)" \
	"$(change PUT $P/servers/web-1/keypair '{"keypair":"one-key"}')" \
	"200 .*$two" "200 .*$one"
felt "server delete, by the machine" "$(follows)" \
	"$(change DELETE $P/servers/web-1)" "200 .*$one" "$nothing"

server web-2
felt "set-keypair, by a first boot" "$(boots)" \
	"$(change PUT $P/servers/web-2/keypair '{"keypair":"two-key"}')" \
	"200 .*$one" "200 .*$two"
server web-3
felt "renewing a seed, by whoever has the old one" "$(boots)" \
	"$(change POST $P/servers/web-3/seed '{}')" "200 " "$nothing"
server web-4
felt "server delete, by a first boot" "$(boots)" \
	"$(change DELETE $P/servers/web-4)" "200 " "$nothing"
server web-5
felt "the end of the first boot" "$(boots)" \
	"$(request POST "${seed}phone-home" "" "hostname=web-5&pub_key_ed25519=$(
		jq -Rr @uri <"$HOME/.ssh/one.pub")")" "200 " "$nothing"
server web-6 enrol
before=$machine
api POST $P/servers/web-6/seed '{}' >/dev/null
renewed=$(of .seed.url)
renewed=${renewed#"$URL"}
felt "a second enrolment, by who has the first credential" "$(follows)" \
	"$(request POST "${renewed}enrol" "")" "200 .*$one" "$nothing"

# --- by people: a pair, a key, a user
http POST "/latchkey/v1/users" -u "iamapikey:$owner" \
	-H 'Content-Type: application/json' \
	-d '{"email":"wren@nest.example","roles":["Manager"]}' >/dev/null
wren=$(of .id)
key_of_wren() { # $key and $key_id
	api POST "/latchkey/v1/users/$wren/api-keys" '{"name":"k"}' >/dev/null
	key=$(of .apikey) key_id=$(of .id)
	key=Basic\ $(printf 'iamapikey:%s' "$key" | base64 -w 0)
}
key_of_wren
felt "a deleted pair" "$(request GET $P/keypairs/two-key "$key")" \
	"$(change DELETE $P/keypairs/two-key)" "200 .*$two" "404 .*not_found"
felt "a revoked key" "$(request GET $P/keypairs "$key")" \
	"$(change DELETE "/latchkey/v1/users/$wren/api-keys/$key_id")" \
	"200 .*one-key" "(401|429) "
key_of_wren
felt "a user who is shut out" "$(request GET $P/servers "$key")" \
	"$(change PATCH "/latchkey/v1/users/$wren" '{"disabled":true}')" \
	"200 .*web-2" "(401|429) "

# --- also by the first question after a crash
answer() { # QUESTION: "STATUS BODY"
	/usr/bin/python3 -c '
import http.client, json, sys
host, port = sys.argv[1].split(":")
ask = json.load(sys.stdin)
at = http.client.HTTPConnection(host, int(port), timeout=60)
at.request(ask["method"], ask["target"], ask.get("body"), ask["fields"])
answer = at.getresponse()
print(answer.status, answer.read().decode())' "$HOST"
}
crashed() { # DESCRIPTION QUESTION CHANGE OLD NEW
	like "$1: before" "$(echo "$2" | answer | tr '\n' ' ')" "^$4"
	echo "$3" | answer >"$T/said"
	kill9
	like "  is answered" "$(cat "$T/said")" '^2'
	serve
	like "  and stays, killed right after that" \
		"$(echo "$2" | answer | tr '\n' ' ')" "^$5"
}
latchkey keypair import two-key --key "$HOME/.ssh/two.pub" >/dev/null
server web-7 enrol
crashed "set-keypair" "$(follows)" \
	"$(change PUT $P/servers/web-7/keypair '{"keypair":"two-key"}')" \
	"200 .*$one" "200 .*$two"
crashed "server delete" "$(follows)" "$(change DELETE $P/servers/web-7)" \
	"200 .*$two" "$nothing"
server web-8
crashed "renewing a seed" "$(boots)" "$(change POST $P/servers/web-8/seed '{}')" \
	"200 " "$nothing"
server web-9
crashed "the report" "$(boots)" "$(request POST "${seed}phone-home" "" \
	hostname=web-9)" "200 " "$nothing"

# --- a copy is as of its moment: what was ended since then lives in it again, as
# all else does that it holds. Whoever serves it is told to end it again.
server kept enrol
kept=$machine
server ended enrol
ended=$machine old_seed=$seed
want "a backup" latchkeyd backup --data "$DATA" "$T/copy"
api DELETE $P/servers/ended >/dev/null
api PUT $P/servers/kept/keypair '{"keypair":"two-key"}' >/dev/null
server later enrol
later=$machine
machine=$ended
like "a server is deleted after it" "$(follows | answer)" "^$nothing"
stop
mv "$DATA" "$T/newer" && mv "$T/copy" "$DATA"
serve
like "in the copy that server is there, and its machine follows" \
	"$(follows | answer | tr '\n' ' ')" "^200 .*$one"
is "  which everybody is shown" "$(api GET $P/servers/ended)" 200
machine=$kept
like "a changed key is the one of then" "$(follows | answer | tr '\n' ' ')" \
	"^200 .*$one"
machine=$later
like "what came later is nobody's" "$(follows | answer)" "^$nothing"
is "  its server is not there" "$(api GET $P/servers/later)" 404
is "and what is deleted there is gone" "$(api DELETE $P/servers/ended)" 204
machine=$ended seed=$old_seed
like "  for its machine" "$(follows | answer)" "^$nothing"
like "  and its first boot" "$(boots | answer)" "^$nothing"
stop
want "the copy holds together" latchkeyd verify --deep --data "$DATA"
mv "$DATA" "$T/copy" && mv "$T/newer" "$DATA"
serve
machine=$ended
like "the newer one never heard of that" "$(follows | answer)" "^$nothing"
finish
