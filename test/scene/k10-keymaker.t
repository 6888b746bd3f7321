# Key pairs are made by processes that hold nothing else, and leave nothing
# behind: not where they die in the middle, and not in a core dump.
. "$(dirname "$0")/lib.sh"
key=x
pairs=/latchkey/v1/projects/nest/default/keypairs
pair() { # NAME [JSON member]...: makes one; the status
	name=$1
	shift
	http POST $pairs -u "iamapikey:$key" -H 'Content-Type: application/json' \
		-d "{\"name\":\"$name\"$(printf ',%s' "$@" | sed 's/^,$//')}"
}
# Does the private half of the last reply belong to its public one?
halves() {
	(umask 077 && jq -j .private_key "$T/body" >"$T/half")
	[ "$(ssh-keygen -y -P '' -f "$T/half" | cut -d ' ' -f 1,2)" = \
		"$(jq -r .public_key "$T/body" | cut -d ' ' -f 1,2)" ]
}
keymaker() {
	pgrep -P "$daemon" -x latchkeyd-keyma
}
core_files() {
	find "$T" -name 'core*' -type f | wc -l
}
# An RSA pair is ordered, and its process held still: $held, and $order waits.
order_held() { # NAME
	pair "$1" '"type":"rsa"' '"bits":4096' >"$T/status" &
	order=$!
	held=''
	maker=$(keymaker)
	for try in $(seq 500); do
		held=$(pgrep -P "$maker" | head -n 1)
		[ -n "$held" ] && kill -STOP "$held" && break
		sleep 0.01
	done
}
field() { # PID NAME: of its status
	sed -n "s/^$2:[[:space:]]*//p" "/proc/$1/status"
}

# Sanitizers look at their own process, so that it has fewer walls, and make an
# exit of a SEGV.
signals='SEGV ABRT KILL' sanitized=''
grep -q __asan_init "$BUILD/latchkeyd-keymaker" &&
	signals='ABRT KILL' sanitized=1
deaths=$(echo "$signals" | wc -w)

# Wherever a core of anybody's would go, it may.
mkdir "$T/cwd" && cd "$T/cwd" || exit 99
ulimit -c unlimited
case $(cat /proc/sys/kernel/core_pattern) in
'|'* | /*) skip "a core would be found" "this machine puts them elsewhere" ;;
*)
	sh -c 'kill -SEGV $$' >/dev/null 2>&1
	is "a core would be found" "$(core_files)" 1
	rm -f "$T"/cwd/core*
	;;
esac
serve
key=$(key_in "$T/apikey")

is "an Ed25519 pair" "$(pair first)" 201
want "whose halves belong together" halves
for kind in 'rsa 2048' 'rsa 3072' 'ecdsa 256' 'ecdsa 384'; do
	name=$(echo "$kind" | tr ' ' -)
	is "a pair: $kind" "$(pair "$name" "\"type\":\"${kind% *}\"" \
		"\"bits\":${kind#* }")" 201
	want "whose halves belong together: $kind" halves
	is "a PEM: $kind" "$(pair "pem-$name" "\"type\":\"${kind% *}\"" \
		"\"bits\":${kind#* }" '"format":"pem"')" 201
	want "whose halves belong together: PEM, $kind" halves
done

# --- what they are
order_held held
is "the maker and a key's process are there" "$(echo "$maker $held" | wc -w)" 2
for pid in $maker $held; do
	who=$([ "$pid" = "$held" ] && echo "a key's process" || echo "the maker")
	is "$who: no core" \
		"$(sed -n 's/^Max core file size *\([0-9a-z]*\).*/\1/p' "/proc/$pid/limits")" 0
	if [ -n "$sanitized" ]; then
		skip "$who: what it may" "this build has a sanitizer"
	else
		is "$who: no new privileges" "$(field "$pid" NoNewPrivs)" 1
		is "$who: system calls are filtered" "$(field "$pid" Seccomp)" 2
	fi
	is "$who: no capabilities" "$(field "$pid" CapEff)" 0000000000000000
	if [ "$(id -u)" -eq 0 ]; then
		is "$who: is nobody" "$(field "$pid" Uid | tr '\t' ' ')" \
			"$(id -u nobody) $(id -u nobody) $(id -u nobody) $(id -u nobody)"
		# The kernel gives what may be dumped to its user, and else to root.
		[ -n "$sanitized" ] || is "$who: may not be dumped nor traced" \
			"$(stat -c %u "/proc/$pid/maps")" 0
	fi
done
is "the maker holds its socket, the log, and the stream of what it makes" "$(find "/proc/$maker/fd" -type l \
	-printf '%f %l\n' | sort | sed 's/\[.*//' | tr '\n' ' ')" \
	"0 /dev/null 1 /dev/null 2 $T/log 3 socket: 4 socket: "
