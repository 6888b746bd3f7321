# Every command of `latchkey cr` against the daemon: what it shows, what it asks
# before, and what it leaves behind.
. "$(dirname "$0")/lib.sh"
serve
login
latchkey cr namespace-add birds >/dev/null
rw=$(token --readwrite)
push() { # IMAGE of $IMAGES, NAME:TAG
	skopeo copy -q --dest-creds "token:$rw" "oci:$IMAGES/$1:latest" \
		"docker://$HOST/$2"
}
digest_of() { # IMAGE of $IMAGES
	jq -r '.manifests[0].digest' "$IMAGES/$1/index.json"
}
status_of() { # REPO REFERENCE
	http GET "/v2/$1/manifests/$2" -u "token:$rw" -H \
		'Accept: application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json'
}
# A terminal on which somebody answers.
answer() { # ANSWER COMMAND...
	"$PYTHON" -c '
import os, pty, sys
pid, fd = pty.fork()
if pid == 0:
    os.execvp(sys.argv[2], sys.argv[2:])
out = b""
while b"[y/N] " not in out and b"region: " not in out:
    out += os.read(fd, 4096)
os.write(fd, sys.argv[1].encode() + b"\n")
try:
    while True:
        got = os.read(fd, 4096)
        if not got:
            break
        out += got
except OSError:
    pass
sys.stdout.write(out.decode().replace("\r", ""))
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
' "$@"
}
alone() { # COMMAND...: without a terminal
	setsid -w "$@"
}
PYTHON=/usr/bin/python3

want "cr --help" latchkey cr --help
for command in login region region-set info api namespace-add namespace-set \
	image-digests image-prune-untagged trash-list image-restore \
	retention-policy-set retention-run quota quota-set plan private-only \
	token-add; do
	said "has $command" "^  cr $command( |\$)"
done

# --- where -----------------------------------------------------------------
want "cr region" latchkey cr region
said "names region and registry" "region 'local', the registry is '$HOST'"
want "cr region-set" answer 1 latchkey cr region-set
said "asks by a menu" "^1\. local \($HOST\)"
said "and says what it set" "The region is set to 'local'"
deny "a number that is not there" answer 2 latchkey cr region-set
said "changes nothing" "nothing changed: that is no number"
want "cr info" latchkey cr info
said "has the account" "^Account +nest \([0-9a-f]{32}\)$"
is "as JSON" "$(latchkey cr info -v -o json | jq -r '"\(.region) \(.plan) \(.hosts[0])"')" \
	"local Standard $HOST"

# --- namespaces ------------------------------------------------------------
want "namespace-add in the resource group" latchkey cr namespace-add -g default nests
want "again" latchkey cr namespace-add nests
said "is no mistake" "yours already"
deny "in one that there is not" latchkey cr namespace-add -g other eggs
said "is said" "resource group"
want "namespace-assign" latchkey cr namespace-assign -g default nests
deny "without a group" latchkey cr namespace-assign nests
said "names the option" "-g GROUP is needed"
want "namespaces -v" latchkey cr namespaces -v
said "shows the group" "^nests +default +20"
want "namespace-show" latchkey cr namespace-show birds
said "shows the options" "^Immutable tags +off$"
want "namespace-set" latchkey cr namespace-set birds --immutable-tags on
said "shows them after" "^Immutable tags +on$"
said "and leaves the other" "^Sparse indexes +off$"
image robin amd64 "$(text_layer a one)"
image wren amd64 "$(text_layer b two)"
image owl amd64 "$(text_layer c three)"
want "a tag is pushed" push robin birds/robin:1
deny "and does not move" push wren birds/robin:1
want "off again" latchkey cr namespace-set birds --immutable-tags off \
	--allow-sparse on
said "with the other" "^Sparse indexes +on$"
want "it moves" push wren birds/robin:1
latchkey cr namespace-set birds --allow-sparse off >/dev/null
deny "nothing to set" latchkey cr namespace-set birds
said "is said" "give --immutable-tags or --allow-sparse"
deny "no such value" latchkey cr namespace-set birds --immutable-tags yes
said "is said, too" "--immutable-tags is on or off"

