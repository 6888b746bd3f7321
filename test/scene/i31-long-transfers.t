# What is under way for minutes ends when the right to it does: a clone over SSH, a
# clone over HTTP, a blob that is pulled and one that is pushed, when the policy
# goes, the person leaves the group, their key or they themselves are disabled.
. "$(dirname "$0")/lib.sh"
serve
login
ssh_setup
owner=$(key_in "$T/apikey")
account=$(curl -s -u "iamapikey:$owner" "$URL/latchkey/v1/whoami" |
	jq -r .account)
cd "$T" || exit 99

ask() { # STATUS METHOD PATH [JSON] [ARGUMENT of curl]...
	wanted=$1 method=$2 path=$3 data=${4:-}
	[ $# -lt 4 ] && shift 3 || shift 4
	got=$(http "$method" "$path" -u "iamapikey:${as:-$owner}" \
		${data:+-H "Content-Type: application/json"} ${data:+-d "$data"} "$@")
	[ "$got" = "$wanted" ] || {
		remark <"$T/body"
		echo "Bail out! $method $path is answered $got"
		exit 99
	}
}
of() { # FILTER of the last reply
	jq -r "$1" "$T/body"
}
# Writer of all that the account has; prints the policy's id.
policy() { # SUBJECT-KEY SUBJECT
	ask 201 POST /v2/policies "$(jq -n --arg key "$1" --arg subject "$2" \
		--arg account "$account" '
		def is(k; v): {key: k, operator: "stringEquals", value: v};
		{type: "access", subject: {attributes: [is($key; $subject)]},
		 resource: {attributes: [is("accountId"; $account),
			is("serviceType"; "service")]},
		 control: {grant: {roles: [{role_id:
			"crn:v1:bluemix:public:iam::::serviceRole:Writer"}]}}}')"
	of .id
}

# --- things that take long
latchkey cr namespace-add birds >/dev/null
head -c 40000000 /dev/urandom >large
digest=sha256:$(sha256 large)
is "a large blob is there" "$(http POST \
	"/v2/birds/app/blobs/uploads/?digest=$digest" \
	-u "token:$(token --readwrite)" -H 'Content-Type: application/octet-stream' \
	--data-binary @large)" 201
head -c 40000000 /dev/urandom >other
repo_create test
make_key first
user_key first >/dev/null
git init -q dev
(
	cd dev && cp ../large . || exit 1
	git -c core.bigFileThreshold=1m add large
	git commit -q -m large
) || exit 99
want "a large repository is there" git_as first -C dev push -q \
	"ssh://git@$SSH_HOST:$SSH_PORT/nest/test.git" main

# --- a person with a key of each kind
ask 201 POST /latchkey/v1/users '{"email":"wren@nest.example"}'
wren=$(of .id)
key() { # sets $key and $key_id
	ask 201 POST /v1/apikeys "{\"name\":\"k\",\"iam_id\":\"$wren\",\"account_id\":\"$account\"}"
	key=$(of .apikey) key_id=$(of .id)
}
key
make_key web
as=$key ask 201 POST /2.0/users/me/ssh-keys "$(jq -n \
	--rawfile key "$HOME/.ssh/web.pub" \
	'{key: ($key | rtrimstr("\n")), label: "web"}')"

# --- the way in is slow, so that all of it takes minutes; little waits on it
cat >slow.py <<'E2'
import socket, sys, threading, time
RATE = 200000
def pump(a, b):
    try:
        while data := a.recv(16384):
            b.sendall(data)
            time.sleep(len(data) / RATE)
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
listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
listener.bind(("127.0.0.1", 0))
listener.listen(8)
print(listener.getsockname()[1], flush=True)
while True:
    client, _ = listener.accept()
    server = socket.socket()
    server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
    server.connect((host, int(port)))
    for a, b in ((client, server), (server, client)):
        threading.Thread(target=pump, args=(a, b), daemon=True).start()
E2
slow() { # HOST:PORT: sets $port and $proxy
	: >port
	/usr/bin/python3 slow.py "$1" >port 2>/dev/null &
	proxy=$!
	until_ok test -s port
	port=$(cat port)
}
proxies=''
quiet() {
	for pid in $proxies $control; do
		kill "$pid" 2>/dev/null
	done
}
control=''
trap 'quiet; gone' EXIT
slow "$HOST"
http_port=$port proxies="$proxies $proxy"
slow "$SSH_HOST:$SSH_PORT"
ssh_port=$port proxies="$proxies $proxy"

programs() { # git programs of this daemon
	ps -ww -o args= --ppid "$daemon" | grep -Ec 'upload-pack|receive-pack'
}
some() { # N
	[ "$(programs)" -ge "$1" ]
}
ended() { # PID: within half a minute
	tries=0
	while kill -0 "$1" 2>/dev/null; do
		tries=$((tries + 1))
		[ $tries -lt 300 ] || return 1
		sleep 0.1
	done
}
pulled() { # KEY FILE
	exec curl -s -f -H "Host: $HOST" -u "iamapikey:$1" -o "$2" \
		"http://127.0.0.1:$http_port/v2/birds/app/blobs/$digest"
}
pushed() { # KEY
	exec curl -s -f -H "Host: $HOST" -u "iamapikey:$1" -o /dev/null \
		-H 'Content-Type: application/octet-stream' \
		--data-binary @other \
		"http://127.0.0.1:$http_port/v2/birds/app/blobs/uploads/?digest=sha256:$(sha256 other)"
}
cloned() { # OVER
	rm -rf "cut-$1"
	[ "$1" = http ] &&
		exec git -c http.extraHeader="Host: $HOST" clone -q \
			"http://iamapikey:$key@127.0.0.1:$http_port/git/nest/test.git" cut-http
	exec git -c core.sshCommand="ssh -i $HOME/.ssh/web -o IdentitiesOnly=yes -o HostKeyAlias=[$SSH_HOST]:$SSH_PORT" \
		clone -q "ssh://git@127.0.0.1:$ssh_port/nest/test.git" cut-ssh
}
# All four at once, on the way.
begin() {
	rm -f pull
	cloned ssh >ssh.log 2>&1 &
	ssh=$!
	cloned http >http.log 2>&1 &
	clone=$!
	(pulled "$key" pull) &
	pull=$!
	(pushed "$key") &
	push=$!
	want "two clones are running" until_ok some 2
	want "and a pull" until_ok test -s pull
	sleep 1
	for pid in $ssh $clone $pull $push; do
		want "it is under way" kill -0 "$pid"
	done
}
stops() { # DESCRIPTION PID
	want "$1 is cut" ended "$2"
	wait "$2"
	is "  without success" "$([ $? -ne 0 ] && echo yes)" yes
}
all_cut() { # DESCRIPTION
	echo "# $1"
	stops "a clone over SSH" $ssh
	stops "a clone over HTTP" $clone
	stops "a pull" $pull
	stops "a push" $push
}
# Somebody else's goes on through all of this.
(pulled "$owner" mine) &
control=$!

id=$(policy iam_id "$wren")
begin
ask 204 DELETE "/v2/policies/$id"
all_cut "the policy is deleted"

ask 201 POST "/v2/groups?account_id=$account" '{"name":"writers"}'
group=$(of .id)
policy access_group_id "$group" >/dev/null
ask 207 PUT "/v2/groups/$group/members" \
	"{\"members\":[{\"iam_id\":\"$wren\",\"type\":\"user\"}]}"
begin
ask 204 DELETE "/v2/groups/$group/members/$wren"
all_cut "she leaves the group"

ask 207 PUT "/v2/groups/$group/members" \
	"{\"members\":[{\"iam_id\":\"$wren\",\"type\":\"user\"}]}"
begin
ask 204 POST "/v1/apikeys/$key_id/disable"
echo "# her API key is disabled"
stops "a clone over HTTP" $clone
stops "a pull" $pull
stops "a push" $push
want "what came with her SSH key goes on" kill -0 $ssh
kill $ssh
wait $ssh 2>/dev/null

key
begin
ask 200 PATCH "/latchkey/v1/users/$wren" '{"disabled":true}'
all_cut "she is disabled"
want "somebody else's pull goes on" kill -0 $control
quiet
is "what was pushed halfway is not there" "$(http HEAD \
	"/v2/birds/app/blobs/sha256:$(sha256 other)" -u "iamapikey:$owner")" 404
finish
