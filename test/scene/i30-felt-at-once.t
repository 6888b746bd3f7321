# Whatever ends a credential or a right is felt by the first question after the
# reply, at each door, over whichever connection, by bearers in flight as well.
. "$(dirname "$0")/lib.sh"
serve
login
ssh_setup
owner=$(key_in "$T/apikey")
auth="Basic $(printf 'iamapikey:%s' "$owner" | base64 -w 0)"
want "a namespace" latchkey cr namespace-add birds
push_small "$(token --readwrite)" birds/app v1 >/dev/null
repo_create test

request() { # METHOD PATH AUTHORIZATION [JSON]
	jq -n --arg method "$1" --arg target "$2" --arg auth "$3" --arg body "${4:-}" '
		{method: $method, target: $target, fields:
			({Authorization: $auth} + (if $body == "" then {}
			else {"Content-Type": "application/json"} end))}
		+ (if $body == "" then {} else {body: $body} end)'
}
felt() { # DESCRIPTION QUESTION CHANGE OLD NEW
	jq -n --argjson question "$2" --argjson change "$3" --arg old "$4" \
		--arg new "$5" '$ARGS.named' |
		/usr/bin/python3 "$ROOT/test/felt.py" "$HOST" >"$T/felt" 2>&1
	ok $? "$1"
	remark <"$T/felt"
}
basic() { # USER SECRET
	printf 'Basic %s' "$(printf '%s:%s' "$1" "$2" | base64 -w 0)"
}
change() { # METHOD PATH [JSON], by the owner
	request "$1" "$2" "$auth" "${3:-}"
}
revoke() { # WHAT
	change POST /latchkey/v1/revoke "$(jq -n --arg what "$1" '$ARGS.named')"
}
pulls() { # AUTHORIZATION: the registry's own door
	request GET /v2/birds/app/manifests/v1 "$1"
}
lists() { # AUTHORIZATION: the door of git's REST
	request GET '/2.0/repositories/nest/test' "$1"
}
api() { # METHOD PATH [JSON]
	verb=$1 path=$2
	shift 2
	[ $# -eq 0 ] || set -- -H 'Content-Type: application/json' -d "$1"
	http "$verb" "$path" -u "iamapikey:$owner" "$@" >/dev/null
}
me=$(curl -s -u "iamapikey:$owner" "$URL/latchkey/v1/whoami" | jq -r .identity)
account=$(curl -s -u "iamapikey:$owner" "$URL/latchkey/v1/whoami" | jq -r .account)
key() { # [IDENTITY]: sets $key and $id
	api POST /v1/apikeys "{\"name\":\"k\",\"iam_id\":\"${1:-$me}\",\"account_id\":\"$account\"}"
	key=$(jq -r .apikey "$T/body") id=$(jq -r .id "$T/body")
}
grant() { # KEY [CURL ARGUMENT]...: the reply of the token service
	value=$1
	shift
	curl -s "$@" "$URL/identity/token" \
		-d grant_type=urn:ibm:params:oauth:grant-type:apikey \
		--data-urlencode "apikey=$value"
}
# After twenty refusals in a minute the doors ask to wait instead.
ok200='200 ' no='(401 |429 )'

# --- credentials, at the doors that take them
key
felt "an API key is deleted: the registry" "$(pulls "$(basic iamapikey "$key")")" \
	"$(change DELETE "/v1/apikeys/$id")" "$ok200" "$no"
key
felt "an API key is disabled: the REST of git" "$(lists "$(basic iamapikey "$key")")" \
	"$(change POST "/v1/apikeys/$id/disable")" "$ok200" "$no"
key
felt "an API key is revoked by its value" "$(pulls "$(basic iamapikey "$key")")" \
	"$(revoke "$key")" "$ok200" "$no"
key
bearer=$(bearer iamapikey "$key" repository:birds/app:pull)
felt "a bearer in flight, its key deleted" "$(pulls "Bearer $bearer")" \
	"$(change DELETE "/v1/apikeys/$id")" "$ok200" "$no"
key
access=$(grant "$key" | jq -r .access_token)
felt "an access token of a key that is deleted" \
	"$(request GET /latchkey/v1/whoami "Bearer $access")" \
	"$(change DELETE "/v1/apikeys/$id")" "$ok200" "$no"
key
access=$(grant "$key" | jq -r .access_token)
felt "an access token that is revoked itself" \
	"$(request GET /latchkey/v1/whoami "Bearer $access")" \
	"$(revoke "$access")" "$ok200" "$no"
is "its key is untouched" "$(http GET /latchkey/v1/whoami -u "iamapikey:$key")" 200
grant "$key" -u bx:bx >"$T/grant"
access=$(jq -r .access_token "$T/grant") refresh=$(jq -r .refresh_token "$T/grant")
session=$(curl -s -u "iamapikey:$key" "$URL/latchkey/v1/sessions" | jq -r '.sessions[0].id')
like "a session is listed" "$session" '^C-'
felt "a session is ended: its access token" \
	"$(request GET /latchkey/v1/whoami "Bearer $access")" \
	"$(change DELETE "/latchkey/v1/sessions/$session")" "$ok200" "$no"
refresh=$(grant "$key" -u bx:bx | jq -r .refresh_token)
felt "a refresh token is revoked: the registry" \
	"$(pulls "$(basic iamrefresh "$refresh")")" \
	"$(revoke "$refresh")" "$ok200" "$no"
registry=$(token)
felt "a registry token is revoked" "$(pulls "$(basic token "$registry")")" \
	"$(revoke "$registry")" "$ok200" "$no"
registry=$(token)
bearer=$(bearer token "$registry" repository:birds/app:pull)
felt "a registry token's bearer" "$(pulls "Bearer $bearer")" \
	"$(revoke "$registry")" "$ok200" "$no"

# --- keys of SSH
make_key web
make_key dev
access_key test web >/dev/null
user_key dev >/dev/null
AT=ssh://git@$SSH_HOST:$SSH_PORT/nest/test.git
for name in web dev; do
	want "a key of SSH opens git ($name)" git_as $name ls-remote "$AT"
	print=$(ssh-keygen -lf "$HOME/.ssh/$name.pub" | cut -d ' ' -f 2)
	is "it is revoked by its fingerprint" "$(http POST /latchkey/v1/revoke \
		-u "iamapikey:$owner" -H 'Content-Type: application/json' \
		-d "{\"what\":\"$print\"}")" 200
	deny "and opens nothing" git_as $name ls-remote "$AT"
done

# --- identities
service() { # sets $sid, $key and $id
	api POST /v1/serviceids "{\"account_id\":\"$account\",\"name\":\"robot\"}"
	sid=$(jq -r .id "$T/body")
	key "$(jq -r .iam_id "$T/body")"
}
who() {
	request GET /latchkey/v1/whoami "$(basic iamapikey "$key")"
}
service
felt "a service ID is disabled" "$(who)" \
	"$(change POST "/v1/serviceids/$sid/disable")" "$ok200" "$no"
service
felt "a service ID is deleted" "$(who)" \
	"$(change DELETE "/v1/serviceids/$sid")" "$ok200" "$no"
service
felt "a service ID is revoked" "$(who)" "$(revoke "$sid")" "$ok200" "$no"

# --- rights: who loses them is still who they are
policy() { # SUBJECT-KEY SUBJECT ROLE-CRN: sets $policy; with no, of pulls
	api POST /v2/policies "$(jq -n --arg key "$1" --arg subject "$2" \
		--arg role "$3" --arg account "$account" '
		def is(k; v): {key: k, operator: "stringEquals", value: v};
		{type: "access", subject: {attributes: [is($key; $subject)]},
		 resource: {attributes: [is("accountId"; $account),
			is("serviceName"; "container-registry")]},
		 control: {grant: {roles: [{role_id: $role}]}}}')"
	policy=$(jq -r .id "$T/body")
}
reader=crn:v1:bluemix:public:iam::::serviceRole:Reader
denied='403 '
my_pulls() {
	pulls "$(basic iamapikey "$key")"
}
service
policy iam_id "iam-$sid" $reader
felt "a policy is deleted" "$(my_pulls)" \
	"$(change DELETE "/v2/policies/$policy")" "$ok200" "$denied"
policy iam_id "iam-$sid" $reader
bearer=$(bearer iamapikey "$key" repository:birds/app:pull)
felt "a policy is revoked: a bearer in flight" "$(pulls "Bearer $bearer")" \
	"$(revoke "$policy")" "$ok200" "$denied"
group_of() { # sets $group, with the service ID in it and a policy
	api POST "/v2/groups?account_id=$account" "{\"name\":\"g$1\"}"
	group=$(jq -r .id "$T/body")
	api PUT "/v2/groups/$group/members" \
		"{\"members\":[{\"iam_id\":\"iam-$sid\",\"type\":\"service\"}]}"
	policy access_group_id "$group" $reader
}
group_of 1
felt "a member leaves a group" "$(my_pulls)" \
	"$(change DELETE "/v2/groups/$group/members/iam-$sid")" "$ok200" "$denied"
group_of 2
felt "a group's policy is deleted" "$(my_pulls)" \
	"$(change DELETE "/v2/policies/$policy")" "$ok200" "$denied"
group_of 3
felt "a group is deleted" "$(my_pulls)" \
	"$(change DELETE "/v2/groups/$group?force=true")" "$ok200" "$denied"
api POST /v2/roles "{\"name\":\"Puller\",\"display_name\":\"Puller\",\"account_id\":\"$account\",\"service_name\":\"container-registry\",\"actions\":[\"container-registry.image.pull\"]}"
role=$(jq -r .id "$T/body") crn=$(jq -r .crn "$T/body")
http GET "/v2/roles/$role" -u "iamapikey:$owner" >/dev/null
etag=$(head_of ETag)
policy iam_id "iam-$sid" "$crn"
felt "a custom role is changed" "$(my_pulls)" \
	"$(change PUT "/v2/roles/$role" '{"display_name":"Puller","actions":["container-registry.image.list"]}' |
		jq --arg etag "$etag" '.fields["If-Match"] = $etag')" \
	"$ok200" "$denied"