# --- lists -----------------------------------------------------------------
push robin birds/robin:2
push owl birds/owl:1
push owl birds/owl:2
robin=$(digest_of robin) wren=$(digest_of wren) owl=$(digest_of owl)
is "images" "$(latchkey cr images -q | sort | paste -sd ' ')" \
	"$HOST/birds/owl:1 $HOST/birds/owl:2 $HOST/birds/robin:1 $HOST/birds/robin:2"
is "restricted to a repository" \
	"$(latchkey cr images --restrict birds/owl -q | sort | paste -sd ' ')" \
	"$HOST/birds/owl:1 $HOST/birds/owl:2"
is "to a namespace" "$(latchkey cr images --restrict nests -q)" ""
want "with types, as scripts say it" latchkey cr images --show-type --no-va \
	--include-ibm --no-trunc
said "whole digests and types" "$owl +birds +.* OCI Image Manifest v1$"
deny "a restriction that is none" latchkey cr images --restrict birds/owl:1
said "is said" "NAMESPACE/REPO without a tag"
want "digests" latchkey cr digests --restrict birds/owl
said "with their tags" "^$HOST/birds/owl +$(echo "${owl#*:}" | cut -c 1-12) +1,2 +birds "
is "one reference a line" "$(latchkey cr image-digests --restrict birds/owl -q)" \
	"$HOST/birds/owl@$owl"
is "as JSON, restricted, too" "$(latchkey cr digests --restrict birds/owl -o json |
	jq -r '[.[].id] | join(" ")')" "$owl"
is "of another namespace: none" \
	"$(latchkey cr digests --restrict nests -o json)" '[]'
is "image-inspect" "$(latchkey cr image-inspect birds/owl:1 | jq -r .Architecture)" amd64
is "-q is its configuration's digest" \
	"$(latchkey cr image-inspect -q birds/owl:1 birds/owl:2 | uniq -c |
		sed 's/^ *//')" \
	"2 $(latchkey cr manifest-inspect birds/owl:1 | jq -r .config.digest)"
is "manifest-inspect -q: its parts" \
	"$(latchkey cr manifest-inspect -q birds/owl:1 | paste -sd ' ')" \
	"$(latchkey cr manifest-inspect birds/owl:1 |
		jq -r '[.config.digest, .layers[].digest] | join(" ")')"
want "image-tag" latchkey cr image-tag birds/owl:1 nests/owl:old
is "in another repository" "$(status_of nests/owl "$owl")" 200
want "image-untag" latchkey cr image-untag nests/owl:old
is "leaves the image" "$(status_of nests/owl "$owl")" 200

# --- trash -----------------------------------------------------------------
deny "image-rm with nobody to ask" alone latchkey cr image-rm birds/owl:1
said "does nothing" "not confirmed \(-f does not ask\)"
deny "asked and refused" answer n latchkey cr image-rm birds/owl:1
is "it is there" "$(status_of birds/owl 1)" 200
want "asked and confirmed" answer y latchkey cr image-rm birds/owl:1
is "it is not" "$(status_of birds/owl 1)" 404
want "trash-list" latchkey cr trash-list
said "has it for 30 days with its tags" "^$HOST/birds/owl@$owl +30 +1,2$"
is "restricted" "$(latchkey cr trash-list --restrict birds/robin -q)" ""
is "-q" "$(latchkey cr trash-list --restrict birds/owl -q)" "$HOST/birds/owl@$owl"
is "JSON" "$(latchkey cr trash-list -o json |
	jq -r --arg r "$HOST/birds/owl@$owl" '.[$r].tags | join(" ")')" "1 2"
push wren birds/owl:2
want "image-restore by digest" latchkey cr image-restore "birds/owl@$owl"
said "brings a tag back" "^Restored tag '1'\.$"
said "not one that is taken" "^Tag '2' names another image now"
is "it is there again" "$(status_of birds/owl 1)" 200
latchkey cr image-rm -f birds/robin:2 >/dev/null
want "image-restore by tag" latchkey cr image-restore birds/robin:2
is "it is there, too" "$(status_of birds/robin "$robin")" 200
deny "of a tag that is live" latchkey cr image-restore birds/owl:2
said "there is another way" "restore by digest"
deny "of nothing" latchkey cr image-restore birds/owl:9
audited "the trail has it" trash.restore done repo:birds/

