#!/bin/sh
# API keys over the API that IBM's clients speak: making, changing, locking,
# listing, replacing and ending them, whose they may be, and when they go.
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
opens() { # KEY VALUE: ey, or null
	access "$1" | cut -c 1-4 | sed 's/^ey.*/ey/'
}
of() { # FILTER of the last reply
	jq -r "$1" "$T/body"
}
iam() { # METHOD PATH [JSON] [ARGUMENT of curl]...: as $as
	method=$1 to=$2 data=${3:-}
	[ $# -lt 3 ] && shift 2 || shift 3
	http "$method" "$to" -H "Authorization: Bearer ${as:-$owner}" \
		${data:+-H "Content-Type: application/json"} \
		${data:+-d "$data"} "$@"
}
in_days() { # DAYS, as the API says it
	date -u -d "+$1 days" +%Y-%m-%dT%H:%M+0000
}
as='' owner=$(access "$(key_in "$T/apikey")")
iam GET /latchkey/v1/whoami >/dev/null
account=$(of .account) me=$(of .id)
[ "$me" != null ] || me=$(of .identity)

is "a key is made" "$(iam POST /v1/apikeys '{"name":"one","iam_id":"'"$me"'",
	"account_id":"'"$account"'","description":"the first"}')" 201
id=$(of .id) value=$(of .apikey) tag=$(of .entity_tag)
like "its id" "$id" '^ApiKey-[0-9a-f-]{36}$'
is "its ETag" "$(head_of ETag)" "$tag"
is "its CRN" "$(of .crn)" \
	"crn:v1:bluemix:public:iam-identity::a/$account::apikey:$id"
is "whose it is" "$(of .iam_id)" "$me"
is "who made it" "$(of .created_by)" "$me"
is "what happens when it leaks" "$(of .action_when_leaked)" none
is "it opens" "$(opens "$value")" ey
is "it is shown" "$(iam GET "/v1/apikeys/$id")" 200
is "without its value" "$(of .apikey)" ""
is "details, by the value" "$(iam GET /v1/apikeys/details '' \
	-H "IAM-ApiKey: $value" >/dev/null && of .id)" "$id"
is "of no value that is ours" "$(iam GET /v1/apikeys/details '' \
	-H "IAM-ApiKey: ${value}x")" 404
is "without one, of what the caller came with" "$(as=$(access "$value") &&
	iam GET /v1/apikeys/details >/dev/null && of .id)" "$id"
is "a value that is said goes first" "$(http GET /v1/apikeys/details \
	-H "IAM-ApiKey: ${value}x" -u "iamapikey:$value")" 404
audited "the trail has it" apikey.create done "api-key:$id"

is "no change without If-Match" \
	"$(iam PUT "/v1/apikeys/$id" '{"name":"two"}')" 400
is "none with a stale one" "$(iam PUT "/v1/apikeys/$id" '{"name":"two"}' \
	-H "If-Match: 7${tag#1}")" 409
is "one with the right one" "$(iam PUT "/v1/apikeys/$id" '{"name":"two",
	"support_sessions":true,"action_when_leaked":"disable"}' \
	-H "If-Match: $tag")" 200
is "has its name" "$(of .name)" two
is "and the rest" "$(of '"\(.support_sessions) \(.action_when_leaked)"')" \
	"true disable"
is "keeps what was not said" "$(of .description)" "the first"
is "and counts" "$(of .entity_tag)" "2${tag#1}"
is "an end" "$(iam PUT "/v1/apikeys/$id" \
	'{"expires_at":"'"$(in_days 10)"'"}' -H 'If-Match: *')" 200
is "as it was said" "$(of .expires_at)" "$(in_days 10)"
is "one in the past is none" "$(iam PUT "/v1/apikeys/$id" \
	'{"expires_at":"'"$(in_days -1)"'"}' -H 'If-Match: *')" 400
is "no end again" "$(iam PUT "/v1/apikeys/$id" '{"expires_at":""}' \
	-H 'If-Match: *')" 200
is "is not shown" "$(of '.expires_at // "none"')" none
is "an empty name is none" "$(iam PUT "/v1/apikeys/$id" '{"name":""}' \
	-H 'If-Match: *')" 400
is "leaks have three ends" "$(iam PUT "/v1/apikeys/$id" \
	'{"action_when_leaked":"burn"}' -H 'If-Match: *')" 400

is "locked" "$(iam POST "/v1/apikeys/$id/lock")" 204
is "and shown so" "$(iam GET "/v1/apikeys/$id" >/dev/null && of .locked)" true
is "it still opens" "$(opens "$value")" ey
is "it is not changed" "$(iam PUT "/v1/apikeys/$id" '{"name":"x"}' \
	-H 'If-Match: *')" 409
