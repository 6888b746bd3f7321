# Names, tags, digests and addresses that are none, or that want out.
. "$(dirname "$0")/lib.sh"
serve
login
latchkey cr namespace-add birds >/dev/null
rw=$(token --readwrite)
at() { # METHOD PATH [ARGUMENT]...
	method=$1 path=$2
	shift 2
	http "$method" "$path" --path-as-is -u "token:$rw" "$@"
}
before=$(at GET /v2/_catalog >/dev/null; cat "$T/body")
for name in Birds/robin birds/Robin birds/-robin birds/robin- birds//robin \
	birds/.. ../birds birds/. birds/ro..bin birds/ro___bin 'birds/r%00obin' \
	'birds/%2e%2e/x' 'birds%2frobin' 'birds/r%0d%0aSet-Cookie:x' \
	'birds/ro bin' 'birds/röbin' 'birds/$(id)' "birds/a'b" 'birds/--upload' \
	'birds/CON:x' 'birds/a\b' "birds/$(printf '%0300d' 0)"; do
	encoded=$(printf %s "$name" | sed 's/ /%20/g')
	like "no such name: $(printf %.40s "$name")" \
		"$(at POST "/v2/$encoded/blobs/uploads/")" '^(400|404)$'
	is "nor head of ours in it" "$(head_of set-cookie)" ""
done
is "a name in no namespace is refused for good" \
	"$(at POST /v2/robin/blobs/uploads/) $(errors)" "403 DENIED"
for name in birds/tags birds/manifests/list birds/blobs/uploads birds/a__b \
	birds/a.b birds/a--b birds/tags/list; do
	is "a good name: $name" "$(at POST "/v2/$name/blobs/uploads/")" 202
done
for tag in -x .x 'a b' 'a%00' "$(printf '%0129d' 0)" 'a:b' ..; do
	encoded=$(printf %s "$tag" | sed 's/ /%20/g')
	like "no such tag: $(printf %.40s "$tag")" \
		"$(at PUT "/v2/birds/robin/manifests/$encoded" --data '{}')" '^(400|404)$'
done
for digest in sha256:abc "sha256:$(printf '%064d' 0 | tr 0 G)" \
	"SHA256:$(printf '%064d' 0)" "md5:$(printf '%032d' 0)" \
	"sha256:../../../../etc/passwd" "sha256:%2e%2e%2f%2e%2e" \
	"sha256:$(printf '%065d' 0)" "sha256:$(printf '%063d' 0)"; do
	like "no such digest: $(printf %.40s "$digest")" \
		"$(at GET "/v2/birds/robin/blobs/$digest")" '^(400|404)$'
	like "nor as a manifest" \
		"$(at GET "/v2/birds/robin/manifests/$digest")" '^(400|404)$'
	is "nothing of the machine in it" "$(grep -c root: "$T/body")" 0
done
for path in /v2/../healthz /v2/%2e%2e/healthz /v2//_catalog '/v2/%zz' \
	'/v2/%c0%af' '/v2/birds/robin/tags/list;x' /./healthz /nowhere; do
	like "no such address: $path" "$(at GET "$path")" '^(400|404)$'
done
for n in 0 -1 x 99999999999999999999 1e9 1001; do
	like "a page of $n" "$(at GET "/v2/_catalog?n=$n")" '^(200|400)$'
done
is "a word given twice" "$(at GET '/v2/_catalog?n=1&n=2')" 400
is "nothing of it stayed" "$(at GET /v2/_catalog >/dev/null; cat "$T/body")" "$before"
for name in abc ab_ -abcd Abcd a.bcd "$(printf '%031d' 0)" 'ab%2fcd' 'a%00bcd'; do
	deny "no such namespace: $(printf %.40s "$name")" \
		latchkey cr namespace-add "$name"
done
is "and none was made" "$(latchkey cr namespaces --output json | jq length)" 1
is "alive" "$(http GET /healthz)" 200
finish
