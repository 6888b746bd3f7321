# Hostile bytes for the HTTP side, one row after another, as x10 and x11 send
# them in the clear and through TLS. The numbers are those of the project's
# catalogue of bad input, part 4.1: none of its 30 rows is left out.
#
# Source it after serve with short deadlines; $RAW is how bytes are sent: "raw"
# or "raw -s".
H="Host: $HOST\r\n"

# One raw request, escapes as printf's %b knows them: $got the statuses that
# came back, $closed whether the other side closed.
answer() {
	got=$(grep -a -o 'HTTP/1\.1 [1-5][0-9][0-9]' "$T/said" |
		cut -d ' ' -f 2 | paste -sd ' ')
	closed=$([ "$1" -eq 0 ] && echo closed || echo open)
}
send() { # BYTES
	# shellcheck disable=SC2086 # words
	printf '%b' "$1" | timeout 30 $RAW -t 8000 "$HOST" >"$T/said" 2>/dev/null
	answer $?
}
refused() { # DESCRIPTION STATUS BYTES: this answer alone, then closed
	send "$3"
	like "$1" "$got, $closed" "^($2), closed\$"
}
answered() { # DESCRIPTION STATUSES BYTES: these answers, the last one closes
	send "$3"
	like "$1" "$got" "^($2)\$"
}
unsaid() { # DESCRIPTION BYTES-OF-A-REGEX: the last answer does not have them
	LC_ALL=C grep -a -q -- "$2" "$T/said"
	is "$1" $? 1
}
rep() { # COUNT TEXT: the text so many times
	n=$1 t=$2 awk 'BEGIN {
		for (n = ENVIRON["n"]; n > 0; n--)
			printf "%s", ENVIRON["t"]
	}' </dev/null
}
bye="Connection: close\r\n"
# Never to be executed: the log would have its path.
inner="GET /smuggled HTTP/1.1\r\n${H}\r\n"
get="GET /healthz HTTP/1.1\r\n$H"
form="Content-Type: application/x-www-form-urlencoded\r\n"
post="POST /oauth/token HTTP/1.1\r\n$H$form"
chunked="${post}Transfer-Encoding: chunked\r\n\r\n"
zeros=$(printf '%05000d' 0)

wire_lengths() {
	refused "4.1/1 two lengths, 5 and 0" 400 "${post}Content-Length: 5\r\nContent-Length: 0\r\n\r\nhello$inner"
	refused "4.1/1 two lengths, 0 and 5" 400 "${post}Content-Length: 0\r\nContent-Length: 5\r\n\r\nhello$inner"
	refused "4.1/1 the same length twice" 400 "${post}Content-Length: 0\r\nContent-Length: 0\r\n\r\n$inner"
	refused "4.1/1 a list of lengths" 400 "${post}Content-Length: 0, 0\r\n\r\n$inner"
	refused "4.1/2 length 0, then 40, with a request for a body" 400 "${post}Content-Length: 0\r\nContent-Length: ${#inner}\r\n\r\n$inner"
	refused "4.1/3 length and chunked" 400 "${post}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n$inner"
	refused "4.1/3 chunked and length" 400 "${post}Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n$inner"
	refused "4.1/4 an unknown coding" 501 "${post}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n$inner"
	for coding in 'chunked, chunked' 'gzip, chunked' 'chunked, identity' \
		identity '"chunked"' 'chunked;q=1' ''; do
		refused "4.1/4 the coding '$coding'" 501 "${post}Transfer-Encoding: $coding\r\n\r\n0\r\n\r\n$inner"
	done
	refused "4.1/4 two fields of codings" 400 "${post}Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n$inner"
	refused "4.1/4 a coding hidden behind a vertical tab" 400 "${post}Transfer-Encoding: \0013chunked\r\n\r\n0\r\n\r\n$inner"
	refused "4.1/5 a coding in HTTP/1.0" 400 "POST /oauth/token HTTP/1.0\r\n${H}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n$inner"
	for length in +5 -1 5abc 0x5 '' '5 5' 5, 5.0 ' 5 5' '"5"' 1e1; do
		refused "4.1/6 the length '$length'" 400 "${post}Content-Length: $length\r\n\r\nhello$inner"
	done
	for length in 9223372036854775807 9223372036854775808 \
		18446744073709551615 18446744073709551616 \
		99999999999999999999999999999999999999999; do
		refused "4.1/7 the length $length, before any of the body" 413 "${post}Content-Length: $length\r\n\r\n"
	done
}

