# No change of key pairs and servers without its row in the trail: it is there
# when the server dies with the reply, and where nothing can be written nothing
# is done, which everybody is told.
if [ -z "${OWN_MOUNTS:-}" ] && unshare -m true 2>/dev/null; then
	OWN_MOUNTS=yes exec unshare -m sh "$0"
fi
. "$(dirname "$0")/lib.sh"
[ -n "${OWN_MOUNTS:-}" ] || skip_all "this user may not mount a filesystem"
mkdir "$T/disk" "$T/here"
mount -t tmpfs -o size=24m,mode=700 latchkey "$T/disk" 2>/dev/null ||
	skip_all "a filesystem cannot be mounted here"
trap 'umount -l "$T/disk"; gone' EXIT
cd "$T/here" || exit 99
DATA=$T/disk/data
serve
login
owner=$(key_in "$T/apikey")
P=/latchkey/v1/projects/nest/default
make_key one && make_key two
line=$(cut -d ' ' -f 1,2 "$HOME/.ssh/one.pub")
for name in one two; do
	latchkey keypair import $name-key --key "$HOME/.ssh/$name.pub" >/dev/null
done

# --- the server dies with the last byte of its reply
cat >"$T/last.py" <<'FILE2'
import base64, http.client, os, signal, sys

host, key, pid, method, target, body = sys.argv[1:7]
at = http.client.HTTPConnection(*host.split(":"), timeout=60)
fields = {"Content-Type": "application/json"} if body[:1] == "{" else \
    {"Content-Type": "application/x-www-form-urlencoded"}
if not target.startswith("/metadata/"):
    fields["Authorization"] = "Basic " + base64.b64encode(
        b"iamapikey:" + key.encode()).decode()
at.request(method, target, body or None, fields)
answer = at.getresponse()
said = answer.read()
os.kill(int(pid), signal.SIGKILL)
sys.stdout.buffer.write(b"%d " % answer.status + said)
FILE2
rows() { # VERB THING: what the trail says was done, oldest first
	latchkey audit --verb "$1" --outcome 'done' --thing "$2" --output json |
		jq -r 'reverse | map(.detail.state // "done") | join(" ")'
}
last() { # DESCRIPTION VERB THING METHOD PATH BODY [ROWS]
	before=$(rows "$2" "$3")
	/usr/bin/python3 "$T/last.py" "$HOST" "$owner" "$daemon" "$4" "$5" "$6" \
		>"$T/last"
	wait "$daemon" 2>/dev/null
	daemon=''
	serve
	like "$1 is answered" "$(cat "$T/last")" '^20[0-9] '
	after=$(rows "$2" "$3")
	is "  with one row for it" "${after#"$before"}" \
		"${before:+ }${7:-done}"
}
seed_of() { # from the last reply
	sed 's/^[0-9]* //' "$T/last" | jq -r .seed.url | cut -d / -f 5
}
last "an import" keypair.import key-pair:nest/default/in-1 POST $P/keypairs \
	"{\"name\":\"in-1\",\"public_key\":\"$line\"}" alive
last "a pair" keypair.create key-pair:nest/default/made-1 POST $P/keypairs \
	'{"name":"made-1"}' "pending alive"
last "its end" keypair.delete key-pair:nest/default/made-1 \
	DELETE $P/keypairs/made-1 ''
last "a server" server.create server:nest/default/web-1 POST $P/servers \
	'{"name":"web-1","keypair":"one-key"}'
last "another key" server.setkey server:nest/default/web-1 \
	PUT $P/servers/web-1/keypair '{"keypair":"two-key"}'
last "another seed" server.seed server:nest/default/web-1 \
	POST $P/servers/web-1/seed '{}'
seed=$(seed_of)
last "an enrolment" seed.enrol server:nest/default/web-1 \
	POST "/metadata/$seed/enrol" ''
last "a report" seed.report server:nest/default/web-1 \
	POST "/metadata/$seed/phone-home" hostname=web-1
last "the end of a server" server.delete server:nest/default/web-1 \
	DELETE $P/servers/web-1 ''
is "none of that is undone" "$(for what in keypairs/in-1 keypairs/made-1 \
	servers/web-1; do
	http GET $P/$what -u "iamapikey:$owner"
	echo
done | paste -sd ' ')" "200 404 404"
is "the chain holds" "$(http POST /latchkey/v1/audit/verify \
	-u "iamapikey:$owner"; jq -r .intact "$T/body")" 200true

# --- where nothing can be written
latchkey server create web-2 --keypair one-key >"$T/made" 2>&1
seed=$(grep -o 'lk_s_[0-9A-Za-z]*' "$T/made" | head -n 1)
latchkey server create web-3 --keypair one-key >"$T/made" 2>&1
machine=$(curl -s -X POST "$URL/metadata/$(grep -o 'lk_s_[0-9A-Za-z]*' \
	"$T/made" | head -n 1)/enrol")
