# A console's session in hostile hands: another site's page, a neighbour's cookie, a
# proxy, a guesser, and whoever had a right until a moment ago.
. "$(dirname "$0")/lib.sh"
with_clock
serve --trusted-proxy 127.0.0.5 --public-url https://latchkey.example
login
key=$(key_in "$T/apikey")
json='Content-Type: application/json'
field='Latchkey-Console: 1'
own='"password":"correct horse"'
api() { # METHOD PATH [JSON]: the status
	http "$1" "$2" -u "iamapikey:$key" -H "$json" ${3:+-d "$3"}
}
page() { # BROWSER METHOD PATH [ARGUMENT of curl]...
	jar=$T/$1.jar
	shift
	http "$@" -b "$jar" -c "$jar" -H "$field"
}
enter() { # BROWSER BODY [ARGUMENT of curl]...
	who=$1 body=$2
	shift 2
	page "$who" POST /console/session -H "$json" -d "$body" "$@"
}
cookie_of() { # BROWSER
	awk '$6 == "latchkey" { print $7 }' "$T/$1.jar"
}
raw() { # METHOD PATH COOKIES [ARGUMENT of curl]...: as no browser would
	verb=$1 path=$2 cookies=$3
	shift 3
	http "$verb" "$path" -H "$field" -H "Cookie: $cookies" "$@"
}
person() { # NAME: a user of nest with a password, who is signed in; their id
	api POST /latchkey/v1/users "{\"email\":\"$1@nest.example\",$own}" >/dev/null
	jq -r '.id // .iam_id' "$T/body"
	enter "$1" "{\"username\":\"$1@nest.example\",$own}" >"$T/status"
}

is "the owner is in" "$(enter owl "{\"apikey\":\"$key\"}")" 201
good=$(cookie_of owl)
nest=$(jq -r .account "$T/body")
wren=$(person wren)
is "so is somebody without rights" "$(cat "$T/status")" 201

# --- whose page asks ---------------------------------------------------------

in_by() { # DESCRIPTION WANTED [ARGUMENT of curl]...
	what=$1 wanted=$2
	shift 2
	is "$what" "$(http GET /console/session -H "Cookie: latchkey=$good" "$@")" "$wanted"
}
in_by "the field" 200 -H "$field"
in_by "twice" 401 -H "$field" -H "$field"
in_by "with two words" 401 -H 'Latchkey-Console: 1, 1'
in_by "empty" 401 -H 'Latchkey-Console;'
in_by "as a query" 401 -G -d 'Latchkey-Console=1'
in_by "two sites at once" 403 -H "$field" -H 'Sec-Fetch-Site: same-origin' \
	-H 'Sec-Fetch-Site: cross-site'
in_by "a site that nobody knows" 403 -H "$field" -H 'Sec-Fetch-Site: x'
for origin in null "$URL.evil.example" "http://$HOST@evil.example" "https://$HOST" \
	"$URL/" "http://127.0.0.1:1" "$URL, $URL"; do
	is "a change for '$origin'" "$(page owl PUT /console/session -H "$json" -d '{}' \
		-H "Origin: $origin")" 403
done
is "a change for nobody" "$(page owl PUT /console/session -H "$json" -d '{}' -H 'Origin;')" 403
is "for two" "$(page owl PUT /console/session -H "$json" -d '{}' -H "Origin: $URL" \
	-H "Origin: $URL")" 403
is "for ours" "$(page owl PUT /console/session -H "$json" -d '{}' -H "Origin: $URL")" 200
for evil in 'X-HTTP-Method-Override: DELETE' 'X-Method-Override: DELETE' 'X-HTTP-Method: DELETE'; do
	is "GET is no ${evil%%:*}" "$(page owl GET /console/session -H "$evil")" 200
	is "nor is POST" "$(page owl POST /latchkey/v1/look -H "$json" -d '{"values":["x"]}' \
		-H "$evil")" 200
done
page owl GET '/console/session?_method=DELETE' >/dev/null
is "nothing of that signed out" "$(page owl GET /console/session)" 200
is "a page of another site asks first" "$(http OPTIONS /latchkey/v1/whoami \
	-H 'Origin: https://evil.example' -H 'Access-Control-Request-Method: GET' \
	-H 'Access-Control-Request-Headers: latchkey-console')" 405
is "and is told of no leave" "$(grep -ci '^access-control' "$T/head")" 0
is "a text is no sign-in" "$(http POST /console/session -H 'Content-Type: text/plain' \
	-H "$field" -d "{\"apikey\":\"$key\"}")" 415

# --- a neighbour's cookies ----------------------------------------------------