wire_chunks() {
	answered "4.1/8 an extension of a chunk is passed over" "4[0-9][0-9] 200" "${chunked}3;a=b;c=\"d\"\r\na=b\r\n0\r\n\r\n$get$bye\r\n"
	refused "4.1/8 an extension of 64 KiB" 400 "${chunked}3;a=$(rep 13 "$zeros")\r\na=b\r\n0\r\n\r\n$inner"
	refused "4.1/8 a bare LF behind a chunk size" 400 "${chunked}3\nabc\r\n0\r\n\r\n$inner"
	refused "4.1/8 a bare LF in an extension" 400 "${chunked}3;a\nabc\r\n0\r\n\r\n$inner"
	refused "4.1/8 a bare LF behind the data" 400 "${chunked}3\r\nabc\n0\r\n\r\n$inner"
	for size in z 0x3 +3 -3 ' 3' '3 ' '' 00000000000000003 fffffffffffffffff; do
		refused "4.1/8 the chunk size '$size'" 400 "${chunked}$size\r\nabc\r\n0\r\n\r\n$inner"
	done
	refused "4.1/8 a chunk that ends elsewhere" 400 "${chunked}3\r\nhello\r\n0\r\n\r\n$inner"
	before=$(ticks)
	{ printf '%b' "$chunked" && yes "$(printf '1\r\nx\r')" | head -n 1000000; } |
		timeout 60 $RAW -t 20000 "$HOST" >"$T/said" 2>/dev/null
	answer $?
	is "4.1/9 a million chunks of a byte: the limit of bodies" "$got, $closed" "413, closed"
	echo "# ticks of the processor: $(($(ticks) - before))"
	answered "4.1/10 a length in a trailer frames nothing" "4[0-9][0-9] 200" "${chunked}3\r\na=b\r\n0\r\nContent-Length: 60\r\nTransfer-Encoding: chunked\r\n\r\n$get$bye\r\n"
	answered "4.1/10 a host in a trailer names nothing" "4[0-9][0-9] 200" "${chunked}3\r\na=b\r\n0\r\nHost: evil.example\r\n\r\n$get$bye\r\n"
	answered "4.1/10 a credential in a trailer proves nothing" 401 "POST /v2/birds/robin/blobs/uploads/ HTTP/1.1\r\n${H}${bye}Transfer-Encoding: chunked\r\n\r\n0\r\nAuthorization: Basic $basic\r\n\r\n"
	answered "4.1/10 which it does in the head" 202 "POST /v2/birds/robin/blobs/uploads/ HTTP/1.1\r\n${H}${bye}Authorization: Basic $basic\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
	refused "4.1/10 a trailer that is folded" 400 "${chunked}0\r\nA: b\r\n c\r\n\r\n$inner"
	refused "4.1/10 a trailer with a NUL" 400 "${chunked}0\r\nA: b\0000\r\n\r\n$inner"
	refused "4.1/10 trailers of 64 KiB" 400 "${chunked}0\r\nA: $(rep 13 "$zeros")\r\n\r\n$inner"
}

