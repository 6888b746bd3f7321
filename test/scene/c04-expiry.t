# Ends of lives, shown with the daemon whose clock can be moved.
. "$(dirname "$0")/lib.sh"
with_clock
serve
login
latchkey cr namespace-add birds >/dev/null
short=$(token --readwrite)
long=$(token --readwrite --non-expiring)
image robin amd64 "$(text_layer a one)"
skopeo copy -q --dest-creds "token:$long" "oci:$IMAGES/robin:latest" \
	"docker://$HOST/birds/robin:1"
get() {
	http GET /v2/birds/robin/manifests/1 "$@"
}
hour=3600
shift_clock $((24 * hour - 60))
is "a minute before its end" "$(get -u "token:$short")" 200
b=$(bearer token "$short" repository:birds/robin:pull)
is "its bearer pulls" "$(get -H "Authorization: Bearer $b")" 200
shift_clock $((24 * hour + 60))
is "a minute after its end" "$(get -u "token:$short")" 401
like "the answer says why" "$(jq -r '.errors[0].message' "$T/body")" 'expired|end'
is "its bearer ended with it" "$(get -H "Authorization: Bearer $b")" 401
is "a non-expiring one goes on" "$(get -u "token:$long")" 200
want "the command line renews its session by itself" latchkey cr token-list
is "the expired one vanished from the list" \
	"$(latchkey cr token-list --output json | jq length)" 1
b=$(bearer token "$long" repository:birds/robin:pull)
shift_clock $((24 * hour + 60 + 290))
is "a bearer lives five minutes" "$(get -H "Authorization: Bearer $b")" 200
shift_clock $((24 * hour + 60 + 310 + 60))
is "and not six" "$(get -H "Authorization: Bearer $b")" 401
is "the release has no such switch" \
	"$(grep -c LATCHKEY_TEST_CLOCK "$BUILD/latchkeyd")" 0
finish
