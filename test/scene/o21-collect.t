# What nothing needs goes after the grace period, by itself or when asked for;
# who was told that a blob is there still finds it; who runs the server sees it.
. "$(dirname "$0")/lib.sh"
with_clock
set -- --gc-grace 3600 --trash-days 0
serve "$@"
login
latchkey cr namespace-add birds >/dev/null
rw=$(token --readwrite --non-expiring)
repo=/v2/birds/robin
files() { # that have bytes
	find "$DATA/blobs" -type f -size +0 | wc -l
}
manifest_of() { # TAG
	echo "$repo/manifests/sha256:$(sha256 "$T/small/$1/manifest")"
}
layer_of() { # TAG
	echo "$repo/blobs/sha256:$(sha256 "$T/small/$1/layer")"
}
ask() {
	http "$@" -u "iamapikey:$(key_in "$T/apikey")"
}
used() {
	http GET /api/v1/quotas -u "iamapikey:$(key_in "$T/apikey")" >/dev/null
	jq -r .usage.storage_bytes "$T/body"
}

push_small "$rw" birds/robin 1
push_small "$rw" birds/robin 2
is "two images" "$(files)" 4
one=$(used)
is "one is deleted" "$(ask DELETE "$(manifest_of 1)")" 202
is "and does not count any more" "$((one - $(used)))" \
	"$((65536 + $(size_of "$T/small/1/config")))"
shift_clock 3590
want "gc before its time" "$LATCHKEYD" gc --data "$DATA"
said "removes nothing" '^removed: 0 blobs \(0 bytes\), 0 links'
is "all is there" "$(files)" 4
shift_clock 3610
want "gc after it" "$LATCHKEYD" gc --data "$DATA"
said "removes what only it needed" "^removed: 2 blobs \($((one - $(used))) bytes\), 2 links, 2 files"
is "from the disk" "$(files)" 2
is "it is not shown" "$(ask GET "$(layer_of 1)")" 404
is "the other is" "$(ask GET "$(layer_of 2)")" 200
like "the log says so" "$(cat "$T/log")" 'event=gc links=2 blobs=2 bytes=[0-9]+ files=2 '
http GET /metrics >/dev/null
like "and the metrics" "$(cat "$T/body")" '^latchkey_gc_blobs_total 2$'
like "with what is due" "$(cat "$T/body")" '^latchkey_gc_due 0$'

# Whoever asks late puts it off.
is "the other is deleted" "$(ask DELETE "$(manifest_of 2)")" 202
shift_clock 7000
is "somebody asks for a layer" "$(ask HEAD "$(layer_of 2)")" 200
shift_clock 7300
want "gc" "$LATCHKEYD" gc --data "$DATA"
said "removes the rest" '^removed: 1 blobs'
is "the layer is there" "$(ask HEAD "$(layer_of 2)")" 200
is "to be pushed with" "$(ask PUT "$repo/manifests/2" --data-binary \
	"@$T/small/2/manifest" -H "Content-Type: $OCI.manifest.v1+json")" 400
is "once the rest is, too" "$(errors)" MANIFEST_BLOB_UNKNOWN
is "the config again" "$(ask POST \
	"$repo/blobs/uploads/?digest=sha256:$(sha256 "$T/small/2/config")" \
	--data-binary "@$T/small/2/config" \
	-H 'Content-Type: application/octet-stream')" 201
is "then it is" "$(ask PUT "$repo/manifests/2" --data-binary \
	"@$T/small/2/manifest" -H "Content-Type: $OCI.manifest.v1+json")" 201
shift_clock 20000
want "gc" "$LATCHKEYD" gc --data "$DATA"
is "it stays" "$(ask GET "$(layer_of 2)")" 200
is "with the bytes that were pushed" "$(sha256 "$T/body")" \
	"$(sha256 "$T/small/2/layer")"

# A download goes on under collection, to its end.
head -c 30000000 /dev/urandom >"$T/large"
large=sha256:$(sha256 "$T/large")
ask POST "$repo/blobs/uploads/?digest=$large" --data-binary "@$T/large" \
	-H 'Content-Type: application/octet-stream' >/dev/null
curl -s -u "token:$rw" --limit-rate 10M -o "$T/slow" "$URL$repo/blobs/$large" &
slow=$!
until_ok test -s "$T/slow"
is "unlinked under a download" "$(ask DELETE "$repo/blobs/$large")" 202
shift_clock 30000
want "and collected" "$LATCHKEYD" gc --data "$DATA"
said "with its file" '^removed: 1 blobs \(30000000 bytes\), 0 links, 1 files'
wait $slow
is "the download is whole" "$(sha256 "$T/slow")" "$(sha256 "$T/large")"

# By itself, within a minute or so: nobody asks.
is "deleted again" "$(ask DELETE "$(manifest_of 2)")" 202
shift_clock 40000
patience=900
until_ok test ! -s "$(find "$DATA/blobs" -type f -size +0 | head -n 1)"
is "the server collects by itself" "$(files)" 0

# Who asks: the socket is the operator's alone, is left by a kill, and is taken
# over; without a daemon the data are opened.
is "the socket is ours alone" "$(stat -c %a "$DATA/run/control")" 600
push_small "$rw" birds/robin 3
ask DELETE "$(manifest_of 3)" >/dev/null
kill9
[ -S "$DATA/run/control" ]
ok $? "a kill leaves the socket"
shift_clock 50000
want "gc without a daemon" "$LATCHKEYD" gc --data "$DATA" --gc-grace 3600
said "collects" '^removed: 2 blobs'
serve "$@"
want "gc of the next daemon" "$LATCHKEYD" gc --data "$DATA"
said "answers" '^removed: 0 blobs'
deny "gc of nothing" "$LATCHKEYD" gc --data "$T/nothing"
stop
want "verify" "$LATCHKEYD" verify --deep --data "$DATA"
said "looks at links" '^ok links'
[ ! -e "$DATA/run/control" ]
ok $? "a daemon that stops takes its socket along"
finish
