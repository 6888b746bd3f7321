#!/bin/sh
# People come into accounts by invitations and leave them again: whoever is new
# and whoever is known from another account, without anybody learning which.
. "$(dirname "$0")/lib.sh"
with_clock
serve
login
latchkey cr namespace-add birds >/dev/null
grant=urn:ibm:params:oauth:grant-type
access() { # KEY VALUE
	curl -s "$URL/identity/token" -d grant_type=$grant:apikey \
		--data-urlencode "apikey=$1" | jq -r .access_token
}
enter() { # EMAIL PASSWORD [ACCOUNT]: an access token, or null
	curl -s -u bx:bx "$URL/identity/token" -d grant_type=password \
		--data-urlencode "username=$1" --data-urlencode "password=$2" \
		${3:+-d account=$3} | jq -r .access_token
}
of() { # FILTER of the last reply
	jq -r "$1" "$T/body"
}
iam() { # METHOD PATH [JSON] [ARGUMENT of curl]...: as $as
	method=$1 to=$2 data=${3:-}
	[ $# -lt 3 ] && shift 2 || shift 3
	http "$method" "$to" -H "Authorization: Bearer ${as:-$owl}" \
		${data:+-H "Content-Type: application/json"} \
		${data:+-d "$data"} "$@"
}
# What was tried wrongly is forgotten after a while.
while_later() {
	later=$((later + 3600))
	shift_clock $later
	owl=$(access "$(key_in "$T/apikey")") gull=$(access "$gull_key")
}
later=0
accept() { # JSON
	http POST /latchkey/v1/invitations/accept \
		-H 'Content-Type: application/json' -d "$1"
}
invite() { # EMAIL [MORE MEMBERS]: into nest, or as $as into $into
	iam POST "/v2/accounts/${into:-$nest}/users" \
		'{"users":[{"email":"'"$1"'","account_role":"Member"}]'"${2:-}"'}'
}
pulls() { # ACCESS TOKEN: what the registry gives it of birds/app
	curl -s -u "iambearer:$1" -G --data-urlencode service=registry \
		--data-urlencode scope=repository:birds/app:pull \
		"$URL/oauth/token" | jq -r '.token | split(".")[1] |
		gsub("-"; "+") | gsub("_"; "/") | @base64d' 2>/dev/null |
		jq -r '[.access[].actions[]] | join(" ")'
}
as='' into='' owl=$(access "$(key_in "$T/apikey")")
iam GET /latchkey/v1/whoami >/dev/null
nest=$(of .account) owl_id=$(of .identity)
is "a second account" "$(iam POST /latchkey/v1/accounts \
	'{"slug":"reef","owner_email":"gull@reef.example"}')" 201
reef=$(of .account.id) gull_key=$(of .apikey)
gull=$(access "$gull_key")

# Somebody new, with what is granted at once.
policy='"iam_policy":[{"type":"access","roles":[{"role_id":"crn:v1:bluemix:public:iam::::serviceRole:Reader"}],
	"resources":[{"attributes":[{"name":"accountId","value":"'"$nest"'"},
	{"name":"serviceName","value":"container-registry"}]}]}]'
is "somebody new is invited" "$(invite wren@nest.example ",$policy")" 202
code=$(of '.resources[0].code') wren=$(of '.resources[0].id')
new_shape=$(of '.resources[0] | keys | join(" ")')
is "as not come yet" "$(of '.resources[0].state')" PENDING
is "and nothing went wrong" "$(of '.resources[0].error // "no"')" no
like "the code looks like one" "$code" '^lk_n_'
is "a code leaves nowhere else" "$(iam GET "/v2/accounts/$nest/users/$wren" \
	>/dev/null; grep -c "$code" "$T/body")" 0
is "it is pending" "$(of .state)" PENDING
audited "the trail has the invitation" user.create done "identity:$wren"
is "with her address the word is no other" "$(enter wren@nest.example x)" null
is "a known one of another account" "$(invite gull@reef.example)" 202
gull_code=$(of '.resources[0].code') gull_id=$(of '.resources[0].id')
is "is answered alike" "$(of '.resources[0] | keys | join(" ")')" "$new_shape"
is "and listed alike" "$(iam GET "/v2/accounts/$nest/users" >/dev/null &&
	of '[.resources[] | select(.state == "PENDING") |
		"\(.firstname)\(.lastname)\(.account_id == "'"$nest"'")"] | join(" ")')" \
	"true true"
is "their profile tells no more" "$(iam GET "/v2/accounts/$nest/users/$gull_id" \
	>/dev/null && of '"\(.firstname)|\(.lastname)|\(.state)"')" "||PENDING"
