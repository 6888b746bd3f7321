#!/bin/sh
# Hostile JSON at the routes of policies, roles and access groups: refused in the
# door's words, and nothing of it is kept. The numbers are those of the catalogue,
# part 4.2.
. "$(dirname "$0")/lib.sh"
serve
login
bearer=$(curl -s "$URL/identity/token" \
	-d grant_type=urn:ibm:params:oauth:grant-type:apikey \
	--data-urlencode "apikey=$(key_in "$T/apikey")" | jq -r .access_token)
account=$(curl -s -H "Authorization: Bearer $bearer" \
	"$URL/latchkey/v1/whoami" | jq -r .account)
me=$(curl -s -H "Authorization: Bearer $bearer" \
	"$URL/latchkey/v1/whoami" | jq -r .identity)
plain() { # METHOD PATH [ARGUMENT of curl]...
	http "$@" -H "Authorization: Bearer $bearer"
}
json() { # METHOD PATH JSON
	plain "$1" "$2" -H 'Content-Type: application/json' -H 'If-Match: *' -d "$3"
}

# One whole body of each kind, to be spoilt in one place.
ROLE=crn:v1:bluemix:public:iam::::serviceRole:Reader
whole_v1=$(jq -nc --arg me "$me" --arg account "$account" --arg role $ROLE '{
	type: "access", subjects: [{attributes: [{name: "iam_id", value: $me}]}],
	roles: [{role_id: $role}], resources: [{attributes: [
		{name: "accountId", value: $account},
		{name: "serviceName", value: "git"}]}]}')
whole_v2=$(jq -nc --arg me "$me" --arg account "$account" --arg role $ROLE '
	def is(k; v): {key: k, operator: "stringEquals", value: v}; {
	type: "access", subject: {attributes: [is("iam_id"; $me)]},
	control: {grant: {roles: [{role_id: $role}]}}, resource: {attributes: [
		is("accountId"; $account), is("serviceName"; "server")]}}')
whole_role=$(jq -nc --arg account "$account" '{name: "Puller", display_name: "P",
	account_id: $account, service_name: "container-registry",
	actions: ["container-registry.image.pull"]}')
whole_group='{"name":"Pullers","description":"d"}'
whole_many='{"members":[{"iam_id":"iam-ServiceId-none","type":"service"}]}'
is "a policy" "$(json POST /v1/policies "$whole_v1")" 201
p1=$(jq -r .id "$T/body")
is "and one of the second kind" "$(json POST /v2/policies "$whole_v2")" 201
p2=$(jq -r .id "$T/body")
is "a role" "$(json POST /v2/roles "$whole_role")" 201
r1=$(jq -r .id "$T/body")
is "a group" "$(json POST "/v2/groups?account_id=$account" "$whole_group")" 201
g1=$(jq -r .id "$T/body")

# NAME METHOD PATH, with the bytes of $T/json for a body.
routes='v1 v1put v2 v2put patch role roleput group grouppatch members leave all'
ask() { # ROUTE [ARGUMENT of curl]...
	route=$1
	shift
	case $route in
	v1) set -- POST /v1/policies "$@" ;;
	v1put) set -- PUT "/v1/policies/$p1" "$@" ;;
	v2) set -- POST /v2/policies "$@" ;;
	v2put) set -- PUT "/v2/policies/$p2" "$@" ;;
	patch) set -- PATCH "/v1/policies/$p1" "$@" ;;
	role) set -- POST /v2/roles "$@" ;;
	roleput) set -- PUT "/v2/roles/$r1" "$@" ;;
	group) set -- POST "/v2/groups?account_id=$account" "$@" ;;
	grouppatch) set -- PATCH "/v2/groups/$g1" "$@" ;;
	members) set -- PUT "/v2/groups/$g1/members" "$@" ;;
	leave) set -- POST "/v2/groups/$g1/members/delete" "$@" ;;
	all) set -- PUT "/v2/groups/_allgroups/members/$me?account_id=$account" "$@" ;;
	esac
	case $* in
	*Content-Type:*) ;;
	*) set -- "$@" -H 'Content-Type: application/json' ;;
	esac
	plain "$@" -H 'If-Match: *' --data-binary "@$T/json"
}
refused() { # DESCRIPTION STATUS [ROUTES]
	for d in ${3:-$routes}; do
		like "$1: $d" "$(ask $d)" "^($2)\$"
		is "in its words" "$(jq -r '(.errors[0].code | type) + " " +
			(.trace | type) + " " + (.status_code | type)' \
			"$T/body" 2>&1)" "string string number"
	done
}
put() { # the body, in printf's escapes
	printf '%b' "$1" >"$T/json"
}
count() {
	for to in v1/policies v2/policies v2/roles v2/groups; do
		plain GET "/$to?account_id=$account" >/dev/null
		jq -S . "$T/body"
	done
}
before=$(count)