# --- untagged --------------------------------------------------------------
# An index with two entries, of which no tag leads to the second but through it;
# a signature of a tagged image; and an image that nothing leads to.
want "prune what was left" latchkey cr image-prune-untagged -f
is "the trash has what no tag led to" "$(status_of nests/owl "$owl")" 404
image crow amd64 "$(text_layer d four)"
image kite arm64 "$(text_layer e five)"
index_of flock crow kite
skopeo copy -q --all --dest-creds "token:$rw" "oci:$IMAGES/flock:latest" \
	"docker://$HOST/birds/flock:1"
attach() { # NAME REPO SUBJECT: a manifest that says whose it is; its digest
	size=$(http GET "/v2/$2/manifests/$3" -u "token:$rw" -H \
		'Accept: application/vnd.oci.image.manifest.v1+json' >/dev/null
		wc -c <"$T/body")
	printf '{}' >"$T/empty"
	empty=sha256:$(sha256sum "$T/empty" | cut -d ' ' -f 1)
	http POST "/v2/$2/blobs/uploads/?digest=$empty" -u "token:$rw" \
		-H 'Content-Type: application/octet-stream' \
		--data-binary "@$T/empty" >/dev/null
	jq -cn --arg d "$3" --arg e "$empty" --arg n "$1" --argjson s "$size" '
		{schemaVersion: 2,
		 mediaType: "application/vnd.oci.image.manifest.v1+json",
		 artifactType: "application/vnd.example.signature",
		 config: {mediaType: "application/vnd.oci.empty.v1+json",
			  digest: $e, size: 2},
		 layers: [{mediaType: "application/vnd.oci.empty.v1+json",
			   digest: $e, size: 2}],
		 annotations: {name: $n},
		 subject: {mediaType: "application/vnd.oci.image.manifest.v1+json",
			   digest: $d, size: $s}}' | tr -d '\n' >"$T/signature"
	of=sha256:$(sha256sum "$T/signature" | cut -d ' ' -f 1)
	http PUT "/v2/$2/manifests/$of" -u "token:$rw" \
		-H 'Content-Type: application/vnd.oci.image.manifest.v1+json' \
		--data-binary "@$T/signature" >/dev/null
	echo "$of"
}
push owl birds/owl:1
signature=$(attach one birds/owl "$owl")
second=$(attach two birds/owl "$signature")
push robin birds/owl:3
lost=$(attach three birds/owl "$robin")
latchkey cr image-untag birds/owl:3 >/dev/null
deny "prune with nobody to ask" alone latchkey cr image-prune-untagged
said "says what would go" "^Found 2 untagged images\.$"
said "one a line" "^$HOST/birds/owl@$robin$"
is "and deletes nothing" "$(status_of birds/owl "$robin")" 200
want "nothing in another repository" latchkey cr image-prune-untagged -f \
	--restrict birds/flock
said "is said" "^Found 0 untagged images\.$"
want "prune" latchkey cr image-prune-untagged -f --restrict birds
is "what no tag leads to is gone" "$(status_of birds/owl "$robin")" 404
is "with what was attached to it" "$(status_of birds/owl "$lost")" 404
is "the signature of a tagged image stays" "$(status_of birds/owl "$signature")" 200
is "and what was attached to that" "$(status_of birds/owl "$second")" 200
for name in crow kite; do
	is "an entry of a tagged index stays: $name" \
		"$(status_of birds/flock "$(digest_of $name)")" 200
done
latchkey cr image-untag birds/flock:1 >/dev/null
want "prune an index that nothing leads to" latchkey cr image-prune-untagged -f \
	--restrict birds/flock
is "with its entries" "$(latchkey cr digests --restrict birds/flock -q)" ""

# --- retention -------------------------------------------------------------
for n in 1 2 3; do
	image "jay$n" amd64 "$(text_layer "f$n" "jay $n")"
	push "jay$n" "birds/jay:$n"