is "pending opens nothing" "$(enter gull@reef.example x "$nest")" null
is "and a key of hers stays in her account" "$(curl -s "$URL/identity/token" \
	-d grant_type=$grant:apikey --data-urlencode "apikey=$gull_key" \
	-d "account=$nest" | jq -r '.access_token // "no"')" no
is "no invitation of who is here" "$(invite owl@nest.example)" 409
is "nor without an address" "$(iam POST "/v2/accounts/$nest/users" \
	'{"users":[{}]}')" 400
is "one of many can fail" "$(iam POST "/v2/accounts/$nest/users" \
	'{"users":[{"email":"owl@nest.example"},{"email":"jay@nest.example"}]}')" 202
is "and is told so" "$(of '[.resources[].state] | join(" ")')" "FAILED PENDING"
jay=$(of '.resources[1].id') jay_code=$(of '.resources[1].code')

# Once more, with what was granted the first time.
is "somebody is granted something" "$(invite tit@nest.example ",$policy")" 202
tit=$(of '.resources[0].id')
is "which is there the next time" "$(invite tit@nest.example ",$policy" \
	>/dev/null && of '.resources[0].error // "no"')" no
is "and is no reason of what goes wrong then" "$(invite tit@nest.example \
	",$policy"',"access_groups":["AccessGroupId-none"]' >/dev/null &&
	of '.resources[0].error | test("policy")')" false
stop
/usr/bin/python3 - "$DATA/latchkey.db" "$tit" <<-'PY'
	import sqlite3, sys
	db = sqlite3.connect(sys.argv[1])
	db.execute("UPDATE identity SET locked = 1 WHERE id = ?", sys.argv[2:])
	db.commit()
PY
serve
like "who is locked is granted nothing, and that is told" \
	"$(invite tit@nest.example ",$policy" >/dev/null &&
	of '.resources[0].error // "no"')" locked
is "tit is not expected any longer" \
	"$(iam DELETE "/v2/accounts/$nest/users/$tit")" 204

# Codes.
is "a code that is none" "$(accept '{"code":"lk_n_x","password":"x y z 1 2 3"}')" 401
none=$(of .error.message)
is "one that could be" "$(accept '{"code":"'"$(echo "$code" |
	tr 'a-y' 'b-z')"'","password":"long enough 1"}')" 401
is "is told the same" "$(of .error.message)" "$none"
is "a password is needed" "$(accept '{"code":"'"$code"'"}')" 400
is "of some length" "$(accept '{"code":"'"$code"'","password":"short"}')" 400
like "and told of which" "$(of .error.message)" '[0-9]+ to [0-9]+ bytes'
is "a name is one" "$(accept '{"code":"'"$code"'","password":"long enough 1",
	"name":"a\u0000b"}')" 400
is "other members there are none" "$(accept '{"code":"'"$code"'",
	"password":"long enough 1","roles":["Manager"]}')" 400
is "not from another site's page" "$(http POST /latchkey/v1/invitations/accept \
	-H 'Content-Type: application/json' -H 'Origin: http://evil.example' \
	-d '{"code":"'"$code"'","password":"long enough 1"}')" 403
is "the new one comes" "$(accept '{"code":"'"$code"'","name":"Wren Small",
	"password":"a nest of moss and hair"}')" 200
is "as who was invited" "$(of '"\(.id) \(.email) \(.name)"')" \
	"$wren wren@nest.example Wren Small"
is "at home there" "$(of '"\(.account) \(.home)"')" "$nest $nest"
is "once" "$(accept '{"code":"'"$code"'","password":"another one here"}')" 401
wren_in=$(enter wren@nest.example 'a nest of moss and hair')
like "she logs in" "$wren_in" '^ey'
is "with what was granted" "$(pulls "$wren_in")" pull
is "she is active" "$(iam GET "/v2/accounts/$nest/users/$wren" >/dev/null &&
	of '"\(.state) \(.firstname) \(.lastname)"')" "ACTIVE Wren Small"
audited "the trail has that she came" user.update done "identity:$wren"

while_later
# The known one shows the password that is hers.
is "who has none cannot come" "$(accept '{"code":"'"$gull_code"'",
	"password":"whatever it may be"}')" 401
as=$gull
is "so she sets one" "$(iam PUT "/latchkey/v1/users/$gull_id/password" \
	'{"password":"salt and wind and fish"}')" 204
as=
is "a wrong one is none" "$(accept '{"code":"'"$gull_code"'",
	"password":"salt and wind and crab"}')" 401
