# Hostile JSON, at every door that takes it: refused in the door's words, and
# nothing of it is kept. The numbers are those of the catalogue, part 4.2.
# The doors' own codes are not the catalogue's: latchkey's API has
# "invalid_request" for all of it, and the sentence says what is wrong.
. "$(dirname "$0")/lib.sh"
serve
login
latchkey cr namespace-add birds >/dev/null
key=$(key_in "$T/apikey")
rw=$(token --readwrite)
iam() {
	curl -s -u bx:bx "$URL/identity/token" \
		-d grant_type=urn:ibm:params:oauth:grant-type:apikey \
		--data-urlencode "apikey=$key" | jq -r .access_token
}
bearer=$(iam)
who=$(curl -s -H "Authorization: Bearer $bearer" "$URL/latchkey/v1/whoami")
account=$(printf %s "$who" | jq -r .account)
me=$(printf %s "$who" | jq -r .identity)
P=/latchkey/v1/projects/nest/default/keypairs

# A request with the bytes of $T/json for a body, as some door wants it.
ask() { # DOOR [ARGUMENT of curl]...
	door=$1
	shift
	case $door in
	latchkey) set -- POST "$P" "$@" ;;
	users) set -- POST /latchkey/v1/users "$@" ;;
	cr) set -- POST /api/v1/images/bulkdelete -H "Account: $account" "$@" ;;
	iam) set -- POST /v1/apikeys "$@" ;;
	bitbucket) set -- POST /2.0/repositories/nest/json "$@" ;;
	esac
	case $* in
	*Content-Type:*) ;;
	*) set -- "$@" -H 'Content-Type: application/json' ;;
	esac
	http "$@" -H "Authorization: Bearer $bearer" --data-binary "@$T/json"
}
doors='latchkey users cr iam bitbucket'
refused() { # DESCRIPTION STATUS [DOORS]
	for d in ${3:-$doors}; do
		like "$1: $d" "$(ask $d)" "^($2)\$"
		# A page of another shape would be a page of somebody else's.
		is "in its words" "$(jq -r 'type' "$T/body" 2>&1)" object
	done
}
put() { # the body, in printf's escapes
	printf '%b' "$1" >"$T/json"
}
count() {
	curl -s -H "Authorization: Bearer $bearer" "$URL$P" | jq .keypairs
	curl -s -H "Authorization: Bearer $bearer" "$URL/latchkey/v1/users" | jq .
	curl -s -H "Authorization: Bearer $bearer" "$URL/v1/apikeys?account_id=$account&iam_id=$me" | jq .apikeys
	curl -s -H "Authorization: Bearer $bearer" "$URL/2.0/repositories/nest" | jq .values
}
before=$(count)

for body in ' ' '\r\n' null '"x"' 1 true '[{}]' '[[]]'; do
	put "$body"
	refused "4.2/1 the body '$body'" 400
done
put '[]'
refused "4.2/1 the body '[]'" 400 'latchkey users iam bitbucket'
: >"$T/json"
refused "4.2/1 no body" 400 'latchkey users iam'
for body in '{"name":"abc","name":"abcd"}' '{"name":"abc","type":"ed25519","type":"rsa"}' \
	'{"role":"reader","role":"admin"}' '{"a":{"b":1,"b":2}}' \
	'{"name":"abc","n\\u0061me":"abcd"}'; do
	put "$body"
	refused "4.2/2 twice the same: $body" 400
done
put '{"name":"abc","name":"abcd"}'
ask latchkey >/dev/null
like "4.2/2 and says so" "$(jq -r .error.message "$T/body")" duplicate
for field in '"id":"x"' '"owner":"x"' '"created_at":"2001-01-01T00:00:00Z"' \
	'"is_admin":true' '"account":"x"' '"role":"admin"' '"":1' '"Name":"abc"' \
	'"__proto__":{}'; do
	put "{\"name\":\"abc\",$field}"
	refused "4.2/3 unknown: $field" 400 latchkey
	put "{\"email\":\"a@nest.example\",$field}"
	refused "4.2/3 unknown: $field" 400 users
done
for body in '{"name":"a\\u0000c"}' '{"na\\u0000me":"abc"}' '{"name":"a\0000c"}' \
	'\0000' '{"name":"\\ud800"}' '{"name":"\\udc00\\ud800"}' '{"name":"\0377\0376"}' \
	'{"name":"\0300\0257"}' '\0357\0273\0277{"name":"abc"}' '{"name":"a\tb"}' \
	'{"name":"a\nb"}' '{"name":"\\x41"}'; do
	put "$body"
	refused "4.2/4 no text: $(printf %s "$body" | tr '\\' .)" 400
done
for n in 1e400 -1e400 -0 9223372036854775808 -9223372036854775809 \
	18446744073709551616 2048.5 2048.0 2.048e3 '"2048"' true null '[2048]' '{}' \
	02048 +2048 0x800 2048. .5 1e NaN Infinity -; do
	put "{\"name\":\"abc\",\"type\":\"rsa\",\"bits\":$n}"
	refused "4.2/5 a number of bits: $n" 400 latchkey
done
for n in 0 1 true null '[]'; do
	put "{\"email\":\"a@nest.example\",\"name\":$n}"
	refused "4.2/5 a name: $n" 400 users
