#!/bin/sh
# Policies, roles and access groups over the API that IBM's clients speak, in both
# versions, and what comes of each at the registry's door.
. "$(dirname "$0")/lib.sh"

serve
login
access() { # KEY
	curl -s "$URL/identity/token" \
		-d grant_type=urn:ibm:params:oauth:grant-type:apikey \
		--data-urlencode "apikey=$1" | jq -r .access_token
}
owner=$(access "$(key_in "$T/apikey")")
account=$(curl -s -H "Authorization: Bearer $owner" \
	"$URL/latchkey/v1/whoami" | jq -r .account)
for name in birds bees; do
	want "a namespace $name" latchkey cr namespace-add $name
	want "with an image" push_small "$(token --readwrite)" $name/app latest
done
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
as=
service_id() { # NAME: $robot, its iam id, and $key
	iam POST /v1/serviceids '{"account_id":"'"$account"'","name":"'"$1"'",
		"apikey":{"name":"first"}}' >/dev/null
	robot=$(of .iam_id) key=$(of .apikey.apikey)
}
service_id ci
like "a service ID" "$robot" '^iam-ServiceId-'

SERVICE=crn:v1:bluemix:public:iam::::serviceRole
# What the first version says: roles on a namespace, for an identity or a group.
first() { # SUBJECT NAMESPACE ROLE...
	subject=$1 namespace=$2
	shift 2
	kind=iam_id
	case $subject in
	AccessGroupId-*) kind=access_group_id ;;
	esac
	jq -n --arg kind "$kind" --arg subject "$subject" --arg account "$account" \
		--arg namespace "$namespace" --arg roles "$*" --arg at "$SERVICE" '{
		type: "access",
		subjects: [{attributes: [{name: $kind, value: $subject}]}],
		roles: [$roles | split(" ")[] | {role_id: (if startswith("crn:")
			then . else $at + ":" + . end)}],
		resources: [{attributes: [
			{name: "accountId", value: $account},
			{name: "serviceName", value: "container-registry",
				operator: "stringEquals"},
			{name: "resourceType", value: "namespace"},
			{name: "resource", value: $namespace}]}]}'
}
# The second: the operator and the value of the resource as JSON.
second() { # SUBJECT OPERATOR VALUE ROLE [MEMBERS]
	jq -n --arg subject "$1" --arg op "$2" --argjson value "$3" \
		--arg role "$4" --arg account "$account" --arg at "$SERVICE" \
		--argjson more "${5:-{\}}" '{
		type: "access",
		subject: {attributes: [{key: "iam_id", operator: "stringEquals",
			value: $subject}]},
		resource: {attributes: [
			{key: "accountId", operator: "stringEquals", value: $account},
			{key: "serviceName", operator: "stringEquals",
				value: "container-registry"},
			{key: "resource", operator: $op, value: $value}]},
		control: {grant: {roles: [{role_id: ($at + ":" + $role)}]}}} + $more'
}
pulls() { # NAMESPACE: the status of a pull by the robot's key
	http GET "/v2/$1/app/manifests/latest" -u "iamapikey:$key" \
		-H 'Accept: application/vnd.oci.image.manifest.v1+json'
}
pushes() { # NAMESPACE: of an upload that is begun
	http POST "/v2/$1/app/blobs/uploads/" -u "iamapikey:$key"
}

# --- the first version ---
is "without a policy nothing is pulled" "$(pulls birds)" 403
is "a policy is made" "$(iam POST /v1/policies \
	"$(first "$robot" birds Reader | jq -c '.description = "to look"')")" 201
id=$(of .id) tag=$(head_of ETag)
like "its id" "$id" '^[0-9a-f-]{36}$'
like "its entity tag" "$tag" '^1-[0-9a-f]{32}$'
is "its state" "$(of .state)" active
is "its description" "$(of .description)" "to look"
is "its href" "$(of .href)" "$URL/v1/policies/$id"
is "an operator comes back where one was sent" "$(of \
	'[.resources[0].attributes[] | .operator // "none"] | join(" ")')" \
	"none stringEquals none none"
is "roles have their names" "$(of '.roles[0].display_name')" Reader
like "times have milliseconds" "$(of .created_at)" \
	'^[0-9-]{10}T[0-9:]{8}\.[0-9]{3}Z$'
audited "the trail has it" policy.create done "policy:$id"
is "now it pulls there" "$(pulls birds)" 200
is "and in no other namespace" "$(pulls bees)" 403
is "and pushes nothing" "$(pushes birds)" 403
is "which is denied" "$(errors)" DENIED
like "saying who" "$(of '.errors[0].message')" "$robot"
like "what" "$(of '.errors[0].message')" 'image\.push'
like "and where" "$(of '.errors[0].message')" birds

is "the same once more" "$(iam POST /v1/policies \
	"$(first "$robot" birds Reader)")" 409
