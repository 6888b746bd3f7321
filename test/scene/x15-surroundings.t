# The process as careless or hostile hands start it: whatever they leave it, it
# works, or says in one line why it does not. The numbers are those of the
# catalogue, part 4.17.
. "$(dirname "$0")/lib.sh"
sanitized=$(grep -q __asan_init "$BUILD/latchkeyd" && echo yes)
serve
login
latchkey cr namespace-add birds >/dev/null
rw=$(token --readwrite)
want "an image is there" push_small "$rw" birds/robin first
key=$(key_in "$T/apikey")
stop

# The daemon through another program: $@ is put before its name. By itself it
# may have no output, so that its port is that of the first one.
serve_by() {
	: >"$T/ready"
	"$@" "$BUILD/latchkeyd" serve --data "$DATA" --http "$HOST" --ssh "$SSH" \
		>"$T/ready" 2>>"$T/log" </dev/null &
	daemon=$!
	until_ok curl -sf "http://$HOST/readyz"
}
works() { # DESCRIPTION: a login, a pull, and a push, which is a change
	is "$1: a login" "$(http GET /latchkey/v1/whoami -u "iamapikey:$key")" 200
	is "$1: a pull" "$(is_there "$rw" birds/robin first && echo yes)" yes
	pushed=$((${pushed:-0} + 1))
	want "$1: a push" push_small "$rw" birds/robin "p$pushed"
}
# The same questions always; what tells one answer from the next is cut out.
words() {
	for path in /v2/ /v2/birds/robin/tags/none '/v2/birds/robin/manifests/%20' \
		/v2/birds/robin/manifests/none /latchkey/v1/users/none \
		/api/v1/namespaces /v1/apikeys/none /2.0/repositories/nest \
		/identity/keys /2.0/repositories/none /nobody; do
		http GET "$path" -u "iamapikey:$key"
		cat "$T/head" "$T/body"
	done | sed -E 's/[0-9a-f]{32}|[0-9a-f-]{36}//g; /^Date:/d; s/"startTime":[^,]*//;
		s/[0-9-]+T[0-9:.]+(\+0000|Z)?//g; s/X-Correlation-ID.*//'
	latchkeyd check-config
	latchkeyd serve --help
}

serve_by env LC_ALL=C TZ=UTC
words >"$T/words.1"
http GET /v2/birds/robin/manifests/first -u "token:$rw" >/dev/null
date_1=$(head_of Date)
works "4.17/1 plain surroundings"
stop
for odd in 'LC_ALL=tr_TR.UTF-8 TZ=:/etc/passwd' 'LC_ALL=de_DE TZ=Pacific/Kiritimati' \
	'LANG=../../etc LC_NUMERIC=de_DE TZ=/dev/zero' 'LC_ALL=x TZ=,,,,' \
	'LANGUAGE=ko LC_ALL=ko_KR.UTF-8 POSIXLY_CORRECT=1'; do
	# shellcheck disable=SC2086 # words
	serve_by env $odd
	words >"$T/words.2"
	want "4.17/1 $odd: the same bytes" cmp "$T/words.1" "$T/words.2"
	http GET /healthz >/dev/null
	like "4.17/1 in the world's time" "$(head_of Date)" \
		"^${date_1%% *} .* $(date -u +%Y) [0-9:]* GMT\$|^... .* GMT\$"
	is "4.17/1 in the world's time" "$(($(date -u +%s) - $(date -u -d "$(head_of Date)" +%s) < 60))" 1
	works "4.17/1 $odd"
	stop
done
serve_by env -i LD_LIBRARY_PATH=/nowhere MALLOC_PERTURB_=165 TMPDIR=/nowhere \
	HOME=/nowhere PATH=/nowhere XDG_CONFIG_HOME= OPENSSL_CONF=/etc/passwd \
	NOTIFY_SOCKET=/nowhere LISTEN_FDS=5 LISTEN_PID=1
works "4.17/1 an environment that names nothing"
stop

serve_by sh -c 'umask 000; exec "$@"' sh
works "4.17/2 umask 000"
is "4.17/2 nothing is open to others" "$(find "$DATA" -perm /077 | head -n 3)" ''
stop

# --- descriptors and signals
for shut in '<&-' '>&-' '2>&-' '<&- >&- 2>&-'; do
	{
		eval "\"$BUILD/latchkeyd\" serve --data \"$DATA\" --http \"$HOST\" --ssh \"$SSH\" $shut &"
	} >>"$T/shut.said" 2>&1
	daemon=$!
	until_ok curl -sf "$URL/readyz"
	works "4.17/3 without descriptors: $shut"
	stop