wrens=$(cookie_of wren)
is "the cookie" "$(raw GET /console/session "latchkey=$good")" 200
for bad in "latchkey=$good; latchkey=$wrens" "latchkey=$good;latchkey=" \
	"latchkey=; latchkey=$good" "latchkey; latchkey=$good" "Latchkey=$good" \
	"LATCHKEY=$good" "latchkey=\"$good\"" "x=\"; latchkey=$good; latchkey=\"" \
	"__Host-latchkey=$good" "__Secure-latchkey=$good" "latchkey=$good,x" \
	"latchkey=latchkey=$good" "x=latchkey=$good" "latchkey=${good}0" \
	"latchkey=$(echo "$good" | tr 'a-zA-Z' 'A-Za-z')" "latchkey=$key"; do
	is "none: $(echo "$bad" | sed "s/$good/GOOD/g; s/$wrens/OTHER/g; s/$key/KEY/")" \
		"$(raw GET /console/session "$bad")" 401
done
is "two fields" "$(raw GET /console/session "latchkey=$good" -H 'Cookie: x=y')" 401
is "others beside it" "$(raw GET /console/session "a=b; latchkey=$good; c")" 200

# --- behind a proxy that speaks TLS -------------------------------------------

proxied() { # METHOD PATH [ARGUMENT of curl]...
	http "$@" -H "$field" --interface 127.0.0.5 -H 'X-Forwarded-For: 192.0.2.7' \
			-H 'X-Forwarded-Proto: https' -H 'X-Forwarded-Host: latchkey.example'
}
is "signing in behind a proxy" "$(proxied POST /console/session -H "$json" \
	-d "{\"apikey\":\"$key\"}")" 201
set=$(head_of set-cookie)
like "makes a cookie of this host alone" "$set" \
	'^__Host-latchkey=lk_c_[0-9A-Za-z]+; Path=/; .*HttpOnly; SameSite=Strict; Secure$'
deny "which has no Domain" sh -c "echo '$set' | grep -qi domain"
host=$(echo "$set" | sed 's/^[^=]*=\([^;]*\);.*/\1/')
is "it opens there" "$(proxied GET /console/session -H "Cookie: __Host-latchkey=$host")" 200
is "under that name only" "$(proxied GET /console/session -H "Cookie: latchkey=$host")" 401
is "whatever else came" "$(proxied GET /console/session \
	-H "Cookie: latchkey=$good; __Host-latchkey=$host")" 200
is "as the other" "$(proxied PUT /console/session -H "$json" -d '{}' \
	-H "Origin: https://latchkey.example" -H "Cookie: __Host-latchkey=$host")" 200
is "a page without TLS is another site" "$(proxied PUT /console/session -H "$json" -d '{}' \
	-H "Origin: http://latchkey.example" -H "Cookie: __Host-latchkey=$host")" 403
is "who is no proxy says nothing" "$(http POST /console/session -H "$field" -H "$json" \
	-H 'X-Forwarded-Proto: https' -d "{\"apikey\":\"$key\"}")" 201
like "of TLS" "$(head_of set-cookie)" '^latchkey='
for name in "$HOST; script-src *" "$HOST,evil.example" "evil.example" "$HOST:1@evil.example" \
	"$HOST/x" "$HOST 'unsafe-inline'"; do
	is "the proxy passes on '$name'" "$(http GET /console/ --interface 127.0.0.5 \
		-H "X-Forwarded-Host: $name")" 421
	deny "which is in no policy" grep -i 'content-security.*\(evil\|\*\|unsafe\)' "$T/head"
done

# --- where a cookie opens nothing ---------------------------------------------

is "the registry's tokens" "$(page owl POST /oauth/token -d grant_type=password \
	-d service=registry -d username=iamapikey -d "password=$good")" 401
is "an API key's token" "$(page owl POST /identity/token \
	-d grant_type=urn:ibm:params:oauth:grant-type:apikey -d "apikey=$good")" 400
for path in /identity/userinfo /identity/introspect /openstack/latest/meta_data.json /metrics/none; do
	page owl GET "$path" >"$T/status"
	like "$path" "$(cat "$T/status")" '^40[0-9]$'
done
want "scan knows what it is" sh -c "echo $good >$T/leak && latchkey scan $T/leak; :"
said "by its form" 'lk_c_'

# --- guessing -----------------------------------------------------------------

robin=$(person robin)
n=0
while [ $n -lt 30 ]; do
	n=$((n + 1))
	enter guess '{"username":"robin@nest.example","password":"wrong"}' --interface 127.0.0.8
	echo
done | sort | uniq -c | awk '{ print $2, $1 }' >"$T/codes"
want "guesses are answered no more" grep -q '^429 ' "$T/codes"
is "nor at another door" "$(http POST /identity/token -u bx:bx --interface 127.0.0.8 \
	-d grant_type=password -d username=robin@nest.example -d password=wrong)" 429
is "nor with a key" "$(enter guess '{"apikey":"lk_a_x"}' --interface 127.0.0.8)" 429
is "who is in stays" "$(page robin GET /console/session --interface 127.0.0.8)" 200

# --- rights that went ----------------------------------------------------------

over() { # DESCRIPTION BROWSER
	is "$1" "$(page "$2" GET /latchkey/v1/whoami)" 401
	is "  nor does it stay" "$(page "$2" PUT /console/session -H "$json" -d '{}')" 401
	is "  nor move" "$(page "$2" PUT /console/session -H "$json" -d '{"account":"nest"}')" 401
}
is "robin's password is set by the owner" "$(api PUT "/latchkey/v1/users/$robin/password" \
	'{"password":"another horse"}')" 204