is "a key's process starts no other" \
	"$(sed -n 's/^Max processes *\([0-9a-z]*\).*/\1/p' "/proc/$held/limits")" 0
is "and has half a minute of a processor" \
	"$(sed -n 's/^Max cpu time *\([0-9a-z]*\).*/\1/p' "/proc/$held/limits")" 30
is "a key's process holds its stream" "$(find "/proc/$held/fd" -type l \
	-printf '%f %l\n' | sed 's/\[.*//')" "0 socket:"
like "and locked memory" "$(field "$held" VmLck)" '^[1-9][0-9]+ kB'
is "none of it has ever been swapped" "$(field "$held" VmSwap)" "0 kB"
kill -CONT "$held"
wait "$order"
is "and is made" "$(cat "$T/status")" 201
want "whole" halves

# --- and how they die
n=0
for signal in $signals; do
	for victim in key maker; do
		n=$((n + 1))
		order_held "victim-$n"
		[ "$victim" = key ] && pid=$held || pid=$maker
		kill -s $signal "$pid"
		kill -CONT "$held" 2>/dev/null
		wait "$order"
		is "$signal for the $victim: an error" "$(cat "$T/status")" 503
		like "$signal for the $victim: in clear words" \
			"$(jq -r .error.message "$T/body")" 'try again'
		is "$signal for the $victim: no private half" \
			"$(grep -c PRIVATE "$T/body")" 0
		is "$signal for the $victim: the name is free, and the next is made" \
			"$(pair "victim-$n")" 201
		want "$signal for the $victim: whole" halves
	done
done
is "no core was written" "$(core_files)" 0
is "nobody is left who waits" "$(pgrep -P "$(keymaker)" | wc -l)" 0
http GET /metrics >/dev/null
is "deaths are counted" "$(sed -n 's/^latchkey_keymaker_died_total //p' \
	"$T/body")" "$deaths"
is "and the order of each" "$(sed -n 's/^latchkey_key_pairs_failed_total //p' \
	"$T/body")" $((2 * deaths))
is "the log tells of the keys" "$(grep -c 'event=key_crash' "$T/log")" "$deaths"
is "and of the makers" "$(grep -c 'event=keymaker_down' "$T/log")" "$deaths"
http GET /latchkey/v1/status -u "iamapikey:$key" >/dev/null
is "the status has it" "$(jq -c '[.keymaker.up, .keymaker.died_total]' \
	"$T/body")" "[true,$deaths]"

# --- whoever does not wait
order_held left
kill "$order" 2>/dev/null
wait "$order" 2>/dev/null
kill -CONT "$held"
until_ok sh -c "! kill -0 $held"
is "the next one is made all the same" "$(pair after-left)" 201

# --- the end
maker=$(keymaker)
stop
is "the maker is gone with the daemon" "$(kill -0 "$maker" 2>&1 | grep -c such)" 1
serve
order_held last
kill9
wait "$order"
kill -CONT "$held" 2>/dev/null
want "and with one that was killed" until_ok sh -c "! kill -0 $maker"
want "and so is what it was making" until_ok sh -c "! kill -0 $held"

# --- odd surroundings
: >"$T/ready"
sh -c 'ulimit -n 64; ulimit -s 64; ulimit -l 64; exec "$@"' sh \
	latchkeyd serve --data "$DATA" --http "$HOST" --ssh "$SSH" \
	>"$T/ready" 2>>"$T/log" </dev/null &
daemon=$!
until_ok grep -q '^ready ' "$T/ready"
for kind in ed25519 rsa ecdsa; do
	is "few descriptors, a small stack, little to lock: $kind" \
		"$(pair "small-$kind" "\"type\":\"$kind\"")" 201
	want "whole: $kind" halves
done
stop
mkdir "$T/alone"
cp "$BUILD/latchkeyd" "$T/alone/"
"$T/alone/latchkeyd" serve --data "$T/fresh" --http 127.0.0.1:0 --ssh none \
	>"$T/said" 2>&1 </dev/null
is "without its program" $? 78
said "which is named" "the program latchkeyd-keymaker is neither in $T/alone/ nor in"
is "nothing is begun" "$(find "$T/fresh" -type f 2>/dev/null | wc -l)" 0
if [ "$(id -u)" -eq 0 ]; then
	latchkeyd serve --data "$T/fresh" --http 127.0.0.1:0 --ssh none \
		--ssh-user no-such-user >"$T/said" 2>&1 </dev/null
	is "a user of nobody" $? 78
	said "is named" 'no user is called no-such-user'
fi
is "still no core" "$(core_files)" 0
finish
