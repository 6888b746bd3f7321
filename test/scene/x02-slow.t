# Whoever is slow is let go: every phase has an end that no byte puts off.
. "$(dirname "$0")/lib.sh"
serve

slow() { # DESCRIPTION MOST-SECONDS DELAY-MS BYTES
	began=$(date +%s)
	printf '%b' "$4" | timeout 60 raw -t 50000 -d "$3" "$HOST" >"$T/said" 2>&1
	status=$?
	took=$(($(date +%s) - began))
	is "$1: closed" "$status" 0
	is "$1: in time" "$([ $took -le "$2" ] && echo yes || echo "$took s")" yes
}
# These wait in parallel, to spare time: each in a shell of its own.
{ slow "nothing at all" 15 0 ''; } >"$T/slow.1" &
a=$!
{ slow "a head, a byte a second" 15 1000 \
	"GET /healthz HTTP/1.1\r\nHost: $HOST\r\nA: bbbbbbbbbbbbb\r\n\r\n"; } >"$T/slow.2" &
b=$!
{ slow "a head that stops" 15 0 "GET /healthz HTTP/1.1\r\nHo"; } >"$T/slow.3" &
c=$!
{ slow "a body that stops" 40 0 \
	"POST /oauth/token HTTP/1.1\r\nHost: $HOST\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 9\r\n\r\na"; } >"$T/slow.4" &
d=$!
is "others are served meanwhile" "$(http GET /healthz)" 200
wait $a $b $c $d
for n in 1 2 3 4; do
	while read -r line; do
		case $line in
		ok*) ok 0 "${line#* - }" ;;
		not*) ok 1 "${line#* - }" ;;
		*) echo "$line" ;;
		esac
	done <"$T/slow.$n"
done
is "and afterwards" "$(http GET /healthz)" 200
finish