over "which ends robin's session" robin
is "wren is disabled" "$(api PATCH "/latchkey/v1/users/$wren" '{"disabled":true}')" 200
over "at once" wren
is "wren is enabled" "$(api PATCH "/latchkey/v1/users/$wren" '{"disabled":false}')" 200
enter wren "{\"username\":\"wren@nest.example\",$own}" >/dev/null
is "wren is back" "$(page wren GET /latchkey/v1/whoami)" 200
made=$(api POST /v1/apikeys "{\"name\":\"k\",\"iam_id\":\"$wren\",\"account_id\":\"$nest\"}")
is "wren has a key" "$made" 201
k=$(jq -r .id "$T/body") value=$(jq -r .apikey "$T/body")
is "which signs in" "$(enter keyed "{\"apikey\":\"$value\"}")" 201
is "disabled" "$(api POST "/v1/apikeys/$k/disable")" 204
over "a disabled key's session is over" keyed
is "enabled" "$(api DELETE "/v1/apikeys/$k/disable")" 204
enter keyed "{\"apikey\":\"$value\"}" >/dev/null
is "deleted" "$(api DELETE "/v1/apikeys/$k")" 204
over "a deleted key's session is over" keyed

api POST /v1/apikeys "{\"name\":\"spare\",\"iam_id\":\"$robin\",\"account_id\":\"$nest\"}" >/dev/null
spare=$(jq -r .id "$T/body")

# --- another account ------------------------------------------------------------

keep latchkey account create den --owner wren@nest.example
before=$(date -u +%Y-%m-%dT%H:%M:%SZ)
sleep 1
is "into nobody's" "$(page wren PUT /console/session -H "$json" -d '{"account":"no-such"}')" 403
none=$(jq -c 'del(.error.request_id)' "$T/body")
keep latchkey account create hole --owner bear@den.example
is "into somebody else's" "$(page wren PUT /console/session -H "$json" -d '{"account":"hole"}')" 403
is "hears the same" "$(jq -c 'del(.error.request_id)' "$T/body")" "$none"
refused() { # N: so many times wren was refused, as it is said to who tries
	[ "$(latchkey audit --verb login --limit 1000 --output json 2>/dev/null |
		jq --arg w "$wren" --arg a "$before" '[.[] | select(.identity == $w and
		.outcome == "refused" and .at > $a) | .count] | add')" = "$1" ]
}
want "and the trail has both" until_ok refused 2

# --- what others' accounts count --------------------------------------------------

for path in /latchkey/v1/activity /latchkey/v1/audit "/latchkey/v1/audit?identity=$robin" \
	'/latchkey/v1/activity?all=true' "/latchkey/v1/activity?account=hole" \
	"/latchkey/v1/audit?account=hole&identity=$robin"; do
	is "somebody without rights does not see $path" "$(page wren GET "$path")" 403
done
shift_clock 180000
enter wren "{\"username\":\"wren@nest.example\",$own}" >/dev/null
enter owl "{\"apikey\":\"$key\"}" >/dev/null
is "a key that nobody used" "$(page owl GET '/latchkey/v1/unused?days=1' >/dev/null &&
	jq --arg k "$spare" '[.unused[] | select(.id == $k)] | length' "$T/body")" 1
is "is nothing to somebody without rights" \
	"$(page wren GET '/latchkey/v1/unused?days=1')" 200
is "who has none" "$(jq '.unused | length' "$T/body")" 0

# --- what browsers tell ------------------------------------------------------------

report='{"csp-report":{"effective-directive":"x\nevent=forged","blocked-uri":"https://u:p@h/secret?q"}}'
n=0
while [ $n -lt 60 ]; do
	n=$((n + 1))
	http POST /console/reports -H 'Content-Type: application/csp-report' -d "$report"
	echo
done | sort | uniq -c | awk '{ print $2, $1 }' >"$T/codes"
want "so many reports are logged" grep -q '^204 ' "$T/codes"
want "and no more" grep -q '^429 ' "$T/codes"
want "the log is short" test "$(grep -c event=csp "$T/log")" -le 60
is "no line is forged" "$(grep -c '^event=forged\|secret' "$T/log")" 0
head -c 20000 /dev/zero | tr '\0' '[' >"$T/deep"
is "a large one" "$(http POST /console/reports -H 'Content-Type: application/csp-report' \
	--data-binary "@$T/deep")" 413
head -c 16000 "$T/deep" >"$T/deeper"
is "a deep one" "$(http POST /console/reports -H 'Content-Type: application/csp-report' \
	--data-binary "@$T/deeper")" 400
for secret in "$good" "$value" "$key" horse "$host"; do
	is "no secret in the log" "$(grep -c -e "$secret" "$T/log")" 0
	is "nor in the trail" "$(latchkey audit --output json 2>&1 | grep -c -e "$secret")" 0
done
finish
