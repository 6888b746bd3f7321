# Hostile settings: each is refused in one line that says where and why, with
# status 78, and nothing has been begun. The numbers are those of the catalogue,
# part 4.16. There is no store of objects elsewhere (4.16/4), no file that
# includes another, and no target of the trail but the data (4.16/7): settings
# that would name one are unknown.
. "$(dirname "$0")/lib.sh"

conf() { # DESCRIPTION STATUS TEXT in printf's escapes [WHAT IS SAID]
	printf '%b' "$3" >"$T/conf"
	timeout 10 latchkeyd check-config --config "$T/conf" >"$T/said" 2>&1 </dev/null
	is "$1" $? "$2"
	[ -z "${4:-}" ] || {
		is "in one line" "$(wc -l <"$T/said")" 1
		said "which says where and why" "$4"
	}
}
conf "4.16/1 an unknown key" 78 'colour = red\n' 'conf:1: unknown key colour$'
conf "4.16/1 a key that includes" 78 '\ninclude = /etc/passwd\n' 'conf:2: unknown key include$'
conf "4.16/1 a key in capitals" 78 'HTTP = 127.0.0.1:0\n' 'conf:1: unknown key HTTP$'
conf "4.16/1 a key twice" 78 'ssh = none\nssh = none\n' 'conf:2: ssh was given already in line 1$'
conf "4.16/1 a word for a number" 78 'pool-max = many\n' 'conf:1: pool-max: must be a number from'
conf "4.16/1 a number for a flag" 78 'behind-tls-proxy = 1\n' 'conf:1: behind-tls-proxy: must be true or false$'
conf "4.16/1 a number with a unit" 78 'head-timeout = 10s\n' 'conf:1: head-timeout: must be a number'
conf "4.16/1 a fraction" 78 'head-timeout = 1.5\n' 'conf:1: head-timeout: must be a number'
conf "4.16/1 no value" 78 'data =\n' 'conf:1: data: has no value$'
conf "4.16/1 no key" 78 '= x\n' 'conf:1: unknown key'
conf "4.16/1 no sign" 78 'data /srv\n' 'conf:1: not of the form'
conf "4.16/1 a section" 78 '[server]\n' 'conf:1: not of the form'
conf "4.16/1 a tab" 78 'ssh\t= none\n' 'conf:1: has a control character'
conf "4.16/1 CR LF" 78 'ssh = none\r\n' 'conf:1: has a control character'
conf "4.16/1 a BOM" 78 '\0357\0273\0277ssh = none\n' 'conf:1: begins with a byte order mark$'
conf "4.16/1 NUL" 78 'ssh = none\0000\n' 'conf:1: has a control character'
conf "4.16/1 no UTF-8" 78 '# \0377\n' 'conf:1: has a control character|is not UTF-8'
conf "4.16/1 a line of 64 KiB" 78 "data = $(printf '%065536d' 0)\n" 'conf:1: longer than'
conf "4.16/1 nothing at all is right" 0 ''
conf "4.16/1 no line end is right" 0 'ssh = none'
conf "4.16/1 a store elsewhere is unknown" 78 's3-endpoint = http://key:secret@host\n' 'conf:1: unknown key s3-endpoint$'
is "4.16/1 and its secret is not shown" "$(grep -c secret "$T/said")" 0
conf "4.16/1 a URL with a password" 78 'public-url = https://a:hunter2@b.example\n' 'conf:1: public-url: must be scheme and host'
is "4.16/1 is not shown either" "$(grep -c hunter2 "$T/said")" 0
conf "4.16/7 the trail has no other target" 78 'audit-file = /dev/null\n' 'conf:1: unknown key audit-file$'
head -c 10485760 /dev/zero | tr '\0' '#' >"$T/large"
timeout 10 latchkeyd check-config --config "$T/large" >"$T/said" 2>&1
is "4.16/1 10 MiB" $? 78
said "is too large" 'larger than'

# --- addresses
starts() { # DESCRIPTION STATUS WHAT-IS-SAID [ARGUMENT]...
	what=$1 status=$2 words=$3
	shift 3
	timeout 10 latchkeyd serve --data "$T/new" "$@" \
		>"$T/said" 2>&1 </dev/null
	is "$what" $? "$status"
	said "and it is said" "$words"
	is "nothing was begun" "$(ls -A "$T/new" 2>/dev/null)" ""
	rm -rf "$T/new"
}
for bad in 127.0.0.1 127.0.0.1: 127.0.0.1:65536 127.0.0.1:-1 127.0.0.1:http \
	:8080 '[::1]' ::1:8080 '"127.0.0.1:0"' 127.1:0x50 ''; do
	printf 'http = %s\ndata = %s/new\nssh = none\n' "$bad" "$T" >"$T/conf"
	timeout 10 latchkeyd serve --config "$T/conf" >"$T/said" 2>&1 </dev/null
	is "4.16/2 no address: '$bad'" $? 78
	said "and it is said" 'http|not of the form'
	is "nothing was begun" "$(ls -A "$T/new" 2>/dev/null)" ""
done
starts "4.16/2 an address of somebody else" 78 192.0.2.1 --http 192.0.2.1:0 --ssh none
serve
starts "4.16/2 an address that is taken" 78 "$HOST: Address already in use" --http "$HOST" --ssh none
starts "4.16/2 one of SSH that is taken" 78 "Address already in use" --ssh "$SSH" --http 127.0.0.1:0
starts "4.16/2 a low port of another's machine" 78 192.0.2.1 --http 192.0.2.1:80 --ssh none
is "the first one is untouched" "$(http GET /readyz)" 200

