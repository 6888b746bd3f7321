# Removing a key ends what it opened: a clone that is running, over SSH and over
# HTTP, and a push that is coming in; and nothing of it is left.
. "$(dirname "$0")/lib.sh"

serve
login
ssh_setup
make_key dev
make_key web
user_key dev >/dev/null
repo_create test
id=$(access_key test web)
KEY=$(key_in "$T/apikey")
cd "$T" || exit 99
git init -q dev
(
	cd dev || exit 1
	head -c 150000000 /dev/urandom >large
	git -c core.bigFileThreshold=1m add large
	git commit -q -m large
) || exit 99
AT=ssh://git@$SSH_HOST:$SSH_PORT/nest/test.git
want "150 MB are pushed" git_as dev -C dev push -q "$AT" main

# The clients' way in, at half a MB a second, so that a clone takes minutes.
cat >slow.py <<'E2'
import socket, sys, threading, time
def pump(a, b, rate):
    try:
        while True:
            data = a.recv(65536 if rate is None else 32768)
            if not data:
                break
            b.sendall(data)
            if rate is not None:
                time.sleep(len(data) / rate)
    except OSError:
        pass
    # Closed, and not only shut: who still sends is to hear of it.
    for s in (a, b):
        try:
            s.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        s.close()
host, port = sys.argv[1].rsplit(":", 1)
up = float(sys.argv[2]) if sys.argv[2] != "-" else None
down = float(sys.argv[3]) if sys.argv[3] != "-" else None
listener = socket.socket()
listener.bind(("127.0.0.1", 0))
listener.listen(8)
print(listener.getsockname()[1], flush=True)
while True:
    client, _ = listener.accept()
    server = socket.create_connection((host, int(port)))
    threading.Thread(target=pump, args=(client, server, up), daemon=True).start()
    threading.Thread(target=pump, args=(server, client, down), daemon=True).start()
E2
proxy=''
trap '[ -z "$proxy" ] || kill "$proxy" 2>/dev/null; gone' EXIT
slow() { # HOST:PORT UP DOWN: sets $port and $proxy
	: >"$T/port"
	/usr/bin/python3 "$T/slow.py" "$@" >"$T/port" 2>/dev/null &
	proxy=$!
	until_ok test -s "$T/port"
	port=$(cat "$T/port")
}
unslow() {
	kill $proxy
	wait $proxy 2>/dev/null
	proxy=''
}
ended() { # PID: it has ended within 10 s
	tries=0
	while kill -0 "$1" 2>/dev/null; do
		tries=$((tries + 1))
		[ $tries -lt 100 ] || return 1
		sleep 0.1
	done
}
programs() { # git programs of this daemon
	ps -ww -o args= --ppid "$daemon" | grep -Ec 'upload-pack|receive-pack'
}
none() {
	[ "$(programs)" -eq 0 ]
}
some() {
	[ "$(programs)" -gt 0 ]
}

# --- an access key, over SSH
slow "$SSH_HOST:$SSH_PORT" - 500000
git -c core.sshCommand="ssh -i $HOME/.ssh/web -o IdentitiesOnly=yes -o HostKeyAlias=[$SSH_HOST]:$SSH_PORT" \
	clone "ssh://git@127.0.0.1:$port/nest/test.git" cut >"$T/clone" 2>&1 &
clone=$!
want "a clone is running" until_ok some
sleep 1
bitbucket 204 DELETE "/repositories/nest/test/deploy-keys/$id"
want "its key is removed: it ends" ended $clone
wait $clone
is "without success" "$([ $? -ne 0 ] && echo yes)" yes
want "and so does its program" until_ok none
is "nothing is there" "$(ls cut 2>/dev/null | wc -l)" 0
unslow
deny "the key opens nothing" git_as web ls-remote "$AT"

# --- an API key, over HTTP
want "another key" latchkey iam api-key-create second --output json
second=$(jq -r .apikey "$T/said")
uuid=$(jq -r '.id // .uuid' "$T/said")
slow "$HOST" - 500000
git -c http.extraHeader="Host: $HOST" clone "http://iamapikey:$second@127.0.0.1:$port/git/nest/test.git" cut >"$T/clone" 2>&1 &
clone=$!
want "a clone over HTTP is running" until_ok some
sleep 1
want "its key is deleted" latchkey iam api-key-delete "$uuid" -f
want "it ends" ended $clone
wait $clone
is "without success" "$([ $? -ne 0 ] && echo yes)" yes
want "and so does its program" until_ok none
unslow

# --- a push that is coming in
want "a third key" latchkey iam api-key-create third --output json
third=$(jq -r .apikey "$T/said")
uuid=$(jq -r '.id // .uuid' "$T/said")
(cd dev && head -c 20000000 /dev/urandom >second && git add second && git commit -q -m second) || exit 99
before=$(du -s "$DATA/git" | cut -f 1)
slow "$HOST" 500000 -
git -C dev -c http.extraHeader="Host: $HOST" push "http://iamapikey:$third@127.0.0.1:$port/git/nest/test.git" main >"$T/push" 2>&1 &
push=$!
want "a push is coming in" until_ok some
sleep 2
want "its key is deleted" latchkey iam api-key-delete "$uuid" -f
want "it ends" ended $push
wait $push
is "without success" "$([ $? -ne 0 ] && echo yes)" yes
want "and so does its program" until_ok none
unslow
is "the branch is where it was" "$(git_as dev ls-remote "$AT" refs/heads/main | cut -f 1)" "$(git -C dev rev-parse main~1)"
tidy() {
	[ "$(du -s "$DATA/git" | cut -f 1)" -le $((before + 64)) ]
}
want "and nothing of it is left" until_ok tidy
finish