wire_lines() {
	refused "4.1/11 a continued line" 400 "${get}A: b\r\n c\r\n\r\n$inner"
	refused "4.1/11 continued with a tab" 400 "${get}A: b\r\n\tc\r\n\r\n$inner"
	refused "4.1/11 a first line that continues" 400 "GET /healthz HTTP/1.1\r\n $H\r\n$inner"
	refused "4.1/12 bare LF ends no line" 400 "GET /healthz HTTP/1.1\nHost: $HOST\n\n$inner"
	refused "4.1/12 nor one line among good ones" 400 "${get}A: b\n\r\n$inner"
	refused "4.1/12 nor the head" 400 "${get}A: b\r\n\n$inner"
	refused "4.1/12 a bare CR in a value" 400 "${get}A: b\rContent-Length: 5\r\n\r\n$inner"
	refused "4.1/12 a bare CR for a line end" 400 "GET /healthz HTTP/1.1\rHost: $HOST\r\r$inner"
	refused "4.1/12 CR CR LF" 400 "${get}A: b\r\r\n\r\n$inner"
	refused "4.1/12 two empty lines before a request" 400 "\r\n\r\n$get\r\n"
	refused "4.1/13 NUL in a value" 400 "${get}A: b\0000c\r\n\r\n$inner"
	refused "4.1/13 NUL in a name" 400 "${get}A\0000: b\r\n\r\n$inner"
	refused "4.1/13 NUL in the method" 400 "G\0000ET /healthz HTTP/1.1\r\n$H\r\n$inner"
	refused "4.1/13 NUL in the target" 400 "GET /heal\0000thz HTTP/1.1\r\n$H\r\n$inner"
	refused "4.1/13 %00 in the target" 400 "GET /heal%00thz HTTP/1.1\r\n$H\r\n$inner"
	answered "4.1/13 %00 in the query" 400 "GET /v2/_catalog?n=%00 HTTP/1.1\r\n$H$bye\r\n"
	for bad in 'A b: c' ': c' 'hello' 'A\0177: c' 'A\0200: c' '"A": c'; do
		refused "4.1/13 the field '$bad'" 400 "$get$bad\r\n\r\n$inner"
	done
	refused "4.1/13 a blank before the colon" 400 "GET /healthz HTTP/1.1\r\nHost : $HOST\r\n\r\n$inner"
	refused "4.1/15 no Host" 400 "GET /healthz HTTP/1.1\r\n\r\n$inner"
	refused "4.1/15 two Hosts" 400 "${get}Host: other\r\n\r\n$inner"
	refused "4.1/15 the same Host twice" 400 "$get$H\r\n$inner"
	refused "4.1/15 an empty Host" 400 "GET /healthz HTTP/1.1\r\nHost:\r\n\r\n$inner"
	refused "4.1/16 a request line of 64 KiB" 414 "GET /$(rep 13 "$zeros") HTTP/1.1\r\n$H\r\n"
	refused "4.1/16 and one that does not end" 414 "GET /$(rep 13 "$zeros")"
	refused "4.1/16 a field of 20 KiB" 431 "${get}A: $(rep 4 "$zeros")\r\n\r\n"
	refused "4.1/16 101 fields" 431 "$get$(rep 100 'A: b\r\n')\r\n"
}

wire_starts() {
	refused "4.1/17 a method of 5000 letters" 501 "$(printf %s "$zeros" | tr 0 A) /healthz HTTP/1.1\r\n$H\r\n$inner"
	refused "4.1/17 a method in small letters" 501 "get /healthz HTTP/1.1\r\n$H\r\n$inner"
	refused "4.1/17 the preface of HTTP/2" 505 "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
	refused "4.1/17 TRACE echoes nothing" 405 "TRACE /healthz HTTP/1.1\r\n$H\r\n"
	refused "4.1/18 HTTP/0.9 in one line" 400 "GET /healthz\r\n"
	refused "4.1/18 HTTP/0.9 with a head" 400 "GET /healthz\r\n$H\r\n"
	for version in 1.9 2.0 3.0 0.9; do
		refused "4.1/18 HTTP/$version" 505 "GET /healthz HTTP/$version\r\n$H\r\n$inner"
	done
	for version in HTTP/1.1x http/1.1 HTTP/1 HTTP/11 HTTP/1.10 HTP/1.1 'HTTP/1.1 '; do
		refused "4.1/18 the version '$version'" 400 "GET /healthz $version\r\n$H\r\n$inner"
	done
	refused "4.1/19 an absolute target" 400 "GET http://evil.example/v2/ HTTP/1.1\r\n$H\r\n$inner"
	unsaid "4.1/19 which nobody repeats" evil
	refused "4.1/19 an absolute target with our name" 400 "GET http://$HOST/v2/ HTTP/1.1\r\n$H\r\n$inner"
	refused "4.1/19 CONNECT" 405 "CONNECT evil.example:22 HTTP/1.1\r\nHost: evil.example:22\r\n\r\n$inner"
	answered "4.1/19 OPTIONS of the server" 204 "OPTIONS * HTTP/1.1\r\n$H$bye\r\n"
	refused "4.1/19 no other method has that target" 400 "GET * HTTP/1.1\r\n$H\r\n$inner"
	for path in /%zz /%2 /a%2 /%c0%af /%e0%80%af /%ff /%2e%2e%2fetc \
		/a%2e%2e/b /%5cetc '/\\\\etc' // /v2//x /./v2/ /a/../v2/ /a/. /a/.. \
		'/v2/;x' '/v2/#f' '/v2/?a#f' '/v2/\0011' '/v2/\0303\0251' v2/ '' '?x' \
		/v2/%0d%0aA:b /v2/%7f /v2/%09; do
		refused "4.1/20 the target '$path'" 400 "GET $path HTTP/1.1\r\n$H\r\n$inner"
	done
	answered "4.1/20 an escaped slash makes no other path" "40[04]" "GET /v2%2f HTTP/1.1\r\n$H$bye\r\n"
	for query in 'a=%zz' 'a=%2' 'a=%c0%af' 'a=%ff' '%00=a'; do
		answered "4.1/20 the query '$query'" 400 "GET /v2/_catalog?$query HTTP/1.1\r\n$H$bye\r\n"
	done
	upload="POST /v2/birds/robin/blobs/uploads/?"
	proof="Authorization: Basic $basic\r\n"
	for query in 'digest=a&digest=b' 'mount=a&mount=a&from=birds/wren' \
		'mount=a&from=birds/a&from=birds/b'; do
		answered "4.1/21 POST ...?$query" 400 "$upload$query HTTP/1.1\r\n$H$proof${bye}Content-Length: 0\r\n\r\n"
	done
	answered "4.1/21 ?n=1&n=2" 400 "GET /v2/birds/robin/tags/list?n=1&n=2 HTTP/1.1\r\n$H$proof$bye\r\n"
	answered "4.1/21 ?last=a&last=b" 400 "GET /v2/birds/robin/tags/list?last=a&last=b HTTP/1.1\r\n$H$proof$bye\r\n"
	answered "4.1/21 ?service=a&service=b" 400 "GET /oauth/token?service=a&service=b HTTP/1.1\r\n$H$proof$bye\r\n"
	answered "4.1/21 a form's field twice" 400 "POST /identity/token HTTP/1.1\r\n$H$form${bye}Content-Length: 29\r\n\r\ngrant_type=a&grant_type=b&a=b"
}

