# Secrets leave once: whatever clients do with them, none is written down, not
# into the log, the trail, the data, or what other users of the machine see.
. "$(dirname "$0")/lib.sh"
serve
login
latchkey cr namespace-add birds >/dev/null
key=$(key_in "$T/apikey")
keep latchkey cr token-add --readwrite --non-expiring
id=$(sed -n 's/^Token identifier *//p' "$T/said")
value=$(latchkey cr token-get -q "$id")
session=$(curl -s -u bx:bx "$URL/identity/token" \
	-d grant_type=urn:ibm:params:oauth:grant-type:apikey \
	--data-urlencode "apikey=$key")
access=$(printf %s "$session" | jq -r .access_token)
refresh=$(printf %s "$session" | jq -r .refresh_token)
delegated=$(delegated_token)
pull=repository:birds/robin:pull
bearer=$(bearer token "$value" $pull)
identity=$(curl -s -G -u "iamapikey:$key" -d service=registry \
	-d offline_token=true "$URL/oauth/token" | jq -r .refresh_token)
password='correct-horse-battery-9'
as_admin() { # METHOD PATH [ARGUMENT of curl]...
	http "$@" -H "Authorization: Bearer $access"
}
is "a password is set" "$(as_admin PUT \
	/latchkey/v1/users/owl@nest.example/password \
	-H 'Content-Type: application/json' -d "{\"password\":\"$password\"}")" 204
is "the key still logs in" "$(http POST /identity/token \
	-d grant_type=urn:ibm:params:oauth:grant-type:apikey \
	--data-urlencode "apikey=$key")" 200
access_2=$(jq -r .access_token "$T/body")
is "the password does" "$(http POST /identity/token -d grant_type=password \
	-d username=owl@nest.example -d "password=$password")" 200

# Every secret where it does not belong.
set -- "$key" "$value" "$access" "$access_2" "$refresh" "$delegated" \
	"$bearer" "$identity" "$password"
for s; do
	is "there is a secret of ${#s} characters" "$([ ${#s} -gt 20 ]; echo $?)" 0
	printf '%s\n' "$s" >>"$T/secrets"
	for user in token iamapikey iambearer iamrefresh nobody "$s"; do
		http GET /v2/birds/robin/tags/list -u "$user:$s" >/dev/null
	done
	for path in /api/v1/tokens/$s /v1/apikeys/$s /latchkey/v1/users/$s \
		/latchkey/v1/accounts/$s /v2/birds/robin/manifests/$s \
		/v2/birds/robin/blobs/uploads/$s /$s; do
		case $s in "$password") continue ;; esac
		http GET "$path" -u "iamapikey:$key" >/dev/null
		http DELETE "$path" >/dev/null
	done
	http GET "/v2/_catalog?access_token=$s" >/dev/null
	http GET "/api/v1/namespaces" -H "Authorization: Bearer $s" >/dev/null
	http GET "/api/v1/namespaces" -H "Authorization: $s" >/dev/null
	http GET "/v1/apikeys/details" -H "IAM-ApiKey: $s" >/dev/null
	http POST /identity/token -d grant_type=refresh_token \
		--data-urlencode "refresh_token=$s" >/dev/null
	http POST /identity/token -d grant_type=password -d username=a@b.example \
		--data-urlencode "password=$s" >/dev/null
	http POST /oauth/token -d grant_type=refresh_token -d service=registry \
		--data-urlencode "refresh_token=$s" >/dev/null
	http POST /identity/token --data-urlencode "grant_type=$s" >/dev/null
done
tr '\0' '\n' <"/proc/$daemon/cmdline" >"$T/seen"
tr '\0' '\n' <"/proc/$daemon/environ" >>"$T/seen"
sleep 1.2 # until what was gathered is in the trail
latchkey audit --limit 1000 >"$T/trail" 2>&1

hunt() { # FILE...: lines with a secret, to be read by people without it
	grep -aFc -f "$T/secrets" -- "$@" | grep -v ':0$\|^0$'
}
is "none is in the log" "$(hunt "$T/log")" ""
is "which knows of these requests" \
	"$(grep -c '/api/v1/tokens/\*' "$T/log" | grep -c '^[1-9]')" 1
is "none is in the trail" "$(hunt "$T/trail")" ""
is "none is in the arguments or the environment" "$(hunt "$T/seen")" ""
is "none is in the data" "$(find "$DATA" -type f -exec \
	grep -alF -f "$T/secrets" {} +)" ""
kill9
is "nor after a crash" "$(find "$DATA" -type f -exec \
	grep -alF -f "$T/secrets" {} +)" ""
serve
stop
is "nor after a proper end" "$(find "$DATA" -type f -exec \
	grep -alF -f "$T/secrets" {} +)" ""
daemon=''
finish
