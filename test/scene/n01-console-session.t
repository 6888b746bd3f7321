# Signing in at the console: rows 4.18/3, 4.18/5 and 4.6/12 of the bad inputs, and
# what a browser's cookie opens, and where, and for how long.
. "$(dirname "$0")/lib.sh"
with_clock
serve
login
key=$(key_in "$T/apikey")
json='Content-Type: application/json'
field='Latchkey-Console: 1'
tries=${CONSOLE_TRIES:-60}
api() { # METHOD PATH JSON: the status
	http "$1" "/latchkey/v1$2" -u "iamapikey:$key" -H "$json" -d "$3"
}
# As a page does it, with a browser's cookies in $T/NAME.jar.
page() { # BROWSER METHOD PATH [ARGUMENT of curl]...
	jar=$T/$1.jar
	shift
	http "$@" -b "$jar" -c "$jar" -H "$field"
}
said_json() { # what a sign-in by password is sent as
	jq -nc --arg u "$1" --arg p "$2" '{username: $u, password: $p}'
}
sign_in() { # BROWSER NAME PASSWORD [ARGUMENT of curl]...
	browser=$1
	said_json "$2" "$3" >"$T/words"
	shift 3
	page "$browser" POST /console/session -H "$json" --data-binary "@$T/words" "$@"
}
sign_in_key() { # BROWSER KEY
	page "$1" POST /console/session -H "$json" -d "{\"apikey\":\"$2\"}"
}
cookie_of() { # BROWSER
	awk '$6 == "latchkey" { print $7 }' "$T/$1.jar"
}
session_of() { # BROWSER: the id
	page "$1" GET /console/session >/dev/null
	jq -r .credential_id "$T/body"
}
long=$(printf '%073d' 0)
is "wren" "$(api POST /users '{"email":"wren@nest.example","password":"correct horse"}')" 201
wren=$(jq -r '.id // .iam_id' "$T/body")
is "robin has a long password" "$(api POST /users \
	"{\"email\":\"robin@nest.example\",\"password\":\"${long}A\"}")" 201
is "jay's has letters of two forms" "$(api POST /users \
	"$(jq -nc '{email: "jay@nest.example", password: "caf\u00e9 horse"}')")" 201

# --- in, and what is told ---------------------------------------------------

is "nobody is signed in" "$(page wren GET /console/session)" 401
is "and no dialog of the browser's own" "$(head_of www-authenticate)" ""
is "wren signs in" "$(sign_in wren wren@nest.example 'correct horse')" 201
like "with a cookie that no script reads" "$(head_of set-cookie)" \
	'^latchkey=lk_c_[0-9A-Za-z]{49}; Path=/; Max-Age=86(400|39[0-9]); HttpOnly; SameSite=Strict$'
is "which nobody stores on the way" "$(head_of cache-control)" no-store
is "it says who" "$(jq -r '[.name, .kind, .account_slug, .credential, .owner] | join(" ")' \
	"$T/body")" "wren@nest.example user nest session false"
is "and until when" "$(jq '.expires_at | sub("\\.[0-9]+Z"; "Z") | fromdate |
	. - now | . > 7100 and . < 7300' "$T/body")" true
is "no secret in the reply itself" "$(grep -c lk_ "$T/body")" 0
is "it is asked again" "$(page wren GET /console/session)" 200
is "the owner signs in with a key" "$(sign_in_key owl "$key")" 201
is "as the owner" "$(jq .owner "$T/body")" true

# --- what it opens ----------------------------------------------------------

for path in /latchkey/v1/whoami /v1/apikeys /2.0/user /api/v1/namespaces /v2/ \
	"/v2/groups?account_id=$(jq -r .account "$T/body")"; do
	is "$path with the cookie" "$(page owl GET "$path")" 200
	is "$path without the field" "$(http GET "$path" -b "$T/owl.jar")" 401
	is "$path without the cookie" "$(http GET "$path" -H "$field")" 401
	is "$path: no way to log in is told" "$(head_of www-authenticate)" ""
	is "$path with another word" \
		"$(http GET "$path" -b "$T/owl.jar" -H 'Latchkey-Console: true')" 401
done
is "a change" "$(page owl POST /latchkey/v1/look -H "$json" -d '{"values":["x"]}')" 200
is "git does not take it" \
	"$(page owl GET '/git/nest/x.git/info/refs?service=git-upload-pack')" 401
is "nor does the token service" "$(page owl GET /identity/userinfo)" 401
is "nor the door of bearers" "$(page owl GET '/oauth/token?service=registry')" 401

# --- whose page asks --------------------------------------------------------

for site in cross-site same-site; do
	is "a page of $site" "$(page owl GET /latchkey/v1/whoami -H "Sec-Fetch-Site: $site")" 403
	is "signs nobody in" "$(sign_in evil wren@nest.example 'correct horse' \
		-H "Sec-Fetch-Site: $site")" 403
done
is "one of ours" "$(page owl GET /latchkey/v1/whoami -H 'Sec-Fetch-Site: same-origin')" 200
is "another site's change" "$(page owl PUT /console/session -H "$json" -d '{}' \
	-H 'Origin: https://evil.example')" 403
