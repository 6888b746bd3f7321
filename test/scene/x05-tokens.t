# Tokens of every wrong make: altered, re-signed, swapped, in the wrong place. Rows of
# section 4.6 of the catalogue of bad input; i12-forged-tokens.t has those that need the
# server's own key, and core/token_test.c those (4.6/11) for which a bearer would have to
# be signed with the one key that never leaves the process.
. "$(dirname "$0")/lib.sh"
serve
login
latchkey cr namespace-add birds >/dev/null
rw=$(token --readwrite --non-expiring)
key=$(key_in "$T/apikey")
good=$(bearer token "$rw" repository:birds/robin:pull,push)
access=$(latchkey iam oauth-tokens | sed -n 's/.*Bearer *//p')
repo=/v2/birds/robin/tags/list
b64() {
	base64 -w 0 | tr '+/' '-_' | tr -d =
}
part() { # TOKEN NUMBER: decoded
	printf %s "$1" | jq -Rr --argjson n "$2" 'split(".")[$n] | gsub("-"; "+") |
		gsub("_"; "/") | @base64d'
}
hs256() { # HEADER PAYLOAD KEY: signed by somebody
	input=$(printf %s "$1" | b64).$(printf %s "$2" | b64)
	printf '%s.%s' "$input" "$(printf %s "$input" |
		openssl dgst -sha256 -hmac "$3" -binary | b64)"
}
refused() { # DESCRIPTION TOKEN [STATUS, of the registry; else 401]
	printf 'header = "Authorization: Bearer %s"\n' "$2" >"$T/curl"
	is "$1, as a bearer" "$(http GET $repo -K "$T/curl")" "${3:-401}"
	[ "${3:-401}" != 401 ] || like "  and what was wrong is said" \
		"$(head_of www-authenticate)" 'error="invalid_token"'
	is "$1, at another door" "$(http GET /api/v1/namespaces -K "$T/curl")" "${3:-401}"
}
is "the bearer itself is good" \
	"$(http GET $repo -H "Authorization: Bearer $good"; errors)" 404NAME_UNKNOWN
is "the access token too" \
	"$(http GET /api/v1/namespaces -H "Authorization: Bearer $access")" 200
payload=$(part "$good" 1)
head=$(part "$good" 0)
refused "empty" ""
refused "4.6/6 one part" "$(printf %s "$good" | cut -d . -f 1)"
refused "4.6/4 no signature" "$(printf %s "$good" | cut -d . -f 1,2)."
refused "4.6/6 four parts" "$good.x"
refused "4.6/4 altered at its end" "$(printf %s "$good" | sed 's/....$/AAAA/')"
refused "4.6/2 alg none" "$(printf '{"alg":"none","typ":"JWT"}' | b64).$(printf %s "$payload" | b64)."
refused "4.6/1 signed by somebody" "$(hs256 "$head" "$payload" guess)"
refused "4.6/1 signed with nothing" "$(hs256 "$head" "$payload" '')"
jwk=$(curl -s "$URL/identity/keys" | jq -c '.keys[0]')
refused "4.6/1 HS256 with our public key" "$(hs256 '{"alg":"HS256","typ":"JWT"}' \
	"$(part "$access" 1)" "$jwk")"
refused "4.6/3 with a key of its own" "$(hs256 \
	"$(part "$access" 0 | jq -c --argjson k "$jwk" '.jwk = $k')" \
	"$(part "$access" 1)" x)"
refused "4.6/6 another's claims in it" "$(printf %s "$access" | cut -d . -f 1).$(part "$access" 1 |
	jq -c '.iam_id = "IBMid-0"' | tr -d '\n' | b64).$(printf %s "$access" | cut -d . -f 3)"
refused "4.6/6 a thousand dots" "$(printf '%01000d' 0 | tr 0 .)"
refused "4.6/6 100 KiB" "$(printf '%0100000d' 0)" 431
refused "4.6/6 a hundred thousand dots" "$(printf '%0100000d' 0 | tr 0 .)" 431

# 4.6/11: a bearer holds what was asked for in the grammar's words. What it does not hold
# is no 403 but 401 with insufficient_scope, which clients ask another one at.
for scope in 'repository:birds/robin:*' 'repository:birds/robin:pull%20' \
	Repository:birds/robin:pull 'repository:birds/../birds/robin:pull' \
	'repository:birds/*:pull' 'repository:birds/rob?n:pull'; do
	is "4.6/11 a bearer for $scope opens nothing" "$(http GET $repo \
		-H "Authorization: Bearer $(bearer token "$rw" "$scope")"; errors)" 401UNAUTHORIZED
	like "  and is good itself" "$(head_of www-authenticate)" 'error="insufficient_scope"'
