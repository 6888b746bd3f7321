# Ten thousand connections that say nothing, or too little, or do not listen:
# whoever has something to ask is answered all the same, in bounded memory, and
# none of them can take the places of the others.
. "$(dirname "$0")/lib.sh"
CROWD=10000 TLS_CROWD=2000 PER_KIB=24 TLS_PER_KIB=96
[ "$(ulimit -Hn)" = unlimited ] || [ "$(ulimit -Hn)" -ge 12000 ] ||
	skip_all "10 000 connections need more descriptors than $(ulimit -Hn)"
sanitized=$(grep -q __asan_init "$BUILD/latchkeyd" && echo yes)
# A sanitizer shakes hands much more slowly.
[ -z "$sanitized" ] || TLS_CROWD=400

memory() { # KiB
	awk '/^VmRSS/ { print $2 }' "/proc/$daemon/status"
}
ticks() {
	awk '{ print $14 + $15 }' "/proc/$daemon/stat"
}
crowds='' n=0
crowd_comes() { # [FLAG]... KIND COUNT SOURCES
	n=$((n + 1))
	mkfifo "$T/stay.$n"
	crowd "$@" "$HOST" <"$T/stay.$n" >"$T/crowd.$n" 2>&1 &
	crowds="$crowds $!"
	# Whoever ends the scene ends the crowd, too.
	case $n in
	1) exec 3>"$T/stay.1" ;;
	2) exec 4>"$T/stay.2" ;;
	3) exec 5>"$T/stay.3" ;;
	4) exec 6>"$T/stay.4" ;;
	5) exec 7>"$T/stay.5" ;;
	esac
}
crowd_there() {
	for file in "$T"/crowd.*; do
		grep -q ready "$file" || return 1
	done
}
crowd_goes() { # how many of the crowds were there to the end
	exec 3>&- 4>&- 5>&- 6>&- 7>&-
	stayed=0
	for pid in $crowds; do
		wait "$pid" && stayed=$((stayed + 1))
	done
	cat "$T"/crowd.* | grep open | remark
	rm -f "$T"/crowd.* "$T"/stay.*
	crowds='' n=0
}
# The good client's requests, each on a connection of its own, COUNT of either
# kind in each of ROUNDS seconds: how many were answered as they should be, and
# how many of those too late.
ask() { # ROUNDS COUNT
	i=0
	while [ $i -lt "$2" ]; do
		i=$((i + 1))
		for path in /healthz /v2/birds/robin/manifests/first; do
			printf 'url = %s\noutput = /dev/null\n' "$URL$path"
		done
	done >"$T/urls"
	: >"$T/asked"
	i=0
	while [ $i -lt "$1" ]; do
		[ $i -eq 0 ] || sleep 1
		i=$((i + 1))
		curl -sk -u "token:$rw" -H 'Connection: close' --max-time 60 \
			-w '%{http_code} %{time_total}\n' -K "$T/urls" >>"$T/asked"
	done
	answered=$(grep -c '^200 ' "$T/asked")
	late=$(awk '$2 >= 2 { n++ } END { print n + 0 }' "$T/asked")
	sort -n -k 2 "$T/asked" | awk '{ t[NR] = $2 * 1000 } END {
		printf "# %d answers, ms: p50 %.1f p99 %.1f last %.1f\n", NR,
			t[int(NR * 0.5 + 0.5)], t[int(NR * 0.99)], t[NR] }'
}
served() { # DESCRIPTION ROUNDS COUNT: all of them, and 99 of 100 within 2 s
	ask "$2" "$3"
	is "$1: each request is answered" "$answered" $(($2 * $3 * 2))
	is "$1: 99 of 100 within 2 s" "$([ $((late * 100)) -le "$answered" ] &&
		echo yes || echo "$late late")" yes
}
bounded() { # DESCRIPTION CONNECTIONS KIB-EACH
	grown=$(($(memory) - quiet))
	echo "# $2 connections: memory grew by $grown KiB, $((grown * 1024 / $2)) bytes each"
	[ -n "$sanitized" ] || is "$1: memory is bounded" \
		"$([ $grown -le $(($2 * $3)) ] && echo yes || echo "$grown KiB")" yes
}
SHORT="--head-timeout 2 --body-timeout 3"
# It also opens connections more slowly than these would end.
[ -z "$sanitized" ] || SHORT="--head-timeout 6 --body-timeout 8"
# shellcheck disable=SC2086 # words
serve $SHORT
login
latchkey cr namespace-add birds >/dev/null
rw=$(token --readwrite)
want "an image is there" push_small "$rw" birds/robin first
patience=400
served "alone" 1 100
quiet=$(memory)

# --- in the clear, of all kinds
for kind in idle head body read; do
	crowd_comes $kind $((CROWD / 4)) 10
done
until_ok crowd_there
is "10 000 connections of four kinds" "$(cat "$T"/crowd.* | grep -c ready)" 4
before=$(ticks)
served "among 10 000" 6 30
want "among 10 000: a push" push_small "$rw" birds/robin second
is "among 10 000: a pull" "$(is_there "$rw" birds/robin second && echo yes)" yes
echo "# ticks of the processor: $(($(ticks) - before))"
bounded "10 000 connections" $CROWD $PER_KIB
crowd_goes
is "the crowd was there all the time" $stayed 4
served "afterwards" 1 50
stop

# --- one source that wants all places
serve --connections-max 1000
crowd_comes head 1200 1
crowd_comes body 400 1
sleep 2
served "beside one that wants more than all places" 3 30
want "beside it: a push" push_small "$rw" birds/robin third
crowd_goes
stop

# --- TLS
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
	-keyout "$T/key" -out "$T/cert" -days 2 -subj /CN=nest \
	-addext subjectAltName=IP:127.0.0.1 2>/dev/null
# A busy machine needs its time to shake so many hands again.
serve --head-timeout 6 --body-timeout 8 --tls-cert "$T/cert" --tls-key "$T/key"
URL=https://$HOST
served "TLS, alone" 1 50
quiet=$(memory)
for kind in idle head body read; do
	crowd_comes -s $kind $((TLS_CROWD / 4)) 10
done
until_ok crowd_there
is "$TLS_CROWD connections of TLS" "$(cat "$T"/crowd.* | grep -c ready)" 4
served "among $TLS_CROWD of TLS" 4 20
bounded "$TLS_CROWD connections of TLS" $TLS_CROWD $TLS_PER_KIB
crowd_goes
[ -n "$sanitized" ] || is "the crowd of TLS was there all the time" $stayed 4
served "TLS, afterwards" 1 50
finish
