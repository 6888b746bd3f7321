# Manifests of every shape: what is named is checked, what is not known is kept.
. "$(dirname "$0")/lib.sh"
serve
login
. "$(dirname "$0")/oci.sh"
repo=birds/robin
echo one >"$T/one"
push_blob $repo "$T/one"
push_blob $repo "$T/empty"
config=$(desc $OCI.config.v1+json "$T/one")
nothing=$(desc $empty "$T/empty")
# Push, look, get by digest and by tag: the same bytes and heads.
round() { # DESCRIPTION NAME [TYPE]
	type=${3:-$OCI.manifest.v1+json}
	push_manifest $repo "$2" "$T/$2" "$type"
	is "$1" "$status" 201
	for ref in "$2" "$(sum "$T/$2")"; do
		is "HEAD" "$(ask HEAD "/v2/$repo/manifests/$ref") $(head_of \
			content-type) $(head_of content-length) $(head_of \
			docker-content-digest)" \
			"200 $type $(size_of "$T/$2") $(sum "$T/$2")"
		is "GET" "$(ask GET "/v2/$repo/manifests/$ref") $(head_of \
			content-type)" "200 $type"
		is "every byte" "$(sum "$T/body")" "$(sum "$T/$2")"
	done
}
manifest "$T/plain" "$config" "$(desc $OCI.layer.v1.tar "$T/one")"
round "an image" plain
manifest "$T/no-layers" "$config" ""
round "without layers" no-layers
manifest "$T/artifact" "$nothing" "$(desc text/any "$T/one")" \
	',"artifactType":"text/any"'
round "an artifact" artifact
manifest "$T/bare" "$nothing" "$nothing" ',"artifactType":"text/bare"'
round "an artifact of nothing" bare
manifest "$T/untyped" "$nothing" "$nothing"
round "one that says no type" untyped
manifest "$T/inline" "$(desc $empty "$T/empty" sha256 ',"data":"e30="')" \
	"$nothing" ',"artifactType":"text/inline"'
round "with data in a descriptor" inline
manifest "$T/custom" "$config" "" ',"x-nest":{"twigs":[1.5,null,"\u00e4"]}'
round "with members that nobody knows" custom
manifest "$T/foreign" "$config" "{\"mediaType\":\"$OCI.layer.nondistributable.v1.tar+gzip\",\"digest\":\"sha256:$(printf '%064d' 5)\",\"size\":123456,\"urls\":[\"http://169.254.169.254/\",\"file:///etc/passwd\"]},$(desc $OCI.layer.v1.tar "$T/one")"
round "with a layer that others distribute" foreign
index "$T/index" "$(desc $OCI.manifest.v1+json "$T/plain"),$(desc \
	$OCI.manifest.v1+json "$T/no-layers")"
round "an index" index $OCI.index.v1+json
index "$T/nested" "$(desc $OCI.index.v1+json "$T/index"),$(desc \
	$OCI.manifest.v1+json "$T/artifact")"
round "an index of an index" nested $OCI.index.v1+json
index "$T/none" ""
round "an index of nothing" none $OCI.index.v1+json
index "$T/typed" "$(desc $OCI.manifest.v1+json "$T/artifact")" \
	',"artifactType":"text/any"'
round "an index of artifacts" typed $OCI.index.v1+json
manifest "$T/large" "$config" "" ",\"annotations\":{$(i=0
	while [ $i -lt 390 ]; do
		[ $i -eq 0 ] || printf ,
		printf '"a%d":"%010000d"' $i 0
		i=$((i + 1))
	done)}"
round "a large one" large

refused() { # DESCRIPTION CODE NAME [TYPE]
	push_manifest $repo bad "$T/$3" "${4:-$OCI.manifest.v1+json}"
	is "$1" "$status$(errors)" "400$2"
}
manifest "$T/bad" "$(desc $OCI.config.v1+json "$T/artifact")" ""
refused "a config that is not there" MANIFEST_BLOB_UNKNOWN bad
index "$T/bad" "$(desc $OCI.manifest.v1+json "$T/one")"
refused "an index over a blob" MANIFEST_BLOB_UNKNOWN bad $OCI.index.v1+json
manifest "$T/bad" "$config" "" ',"artifactType":"no type"'
refused "a type that is none" MANIFEST_INVALID bad
manifest "$T/bad" "$config" "" ',"subject":"sha256:abc"'
refused "a subject that is none" MANIFEST_INVALID bad
push_manifest $repo "$(sum "$T/plain")" "$T/bare"
is "under another's digest" "$status$(errors)" 400DIGEST_INVALID
push_manifest $repo sha256:baddigeststring "$T/plain"
is "under no digest" "$status$(errors)" 400DIGEST_INVALID
is "nothing under it" "$(ask GET "/v2/$repo/manifests/sha256:baddigeststring")" 400
there "nor under the tag" 404 "/v2/$repo/manifests/bad"

is "what an index needs stays" \
	"$(ask DELETE "/v2/$repo/manifests/$(sum "$T/plain")"; errors)" 409DENIED
for name in nested index plain no-layers; do
	is "from the top: $name" \
		"$(ask DELETE "/v2/$repo/manifests/$(sum "$T/$name")")" 202
	there "gone" 404 "/v2/$repo/manifests/$(sum "$T/$name")"
	there "with its tag" 404 "/v2/$repo/manifests/$name"
done
stop
want "verify" latchkeyd verify --deep --data "$DATA"
finish
