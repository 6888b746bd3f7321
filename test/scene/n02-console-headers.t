# What the console's replies carry, and what those of the other doors do: rows
# 4.18/2 and 4.18/4 of the catalogue.
. "$(dirname "$0")/lib.sh"
serve
login
index=$(http GET /console/)
is "/console/ is there" "$index" 200
hash=$(grep -o '/console/assets/[0-9a-f]*/app.js' "$T/body" | cut -d / -f 4)
like "it names its files by one hash" "$hash" '^[0-9a-f]{32}$'
is "in every address" "$(grep -o '/console/assets/[^/]*/' "$T/body" | sort -u)" \
	"/console/assets/$hash/"
deny "nothing is left to fill in" grep -q '@' "$T/body"
deny "it has no script or style of its own" grep -Eqi \
	'<style|<script>|style=| on[a-z]+=' "$T/body"
A=/console/assets/$hash

# --- what may be kept, and how
cached() { # DESCRIPTION PATH CACHE-CONTROL
	is "$1" "$(http GET "$2")" 200
	is "is kept: $3" "$(head_of cache-control)" "$3"
	tag=$(head_of etag)
	like "has a tag" "$tag" '^"[0-9a-f]{32}"$'
	is "depends on Accept-Encoding" "$(head_of vary)" Accept-Encoding
	cp "$T/body" "$T/plain"
	is "its length is said" "$(head_of content-length)" "$(size_of "$T/plain")"
	is "who has it is told so" "$(http GET "$2" -H "If-None-Match: $tag")" 304
	is "in no bytes" "$(size_of "$T/body")" 0
	is "with what keeps it" "$(head_of cache-control) $(head_of etag)" "$3 $tag"
	is "who has another gets it" \
		"$(http GET "$2" -H 'If-None-Match: "x", W/"y"')" 200
	is "compressed" "$(http GET "$2" -H 'Accept-Encoding: br, gzip;q=0.5')" 200
	is "it says so" "$(head_of content-encoding)" gzip
	small=$(size_of "$T/body") zipped=$(head_of etag)
	is "and how much" "$(head_of content-length)" "$small"
	want "it is the same" sh -c "gzip -dc <'$T/body' | cmp - '$T/plain'"
	want "and smaller" test "$small" -lt "$(size_of "$T/plain")"
	deny "with a tag of its own" test "$zipped" = "$tag"
	is "which the other copy has not" "$(http GET "$2" \
		-H "If-None-Match: $zipped")" 200
	is "but this one" "$(http GET "$2" -H "If-None-Match: W/$zipped" \
		-H 'Accept-Encoding: gzip')" 304
	for no in 'gzip;q=0' 'identity' 'br' '*;q=0'; do
		http GET "$2" -H "Accept-Encoding: $no" >/dev/null
		is "plain for $no" "$(head_of content-encoding)$(size_of "$T/body")" \
			"$(size_of "$T/plain")"
	done
	is "HEAD says the same" "$(http HEAD "$2")" 200
	is "by length" "$(head_of content-length)" "$(size_of "$T/plain")"
}
ever='public, max-age=31536000, immutable'
cached "a script" $A/app.js "$ever"
cp "$T/plain" "$T/script"
is "is one" "$(head_of content-type)" 'text/javascript; charset=utf-8'
cached "a style" $A/style.css "$ever"
cp "$T/plain" "$T/style"
is "is one" "$(head_of content-type)" 'text/css; charset=utf-8'
cached "a catalogue" $A/words/ko.js "$ever"
is "says what people read as they read it" "$(grep -c '액세스 키' "$T/plain")" 1
cached "index.html" /console/ no-cache
is "is a page" "$(head_of content-type)" 'text/html; charset=utf-8'
is "a picture" "$(http GET $A/icon.svg)" 200
is "is one" "$(head_of content-type)" image/svg+xml

# A page needs no more than these, and no other file of src/console is there.
is "the script asks for catalogues alone" \
	"$(grep -o 'import("[^"]*")' "$T/script" | sort -u | tr '\n' ' ')" \
	'import("./words/en.js") import("./words/ko.js") '
