# Who dies with a secret in memory leaves no core, wherever cores may go: the
# daemon while a private half is on its way, the command line that waits for it,
# and the key client that asks with a machine's credential.
. "$(dirname "$0")/lib.sh"
! grep -q __asan_init "$BUILD/latchkeyd" ||
	skip_all "a sanitizer looks at its own process, which has fewer walls"
case $(cat /proc/sys/kernel/core_pattern) in
'|'* | */*) skip_all "this machine puts cores elsewhere" ;;
esac
mkdir "$T/cwd" && cd "$T/cwd" || exit 99
ulimit -c unlimited
cores() {
	find "$T" "$(dirname "$BUILD/x")" -maxdepth 2 -name 'core*' -type f \
		-newer "$T/begun" 2>/dev/null | wc -l
}
number() {
	case $1 in
	QUIT) echo 3 ;;
	ABRT) echo 6 ;;
	BUS) echo 7 ;;
	SEGV) echo 11 ;;
	esac
}
: >"$T/begun"
sh -c 'kill -SEGV $$' >/dev/null 2>&1
is "a core would be found" "$(cores)" 1
rm -f core*
serve
login
owner=$(key_in "$T/apikey")

# --- the daemon, with a private half on its way
cat >"$T/half.py" <<'FILE2'
import base64, json, socket, sys, time

host, key, name, there = sys.argv[1:5]
at, port = host.split(":")
body = json.dumps({"name": name, "type": "rsa", "bits": 4096})
s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
s.connect((at, int(port)))
s.sendall(("POST /latchkey/v1/projects/nest/default/keypairs HTTP/1.1\r\n"
           f"Host: {host}\r\nContent-Type: application/json\r\n"
           "Authorization: Basic " + base64.b64encode(
               b"iamapikey:" + key.encode()).decode() +
           f"\r\nContent-Length: {len(body)}\r\n\r\n{body}").encode())
got = b""
while b"PRIVATE KEY-----\\n" not in got:
    got += s.recv(500)
open(there, "w").close()
time.sleep(60)
FILE2
n=0
patience=1200 # RSA keys of 4096 bits
for signal in SEGV ABRT QUIT BUS; do
	n=$((n + 1))
	/usr/bin/python3 "$T/half.py" "$HOST" "$owner" "half-$n" "$T/there.$n" &
	client=$!
	want "a private half is on its way" until_ok test -e "$T/there.$n"
	kill -s $signal "$daemon"
	wait "$daemon" 2>/dev/null
	is "the daemon dies of $signal" $? $((128 + $(number $signal)))
	kill $client
	wait $client 2>/dev/null
	is "  without a core" "$(cores)" 0
	serve
	is "  and the pair is dead" "$(latchkey keypair show "half-$n" \
		--output json | jq -r .state)" dead
done
is "it may have none" "$(sed -n \
	's/^Max core file size *\([0-9a-z]* *[0-9a-z]*\).*/\1/p' \
	"/proc/$daemon/limits" | tr -s ' ')" "0 0"
is "nor be looked into by its own user" "$(stat -c %u "/proc/$daemon/mem")" 0

# --- who waits for an answer of a daemon that stands still
waits() { # SIGNAL COMMAND...: it has asked, and dies of it
	signal=$1
	shift
	kill -STOP "$daemon"
	"$@" >/dev/null 2>&1 </dev/null &
	waiting=$!
	until_ok sh -c "ss -Htnp state established '( dport = :${HOST##*:} )' |
		grep -q pid=$waiting,"
	kill -s $signal $waiting
	wait $waiting 2>/dev/null
	is "  dies of $signal" $? $((128 + $(number $signal)))
	kill -CONT "$daemon"
	is "  without a core" "$(cores)" 0
}
for signal in SEGV ABRT BUS; do
	echo "# the command line that is making a pair"
	waits $signal latchkey keypair create cli-$signal
	is "  and with nothing in its file" "$(cat cli-*.pem |
		tr -d '\0' | wc -c)" 0
done
latchkey keypair import one-key --key - >/dev/null <<'FILE2'
ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINHUsy9CC6iemKmKBcDRIGLWBtW1Zrvw3OGx/ovBxG1F own
FILE2
latchkey server create web-1 --keypair one-key >"$T/made" 2>/dev/null
seed=$(grep -o 'lk_s_[0-9A-Za-z]*' "$T/made" | head -n 1)
mkdir "$T/etc"
curl -s -X POST "$URL/metadata/$seed/enrol" >"$T/etc/machine.key"
chmod 600 "$T/etc/machine.key"
printf 'url = %s\nuser = debian\ncache = %s\n' "$URL" "$T/etc/kept" \
	>"$T/etc/machine.conf"
like "a machine asks" "$(latchkey-keys authorized-keys debian \
	--conf "$T/etc/machine.conf" 2>&1)" 'ssh-ed25519 .* own'
for signal in SEGV ABRT BUS; do
	echo "# the key client that is asking"
	waits $signal latchkey-keys authorized-keys debian \
		--conf "$T/etc/machine.conf"
done
finish