wire_fields() {
	for door in /v2/ /latchkey/v1/whoami /api/v1/namespaces /v1/apikeys \
		/2.0/repositories/nest; do
		for word in "Basic \0377\0376" "Bearer \0377\0376caf\0303\0251" \
			"\0377 \0377"; do
			answered "4.1/14 $door: 8 bits in Authorization: $word" 401 "GET $door HTTP/1.1\r\n${H}Authorization: $word\r\n$bye\r\n"
			unsaid "4.1/14 which are not repeated" "$(printf '[\200-\377]')"
		done
	done
	send "GET /v2/ HTTP/1.1\r\n${H}Authorization: Bearer \0377\r\n$bye\r\n"
	said "4.1/14 in the registry's words" '"code":"UNAUTHORIZED"'
	answered "4.1/22 two Authorizations" 400 "GET /v2/ HTTP/1.1\r\n$H${proof}Authorization: Bearer x\r\n$bye\r\n"
	answered "4.1/22 the same one twice" 400 "GET /v2/ HTTP/1.1\r\n$H$proof$proof$bye\r\n"
	answered "4.1/22 two schemes in one" 401 "GET /v2/ HTTP/1.1\r\n${H}Authorization: Basic $basic, Bearer x\r\n$bye\r\n"
	answered "4.1/22 a bearer of two words" 401 "GET /v2/ HTTP/1.1\r\n${H}Authorization: Bearer a b\r\n$bye\r\n"
	refused "4.1/22 a bearer of 100 KiB" 431 "GET /v2/ HTTP/1.1\r\n${H}Authorization: Bearer $(rep 20 "$zeros")\r\n\r\n"
	for door in /oauth/token /latchkey/v1/users; do
		refused "4.1/23 $door: 417 for an expectation that is none" 417 "POST $door HTTP/1.1\r\n$H${form}Expect: foo\r\nContent-Length: 0\r\n\r\n$inner"
	done
	refused "4.1/23 100 Continue, then nothing: 408 at the deadline" "100 408" "${post}Expect: 100-continue\r\nContent-Length: 5\r\n\r\n"
	refused "4.1/23 the same for an upload" "100 408" "POST /v2/birds/robin/blobs/uploads/?digest=sha256:$(printf '%064d' 0) HTTP/1.1\r\n$H${proof}Content-Type: application/octet-stream\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n"
	answered "4.1/23 without a credential no body is asked for" 401 "POST /v2/birds/robin/blobs/uploads/ HTTP/1.1\r\n${H}Expect: 100-continue\r\nContent-Length: 5\r\n\r\n"
	answered "4.1/24 Connection names no field away" 200 "GET /v2/ HTTP/1.1\r\n${H}${proof}Connection: Authorization, Host, close\r\n\r\n"
	answered "4.1/24 nor a length" "40[01] 200" "${post}Connection: Content-Length\r\nContent-Length: 3\r\n\r\na=b$get$bye\r\n"
	for field in 'X-Forwarded-Host: evil.example' 'X-Forwarded-Proto: gopher' \
		'X-Forwarded-For: 203.0.113.77' 'X-Forwarded-Port: 666' \
		'Forwarded: for=203.0.113.77;host=evil.example;proto=gopher' \
		'X-Original-URL: /latchkey/v1/whoami' 'X-Rewrite-URL: /healthz' \
		'X-HTTP-Method-Override: DELETE' 'X-Method-Override: DELETE' \
		'X-Real-IP: 203.0.113.77' 'X-Forwarded-Prefix: /evil'; do
		answered "4.1/25 $field" 401 "GET /v2/ HTTP/1.1\r\n$H$field\r\n$bye\r\n"
		unsaid "4.1/25 is not to be seen" 'evil\|gopher\|666\|203\.0\.113'
	done
	answered "4.1/25 no method is overridden" 404 "GET /v2/birds/robin/manifests/none HTTP/1.1\r\n$H${proof}X-HTTP-Method-Override: PUT\r\n$bye\r\n"
	refused "4.1/26 an Accept of 10 000 types" 431 "GET /v2/birds/robin/manifests/none HTTP/1.1\r\n$H${proof}Accept: $(rep 10000 a/b,)\r\n\r\n"
	answered "4.1/26 one of 3000 is looked at" 404 "GET /v2/birds/robin/manifests/none HTTP/1.1\r\n$H${proof}Accept: $(rep 3000 a/b,)\r\n$bye\r\n"
	for target in "POST /oauth/token" "PUT /v2/birds/robin/manifests/x" \
		"POST /v2/birds/robin/blobs/uploads/" "POST /identity/token" \
		"POST /latchkey/v1/users" "POST /api/v1/tokens" "POST /v1/apikeys"; do
		for coding in gzip deflate br 'gzip, gzip'; do
			answered "4.1/27 $target: $coding" 415 "$target HTTP/1.1\r\n$H$proof${form}Content-Encoding: $coding\r\nContent-Length: 3\r\n$bye\r\na=b"
		done
	done
}