is "is a conflict" "$(errors)" policy_conflict_error
is "with this one" "$(of '.errors[0].details.conflicts_with.policy.id')" "$id"
is "and its tag" "$(of '.errors[0].details.conflicts_with.etag')" "$tag"
is "it is shown" "$(iam GET "/v1/policies/$id")" 200
is "with its tag" "$(head_of ETag)" "$tag"
is "and listed" "$(iam GET \
	"/v1/policies?account_id=$account&iam_id=$robot" >/dev/null &&
	of '[.policies[].id] | join(" ")')" "$id"
is "the second version shows it as well" "$(iam GET "/v2/policies/$id")" 200
is "in its own words" "$(of '[.subject.attributes[0].key,
	.control.grant.roles[0].role_id] | join(" ")')" "iam_id $SERVICE:Reader"

more=$(first "$robot" birds Reader Writer)
is "no change without If-Match" "$(iam PUT "/v1/policies/$id" "$more")" 400
is "none by who saw another" "$(iam PUT "/v1/policies/$id" "$more" \
	-H "If-Match: 9${tag#1}")" 412
is "which has its word" "$(errors)" precondition_failed
is "replaced" "$(iam PUT "/v1/policies/$id" "$more" -H "If-Match: $tag")" 200
is "another tag" "$(head_of ETag)" "2${tag#1}"
is "the old one is stale" "$(iam PUT "/v1/policies/$id" "$more" \
	-H "If-Match: $tag")" 412
is "now it pushes, too" "$(pushes birds)" 202
is "there alone" "$(pushes bees)" 403
is "to an unknown role" "$(iam PUT "/v1/policies/$id" \
	"$(first "$robot" birds Emperor)" -H 'If-Match: *')" 400
like "saying which" "$(of '.errors[0].message')" Emperor
is "to somebody unknown" "$(iam PUT "/v1/policies/$id" \
	"$(first iam-ServiceId-none birds Reader)" -H 'If-Match: *')" 400
is "and none is made for them" "$(iam POST /v1/policies \
	"$(first iam-ServiceId-none birds Reader)")" 400
is "nor with an unknown role" "$(iam POST /v1/policies \
	"$(first "$robot" birds Emperor)")" 400

is "deleted" "$(iam DELETE "/v1/policies/$id")" 204
is "it is refused at the next request" "$(pulls birds)" 403
is "twice it is not there" "$(iam DELETE "/v1/policies/$id")" 404
is "it can still be seen" "$(iam GET "/v1/policies/$id")" 200
is "as deleted" "$(of .state)" deleted
is "among the deleted" "$(iam GET \
	"/v1/policies?account_id=$account&state=deleted" >/dev/null &&
	of '[.policies[].id] | join(" ")')" "$id"
tag=$(iam GET "/v1/policies/$id" >/dev/null && head_of ETag)
is "no state but active is asked for" "$(iam PATCH "/v1/policies/$id" \
	'{"state":"deleted"}' -H "If-Match: $tag")" 400
is "brought back by who saw another" "$(iam PATCH "/v1/policies/$id" \
	'{"state":"active"}' -H "If-Match: 1${tag#?}")" 412
is "brought back" "$(iam PATCH "/v1/policies/$id" '{"state":"active"}' \
	-H "If-Match: $tag")" 200
is "and pulls" "$(pulls birds)" 200
iam DELETE "/v1/policies/$id" >/dev/null

# --- the second ---
is "a list of values" "$(iam POST /v2/policies \
	"$(second "$robot" stringEqualsAnyOf '["birds","bees"]' Reader)")" 201
id=$(of .id) tag=$(head_of ETag)
is "as it was sent" "$(of \
	'.resource.attributes[2].value | join(" ")')" "birds bees"
is "pulls in one" "$(pulls birds)" 200
is "and the other" "$(pulls bees)" 200
is "the first version's list leaves it out" "$(iam GET \
	"/v1/policies?account_id=$account&iam_id=$robot" >/dev/null &&
	of '.policies | length')" 0
is "the second's has it" "$(iam GET \
	"/v2/policies?account_id=$account&iam_id=$robot" >/dev/null &&
	of '[.policies[].id] | join(" ")')" "$id"
is "replaced by the first version it would grant more" "$(iam PUT \
	"/v1/policies/$id" "$(first "$robot" birds Reader)" \
	-H "If-Match: $tag")" 409
like "so it is not" "$(of '.errors[0].message')" '/v2/policies'
is "by the second it is" "$(iam PUT "/v2/policies/$id" \
	"$(second "$robot" stringMatch '"b?rd*"' Reader)" \
	-H "If-Match: $tag")" 200
is "the pattern fits one" "$(pulls birds)" 200
is "and not the other" "$(pulls bees)" 403
is "deleted" "$(iam DELETE "/v2/policies/$id")" 204
is "refused" "$(pulls birds)" 403