is "nor ended" "$(iam DELETE "/v1/apikeys/$id")" 409
like "with the reason" "$(of '.errors[0].message')" 'locked'
is "nor replaced" "$(iam POST /v1/apikeys '{"name":"n","iam_id":"'"$me"'",
	"replaces":"'"$id"'"}')" 409
is "but disabled" "$(iam POST "/v1/apikeys/$id/disable")" 204
is "it opens nothing" "$(opens "$value")" null
is "enabled" "$(iam DELETE "/v1/apikeys/$id/disable")" 204
is "it opens" "$(opens "$value")" ey
is "unlocked" "$(iam DELETE "/v1/apikeys/$id/lock")" 204
is "one can be made locked" "$(iam POST /v1/apikeys '{"name":"l",
	"iam_id":"'"$me"'"}' -H 'Entity-Lock: true')" 201
is "and is" "$(of .locked)" true
shut=$(of .id)
is "one can be made disabled" "$(iam POST /v1/apikeys '{"name":"d",
	"iam_id":"'"$me"'"}' -H 'Entity-Disable: true')" 201
is "and opens nothing" "$(opens "$(of .apikey)")" null
is "a header is true or false" "$(iam POST /v1/apikeys '{"name":"d",
	"iam_id":"'"$me"'"}' -H 'Entity-Lock: yes')" 400

own='a value of 32 characters, or more'
is "the caller's own value" "$(iam POST /v1/apikeys '{"name":"own",
	"iam_id":"'"$me"'","apikey":"'"$own"'"}')" 201
is "is the one" "$(of .apikey)" "$own"
is "it opens" "$(opens "$own")" ey
is "once only" "$(iam POST /v1/apikeys '{"name":"again","iam_id":"'"$me"'",
	"apikey":"'"$own"'"}')" 409
is "31 characters are too few" "$(iam POST /v1/apikeys '{"name":"own",
	"iam_id":"'"$me"'","apikey":"'"$(printf %.31s "$own")"'"}')" 400
is "a value is kept by nobody" "$(iam POST /v1/apikeys '{"name":"own",
	"iam_id":"'"$me"'","store_value":true}')" 400
is "a name is needed" "$(iam POST /v1/apikeys '{"iam_id":"'"$me"'"}')" 400
is "an owner too" "$(iam POST /v1/apikeys '{"name":"x"}')" 400
is "who is there" "$(iam POST /v1/apikeys \
	'{"name":"x","iam_id":"IBMid-0000000000"}')" 404

# What replaces what.
iam POST /v1/apikeys '{"name":"old","iam_id":"'"$me"'"}' >/dev/null
old=$(of .apikey) old_id=$(of .id)
is "a key for another one, until a time" "$(iam POST /v1/apikeys '{"name":"new",
	"iam_id":"'"$me"'","replaces":"'"$old_id"'",
	"replaces_until":"'"$(in_days 1)"'"}')" 201
new=$(of .apikey)
is "it does not wait for its first use" "$(of '.replaces // "no"')" no
is "both open" "$(opens "$old")$(opens "$new")" eyey
is "the old one has an end" "$(iam GET "/v1/apikeys/$old_id" >/dev/null &&
	of .expires_at)" "$(in_days 1)"
is "and no later one" "$(iam POST /v1/apikeys '{"name":"new2",
	"iam_id":"'"$me"'","replaces":"'"$old_id"'",
	"replaces_until":"'"$(in_days 3)"'"}')" 201
is "than it had" "$(iam GET "/v1/apikeys/$old_id" >/dev/null &&
	of .expires_at)" "$(in_days 1)"
is "until needs what it is about" "$(iam POST /v1/apikeys '{"name":"x",
	"iam_id":"'"$me"'","replaces_until":"'"$(in_days 1)"'"}')" 400
is "nothing is not replaced" "$(iam POST /v1/apikeys '{"name":"x",
	"iam_id":"'"$me"'",
	"replaces":"ApiKey-00000000-0000-4000-8000-000000000000"}')" 404
shift_clock $((86400 + 120))
owner=$(access "$(key_in "$T/apikey")")
is "then the old one ends" "$(opens "$old")" null
is "and the new one does not" "$(opens "$new")" ey

# Who may what.
iam POST "/v2/accounts/$account/users" \
	'{"users":[{"email":"wren@nest.example"}]}' >/dev/null
wren=$(of '.resources[0].id')
is "who has not come gets no key" "$(iam POST /v1/apikeys \
	'{"name":"w","iam_id":"'"$wren"'"}')" 403
http POST /latchkey/v1/invitations/accept -H 'Content-Type: application/json' \
	-d '{"code":"'"$(of '.resources[0].code // empty')"'","password":"x"}' >/dev/null
iam POST "/v2/accounts/$account/users" \
	'{"users":[{"email":"wren@nest.example"}]}' >/dev/null
