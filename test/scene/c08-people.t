# Accounts, users and their keys over the server's own REST: who may do what,
# what strangers are told, and how soon a shut-out is felt.
. "$(dirname "$0")/lib.sh"
serve

api() { # METHOD PATH [JSON], as $who ("user:secret"): the status
	verb=$1 path=$2
	shift 2
	[ $# -eq 0 ] || set -- -H 'Content-Type: application/json' -d "$1"
	http "$verb" "/latchkey/v1$path" -u "$who" "$@"
}
of() { # FILTER: from the last reply's body
	jq -r "$1" "$T/body"
}
code() {
	of .error.code
}
grant() { # PASSWORD of ann: the status
	http POST /identity/token -u bx:bx -d grant_type=password \
		-d username=ann@nest.example --data-urlencode "password=$1"
}
owl=iamapikey:$(jq -r .apikey "$T/apikey")
who=$owl

is "the operator makes an account" "$(api POST /accounts \
	'{"slug":"KH_Own_Team","owner_email":"kh@den.example"}')" 201
kh=iamapikey:$(of .apikey)
is "its name is taken in any case" "$(api POST /accounts \
	'{"slug":"kh_own_team","owner_email":"x@den.example"}')" 409
is "unknown members are refused" "$(api POST /accounts \
	'{"slug":"other","owner_email":"x@den.example","color":1}')" 400
is "and named" "$(of .error.message)" "unknown member 'color'"
is "the operator sees both" "$(api GET /accounts; of '.accounts | length')" 2002
who=$kh
is "its owner sees one" "$(api GET /accounts; of '.accounts | length')" 2001
is "and is no operator" "$(api POST /accounts \
	'{"slug":"third","owner_email":"y@den.example"}')" 403
is "nor reads the server's state" "$(api GET /status)" 403
is "or the whole trail" "$(api GET '/audit?all=true')" 403

who=$owl
is "a user" "$(api POST /users '{"email":"ann@nest.example","name":"Ann",
	"roles":["Reader"],"password":"a first password"}')" 201
ann=$(of .id)
is "once" "$(api POST /users '{"email":"ANN@nest.example"}')" 409
is "a role that is none" "$(api POST /users \
	'{"email":"bob@nest.example","roles":["King"]}')" 400
is "a short password" "$(api POST /users \
	'{"email":"bob@nest.example","password":"short"}')" 400
is "found by e-mail" "$(api GET /users/ann%40nest.example)" 200

who=$kh
is "strangers and nobody look alike" \
	"$(api GET "/users/$ann"; code; api GET /users/nobody; code)" \
	"$(printf '404not_found\n404not_found')"
is "also to those who would write" \
	"$(api PATCH "/users/$ann" '{"disabled":true}')" 404
is "or make a key" "$(api POST "/users/$ann/api-keys" '{"name":"x"}')" 404

is "a password logs in" "$(grant 'a first password')" 200
token=$(of .access_token) refresh=$(of .refresh_token)
bearer_api() {
	verb=$1 path=$2
	shift 2
	[ $# -eq 0 ] || set -- -H 'Content-Type: application/json' -d "$1"
	http "$verb" "/latchkey/v1$path" -H "Authorization: Bearer $token" "$@"
}
is "whoami" "$(bearer_api GET /whoami; of .email)" 200ann@nest.example
is "one's own key needs no role" "$(bearer_api POST "/users/$ann/api-keys" \
	'{"name":"mine","expires_at":"2099-01-01T00:00:00Z"}')" 201
key=$(of .apikey) key_id=$(of .id)
is "no store keeps it" "$(head_of Cache-Control)" no-store
is "others' keys do" "$(bearer_api POST /users \
	'{"email":"eve@nest.example"}')" 403
is "nor may one enable oneself" "$(bearer_api PATCH "/users/$ann" \
	'{"disabled":false}')" 403
is "one's password is changed by who knows it" "$(bearer_api PATCH "/users/$ann" \
	'{"password":"a second password"}'; of .error.message)" \
	"400'current_password' is needed to change one's own"
is "not by who guesses" "$(bearer_api PUT "/users/$ann/password" \
	'{"password":"a second password","current_password":"guess-guess"}'; of .error.message)" \
	"403that is not the current password"
is "of others it is not asked" "$(api PATCH "/users/$ann" \
	'{"password":"a second password","current_password":"a first password"}')" 404
is "but change one's password" "$(bearer_api PATCH "/users/$ann" \
	'{"password":"a second password","current_password":"a first password"}')" 200
is "which ends the login" "$(bearer_api GET /whoami)" 401
is "with its refresh token" "$(http POST /identity/token -u bx:bx \
	-d grant_type=refresh_token -d "refresh_token=$refresh")" 400
is "the old one is worth nothing" "$(grant 'a first password')" 400
is "the new one is" "$(grant 'a second password')" 200
token=$(of .access_token)
who=iamapikey:$key
is "with a key it is asked for, too" "$(api PUT "/users/$ann/password" \
	'{"password":"a third password"}')" 400
is "the key goes on" "$(api GET /whoami)" 200
is "and shows when it was used" "$(api GET "/users/$ann/api-keys/$key_id"; of \
	'.last_used.addr')" 200127.0.0.1
is "never its value" "$(of 'has("apikey")')" false

who=$owl
is "an administrator sets it without" "$(api PUT "/users/$ann/password" \
	'{"password":"a second password"}')" 204
is "which ends the login again" "$(bearer_api GET /whoami)" 401
is "and is it" "$(grant 'a second password')" 200
token=$(of .access_token)
is "shutting out" "$(api PATCH "/users/$ann" '{"disabled":true}')" 200
who=iamapikey:$key
is "is felt by the key" "$(api GET /whoami)" 401
is "by the token" "$(bearer_api GET /whoami)" 401
is "by the password" "$(grant 'a second password')" 400
is "by the registry" "$(http GET /v2/ -u "iamapikey:$key")" 401
who=$owl
is "letting in again" "$(api PATCH "/users/$ann" '{"disabled":false}')" 200
is "deleting the key" "$(api DELETE "/users/$ann/api-keys/$key_id")" 204
who=iamapikey:$key
is "is felt at once" "$(api GET /whoami)" 401

who=$owl
is "another host name" "$(http GET /latchkey/v1/whoami -u "$owl" \
	-H 'Host: evil.example')" 421
is "is not repeated" "$(grep -c evil "$T/body" "$T/head" -h | paste -sd +)" 0+0
is "another user name" "$(http GET /latchkey/v1/whoami -u "bob:${owl#*:}")" 401
is "the chain of the trail holds" "$(api POST /audit/verify; of .intact)" 200true
is "enabling did not pardon the key" "$(api POST "/users/$ann/api-keys" '{"name":"again",
	"expires_at":"2099-01-01T00:00:00Z"}')" 201
who=iamapikey:$(of .apikey)
for n in $(seq 21); do
	api PUT "/users/$ann/password" \
		'{"password":"a third password","current_password":"guess-guess"}' >"$T/status"
done
is "guessing the current one is throttled" "$(cat "$T/status")" 429
like "and says for how long" "$(head_of retry-after)" '^[1-9][0-9]*$'
is "as logins with that name are" "$(grant 'a second password')" 429
who=$owl
login
audited "a refused change is in the trail" user.update refused "identity:$ann"
audited "and a change" user.update 'done' "identity:$ann"
is "no secret is in the log" "$(grep -c -e lk_a_ -e 'second password' \
	-e eyJ "$T/log")" 0
finish
