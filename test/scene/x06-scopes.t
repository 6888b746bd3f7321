# The token service: what is asked for, and what is given. Rows of section 4.7 of the
# catalogue of bad input; i13-guessing.t has 4.7/7 for people's passwords.
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
is "4.7/2 what one may not have is left out" \
	"$(granted "$ro" 'repository:birds/robin:pull,push,delete,*')" '["birds/robin:pull"]'
is "4.7/2 for everybody" \
	"$(granted "$rw" 'repository:birds/robin:pull,push,delete,*')" \
	'["birds/robin:pull,push"]'
# 4.7/3 and 4.7/5: what is not of the grammar, or is nobody's, grants nothing.
for scope in "repository:$HOST/birds/robin:pull" repository:host:5000/a:pull \
	repository:birds:robin:c:pull repository::pull repository:birds/robin: \
	repository:birds/robin repository:ghosts/x:pull repository:Birds/robin:pull \
	Repository:birds/robin:pull registry:x:* \
	repository:birds/robin:fly repository:birds/robin:PULL nonsense ::: ''; do
	is "4.7/3 nothing for '$scope'" "$(granted "$rw" "$scope")" '[]'
done
for scope in repository:../x:pull repository:birds/../birds/robin:pull 'repository:*:pull' \
	'repository:birds/*:pull' 'repository:birds/?:pull' repository:birds//robin:pull \
	repository:/birds/robin:pull repository:birds/robin/:pull 'repository:birds%2frobin:pull'; do
	is "4.7/5 nothing for '$scope'" "$(granted "$rw" "$scope")" '[]'
done
is "4.7/5 nor for the whole list" "$(granted "$ro" 'registry:catalog:pull')" '[]'

# 4.7/4: there is an end, and blanks are blanks.
printf 'user = "token:%s"\n' "$rw" >"$T/curl"
asked() { # QUERY: the status of asking for it
	http GET "/oauth/token?service=registry$1" -K "$T/curl"
}
held() { # of the last reply
	jq -r '.token // empty' "$T/body" | jq -Rc 'split(".")[1] | gsub("-"; "+") |
		gsub("_"; "/") | @base64d | fromjson | [.access[] | .name]'
}
many='' few=''
for n in $(seq 1000); do
	many="$many&scope=repository:birds/r$n:pull"
	[ "$n" != 20 ] || few=$many
done
is "4.7/4 twenty scopes" "$(asked "$few"; held | jq length)" 20020
is "4.7/4 a thousand are too long for a line" "$(asked "$many")" 414
printf 'grant_type=password&service=registry&username=token&password=%s%s' "$rw" "$many" >"$T/form"
is "4.7/4 too many fields for a form" \
	"$(http POST /oauth/token --data-binary "@$T/form"; jq -r .error "$T/body")" 400invalid_request
is "4.7/4 and too many scopes in one field" "$(http POST /oauth/token -d grant_type=password \
	-d service=registry -d username=token --data-urlencode "password=$rw" \
	-d "scope=$(printf %s "$many" | sed 's/&scope=/ /g')"; jq -r .error "$T/body")" 400invalid_scope
is "4.7/4 one of 64 KiB" "$(asked "&scope=repository:birds/$(printf '%065536d' 0):pull")" 414
is "4.7/4 a plus" "$(asked '&scope=repository:birds/a:pull+repository:birds/b:pull'; held)" \
	'200["birds/a","birds/b"]'
is "4.7/4 and a blank" "$(asked '&scope=repository:birds/a:pull%20repository:birds/b:pull'; held)" \
	'200["birds/a","birds/b"]'
for other in %00 %a0 %; do
	is "4.7/4 $other is no text" "$(asked "&scope=repository:birds/a:pull${other}")" 400
done
for other in %09 %0a %0d%0a %c2%a0; do
	is "4.7/4 $other is neither" \
		"$(asked "&scope=repository:birds/a:pull${other}repository:birds/b:pull"; held)" '200[]'
done

# 4.7/1: for our audience, or for none.
is "4.7/1 no service" "$(http GET /oauth/token -u "token:$rw"; jq -r '.token // "none"' "$T/body")" \
	400none
is "4.7/1 another's service" \
	"$(http GET '/oauth/token?service=elsewhere.example' -u "token:$rw"; jq -r '.token // "none"' "$T/body")" \
	400none
is "4.7/1 two services" "$(http GET "/oauth/token?service=registry&service=registry" \
	-u "token:$rw"; jq -r '.token // "none"' "$T/body")" 400none
post() { # [ARGUMENT of curl]...: a grant in a form
	http POST /oauth/token -d grant_type=password -d username=token \
		--data-urlencode "password=$rw" "$@"
	jq -r '.error // "none"' "$T/body"
}
is "4.7/1 no service in a form" "$(post)" 400invalid_request
is "4.7/1 another's" "$(post -d service=elsewhere.example)" 400invalid_request
is "4.7/1 two" "$(post -d service=registry -d service=registry)" 400invalid_request
is "4.7/1 one" "$(post -d service=registry)" 200none

