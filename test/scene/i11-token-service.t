# The token service beyond keys and passwords: passcodes, tokens for others,
# introspection, sessions by name; and a clear no to what is not here.
. "$(dirname "$0")/lib.sh"
with_clock
serve
key=$(key_in "$T/apikey")
login
latchkey cr namespace-add birds >/dev/null
post() { # PATH [ARGUMENT of curl]...: as the client bx
	path=$1
	shift
	http POST "$path" -u bx:bx "$@"
}
of() {
	jq -r "$1" "$T/body"
}
grant=urn:ibm:params:oauth:grant-type
logged_in() {
	post /identity/token -d grant_type=$grant:apikey \
		--data-urlencode "apikey=$key" -A 'a scene/1.0' >/dev/null
	access=$(of .access_token) refresh=$(of .refresh_token)
	session=$(of .session_id)
}
active() { # TOKEN
	post /identity/introspect --data-urlencode "token=$1" >/dev/null
	of .active
}
claims() { # TOKEN FILTER
	printf %s "$1" | jq -Rr 'split(".")[1] | gsub("-"; "+") | gsub("_"; "/") |
		@base64d' 2>/dev/null | jq -r "$2"
}

logged_in
is "a session has a last end" "$(claims "$access" '.session_exp_max - .iat')" 2592000
is "and one without a refresh" "$(claims "$access" '.session_exp_next - .iat')" 259200
is "without a client there is none" "$(http POST /identity/token \
	-d grant_type=$grant:apikey --data-urlencode "apikey=$key"; of .refresh_token)" \
	200not_supported
is "nor a session" "$(of .session_id)" null

# Passcodes.
is "how to get a passcode is said" "$(http GET /identity/passcode)" 200
is "a passcode is made" "$(post /identity/passcode -d grant_type=refresh_token \
	--data-urlencode "refresh_token=$refresh" -d response_type=cloud_iam)" 200
code=$(of .passcode)
like "kept by nobody" "$(head_of cache-control)" no-store
is "it logs in" "$(post /identity/token -d grant_type=$grant:passcode \
	--data-urlencode "passcode=$code")" 200
second=$(of .access_token)
is "as the same" "$(claims "$second" .iam_id)" "$(claims "$access" .iam_id)"
is "once" "$(post /identity/token -d grant_type=$grant:passcode \
	--data-urlencode "passcode=$code"; of .errorCode)" 400BXNIM0407E
is "without a refresh token none is made" \
	"$(post /identity/passcode -d grant_type=refresh_token; of .errorCode)" 400BXNIM0109E
is "nor with an access token" "$(post /identity/passcode -d grant_type=refresh_token \
	--data-urlencode "refresh_token=$access"; of .errorCode)" 400BXNIM0407E
is "nor by another client" "$(http POST /identity/passcode -u other:x \
	-d grant_type=refresh_token --data-urlencode "refresh_token=$refresh"; of .errorCode)" \
	400BXNIM0407E
is "five minutes" "$(post /identity/passcode -d grant_type=refresh_token \
	--data-urlencode "refresh_token=$refresh")" 200
code=$(of .passcode)
shift_clock 301
is "and no longer" "$(post /identity/token -d grant_type=$grant:passcode \
	--data-urlencode "passcode=$code"; of .errorCode)" 400BXNIM0407E
shift_clock 0

# Tokens for others.
delegate() { # [ARGUMENT of curl]...
	post /identity/token -d grant_type=refresh_token \
		-d response_type=delegated_refresh_token \
		--data-urlencode "refresh_token=$refresh" "$@"
}
is "a delegated token" "$(delegate -d receiver_client_ids=registry,docker \
	-d delegated_refresh_token_expiry=3600)" 200
delegated=$(of .delegated_refresh_token)
like "opens the registry" "$(bearer iamrefresh "$delegated" repository:birds/x:pull)" '^eyJ'
is "and makes no access token" "$(post /identity/token -d grant_type=refresh_token \
	--data-urlencode "refresh_token=$delegated")" 400
shift_clock 3601
is "it ends when it was to" "$(http GET /oauth/token?service=registry \
	-u "iamrefresh:$delegated")" 401
shift_clock 0
is "by its own grant, too" "$(post /identity/token -d grant_type=$grant:delegated-refresh-token \
	--data-urlencode "refresh_token=$refresh")" 200
is "an end that is none" "$(delegate -d delegated_refresh_token_expiry=soon; of .errorCode)" \
	400BXNIM0106E
is "one in the past" "$(delegate -d delegated_refresh_token_expiry=0)" 400
is "one in ten years is cut" "$(delegate -d delegated_refresh_token_expiry=315360000)" 200
is "nobody it is for" "$(delegate -d receiver_client_ids=)" 400
is "by an API key there is none" "$(post /identity/token -d grant_type=$grant:apikey \
	-d response_type=delegated_refresh_token --data-urlencode "apikey=$key")" 400