is "still pending" "$(iam GET "/v2/accounts/$nest/users/$gull_id" >/dev/null &&
	of .state)" PENDING
is "with the right one" "$(accept '{"code":"'"$gull_code"'","name":"Other",
	"password":"salt and wind and fish"}')" 200
is "she is of both accounts" "$(of '"\(.account) \(.home)"')" "$nest $reef"
is "her name is hers" "$(iam GET "/v2/accounts/$nest/users/$gull_id" \
	>/dev/null && of '"\(.firstname) \(.state)"')" " ACTIVE"
there=$(enter gull@reef.example 'salt and wind and fish' "$nest")
like "she logs in there by its name" "$there" '^ey'
as=$there
is "and is there" "$(iam GET /latchkey/v1/whoami >/dev/null && of .account)" "$nest"
is "without a right" "$(pulls "$there")" ""
is "makes a key there" "$(iam POST /v1/apikeys '{"name":"k",
	"iam_id":"'"$gull_id"'"}')" 201
there_key=$(of .apikey)
is "which stays there" "$(of .account_id)" "$nest"
as=
is "she is granted something" "$(iam POST /v1/policies '{"type":"access",
	"subjects":[{"attributes":[{"name":"iam_id","value":"'"$gull_id"'"}]}],
	"roles":[{"role_id":"crn:v1:bluemix:public:iam::::serviceRole:Reader"}],
	"resources":[{"attributes":[{"name":"accountId","value":"'"$nest"'"},
	{"name":"serviceName","value":"container-registry"}]}]}')" 201
given=$(of .id)
is "and has it" "$(pulls "$there")" pull
is "in this account only" "$(pulls "$gull")" ""
is "nobody here disables her" "$(iam PATCH \
	"/v2/accounts/$nest/users/$gull_id" '{"state":"DISABLED"}')" 409
is "nor sets her password" "$(iam PUT \
	"/latchkey/v1/users/$gull_id/password" '{"password":"mine from now on"}')" 404

while_later
there=$(enter gull@reef.example 'salt and wind and fish' "$nest")
# Out again, from this account and not from hers.
is "she is removed" "$(iam DELETE "/v2/accounts/$nest/users/$gull_id")" 204
is "is not listed" "$(iam GET "/v2/accounts/$nest/users/$gull_id")" 404
as=$there
is "her session here is over" "$(iam GET /latchkey/v1/whoami)" 401
as=
is "and her key" "$(access "$there_key")" null
is "her policies are gone" "$(iam GET "/v1/policies/$given")" 404
is "she cannot log in here" "$(enter gull@reef.example \
	'salt and wind and fish' "$nest")" null
as=$gull
is "at home nothing changed" "$(iam GET /latchkey/v1/whoami >/dev/null &&
	of .account)" "$reef"
like "nor for her key there" "$(access "$gull_key")" '^ey'
as=
audited "the trail has that she went" user.delete done "identity:$gull_id"
is "nobody of another account is removed" "$(iam DELETE \
	"/v2/accounts/$nest/users/$gull_id")" 404
is "nor the owner" "$(iam DELETE "/v2/accounts/$nest/users/$owl_id")" 409

# The old code ends when there is a new one, and each after a week.
is "invited once more" "$(invite jay@nest.example)" 202
is "as the same" "$(of '.resources[0].id')" "$jay"
jay_second=$(of '.resources[0].code')
is "the first code is no more" "$(accept '{"code":"'"$jay_code"'",
	"password":"blue as the sky is"}')" 401
later=$((later + 7 * 86400))
while_later
is "after a week neither is the second" "$(accept '{"code":"'"$jay_second"'",
	"password":"blue as the sky is"}')" 401
is "who never came is removed like others" "$(iam DELETE \
	"/v2/accounts/$nest/users/$jay")" 204
is "and unknown" "$(iam GET "/v2/accounts/$nest/users/$jay")" 404

# Somebody invited by two accounts is at home where they went first.
invite finch@field.example >/dev/null
first=$(of '.resources[0].code') finch=$(of '.resources[0].id')
while_later
as=$gull into=$reef
is "another account invites as well" "$(invite finch@field.example)" 202
is "and gets no other answer" "$(of '.resources[0] | keys | join(" ")')" \
	"$new_shape"
second=$(of '.resources[0].code')
as='' into=''
is "they go to that one first" "$(accept '{"code":"'"$second"'",
	"password":"seeds of every kind"}')" 200
