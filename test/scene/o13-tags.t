# Tags: many with one push, lists in pages, deletion, and tags that stay.
. "$(dirname "$0")/lib.sh"
serve
login
. "$(dirname "$0")/oci.sh"
repo=birds/robin
echo one >"$T/one"
echo two >"$T/two"
for name in one two; do
	push_blob $repo "$T/$name"
	manifest "$T/m-$name" "$(desc $OCI.config.v1+json "$T/$name")" ""
done
tags() { # [QUERY]: the list's, in one line
	ask GET "/v2/$repo/tags/list${1:+?$1}" >/dev/null
	jq -r '.tags | join(" ")' "$T/body"
}
is "no repository, no list" "$(ask GET /v2/birds/nobody/tags/list; errors)" \
	404NAME_UNKNOWN
ten=$(for i in 1 2 3 4 5 6 7 8 9 10; do printf '&tag=t%d' $i; done)
push_manifest $repo "$(sum "$T/m-one")?${ten#&}" "$T/m-one"
is "ten tags with one push" "$status" 201
is "each is in the head" "$(sed -n 's/^oci-tag: *//Ip' "$T/head" | sort)" \
	"$(for i in 1 2 3 4 5 6 7 8 9 10; do echo t$i; done | sort)"
is "and in the list, in order" "$(tags)" "t1 t10 t2 t3 t4 t5 t6 t7 t8 t9"
push_manifest $repo "$(sum "$T/m-one")?${ten#&}&tag=t11" "$T/m-one"
is "eleven are too many" "$status" 400
push_manifest $repo "$(sum "$T/m-one")?tag=good&tag=.bad" "$T/m-one"
is "a bad one among them" "$status" 400
is "all or nothing" "$(ask HEAD "/v2/$repo/manifests/good")" 404
push_manifest $repo "t1?tag=more" "$T/m-one"
is "beside a tag" "$status" 400

is "three" "$(tags n=3)" "t1 t10 t2"
is "where the rest is" "$(head_of link)" \
	"</v2/$repo/tags/list?n=3&last=t2>; rel=\"next\""
is "the rest" "$(tags 'n=100&last=t2')" "t3 t4 t5 t6 t7 t8 t9"
is "is the last" "$(head_of link)" ""
is "after one that is not there" "$(tags last=t55)" "t6 t7 t8 t9"
is "after all" "$(tags last=zzz)" ""
is "a page of none" "$(tags n=0)$(head_of link)" ""
for name in a b c; do
	push_blob "birds/$name" "$T/one"
	push_manifest "birds/$name" 1 "$T/m-one"
done
is "the catalog in pages" "$(ask GET '/v2/_catalog?n=2' >/dev/null
	jq -c .repositories "$T/body"; head_of link)" "[\"birds/a\",\"birds/b\"]
</v2/_catalog?n=2&last=birds/b>; rel=\"next\""
is "goes on" "$(ask GET '/v2/_catalog?n=2&last=birds/b' >/dev/null
	jq -c .repositories "$T/body")" '["birds/c","birds/robin"]'

is "a tag is deleted" "$(ask DELETE "/v2/$repo/manifests/t10")" 202
there "and gone" 404 "/v2/$repo/manifests/t10"
there "its image stays" 200 "/v2/$repo/manifests/$(sum "$T/m-one")"
is "once" "$(ask DELETE "/v2/$repo/manifests/t10"; errors)" 404MANIFEST_UNKNOWN
push_manifest $repo t9 "$T/m-two"
is "a tag moves" "$status$(ask HEAD "/v2/$repo/manifests/t9" >/dev/null
	head_of docker-content-digest)" "201$(sum "$T/m-two")"

is "tags that stay" "$(options '{"immutable_tags":true}')" 200
push_manifest $repo t9 "$T/m-one"
is "one does not move" "$status$(errors)" 403DENIED
like "and why" "$(jq -r '.errors[0].message' "$T/body")" \
	'tag t9 is there already, and the tags of namespace birds are immutable'
is "it is where it was" "$(ask HEAD "/v2/$repo/manifests/t9" >/dev/null
	head_of docker-content-digest)" "$(sum "$T/m-two")"
push_manifest $repo t9 "$T/m-two"
is "the same again is fine" "$status" 201
push_manifest $repo "$(sum "$T/m-one")?tag=fresh&tag=t9" "$T/m-one"
is "nor among others" "$status$(errors)" 403DENIED
there "all or nothing" 404 "/v2/$repo/manifests/fresh"
is "deleting is no move" "$(ask DELETE "/v2/$repo/manifests/t9")" 202
push_manifest $repo t9 "$T/m-one"
is "then it is free" "$status" 201
is "deleting an image takes its tags" \
	"$(ask DELETE "/v2/$repo/manifests/$(sum "$T/m-one")")" 202
is "all of them" "$(tags)" ""
stop
want "verify" latchkeyd verify --data "$DATA"
finish