is "our own" "$(page owl PUT /console/session -H "$json" -d '{}' -H "Origin: $URL")" 200
is "a form signs nobody in" "$(http POST /console/session -d 'apikey=x')" 415
is "nor does who leaves out the field" \
	"$(http POST /console/session -H "$json" -d "{\"apikey\":\"$key\"}")" 403
is "nor signs out" "$(http DELETE /console/session -b "$T/owl.jar")" 403
is "which changed nothing" "$(page owl GET /console/session)" 200
two="Cookie: latchkey=$(cookie_of owl); latchkey=$(cookie_of owl)"
is "two of the name are none" "$(http GET /console/session -H "$field" -H "$two")" 401
is "a word beside it wins" \
	"$(page wren GET /latchkey/v1/whoami -u "iamapikey:$key")" 200
is "whoever it is of" "$(jq -r .name "$T/body")" owl@nest.example
is "also a wrong one" "$(page wren GET /latchkey/v1/whoami -u iamapikey:wrong)" 401

# --- 4.6/12: each secret at the other's place -------------------------------

cookie=$(cookie_of owl)
for user in iamapikey iambearer iamrefresh token; do
	is "4.6/12 a cookie is no password of $user" \
		"$(http GET /v2/ -u "$user:$cookie")" 401
done
is "4.6/12 nor a bearer" \
	"$(http GET /latchkey/v1/whoami -H "Authorization: Bearer $cookie")" 401
is "4.6/12 nor a refresh token" "$(http POST /identity/token -u bx:bx \
	-d grant_type=refresh_token -d "refresh_token=$cookie")" 400
is "4.6/12 nor an API key" "$(sign_in_key other "$cookie")" 401
is "4.6/12 the console is no client there" "$(http POST /identity/token \
	-u Console:x -d grant_type=urn:ibm:params:oauth:grant-type:apikey -d "apikey=$key")" 400
access=$(http POST /identity/token -d grant_type=urn:ibm:params:oauth:grant-type:apikey \
	--data-urlencode "apikey=$key" >/dev/null && jq -r .access_token "$T/body")
for secret in "$key" "$access" "$(refresh_token)" "$(token)"; do
	is "4.6/12 and nothing else is a cookie" "$(http GET /latchkey/v1/whoami \
		-H "$field" -H "Cookie: latchkey=$secret")" 401
done

# --- 4.18/3 -----------------------------------------------------------------

fixed=$(cookie_of wren)
is "4.18/3 whoever comes with a cookie" "$(sign_in wren wren@nest.example 'correct horse')" 201
deny "4.18/3 gets another one" test "$(cookie_of wren)" = "$fixed"
is "4.18/3 the old one is over" "$(http GET /console/session -H "$field" \
	-H "Cookie: latchkey=$fixed")" 401
made=lk_c_0000000000000000000000000000000000000000000000000
is "4.18/3 one that somebody made up" "$(sign_in made wren@nest.example 'correct horse' \
	-H "Cookie: latchkey=$made")" 201
deny "4.18/3 is not taken over" test "$(cookie_of made)" = "$made"
page made DELETE /console/session >/dev/null
cp "$T/wren.jar" "$T/copy.jar"
is "signing out" "$(page wren DELETE /console/session)" 204
like "takes the cookie back" "$(head_of set-cookie)" '^latchkey=; Path=/; Max-Age=0;'
is "4.18/3 used after that" "$(page copy GET /latchkey/v1/whoami)" 401
is "signing out again" "$(page copy DELETE /console/session)" 204
is "4.18/3 from one place" "$(sign_in here wren@nest.example 'correct horse')" 201
is "4.18/3 and another" "$(sign_in there wren@nest.example 'correct horse')" 201
page here GET /latchkey/v1/sessions >/dev/null
is "4.18/3 both are listed" "$(jq '[.sessions[] | select(.client_id == "console" or
	.client == "console")] | length' "$T/body")" 2
is "4.18/3 one is ended" "$(page here DELETE "/latchkey/v1/sessions/$(session_of there)")" 204
is "4.18/3 at once" "$(page there GET /latchkey/v1/whoami)" 401
is "4.18/3 and no other" "$(page here GET /latchkey/v1/whoami)" 200
is "4.18/3 the password is changed" "$(page here PUT "/latchkey/v1/users/$wren/password" \
	-H "$json" -d '{"current_password":"correct horse","password":"another horse"}')" 204
is "4.18/3 that ends the session" "$(page here GET /latchkey/v1/whoami)" 401
is "4.18/3 the new one opens" "$(sign_in here wren@nest.example 'another horse')" 201
want "scan knows it" sh -c "echo \"Set-Cookie: latchkey=$(cookie_of here)\" >$T/leak &&
	latchkey scan $T/leak; :"
said "by its form, and that it lives" 'lk_c_.*LIVE'
is "revoke ends it by its value" "$(api POST /revoke "{\"what\":\"$(cookie_of here)\"}")" 200
is "here, too" "$(page here GET /latchkey/v1/whoami)" 401

# --- 4.18/5 -----------------------------------------------------------------