is "they come" "$(http POST /latchkey/v1/invitations/accept \
	-H 'Content-Type: application/json' -d '{"code":"'"$(
		of '.resources[0].code')"'","password":"long enough for her"}')" 200
is "an owner makes them one" "$(iam POST /v1/apikeys \
	'{"name":"w","iam_id":"'"$wren"'"}')" 201
hers=$(of .apikey) hers_id=$(of .id)
as=$(access "$hers")
is "who sees their own" "$(iam GET "/v1/apikeys/$hers_id")" 200
is "and lists them" "$(iam GET /v1/apikeys >/dev/null &&
	of '[.apikeys[].name] | join(" ")')" w
is "sees no other's" "$(iam GET "/v1/apikeys/$id")" 404
is "changes none" "$(iam PUT "/v1/apikeys/$id" '{"name":"x"}' \
	-H 'If-Match: *')" 404
is "ends none" "$(iam DELETE "/v1/apikeys/$id")" 404
is "locks none" "$(iam POST "/v1/apikeys/$id/lock")" 404
is "makes none for others" "$(iam POST /v1/apikeys \
	'{"name":"x","iam_id":"'"$me"'"}')" 404
is "lists not all" "$(iam GET \
	"/v1/apikeys?account_id=$account&scope=account")" 403
is "learns nothing by a value" "$(iam GET /v1/apikeys/details '' \
	-H "IAM-ApiKey: $new")" 404
is "makes one for herself" "$(iam POST /v1/apikeys \
	'{"name":"mine","iam_id":"'"$wren"'"}')" 201
mine=$(of .id)
as=
rules=/v1/accounts/$account/settings/identity
is "unless the account restricts that" "$(iam PUT "$rules" \
	'{"restrict_create_platform_apikey":"RESTRICTED",
	"restrict_create_service_id":"RESTRICTED"}' -H 'If-Match: *')" 200
as=$(access "$hers")
is "then she does not" "$(iam POST /v1/apikeys \
	'{"name":"more","iam_id":"'"$wren"'"}')" 403
like "and hears why" "$(of '.errors[0].message')" "account's rules"
is "she ends her own all the same" "$(iam DELETE "/v1/apikeys/$mine")" 204
is "and replaces the very key that she came with" "$(http POST /v1/apikeys \
	-u "iamapikey:$hers" -H 'Content-Type: application/json' \
	-d '{"name":"hers","iam_id":"'"$wren"'","replaces":"'"$hers_id"'"}')" 201
as=
is "an administrator does" "$(iam POST /v1/apikeys \
	'{"name":"more","iam_id":"'"$wren"'"}')" 201
is "and makes service IDs" "$(iam POST /v1/serviceids \
	'{"account_id":"'"$account"'","name":"s","apikey":{"name":"ofs"}}')" 201
editor='{"type":"access","subjects":[{"attributes":[{"name":"iam_id","value":"'"$wren"'"}]}],
	"roles":[{"role_id":"crn:v1:bluemix:public:iam::::role:Editor"}],
	"resources":[{"attributes":[{"name":"accountId","value":"'"$account"'"},
	{"name":"serviceName","value":"iam-identity"}]}]}'
is "an editor of identities" "$(iam POST /v1/policies "$editor")" 201
as=$(access "$hers")
is "does not, while that is restricted" "$(iam POST /v1/serviceids \
	'{"account_id":"'"$account"'","name":"e"}')" 403
as=
is "the rule goes" "$(iam PUT "$rules" \
	'{"restrict_create_platform_apikey":"NOT_SET",
	"restrict_create_service_id":"NOT_RESTRICTED"}' -H 'If-Match: *')" 200
like "its words are in the history" "$(iam GET \
	"$rules?include_history=true" >/dev/null &&
	of '[.history[].params[]] | join(" ")')" 'restrict'

# A cap counts from when a key was made, however often its end is moved.
is "a cap of ten days" "$(iam PUT "$rules" '{"api_key_max_days":"10"}' \
	-H 'If-Match: *')" 200
is "a new key within it" "$(iam POST /v1/apikeys '{"name":"c",
	"iam_id":"'"$me"'","expires_at":"'"$(in_days 10)"'"}')" 201
capped=$(of .id)
is "not past it" "$(iam POST /v1/apikeys '{"name":"c2","iam_id":"'"$me"'",
	"expires_at":"'"$(in_days 12)"'"}')" 400
is "what had no end may have any" "$(iam PUT "/v1/apikeys/$id" \
	'{"expires_at":"'"$(in_days 20)"'"}' -H 'If-Match: *')" 200
is "an earlier one as well" "$(iam PUT "/v1/apikeys/$id" \
	'{"expires_at":"'"$(in_days 12)"'"}' -H 'If-Match: *')" 200
