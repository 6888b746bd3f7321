# A read-only token pulls; a push is refused with the namespace and the action.
. "$(dirname "$0")/lib.sh"
serve
login
latchkey cr namespace-add birds >/dev/null
latchkey cr namespace-add bears >/dev/null
rw=$(token --readwrite)
ro=$(token)
image robin amd64 "$(text_layer a one)" "$(text_layer b two)"

want "the read-write token pushes" skopeo copy --dest-creds "token:$rw" \
	"oci:$IMAGES/robin:latest" "docker://$HOST/birds/robin:1"
want "the read-only token pulls" skopeo copy --src-creds "token:$ro" \
	"docker://$HOST/birds/robin:1" "dir:$T/pulled"
deny "the read-only token does not push" skopeo copy \
	--dest-creds "token:$ro" "oci:$IMAGES/robin:latest" \
	"docker://$HOST/birds/robin:2"
said "DENIED names the namespace" birds
said "and the action" push
deny "nor into another namespace" skopeo copy --dest-creds "token:$ro" \
	"oci:$IMAGES/robin:latest" "docker://$HOST/bears/robin:2"
said "whose name it says" bears

b=$(bearer token "$ro" repository:birds/robin:pull,push)
is "its bearer grants less than was asked" "$(printf %s "$b" |
	jq -Rc 'split(".")[1] | gsub("-"; "+") | gsub("_"; "/") | @base64d |
	fromjson | .access[0].actions')" '["pull"]'
is "starting an upload with it" \
	"$(http POST /v2/birds/robin/blobs/uploads/ -H "Authorization: Bearer $b")" 403
is "is DENIED" "$(errors)" DENIED
like "in words" "$(jq -r '.errors[0].message' "$T/body")" 'birds.*push|push.*birds'
is "so is Basic straight at the door" \
	"$(http POST /v2/birds/robin/blobs/uploads/ -u "token:$ro")" 403
is "and a delete" "$(http DELETE /v2/birds/robin/manifests/1 -u "token:$ro")" 403
is "which left the tag" "$(http HEAD /v2/birds/robin/manifests/1 -u "token:$ro")" 200

audited "the trail has the refusal" image.push refused repo:birds/
audited "and the pull" image.pull used repo:birds/
finish
