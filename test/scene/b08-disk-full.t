# A disk that is full or cannot be written: what needs no write goes on, the
# rest is refused in so many words, and with room again all is well by itself.
if [ -z "${OWN_MOUNTS:-}" ] && unshare -m true 2>/dev/null; then
	OWN_MOUNTS=yes exec unshare -m sh "$0"
fi
. "$(dirname "$0")/lib.sh"
[ -n "${OWN_MOUNTS:-}" ] || skip_all "this user may not mount a filesystem"
mkdir "$T/disk"
mount -t tmpfs -o size=24m,mode=700 latchkey "$T/disk" 2>/dev/null ||
	skip_all "a filesystem cannot be mounted here"
trap 'umount -l "$T/disk"; gone' EXIT
DATA=$T/disk/data
serve
login
latchkey cr namespace-add birds >/dev/null
rw=$(token --readwrite)
want "a push" push_small "$rw" birds/robin first
fill() {
	dd if=/dev/zero of="$T/disk/filler" bs=64k 2>/dev/null
	dd if=/dev/zero of="$T/disk/filler2" bs=1k 2>/dev/null
	true
}
push_status() {
	http POST "/v2/birds/robin/blobs/uploads/?digest=sha256:$(sha256 "$T/layer")" \
		-u "token:$rw" -H 'Content-Type: application/octet-stream' \
		--data-binary "@$T/layer"
}
head -c 300000 /dev/urandom >"$T/layer"
held="Authorization: Bearer $(bearer token "$rw" repository:birds/robin:pull)"

fill
is "the disk is full" "$(df --output=avail "$T/disk" | tail -n 1 | tr -d ' ')" 0
# Who comes cannot be written down: so nobody new is let in, within a second.
refused() {
	[ "$(http GET /v2/birds/robin/manifests/first -u "token:$rw")" = 503 ]
}
until_ok refused
like "a new login is refused for now" "$(refused && head_of retry-after)" '^[0-9]+$'
is "alive" "$(http GET /healthz)" 200
is "not ready" "$(http GET /readyz)" 503
is "who was let in before goes on pulling" \
	"$(http GET /v2/birds/robin/manifests/first -H "$held")" 200
is "layers, too" "$(http GET "/v2/birds/robin/blobs/$(jq -r \
	'.layers[0].digest' "$T/body")" -H "$held")" 200
want "and looking" latchkey cr images
said "at what there is" first
until_ok grep -q 'event=store writable=no' "$T/log"
like "the operator reads why" "$(grep event=store "$T/log")" 'writable=no free_kib=0'
status=$(push_status)
like "a push is refused for now" "$status" '^(503|507)$'
like "so that clients try again" "$(head_of retry-after)" '^[0-9]+$'
like "and says so in the registry's words" "$(errors)" '^[A-Z_]+$'
deny "so is what would have to be written down" latchkey cr namespace-add owls
said "and says so" '^FAILED'
is "nothing was half done" \
	"$(latchkey cr namespaces --output json | jq -c .)" '["birds"]'

rm -f "$T/disk/filler" "$T/disk/filler2"
until_ok push_small "$rw" birds/robin second
until_ok grep -q 'event=store writable=yes' "$T/log"
want "with room again a push" push_small "$rw" birds/robin third
want "and a namespace" latchkey cr namespace-add owls
want "and a login" latchkey login -a "$URL" --apikey "@$T/apikey"
is "without a restart" "$(kill -0 "$daemon" && http GET /readyz)" 200
audited "the trail goes on" namespace.create done namespace:owls
kill9
want "nothing is damaged" latchkeyd verify --deep --data "$DATA"

# Full from the first moment on: no installation that nobody has a key to.
fill
latchkeyd init --data "$T/disk/new" --apikey-file "$T/new" >"$T/said" 2>&1
like "a first start without room fails" $? '^(1|73)$'
is "without a key to nothing" "$(cat "$T/new" 2>/dev/null)" ""
rm -f "$T/disk/filler" "$T/disk/filler2"
want "and succeeds with room" latchkeyd init --data "$T/disk/new" \
	--apikey-file "$T/new"

# Read-only, as after an error of the disk.
mount -o remount,ro "$T/disk"
timeout 10 latchkeyd serve --data "$DATA" --http 127.0.0.1:0 --ssh none >"$T/said" 2>&1
is "a disk that cannot be written is not served from" $? 1
said "and why is said" '[Rr]ead-only'
mount -o remount,rw "$T/disk"
serve
is "with it all is there" "$(http GET /v2/birds/robin/manifests/third \
	-u "token:$rw")" 200
finish