done
for body in '{} {}' '{}{}' '{},' '{}x' '{}\0000' '{"name":"abc"} // x' \
	'{"name":"abc" /* x */}' '# x\n{}' '{"name":"abc",}' '{,}' '{"name":NaN}' \
	"{'name':'abc'}" '{name:"abc"}' '{"name":"abc"' '"abc' '{"name"}' \
	'{"name":"abc";"type":"rsa"}' '[1,]'; do
	put "$body"
	refused "4.2/6 $(printf %s "$body" | tr '\\' .)" 400
done
{ printf '{"name":"' && head -c 1048567 /dev/zero | tr '\0' a && printf '"}'; } >"$T/json"
is "4.2/7 a MiB and a byte" "$(size_of "$T/json")" 1048578
refused "4.2/7 too large" 413
for d in $doors; do
	like "4.2/7 too large in chunks: $d" \
		"$(ask $d -H 'Transfer-Encoding: chunked')" '^413$'
done
{ printf '{"name":' && head -c 33 /dev/zero | tr '\0' '[' &&
	head -c 33 /dev/zero | tr '\0' ']' && printf '}'; } >"$T/json"
refused "4.2/7 too deep" 400
put '{"name":"abc","email":"a@nest.example"}'
for type in text/plain application/x-www-form-urlencoded multipart/form-data \
	'application/json; charset=utf-16' 'application/json;x=y;charset=latin1' \
	'application/jsonp' 'application/json, text/plain' json ''; do
	for d in $doors; do
		[ "$d $type" != 'bitbucket application/x-www-form-urlencoded' ] || continue
		is "4.2/8 the type '$type': $d" "$(ask $d -H "Content-Type:$type")" 415
	done
done
is "4.2/8 two types" "$(ask latchkey -H 'Content-Type: application/json' \
	-H 'Content-Type: text/plain')" 415
awk 'BEGIN { printf "["; for (i = 0; i < 1000000; i++) printf "1,"; print "1]" }' >"$T/json"
refused "4.2/9 a list of 1 000 001" '400|413'
awk 'BEGIN { printf "{"; for (i = 0; i < 5000; i++) printf "\"a%d\":1,", i; print "\"b\":1}" }' >"$T/json"
refused "4.2/9 5000 fields" 400 'latchkey users'
is "nothing was made or changed by all that" "$(count)" "$before"

# --- 4.2/3 where unknown fields are passed over, as IBM and Atlassian do it
printf '{"name":"passed","iam_id":"%s","account_id":"%s","id":"ApiKey-evil","created_at":"2001-01-01T00:00+0000","created_by":"evil","locked":"evil","is_admin":true}' \
	"$me" "$account" >"$T/json"
is "4.2/3 IAM: made" "$(ask iam)" 201
is "4.2/3 IAM: no privileged field is taken" "$(jq -r '[.id, .created_at,
	.created_by, .locked, .is_admin] | tostring' "$T/body" |
	grep -c 'evil\|2001-01\|true')" 0
put '{"is_private":true,"uuid":"{evil}","owner":{"uuid":"{evil}"},"created_on":"2001-01-01T00:00:00Z","size":-1}'
is "4.2/3 Bitbucket: made" "$(ask bitbucket)" 200
is "4.2/3 Bitbucket: no privileged field is taken" \
	"$(jq -r '[.uuid, .owner.uuid, .created_on] | tostring' "$T/body" |
		grep -c 'evil\|2001-01') $(jq .size "$T/body")" "0 0"

# --- 4.2/10 what people read
named() { # DESCRIPTION STATUS TEXT as JSON has it
	printf '{"name":"odd","description":"%s"}' "$3" >"$T/json"
	is "$1" "$(http POST "/latchkey/v1/users/owl@nest.example/api-keys" \
		-H "Authorization: Bearer $bearer" -H 'Content-Type: application/json' \
		--data-binary "@$T/json")" "$2"
}
for text in '<script>alert(1)</script>' '\"><img onerror=alert(1)>' \
	'javascript:alert(1)' '{{7*7}}' '${7*7}' "' or 1=1 --" '%s%n%x' '=1+1'; do
	named "4.2/10 a text: $text" 201 "$text"
	is "4.2/10 is given back as it is" "$(jq -r .description "$T/body")" \
		"$(printf '"%s"' "$text" | jq -r .)"
	is "4.2/10 as JSON and nothing else" "$(head_of Content-Type), $(
		head_of X-Content-Type-Options)" "application/json, nosniff"
	curl -s -o /dev/null -X DELETE -H "Authorization: Bearer $bearer" \
		"$URL/latchkey/v1/users/owl@nest.example/api-keys/$(jq -r .id "$T/body")"
done
for text in '\u001b[2J' '\r\n' '\u0000' '\u0007' '\u007f' '\u0085' '\u202e' \
	'\u2066' '\u200e' '\ufeff' '\u2028'; do
	named "4.2/10 no text: $text" 400 "a${text}b"
	printf '{"name":"a%sb"}' "$text" >"$T/json"
	like "4.2/10 nor a name: $text" "$(ask iam)" '^400$'
	printf '{"description":"a%sb"}' "$text" >"$T/json"
	like "4.2/10 nor a repository's description: $text" "$(ask bitbucket)" '^400$'
	deny "4.2/10 nor on the command line: $text" latchkey cr token-add \
		--description "$(printf '"a%sb"' "$text" | jq -j . | tr '\0' '\1')"
done
finish