for body in ' ' '\r\n' null '"x"' 1 true '[]' '[{}]' '[[]]'; do
	put "$body"
	refused "4.2/1 the body '$body'" 400
done
: >"$T/json"
refused "4.2/1 no body" 400
for body in '{"type":"access","type":"authorization"}' '{"name":"a","name":"b"}' \
	'{"state":"active","st\\u0061te":"active"}' '{"a":{"b":1,"b":2}}'; do
	put "$body"
	refused "4.2/2 twice the same: $body" 400
done

# What a policy is about: a member that nobody knows could be one that narrows it.
spoilt() { # STATUS ROUTE NUMBER... FILTER: of the whole body
	eval "printf %s \"\$whole_$2\"" | jq -c "$3" >"$T/json"
	like "$4: $3" "$(ask "$2")" "^($1)\$"
}
for filter in '.subjects[0].id = "x"' '.subjects[0].attributes[0].is_admin = true' \
	'.resources[0].only = 1' '.resources[0].attributes[1].not = true' \
	'.resources[0].tags = [{"name":"a","value":"b","x":1}]' \
	'.resources[0].attributes += [{"name":"serviceName","value":"audit"}]' \
	'.resources[0].attributes += [{"name":"colour","value":"red"}]' \
	'.subjects += .subjects' '.resources += .resources' '.rule = {}' \
	'.pattern = "time-based-conditions:once"'; do
	spoilt 400 v1 "$filter" "4.2/3 unknown"
done
for filter in '.subject.id = "x"' '.subject.attributes[0].x = 1' \
	'.resource.only = 1' '.resource.attributes[1].not = true' \
	'.rule = {}' '.rule = []' '.rule = "x"' '.pattern = 1' \
	'.pattern = "time-based-conditions:once"' \
	'.resource.attributes += [{"key":"serviceName","operator":"stringEquals","value":"audit"}]'; do
	spoilt 400 v2 "$filter" "4.2/3 unknown"
done
# Around it, as IBM does it, such members are passed over and taken by nobody.
printf %s "$whole_v1" | jq -c '.resources[0].attributes[1].value = "audit" |
	. + {id: "evil", created_by_id: "evil", created_at: "2001-01-01T00:00:00Z",
	state: "deleted", href: "evil", is_admin: true}' >"$T/json"
is "4.2/3 a policy with privileged members" "$(ask v1)" 201
is "4.2/3 none is taken" "$(grep -c 'evil\|2001-01\|is_admin\|deleted' "$T/body")" 0
plain DELETE "/v1/policies/$(jq -r .id "$T/body")" >/dev/null
for filter in '.type = 1' '.type = null' '.type = "root"' 'del(.type)' '.roles = []' \
	'.roles = {}' '.roles = [1]' '.roles[0].role_id = 1' '.roles[0] = "Reader"' \
	'del(.roles)' '.roles = [range(17) as $i | {role_id: "r\($i)"}]' \
	'.subjects = {}' '.subjects = []' 'del(.subjects)' '.subjects[0] = []' \
	'.subjects[0].attributes = []' '.subjects[0].attributes[0].value = 1' \
	'.subjects[0].attributes[0].value = true' \
	'.subjects[0].attributes[0].value = ["x"]' \
	'.subjects[0].attributes[0].name = "id"' \
	'.resources = []' 'del(.resources)' '.resources[0].attributes = {}' \
	'.resources[0].attributes[1].value = 1' \
	'.resources[0].attributes[1].value = ["git"]' \
	'.resources[0].attributes[1].value = ""' \
	'.resources[0].attributes[1].value = {}' \
	'.resources[0].attributes[1].operator = 1' \
	'.resources[0].attributes[1].operator = "matches"' \
	'.resources[0].attributes[1].value = ("a" * 1001)' \
	'.resources[0].attributes |= . + [range(40) | {name: "a\(.)", value: "b"}]' \
	'.description = 1' '.description = ("a" * 1025)'; do
	spoilt 400 v1 "$filter" "4.2/5"
done
for filter in '.control = {}' '.control = []' '.control.grant = 1' 'del(.control)' \
	'.control.grant.roles = []' '.subject = []' '.resource.attributes = []' \
	'.resource.attributes[1].value = []' \
	'.resource.attributes[1].operator = "stringEqualsAnyOf"' \
	'del(.resource.attributes[1].operator)' \
	'.resource.attributes[1] |= (.operator = "stringEqualsAnyOf" | .value = [1])' \
	'.resource.attributes[1] |= (.operator = "stringEqualsAnyOf" |
		.value = [range(101) | "a\(.)"])'; do
	spoilt 400 v2 "$filter" "4.2/5"
done
for filter in '.name = 1' '.name = "lower"' '.name = "Reader"' '.actions = []' \
	'.actions = "x"' '.actions = [1]' '.actions = ["container-registry.none"]' \
	'.actions = ["git.repository.read"]' '.service_name = 1' 'del(.account_id)' \
	'.display_name = ("a" * 51)'; do
	spoilt 400 role "$filter" "4.2/5"