is "4.18/5 all bytes count" "$(sign_in robin robin@nest.example "${long}A")" 201
is "4.18/5 not what is equal in 73" "$(sign_in robin robin@nest.example "${long}B")" 401
is "4.18/5 nor 73 of them" "$(sign_in robin robin@nest.example "$long")" 401
is "4.18/5 a form of Unicode is itself" \
	"$(sign_in jay jay@nest.example "$(printf 'caf\303\251 horse')")" 201
is "4.18/5 and no other: nothing is normalised" \
	"$(sign_in jay jay@nest.example "$(printf 'cafe\314\201 horse')")" 401
is "4.18/5 NUL" "$(page jay POST /console/session -H "$json" \
	-d '{"username":"jay@nest.example","password":"a\u0000b"}')" 400
is "4.18/5 1025 bytes" "$(sign_in jay jay@nest.example "$(printf '%01025d' 0)")" 400
{
	printf '{"username":"jay@nest.example","password":"'
	head -c 1048576 /dev/zero | tr '\0' a
	printf '"}'
} >"$T/mib"
is "4.18/5 a MiB is refused before hashing" "$(page jay POST /console/session -H "$json" \
	--data-binary "@$T/mib")" 413
for body in '' '[]' '{}' '{"username":"jay@nest.example"}' '{"apikey":""}' '{"apikey":1}' \
	"{\"apikey\":\"$key\",\"password\":\"x\"}" "{\"apikey\":\"$key\",\"acount\":\"x\"}"; do
	is "no sign-in: $(printf %s "$body" | sed "s/$key/KEY/")" \
		"$(page none POST /console/session -H "$json" -d "$body")" 400
done
is "a wrong password" "$(sign_in jay jay@nest.example wrong-wrong)" 401
wrong=$(jq -c 'del(.error.request_id)' "$T/body")
is "an unknown name" "$(sign_in jay nobody@nest.example wrong-wrong)" 401
is "hears the same" "$(jq -c 'del(.error.request_id)' "$T/body")" "$wrong"
is "so does a wrong key" "$(sign_in_key jay lk_a_wrong)" 401
is "the same" "$(jq -c 'del(.error.request_id)' "$T/body")" "$wrong"
n=0
while [ $n -lt "$tries" ]; do
	n=$((n + 1))
	sign_in jay jay@nest.example wrong-wrong --interface 127.0.0.3
	echo
done | sort | uniq -c | awk '{ print $2, $1 }' >"$T/codes"
like "4.18/5 $tries tries: a few are answered" "$(sed -n 's/^401 //p' "$T/codes")" '^([1-9]|1[0-9]|20)$'
is "4.18/5 the others wait" "$(sed -n 's/^429 //p' "$T/codes")" \
	"$((tries - $(sed -n 's/^401 //p' "$T/codes")))"
like "4.18/5 and are told for how long" "$(head_of retry-after)" '^[1-9][0-9]*$'
is "4.18/5 the right one, too" "$(sign_in jay jay@nest.example "$(printf 'caf\303\251 horse')" \
	--interface 127.0.0.3)" 429

# --- how long ---------------------------------------------------------------

is "a session" "$(sign_in_key idle "$key")" 201
is "and one that somebody stays in" "$(sign_in_key busy "$key")" 201
shift_clock 7000
is "they stay" "$(page busy PUT /console/session -H "$json" -d '{}')" 200
shift_clock 7300
is "nobody was there for two hours" "$(page idle GET /latchkey/v1/whoami)" 401
is "somebody was" "$(page busy GET /latchkey/v1/whoami)" 200
for hour in 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23; do
	shift_clock $((hour * 3600))
	page busy PUT /console/session -H "$json" -d '{}'
done >"$T/codes"
is "all day" "$(sed 's/200//g' "$T/codes")" ""
shift_clock 86300
is "until its last minutes" "$(page busy PUT /console/session -H "$json" -d '{}')" 200
shift_clock 86500
is "a day is the end" "$(page busy GET /latchkey/v1/whoami)" 401
is "whoever stays" "$(page busy PUT /console/session -H "$json" -d '{}')" 401

# --- another account --------------------------------------------------------

is "into one that is not theirs" "$(sign_in robin robin@nest.example "${long}A")" 201
is "no" "$(page robin PUT /console/session -H "$json" -d '{"account":"elsewhere"}')" 403
is "which costs nothing" "$(page robin GET /console/session)" 200
before=$(cookie_of robin)
is "into their own again" "$(page robin PUT /console/session -H "$json" -d '{"account":"nest"}')" 200
deny "is another cookie" test "$(cookie_of robin)" = "$before"
is "which opens" "$(page robin GET /console/session)" 200

audited "the sign-in is in the trail" login done session:C-
audited "and the end" session.end done session:C-
latchkey audit --output json >"$T/trail" 2>&1
for secret in lk_c_ lk_a_ horse "$long"; do
	is "no '$secret' in the log" "$(grep -c -e "$secret" "$T/log")" 0
	is "nor in the trail" "$(grep -c -e "$secret" "$T/trail")" 0
done
finish
