# Somebody who belongs to two accounts changes from one into the other: every tab of
# their browser shows the one they are in, and nothing of the other.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/browser.sh"
serve
login
json='Content-Type: application/json'
owl=$(key_in "$T/apikey")
by() { # KEY METHOD PATH JSON: the status
	http "$2" "$3" -u "iamapikey:$1" -H "$json" -d "$4"
}
of() { # FILTER of the last reply
	jq -r "$1" "$T/body"
}
by "$owl" GET /latchkey/v1/whoami '' >/dev/null
nest=$(of .account)
is "a second account" "$(by "$owl" POST /latchkey/v1/accounts \
	'{"slug":"reef","owner_email":"gull@reef.example"}')" 201
gull=$(of .apikey)
by "$gull" GET /latchkey/v1/whoami '' >/dev/null
reef=$(of .account) gull_id=$(of .identity)
is "its owner has a password" "$(by "$gull" PUT "/latchkey/v1/users/$gull_id/password" \
	'{"password":"salt and wind and fish"}')" 204
is "the first one invites her" "$(by "$owl" POST "/v2/accounts/$nest/users" \
	'{"users":[{"email":"gull@reef.example","account_role":"Member"}]}')" 202
is "and she comes" "$(http POST /latchkey/v1/invitations/accept -H "$json" \
	-d "{\"code\":\"$(of '.resources[0].code')\",\"password\":\"salt and wind and fish\"}")" 200
for service in container-registry iam-identity; do
	is "she may look at $service there" "$(by "$owl" POST /v1/policies '{"type":"access",
		"subjects":[{"attributes":[{"name":"iam_id","value":"'"$gull_id"'"}]}],
		"roles":[{"role_id":"crn:v1:bluemix:public:iam::::serviceRole:Manager"},
			{"role_id":"crn:v1:bluemix:public:iam::::role:Viewer"}],
		"resources":[{"attributes":[{"name":"accountId","value":"'"$nest"'"},
		{"name":"serviceName","value":"'"$service"'"}]}]}')" 201
done
is "the first has birds" "$(by "$owl" POST /v1/serviceids \
	'{"account_id":"'"$nest"'","name":"bird-robot"}')" 201
is "the second has shells" "$(by "$gull" POST /v1/serviceids \
	'{"account_id":"'"$reef"'","name":"shell-robot"}')" 201
is "and a namespace of them" "$(by "$gull" PUT /api/v1/namespaces/shells '')" 201
is "as the first has of birds" "$(by "$owl" PUT /api/v1/namespaces/birds '')" 201

browse accounts
audited "the trail has that she went over" login done session:C-
finish