done
for filter in '.name = 1' '.name = ""' 'del(.name)' '.description = 1' \
	'.name = ("a" * 101)'; do
	spoilt 400 group "$filter" "4.2/5"
done
members() { # FILTER
	printf %s "$whole_many" | jq -c "$1" >"$T/json"
	is "4.2/5 $1" "$(ask members)" 400
}
members '.members = []'
members '.members = {}'
members '.members[0] = 1'
members '.members[0].iam_id = 1'
members '.members = [range(51) | {iam_id: "i\(.)"}]'
for body in '{}' '{"groups":[]}' '{"groups":"x"}' '{"groups":[1]}' \
	"$(jq -nc '{groups: [range(51) | "g\(.)"]}')"; do
	put "$body"
	is "4.2/5 groups: $(printf %.40s "$body")" "$(ask all)" 400
done

for body in '{"type":"a\\u0000c"}' '{"na\\u0000me":"abc"}' '{"name":"a\0000c"}' \
	'\0000' '{"name":"\\ud800"}' '{"name":"\0377\0376"}' '{"name":"\0300\0257"}' \
	'\0357\0273\0277{"name":"abc"}' '{"name":"a\tb"}' '{"name":"\\x41"}'; do
	put "$body"
	refused "4.2/4 no text: $(printf %s "$body" | tr '\\' .)" 400 'v1 v2put role group'
done
for body in '{} {}' '{}x' '{}\0000' '{"name":"abc"} // x' '# x\n{}' \
	'{"name":"abc",}' '{"name":NaN}' "{'name':'abc'}" '{name:"abc"}' \
	'{"name":"abc"' '{"name":1e400}' '[1,]'; do
	put "$body"
	refused "4.2/6 $(printf %s "$body" | tr '\\' .)" 400 'v1 v2put role group all'
done
{ printf '{"name":"' && head -c 1048567 /dev/zero | tr '\0' a && printf '"}'; } >"$T/json"
refused "4.2/7 too large" 413
for d in $routes; do
	like "4.2/7 too large in chunks: $d" \
		"$(ask $d -H 'Transfer-Encoding: chunked')" '^413$'
done
{ printf '{"name":' && head -c 33 /dev/zero | tr '\0' '[' &&
	head -c 33 /dev/zero | tr '\0' ']' && printf '}'; } >"$T/json"
refused "4.2/7 too deep" 400
put '{"name":"abc"}'
for type in text/plain application/x-www-form-urlencoded \
	'application/json; charset=utf-16' application/jsonp ''; do
	for d in $routes; do
		is "4.2/8 the type '$type': $d" "$(ask $d -H "Content-Type:$type")" 415
	done
done
for to in v1 v2; do
	case $to in
	v1) filter='.resources[0].attributes |= . + [range(1000) | {name: "a", value: "b"}]' ;;
	v2) filter='.resource.attributes[1] |= (.operator = "stringEqualsAnyOf" | .value = [range(5000) | "a"])' ;;
	esac
	spoilt '400|413' $to "$filter" "4.2/9 a list without an end"
done
awk 'BEGIN { printf "["; for (i = 0; i < 1000000; i++) printf "1,"; print "1]" }' >"$T/json"
refused "4.2/9 a list of 1 000 001" '400|413'
for text in '\u001b[2J' '\r\n' '\u0000' '\u0007' '\u007f' '\u0085' '\u202e' \
	'\u2066' '\ufeff'; do
	body=$(printf %s "$whole_v1" | jq -c '.description = "X" |
		.resources[0].attributes[1].value = "audit"')
	printf '%s' "${body%%\"X\"*}\"a${text}b\"${body#*\"X\"}" >"$T/json"
	is "4.2/10 no description of a policy: $text" "$(ask v1)" 400
	printf '{"name":"a%sb"}' "$text" >"$T/json"
	is "4.2/10 nor a group's name: $text" "$(ask group)" 400
	body=$(printf %s "$whole_role" |
		jq -c '.name = "Odd" | .display_name = "X"')
	printf '%s' "${body%%\"X\"*}\"a${text}b\"${body#*\"X\"}" >"$T/json"
	is "4.2/10 nor a role's: $text" "$(ask role)" 400
done
is "nothing was made or changed by all that" "$(count)" "$before"
for text in '<script>alert(1)</script>' '\"><img onerror=alert(1)>' \
	'{{7*7}}' "' or 1=1 --" '%s%n%x'; do
	printf '{"description":"%s"}' "$text" >"$T/json"
	is "4.2/10 a text: $text" "$(ask grouppatch)" 200
	is "4.2/10 is given back as it is" "$(jq -r .description "$T/body")" \
		"$(printf '"%s"' "$text" | jq -r .)"
	is "4.2/10 as JSON and nothing else" "$(head_of Content-Type), $(
		head_of X-Content-Type-Options)" "application/json, nosniff"
done
finish
