# Where tags are immutable, one that is there is not moved.
. "$(dirname "$0")/lib.sh"
serve
login
latchkey cr namespace-add birds >/dev/null
latchkey cr namespace-add stones >/dev/null
rw=$(token --readwrite)
manifest() { # REPOSITORY TAG FILE
	http PUT "/v2/$1/manifests/$2" -u "token:$rw" \
		-H "Content-Type: $OCI.manifest.v1+json" --data-binary "@$3"
}
push_small "$rw" birds/robin 1
push_small "$rw" birds/robin other
one=$T/small/1/manifest other=$T/small/other/manifest
is "a tag is moved" "$(manifest birds/robin 1 "$other")" 201
is "and back" "$(manifest birds/robin 1 "$one")" 201
want "immutable from now on" latchkey cr namespace-set birds --immutable-tags on
is "says the namespace" "$(http GET /latchkey/v1/namespaces/birds \
	-u "iamapikey:$(key_in "$T/apikey")")$(jq -r '.name,.immutable_tags,.allow_sparse' \
	"$T/body" | paste -sd ' ')" "200birds true false"
audited "and the trail" namespace.update done namespace:birds
is "the same image again" "$(manifest birds/robin 1 "$one")" 201
is "another one is refused" "$(manifest birds/robin 1 "$other")$(errors)" 403DENIED
like "and told why" "$(jq -r '.errors[0].message' "$T/body")" 'tag.* 1 .*immutable|immutable.* 1 '
is "it is what it was" "$(http HEAD /v2/birds/robin/manifests/1 -u "token:$rw" \
	-H 'Accept: */*')$(head_of docker-content-digest)" "200sha256:$(sha256 "$one")"
is "a new tag" "$(manifest birds/robin 2 "$other")" 201
deny "image-tag onto one that is there" latchkey cr image-tag \
	"$HOST/birds/robin:other" "$HOST/birds/robin:1"
said "is refused for that" immutable
want "onto a new one it is not" latchkey cr image-tag \
	"$HOST/birds/robin:other" "$HOST/birds/robin:3"
want "a tag is removed" latchkey cr image-untag "$HOST/birds/robin:1"
is "and given anew" "$(manifest birds/robin 1 "$other")" 201
want "an image is deleted" latchkey cr image-rm -f "$HOST/birds/robin:1"
is "and its tags are free" "$(manifest birds/robin 1 "$one")" 201
push_small "$rw" stones/a 1
push_small "$rw" stones/a 2
is "in other namespaces tags move" "$(manifest stones/a 1 "$T/small/2/manifest")" 201
want "mutable again" latchkey cr namespace-set birds --immutable-tags off
push_small "$rw" birds/robin other
is "a tag is moved" "$(manifest birds/robin 1 "$other")" 201
like "nothing to change is an error" "$(http PATCH /latchkey/v1/namespaces/birds \
	-u "iamapikey:$(key_in "$T/apikey")" -H 'Content-Type: application/json' \
	-d '{}')" 400
is "as is a namespace that is not there" "$(http GET /latchkey/v1/namespaces/nests \
	-u "iamapikey:$(key_in "$T/apikey")")" 403
finish
