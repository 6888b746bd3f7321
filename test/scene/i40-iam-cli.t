# A build robot that may push and pull in one namespace and no other, made on the
# command line alone; logins of the four user names; a secret for Kubernetes.
. "$(dirname "$0")/lib.sh"
serve
login

oci_login() { # USER SECRET NAMESPACE: what the registry says of a push there
	got=$(bearer "$1" "$2" "repository:$3/app:pull,push")
	http POST "/v2/$3/app/blobs/uploads/" -H "Authorization: Bearer $got"
}
want "a namespace" latchkey cr namespace-add birds
want "and another" latchkey cr namespace-add bees

want "a key of one's own" latchkey iam api-key-create my-key -d "mine" \
	--file "$T/key.json"
is "its file is for oneself" "$(stat -c %a "$T/key.json")" 600
want "a service ID" latchkey iam service-id-create ci \
	--description "build robot"
said "says its version" '^Version +1-[0-9a-f]{32}$'
said "and what it is bound to" '^Bound To +crn:v1:bluemix:public:::a/[0-9a-f]{32}:::$'
want "may push and pull in birds" latchkey iam service-policy-create ci \
	--roles Reader,Writer --service-name container-registry \
	--region local --resource-type namespace --resource birds
want "a key of the service ID" latchkey iam service-api-key-create ci-key ci \
	--file "$T/ci.json"
deny "a file that is there is not written over" \
	latchkey iam service-api-key-create other ci --file "$T/ci.json"
ci=$(key_in "$T/ci.json")

is "the robot pushes in birds" "$(oci_login iamapikey "$ci" birds)" 202
is "and not in bees" "$(oci_login iamapikey "$ci" bees)" 403
is "which says so" "$(errors)" DENIED
like "who, what and where" "$(jq -r '.errors[0].message' "$T/body")" \
	'image.push in namespace bees .*ServiceId-'

# The same with a real client that logs in with the line of the README.
image robin amd64 "$(text_layer song tweet)"
in_and_out() { # NAMESPACE
	skopeo copy -q "oci:$IMAGES/robin:latest" "docker://$HOST/$1/robin:1" &&
		skopeo copy -q "docker://$HOST/$1/robin:1" "dir:$T/back.$1"
}
want "skopeo logs in" sh -c \
	'sed -n '\''s/.*"apikey": *"\([^"]*\)".*/\1/p'\'' "$0" |
	skopeo login -u iamapikey --password-stdin "$1"' "$T/ci.json" "$HOST"
want "pushes to birds and pulls from it" in_and_out birds
is "what it pushed" \
	"$(cmp "$T/back.birds/manifest.json" "$T/manifest.json" && echo same)" same
deny "and does not push to bees" in_and_out bees
said "where it is denied" 'denied|403 .Forbidden.'
skopeo copy -q --dest-creds "iamapikey:$(key_in "$T/apikey")" \
	"oci:$IMAGES/robin:latest" "docker://$HOST/bees/robin:1"
deny "nor pulls from there" skopeo copy -q "docker://$HOST/bees/robin:1" \
	"dir:$T/none"
said "what others pushed" 'denied'

key=$(key_in "$T/key.json")
is "one's own key opens both" "$(oci_login iamapikey "$key" bees)" 202
access=$(latchkey iam oauth-tokens | sed 's/.* //')
is "an access token as iambearer" "$(oci_login iambearer "$access" bees)" 202
is "a refresh token as iamrefresh" \
	"$(oci_login iamrefresh "$(delegated_token)" bees)" 202
is "a registry token as token" \
	"$(oci_login token "$(token --readwrite)" bees)" 202

want "a secret for Kubernetes" latchkey cr pull-secret birds-pull \
	--namespace web --service-id ci
/usr/bin/python3 - "$T/said" "$T/pull" <<'PY'
import base64, json, sys
text = open(sys.argv[1]).read()
data = [l.split(": ")[1] for l in text.split("\n") if ".dockerconfigjson:" in l]
auths = json.loads(base64.b64decode(data[0]))["auths"]
(host, entry), = auths.items()
pair = base64.b64decode(entry["auth"]).decode()
assert pair == entry["username"] + ":" + entry["password"]
open(sys.argv[2], "w").write("%s %s" % (host, pair))
PY
is "it is for this registry" "$(cut -d ' ' -f 1 "$T/pull")" "$HOST"
pull=$(sed 's/.* iamapikey://' "$T/pull")
is "its key logs in" "$(oci_login iamapikey "$pull" birds)" 202
latchkey iam service-api-keys ci >"$T/said"
said "and its description names it" 'imagePullSecret web/birds-pull'

why="latchkey explain ci --action container-registry.image.push --resource"
want "why the robot may" $why birds
said "is a sentence" '^ci may push to birds: policy [0-9a-f-]{36} grants it \(Writer\)\.$'
want "and why it may not" $why bees
said "with what comes near" '^ci may not push to bees: no policy grants it; policy [0-9a-f-]{36} would, but for its resource \(birds\)\.$'
keep sh -c 'key=$(jq -r .apikey "$0"); printf %s "$key" | latchkey explain - \
	--action container-registry.image.push --resource bees' "$T/ci.json"
said "its key neither" '^This credential may not push to bees: nothing grants it'
want "what is granted to it" latchkey explain ci
said "is a line" '^Reader, Writer +container-registry +local +namespace +birds '
want "who may" latchkey explain --who \
	--action container-registry.image.push --resource bees
is "is not the robot" "$(grep -c '^service ' "$T/said")" 0
deny "nobody's name" latchkey explain nobody
said "is said to be none" "called 'nobody'"

want "twins" latchkey iam service-id-create ci
deny "nobody knows which of them is meant" latchkey explain ci
said "but by UUID" '^ +ServiceId-[0-9a-f-]{36}$'
deny "a name of two is none" latchkey iam service-id ci
said "and the UUIDs are listed" '^ +ServiceId-[0-9a-f-]{36}$'
uuid=$(latchkey iam service-ids --output json |
	jq -r '.[] | select(.description == "build robot").id')
want "by UUID it is one" latchkey iam service-id "$uuid"
want "locking" latchkey iam service-id-lock "$uuid"
deny "keeps it from changes" latchkey iam service-id-update "$uuid" -d x
want "unlocking" latchkey iam service-id-unlock "$uuid"
want "a change" latchkey iam service-id-update "$uuid" -n robot
want "shutting it out" latchkey iam service-id-disable robot
is "is felt by its key" "$(oci_login iamapikey "$ci" birds)" 401
want "and letting it in" latchkey iam service-id-enable robot
is "too" "$(oci_login iamapikey "$ci" birds)" 202
want "rotation" latchkey iam service-api-key-rotate ci-key robot \
	--file "$T/new.json"
is "the old one works" "$(oci_login iamapikey "$ci" birds)" 202
is "the new one works" \
	"$(oci_login iamapikey "$(key_in "$T/new.json")" birds)" 202
ended() {
	[ "$(oci_login iamapikey "$ci" birds)" = 401 ]
}
until_ok ended
ok $? "and has ended the old one"

policy=$(latchkey iam service-policies robot --output json | jq -r '.[0].id')
want "taking the policy back" latchkey iam service-policy-delete robot \
	"$policy" -f
is "is felt" "$(oci_login iamapikey "$pull" birds)" 403
keep env -u LC_ALL -u LANGUAGE LANG=ko_KR.UTF-8 latchkey iam service-ids
said "Korean" '상태'
finish