# What is not here.
for other in $grant:derive $grant:assume $grant:cr-token $grant:iam-authz authorization_code; do
	is "$other" "$(post /identity/token -d "grant_type=$other" -d access_token=x; of .errorCode)" \
		400BXNIM0109E
	like "is said to be foreign" "$(of .errorMessage)" 'not supported here'
done
is "a grant that nobody has" "$(post /identity/token -d grant_type=magic; of .errorCode)" \
	400BXNIM0109E
is "a response that nobody has" "$(post /identity/token -d grant_type=$grant:apikey \
	-d response_type=cloud_magic --data-urlencode "apikey=$key"; of .errorCode)" 400BXNIM0106E
is "two of one field" "$(post /identity/token -d grant_type=$grant:apikey \
	--data-urlencode "apikey=$key" -d apikey=x; of .errorCode)" 400BXNIM0106E
is "an unknown field is passed over" "$(post /identity/token -d grant_type=$grant:apikey \
	--data-urlencode "apikey=$key" -d color=blue)" 200
is "the old name of it" "$(post /oidc/token -d grant_type=$grant:apikey \
	--data-urlencode "apikey=$key")" 200

# Introspection.
is "a token is active" "$(active "$access")" true
is "and whose is said" "$(of .iam_id)" "$(claims "$access" .iam_id)"
is "but not what is ours" "$(of .latchkey_cred)" null
is "nonsense is not" "$(active nonsense)" false
is "and nothing else is said" "$(of 'keys | length')" 1
is "an API key is no token" "$(active "$key")" false
is "nor a refresh token" "$(active "$refresh")" false
is "somebody with a token may ask" "$(http POST /identity/introspect \
	-H "Authorization: Bearer $access" --data-urlencode "token=$second"; of .active)" 200true
is "nobody may not" "$(http POST /identity/introspect --data-urlencode "token=$second")" 401
is "nor somebody with a wrong one" "$(http POST /identity/introspect \
	-H "Authorization: Bearer nonsense" --data-urlencode "token=$second")" 401
is "somebody with a key may ask" "$(http POST /identity/introspect \
	-u "iamapikey:$key" --data-urlencode "token=$second"; of .active)" 200true
is "not with one that is none" "$(http POST /identity/introspect \
	-u "iamapikey:x$key" --data-urlencode "token=$second")" 401
is "nor as somebody whom this door does not know" "$(http POST /identity/introspect \
	-u "token:$key" --data-urlencode "token=$second")" 401
is "nothing to ask about" "$(post /identity/introspect; of .errorCode)" 400BXNIM0109E
shift_clock 3601
is "one past its end is not active" "$(active "$access")" false
shift_clock 0

# Sessions by name.
patch() { # SESSION [CLIENT]
	http PATCH "/v1/sessions/$1/state" -u "${2:-bx:bx}" -H 'Content-Type: application/json'
}
is "a session is alive" "$(patch "$session")" 204
is "not another client's" "$(patch "$session" other:x; of .errorCode)" 400BXNIM0439E
is "not one that never was" "$(patch C-0; of .errorCode)" 400BXNIM0439E
is "nobody asks" "$(http PATCH "/v1/sessions/$session/state"; of .errorCode)" 400BXNIM0109E

# A replay of a replaced refresh token ends the session, and that is told.
old=$refresh
is "a refresh" "$(post /identity/token -d grant_type=refresh_token \
	--data-urlencode "refresh_token=$old")" 200
new=$(of .refresh_token) access=$(of .access_token)
shift_clock 61
is "after a minute the old one is a copy" "$(post /identity/token \
	-d grant_type=refresh_token --data-urlencode "refresh_token=$old"; of .errorCode)" \
	400BXNIM0407E
is "the session has ended" "$(patch "$session"; of .errorCode)" 400BXNIM0439E
is "its access token is not active" "$(active "$access")" false
is "nor is the new refresh token good" "$(post /identity/token \
	-d grant_type=refresh_token --data-urlencode "refresh_token=$new"; of .errorCode)" \
	400BXNIM0407E
is "nor does a door take it" "$(http GET /identity/userinfo -H "Authorization: Bearer $access")" 401
is "no secret in the log" "$(grep -c -F -e "$key" -e "$old" -e "$new" -e "$code" \
	-e "$delegated" "$T/log")" 0
like "discovery names it all" "$(curl -s "$URL/identity/.well-known/openid-configuration" |
	jq -r '[.introspection_endpoint, .passcode_endpoint, .userinfo_endpoint] | join(" ")')" \
	'/identity/introspect .*/identity/passcode .*/identity/userinfo$'
finish