# 4.7/6: nothing here is public, so nobody learns what is there.
push_small "$rw" birds/robin v1
ok $? "an image is there"
anonymous() { # REPOSITORY: all that differs between two requests by right is left out
	asked_for=$(http GET "/oauth/token?service=registry&scope=repository:$1:pull")
	printf '%s %s ' "$asked_for" "$(cat "$T/body")"
	grep -iv -e '^date' -e '^transaction-id' -e '^x-request-id' "$T/head" | sort | tr '\n' ' '
}
private=$(anonymous birds/robin)
like "4.7/6 nobody is given none" "$private" '^401 .*UNAUTHORIZED'
is "4.7/6 for one that is missing alike" "$(anonymous birds/ghost)" "$private"
is "4.7/6 in a namespace that is missing, too" "$(anonymous ghosts/robin)" "$private"

# 4.7/8: a token to keep is given once, by what may give it.
key=$(key_in "$T/apikey")
offline() { # USER SECRET: the status and whether there is one
	http GET '/oauth/token?service=registry&offline_token=true' -u "$1:$2"
	jq -r 'has("refresh_token")' "$T/body"
}
is "4.7/8 to keep, by an API key" "$(offline iamapikey "$key")" 200true
kept=$(jq -r .refresh_token "$T/body")
is "4.7/8 none by one that was kept" "$(offline '<token>' "$kept")" 200false
is "4.7/8 nor by a refresh grant" "$(http POST /oauth/token -d grant_type=refresh_token \
	-d service=registry -d access_type=offline --data-urlencode "refresh_token=$kept"
	jq -r '.refresh_token // "none"' "$T/body")" 200none
is "4.7/8 nor by one who is not there" "$(offline iamapikey nonsense)" 401false
is "4.7/8 nor where it was not asked for" "$(http GET '/oauth/token?service=registry' \
	-u "iamapikey:$key"; jq -r 'has("refresh_token")' "$T/body")" 200false

# 4.7/9: nobody says how long.
life() { # ARGUMENT of curl...: of the token in the last reply, in seconds
	http "$@" >"$T/status"
	jq -r '.token // .access_token' "$T/body" | jq -Rr 'split(".")[1] | gsub("-"; "+") |
		gsub("_"; "/") | @base64d | fromjson | .exp - .iat'
}
usual=$(life GET '/oauth/token?service=registry' -u "token:$rw")
is "4.7/9 ten years are as long as nothing said" \
	"$(life GET '/oauth/token?service=registry&expires_in=315360000' -u "token:$rw")" "$usual"
is "4.7/9 in a form, too" "$(life POST /oauth/token -d grant_type=password -d service=registry \
	-d username=token --data-urlencode "password=$rw" -d expires_in=315360000)" "$usual"
is "4.7/9 and for an access token" "$(life POST /identity/token -d expires_in=315360000 \
	-d grant_type=urn:ibm:params:oauth:grant-type:apikey --data-urlencode "apikey=$key")" 3600

is "POST with a password" "$(http POST /oauth/token -d grant_type=password \
	-d service=registry -d client_id=scene -d username=token \
	--data-urlencode "password=$rw" \
	-d scope=repository:birds/robin:pull)" 200
like "gives an access token" "$(jq -r .access_token "$T/body")" '^eyJ'
is "for at least a minute" "$(jq '.expires_in >= 60' "$T/body")" true
is "POST with a wrong one" "$(http POST /oauth/token -d grant_type=password \
	-d service=registry -d username=token -d password=x; jq -r .error "$T/body")" 401invalid_grant
is "an unknown grant" "$(http POST /oauth/token -d grant_type=magic \
	-d service=registry; jq -r .error "$T/body")" 400unsupported_grant_type

# 4.7/7: guessing gets slower, for names that exist and names that do not; what is right
# goes on, since it is no guess.
from() { # ADDRESS USER SECRET
	http GET '/oauth/token?service=registry' --interface "$1" -u "$2:$3"
}
for user in token iamapikey; do
	[ $user = token ] && addr=127.0.0.3 || addr=127.0.0.4
	is "4.7/7 a wrong $user" "$(from $addr $user guess)" 401
	n=1
	while [ $n -lt 60 ] && [ "$(from $addr $user "guess-$n")" != 429 ]; do n=$((n + 1)); done
	is "4.7/7 wrong ones are throttled" "$n $(errors)" '20 TOOMANYREQUESTS'
	like "4.7/7 and it is said for how long" "$(head_of retry-after)" '^[1-9][0-9]*$'
done
is "4.7/7 the right one is no guess" "$(from 127.0.0.3 token "$rw")" 200
is "4.7/7 and does not pardon the others" "$(from 127.0.0.3 token guess)" 429
is "4.7/7 elsewhere nobody is shut out" "$(from 127.0.0.5 token guess)" 401
for name in owl@nest.example nobody@nest.example; do
	last=''
	for n in $(seq 40); do
		last=$(http POST /identity/token -d grant_type=password \
			-d "username=$name" -d password=guess)
		[ "$last" != 429 ] || break
	done
	is "4.7/7 guessing for $name is throttled" "$last" 429
	like "4.7/7 and is told for how long" "$(head_of retry-after)" '^[1-9][0-9]*$'
done
finish