done
deny "retention-run without a number" latchkey cr retention-run birds
said "names the option" "--images N, or --images All"
deny "with none" latchkey cr retention-run birds --images few
said "says what it takes" "--images is a number"
deny "with nobody to ask" alone latchkey cr retention-run birds --images 2
said "says what would go" "^Found 1 image to delete in namespace 'birds'"
want "retention-run" latchkey cr retention-run -f birds --images 2
said "says what went" "^Deleted image '$HOST/birds/jay@sha256:"
is "two are left" "$(latchkey cr images --restrict birds/jay -q | wc -l)" 2
is "and no policy" "$(latchkey cr retention-policy-list -o json |
	jq '.birds.images_per_repo')" -1
want "retention-policy-set" latchkey cr retention-policy-set -f birds \
	--images 1 --retain-untagged --deletion-threshold-days 0
is "runs at once" "$(latchkey cr images --restrict birds/jay -q | wc -l)" 1
want "retention-policy-list" latchkey cr retention-policy-list
said "shows it" "^birds +1 +true +0$"
want "All and the untagged" latchkey cr retention-policy-set -f birds \
	--images all --retain-untagged
said "end it" "no retention policy any more"
is "it is gone" "$(latchkey cr retention-policy-list -o json |
	jq '.birds.images_per_repo')" -1

# --- quota -----------------------------------------------------------------
want "quota" latchkey cr quota
said "pull traffic" "^Pull traffic +Unlimited +[0-9]"
said "storage" "^Storage +Unlimited +[0-9]"
want "quota-set" latchkey cr quota-set --storage 512 --traffic 5120
said "shows what it set" "^Storage +512 MB +.*%\)$"
is "as JSON" "$(latchkey cr quota -o json | jq -c .limit)" \
	'{"traffic":5368709120,"store":536870912}'
is "usage is counted" "$(latchkey cr quota -o json | jq '.usage.store > 0')" true
want "one of them alone" latchkey cr quota-set --traffic none
is "leaves the other" "$(latchkey cr quota -o json | jq -c .limit)" \
	'{"traffic":-1,"store":536870912}'
want "nothing may be stored" latchkey cr quota-set --storage 0
deny "nothing can be pushed" push crow birds/crow:1
said "and why is said" "quota"
want "none" latchkey cr quota-set --storage none
want "it can" push crow birds/crow:1
deny "no number" latchkey cr quota-set --storage much
said "is said" "--storage is a number of megabytes, or none"
deny "nothing to set" latchkey cr quota-set
audited "the trail has it" quota.set done ''

# --- what is so here -------------------------------------------------------
want "plan" latchkey cr plan
said "says it" "plan is 'Standard'"
want "plan-upgrade" latchkey cr plan-upgrade
deny "to another" latchkey cr plan-upgrade Free
want "private-only" latchkey cr private-only --status
said "says it" "from anywhere"
want "off it is already" latchkey cr private-only --disable
deny "and cannot be on" latchkey cr private-only --enable
deny "one word is needed" latchkey cr private-only
said "and named" "one of --enable, --disable and --status"
want "platform-metrics" latchkey cr platform-metrics --status
want "iam-policies-status" latchkey cr iam-policies-status
said "says it" "IAM policies decide"
want "iam-policies-enable" latchkey cr iam-policies-enable

# --- tokens ----------------------------------------------------------------
want "token-add" latchkey cr token-add --description "for a scene" -o json
id=$(latchkey cr tokens -o json |
	jq -r '.[] | select(.secondary_owner == "for a scene") | ._id')
want "token-get" latchkey cr token-get "$id"
said "shows its id" "^Token identifier +$id$"
deny "token-rm with nobody to ask" alone latchkey cr token-rm "$id"
want "token-rm" latchkey cr token-rm -f "$id"
deny "it is gone" latchkey cr token-get "$id"

want "namespace-rm" latchkey cr namespace-rm -f birds
is "takes its trash along" "$(latchkey cr trash-list -q --restrict birds)" ""

# --- around it -------------------------------------------------------------
want "account show" latchkey account show
said "is the one logged in to" "^Account +nest$"
want "by its name" latchkey account show nest -o json
is "as JSON" "$(jq -r .slug "$T/said")" nest
ssh-keygen -q -t ed25519 -N '' -f "$T/key" </dev/null
want "access-key where" latchkey access-key where "$T/key.pub"
said "says that there is no place" "^No repository or project of the account nest has the key SHA256:"
finish