when() { # OPERATOR TIME
	jq -nc --arg op "$1" --arg time "$2" '{
		pattern: "time-based-conditions:once", rule: {
			key: "{{environment.attributes.current_date_time}}",
			operator: $op, value: $time}}'
}
is "for the time to come" "$(iam POST /v2/policies "$(second "$robot" \
	stringEquals '"birds"' Reader \
	"$(when dateTimeLessThan "$(date -u -d '+1 hour' +%FT%T+00:00)")")")" 201
id=$(of .id) tag=$(head_of ETag)
is "it pulls" "$(pulls birds)" 200
is "the rule comes back" "$(iam GET "/v2/policies/$id" >/dev/null &&
	of .rule.operator)" dateTimeLessThan
is "the first version would drop it" "$(iam PUT "/v1/policies/$id" \
	"$(first "$robot" birds Reader)" -H "If-Match: $tag")" 409
is "until a time that is over" "$(iam PUT "/v2/policies/$id" "$(second \
	"$robot" stringEquals '"birds"' Reader \
	"$(when dateTimeLessThan "$(date -u -d '-1 hour' +%FT%T+00:00)")")" \
	-H "If-Match: $tag")" 200
is "it pulls no more" "$(pulls birds)" 403
is "a rule of nothing" "$(iam POST /v2/policies "$(second "$robot" \
	stringEquals '"birds"' Reader \
	'{"pattern":"time-based-conditions:never","rule":{}}')")" 400
iam DELETE "/v2/policies/$id" >/dev/null

# --- roles of one's own ---
role='{"name":"Puller","display_name":"Puller","service_name":"container-registry",
	"account_id":"'"$account"'","actions":["container-registry.image.pull"]}'
is "a role" "$(iam POST /v2/roles "$role")" 201
role_id=$(of .id) crn=$(of .crn) tag=$(head_of ETag)
is "its name" "$crn" "crn:v1:bluemix:public:container-registry::a/$account::customRole:Puller"
is "once" "$(iam POST /v2/roles "$role")" 409
is "is listed" "$(iam GET \
	"/v2/roles?account_id=$account&service_name=container-registry" \
	>/dev/null && of '[.custom_roles[].name] | join(" ")')" Puller
is "beside the fixed ones" "$(of '[.service_roles[].display_name] | join(" ")')" \
	"Reader Writer Manager"
is "is granted" "$(iam POST /v1/policies "$(first "$robot" birds "$crn")")" 201
id=$(of .id)
is "by its name" "$(of '.roles[0].display_name')" Puller
is "pulls" "$(pulls birds)" 200
is "and does nothing else" "$(pushes birds)" 403
is "in use it stays" "$(iam DELETE "/v2/roles/$role_id")" 409
is "changed by who saw another" "$(iam PUT "/v2/roles/$role_id" \
	'{"display_name":"P","actions":["container-registry.image.push"]}' \
	-H "If-Match: 9${tag#1}")" 412
is "changed" "$(iam PUT "/v2/roles/$role_id" \
	'{"display_name":"P","actions":["container-registry.image.push"]}' \
	-H "If-Match: $tag")" 200
is "at once it pushes" "$(pushes birds)" 202
is "and pulls no more" "$(pulls birds)" 403
iam DELETE "/v1/policies/$id" >/dev/null
is "of no use it goes" "$(iam DELETE "/v2/roles/$role_id")" 204
is "and is gone" "$(iam GET "/v2/roles/$role_id")" 404

# --- groups ---
is "a group" "$(iam POST "/v2/groups?account_id=$account" \
	'{"name":"Pullers","description":"who pull"}')" 201
group=$(of .id) tag=$(head_of ETag)
like "its id" "$group" '^AccessGroupId-[0-9a-f-]{36}$'
is "its name is taken" "$(iam POST "/v2/groups?account_id=$account" \
	'{"name":"PULLERS"}')" 409
is "named by who saw another" "$(iam PATCH "/v2/groups/$group" \
	'{"name":"x"}' -H "If-Match: 9${tag#1}")" 412
is "named" "$(iam PATCH "/v2/groups/$group" '{"name":"Readers"}' \
	-H "If-Match: $tag")" 200
is "what was not sent stays" "$(of .description)" "who pull"
is "is granted something" "$(iam POST /v1/policies \
	"$(first "$group" birds Reader)")" 201
is "members" "$(iam PUT "/v2/groups/$group/members" '{"members":[
	{"iam_id":"'"$robot"'","type":"service"},
	{"iam_id":"iam-ServiceId-none","type":"service"}]}')" 207
is "each by itself" "$(of '[.members[].status_code] | join(" ")')" "200 404"
is "a member pulls" "$(pulls birds)" 200
is "is one" "$(iam HEAD "/v2/groups/$group/members/$robot")" 204
is "in the list" "$(iam GET "/v2/groups/$group/members" >/dev/null &&
	of '[.members[].iam_id] | join(" ")')" "$robot"
