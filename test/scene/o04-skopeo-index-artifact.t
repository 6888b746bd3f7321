# skopeo: an index of two platforms, copies between repositories, an artifact
# of unknown type; every manifest comes back byte for byte.
. "$(dirname "$0")/lib.sh"
serve
login
latchkey cr namespace-add birds >/dev/null
latchkey cr namespace-add bears >/dev/null
rw=$(token --readwrite)
image robin amd64 "$(package_layer netbase)" "$(text_layer a one)"
image wren arm64 "$(text_layer b two)"
index_of flock amd64=robin arm64=wren
copy() {
	skopeo copy --src-creds "token:$rw" --dest-creds "token:$rw" "$@"
}
want "an index with all its images" copy --all "oci:$IMAGES/flock:latest" \
	"docker://$HOST/birds/flock:1"
sent=$(jq -r '.manifests[0].digest' "$IMAGES/flock/index.json")
is "GET gives an index" "$(http GET /v2/birds/flock/manifests/1 -u "token:$rw")" 200
is "of the same digest" "sha256:$(sha256 "$T/body")" "$sent"
is "which the head says" "$(head_of docker-content-digest)" "$sent"
is "with its type" "$(head_of content-type)" "$OCI.index.v1+json"
is "HEAD says the same" "$(http HEAD /v2/birds/flock/manifests/1 -u "token:$rw")
$(head_of docker-content-digest)" "200
$sent"
for arch in amd64 arm64; do
	want "the platform $arch is pulled" copy --override-arch $arch \
		"docker://$HOST/birds/flock:1" "dir:$T/$arch"
done
want "everything into another namespace" copy --all \
	"docker://$HOST/birds/flock:1" "docker://$HOST/bears/flock/copy:1"
is "where the digest is the same" "$(skopeo inspect --raw --creds "token:$rw" \
	"docker://$HOST/bears/flock/copy:1" | sha256sum | cut -d ' ' -f 1)" \
	"${sent#sha256:}"

# An artifact: types nobody has heard of.
printf 'a nest' >"$T/nest"
printf '{}' >"$T/empty"
layout=$IMAGES/nest
printf '{\n "schemaVersion": 2,  "mediaType": "%s",\n "artifactType": "application/vnd.example.nest",\n "config": %s,\n "layers": [%s] }\n\n' \
	$OCI.manifest.v1+json \
	"$(blob "$layout" "$T/empty" application/vnd.oci.empty.v1+json)" \
	"$(blob "$layout" "$T/nest" application/vnd.example.twigs)" >"$T/artifact"
latest "$layout" "$(blob "$layout" "$T/artifact" $OCI.manifest.v1+json)"
want "an artifact" copy "oci:$layout:latest" "docker://$HOST/birds/nest:1"
is "GET" "$(http GET /v2/birds/nest/manifests/1 -u "token:$rw")" 200
is "gives back its own white space" "$(sha256 "$T/body")" "$(sha256 "$T/artifact")"
is "by digest as well" \
	"$(http GET "/v2/birds/nest/manifests/sha256:$(sha256 "$T/artifact")" \
	-u "token:$rw")" 200
want "skopeo deletes it, for a person" skopeo delete \
	--creds "iamapikey:$(key_in "$T/apikey")" \
	"docker://$HOST/birds/nest:1"
is "and it is gone" "$(http GET /v2/birds/nest/manifests/1 -u "token:$rw")" 404
is "in the right words" "$(errors)" MANIFEST_UNKNOWN
finish
