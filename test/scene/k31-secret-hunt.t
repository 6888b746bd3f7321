# A private half that was handed out is nowhere any more: not on disk, not in the
# memory of any process of ours, in none of the forms it could lie around in.
. "$(dirname "$0")/lib.sh"
ulimit -c unlimited
mkdir "$T/keys" "$T/dumps"
cd "$T/dumps" || exit 99
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
	-keyout "$T/tls.key" -out "$T/tls.pem" -days 2 -subj /CN=one \
	-addext subjectAltName=IP:127.0.0.1 2>/dev/null
# A sanitizer's processes are many times as large to look through, and pass through
# the same code for each kind of key.
asks='ed25519: rsa:2048 rsa:4096 ecdsa:256 ecdsa:384'
! grep -q __asan_init "$BUILD/latchkeyd" || asks='ed25519: rsa:2048'
family() { # PID: it and all that came from it
	echo "$1"
	for child in $(cat /proc/"$1"/task/*/children 2>/dev/null); do
		family "$child"
	done
}
processes() { # as options of hunt
	family "$daemon" | sed 's/^/-p /'
}
hunted() { # DESCRIPTION KEY FILE [PLACE]...: the secret is in none
	what=$1 file=$2
	shift 2
	hunt "$file" "$@" >"$T/found" 2>&1
	ok $? "$what"
	remark <"$T/found"
}
make_all() {
	for ask in $asks; do
		for form in openssh pem; do
			type=${ask%:*} bits=${ask#*:}
			name=$prefix-$type$bits-$form
			name=$(printf %.20s "$name")
			want "$name is made" latchkey keypair create "$name" \
				--type "$type" ${bits:+--bits $bits} \
				--format $form --out "$T/keys/$name"
		done
	done
}
hunt_all() { # WHEN PATTERN: of the keys' names
	for file in "$T"/keys/$2; do
		# shellcheck disable=SC2046 # a list of options
		hunted "$1: ${file##*/} is in no process" "$file" $(processes)
		hunted "$1: nor on disk" "$file" "$DATA" "$HOME" "$TMPDIR" \
			"$T/log" "$T/dumps" "$T/ready"
	done
}

# The hunter finds what is there.
serve
login
prefix=a
latchkey keypair create a-first --out "$T/keys/a-first" >/dev/null
hunt "$T/keys/a-first" "$T/keys/a-first" >/dev/null
is "the hunter finds a file" $? 1
/usr/bin/python3 -c 'import sys, time
key = open(sys.argv[1]).read()
print("up", flush=True)
time.sleep(60)' "$T/keys/a-first" >"$T/holder" &
holder=$!
until_ok grep -q up "$T/holder"
hunt "$T/keys/a-first" -p $holder >/dev/null
is "and what a process holds" $? 1
kill $holder

# Over plain HTTP on loopback.
make_all
is "there are several processes to look into" \
	"$([ "$(processes | wc -l)" -ge 3 ]; echo $?)" 0
hunt_all "plain" "a-*"
stop

# Over TLS.
prefix=t
serve --tls-cert "$T/tls.pem" --tls-key "$T/tls.key"
keep latchkey login -a "https://$HOST" --ca-file "$T/tls.pem" \
	--apikey "@$T/apikey"
make_all
hunt_all "TLS" "t-*"

# What the API answers, for who takes it with other clients.
curl -s --cacert "$T/tls.pem" -u "iamapikey:$(key_in "$T/apikey")" \
	-H 'Content-Type: application/json' -d '{"name":"t-curl","type":"rsa"}' \
	"https://$HOST/latchkey/v1/projects/nest/default/keypairs" |
	jq -j .private_key >"$T/keys/t-curl"
hunt_all "curl" t-curl
latchkey keypair delete -f t-curl >/dev/null
kill9
hunt_all_disk() {
	for file in "$T"/keys/*; do
		hunted "$1: ${file##*/}" "$file" "$DATA" "$T/log" "$T/dumps"
	done
}
hunt_all_disk "after a crash"
serve --tls-cert "$T/tls.pem" --tls-key "$T/tls.key"
want "a backup is made" latchkeyd backup --data "$DATA" "$T/copy"
for file in "$T"/keys/*; do
	hunted "in no backup: ${file##*/}" "$file" "$T/copy"
done
is "nothing dumped its core" "$(find "$T/dumps" "$DATA" -name '*core*' | wc -l)" 0
finish
