# A private half that does not arrive: whoever leaves, whenever, has a dead pair
# and no second way to it; also when the server dies, or the access ends.
. "$(dirname "$0")/lib.sh"
patience=1200 # RSA keys of 4096 bits
serve
login
owner=$(key_in "$T/apikey")
P=/latchkey/v1/projects/nest/default

# A client with so small a buffer that a key of RSA does not fit, which does what
# it is told, line by line.
cat >"$T/client.py" <<'FILE'
import base64, json, socket, struct, sys

host, port, key, name, version = sys.argv[1:6]
ask = {"name": name, "type": "rsa", "bits": 4096, "format": "pem"}
body = json.dumps(ask)
token = base64.b64encode(b"iamapikey:" + key.encode()).decode()
s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
s.connect((host, int(port)))
s.sendall((f"POST /latchkey/v1/projects/nest/default/keypairs HTTP/{version}\r\n"
    f"Host: {host}:{port}\r\nAuthorization: Basic {token}\r\n"
    "Content-Type: application/json\r\n"
    f"Content-Length: {len(body)}\r\n\r\n{body}").encode())

def hear(enough):
    got = b""
    try:
        while not enough(got):
            more = s.recv(1000)
            if not more:
                return got + b"\n(closed)"
            got += more
    except ConnectionResetError:
        got += b"\n(reset)"
    return got

def end(got):
    return got.endswith(b"\r\n0\r\n\r\n")

for line in sys.stdin:
    word = line.split()
    if word[0] == "some":
        got = hear(lambda g: len(g) >= int(word[1]))
    elif word[0] == "half":
        got = hear(lambda g: b"PRIVATE KEY-----\\nM" in g)
    elif word[0] == "all":
        got = hear(end)
    elif word[0] == "reset":
        s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        s.close()
        got = b""
    elif word[0] == "close":
        s.close()
        got = b""
    sys.stdout.buffer.write(got)
    sys.stdout.flush()
FILE
mkfifo "$T/orders"
client='' client_key=$owner version=1.1
client_on() { # NAME: it has asked for a pair, and obeys
	: >"$T/heard" # of the one before
	/usr/bin/python3 "$T/client.py" "${HOST%:*}" "${HOST##*:}" "$client_key" \
		"$1" $version <"$T/orders" >"$T/heard" 2>"$T/client.log" 4>&- &
	client=$!
	exec 3>"$T/orders"
}
client_does() { # ORDER
	echo "$1" >&3
}
client_off() {
	exec 3>&-
	wait "$client"
	is "  the client ran" "$?" 0
	[ ! -s "$T/client.log" ] || remark <"$T/client.log"
}
state() { # NAME
	case $(http GET "$P/keypairs/$1" -u "iamapikey:$owner") in
	200) jq -r .state "$T/body" ;;
	404) echo none ;;
	*) echo unknown ;;
	esac
}
is_in() { # STATE NAME
	[ "$(state "$2")" = "$1" ]
}
becomes() { # DESCRIPTION STATE NAME
	until_ok is_in "$2" "$3"
	is "$1" "$(state "$3")" "$2"
}
ask() { # NAME: a small pair; the status
	http POST "$P/keypairs" -u "iamapikey:$owner" \
		-H 'Content-Type: application/json' -d "{\"name\":\"$1\"}"
}
apply() { # NAME: to a server; the status
	http POST "$P/servers" -u "iamapikey:$owner" \
		-H 'Content-Type: application/json' \
		-d "{\"name\":\"s-$1\",\"keypair\":\"$1\"}"
}
trail() { # NAME: what became of it, oldest first
	latchkey audit --verb keypair.create --outcome done \
		--thing "key-pair:nest/default/$1" --output json |
		jq -sr 'flatten | reverse | map(.detail |
			[.state // "made", .why // empty] | join(": ")) | join(", ")'
}
is_lost() { # NAME WHY: dead, and the trail says so; its name is free, once
	becomes "  the pair is dead" dead "$1"
	like "  the trail says why" "$(trail "$1")" ", dead: $2\$"
	is "  it is applied to nothing" "$(apply "$1")" 409
	is "  nobody is given its private half" \
		"$(http GET "$P/keypairs/$1" -u "iamapikey:$owner" >/dev/null
		jq 'has("private_key")' "$T/body")" false
	is "  its name is free" "$(ask "$1")" 201
	is "  for another" "$(state "$1")" alive
	is "  which is used" "$(apply "$1")" 201
}

