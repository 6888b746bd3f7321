# The token service: what is asked for, and what is given.
. "$(dirname "$0")/lib.sh"
serve
login
latchkey cr namespace-add birds >/dev/null
rw=$(token --readwrite)
ro=$(token)
granted() { # TOKEN SCOPE...: what the bearer allows
	value=$1
	shift
	bearer token "$value" "$@" | jq -Rc 'split(".")[1] | gsub("-"; "+") |
		gsub("_"; "/") | @base64d | fromjson | [.access[]? |
		select(.actions | length > 0) | "\(.name):\(.actions | join(","))"]'
}
is "all of it" "$(granted "$rw" repository:birds/robin:pull,push)" \
	'["birds/robin:pull,push"]'
is "the part one may have" "$(granted "$ro" repository:birds/robin:pull,push)" \
	'["birds/robin:pull"]'
is "several" "$(granted "$ro" repository:birds/robin:pull repository:birds/wren:pull)" \
	'["birds/robin:pull","birds/wren:pull"]'
is "several in one, with a blank" \
	"$(granted "$ro" "repository:birds/robin:pull repository:birds/wren:pull")" \
	'["birds/robin:pull","birds/wren:pull"]'
is "none" "$(granted "$rw")" '[]'
for scope in repository:ghosts/x:pull repository::pull repository:birds/robin: \
	repository:../x:pull 'repository:*:pull' 'repository:birds/*:pull' \
	repository:Birds/robin:pull Repository:birds/robin:pull registry:x:* \
	repository:birds/robin:fly nonsense :::; do
	is "nothing for $scope" "$(granted "$rw" "$scope")" '[]'
done
many=''
for n in $(seq 1000); do many="$many repository:birds/r$n:pull"; done
# shellcheck disable=SC2086 # a list
bearer token "$rw" $many >"$T/many" 2>/dev/null
like "a thousand scopes are bounded" "$(wc -c <"$T/many")" '^[0-9]{1,5}$'
is "no service is a mistake" "$(http GET /oauth/token -u "token:$rw")" 400
is "another's service too" \
	"$(http GET '/oauth/token?service=elsewhere.example' -u "token:$rw")" 400
is "two services" "$(http GET "/oauth/token?service=registry&service=registry" \
	-u "token:$rw")" 400
is "POST with a password" "$(http POST /oauth/token -d grant_type=password \
	-d service=registry -d client_id=scene -d username=token \
	--data-urlencode "password=$rw" \
	-d scope=repository:birds/robin:pull)" 200
like "gives an access token" "$(jq -r .access_token "$T/body")" '^eyJ'
is "for at least a minute" "$(jq '.expires_in >= 60' "$T/body")" true
like "POST with a wrong one" "$(http POST /oauth/token -d grant_type=password \
	-d service=registry -d username=token -d password=x)" '^(400|401)$'
like "an unknown grant" "$(http POST /oauth/token -d grant_type=magic \
	-d service=registry)" '^400$'

# Guessing gets slower, for names that exist and names that do not.
for name in owl@nest.example nobody@nest.example; do
	last=''
	for n in $(seq 40); do
		last=$(http POST /identity/token -d grant_type=password \
			-d "username=$name" -d password=guess)
		[ "$last" != 429 ] || break
	done
	is "guessing for $name is throttled" "$last" 429
	like "and is told for how long" "$(head_of retry-after)" '^[0-9]+$'
done
finish
