# Tokens of every wrong make: altered, re-signed, swapped, in the wrong place.
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
refused() { # DESCRIPTION TOKEN
	printf 'header = "Authorization: Bearer %s"\n' "$2" >"$T/curl"
	like "$1, as a bearer" "$(http GET $repo -K "$T/curl")" '^(400|401|431)$'
	like "$1, at another door" "$(http GET /api/v1/namespaces -K "$T/curl")" '^(400|401|431)$'
}
is "the bearer itself is good" \
	"$(http GET $repo -H "Authorization: Bearer $good"; errors)" 404NAME_UNKNOWN
is "the access token too" \
	"$(http GET /api/v1/namespaces -H "Authorization: Bearer $access")" 200
payload=$(part "$good" 1)
head=$(part "$good" 0)
refused "empty" ""
refused "one part" "$(printf %s "$good" | cut -d . -f 1)"
refused "no signature" "$(printf %s "$good" | cut -d . -f 1,2)."
refused "four parts" "$good.x"
refused "altered at its end" "$(printf %s "$good" | sed 's/....$/AAAA/')"
refused "alg none" "$(printf '{"alg":"none","typ":"JWT"}' | b64).$(printf %s "$payload" | b64)."
refused "signed by somebody" "$(hs256 "$head" "$payload" guess)"
refused "signed with nothing" "$(hs256 "$head" "$payload" '')"
jwk=$(curl -s "$URL/identity/keys" | jq -c '.keys[0]')
refused "HS256 with our public key" "$(hs256 '{"alg":"HS256","typ":"JWT"}' \
	"$(part "$access" 1)" "$jwk")"
refused "with a key of its own" "$(hs256 \
	"$(part "$access" 0 | jq -c --argjson k "$jwk" '.jwk = $k')" \
	"$(part "$access" 1)" x)"
refused "another's claims in it" "$(printf %s "$access" | cut -d . -f 1).$(part "$access" 1 |
	jq -c '.iam_id = "IBMid-0"' | tr -d '\n' | b64).$(printf %s "$access" | cut -d . -f 3)"
refused "a thousand dots" "$(printf '%01000d' 0 | tr 0 .)"
refused "100 KiB" "$(printf '%0100000d' 0)"
is "an access token is no bearer of the registry's making" \
	"$(http POST /v2/birds/robin/blobs/uploads/ -H "Authorization: Bearer $rw")" 401
is "a bearer does not open the API" \
	"$(http GET /api/v1/namespaces -H "Authorization: Bearer $good")" 401
is "nor make another bearer" "$(bearer iambearer "$good" repository:birds/robin:pull)" ""
is "nothing is taken from the query" "$(http GET "$repo?access_token=$good")" 401
is "nor from a cookie" "$(http GET $repo -H "Cookie: token=$good")" 401
is "two credentials" "$(http GET $repo -H "Authorization: Bearer $good" \
	-H "Authorization: Bearer $good")" 400
is "an API key with its last letter changed" \
	"$(http GET /v2/ -u "iamapikey:$(printf %s "$key" | sed 's/.$/-/')")" 401
is "no secret in the log" "$(grep -c -F -e "$key" -e "$rw" -e "$good" "$T/log")" 0
is "alive" "$(http GET $repo -u "token:$rw"; errors)" 404NAME_UNKNOWN
finish