is "and are at home" "$(of '"\(.account) \(.home)"')" "$reef $reef"
is "in the other with the same password" "$(accept '{"code":"'"$first"'",
	"password":"seeds of every kind"}')" 200
is "as a guest" "$(of '"\(.account) \(.home)"')" "$nest $reef"
is "removed here" "$(iam DELETE "/v2/accounts/$nest/users/$finch")" 204
like "they are still at home" "$(enter finch@field.example \
	'seeds of every kind')" '^ey'

# Who looks after their own, and who does not.
as=$(enter wren@nest.example 'a nest of moss and hair')
is "without a right nobody is invited" "$(invite x@nest.example)" 403
is "nor listed" "$(iam GET "/v2/accounts/$nest/users")" 403
is "nor removed" "$(iam DELETE "/v2/accounts/$nest/users/$owl_id")" 404
as=$gull
is "another account's people are nobody's" "$(iam GET \
	"/v2/accounts/$nest/users/$wren")" 404
is "nor its list" "$(iam GET "/v2/accounts/$nest/users")" 403
as=

# Pages, and what is searched for.
n=0
while [ $n -lt 7 ]; do
	n=$((n + 1))
	invite "bird$n@nest.example" >/dev/null
done
next="/v2/accounts/$nest/users?limit=3" seen=''
while [ -n "$next" ]; do
	iam GET "$next" >/dev/null
	seen="$seen $(of '[.resources[].email] | join(" ")')"
	next=$(of '.next_url // empty') next=${next#"$URL"}
done
is "pages have each once" "$(echo "$seen" | tr ' ' '\n' | grep . |
	sort | uniq | wc -l)" "$(iam GET "/v2/accounts/$nest/users" >/dev/null &&
	of .total_results)"
is "searched for" "$(iam GET "/v2/accounts/$nest/users?search=BIRD3" \
	>/dev/null && of '[.resources[].email] | join(" ")')" bird3@nest.example
is "or named" "$(iam GET "/v2/accounts/$nest/users?user_id=wren@nest.example" \
	>/dev/null && of '[.resources[].iam_id] | join(" ")')" "$wren"

# What nobody used.
is "a report is asked for" "$(iam POST \
	"/v1/activity/accounts/$nest/report?type=inactive&duration=24")" 202
ref=$(of .reference)
is "and fetched" "$(iam GET "/v1/activity/accounts/$nest/report/$ref")" 200
is "nothing that was just made or used" \
	"$(of '(.apikeys | length) + ([.users[] | select(.iam_id == "'"$owl_id"'")] | length)')" 0
iam POST /v1/serviceids '{"account_id":"'"$nest"'","name":"idle","apikey":{"name":"idle"}}' \
	>/dev/null
idle=$(of .id) idle_key=$(of .apikey.id)
later=$((later + 10 * 86400))
while_later
is "later" "$(iam POST \
	"/v1/activity/accounts/$nest/report?type=inactive&duration=24")" 202
is "the latest" "$(iam GET "/v1/activity/accounts/$nest/report/latest")" 200
is "for thirty days there is nothing yet" "$(of '.apikeys | length')" 0
iam POST "/v1/activity/accounts/$nest/report?duration=24" >/dev/null
ref=$(of .reference)
# Uses are written down some at a time.
asker_used() {
	[ "$(iam GET "/v1/activity/accounts/$nest/report/$ref" >/dev/null &&
		of '[.users[].iam_id] | index("'"$owl_id"'")')" = null ]
}
until_ok asker_used
ok $? "who asks has just been here"
is "for one day" "$(iam GET \
	"/v1/activity/accounts/$nest/report/$ref")" 200
is "there is the service ID" "$(of '[.serviceids[].id] | join(" ")')" "$idle"
is "its key" "$(of '[.apikeys[].id] | map(select(. == "'"$idle_key"'")) | length')" 1
is "a reference is one" "$(iam GET "/v1/activity/accounts/$nest/report/x")" 404
is "a duration, too" "$(iam POST \
	"/v1/activity/accounts/$nest/report?duration=0x")" 400
as=$gull
is "others learn nothing" "$(iam GET \
	"/v1/activity/accounts/$nest/report/latest")" 403
as=

# Codes are not guessed for long.
n=0
while [ "$(accept '{"code":"lk_n_none","password":"long enough 1"}')" = 401 ] &&
	[ $n -lt 50 ]; do
	n=$((n + 1))
done
is "who guesses has to wait" "$(accept '{"code":"lk_n_none",
	"password":"long enough 1"}')" 429
like "and is told how long" "$(head_of Retry-After)" '^[1-9]'
finish
