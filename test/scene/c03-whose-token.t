# A token opens every namespace of its account, ones made later too; none of
# another account, and no other door.
. "$(dirname "$0")/lib.sh"
serve
login
want "a second account" latchkey account create den --owner bear@den.example
sed -n 's/^API Key *//p' "$T/said" >"$T/bear"
latchkey cr namespace-add birds >/dev/null
mine=$(token --readwrite)
XDG_CONFIG_HOME=$T/home/bear
mkdir -p "$XDG_CONFIG_HOME"
login "$T/bear"
latchkey cr namespace-add bears >/dev/null
theirs=$(token --readwrite)
deny "a namespace name has one owner" latchkey cr namespace-add birds
is "who is not named" "$(grep -ci -e nest -e owl "$T/said")" 0
XDG_CONFIG_HOME=$T/home/.config
latchkey cr namespace-add owls >/dev/null
image robin amd64 "$(text_layer a one)"

want "it opens its namespace" skopeo copy --dest-creds "token:$mine" \
	"oci:$IMAGES/robin:latest" "docker://$HOST/birds/robin:1"
want "and one made later" skopeo copy --src-creds "token:$mine" \
	--dest-creds "token:$mine" "docker://$HOST/birds/robin:1" \
	"docker://$HOST/owls/robin:1"
deny "another account's token does not pull" skopeo inspect \
	--creds "token:$theirs" "docker://$HOST/birds/robin:1"
said "and is denied" '[Dd]enied|DENIED|authenti|unauthorized'
there=$(http GET /v2/birds/robin/manifests/1 -u "token:$theirs"; cat "$T/body")
nowhere=$(http GET /v2/ghosts/robin/manifests/1 -u "token:$theirs"; cat "$T/body")
is "what exists and what does not look alike" \
	"$(printf %s "$there" | sed s/birds/NS/g)" \
	"$(printf %s "$nowhere" | sed s/ghosts/NS/g)"
is "the catalog shows only one's own" "$(http GET /v2/_catalog -u "token:$theirs" \
	>/dev/null; jq -c .repositories "$T/body")" '[]'
digest=$(jq -r '.manifests[0].digest' "$IMAGES/robin/index.json")
layer=$(jq -r '.layers[0].digest' "$IMAGES/robin/blobs/sha256/${digest#sha256:}")
is "knowing a digest does not mount it" "$(http POST \
	"/v2/bears/robin/blobs/uploads/?mount=$layer&from=birds/robin" \
	-u "token:$theirs")" 202

is "no other door: namespaces" "$(http GET /api/v1/namespaces \
	-H "Authorization: Bearer $mine")" 401
is "tokens" "$(http GET /api/v1/tokens -H "Authorization: Bearer $mine")" 401
is "audit" "$(http GET /latchkey/v1/audit -H "Authorization: Bearer $mine")" 401
is "IAM" "$(http POST /identity/token -d grant_type=urn:ibm:params:oauth:grant-type:apikey \
	-d "apikey=$mine")" 400
is "a token's id is not a user name" "$(http GET /v2/ -u "$(printf %s "$mine" |
	jq -Rr 'split(".")[1] | @base64d | fromjson | .jti'):$mine")" 401
finish