# --- a person, at each door, and what Docker's clients keep
person() { # sets $wren, $key and $id
	api POST /latchkey/v1/users "{\"email\":\"$1@nest.example\",\"roles\":[\"Reader\"]}"
	wren=$(jq -r .id "$T/body")
	key "$wren"
}
out() {
	change PATCH "/latchkey/v1/users/$wren" '{"disabled":true}'
}
person wren
felt "a person is disabled: the registry" "$(my_pulls)" "$(out)" "$ok200" "$no"
person robin
felt "a person is disabled: the REST of git" \
	"$(lists "$(basic iamapikey "$key")")" "$(out)" "$ok200" "$no"
person tit
felt "a person leaves the account" "$(my_pulls)" \
	"$(change DELETE "/v2/accounts/$account/users/$wren")" "$ok200" "$no"
identity_token() { # USER SECRET: what docker login keeps
	curl -s "$URL/oauth/token" -d grant_type=password -d service=registry \
		-d client_id=docker -d access_type=offline \
		--data-urlencode "username=$1" --data-urlencode "password=$2" |
		jq -r '.refresh_token // empty'
}
exchange() { # IDENTITY-TOKEN, into a bearer
	jq -n --arg body "grant_type=refresh_token&service=registry&client_id=docker&scope=repository:birds/app:pull&refresh_token=$(
		printf %s "$1" | jq -sRr @uri)" '{method: "POST", target: "/oauth/token",
		fields: {"Content-Type": "application/x-www-form-urlencoded"}, body: $body}'
}
person finch
kept=$(identity_token iamapikey "$key")
like "an identity token is given" "$kept" .
felt "an identity token is revoked" "$(exchange "$kept")" "$(revoke "$kept")" \
	"$ok200" "$no"
kept=$(identity_token iamapikey "$key")
felt "an identity token, its key deleted" "$(exchange "$kept")" \
	"$(change DELETE "/v1/apikeys/$id")" "$ok200" "$no"

# --- for who may not know of it, nothing is there
service
registry=$(token)
uuid=$(latchkey cr tokens --output json </dev/null | jq -r '.[-1].ID // .[-1].id // .[-1]._id // empty')
[ -n "$uuid" ] || uuid=$(curl -s -u "iamapikey:$owner" "$URL/api/v1/tokens" | jq -r '.tokens[-1]._id')
is "a service ID without a role revokes nothing by id" "$(http POST \
	/latchkey/v1/revoke -u "iamapikey:$key" \
	-H 'Content-Type: application/json' -d "{\"what\":\"$uuid\"}")" 404
is "who has the value may see it" "$(http POST /latchkey/v1/look \
	-u "iamapikey:$key" -H 'Content-Type: application/json' \
	-d "{\"values\":[\"$registry\",\"none\"]}")" 200
is "its kind, and no more" "$(jq -c .found "$T/body")" \
	'[{"kind":"registry-token","live":true},{"kind":"unknown","live":false}]'
finish