# One that asks and never reads, beside all else.
mkfifo "$T/never"
/usr/bin/python3 "$T/client.py" "${HOST%:*}" "${HOST##*:}" "$owner" never 1.1 \
	<"$T/never" >"$T/never.heard" 2>&1 &
never=$!
exec 4>"$T/never"

client_on whole
client_does all
client_off
is "who reads all of it has it" "$(state whole)" alive
is "to the end" "$(tail -c 5 "$T/heard" | od -An -c | tr -d ' \n')" \
	'0\r\n\r\n'
is "  private half and all" "$(grep -c 'BEGIN RSA PRIVATE KEY' "$T/heard")" 1
is "  not to be stored" "$(grep -ci '^cache-control: no-store' "$T/heard")" 1
is "asked again, it is refused" "$(ask WHOLE)" 409
is "  with no private half" "$(grep -c PRIVATE "$T/body")" 0
is "the trail has both steps" "$(trail whole)" "pending, alive"

client_on before
client_does reset
client_off
becomes "who leaves before has a dead pair" dead before
is_lost before "the connection ended"

client_on middle
client_does half
until_ok grep -q 'PRIVATE KEY' "$T/heard"
is "in the middle a pair is pending" "$(state middle)" pending
is "  its name is taken" "$(ask middle)" 409
is "  it is applied to nothing" "$(apply middle)" 409
client_does reset
client_off
is "who leaves there has seen half of it" \
	"$(grep -c 'END RSA PRIVATE' "$T/heard")" 0
is_lost middle "the connection ended"

client_on hangs-up
client_does half
client_does close
client_off
echo "# who closes in the middle"
is_lost hangs-up "the connection ended"

client_on after
client_does all
client_does reset
client_off
is "who leaves after the end has it" "$(state after)" alive

version=1.0
client_on old
client_does all
client_off
version=1.1
like "an old client sees the end of the connection" "$(tail -n 1 "$T/heard")" closed
is "and has its pair" "$(state old)" alive
is "without chunks" "$(grep -ci '^transfer-encoding' "$T/heard")" 0

# The access ends while the private half is on its way.
http POST "/latchkey/v1/users/owl@nest.example/api-keys" -u "iamapikey:$owner" \
	-H 'Content-Type: application/json' -d '{"name":"short"}' >/dev/null
client_key=$(jq -r .apikey "$T/body") id=$(jq -r .id "$T/body")
client_on revoked
client_does half
until_ok grep -q 'PRIVATE KEY' "$T/heard"
is "a key is revoked in the middle" "$(http DELETE \
	"/latchkey/v1/users/owl@nest.example/api-keys/$id" \
	-u "iamapikey:$owner")" 204
becomes "its pair dies without its client" dead revoked
client_does all
client_off
client_key=$owner
like "who sees that it is cut" "$(tail -n 1 "$T/heard")" '\((reset|closed)\)$'
is_lost revoked "the access ended"

# Nobody waits for ever for who does not read.
until_ok is_in dead never || until_ok is_in dead never
exec 4>&-
wait $never
echo "# who never reads"
is_lost never "not taken in time"

# What is on its way when the server stops arrives; not when it is killed.
client_on stopped
client_does half
until_ok grep -q 'PRIVATE KEY' "$T/heard"
is "a pair is on its way" "$(state stopped)" pending
kill -TERM "$daemon"
client_does all
client_off
wait "$daemon"
is "the server stops in good order" $? 0
daemon=''
serve
is "after it was whole" "$(state stopped)" alive

client_on killed
client_does half
until_ok grep -q 'PRIVATE KEY' "$T/heard"
is "another is on its way" "$(state killed)" pending
kill9
client_does all
client_off
serve
echo "# the server was killed"
is_lost killed "not delivered"

# One connection may go on after a pair.
printf '{"name":"first"}' >"$T/one" && printf '{"name":"second"}' >"$T/two"
is "a connection is used again" "$(curl -s -o "$T/a" -w '%{http_code}\n' \
	-u "iamapikey:$owner" -H 'Content-Type: application/json' \
	-d @"$T/one" "$URL$P/keypairs" --next -s -o "$T/b" \
	-w '%{http_code} %{num_connects}\n' -u "iamapikey:$owner" \
	-H 'Content-Type: application/json' -d @"$T/two" "$URL$P/keypairs")" "201
201 0"
is "each has its own" "$(jq -rs 'map(.private_key) | unique | length' \
	"$T/a" "$T/b")" 2
is "the trail holds" "$(http POST /latchkey/v1/audit/verify \
	-u "iamapikey:$owner"; jq -r .intact "$T/body")" 200true
finish
