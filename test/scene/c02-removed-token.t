# A removed token is refused at once, and so is everything made from it.
. "$(dirname "$0")/lib.sh"
serve
login
latchkey cr namespace-add birds >/dev/null
image robin amd64 "$(text_layer a one)"
keep latchkey cr token-add --readwrite --non-expiring
id=$(sed -n 's/^Token identifier *//p' "$T/said")
value=$(latchkey cr token-get -q "$id")
other=$(token --readwrite)
want "it pushes" skopeo copy --dest-creds "token:$value" \
	"oci:$IMAGES/robin:latest" "docker://$HOST/birds/robin:1"
b=$(bearer token "$value" repository:birds/robin:pull,push)
identity=$(curl -s -G -u "token:$value" -d service=registry -d offline_token=true \
	"$URL/oauth/token" | jq -r '.refresh_token // empty')
get() {
	http GET /v2/birds/robin/manifests/1 "$@"
}
is "its bearer pulls" "$(get -H "Authorization: Bearer $b")" 200
session=$(http POST /v2/birds/robin/blobs/uploads/ -H "Authorization: Bearer $b" \
	>/dev/null; head_of location)

latchkey cr token-rm -f "$id" >/dev/null

is "the bearer is refused at once" "$(get -H "Authorization: Bearer $b")" 401
is "as UNAUTHORIZED" "$(errors)" UNAUTHORIZED
is "Basic too" "$(get -u "token:$value")" 401
is "no new bearer" "$(bearer token "$value" repository:birds/robin:pull)" ""
if [ -n "$identity" ]; then
	is "its identity token is dead" "$(http POST /oauth/token \
		-d grant_type=refresh_token -d service=registry \
		--data-urlencode "refresh_token=$identity" \
		--data-urlencode scope=repository:birds/robin:pull)" 401
else
	skip "its identity token is dead" "registry tokens get none"
fi
is "its upload goes no further" "$(http PATCH "${session#"$URL"}" \
	-H "Authorization: Bearer $b" --data-binary x)" 401
deny "skopeo is refused" skopeo inspect --creds "token:$value" \
	"docker://$HOST/birds/robin:1"
is "another token goes on" "$(get -u "token:$other")" 200

restart
is "a restart brings nothing back" "$(get -u "token:$value")" 401
is "and takes nothing away" "$(get -u "token:$other")" 200
audited "the trail has its end" registrytoken.delete done token:
finish