deny "and for nothing at once" grep -Eq '^import|;import[ {*]' "$T/script"
deny "nor the style for another" grep -q '@import' "$T/style"
want "functions have the names that they were written with" grep -q signedIn "$T/script"

missing() { # PATH [ARGUMENT of curl]...
	is "not there: $*" "$(http GET "$@")" 404
	is "and not for long" "$(head_of cache-control)" no-store
	is "in plain words" "$(head_of content-type)" 'text/plain; charset=utf-8'
}
zeros=00000000000000000000000000000000
missing /console/assets/$zeros/app.js
missing $A/none.js
missing $A/lib/dom.js
missing $A/index.html
missing $A/words
missing $A/words/
missing "$A/words%2Fen.js/"
missing $A/app.js/
missing $A
missing $A/
missing /console/assets
missing /console/assets/app.js
is "no way out of the folder" "$(http GET "$A/words/%2e%2e/app.js" --path-as-is)" 400
is "nor a plain one" "$(http GET "$A/../../../etc/passwd" --path-as-is)" 400
is "a folder" "$(http GET /console)" 308
is "is one" "$(head_of location)" /console/
for path in compute/keypairs compute/keypairs/main/web-key registry/images/a/b \
	me/ no/such/page 'registry/images/a%2Fb' 'access/users?q=%3Csvg%3E' %EC%83%88; do
	is "every address of a page is the page: $path" "$(http GET "/console/$path")" 200
	is "as at /console/" "$(sha256 "$T/body")" "$(sha256 "$T/plain")"
done
for method in POST PUT DELETE PATCH; do
	is "$method is nothing here" "$(http $method /console/compute)" 405
done

# --- what a page may do: the same at every reply
policy() { # PATH [ARGUMENT of curl]...
	http GET "$@" >/dev/null
	path=$1
	p=$(head_of content-security-policy)
	is "one policy at $path" "$(grep -ci '^content-security-policy:' "$T/head")" 1
	for part in "default-src 'none'" "script-src $URL$A/" "style-src $URL$A/" \
		"base-uri 'none'" "form-action 'none'" "frame-ancestors 'none'" \
		"require-trusted-types-for 'script'" "trusted-types 'none'" \
		"connect-src 'self'" "img-src 'self'" "report-uri /console/reports"; do
		case "$p;" in
		*"$part;"*) ok 0 "$path: $part" ;;
		*) ok 1 "$path: $part" && echo "# $p" ;;
		esac
	done
	deny "nothing unsafe" sh -c "echo \"$p\" | grep -E \"unsafe|\\*|data:|blob:\""
	is "no frame" "$(head_of x-frame-options)" DENY
	is "no guess" "$(head_of x-content-type-options)" nosniff
	is "no referrer" "$(head_of referrer-policy)" no-referrer
	is "no opener" "$(head_of cross-origin-opener-policy)" same-origin
	is "no other site's" "$(head_of cross-origin-resource-policy)" same-origin
	like "no camera" "$(head_of permissions-policy)" 'camera=\(\).*clipboard-write=\(self\)'
}
policy /console/
policy /console
policy $A/app.js
policy $A/none.js
policy /console/ -H "If-None-Match: $(http HEAD /console/ >/dev/null; head_of etag)"
is "(which was not modified)" "$(head_of content-length)" ''
policy /console/session -H 'Latchkey-Console: 1'
http GET /console/%zz >/dev/null
like "what is no address at all runs nothing" "$(head_of content-security-policy)" \
	"script-src 'none'; style-src 'none';.*frame-ancestors 'none'"
is "the scheme of a proxy that nobody trusts is hearsay" "$(http GET /console/ \
	-H 'X-Forwarded-Proto: https' -H 'X-Forwarded-Host: evil.example')" 200
deny "and in no policy" grep -i evil "$T/head"
is "a host that is not ours" "$(http GET /console/ -H 'Host: evil.example')" 421