state() { # all that can be seen of pairs and servers
	latchkey keypair list --output json
	for name in web-2 web-3; do
		latchkey server show $name --output json | jq 'del(.last_asked)'
		latchkey server keys $name --output json
	done
	latchkey audit --limit 1000 --output json |
		jq -r '.[] | select(.outcome == "done") | .thing' | sort | uniq -c
}
fill() {
	dd if=/dev/zero of="$T/disk/filler" bs=64k 2>/dev/null
	dd if=/dev/zero of="$T/disk/filler2" bs=1k 2>/dev/null
	until_ok writes_nothing
}
writes_nothing() { # who comes anew cannot be written down
	[ "$(http GET $P/servers -u "iamapikey:$owner")" = 503 ]
}
room() {
	rm -f "$T/disk/filler" "$T/disk/filler2"
	until_ok sh -c "curl -sf '$URL/readyz'"
}
# One whose private half is under way when the disk fills.
cat >"$T/half.py" <<'FILE2'
import base64, json, os, socket, sys, time

host, key, go = sys.argv[1:4]
name, port = host.split(":")
body = json.dumps({"name": "half-way", "type": "rsa", "bits": 4096})
s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
s.connect((name, int(port)))
s.sendall(("POST /latchkey/v1/projects/nest/default/keypairs HTTP/1.1\r\n"
           f"Host: {host}\r\nContent-Type: application/json\r\n"
           "Authorization: Basic " + base64.b64encode(
               b"iamapikey:" + key.encode()).decode() +
           f"\r\nContent-Length: {len(body)}\r\n\r\n{body}").encode())
got = b""
while b"PRIVATE KEY-----\\n" not in got:
    got += s.recv(500)
open(go + ".half", "w").close()
while not os.path.exists(go):
    time.sleep(0.01)
try:
    while not got.endswith(b"\r\n0\r\n\r\n"):
        more = s.recv(4096)
        if not more:
            break
        got += more
except ConnectionResetError:
    pass
print("whole" if got.endswith(b"\r\n0\r\n\r\n") else "cut")
FILE2
state >"$T/before"
want "looking works" test -s "$T/before"
/usr/bin/python3 "$T/half.py" "$HOST" "$owner" "$T/go" >"$T/half" &
half=$!
until_ok test -e "$T/go.half"
fill
: >"$T/go"
wait $half
is "a private half on its way is cut" "$(cat "$T/half")" cut

none() { # DESCRIPTION COMMAND...: fails, and says so
	what=$1
	shift
	deny "$what" "$@"
	said "  is said to have failed" '^FAILED'
	said "  and why" 'again|writ|busy|unavailable|[Nn]ot? (now|able)'
}
none "a pair" latchkey keypair create full-1
is "  leaves no file" "$(ls)" ""
none "an import" latchkey keypair import full-2 --key "$HOME/.ssh/one.pub"
none "the end of a pair" latchkey keypair delete -f in-1
none "a server" latchkey server create full-3 --keypair one-key
none "another key" latchkey server set-keypair web-2 two-key
none "another seed" latchkey server seed-url -f web-2
none "the end of a server" latchkey server delete -f web-2
for what in enrol phone-home; do
	is "a first boot's $what" "$(http POST "/metadata/$seed/$what" \
		$([ $what = enrol ] || echo -d hostname=web-2))" 503
	is "  in its own words" "$(head -n 1 "$T/body" | cut -d ' ' -f 1-3)" \
		"# latchkey refused"
	like "  is told when to come back" "$(head_of retry-after)" '^[0-9]+$'
done
is "a machine is told no keys, and no no" "$(http GET \
	/machine/v1/authorized-keys -H "Authorization: Bearer $machine")" 503
want "and looking still works" latchkey server list
said "at what there is" web-2

room
half_way() {
	latchkey keypair list --search half --output json | jq -r '.[0].state'
}
deny "what was on its way is good for nothing" latchkey server create full-0 \
	--keypair half-way
kill9
serve
is "it is dead from the next start on" "$(half_way)" dead
is "and the trail says so" "$(rows keypair.create \
	key-pair:nest/default/half-way)" "pending dead"
latchkey keypair delete -f half-way >/dev/null
state | grep -v half-way >"$T/after"
is "of all the rest nothing was done" "$(diff "$T/before" "$T/after")" ""
want "with room again a pair" latchkey keypair create full-1
want "whose file is a key" ssh-keygen -y -f full-1.pem
want "a server" latchkey server create full-3 --keypair full-1
is "the first boot goes on" "$(http POST "/metadata/$seed/enrol")" 200
is "and the machine" "$(http GET /machine/v1/authorized-keys \
	-H "Authorization: Bearer $machine")" 200
kill9
want "nothing is damaged" latchkeyd verify --deep --data "$DATA"
finish
