# What is deleted can be restored for 30 days; then it is gone, bytes and all.
. "$(dirname "$0")/lib.sh"
with_clock
serve
login
latchkey cr namespace-add birds >/dev/null
rw=$(token --readwrite --non-expiring)
day=$((24 * 3600))
files() {
	find "$DATA/blobs" -type f -size +60k | wc -l
}
used() {
	latchkey cr quota --output json | jq .usage.store
}
later() { # DAYS
	shift_clock $(($1 * day))
	login
}
want "an image" push_small "$rw" birds/robin 1
image=sha256:$(sha256 "$T/small/1/manifest")
size=$((65536 + $(size_of "$T/small/1/config")))
is "counts" "$(used)" "$size"
is "and has a file" "$(files)" 1
want "image-rm" latchkey cr image-rm -f "$HOST/birds/robin:1"
is "it counts no longer" "$(used)" 0
is "nobody can pull it" "$(http GET "/v2/birds/robin/manifests/$image" -u "token:$rw")" 404
want "trash-list" latchkey cr trash-list
said "has it for 30 days" "^$HOST/birds/robin@$image +30 +1$"
later 2
want "collection" latchkeyd gc --data "$DATA"
is "leaves its bytes alone" "$(files)" 1
later 29
want "on day 29" latchkey cr trash-list
said "a day is left" "^$HOST/birds/robin@$image +1 +1$"
want "it is restored" latchkey cr image-restore "$HOST/birds/robin@$image"
want "byte by byte" is_there "$rw" birds/robin 1
is "and counts" "$(used)" "$size"
audited "who restored it is in the trail" trash.restore done repo:birds/robin
want "deleted once more" latchkey cr image-rm -f "$HOST/birds/robin:1"
later 58
want "on day 29 of that" latchkey cr trash-list -q
said "it is there" "^$HOST/birds/robin@$image$"
want "by its tag, too" latchkey cr image-restore "$HOST/birds/robin:1"
want "it comes back" is_there "$rw" birds/robin 1
want "deleted for good" latchkey cr image-rm -f "$HOST/birds/robin:1"
later 89
is "on day 31 of that nothing is listed" "$(latchkey cr trash-list -q)" ""
deny "nor restored by digest" latchkey cr image-restore "$HOST/birds/robin@$image"
deny "nor by tag" latchkey cr image-restore "$HOST/birds/robin:1"
want "collection" latchkeyd gc --data "$DATA"
later 91
want "and a day later" latchkeyd gc --data "$DATA"
is "takes the bytes away" "$(files)" 0
stop
want "all is as it should be" latchkeyd verify --data "$DATA" --deep
serve

want "a namespace" push_small "$rw" birds/wren 2
want "of which one is deleted" latchkey cr image-rm -f "$HOST/birds/wren:2"
want "is removed" latchkey cr namespace-rm -f birds
is "and its trash with it" "$(latchkey cr trash-list -q)" ""
later 93
want "collection" latchkeyd gc --data "$DATA"
is "takes the bytes away, too" "$(files)" 0
finish