done
daemon=''
cat >"$T/odd.py" <<'E2'
import os, resource, signal, sys
how, rest = sys.argv[1], sys.argv[2:]
if how == "many":
    n = min(1100, resource.getrlimit(resource.RLIMIT_NOFILE)[1])
    resource.setrlimit(resource.RLIMIT_NOFILE, (n, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    for fd in range(3, 1003):
        os.dup2(0, fd, inheritable=True)
elif how == "signals":
    signal.pthread_sigmask(signal.SIG_SETMASK, range(1, 65))
    for s in set(range(1, 32)) - {signal.SIGKILL, signal.SIGSTOP}:
        signal.signal(s, signal.SIG_IGN)
os.execv(rest[0], rest)
E2
serve_by /usr/bin/python3 "$T/odd.py" many
works "4.17/3 a thousand inherited descriptors"
like "4.17/3 which are closed" "$(find "/proc/$daemon/fd" -lname /dev/null | wc -l)" '^[0-9]$'
stop
serve_by /usr/bin/python3 "$T/odd.py" signals
works "4.17/3 all signals blocked and ignored"
latchkey repo create nest/test >/dev/null
want "4.17/3 children are heard of" git ls-remote "http://iamapikey:$key@$HOST/git/nest/test.git"
kill -HUP "$daemon"
kill -PIPE "$daemon"
is "4.17/3 HUP and PIPE are lived through" "$(http GET /readyz)" 200
stop

# --- limits
limited() { # DESCRIPTION ULIMIT...
	what=$1
	shift
	serve_by sh -c "$* && exec \"\$@\"" sh
	works "$what"
	stop
}
limited "4.17/4 64 descriptors" 'ulimit -n 64'
limited "4.17/4 cores without limit" 'ulimit -c unlimited'
[ -n "$sanitized" ] || limited "4.17/4 a stack of 64 KiB" 'ulimit -s 64'
[ -n "$sanitized" ] || limited "4.17/4 64 descriptors and a stack of 64 KiB" 'ulimit -n 64; ulimit -s 64'
for n in 16 24 32 40; do
	(ulimit -n $n && exec timeout 10 "$BUILD/latchkeyd" serve --data "$DATA" \
		--http "$HOST" --ssh "$SSH" >"$T/ready" 2>"$T/said" </dev/null) &
	pid=$!
	sleep 1
	if kill -0 $pid 2>/dev/null && grep -q ^ready "$T/ready"; then
		ok 0 "4.17/4 $n descriptors suffice to begin"
		kill -TERM $pid
		wait $pid
	else
		wait $pid
		like "4.17/4 $n descriptors do not suffice" $? '^(1|75|78|127)$'
		said "4.17/4 which is said" .
	fi
done

# --- what a machine may lack
lacks() { # DESCRIPTION COMMAND in a mount namespace of its own
	if ! unshare -m sh -c "$2" >/dev/null 2>&1; then
		skip "$1" "cannot be taken away here"
		return
	fi
	serve_by unshare -m sh -c "$2"' && exec "$@"' sh
	works "$1"
	stop
}
lacks "4.17/5 /tmp cannot be written" \
	'for d in /tmp /var/tmp /dev/shm; do [ ! -d $d ] || case '"$T"' in $d/*) ;; *) mount -t tmpfs -o ro none $d;; esac; done'
lacks "4.17/5 no /dev/urandom, no /dev/random" \
	'mount --bind /dev/full /dev/urandom && mount --bind /dev/full /dev/random'
lacks "4.17/5 no /sys" 'mount -t tmpfs none /sys'
lacks "4.17/5 no /etc/localtime, no /etc/ssl" 'mount -t tmpfs none /etc/ssl'
if unshare -m sh -c 'mount -t tmpfs none /proc' 2>/dev/null; then
	: >"$T/ready"
	unshare -m sh -c 'mount -t tmpfs none /proc && exec timeout 20 "$@"' sh \
		"$BUILD/latchkeyd" serve --data "$DATA" --http "$HOST" --ssh "$SSH" \
		>"$T/ready" 2>"$T/said" </dev/null &
	daemon=$!
	tries=0
	until grep -q ^ready "$T/ready" || ! kill -0 $daemon 2>/dev/null || [ $tries -gt 100 ]; do
		tries=$((tries + 1))
		sleep 0.1
	done
	if grep -q ^ready "$T/ready"; then
		works "4.17/5 no /proc"
		stop
	else
		wait $daemon
		like "4.17/5 no /proc: it is not served without" $? '^(1|78)$'
		daemon=''
		is "4.17/5 no /proc: one line" "$(grep -c '^latchkeyd: ' "$T/said")" 1
		like "4.17/5 no /proc: which says so" "$(cat "$T/said")" '/proc'
	fi
else
	skip "4.17/5 no /proc" "cannot be taken away here"
fi
if [ -w /proc/sys/net/ipv6/conf/lo/disable_ipv6 ] && unshare -n true 2>/dev/null; then
	unshare -n sh -c 'ip link set lo up; echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6
		echo 1 >/proc/sys/net/ipv6/conf/lo/disable_ipv6
		"$1" serve --data "$2" --http 127.0.0.1:8081 --ssh 127.0.0.1:8022 >"$3" 2>&1 &
		for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
			sleep 0.5
			curl -sf http://127.0.0.1:8081/readyz && break
		done
		kill -TERM $!; wait $!' sh "$BUILD/latchkeyd" "$DATA" "$T/six" >"$T/said" 2>&1
	is "4.17/5 no IPv6: ends well" $? 0
	said "4.17/5 no IPv6: and was ready" ok
	unshare -n sh -c 'ip link set lo up; echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6
		echo 1 >/proc/sys/net/ipv6/conf/lo/disable_ipv6
		exec timeout 10 "$1" serve --data "$2" --http "[::1]:8081" --ssh none' \
		sh "$BUILD/latchkeyd" "$DATA" >"$T/said" 2>&1
	is "4.17/5 no IPv6: its address is not there" $? 78
	said "4.17/5 no IPv6: and it is said" '\[?::1\]?'
else
	skip "4.17/5 no IPv6" "no network of one's own here"
fi
want "nothing is damaged" latchkeyd verify --deep --data "$DATA"
finish