is "its groups" "$(iam GET \
	"/v2/groups?account_id=$account&iam_id=$robot" >/dev/null &&
	of '[.groups[].id] | join(" ")')" "$group"
is "who leaves" "$(iam DELETE "/v2/groups/$group/members/$robot")" 204
is "is refused at the next request" "$(pulls birds)" 403
is "into several at once" "$(iam PUT \
	"/v2/groups/_allgroups/members/$robot?account_id=$account" \
	'{"type":"service","groups":["'"$group"'","AccessGroupId-none"]}')" 207
is "each by itself" "$(of '[.groups[] | .access_group_id +
	" " + (.status_code | tostring)] | join(" ")')" \
	"$group 200 AccessGroupId-none 404"
is "and pulls" "$(pulls birds)" 200
is "out of them all" "$(iam DELETE \
	"/v2/groups/_allgroups/members/$robot?account_id=$account")" 207
is "refused" "$(pulls birds)" 403
iam PUT "/v2/groups/$group/members" \
	'{"members":[{"iam_id":"'"$robot"'","type":"service"}]}' >/dev/null
is "many leave" "$(iam POST "/v2/groups/$group/members/delete" \
	'{"members":["'"$robot"'","iam-ServiceId-none"]}')" 207
is "each by itself" "$(of '[.members[].status_code] | join(" ")')" "204 404"
iam PUT "/v2/groups/$group/members" \
	'{"members":[{"iam_id":"'"$robot"'","type":"service"}]}' >/dev/null
is "not while somebody is in it" "$(iam DELETE "/v2/groups/$group")" 409
is "the group goes" "$(iam DELETE "/v2/groups/$group?force=true")" 204
is "with what it gave" "$(pulls birds)" 403

# --- lists in an order ---
policies() { # QUERY: ids of all pages, in order
	next="/v1/policies?account_id=$account&limit=2&iam_id=$robot&$1" all=''
	while [ -n "$next" ]; do
		iam GET "$next" >/dev/null
		all="$all$(of '[.policies[].id + " "] | add // ""')"
		next=$(of '.next.href // empty') next=${next#"$URL"}
	done
	printf %s "$all"
}
made=''
for name in a b c d e; do
	iam POST /v1/policies "$(first "$robot" $name Reader)" >/dev/null
	made="$made$(of .id) "
done
turned() {
	printf %s "$1" | tr ' ' '\n' | tac | tr '\n' ' '
}
is "in the order of their making" "$(policies sort=created_at)" "$made"
is "the other way" "$(policies sort=-created_at)" "$(turned "$made")"
by_id=$(printf %s "$made" | tr ' ' '\n' | LC_ALL=C sort | tr '\n' ' ')
is "of their ids" "$(policies sort=id)" "$by_id"
is "and back" "$(policies sort=-id)" "$(turned "$by_id")"
is "without a word" "$(policies type=access)" "$by_id"
last=${made%% *}
tag=$(iam GET "/v1/policies/$last" >/dev/null && head_of ETag)
iam PUT "/v1/policies/$last" "$(first "$robot" a Writer)" \
	-H "If-Match: $tag" >/dev/null
is "of their changes" "$(policies sort=last_modified_at)" "${made#* }$last "
is "and back" "$(policies sort=-last_modified_at)" \
	"$(turned "${made#* }$last ")"
is "of their types" "$(policies sort=type)" "$by_id"
is "of something else" "$(iam GET \
	"/v1/policies?account_id=$account&sort=colour")" 400
is "from nowhere" "$(iam GET \
	"/v1/policies?account_id=$account&start=%25")" 400

# --- whoever is somebody else ---
is "another account" "$(iam POST /latchkey/v1/accounts \
	'{"slug":"else","owner_email":"else@nest.example"}')" 201
stranger=$(access "$(of '.apikey // .api_key // .key')")
id=${made%% *}
as=$stranger
like "its owner" "$as" '^ey'
is "does not see it" "$(iam GET "/v1/policies/$id")" 404
is "nor by the second version" "$(iam GET "/v2/policies/$id")" 404
is "nor ends it" "$(iam DELETE "/v1/policies/$id")" 404
is "nor makes one there" "$(iam POST /v1/policies \
	"$(first "$robot" birds Reader)")" 403
is "nor lists" "$(iam GET "/v1/policies?account_id=$account")" 403
as=$(access "$key")
is "the robot sees its own" "$(iam GET "/v1/policies/$id")" 200
is "and changes nothing of it" "$(iam DELETE "/v1/policies/$id")" 403
is "nor gives itself more" "$(iam POST /v1/policies \
	"$(first "$robot" birds Manager)")" 403
as=
finish