is "a later one not past the cap" "$(iam PUT "/v1/apikeys/$id" \
	'{"expires_at":"'"$(in_days 13)"'"}' -H 'If-Match: *')" 400
like "and is told until when" "$(of '.errors[0].message')" 'until'
is "never is too late" "$(iam PUT "/v1/apikeys/$id" '{"expires_at":""}' \
	-H 'If-Match: *')" 400
is "the end that it has is fine" "$(iam PUT "/v1/apikeys/$id" \
	'{"expires_at":"'"$(in_days 12)"'"}' -H 'If-Match: *')" 200
is "a name is no end" "$(iam PUT "/v1/apikeys/$id" \
	'{"name":"two","action_when_leaked":""}' -H 'If-Match: *')" 200
is "no action is none" "$(of .action_when_leaked)" none
is "it is ended" "$(iam DELETE "/v1/apikeys/$capped")" 204
is "the cap goes" "$(iam PUT "$rules" '{"api_key_max_days":"NOT_SET"}' \
	-H 'If-Match: *')" 200
like "its numbers are in the history" "$(iam GET \
	"$rules?include_history=true" >/dev/null &&
	of '[.history[].params[]] | join(" ")')" 'api_key_days=10'

# Lists.
n=0
while [ $n -lt 6 ]; do
	n=$((n + 1))
	iam POST /v1/apikeys '{"name":"k'$((n / 3))'","iam_id":"'"$me"'"}' >/dev/null
done
walk() { # QUERY: ids of all pages, and back again
	next="/v1/apikeys?account_id=$account&pagesize=4&$1" there='' back='' names=''
	while [ -n "$next" ]; do
		iam GET "$next" >/dev/null
		there="$there $(of '[.apikeys[].id] | join(" ")')"
		names="$names $(of '[.apikeys[].name] | join("\n")')"
		before=$(of '.previous // empty')
		next=$(of '.next // empty') next=${next#"$URL"}
	done
	back=$(of '[.apikeys[].id] | join(" ")')
	before=${before#"$URL"}
	while [ -n "$before" ]; do
		iam GET "$before" >/dev/null
		back="$(of '[.apikeys[].id] | join(" ")') $back"
		before=$(of '.previous // empty') before=${before#"$URL"}
	done
}
iam GET "/v1/apikeys?account_id=$account&scope=account&pagesize=100" >/dev/null
all=$(of '.apikeys | length')
ok "$([ "$all" -gt 15 ]; echo $?)" "there are many"
for sort in name created_at modified_at created_by; do
	for order in asc desc; do
		walk "scope=account&sort=$sort&order=$order"
		is "by $sort, $order: each once" "$(echo "$there" | tr ' ' '\n' |
			grep . | sort -u | wc -l)" "$all"
		is "and back" " $back" "$there"
	done
done
walk "scope=account&sort=name"
names=$(echo "$names" | tr ' ' '\n' | grep .)
is "names are in order" "$names" "$(echo "$names" | LC_ALL=C sort)"
walk "scope=account&type=serviceid"
is "of service IDs" "$(echo "$names" | tr -d ' ')" ofs
walk "scope=account&type=user"
is "of people: the rest" "$(echo "$there" | tr ' ' '\n' | grep -c .)" \
	$((all - 1))
walk "iam_id=$me&sort=name"
is "of one: each once" "$(echo "$there" | tr ' ' '\n' | grep . | sort -u |
	wc -l)" "$(echo "$there" | tr ' ' '\n' | grep -c .)"
is "and back" " $back" "$there"
is "by description: no" "$(iam GET "/v1/apikeys?sort=description")" 400
is "a token of a page is ours" "$(iam GET "/v1/apikeys?pagetoken=x")" 400
is "a page has 1 at least" "$(iam GET "/v1/apikeys?pagesize=0")" 400
is "and 100 at most" "$(iam GET "/v1/apikeys?pagesize=101")" 400
while [ "$(iam POST /v1/apikeys '{"name":"f","iam_id":"'"$me"'"}')" = 201 ]; do
	:
done
is "an identity has 20 keys at most" "$(of '.errors[0].message_code')" BXNIM0114E
is "20 they are" "$(iam GET "/v1/apikeys?iam_id=$me&pagesize=100" >/dev/null &&
	of '.apikeys | length')" 20

is "ended" "$(iam DELETE "/v1/apikeys/$id")" 204
is "gone" "$(iam GET "/v1/apikeys/$id")" 404
is "it opens nothing" "$(opens "$value")" null
audited "the trail has that" apikey.delete done "api-key:$id"
is "a locked one is unlocked" "$(iam DELETE "/v1/apikeys/$shut/lock")" 204
is "and ended" "$(iam DELETE "/v1/apikeys/$shut")" 204

is "what has ended is still shown" "$(iam GET "/v1/apikeys/$old_id")" 200
finish
