# Manifests that say two things, nothing, or too much.
. "$(dirname "$0")/lib.sh"
serve
login
latchkey cr namespace-add birds >/dev/null
rw=$(token --readwrite)
image robin amd64 "$(text_layer a one)"
skopeo copy -q --dest-creds "token:$rw" "oci:$IMAGES/robin:latest" \
	"docker://$HOST/birds/robin:1"
good=$T/manifest.json
config=$(jq -c .config "$good")
layers=$(jq -c .layers "$good")
type=$OCI.manifest.v1+json
put() { # DESCRIPTION STATUS CODE BODY [TYPE]
	printf '%s' "$4" >"$T/put"
	is "$1" "$(http PUT /v2/birds/robin/manifests/bad -u "token:$rw" \
		-H "Content-Type: ${5:-$type}" --data-binary "@$T/put"
		errors)" "$2$3"
}
invalid() {
	put "$1" 400 MANIFEST_INVALID "$2" "${3:-$type}"
}
invalid "empty" ''
invalid "no JSON" 'hello'
invalid "no object" '[]'
invalid "something behind it" "$(cat "$good")x"
invalid "layers and manifests" "{\"schemaVersion\":2,\"mediaType\":\"$type\",\"config\":$config,\"layers\":$layers,\"manifests\":[]}"
invalid "another type inside" "$(jq -c '.mediaType = "application/vnd.oci.image.index.v1+json"' "$good")"
invalid "schema 1" "$(jq -c '.schemaVersion = 1' "$good")"
invalid "schema \"2\"" "$(jq -c '.schemaVersion = "2"' "$good")"
invalid "no schema" "$(jq -c 'del(.schemaVersion)' "$good")"
invalid "layers twice" "{\"schemaVersion\":2,\"mediaType\":\"$type\",\"config\":$config,\"layers\":[],\"layers\":$layers}"
invalid "a digest that is none" "$(jq -c '.layers[0].digest = "sha256:../../x"' "$good")"
invalid "a negative size" "$(jq -c '.layers[0].size = -1' "$good")"
invalid "no config" "$(jq -c 'del(.config)' "$good")"
invalid "10 000 levels deep" "$(printf '%010000d' 0 | tr 0 '[')"
put "a layer that is not there" 400 MANIFEST_BLOB_UNKNOWN \
	"$(jq -c ".layers[0].digest = \"sha256:$(printf '%064d' 1)\"" "$good")"
put "an index over nothing" 400 MANIFEST_BLOB_UNKNOWN \
	"{\"schemaVersion\":2,\"mediaType\":\"$OCI.index.v1+json\",\"manifests\":[{\"mediaType\":\"$type\",\"digest\":\"sha256:$(printf '%064d' 1)\",\"size\":2}]}" \
	$OCI.index.v1+json
is "by a digest that is not its own" "$(http PUT \
	"/v2/birds/robin/manifests/sha256:$(printf '%064d' 2)" -u "token:$rw" \
	-H "Content-Type: $type" --data-binary "@$good"; errors)" 400DIGEST_INVALID

big() {
	http PUT /v2/birds/robin/manifests/big -u "token:$rw" \
		-H "Content-Type: $type" -H Expect: --data-binary "@$T/put.big"
}
for more in -1 0 1; do
	printf '{"schemaVersion":2,"mediaType":"%s","config":%s,"layers":%s}' \
		"$type" "$config" "$layers" >"$T/put.big"
	pad=$((4 * 1024 * 1024 + more - $(size_of "$T/put.big")))
	head -c $pad /dev/zero | tr '\0' ' ' >>"$T/put.big"
	want=201
	[ $more -le 0 ] || want=413
	is "the limit of 4 MiB, $more" "$(big)" $want
done
is "only the good tags are there" "$(http GET /v2/birds/robin/tags/list \
	-u "token:$rw" >/dev/null; jq -c .tags "$T/body")" '["1","big"]'
stop
want "verify" latchkeyd verify --data "$DATA"
finish
