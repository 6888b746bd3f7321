# What the user name of a login means, at both doors of the registry.
. "$(dirname "$0")/lib.sh"
serve
login
latchkey cr namespace-add birds >/dev/null
key=$(key_in "$T/apikey")
access=$(latchkey iam oauth-tokens | sed -n 's/.*Bearer *//p')
refresh=$(delegated_token)
registry=$(token)
both() { # DESCRIPTION STATUS USER PASSWORD
	is "$1, straight at /v2/" "$(http GET /v2/ -u "$3:$4")" "$2"
	is "$1, at the token service" \
		"$(http GET "/oauth/token?service=registry" -u "$3:$4")" "$2"
}
both "an API key as iamapikey" 200 iamapikey "$key"
both "an access token as iambearer" 200 iambearer "$access"
both "with the word Bearer in front" 200 iambearer "Bearer $access"
both "a refresh token as iamrefresh" 200 iamrefresh "$refresh"
both "used again, it is still good" 200 iamrefresh "$refresh"
both "that of a session" 200 iamrefresh "$(refresh_token)"
both "a registry token as token" 200 token "$registry"
both "a registry token as iamapikey" 401 iamapikey "$registry"
both "an API key as token" 401 token "$key"
both "an access token as iamrefresh" 401 iamrefresh "$access"
both "a refresh token as iambearer" 401 iambearer "$refresh"
both "an empty password" 401 token ""
both "any other name" 401 owl@nest.example "$key"
for name in token iamapikey iambearer iamrefresh; do
	like "the answer names $name" "$(cat "$T/body")" "$name"
done
is "nobody" "$(http GET /v2/)" 401
like "is told where to go" "$(head_of www-authenticate)" \
	"^Bearer realm=\"$URL/oauth/token\",service=\""
is "nobody gets no bearer either" "$(http GET "/oauth/token?service=registry")" 401
printf nonsense >"$T/password"
deny "podman login checks what it is given" sh -c \
	"podman login -u token --password-stdin $HOST <$T/password"
finish
