# What an account can make the disk hold: uploads that are not finished take room
# under its quota, and its bin holds no more than that quota.
. "$(dirname "$0")/lib.sh"
serve
login
latchkey cr namespace-add birds >/dev/null
rw=$(token --readwrite --non-expiring)
mib=1048576
kib_held() { # what the store's files take
	find "$DATA/blobs" -type f -printf '%s\n' |
		awk '{ n += $1 } END { print int(n / 1024) }'
}
begin() {
	http POST /v2/birds/robin/blobs/uploads/ -u "token:$rw" >/dev/null
	head_of location
}
bytes() { # METHOD ADDRESS FILE
	http "$1" "$2" -u "token:$rw" -H 'Expect:' \
		-H 'Content-Type: application/octet-stream' --data-binary "@$3"
}
far() { # ADDRESS: how many bytes it has
	http GET "$1" -u "token:$rw" >/dev/null
	head_of range
}
head -c $((3 * mib)) /dev/urandom >"$T/three"
head -c $((2 * mib)) /dev/urandom >"$T/two"
head -c $((32 * mib)) /dev/urandom >"$T/large"

# --- uploads -----------------------------------------------------------------

want "a quota of 4 MiB" latchkey cr quota-set --storage 4
one=$(begin) two=$(begin) three=$(begin)
is "3 MiB that are not finished" "$(bytes PATCH "$one" "$T/three")" 202
is "are not used" "$(latchkey cr quota --output json | jq .usage.store)" 0
is "but leave no room for 2 more" "$(bytes PATCH "$two" "$T/two")" 403
is "with a code that clients know" "$(errors)" DENIED
like "and why" "$(jq -r '.errors[0].message' "$T/body")" \
	"not finished .* storage quota .* 3145728 by such uploads"
is "nor for 32, at once or not" "$(bytes PATCH "$two" "$T/large")$(bytes POST \
	"/v2/birds/robin/blobs/uploads/?digest=sha256:$(sha256 "$T/large")" \
	"$T/large")$(bytes PUT "$three?digest=sha256:$(sha256 "$T/large")" \
	"$T/large")" 403403403
is "nothing was lost" "$(far "$one")" "0-$((3 * mib - 1))"
is "what was refused is where it was" "$(far "$two")" 0-0
i=0
while [ $i -lt 20 ]; do
	bytes PATCH "$(begin)" "$T/large"
	i=$((i + 1))
done >"$T/statuses"
is "nor for twenty more" "$(sed 's/403//g' "$T/statuses")" ''
ok "$([ "$(kib_held)" -le 4608 ]; echo $?)" "the disk holds that and no more"
echo "# $(kib_held) KiB"
restart
is "a restart forgets nothing" "$(bytes PATCH "$two" "$T/two")" 403
# As much as goes, dropped in the middle, many times.
auth=$(printf 'token:%s' "$rw" | base64 -w 0)
i=0
while [ $i -lt 10 ]; do
	{
		printf 'PATCH %s HTTP/1.1\r\nHost: %s\r\nAuthorization: Basic %s\r\nContent-Length: 33554432\r\n\r\n' \
			"$(begin | sed "s,^$URL,,")" "$HOST" "$auth"
		head -c 900000 "$T/large"
	} | raw -h -t 3000 "$HOST" >/dev/null 2>&1
	i=$((i + 1))
done
# What was taken of those is recorded, so it takes room as well.
ok "$([ "$(kib_held)" -le 4608 ]; echo $?)" "nor does what clients leave behind"
echo "# $(kib_held) KiB"
is "one is cancelled" "$(http DELETE "$one" -u "token:$rw")" 204
text_layer seed "of a sunflower" >/dev/null
image seed amd64 "$T/seed.tar"
want "and there is room for an image" skopeo copy --quiet --retry-times 0 \
	--dest-creds "token:$rw" --dest-tls-verify=false \
	"oci:$IMAGES/seed:latest" "docker://$HOST/birds/seed:1"
want "which can be pulled" skopeo inspect --tls-verify=false \
	--creds "token:$rw" "docker://$HOST/birds/seed:1"

# --- the bin -----------------------------------------------------------------

for session in "$two" "$three"; do
	http DELETE "$session" -u "token:$rw" >/dev/null
done
# An image of 3 MiB, pushed with skopeo, then deleted.
image_of() { # TAG
	head -c $((3 * mib)) /dev/urandom >"$T/$1.bin"
	tar -c -C "$T" -f "$T/$1.tar" "$1.bin"
	image "$1" amd64 "$T/$1.tar"
	keep skopeo copy --quiet --retry-times 0 --dest-creds "token:$rw" \
		--dest-tls-verify=false "oci:$IMAGES/$1:latest" \
		"docker://$HOST/birds/wren:$1" || remark <"$T/said"
	latchkey cr image-rm -f "$HOST/birds/wren:$1" >/dev/null
}
in_bin() {
	latchkey cr trash-list --output json | jq -r '.[].tags[]?' | sort | tr '\n' ' '
}
fits() { # the bin holds no more than these images
	[ "$(in_bin)" = "$1" ]
}
latchkey cr quota-set --storage none >/dev/null
for tag in a b c; do
	image_of $tag
done
is "without a quota the bin holds all" "$(in_bin)" 'a b c '
want "with one of 7 MiB" latchkey cr quota-set --storage 7
ok "$(until_ok fits 'b c '; echo $?)" "the one deleted first goes"
ok "$(image_of d; until_ok fits 'c d '; echo $?)" "and so on"
settled() {
	[ "$(kib_held)" -le $((2 * 3 * 1024 + 1024 + 1024)) ]
}
ok "$(until_ok settled; echo $?)" "with its bytes"
echo "# $(kib_held) KiB"
said_early() {
	[ "$(curl -s "$URL/metrics" | awk '$1 == "latchkey_gc_early_total" { print $2 }')" = 2 ]
}
ok "$(until_ok said_early; echo $?)" "which is counted"
until_ok grep -q 'event=gc .* early=[1-9]' "$T/log"
ok $? "and logged"
want "the last can be restored" latchkey cr image-restore "$HOST/birds/wren:d"
want "and pulled whole" skopeo copy --quiet --src-tls-verify=false \
	--src-creds "token:$rw" "docker://$HOST/birds/wren:d" "oci:$T/back:d"
deny "the first cannot" latchkey cr image-restore "$HOST/birds/wren:a"
restart --trash-max 1m
ok "$(until_ok fits 'c '; echo $?)" "the operator's bound keeps the last"
image_of e
ok "$(until_ok fits 'e '; echo $?)" "and no other"
stop
want "verify" latchkeyd verify --data "$DATA"
finish
