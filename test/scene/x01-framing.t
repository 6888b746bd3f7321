# Requests that two parsers could read differently are refused and the
# connection is closed; what was smuggled behind them is never answered.
. "$(dirname "$0")/lib.sh"
serve

# One raw request, escapes as printf's %b knows them; $H is a Host line.
H="Host: $HOST\r\n"
send() {
	printf '%b' "$1" | timeout 20 raw -t 3000 "$HOST" >"$T/said" 2>&1
	closed=$?
	got=$(grep -a -o 'HTTP/1\.1 [1-5][0-9][0-9]' "$T/said" | cut -d ' ' -f 2 |
		paste -sd ' ')
}
refused() { # DESCRIPTION STATUS BYTES: this answer alone, then closed
	send "$3"
	like "$1" "$got, $([ $closed -eq 0 ] && echo closed || echo open)" \
		"^$2, closed\$"
}
answered() { # DESCRIPTION STATUSES BYTES
	send "$3"
	like "$1" "$got" "^$2\$"
}
get="GET /healthz HTTP/1.1\r\n${H}\r\n"
form="Content-Type: application/x-www-form-urlencoded\r\n"
post="POST /oauth/token HTTP/1.1\r\n$H$form"

answered "two requests in one piece" "200 200" "$get$get"
answered "a body, then a request" "4[0-9][0-9] 200" "${post}Content-Length: 3\r\n\r\na=b$get"
refused "two lengths" 400 "${post}Content-Length: 5\r\nContent-Length: 0\r\n\r\nhello$get"
refused "the same length twice" 400 "${post}Content-Length: 0\r\nContent-Length: 0\r\n\r\n$get"
refused "a list of lengths" 400 "${post}Content-Length: 0, 0\r\n\r\n$get"
refused "length and chunked" 400 "${post}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n$get"
refused "chunked twice" "[45]0[01]" "${post}Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n$get"
refused "an unknown coding" 501 "${post}Transfer-Encoding: xchunked\r\n\r\n$get"
refused "gzip, chunked" 501 "${post}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n$get"
refused "a coding in HTTP/1.0" 400 "POST /oauth/token HTTP/1.0\r\n${H}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
for length in +5 -1 5abc 0x5 '' '5 5' 99999999999999999999; do
	refused "the length '$length'" "4[01][03]" "${post}Content-Length: $length\r\n\r\nhello$get"
done
refused "a bare LF ends no line" 400 "GET /healthz HTTP/1.1\nHost: $HOST\n\n"
refused "nor one line among good ones" 400 "GET /healthz HTTP/1.1\r\n${H}A: b\n\r\n"
refused "a bare CR in a value" 400 "GET /healthz HTTP/1.1\r\n${H}A: b\rc: d\r\n\r\n"
refused "a continued line" 400 "GET /healthz HTTP/1.1\r\n${H}A: b\r\n c\r\n\r\n"
refused "a first line that continues" 400 "GET /healthz HTTP/1.1\r\n $H\r\n"
refused "a blank before the colon" 400 "GET /healthz HTTP/1.1\r\nHost : $HOST\r\n\r\n"
refused "no name" 400 "GET /healthz HTTP/1.1\r\n${H}: x\r\n\r\n"
refused "no colon" 400 "GET /healthz HTTP/1.1\r\n${H}hello\r\n\r\n"
refused "NUL in a value" 400 "GET /healthz HTTP/1.1\r\n${H}A: b\0000c\r\n\r\n"
refused "NUL in a name" 400 "GET /healthz HTTP/1.1\r\n${H}A\0000: b\r\n\r\n"
refused "NUL in the target" 400 "GET /heal\0000thz HTTP/1.1\r\n$H\r\n"
refused "no Host" 400 "GET /healthz HTTP/1.1\r\n\r\n"
refused "two Hosts" 400 "GET /healthz HTTP/1.1\r\n${H}Host: other\r\n\r\n"
refused "an empty Host" 400 "GET /healthz HTTP/1.1\r\nHost:\r\n\r\n"
refused "a Host that is none" 400 "GET /healthz HTTP/1.1\r\nHost: a b\r\n\r\n"
answered "a Host that is not ours" 421 "GET /v2/ HTTP/1.1\r\nHost: elsewhere.example\r\n\r\n"
refused "version 2.0" 505 "GET /healthz HTTP/2.0\r\n$H\r\n"
refused "version 1.1x" 400 "GET /healthz HTTP/1.1x\r\n$H\r\n"
refused "no version" 400 "GET /healthz\r\n\r\n"
refused "a lower-case method" 501 "get /healthz HTTP/1.1\r\n$H\r\n"
refused "a method of 5000 letters" 501 "$(printf '%05000d' 0 | tr 0 A) /healthz HTTP/1.1\r\n$H\r\n"
refused "an absolute target" 400 "GET http://evil.example/v2/ HTTP/1.1\r\n$H\r\n"
refused "CONNECT" "[45]0[015]" "CONNECT evil.example:22 HTTP/1.1\r\n$H\r\n"
refused "a target too long" 414 "GET /$(printf '%09000d' 0) HTTP/1.1\r\n$H\r\n"
refused "a field too long" 431 "GET /healthz HTTP/1.1\r\n${H}A: $(printf '%020000d' 0)\r\n\r\n"
chunked="${post}Transfer-Encoding: chunked\r\n\r\n"
refused "a chunk size that is none" 400 "${chunked}z\r\nhello\r\n0\r\n\r\n$get"
refused "a chunk size out of all bounds" "4[01][03]" "${chunked}fffffffffffffffff\r\n$get"
refused "a chunk that ends elsewhere" 400 "${chunked}3\r\nhello\r\n0\r\n\r\n$get"
refused "a bare LF behind a chunk size" 400 "${chunked}3\nabc\r\n0\r\n\r\n$get"
refused "an expectation that is none" 417 "${post}Expect: foo\r\nContent-Length: 0\r\n\r\n"
is "and alive after all of it" "$(http GET /healthz)" 200
finish
