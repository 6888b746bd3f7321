# Looking after images from the command line.
. "$(dirname "$0")/lib.sh"
serve
login
latchkey cr namespace-add birds >/dev/null
image robin amd64 "$(package_layer netbase)" "$(text_layer a one)"
rw=$(token --readwrite)
for tag in 1 2; do
	skopeo copy -q --dest-creds "token:$rw" "oci:$IMAGES/robin:latest" \
		"docker://$HOST/birds/robin:$tag"
done
digest=$(jq -r '.manifests[0].digest' "$IMAGES/robin/index.json")
hex=${digest#sha256:}
want "images" latchkey cr images
said "has repository, tag, digest and namespace" \
	"^$HOST/birds/robin +1 +$(echo "$hex" | cut -c 1-12) +birds "
is "two tags of it" "$(latchkey cr images -q | sort | paste -sd ' ')" \
	"$HOST/birds/robin:1 $HOST/birds/robin:2"
want "image-inspect" latchkey cr image-inspect "$HOST/birds/robin:1"
is "tells what it is" "$(jq -r '[.. | objects | .Architecture? // empty][0]' "$T/said")" amd64
want "image-tag" latchkey cr image-tag "$HOST/birds/robin:1" "$HOST/birds/robin:3"
is "is there at once" "$(http GET /v2/birds/robin/manifests/3 -u "token:$rw"
	head_of docker-content-digest)" "200$digest"
want "image-untag" latchkey cr image-untag "$HOST/birds/robin:3"
is "takes the tag" "$(http GET /v2/birds/robin/manifests/3 -u "token:$rw")" 404
is "not the image" "$(http GET "/v2/birds/robin/manifests/$digest" -u "token:$rw")" 200
deny "image-rm of nothing" latchkey cr image-rm -f "$HOST/birds/robin:9"
want "image-rm" latchkey cr image-rm -f "$HOST/birds/robin:1"
is "takes the image with all its tags" \
	"$(http GET /v2/birds/robin/manifests/2 -u "token:$rw")" 404
is "nothing is left" "$(latchkey cr images -q)" ""
audited "the trail has it" image.delete done repo:birds/
want "namespace-rm" latchkey cr namespace-rm -f birds
is "and the names are free" "$(latchkey cr namespaces --output json)" '[]'
finish