# Time passes here; none of it is measured but by who closes.
wire_slow() {
	refused "4.1/29 connect and send nothing" "" ""
	refused "4.1/29 half a request line" 408 "GET /heal"
	refused "4.1/29 half a head" 408 "${get}A"
	refused "4.1/29 half a body" 408 "${post}Content-Length: 9\r\n\r\na=b"
	refused "4.1/29 half a chunk" 408 "${chunked}5\r\na=b"
	printf '%b' "$get$(rep 40 'A: b\r\n')\r\n" |
		timeout 30 $RAW -t 8000 -d 100 "$HOST" >"$T/said" 2>/dev/null
	answer $?
	is "4.1/29 a head that drips" "$got, $closed" "408, closed"
	printf '%b' "${post}Content-Length: 600\r\n\r\n$(rep 200 'a')" |
		timeout 60 $RAW -t 8000 -d 15 "$HOST" >"$T/said" 2>/dev/null
	answer $?
	like "4.1/29 a body that drips" "$got, $closed" "^408, closed"
	before=$(most_resident)
	printf '%b' "$(rep 10000 "GET /latchkey/v1/openapi.json HTTP/1.1\r\n$H\r\n")" |
		timeout 60 $RAW -m -t 8000 "$HOST" >"$T/said" 2>/dev/null
	answer $?
	is "4.1/28 10 000 requests, of whose answers none is read: closed" "$closed" closed
	more=$(($(most_resident) - before))
	echo "# memory grew by $more KiB"
	is "4.1/28 before all are answered" \
		"$([ "$(printf %s "$got" | wc -w)" -lt 10000 ] && echo yes)" yes
	[ -n "$(sanitized)" ] || is "4.1/28 in bounded memory" \
		"$([ $more -lt 8192 ] && echo yes)" yes
}

# The daemon: its time on the processor, the most memory it had.
ticks() {
	awk '{ print $14 + $15 }' "/proc/$daemon/stat"
}
most_resident() {
	awk '/^VmHWM/ { print $2 }' "/proc/$daemon/status"
}
sanitized() {
	grep -q __asan_init "$BUILD/latchkeyd" && echo yes
}

wire() {
	login
	latchkey cr namespace-add birds >/dev/null
	basic=$(printf 'token:%s' "$(token --readwrite)" | base64 -w 0)
	proof="Authorization: Basic $basic\r\n"
}
wire_rows() {
	wire_lengths
	wire_chunks
	wire_lines
	wire_starts
	wire_fields
	wire_slow
	answered "alive after all of it" 200 "$get$bye\r\n"
	is "nothing that was smuggled was executed" "$(grep -c smuggled "$T/log")" 0
}
