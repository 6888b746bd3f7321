# Manifests of which not all is here, where a namespace allows it.
. "$(dirname "$0")/lib.sh"
serve
login
. "$(dirname "$0")/oci.sh"
repo=birds/robin
for name in config one two; do
	echo "$name" >"$T/$name"
done
push_blob $repo "$T/config"
push_blob $repo "$T/one"
manifest "$T/image" "$(desc $OCI.config.v1+json "$T/config")" \
	"$(desc $OCI.layer.v1.tar "$T/one"),$(desc $OCI.layer.v1.tar "$T/two")"
manifest "$T/small" "$(desc $OCI.config.v1+json "$T/config")" \
	"$(desc $OCI.layer.v1.tar "$T/one")"
index "$T/index" "$(desc $OCI.manifest.v1+json "$T/image"),$(desc \
	$OCI.manifest.v1+json "$T/small")"
push_manifest $repo sparse "$T/image"
is "a layer is missing" "$status$(errors)" 400MANIFEST_BLOB_UNKNOWN
is "which is named" "$(jq -r '.errors[0].detail.digest' "$T/body")" "$(sum "$T/two")"
push_manifest $repo sparse "$T/index" $OCI.index.v1+json
is "images are missing" "$status$(errors)" 400MANIFEST_BLOB_UNKNOWN
is "the namespace allows it" "$(options '{"allow_sparse":true}')" 200
audited "which is in the trail" namespace.update done namespace:birds
push_manifest $repo sparse-image "$T/image"
is "an image without a layer" "$status" 201
push_manifest $repo sparse "$T/index" $OCI.index.v1+json
is "an index without an image" "$status" 201
is "comes back as it was" "$(ask GET "/v2/$repo/manifests/sparse" >/dev/null
	sum "$T/body")" "$(sum "$T/index")"
there "the missing one is missing" 404 "/v2/$repo/manifests/$(sum "$T/small")"
there "so is the layer" 404 "/v2/$repo/blobs/$(sum "$T/two")"
push_blob $repo "$T/two"
is "the layer comes" "$status" 201
is "and is needed from then on" \
	"$(ask DELETE "/v2/$repo/blobs/$(sum "$T/two")")" 409
push_manifest $repo "$(sum "$T/small")" "$T/small"
is "the image comes" "$status" 201
is "no more of that" "$(options '{"allow_sparse":false}')" 200
is "what came is needed" \
	"$(ask DELETE "/v2/$repo/manifests/$(sum "$T/small")")" 409
is "once more" "$(options '{"allow_sparse":true}')" 200
is "it may be missed" \
	"$(ask DELETE "/v2/$repo/manifests/$(sum "$T/small")")" 202
there "and is gone" 404 "/v2/$repo/manifests/$(sum "$T/small")"
is "the index stays" "$(ask GET "/v2/$repo/manifests/sparse")" 200
want "all is there, of what is said to be" latchkey cr images --restrict birds
kill9
serve
is "the index waits after a kill" "$(ask GET "/v2/$repo/manifests/sparse")" 200
push_manifest $repo back "$T/small"
is "for what comes back" "$status" 201
is "and needs it" "$(options '{"allow_sparse":false}'
	ask DELETE "/v2/$repo/manifests/$(sum "$T/small")")" 200409
stop
want "verify" latchkeyd verify --deep --data "$DATA"
finish