# --- where the data lies
at() { # DESCRIPTION STATUS DIR WHAT-IS-SAID
	timeout 10 latchkeyd serve --data "$3" --http 127.0.0.1:0 --ssh none \
		>"$T/said" 2>&1 </dev/null
	is "4.16/3 $1" $? "$2"
	said "and it is said" "$4"
}
before=$(find "$DATA" -maxdepth 2 | sort | sha256sum)
at "the root" 78 / 'data: / is no place'
at "the root in disguise" 78 /tmp/../.. 'data: / is no place'
at "in an installation" 78 "$DATA/more" "lies in the installation $DATA"
at "deep in one" 78 "$DATA/blobs/a/b/c" "lies in the installation $DATA"
at "in one by another way" 78 "$T/../$(basename "$T")/data/blobs/more" 'lies in the installation'
ln -s "$DATA/blobs" "$T/short-cut"
at "in one by a link" 78 "$T/short-cut/more" 'lies in the installation'
(cd "$DATA/blobs" && timeout 10 latchkeyd serve --data more --http 127.0.0.1:0 \
	--ssh none >"$T/said" 2>&1 </dev/null)
is "4.16/3 in one by a short name" $? 78
is "4.16/3 nothing was made there" "$(find "$DATA" -maxdepth 2 | sort | sha256sum)" "$before"
at "among other things" 78 "$T" 'holds other things'
at "a file" 78 "$T/conf" 'not a directory|File exists'
at "in a folder that is not there" 78 "$T/no/such/folder" 'No such file'
mkdir -m 777 "$T/open" && chmod 777 "$T/open"
at "in a folder that is everybody's" 78 "$T/open" 'can be written by others'
[ "$(id -u)" -ne 0 ] || {
	mkdir "$T/theirs" && chown 65534 "$T/theirs"
	at "in a folder of somebody else's" 78 "$T/theirs" 'belongs to somebody else'
}
at "that is served already" 75 "$DATA" '.'
stop
if unshare -m true 2>/dev/null; then
	unshare -m sh -c 'mount -t tmpfs -o ro none "$1/open" 2>/dev/null &&
		chmod 700 "$1/open"; exec timeout 10 latchkeyd serve --data "$1/open/data" \
		--http 127.0.0.1:0 --ssh none' sh "$T" >"$T/said" 2>&1 </dev/null
	is "4.16/3 on a disk that cannot be written" $? 78
	said "and it is said" 'Read-only'
else
	skip "4.16/3 on a disk that cannot be written" "this user may not mount"
fi
# A short name counts from where the daemon was started, once and for all.
(cd "$T" && exec latchkeyd init --data short --apikey-file "$T/short.key" \
	>"$T/said" 2>&1)
is "4.16/3 a short name is taken" $? 0
is "4.16/3 and means one place" "$(ls -d "$T/short/node")" "$T/short/node"

# --- limits
for row in 'connections-max 0' 'connections-max -1' 'connections-max 1000001' \
	'connections-max 18446744073709551616' 'pool-max 0' 'pool-max 1025' \
	'event-threads 65' 'head-timeout 0' 'idle-timeout 0' 'body-timeout -5' \
	'stall-timeout 99999999999' 'push-max 0' 'push-max 2t' 'push-max 9999999999g' \
	'git-running-max 0' 'ssh-sessions-max 0' 'ssh-grace 0' 'trash-days 3651' \
	'gc-grace -1'; do
	conf "4.16/5 ${row% *} = ${row#* }" 78 "${row% *} = ${row#* }\n" \
		"conf:1: ${row% *}: must be a number (of bytes )?from"
done
conf "4.16/5 the most that is taken" 0 'connections-max = 1000000\npool-max = 1024\npush-max = 1t\n'
said "is shown" '^connections-max = 1000000$'
HOST=127.0.0.1:0
serve --connections-max 1000000
places=$(sed -n 's/.*event=start .*places=\([0-9]*\) of=1000000$/\1/p' "$T/log" | tail -n 1)
is "4.16/5 more connections than descriptors are cut down" \
	"$([ "$places" -lt "$(ulimit -Hn)" ] && echo yes)" yes
is "4.16/5 and served" "$(http GET /healthz)" 200
stop

# --- reading again
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
	-keyout "$T/one.key" -out "$T/one.pem" -days 2 -subj /CN=nest \
	-addext subjectAltName=IP:127.0.0.1 2>/dev/null
cp "$T/one.key" "$T/key" && cp "$T/one.pem" "$T/cert"
serve --tls-cert "$T/cert" --tls-key "$T/key"
URL=https://$HOST
: >"$T/answers"
while [ ! -e "$T/enough" ]; do
	curl -s --cacert "$T/one.pem" -o /dev/null --max-time 20 \
		-w '%{http_code}\n' "$URL/healthz" >>"$T/answers"
done &
asking=$!
i=0
while [ $i -lt 200 ]; do
	i=$((i + 1))
	case $((i % 4)) in
	0) cp "$T/one.pem" "$T/cert" ;;
	1) echo rubbish >"$T/cert" ;;
	2) : >"$T/cert" ;;
	3) rm -f "$T/cert" ;;
	esac
	kill -HUP "$daemon"
done
patient() {
	[ "$(grep -c . "$T/answers")" -ge 50 ]
}
until_ok patient
until_ok grep -q 'event=reload tls=kept' "$T/log"
: >"$T/enough"
wait $asking
is "4.16/6 while files are broken and mended 200 times, all are answered" \
	"$(sort -u "$T/answers")" 200
like "4.16/6 a line of the log says so each time" \
	"$(grep event=reload "$T/log" | tail -n 1)" 'tls=(kept why=|done)'
finish
