# Longer digests: kept as they are pushed, whoever says it when.
. "$(dirname "$0")/lib.sh"
serve
login
. "$(dirname "$0")/oci.sh"
repo=birds/robin
head -c 300000 /dev/urandom >"$T/blob"
head -c 100000 "$T/blob" >"$T/1"
tail -c +100001 "$T/blob" >"$T/2"
long=$(sum "$T/blob" sha512)
blob=/v2/$repo/blobs/$long
again() {
	ask DELETE "$blob" >/dev/null
	there "gone again" 404 "$blob"
}
push_blob $repo "$T/blob" sha512
is "in one request" "$status" 201
is "the head says which" "$(head_of docker-content-digest)" "$long"
is "and where" "$(head_of location | sed "s,^$URL,,")" "$blob"
is "GET" "$(ask GET "$blob")" 200
is "the bytes" "$(sum "$T/body")" "$(sum "$T/blob")"
is "their digest" "$(head_of docker-content-digest)" "$long"
there "not under the other digest" 404 "/v2/$repo/blobs/$(sum "$T/blob")"
again

begin $repo digest-algorithm=sha512
is "announced" "$status" 202
is "a chunk" "$(ask PATCH "$session" -H "Content-Type: $octets" \
	-H 'Content-Range: 0-99999' --data-binary "@$T/1")" 202
session=$(head_of location | sed "s,^$URL,,")
restart
is "it goes on after a restart" "$(ask PUT "$(close_at "$session" "$long")" \
	-H "Content-Type: $octets" -H 'Content-Range: 100000-299999' \
	--data-binary "@$T/2")" 201
again

begin $repo
is "not announced: a stream" "$(ask PATCH "$session" \
	-H "Content-Type: $octets" -T "$T/blob" -H 'Transfer-Encoding: chunked')" 202
session=$(head_of location | sed "s,^$URL,,")
is "another digest at the end" "$(ask PUT "$(close_at "$session" \
	"$(sum "$T/1" sha512)")"; errors)" 400DIGEST_INVALID
is "its own" "$(ask PUT "$(close_at "$session" "$long")")" 201
is "is the same blob" "$(ask GET "$blob" >/dev/null; sum "$T/body")" "$(sum "$T/blob")"
again

begin $repo
is "POST, then PUT" "$(ask PUT "$(close_at "$session" "$long")" \
	-H "Content-Type: $octets" --data-binary "@$T/blob")" 201
is "mounted elsewhere" "$(ask POST \
	"/v2/birds/wren/blobs/uploads/?mount=$long&from=$repo" \
	-H 'Content-Length: 0')" 201
there "it is there" 200 "/v2/birds/wren/blobs/$long"
is "announced in vain" "$(begin $repo digest-algorithm=sha512
	ask PUT "$(close_at "$session" "$(sum "$T/1")")" --data-binary "@$T/1" \
	-H "Content-Type: $octets")" 201
for bad in md5 SHA512 sha512:x '' 'sha%00'; do
	like "no such algorithm: $bad" "$(begin $repo "digest-algorithm=$bad"
		echo "$status")" '^400$'
done
for bad in "sha512:$(printf '%0127d' 0)" "sha512:$(printf '%0129d' 0)" \
	"sha512:$(printf '%064d' 0)" "sha256:$(printf '%0128d' 0)" \
	"SHA512:$(printf '%0128d' 0)" "sha512:$(printf '%0128d' 0 | tr 0 G)"; do
	is "no such digest: $(printf %.20s "$bad")" \
		"$(ask GET "/v2/$repo/blobs/$bad")" 400
done

# Manifests: by digest, with tags beside it.
push_blob $repo "$T/empty" sha512
manifest "$T/image" "$(desc $OCI.config.v1+json "$T/empty" sha512)" \
	"$(desc $OCI.layer.v1.tar "$T/blob" sha512)"
push_manifest $repo "$(sum "$T/image" sha512)?tag=1&tag=latest" "$T/image"
is "a manifest by its sha512" "$status" 201
is "the head says it" "$(head_of docker-content-digest)" "$(sum "$T/image" sha512)"
is "and the tags" "$(grep -ci '^oci-tag:' "$T/head")" 2
is "by tag" "$(ask GET "/v2/$repo/manifests/latest")" 200
is "with its digest" "$(head_of docker-content-digest)" "$(sum "$T/image" sha512)"
is "byte for byte" "$(sum "$T/body")" "$(sum "$T/image")"
there "not under another" 404 "/v2/$repo/manifests/$(sum "$T/image")"
index "$T/index" "$(desc $OCI.manifest.v1+json "$T/image" sha512)"
push_manifest $repo "$(sum "$T/index" sha512)" "$T/index" $OCI.index.v1+json
is "an index over it" "$status" 201
is "which needs it" "$(ask DELETE "/v2/$repo/manifests/$(sum "$T/image" sha512)")" 409
push_manifest $repo "$(sum "$T/blob" sha512)" "$T/image"
is "by another's digest" "$status$(errors)" 400DIGEST_INVALID
push_manifest $repo 2 "$T/image"
is "by a tag it has the shorter one" "$(head_of docker-content-digest)" \
	"$(sum "$T/image")"
stop
want "verify, every blob hashed" latchkeyd verify --deep --data "$DATA"
finish
