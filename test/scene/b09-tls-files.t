# The files of TLS: a chain from a CA of one's own that every client is told
# of, and what a careless or hostile hand may have put in their place.
. "$(dirname "$0")/lib.sh"

# root -> middle -> $1, for 127.0.0.1; $T/$1.pem is the chain, $T/$1.key its key.
key_of() {
	openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 \
		-out "$T/$1.key" 2>/dev/null
}
signed() { # NAME ISSUER EXTENSION
	key_of "$1"
	echo "$3" >"$T/extension"
	openssl req -new -key "$T/$1.key" -subj "/CN=$1" -out "$T/$1.csr" &&
		openssl x509 -req -in "$T/$1.csr" -CA "$T/$2.crt" \
			-CAkey "$T/$2.key" -CAcreateserial -days 2 \
			-extfile "$T/extension" -out "$T/$1.crt" 2>/dev/null
}
key_of root
openssl req -x509 -key "$T/root.key" -days 2 -subj /CN=root -out "$T/root.crt"
signed middle root 'basicConstraints=critical,CA:true'
signed server middle 'subjectAltName=IP:127.0.0.1'
cat "$T/server.crt" "$T/middle.crt" >"$T/server.pem"
cp "$T/server.pem" "$T/cert"
(umask 077 && cp "$T/server.key" "$T/key")

# --- clients that are told of the CA
serve
login
latchkey cr namespace-add birds >/dev/null
rw=$(token --readwrite)
stop
serve --tls-cert "$T/cert" --tls-key "$T/key"
URL=https://$HOST
: >"$XDG_CONFIG_HOME/containers/registries.conf"
is "curl, by the root alone" "$(curl -s --cacert "$T/root.crt" \
	-o /dev/null -w '%{http_code}' "$URL/healthz")" 200
for old in tls1 tls1_1; do
	deny "$old is refused" openssl s_client -connect "$HOST" -$old \
		-cipher DEFAULT@SECLEVEL=0
done
is "a hello of SSL 3 gets an alert" "$(printf \
	'\026\003\000\000\055\001\000\000\051\003\000%032d\000\000\002\000\012\001\000' 0 |
	curl -s --max-time 5 "telnet://$HOST" | head -c 1 | od -A n -t x1)" " 15"
is "and TLS goes on" "$(curl -s --cacert "$T/root.crt" "$URL/healthz")" ok

cd "$T"
want "the command line, by an environment variable and a short path" \
	env LATCHKEY_CA_FILE=root.crt latchkey login -a "$URL" --apikey @apikey
cd /
want "which it keeps" latchkey cr namespaces
want "cr login" latchkey cr login --client podman
mkdir "$T/ca"
cp "$T/root.crt" "$T/ca/ca.crt"
image robin amd64 "$(text_layer a one)"
skopeo copy -q "oci:$IMAGES/robin:latest" "oci-archive:$T/robin.tar"
podman load -q -i "$T/robin.tar" >/dev/null 2>&1
podman tag "$(podman images -q | head -n 1)" "$HOST/birds/robin:1"
want "podman pushes" podman push -q --cert-dir "$T/ca" "$HOST/birds/robin:1"
podman rmi -f "$HOST/birds/robin:1" >/dev/null
want "and pulls" podman pull -q --cert-dir "$T/ca" "$HOST/birds/robin:1"
deny "without the CA it does not" podman pull -q "$HOST/birds/robin:1"
deny "another server is not trusted for it" latchkey login \
	-a "https://localhost:${HOST##*:}" --apikey "@$T/apikey"

# --- a key that is no good does not take the place of a good one
chmod 644 "$T/key"
kill -HUP "$daemon"
until_ok grep -q 'event=reload tls=kept' "$T/log"
like "a key open to others is not taken on SIGHUP" \
	"$(grep event=reload "$T/log" | tail -n 1)" 'tls=kept why="tls-key: .*others'
is "and the old one serves" "$(curl -s --cacert "$T/root.crt" "$URL/healthz")" ok
chmod 600 "$T/key"
stop
is "nothing of a key was logged" "$(grep -c 'BEGIN\|MIG\|MHc' "$T/log")" 0

# --- files that the daemon does not start with
rm -rf "$DATA"
good_cert=$T/cert good_key=$T/key
refused() { # DESCRIPTION SETTING FILE
	case $2 in
	tls-cert) set -- "$@" --tls-cert "$3" --tls-key "$good_key" ;;
	*) set -- "$@" --tls-cert "$good_cert" --tls-key "$3" ;;
	esac
	what=$1 setting=$2
	shift 3
	timeout 3 latchkeyd serve --data "$DATA" --http 127.0.0.1:0 --ssh none "$@" \
		>"$T/said" 2>&1 </dev/null
	is "$what: $setting" $? 78
	is "is named in one line" "$(grep -c "^latchkeyd: $setting: " "$T/said") $(
		wc -l <"$T/said")" "1 1"
	is "and not quoted" "$(grep -c 'BEGIN\|MIG\|MHc' "$T/said")" 0
}
umask 077
bad=$T/bad
for setting in tls-cert tls-key; do
	refused "nothing there" $setting "$T/missing"
	: >"$bad"
	refused "empty" $setting "$bad"
	head -c 4096 /dev/urandom >"$bad"
	refused "noise" $setting "$bad"
	head -n 1 "$T/key" >"$bad"
	refused "header only" $setting "$bad"
	{ head -n 1 "$T/cert" && cat "$T/cert"; } >"$bad"
	refused "a header within" $setting "$bad"
	{ cat "$T/key" "$T/cert" && printf '\000'; } >"$bad"
	refused "a NUL byte" $setting "$bad"
	truncate -s 100M "$bad"
	refused "100 MiB" $setting "$bad"
	rm -f "$bad"
	mkfifo "$bad"
	refused "a FIFO" $setting "$bad"
	rm -f "$bad"
	refused "a directory" $setting "$T/ca"
	refused "a device" $setting /dev/zero
done
refused "a key for a certificate" tls-cert "$T/key"
refused "a certificate for a key" tls-key "$T/cert"
cat "$T/key" "$T/middle.key" >"$bad"
refused "two keys" tls-key "$bad"
cp "$T/middle.key" "$bad"
refused "another's key" tls-key "$bad"
openssl pkey -in "$T/key" -aes128 -passout pass:word -out "$bad"
refused "a pass phrase" tls-key "$bad"
openssl genrsa -out "$bad" 512 2>/dev/null
refused "a key of 512 bits" tls-key "$bad"
cp "$T/key" "$bad"
for mode in 644 640 604; do
	chmod $mode "$bad"
	refused "mode $mode" tls-key "$bad"
done
is "nothing was begun by all that" "$(ls -d "$DATA" 2>/dev/null)" ""
ln -s "$T/key" "$T/link"
want "a link to a good key is good" timeout 5 latchkeyd check-config \
	--tls-cert "$T/cert" --tls-key "$T/link"
finish
