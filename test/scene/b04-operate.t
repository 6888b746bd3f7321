# What an operator does to the daemon, and what a careless environment does:
# settings, signals, certificates, hand-over of sockets, verify and backup.
. "$(dirname "$0")/lib.sh"

status_of() { # DESCRIPTION STATUS ARGUMENT...: latchkeyd ends with it, at once
	what=$1 wanted=$2
	shift 2
	timeout 5 latchkeyd "$@" >"$T/said" 2>&1 </dev/null
	is "$what" $? "$wanted"
}
# The daemon through another program: $@ is put before its name.
serve_by() {
	: >"$T/ready"
	"$@" latchkeyd serve --data "$DATA" --http 127.0.0.1:0 --ssh 127.0.0.1:0 \
		>"$T/ready" 2>>"$T/log" </dev/null &
	daemon=$!
	until_ok grep -q '^ready ' "$T/ready"
	HOST=$(sed -n 's/^ready .*http=\([^ ]*\).*/\1/p' "$T/ready") URL=http://$HOST
}

# --- settings
printf 'http = 127.0.0.1:0\nhttp = 127.0.0.1:0\n' >"$T/twice"
printf '\nno-such-key = 1\n' >"$T/unknown"
printf 'http\t= 127.0.0.1:0\r\n' >"$T/tab"
mkfifo "$T/fifo"
status_of "no command" 2
status_of "an unknown option" 2 serve --nope
status_of "an option without its value" 2 serve --data=
status_of "a number that is none" 2 serve --pool-max 12abc
status_of "a limit out of range" 78 serve --data "$DATA" --pool-max 0
status_of "a port out of range" 78 serve --data "$DATA" --http 127.0.0.1:65536
status_of "an address of nobody" 78 serve --data "$DATA" --http 192.0.2.1:0
status_of "the root as data directory" 78 serve --data /
status_of "a directory of other things" 78 serve --data "$T"
status_of "half of a key pair" 78 serve --data "$DATA" --tls-cert x
for bad in /dev/zero "$T/fifo" "$T" "$T/missing"; do
	status_of "no configuration: ${bad##*/}" 78 serve --config "$bad"
done
status_of "a key twice" 78 check-config --config "$T/twice"
said "names file, line and reason" "twice:2: http was given already"
status_of "an unknown key" 78 check-config --config "$T/unknown"
said "is named" "unknown:2: unknown key no-such-key"
status_of "a tab" 78 check-config --config "$T/tab"
latchkeyd check-config --region us-south=registry.ng.bluemix.net \
	--region uk-south,eu-gb=registry.eu-gb.bluemix.net >"$T/conf"
is "what check-config prints is a configuration" \
	"$(latchkeyd check-config --config "$T/conf" | sha256sum)" \
	"$(sha256sum <"$T/conf")"
is "nothing was begun by all that" "$(ls -A "$DATA" 2>/dev/null)" ''
rm -rf "$DATA"

# --- surroundings
serve_by env -i PATH="$PATH" LC_ALL=tr_TR.UTF-8 TZ=:/etc/passwd \
	sh -c 'umask 000; exec "$@" 2>&-' sh
is "a foreign locale and no standard error" "$(http GET /healthz)" 200
is "nothing is open to others" "$(find "$DATA" -perm /077 | head -n 3)" ''
is "no core file can hold a key" \
	"$(sed -n 's/^Max core file size *\([0-9a-z]*\).*/\1/p' "/proc/$daemon/limits")" 0
kill -HUP "$daemon"
is "SIGHUP without certificates changes nothing" "$(http GET /readyz)" 200
stop
serve_by sh -c 'ulimit -n 64; ulimit -s 64; exec "$@"' sh
is "few descriptors and a small stack" "$(http GET /healthz)" 200
stop
latchkeyd serve --data "$DATA" --http 127.0.0.1:0 --ssh none >/dev/full 2>"$T/said"
is "nobody can be told: status" $? 74

# --- a crash while the first start is at work
for tenth in 0.00 0.01 0.02 0.04 0.08 0.2 0.4 0.8; do
	rm -rf "$DATA"
	latchkeyd serve --data "$DATA" --http 127.0.0.1:0 --ssh 127.0.0.1:0 \
		>/dev/null 2>&1 &
	daemon=$!
	sleep $tenth
	kill9
	serve_by env
	is "killed after ${tenth}s: the next start has a key" "$(http GET \
		/latchkey/v1/whoami -u "iamapikey:$(jq -r .apikey "$DATA/first-apikey")")" 200
	stop
done

# --- verify and backup
serve_by env
status_of "verify wants the data for itself" 75 verify --data "$DATA"
stop
want "backup" latchkeyd backup --data "$DATA" "$T/copy"
deny "never over something" latchkeyd backup --data "$DATA" "$T/copy"
want "the copy holds together" latchkeyd verify --deep --data "$T/copy"
key=$(jq -r .apikey "$DATA/first-apikey")
DATA=$T/copy
serve_by env
is "and is served with the same keys" \
	"$(http GET /latchkey/v1/whoami -u "iamapikey:$key")" 200
stop

# --- certificates
for name in one two; do
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
		-keyout "$T/$name.key" -out "$T/$name.pem" -days 2 \
		-subj "/CN=$name" -addext subjectAltName=IP:127.0.0.1 2>/dev/null
done
cp "$T/one.pem" "$T/cert" && cp "$T/one.key" "$T/key"
HOST=127.0.0.1:0
serve --tls-cert "$T/cert" --tls-key "$T/key"
served() {
	curl -s -o /dev/null --cacert "$T/$1.pem" "https://$HOST/healthz"
}
want "TLS with the first certificate" served one
deny "and no other" served two
deny "nothing in the clear" curl -s "http://$HOST/healthz"
cp "$T/two.pem" "$T/cert" && cp "$T/two.key" "$T/key"
kill -HUP "$daemon"
until_ok served two
want "SIGHUP brings the second" served two
echo rubbish >"$T/cert"
kill -HUP "$daemon"
until_ok grep -q 'event=reload tls=kept' "$T/log"
want "a broken file leaves it" served two
stop
finish
