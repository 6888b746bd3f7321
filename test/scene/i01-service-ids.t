#!/bin/sh
# Service IDs over the API that IBM's clients speak: making, changing, locking,
# listing and ending them, and that all of it has its effect at once.
. "$(dirname "$0")/lib.sh"

serve
login
account=$(latchkey account --output json 2>/dev/null | jq -r '.id // empty')
access() { # KEY VALUE
	curl -s "$URL/identity/token" \
		-d grant_type=urn:ibm:params:oauth:grant-type:apikey \
		--data-urlencode "apikey=$1" | jq -r .access_token
}
owner=$(access "$(key_in "$T/apikey")")
[ -n "$account" ] || account=$(http GET /latchkey/v1/whoami \
	-H "Authorization: Bearer $owner" >/dev/null && jq -r .account "$T/body")
iam() { # METHOD PATH [JSON] [ARGUMENT of curl]...: as $as
	method=$1 to=$2 data=${3:-}
	[ $# -lt 3 ] && shift 2 || shift 3
	http "$method" "$to" -H "Authorization: Bearer ${as:-$owner}" \
		${data:+-H "Content-Type: application/json"} \
		${data:+-d "$data"} "$@"
}
of() { # FILTER of the last reply
	jq -r "$1" "$T/body"
}

is "a service ID is made" "$(iam POST /v1/serviceids \
	'{"account_id":"'"$account"'","name":"ci","description":"robot","apikey":{"name":"first"}}')" 201
id=$(of .id) iam_id=$(of .iam_id) key=$(of .apikey.apikey) key_id=$(of .apikey.id)
like "its id" "$id" '^ServiceId-[0-9a-f-]{36}$'
is "and iam id" "$iam_id" "iam-$id"
is "its CRN" "$(of .crn)" \
	"crn:v1:bluemix:public:iam-identity::a/$account::serviceid:$id"
tag=$(of .entity_tag)
like "its entity tag" "$tag" '^1-[0-9a-f]{32}$'
like "times have minutes" "$(of .created_at)" \
	'^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}\+0000$'
is "its key belongs to it" "$(of .apikey.iam_id)" "$iam_id"
audited "the trail has it" serviceid.create done "identity:$iam_id"
is "its key is a login" "$(access "$key" | cut -c 1-2)" ey
robot=$(access "$key")

is "it is shown" "$(iam GET "/v1/serviceids/$id")" 200
is "with an ETag" "$(head_of ETag)" "$tag"
is "its value is never shown again" "$(of '.apikey // "none"')" none
is "a name is no id" "$(iam GET /v1/serviceids/ci)" 404
is "and the answer is the one that clients wait for" \
	"$(of '.errors[0].message_code')" BXNIM0102E
is "an unknown one is like it" "$(iam GET \
	"/v1/serviceids/ServiceId-00000000-0000-4000-8000-000000000000")" 404
is "found by name" "$(iam GET \
	"/v1/serviceids?account_id=$account&name=ci")" 200
is "it alone" "$(of '[.serviceids[].id] | join(",")')" "$id"

is "no change without If-Match" "$(iam PUT "/v1/serviceids/$id" \
	'{"name":"ci2"}')" 400
is "none with a stale one" "$(iam PUT "/v1/serviceids/$id" '{"name":"ci2"}' \
	-H "If-Match: 9-$(echo "$tag" | cut -d - -f 2)")" 409
is "one with the right one" "$(iam PUT "/v1/serviceids/$id" '{"name":"ci2"}' \
	-H "If-Match: $tag")" 200
is "has its name" "$(of .name)" ci2
is "keeps the rest" "$(of .description)" robot
is "and counts" "$(of .entity_tag)" "2${tag#1}"
is "with a star as well" "$(iam PUT "/v1/serviceids/$id" \
	'{"description":"","unique_instance_crns":["crn:v1:x"]}' -H 'If-Match: *')" 200
is "cleared" "$(of .description)" ""
is "instances" "$(of '.unique_instance_crns | join(",")')" crn:v1:x
is "instances are CRNs" "$(iam PUT "/v1/serviceids/$id" \
	'{"unique_instance_crns":["x"]}' -H 'If-Match: *')" 400
is "an empty name is none" "$(iam PUT "/v1/serviceids/$id" '{"name":""}' \
	-H 'If-Match: *')" 400

is "it is locked" "$(iam POST "/v1/serviceids/$id/lock")" 204
is "locked it is not changed" "$(iam PUT "/v1/serviceids/$id" '{"name":"x"}' \
	-H 'If-Match: *')" 409
is "nor deleted" "$(iam DELETE "/v1/serviceids/$id")" 409
is "and gets no key" "$(iam POST /v1/apikeys \
	'{"name":"k","iam_id":"'"$iam_id"'"}')" 409
is "what it has still works" "$(access "$key" | cut -c 1-2)" ey
is "it is unlocked" "$(iam DELETE "/v1/serviceids/$id/lock")" 204
is "one can be made locked" "$(iam POST /v1/serviceids \
	'{"account_id":"'"$account"'","name":"shut"}' -H 'Entity-Lock: true')" 201
is "and is" "$(of .locked)" true

as=$robot
is "it looks at itself" "$(iam GET "/v1/serviceids/$id")" 200
is "and changes nothing of itself" "$(iam PUT "/v1/serviceids/$id" \
	'{"name":"more"}' -H 'If-Match: *')" 403
is "makes itself no key" "$(iam POST /v1/apikeys \
	'{"name":"more","iam_id":"'"$iam_id"'"}')" 403
is "and no service ID" "$(iam POST /v1/serviceids \
	'{"account_id":"'"$account"'","name":"more"}')" 403
is "nor one beside the very key it came with" "$(iam POST /v1/apikeys \
	'{"name":"next","iam_id":"'"$iam_id"'","replaces":"'"$key_id"'",
	"replaces_until":"'"$(date -u -d '+1 day' +%FT%TZ)"'"}')" 403