# --- the other doors: what somebody stored is no page (4.18/4)
inert() { # DESCRIPTION
	is "$1: no guess" "$(head_of x-content-type-options)" nosniff
	is "$1: no page" "$(head_of content-security-policy)" \
		"default-src 'none'; frame-ancestors 'none'; sandbox"
	is "$1: no frame" "$(head_of x-frame-options)" DENY
}
key=$(key_in "$T/apikey")
latchkey cr namespace-add birds >/dev/null
rw=$(token --readwrite)
echo '<script>alert(1)</script>' >"$T/page.html"
digest=sha256:$(sha256 "$T/page.html")
is "a page as a blob" "$(http POST "/v2/birds/page/blobs/uploads/?digest=$digest" \
	-u "token:$rw" -H 'Content-Type: text/html' --data-binary "@$T/page.html")" 201
is "is given back" "$(http GET "/v2/birds/page/blobs/$digest" -u "token:$rw" \
	-H 'Accept: text/html')" 200
is "as bytes of no kind" "$(head_of content-type)" application/octet-stream
inert "a blob"
for type in text/html image/svg+xml application/xhtml+xml text/xml; do
	like "a manifest that says it is $type" "$(http PUT /v2/birds/page/manifests/x \
		-u "token:$rw" -H "Content-Type: $type" --data-binary "@$T/page.html")" \
		'^(400|404|415)$'
	inert "the refusal"
done
repo_create nest '{"description": "<script>alert(1)</script>"}'
bitbucket 200 GET /repositories/nest/nest
inert "a repository"
is "is JSON" "$(head_of content-type | cut -d ';' -f 1)" application/json
for path in /latchkey/v1/whoami /v1/apikeys /v2/groups /2.0/user /v2/ /nowhere \
	/identity/keys /healthz /latchkey/v1/openapi.json /git/nest/nest.git/info/refs \
	"/api/v1/images?x=<script>" /metadata/x/user-data; do
	http GET "$path" -u "iamapikey:$key" >/dev/null
	inert "$path"
done

# --- reports
told() { # STATUS TYPE BODY [ARGUMENT of curl]...
	status=$1 type=$2 data=$3
	shift 3
	is "$type: $data" "$(http POST /console/reports -H "Content-Type: $type" \
		--data-binary "$data" "$@")" "$status"
}
reports() {
	curl -s "$URL/metrics" | sed -n 's/^latchkey_console_reports_total //p'
}
is "nobody told anything" "$(reports)" 0
told 204 application/csp-report '{"csp-report":{"effective-directive":"script-src-elem","blocked-uri":"https://far.example/x?secret=1"}}'
told 204 application/reports+json '[{"type":"csp-violation","body":{"effectiveDirective":"img-src","blockedURL":"inline"}},{"type":"x"}]'
is "two were told" "$(reports)" 2
want "they are in the log" grep -q 'event=csp directive=script-src-elem blocked=https://far.example addr=127.0.0.1$' "$T/log"
want "both" grep -q 'event=csp directive=img-src blocked=inline' "$T/log"
deny "without what was asked there" grep -q 'secret=1' "$T/log"
told 204 application/csp-report '{"csp-report":{"effective-directive":"x\u000aevent=fake who=owl","blocked-uri":"a b=c"}}'
deny "nothing in it is a line of the log" grep -E 'event=fake| who=owl' "$T/log"
told 415 application/json '{}'
told 415 text/plain '{}'
told 400 application/csp-report '{}'
told 400 application/csp-report 'x'
told 400 application/reports+json '{}'
told 403 application/csp-report '{"csp-report":{"effective-directive":"x","blocked-uri":"y"}}' \
	-H 'Origin: https://evil.example'
head -c 20000 /dev/zero | tr '\0' x >"$T/long"
told 413 application/csp-report "@$T/long"
before=$(reports)
i=0
while [ $i -lt 70 ]; do
	i=$((i + 1))
	last=$(http POST /console/reports -H 'Content-Type: application/csp-report' \
		-d '{"csp-report":{"effective-directive":"flood","blocked-uri":"inline"}}')
	[ "$last" = 204 ] || refused=$((${refused:-0} + 1))
done
is "who tells too much" "${refused:+yes}" yes
is "but counted" "$(reports)" $((before + 70))
want "the log stays short" test "$(grep -c 'directive=flood' "$T/log")" -le 60
finish
