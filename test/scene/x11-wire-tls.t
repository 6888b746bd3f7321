# Each hostile row of the HTTP wire again, through TLS (see wire.sh), and what is
# hostile about TLS itself.
. "$(dirname "$0")/lib.sh"
serve
login
token --readwrite >"$T/rw"
latchkey cr namespace-add birds >/dev/null
stop
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
	-keyout "$T/key" -out "$T/cert" -days 2 -subj /CN=nest \
	-addext subjectAltName=IP:127.0.0.1 2>/dev/null
serve --tls-cert "$T/cert" --tls-key "$T/key" \
	--head-timeout 2 --body-timeout 2 --stall-timeout 2 --idle-timeout 6
URL=https://$HOST
. "$(dirname "$0")/wire.sh"
RAW='raw -s'
basic=$(printf 'token:%s' "$(cat "$T/rw")" | base64 -w 0)
proof="Authorization: Basic $basic\r\n"
wire_rows

# --- the handshake
agreed() { # DESCRIPTION WANTED [FLAG of raw]...: what both sides settle on
	what=$1 wanted=$2
	shift 2
	printf '%b' "$get$bye\r\n" |
		timeout 30 raw -s -t 8000 "$@" "$HOST" >"$T/said" 2>"$T/agreed"
	answer $?
	like "$what" "$(paste -sd ' ' "$T/agreed") $got" "^$wanted\$"
}
hello() { # BYTES in printf's escapes: what the first byte of the reply is
	printf '%b' "$1" | timeout 30 raw -t 8000 "$HOST" >"$T/said"
	closed=$?
	got=$(head -c 1 "$T/said" | od -A n -t x1)
}
agreed "4.1/30 TLS 1.3" "TLSv1.3  200"
agreed "4.1/30 TLS 1.2" "TLSv1.2  200" -v 1.2
agreed "4.1/30 TLS 1.1 gets an alert" "no handshake: .*alert.* " -v 1.1
agreed "4.1/30 TLS 1.0 gets an alert" "no handshake: .*alert.* " -v 1.0
hello "\0026\0003\0000\0000\0055\0001\0000\0000\0051\0003\0000$(printf '%032d' 0)\0000\0000\0002\0000\0012\0001\0000"
is "4.1/30 SSL 3 gets an alert and is closed" "$got $closed" " 15 0"
hello "\0200\0056\0001\0000\0002\0000\0025\0000\0000\0000\0020\0001\0000\0200$(printf '%040d' 0)"
is "4.1/30 SSL 2 is closed" "$closed" 0
agreed "4.1/30 no name (SNI) is asked for" "TLSv1.3  200"
agreed "4.1/30 a name that is not ours changes nothing" "TLSv1.3  200" -n evil.example
unsaid "4.1/30 and is not repeated" evil
agreed "4.1/30 nor does one of 255 bytes" "TLSv1.3  200" -n "$(printf '%0255d' 0)"
agreed "4.1/30 h2 or HTTP/1.1 is HTTP/1.1" "TLSv1.3 http/1.1 200" -a h2 -a http/1.1
agreed "4.1/30 h2 alone gets an alert" "no handshake: .*no application protocol " -a h2
agreed "4.1/30 what nobody knows gets one" "no handshake: .*no application protocol " -a evil/1
agreed "4.1/30 no new handshake is granted" "TLSv1.2 .*no renegotiation: .*" -v 1.2 -r 1
before=$(ticks)
n=0 granted=0
while [ $n -lt 100 ]; do
	raw -s -v 1.2 -r 1 "$HOST" </dev/null >/dev/null 2>&1
	[ $? -ne 5 ] || granted=$((granted + 1))
	n=$((n + 1))
done
is "4.1/30 nor is one of a hundred" "$granted" 0
echo "# ticks of the processor: $(($(ticks) - before))"

# --- bytes that are no TLS
hello ""
is "4.1/29 nothing at all: closed at the deadline" "$closed" 0
hello "\0026"
is "4.1/29 the first byte of a hello: closed at the deadline" "$closed" 0
hello "\0026\0003\0001\0002\0000\0001\0000\0001\0374\0003\0003"
is "4.1/29 half a hello: closed at the deadline" "$closed" 0
hello "$get\r\n"
is "4.1/29 a request in the clear is not answered" "$closed $(grep -c 200 "$T/said")" "0 0"
hello "\0026\0003\0001\0377\0377$(rep 40 "$zeros")"
is "4.1/29 a record that is too long is closed" "$closed" 0
hello "$(rep 20 "$zeros")"
is "4.1/29 noise is closed" "$closed" 0
{ head -c 1 /dev/zero | tr '\0' '\026' && sleep 1 && printf '\003\001' && sleep 20; } |
	timeout 30 raw -t 8000 -d 1 "$HOST" >"$T/said"
is "4.1/29 a hello that drips: closed at the deadline" $? 0
is "and TLS goes on" "$(curl -s --cacert "$T/cert" "$URL/healthz")" ok
finish
