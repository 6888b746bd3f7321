# What an account may hold, and pull in a month.
. "$(dirname "$0")/lib.sh"
with_clock
serve
login
latchkey cr namespace-add birds >/dev/null
rw=$(token --readwrite --non-expiring)
mib=1048576
used() { # store|traffic
	latchkey cr quota --output json | jq ".usage.$1"
}
blob_put() { # REPOSITORY FILE
	http POST "/v2/$1/blobs/uploads/?digest=sha256:$(sha256 "$2")" \
		-u "token:$rw" -H 'Content-Type: application/octet-stream' \
		--data-binary "@$2"
}
tagged() { # REPOSITORY TAG: the manifest, once more
	http PUT "/v2/$1/manifests/$2" -u "token:$rw" \
		-H "Content-Type: $OCI.manifest.v1+json" \
		--data-binary "@$T/manifest"
}
# Config and layer are 2 MiB together.
echo '{}' >"$T/config"
head -c $((2 * mib - $(size_of "$T/config"))) /dev/urandom >"$T/layer"
echo small >"$T/more"
blob_put birds/robin "$T/config" >/dev/null
blob_put birds/robin "$T/layer" >/dev/null
printf '{"schemaVersion":2,"mediaType":"%s","config":{"mediaType":"%s","digest":"sha256:%s","size":%d},"layers":[{"mediaType":"%s","digest":"sha256:%s","size":%d}]}' \
	$OCI.manifest.v1+json $OCI.config.v1+json "$(sha256 "$T/config")" \
	"$(size_of "$T/config")" $OCI.layer.v1.tar "$(sha256 "$T/layer")" \
	"$(size_of "$T/layer")" >"$T/manifest"
is "an image is pushed" "$(tagged birds/robin 1)" 201
is "and counts" "$(used store)" $((2 * mib))
is "once, wherever it is" "$(blob_put birds/wren "$T/layer")$(used store)" \
	"201$((2 * mib))"

http POST /v2/birds/robin/blobs/uploads/ -u "token:$rw" >/dev/null
upload=$(head_of location)
want "a limit below that" latchkey cr quota-set --storage 1
is "refuses an upload" "$(http POST /v2/birds/robin/blobs/uploads/ -u "token:$rw")" 403
is "with a code that clients know" "$(errors)" DENIED
like "and says which quota, of what, and how much" \
	"$(jq -r '.errors[0].message' "$T/body")" \
	"over its storage quota.* 2097152 bytes of 1048576"
is "one in a single request" "$(blob_put birds/robin "$T/more")" 403
is "one that was begun before" "$(http PATCH "$upload" -u "token:$rw" \
	-H 'Content-Type: application/octet-stream' --data-binary "@$T/more")" 403
is "a mount" "$(http POST "/v2/birds/tit/blobs/uploads/?mount=sha256:$(
	sha256 "$T/layer")&from=birds/robin" -u "token:$rw")" 403
is "a manifest" "$(tagged birds/robin 2)" 403
deny "a tag" latchkey cr image-tag "$HOST/birds/robin:1" "$HOST/birds/wren:1"
said "for the same reason" 'over its storage quota'
is "but not a pull" "$(http GET /v2/birds/robin/manifests/1 -u "token:$rw")" 200
want "a limit of just that" latchkey cr quota-set --storage 2
is "lets one more in" "$(blob_put birds/robin "$T/more")" 201
is "which is then over" "$(blob_put birds/robin "$T/more")" 403
want "a limit above it" latchkey cr quota-set --storage 3
is "lets it in, too" "$(blob_put birds/robin "$T/more")$(tagged birds/robin 2)" 201201
want "below it again" latchkey cr quota-set --storage 1
is "what is over can be deleted" "$(http DELETE \
	"/v2/birds/robin/manifests/sha256:$(sha256 "$T/manifest")" \
	-u "iamapikey:$(key_in "$T/apikey")")$(http DELETE \
	"/v2/birds/wren/blobs/sha256:$(sha256 "$T/layer")" \
	-u "iamapikey:$(key_in "$T/apikey")")" 202202
is "and counts no longer" "$(used store)" "$(size_of "$T/more")"
is "so that there is room" "$(blob_put birds/robin "$T/more")" 201
want "to restore it" latchkey cr image-restore "$HOST/birds/robin:1"
is "it counts" "$(used store)" $((2 * mib + $(size_of "$T/more")))
deny "the other tag is over" latchkey cr image-restore "$HOST/birds/robin:2"
said "the quota" 'over its storage quota'
want "without a limit" latchkey cr quota-set --storage none
want "it comes back" latchkey cr image-restore "$HOST/birds/robin:2"
audited "who set limits is in the trail" quota.set done quota:

pull() { # [ARGUMENT of curl]...
	http GET "/v2/birds/robin/blobs/sha256:$(sha256 "$T/layer")" \
		-u "token:$rw" "$@"
}
is "nothing was pulled" "$(used traffic)" 0
is "a range" "$(pull -r 0-99)" 206
is "counts what was sent" "$(used traffic)" 100
http HEAD "/v2/birds/robin/blobs/sha256:$(sha256 "$T/layer")" -u "token:$rw" >/dev/null
is "a look is free" "$(used traffic)" 100
want "with a limit" latchkey cr quota-set --traffic 1
is "that is not reached" "$(pull)" 200
is "all of it is sent" "$(used traffic)" $((100 + $(size_of "$T/layer")))
is "the next is refused" "$(pull)$(errors)" 403DENIED
like "and told why" "$(jq -r '.errors[0].message' "$T/body")" 'over its pull traffic quota'
is "manifests are not counted" "$(http GET /v2/birds/robin/manifests/1 -u "token:$rw")" 200
is "nor are pushes" "$(blob_put birds/robin "$T/more")" 201
restart
is "a restart forgets nothing" "$(pull)$(used traffic)" \
	"403$((100 + $(size_of "$T/layer")))"
sleep 2
kill9
serve
is "nor does a kill, some seconds later" "$(used traffic)" $((100 + $(size_of "$T/layer")))
shift_clock $((32 * 24 * 3600))
login
is "in another month nothing was pulled" "$(used traffic)" 0
is "and so it is pulled" "$(pull)" 200
finish