done

# 4.6/12: each kind in the place of another.
refresh=$(refresh_token) identity=$(curl -s -G -u "iamapikey:$key" -d service=registry \
	-d offline_token=true "$URL/oauth/token" | jq -r .refresh_token)
upload() { # ARGUMENT of curl...
	http POST /v2/birds/robin/blobs/uploads/ "$@"
}
granted() { # GRANT FIELD VALUE: the status and the code
	http POST /identity/token -u bx:bx -d "grant_type=$1" --data-urlencode "$2=$3"
	errors
}
opens() { # VALUE: every door that takes a bearer
	printf 'header = "Authorization: Bearer %s"\n' "$1" >"$T/curl"
	for path in /api/v1/namespaces /v1/apikeys/details /v2/groups?account_id=x \
		/latchkey/v1/whoami /identity/userinfo; do
		http GET "$path" -K "$T/curl"
	done
	upload -K "$T/curl"
}
apikey=urn:ibm:params:oauth:grant-type:apikey passcode=urn:ibm:params:oauth:grant-type:passcode
all='401401401401401401'
is "4.6/12 a refresh token is no access token" "$(opens "$refresh")" "$all"
is "4.6/12 nor is an identity token" "$(opens "$identity")" "$all"
is "4.6/12 nor an API key" "$(opens "$key")" "$all"
is "4.6/12 nor a registry token" "$(opens "$rw")" "$all"
is "4.6/12 nor a name and a password" "$(opens "iamapikey:$key")" "$all"
is "4.6/12 an access token refreshes nothing" \
	"$(granted refresh_token refresh_token "$access")" 400BXNIM0407E
is "4.6/12 nor does an identity token" \
	"$(granted refresh_token refresh_token "$identity")" 400BXNIM0407E
is "4.6/12 nor an API key" "$(granted refresh_token refresh_token "$key")" 400BXNIM0407E
is "4.6/12 a refresh token is no API key" "$(granted $apikey apikey "$refresh")" 400BXNIM0415E
is "4.6/12 nor is an access token" "$(granted $apikey apikey "$access")" 400BXNIM0415E
is "4.6/12 nor a registry token" "$(granted $apikey apikey "$rw")" 400BXNIM0415E
is "4.6/12 a refresh token is no passcode" "$(granted $passcode passcode "$refresh")" 400BXNIM0407E
is "4.6/12 an API key is no password" "$(http POST /identity/token -u bx:bx \
	-d grant_type=password -d username=owl@nest.example \
	--data-urlencode "password=$key"; errors)" 400BXNIM0602E
is "4.6/12 a bearer of the registry is no access token" \
	"$(http GET /api/v1/namespaces -H "Authorization: Bearer $good")" 401
is "4.6/12 nor does it make another bearer" \
	"$(bearer iambearer "$good" repository:birds/robin:pull)" ""
for pair in "iamapikey $refresh" "iamapikey $access" "iamapikey $rw" "iamrefresh $access" \
	"iamrefresh $key" "iambearer $refresh" "iambearer $key" "token $key" "token $access"; do
	is "4.6/12 ${pair%% *} with a value of another kind" \
		"$(http GET /v2/ -u "${pair%% *}:${pair#* }"; errors)" 401UNAUTHORIZED
done

# 4.6/15: a good one where none belongs counts as none.
is "4.6/15 in the query" "$(http GET "$repo?access_token=$good")" 401
is "4.6/15 in the query of the API" "$(http GET "/latchkey/v1/whoami?access_token=$access")" 401
is "4.6/15 in a cookie" "$(http GET $repo -H "Cookie: token=$good; access_token=$good")" 401
is "4.6/15 in a cookie of the API" "$(http GET /latchkey/v1/whoami \
	-H "Cookie: access_token=$access; session=$access; iam=$access")" 401
is "4.6/15 in a form" "$(upload -d "access_token=$good")" 401
is "4.6/15 in another field" "$(http GET /latchkey/v1/whoami \
	-H "X-Auth-Token: $access" -H "Proxy-Authorization: Bearer $access")" 401
is "4.6/15 and is logged nowhere" "$(grep -c -F -e "$good" -e "$access" "$T/log")" 0
is "two credentials" "$(http GET $repo -H "Authorization: Bearer $good" \
	-H "Authorization: Bearer $good")" 400
is "an API key with its last letter changed" \
	"$(http GET /v2/ -u "iamapikey:$(printf %s "$key" | sed 's/.$/-/')")" 401
is "no secret in the log" "$(grep -c -F -e "$key" -e "$rw" -e "$good" "$T/log")" 0
is "alive" "$(http GET $repo -u "token:$rw"; errors)" 404NAME_UNKNOWN
finish