is "replaces that one" "$(iam POST /v1/apikeys \
	'{"name":"next","iam_id":"'"$iam_id"'","replaces":"'"$key_id"'"}')" 201
next=$(of .apikey)
is "until the new one is used both are good" "$(access "$key" | cut -c 1-2)" ey
is "the new one is used" "$(access "$next" | cut -c 1-2)" ey
old_ended() {
	[ "$(access "$key")" = null ]
}
until_ok old_ended
ok $? "then the old one ends"
as=

is "switched off" "$(iam POST "/v1/serviceids/$id/disable")" 204
is "its key opens nothing" "$(access "$next")" null
as=$robot
is "nor does what was made with it" "$(iam GET "/v1/serviceids/$id")" 401
as=
is "switched on" "$(iam DELETE "/v1/serviceids/$id/disable")" 204
is "it opens again" "$(access "$next" | cut -c 1-2)" ey

is "history" "$(iam GET \
	"/v1/serviceids/$id?include_history=true&include_activity=true")" 200
is "has who made it" "$(of '.history[0].action')" serviceid.create
like "and what changed" "$(of '[.history[].params[]] | join(" ")')" \
	'locked=true.*disabled=true'
like "activity counts its logins" "$(of .activity.authn_count)" '^[1-9]'

n=0
while [ $n -lt 25 ]; do
	n=$((n + 1))
	iam POST /v1/serviceids '{"account_id":"'"$account"'","name":"s'"$n"'"}' \
		>/dev/null
done
walk() { # QUERY: names of all pages, and back again
	next="/v1/serviceids?account_id=$account&pagesize=10&$1" there='' back=''
	while [ -n "$next" ]; do
		iam GET "$next" >/dev/null
		there="$there $(of '[.serviceids[].name] | join(" ")')"
		before=$(of '.previous // empty')
		next=$(of '.next // empty') next=${next#"$URL"}
	done
	before=${before#"$URL"}
	back=$(of '[.serviceids[].name] | join(" ")')
	while [ -n "$before" ]; do
		iam GET "$before" >/dev/null
		back="$(of '[.serviceids[].name] | join(" ")') $back"
		before=$(of '.previous // empty') before=${before#"$URL"}
	done
}
walk 'sort=name'
is "by name" "$there" " $( (echo ci2 && echo shut && seq -f s%.0f 25) |
	LC_ALL=C sort | tr '\n' ' ' | sed 's/ $//')"
is "and back" " $back" "$there"
walk 'sort=name&order=desc'
is "the other way" "$there" " $( (echo ci2 && echo shut && seq -f s%.0f 25) |
	LC_ALL=C sort -r | tr '\n' ' ' | sed 's/ $//')"
is "and back, too" " $back" "$there"
for sort in created_at modified_at; do
	walk "sort=$sort"
	is "by $sort: each once" \
		"$(echo "$there" | tr ' ' '\n' | grep . | sort -u | wc -l)" 27
	is "and back by $sort" " $back" "$there"
done
is "by description: no" "$(iam GET \
	"/v1/serviceids?account_id=$account&sort=description")" 400
is "another account's list" "$(iam GET \
	"/v1/serviceids?account_id=00000000000000000000000000000000")" 403

is "deleted" "$(iam DELETE "/v1/serviceids/$id")" 204
is "it is gone" "$(iam GET "/v1/serviceids/$id")" 404
is "its keys open nothing" "$(access "$next")" null
is "and are gone" "$(iam GET "/v1/apikeys/$key_id")" 404
audited "the trail has that" serviceid.delete done "identity:$iam_id"

is "the resource group" "$(iam GET \
	"/v2/resource_groups?account_id=$account&default=true")" 200
is "is one" "$(of '[.resources[].name] | join(",")')" Default
group=$(of '.resources[0].id')
is "a service ID is made in it" "$(iam POST /v1/serviceids \
	'{"account_id":"'"$account"'","name":"g","group_id":"'"$group"'"}')" 201
is "and shown there" "$(iam GET "/v1/serviceids/$(of .id)?show_group_id=true" \
	>/dev/null && of .group_id)" "$group"
is "another one is not here" "$(iam POST /v1/serviceids \
	'{"account_id":"'"$account"'","name":"g","group_id":"x"}')" 400

rules=/v1/accounts/$account/settings/identity
is "the account's rules" "$(iam GET "$rules")" 200
tag=$(of .entity_tag)
is "a cap on keys" "$(iam PUT "$rules" \
	'{"api_key_max_days":"30","endless_credentials":"false"}' \
	-H "If-Match: $tag")" 200
is "is there" "$(of .api_key_max_days)" 30
is "a stale tag" "$(iam PUT "$rules" '{}' -H "If-Match: $tag")" 409
is "an endless key is refused" "$(iam POST /v1/serviceids \
	'{"account_id":"'"$account"'","name":"e","apikey":{"name":"k"}}')" 400
like "with the reason" "$(of '.errors[0].message')" '30 days'
is "one within the cap is fine" "$(iam POST /v1/serviceids \
	'{"account_id":"'"$account"'","name":"e","apikey":{"name":"k","expires_at":"'"$(
		date -u -d '+29 days' +%Y-%m-%dT%H:%M+0000)"'"}}')" 201
is "back to what nobody set" "$(iam PUT "$rules" \
	'{"api_key_max_days":"NOT_SET","endless_credentials":"NOT_SET"}' \
	-H 'If-Match: *')" 200
audited "the trail has the rules" account.settings.set done "account:$account"
finish
