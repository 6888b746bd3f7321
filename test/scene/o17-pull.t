# Reading blobs: heads, parts of them, and what is not there.
. "$(dirname "$0")/lib.sh"
serve
login
. "$(dirname "$0")/oci.sh"
repo=birds/robin
head -c 2048 /dev/urandom >"$T/blob"
digest=$(sum "$T/blob")
blob=/v2/$repo/blobs/$digest
is "no such blob" "$(ask GET "$blob"; errors)" 404BLOB_UNKNOWN
there "nor a head of it" 404 "$blob"
push_blob $repo "$T/blob"
is "HEAD" "$(ask HEAD "$blob") $(head_of content-length) $(head_of \
	docker-content-digest)" "200 2048 $digest"
is "GET" "$(ask GET "$blob") $(head_of content-length) $(head_of \
	docker-content-digest)" "200 2048 $digest"
is "the bytes" "$(sum "$T/body")" "$digest"
part() { # RANGE CONTENT-RANGE FROM LENGTH
	tail -c "+$(($3 + 1))" "$T/blob" | head -c "$4" >"$T/part"
	is "bytes=$1" "$(ask GET "$blob" -H "Range: bytes=$1") $(head_of \
		content-range) $(head_of content-length) $(sum "$T/body")" \
		"206 bytes $2/2048 $4 $(sum "$T/part")"
}
part 500-1499 500-1499 500 1000
part 500- 500-2047 500 1548
part -500 1548-2047 1548 500
part 2000-5000 2000-2047 2000 48
part 0-0 0-0 0 1
part -5000 0-2047 0 2048
for range in 500-0 5000-10000 2048- -0; do
	is "bytes=$range" "$(ask GET "$blob" -H "Range: bytes=$range") $(head_of \
		content-range)" '416 bytes */2048'
done
is "an empty blob" "$(: >"$T/void"; push_blob $repo "$T/void"
	ask GET "/v2/$repo/blobs/$(sum "$T/void")") $(head_of content-length)" "200 0"
is "a part of it" "$(ask GET "/v2/$repo/blobs/$(sum "$T/void")" \
	-H 'Range: bytes=0-')" 416
is "deleted" "$(ask DELETE "$blob")" 202
there "gone" 404 "$blob"
is "once" "$(ask DELETE "$blob"; errors)" 404BLOB_UNKNOWN
manifest "$T/m" "$(desc $OCI.config.v1+json "$T/void")" ""
push_manifest $repo 1 "$T/m"
is "what a manifest needs stays" \
	"$(ask DELETE "/v2/$repo/blobs/$(sum "$T/void")")" 409
is "no such manifest" "$(ask GET \
	"/v2/$repo/manifests/sha256:$(printf '%064d' 4)"; errors)" 404MANIFEST_UNKNOWN
is "no such tag" "$(ask GET "/v2/$repo/manifests/none"; errors)" 404MANIFEST_UNKNOWN
is "no such repository" "$(ask GET /v2/birds/none/manifests/1; errors)" \
	404NAME_UNKNOWN
stop
want "verify" latchkeyd verify --deep --data "$DATA"
finish
