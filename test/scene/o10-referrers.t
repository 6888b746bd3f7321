# What refers to an image: lists, filters, pages; in either order of pushing.
. "$(dirname "$0")/lib.sh"
serve
login
. "$(dirname "$0")/oci.sh"
repo=birds/robin
printf one >"$T/layer"
push_blob $repo "$T/empty"
push_blob $repo "$T/layer"
manifest "$T/image" "$(desc $OCI.config.v1+json "$T/empty")" \
	"$(desc $OCI.layer.v1.tar "$T/layer")"
subject=$(desc $OCI.manifest.v1+json "$T/image")
list=/v2/$repo/referrers/$(sum "$T/image")
refer() { # NAME MORE: an artifact that refers to the image
	manifest "$T/$1" "$(desc $empty "$T/empty")" \
		"$(desc $empty "$T/empty")" ",\"subject\":$subject$2"
	push_manifest $repo "$(sum "$T/$1")" "$T/$1"
}
shown() { # the digests of the last list, sorted
	jq -r '.manifests[].digest' "$T/body" | sort
}
is "in a repository of nothing" "$(ask GET \
	"/v2/birds/nobody/referrers/$(sum "$T/image")")" 200
is "there is an empty index" "$(jq -c . "$T/body")" \
	"{\"schemaVersion\":2,\"mediaType\":\"$OCI.index.v1+json\",\"manifests\":[]}"
is "of that type" "$(head_of content-type)" $OCI.index.v1+json

refer sbom ',"artifactType":"text/sbom","annotations":{"org.example.made":"by hand"}'
is "an artifact may come before its subject" "$status" 201
is "which the head names" "$(head_of oci-subject)" "$(sum "$T/image")"
push_manifest $repo 1 "$T/image"
is "then the image" "$status" 201
is "which has no subject" "$(head_of oci-subject)" ""
refer signature ',"artifactType":"text/signature"'
refer plain ''
index "$T/index" "" ",\"subject\":$subject,\"artifactType\":\"text/sbom\""
push_manifest $repo all "$T/index" $OCI.index.v1+json
is "an index refers, too" "$(head_of oci-subject)" "$(sum "$T/image")"
index "$T/mute" "" ",\"subject\":$subject"
push_manifest $repo mute "$T/mute" $OCI.index.v1+json

is "all of them" "$(ask GET "$list")" 200
is "each once" "$(shown)" "$(for f in sbom signature plain index mute; do
	sum "$T/$f"; echo; done | sort)"
is "no filter was applied" "$(head_of oci-filters-applied)" ""
entry() { # FILE FILTER of its descriptor
	jq -c --arg d "$(sum "$T/$1")" ".manifests[] | select(.digest == \$d) | $2" \
		"$T/body"
}
is "with type, size and annotations" \
	"$(entry sbom '[.mediaType, .size, .artifactType, .annotations]')" \
	"[\"$OCI.manifest.v1+json\",$(size_of "$T/sbom"),\"text/sbom\",{\"org.example.made\":\"by hand\"}]"
is "the config's type, when it says no other" "$(entry plain .artifactType)" "\"$empty\""
is "an index has none then" "$(entry mute 'has("artifactType")')" false

is "of one type" "$(ask GET "$list?artifactType=text/sbom")" 200
is "the head says so" "$(head_of oci-filters-applied)" artifactType
is "two" "$(shown)" "$(for f in sbom index; do sum "$T/$f"; echo; done | sort)"
is "a plus in a type is written %2B" "$(ask GET "$list?artifactType=application/vnd.oci.empty.v1%2Bjson"
	shown)" "200$(sum "$T/plain")"
is "of a type that nothing has" "$(ask GET "$list?artifactType=no/such"
	shown)" 200
is "with the filter" "$(head_of oci-filters-applied)" artifactType
like "of a type of 64 KiB" "$(ask GET "$list?artifactType=$(printf '%065536d' 0)")" '^(200|400|414|431)$'

next=$list?n=2
pages=0
: >"$T/walked"
while [ -n "$next" ] && [ $pages -lt 9 ]; do
	is "a page" "$(ask GET "$next")" 200
	shown >>"$T/walked"
	pages=$((pages + 1))
	next=$(head_of link | sed -n 's/^<\([^>]*\)>; rel="next"$/\1/p')
done
is "two by two in three pages" "$pages" 3
is "each once" "$(sort "$T/walked")" "$(ask GET "$list" >/dev/null; shown)"
is "filtered pages" "$(ask GET "$list?artifactType=text/sbom&n=1")" 200
like "go on with the filter" "$(head_of link)" 'artifactType=text%2Fsbom'
for bad in n=-1 n=x n=1\&n=2 last=x last=%00; do
	is "no such page: $bad" "$(ask GET "$list?$bad")" 400
done
is "a page of none" "$(ask GET "$list?n=0"; shown)" 200
for digest in sha256:abc md5:d41d8cd98f00b204e9800998ecf8427e latest; do
	is "of no digest: $digest" "$(ask GET "/v2/$repo/referrers/$digest")" 400
done
is "nobody may ask" "$(http GET "$list")" 401

is "an artifact is deleted" "$(ask DELETE "/v2/$repo/manifests/$(sum "$T/sbom")")" 202
is "and listed no more" "$(ask GET "$list?artifactType=text/sbom"; shown)" \
	"200$(sum "$T/index")"
is "its subject may go" "$(ask DELETE "/v2/$repo/manifests/$(sum "$T/image")")" 202
is "before what refers to it" "$(ask GET "$list"; shown | wc -l)" 2004
stop
want "verify" latchkeyd verify --data "$DATA"
finish
