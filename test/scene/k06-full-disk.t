# A disk that is full while a private half is on its way: the pair does not
# become alive, who waits for it sees that the reply is cut, and the next start
# finds it. Nothing is made that could not be written down.
if [ -z "${OWN_MOUNTS:-}" ] && unshare -m true 2>/dev/null; then
	OWN_MOUNTS=yes exec unshare -m sh "$0"
fi
. "$(dirname "$0")/lib.sh"
patience=1200 # RSA keys of 4096 bits
[ -n "${OWN_MOUNTS:-}" ] || skip_all "this user may not mount a filesystem"
mkdir "$T/disk"
mount -t tmpfs -o size=24m,mode=700 latchkey "$T/disk" 2>/dev/null ||
	skip_all "a filesystem cannot be mounted here"
trap 'umount -l "$T/disk"; gone' EXIT
DATA=$T/disk/data
serve
login
key=$(key_in "$T/apikey")
P=/latchkey/v1/projects/nest/default
fill() {
	dd if=/dev/zero of="$T/disk/filler" bs=64k 2>/dev/null
	dd if=/dev/zero of="$T/disk/filler2" bs=1k 2>/dev/null
	true
}
room() {
	rm -f "$T/disk/filler" "$T/disk/filler2"
}
api() { # METHOD PATH [JSON]: the status
	http "$1" "$P$2" -u "iamapikey:$key" \
		${3:+-H "Content-Type: application/json"} ${3:+-d "$3"}
}
# Who comes anew cannot be written down on a full disk; a session goes on.
access=$(curl -s -u bx:bx "$URL/identity/token" \
	-d grant_type=urn:ibm:params:oauth:grant-type:apikey \
	--data-urlencode "apikey=$key" | jq -r .access_token)
state() { # NAME
	case $(http GET "$P/keypairs/$1" -H "Authorization: Bearer $access") in
	200) jq -r .state "$T/body" ;;
	404) echo none ;;
	*) echo unknown ;;
	esac
}
# Reads half of a private half, waits to be told, and reads the rest. What it
# takes at a time is less than a key of RSA.
cat >"$T/client.py" <<'FILE'
import base64, json, socket, sys

host, port, key, name = sys.argv[1:5]
body = json.dumps({"name": name, "type": "rsa", "bits": 4096})
token = base64.b64encode(b"iamapikey:" + key.encode()).decode()
s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
s.connect((host, int(port)))
s.sendall(("POST /latchkey/v1/projects/nest/default/keypairs HTTP/1.1\r\n"
    f"Host: {host}:{port}\r\nAuthorization: Basic {token}\r\n"
    "Content-Type: application/json\r\n"
    f"Content-Length: {len(body)}\r\n\r\n{body}").encode())
got = b""
while b"PRIVATE KEY-----\\n" not in got:
    got += s.recv(200)
print("half", flush=True)
sys.stdin.readline()
try:
    while not got.endswith(b"\r\n0\r\n\r\n"):
        more = s.recv(1000)
        if not more:
            break
        got += more
except ConnectionResetError:
    pass
print("whole" if got.endswith(b"\r\n0\r\n\r\n") else "cut")
FILE
mkfifo "$T/orders"
/usr/bin/python3 "$T/client.py" "${HOST%:*}" "${HOST##*:}" "$key" on-its-way \
	<"$T/orders" >"$T/heard" 2>"$T/client.log" &
client=$!
exec 3>"$T/orders"
until_ok grep -q half "$T/heard"
is "a private half is on its way" "$(state on-its-way)" pending
fill
is "the disk is full" "$(df --output=avail "$T/disk" | tail -n 1 | tr -d ' ')" 0
echo on >&3
wait $client
is "the client ran" "$?" 0
remark <"$T/client.log"
exec 3>&-
is "it sees that the reply is cut" "$(tail -n 1 "$T/heard")" cut
is "its pair is not alive" "$(state on-its-way)" pending
like "it is applied to nothing" \
	"$(api POST /servers '{"name":"web-1","keypair":"on-its-way"}')" \
	'^(409|503)$'

like "no other is made" "$(api POST /keypairs '{"name":"another"}')" '^50[37]$'
like "with when to try again" "$(head_of retry-after)" '^[0-9]+$'
is "nor is a private half seen" "$(grep -c PRIVATE "$T/body")" 0
is "nothing is left of it" "$(state another)" none

kill9
serve
is "a start goes well without room" "$(http GET /healthz)" 200
room
is_made() {
	[ "$(api POST /keypairs '{"name":"another"}')" = 201 ]
}
until_ok is_made
is "with room again pairs are made" "$(state another)" alive
restart
is "the next start finds the one that was lost" "$(state on-its-way)" dead
latchkey audit --verb keypair.create --outcome done \
	--thing key-pair:nest/default/on-its-way --output json |
	jq -sr 'flatten | .[0].detail | "\(.state): \(.why)"' >"$T/why"
is "the trail says so" "$(cat "$T/why")" "dead: not delivered"
is "its name is free" "$(api POST /keypairs '{"name":"on-its-way"}')" 201
stop
want "all of it holds together" latchkeyd verify --data "$DATA"
finish
