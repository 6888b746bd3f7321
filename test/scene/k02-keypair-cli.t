# The command line of key pairs: files in the way, interrupts, full disks, pass
# phrases, forms and types, imports, lists, wrong uses.
. "$(dirname "$0")/lib.sh"
serve
login
mkdir "$T/here"
cd "$T/here" || exit 99
status() { # DESCRIPTION STATUS COMMAND...
	what=$1 wanted=$2
	shift 2
	keep "$@"
	is "$what" $? "$wanted"
}
pairs() { # names of all, in one line
	latchkey keypair list --output json | jq -r '.[].name' | paste -sd ' '
}
none_made() { # DESCRIPTION
	is "$1" "$(pairs)" ""
}

# --- wrong uses: status 2, and nothing is done
status "an unknown option" 2 latchkey keypair create abc --no-such
status "a missing value" 2 latchkey keypair create abc --type
status "an option given twice" 2 latchkey keypair create abc --type rsa \
	--type rsa
status "an empty value" 2 latchkey keypair create abc --out=
status "an empty name" 2 latchkey keypair create ''
status "a name too many" 2 latchkey keypair create abc def
for bits in 12abc -1 18446744073709551616 1024 2047 2049 16384; do
	status "RSA of $bits bits" 2 latchkey keypair create abc --type rsa \
		"--bits=$bits"
done
status "ECDSA of 521 bits" 2 latchkey keypair create abc --type ecdsa -b 521
status "Ed25519 of 255 bits" 2 latchkey keypair create abc --bits 255
status "DSA" 2 latchkey keypair create abc --type dsa
status "an unknown form" 2 latchkey keypair create abc --format ppk
status "JSON and the key on one output" 2 latchkey keypair create abc \
	--out - --output json
status "a pass phrase on PEM" 2 latchkey keypair create abc --format pem \
	--passphrase
status "a name in broken UTF-8" 2 latchkey keypair create \
	"$(printf 'ab\377c')"
status "a name of 100 KiB" 2 latchkey keypair create \
	"$(head -c 102400 /dev/zero | tr '\0' a)"
keep latchkey keypair create ab
ours=$(sed -n 2p "$T/said")
http POST /latchkey/v1/projects/nest/default/keypairs \
	-u "iamapikey:$(key_in "$T/apikey")" -H 'Content-Type: application/json' \
	-d '{"name":"ab"}' >/dev/null
is "the rule of names is said in the server's own words" "$ours" \
	"$(jq -r .error.message "$T/body")"
none_made "no pair came of all this"
is "and no file" "$(ls)" ""

# --- a file in the way: status 73, and nothing is made
echo mine >abc.pem
status "a file that is there" 73 latchkey keypair create abc
is "is as it was" "$(cat abc.pem)" mine
ln -s /nowhere/file def.pem
status "a link that leads nowhere" 73 latchkey keypair create def
is "is as it was" "$(readlink def.pem)" /nowhere/file
ln -s abc.pem ghi.pem
status "a link to a file" 73 latchkey keypair create ghi
mkdir jkl.pem
status "a folder" 73 latchkey keypair create jkl
mkfifo mno.pem
status "a pipe" 73 timeout 10 latchkey keypair create mno
status "a folder that is not there" 73 latchkey keypair create abc \
	--out none/abc.pem
status "a device" 73 latchkey keypair create abc --out /dev/full
is "the file behind the link is as it was" "$(cat abc.pem)" mine
none_made "no pair was made for any of them"
rm -r ./*.pem

# --- modes
mkdir -m 777 open
want "in an open folder, without a umask" sh -c \
	'umask 000 && cd open && latchkey keypair create abc'
is "the file is its owner's only" "$(stat -c %a open/abc.pem)" 600
want "with a umask that takes all" sh -c \
	'umask 777 && latchkey keypair create def'
is "it can be read by its owner" "$(stat -c %a def.pem)" 600
latchkey keypair delete -f abc >/dev/null
latchkey keypair delete -f def >/dev/null
rm -rf open def.pem

# --- a disk without room: known before there is a key
if [ "$(id -u)" -eq 0 ] &&
	unshare -m sh -c "mount -t tmpfs -o size=4k t '$T/tmp'" 2>/dev/null; then
	unshare -m sh -c "mkdir full; mount -t tmpfs -o size=8k t full; cd full
		head -c 8192 /dev/zero >rest
		latchkey keypair create abc; echo status \$?; ls" \
		>"$T/said" 2>&1
	said "a full disk is said" "No space left"
	said "status 73" "status 73"
	is "no file is left" "$(tail -n 1 "$T/said")" rest
	none_made "and no pair was made"
else
	skip "a full disk" "nothing can be mounted here"
fi
deny "standard output is full" sh -c \
	'latchkey keypair create abc --out - >/dev/full'
said "the pair is not left without its key" "deleted again"
none_made "it is gone"

# --- standard output
latchkey keypair create abc --out - >"$T/key" 2>"$T/said"
is "the key alone is on standard output" \
	"$(sed -n '1p;$p' "$T/key" | paste -sd ' ')" \
	"-----BEGIN OPENSSH PRIVATE KEY----- -----END OPENSSH PRIVATE KEY-----"
chmod 600 "$T/key"
want "and is one" ssh-keygen -y -f "$T/key"
rm -rf full
is "no file was made" "$(ls)" ""
latchkey keypair delete -f abc >/dev/null

# --- what a name that begins with a dash does, and a path with blanks
want "a name that begins with a dash" latchkey keypair create -- -a-
is "has its file" "$(ls)" -a-.pem
want "a path with a blank" latchkey keypair create abc --out 'a b.pem'
said "is shown as a shell takes it" "ssh -i 'a b.pem' "
rm -- ./*.pem
latchkey keypair delete -f abc >/dev/null
latchkey keypair delete -f -- -a- >/dev/null

# --- types and forms, each held against OpenSSH and OpenSSL
check_type() { # NAME TYPE BITS ARGUMENT...
	name=$1 type=$2 bits=$3
	shift 3
	want "$type $bits $*" latchkey keypair create "$name" "$@"
	is "  is the listed key" "$(ssh-keygen -y -f "$name.pem" |
		cut -d ' ' -f 1,2)" "$(latchkey keypair show "$name" \
		--output json | jq -r .public_key | cut -d ' ' -f 1,2)"
	is "  of that type and length" "$(ssh-keygen -y -f "$name.pem" |
		ssh-keygen -lf - | sed 's/ .*(\(.*\))/ \1/')" "$bits $type"
}
check_type t-ed ED25519 256
check_type t-rsa RSA 3072 --type rsa
check_type t-rsa2 RSA 2048 --type rsa --bits 2048
check_type t-ec ECDSA 256 --type ecdsa
check_type t-ec3 ECDSA 384 --type ecdsa --bits 384
check_pem() { # NAME LABEL ARGUMENT...
	name=$1 label=$2
	shift 2
	want "PEM $*" latchkey keypair create "$name" --format pem "$@"
	is "  begins as it should" "$(head -n 1 "$name.pem")" \
		"-----BEGIN $label-----"
	want "  OpenSSL reads it" openssl pkey -noout -in "$name.pem"
}
same_as_listed() { # NAME: by ssh-keygen
	is "  and is the listed key" "$(ssh-keygen -y -f "$1.pem" |
		cut -d ' ' -f 1,2)" "$(latchkey keypair show "$1" \
		--output json | jq -r .public_key | cut -d ' ' -f 1,2)"
}
check_pem p-rsa "RSA PRIVATE KEY" --type rsa
same_as_listed p-rsa
check_pem p-ec "EC PRIVATE KEY" --type ecdsa
same_as_listed p-ec
check_pem p-ec3 "EC PRIVATE KEY" --type ecdsa --bits 384
same_as_listed p-ec3
check_pem p-ed "PRIVATE KEY"
is "  and is the listed key" \
	"$(openssl pkey -in p-ed.pem -pubout -outform DER | tail -c 32 | base64)" \
	"$(latchkey keypair show p-ed --output json | jq -r .public_key |
		cut -d ' ' -f 2 | base64 -d | tail -c 32 | base64)"

# --- JSON
want "in JSON" sh -c \
	'latchkey keypair create j-1 --output json >"$1"' - "$T/json"
is "the members that count" "$(jq -c \
	'[.name, .state, .type, .file, .private_key, .servers]' "$T/json")" \
	'["j-1","alive","ssh-ed25519","./j-1.pem",null,0]'
want "the file is the key" ssh-keygen -y -f j-1.pem
want "deleting in JSON" sh -c \
	'latchkey keypair delete j-1 -f --output json >"$1" 2>/dev/null' - \
	"$T/json"
is "says what it did" "$(jq -c '[.deleted, .servers]' "$T/json")" '["j-1",0]'

# --- pass phrases
cat >"$T/answer.py" <<'FILE'
import os, pty, sys
answers = open(sys.argv[1], "rb").read().split(b"\n")[:-1]
child, tty = pty.fork()
if child == 0:
    os.execvp(sys.argv[2], sys.argv[2:])
said, seen = b"", 0
while True:
    try:
        more = os.read(tty, 4096)
    except OSError:
        break
    if not more:
        break
    said += more
    if answers and said[seen:].endswith((b": ", b"[y/N] ")):
        seen = len(said)
        os.write(tty, answers.pop(0) + b"\n")
sys.stdout.buffer.write(said)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
FILE
answer() { # ANSWERS (a line each) COMMAND...
	printf '%s\n' "$1" >"$T/answers"
	shift
	/usr/bin/python3 "$T/answer.py" "$T/answers" "$@"
}
phrase='a phrase that nobody else says'
# What ssh-keygen is started with, by one in front of it.
cat >"$T/bin/ssh-keygen" <<FILE
#!/bin/sh
{ echo "\$*"; env; } >>"$T/started"
exec /usr/bin/ssh-keygen "\$@"
FILE
chmod 755 "$T/bin/ssh-keygen"
: >"$T/started"
want "a pair with a pass phrase" answer "$phrase
$phrase" latchkey keypair create pp-key --passphrase
grep -qF "$phrase" "$T/said" "$T/started" "$T/log"
is "the pass phrase is nowhere to be seen" $? 1
grep -q . "$T/started"
ok $? "ssh-keygen was at work"
is "on no file of this folder" "$(grep -c 'pp-key.pem' "$T/started")" 0
rm "$T/bin/ssh-keygen"
ssh-keygen -y -P '' -f pp-key.pem >/dev/null 2>&1
is "without it the key cannot be read" $? 255
is "with it, it is the listed key" "$(ssh-keygen -y -P "$phrase" \
	-f pp-key.pem | cut -d ' ' -f 1,2)" "$(latchkey keypair show pp-key \
	--output json | jq -r .public_key | cut -d ' ' -f 1,2)"
is "and its owner's only" "$(stat -c %a pp-key.pem)" 600
want "RSA with a pass phrase" answer "$phrase
$phrase" latchkey keypair create pp-rsa --passphrase --type rsa
want "can be read with it" ssh-keygen -y -P "$phrase" -f pp-rsa.pem
before=$(pairs)
deny "two that differ" answer "$phrase
another phrase" latchkey keypair create pp-no --passphrase
deny "an empty one" answer "
" latchkey keypair create pp-no --passphrase
deny "one of four" answer "four
four" latchkey keypair create pp-no --passphrase
deny "no terminal to ask on" setsid -w latchkey keypair create pp-no \
	--passphrase
is "no pair was made" "$(pairs)" "$before"
is "and no file" "$(ls pp-no* 2>/dev/null)" ""
printf '#!/bin/sh\nexit 1\n' >"$T/bin/ssh-keygen"
chmod 755 "$T/bin/ssh-keygen"
deny "an ssh-keygen that fails" answer "$phrase
$phrase" latchkey keypair create pp-sad --passphrase
said "it is said that the key has none" "WITHOUT a pass phrase"
rm "$T/bin/ssh-keygen"
want "but the key is not lost" ssh-keygen -y -P '' -f pp-sad.pem

# --- interrupts: no half file, whatever the moment
before=$(pairs)
i=0
for wait in 0.01 0.02 0.03 0.05 0.08 0.12 0.2 0.3 0.4 0.6 0.8 1.2; do
	i=$((i + 1))
	# The leak checker of a sanitizer build hangs when it is interrupted.
	ASAN_OPTIONS="${ASAN_OPTIONS:-}:detect_leaks=0" \
		latchkey keypair create "int-$i" --type rsa >"$T/int" 2>&1 &
	making=$!
	sleep $wait
	kill -INT $making 2>/dev/null
	wait $making
	if [ -e "int-$i.pem" ]; then
		ssh-keygen -y -f "int-$i.pem" >/dev/null 2>&1 || {
			echo "# half a key after $wait s"
			echo half >>"$T/halves"
		}
	fi
done
is "no interrupt leaves half a file" "$(cat "$T/halves" 2>/dev/null)" ""
kept=$(latchkey keypair list --search int- --output json | jq -r '.[].name')
for name in $kept; do
	latchkey keypair delete -f "$name" >/dev/null
done
rm -f int-*.pem
# The server goes on making what nobody waits for any more, some at a time.
until_ok latchkey keypair create int-0
latchkey keypair delete -f int-0 >/dev/null
want "the name of an interrupted one can be had" \
	latchkey keypair create int-1

# --- an answer that ends early: in the middle of the key, and just before it
cat >"$T/cut.py" <<'FILE'
import socket, sys
host, port = sys.argv[1].split(":")
more = int(sys.argv[2])
listener = socket.create_server(("127.0.0.1", 0))
called = b"127.0.0.1:%d" % listener.getsockname()[1]
print(called.decode(), flush=True)
def until(source, sink):
    """Pass a head and its body on; what was passed on."""
    text = b""
    while True:
        got = source.recv(65536)
        if not got:
            return text, True
        # The server looks at the name it is called by.
        got = got.replace(called, sys.argv[1].encode())
        text += got
        at = text.find(b'"private_key":"')
        if at >= 0 and len(text) >= at + 15 + more:
            keep = at + 15 + more - (len(text) - len(got))
            sink.sendall(got[:max(keep, 0)])
            return text, True
        sink.sendall(got)
        head, _, body = text.partition(b"\r\n\r\n")
        if not _:
            continue
        low = head.lower()
        if b"chunked" in low:
            if body.endswith(b"0\r\n\r\n"):
                return text, False
            continue
        at = low.find(b"content-length:")
        n = int(low[at + 15:].split(b"\r")[0]) if at >= 0 else 0
        if len(body) >= n:
            return text, False
while True:
    client, _ = listener.accept()
    server = socket.create_connection((host, int(port)))
    end = False
    while not end:
        asked, end = until(client, server)
        if not end:
            _, end = until(server, client)
    client.close()
    server.close()
FILE
cp -a "$HOME/.config/latchkey" "$T/cut-home"
before=$(ls)
for more in 0 100; do
	: >"$T/cut-port"
	/usr/bin/python3 "$T/cut.py" "$HOST" $more >"$T/cut-port" &
	cutter=$!
	until_ok grep -q . "$T/cut-port"
	jq --arg url "http://$(cat "$T/cut-port")" '.url = $url' \
		"$HOME/.config/latchkey/session.json" >"$T/cut-home/session.json"
	deny "the answer ends $more bytes into the key" \
		env LATCHKEY_HOME="$T/cut-home" latchkey keypair create cut-1
	said "the pair is dead, it says" "the key pair is dead"
	said "and what to do" "latchkey keypair delete cut-1"
	is "there is no file" "$(ls)" "$before"
	kill $cutter
	wait $cutter 2>/dev/null
	keep latchkey keypair delete -f cut-1
	want "what it said works" latchkey keypair create cut-1
	want "and brings a key" ssh-keygen -y -f cut-1.pem
	latchkey keypair delete -f cut-1 >/dev/null
	rm cut-1.pem
done

# --- imports
make_key mine
make_key weak -t rsa -b 1024
want "a public key is imported" latchkey keypair import mine-1 \
	--key "$HOME/.ssh/mine.pub"
said "its fingerprint is shown" "$(ssh-keygen -lf "$HOME/.ssh/mine.pub" |
	cut -d ' ' -f 2 | sed 's/[+]/[+]/g')"
want "wrapped, and from standard input" sh -c \
	'fold -w 40 "$1" | latchkey keypair import mine-2 --key -' - \
	"$HOME/.ssh/mine.pub"
said "it was joined" "joined [0-9]+ lines"
deny "a private key" latchkey keypair import mine-3 --key "$HOME/.ssh/mine"
said "is named for what it is" "private key"
grep -qF "$(sed -n 2p "$HOME/.ssh/mine")" "$T/said" "$T/log"
is "and repeated by nobody" $? 1
deny "a weak key" latchkey keypair import mine-3 --key "$HOME/.ssh/weak.pub"
deny "the name of another" latchkey keypair import mine-1 \
	--key "$HOME/.ssh/mine.pub"
status "a name that is none" 2 latchkey keypair import m_3 \
	--key "$HOME/.ssh/mine.pub"
is "none of these is there" "$(latchkey keypair list --search mine- \
	--output json | jq -r '.[].name' | paste -sd ' ')" "mine-1 mine-2"

# --- lists: in order, over pages, searched
is "in order of their names" "$(pairs)" "$(latchkey keypair list \
	--output json | jq -r '.[].name' | LC_ALL=C sort -f | paste -sd ' ')"
line=$(cut -d ' ' -f 1,2 "$HOME/.ssh/mine.pub")
i=0
while [ $i -lt 120 ]; do
	i=$((i + 1))
	printf '{"name":"many-%d","public_key":"%s"}\n' $i "$line"
done | while read -r body; do
	http POST /latchkey/v1/projects/nest/default/keypairs \
		-u "iamapikey:$(key_in "$T/apikey")" \
		-H 'Content-Type: application/json' -d "$body" >/dev/null
done
is "more than a page, each once" "$(latchkey keypair list --output json |
	jq -r '.[].name' | grep '^many-' | sort | uniq -c |
	awk '$1 == 1' | wc -l)" 120
is "searched" "$(latchkey keypair list --search MANY-11 --output json |
	jq length)" 11
is "searched for what is not there" \
	"$(latchkey keypair list --search 'no/?&=%' --output json)" "[]"
want "as a table" latchkey keypair list --search mine-
said "with who made them" "mine-1 +ssh-ed25519 \(256\) +SHA256:.* 0 "
deny "a pair that is not there" latchkey keypair show no-such
deny "another project" latchkey keypair list --project no-such

# --- outputs that are closed or full
deny "a list to a full disk" sh -c 'latchkey keypair list >/dev/full'
sh -c 'latchkey keypair list <&- >&- 2>&-'
is "a list to nobody fails" $? 1
sh -c 'latchkey keypair create shut <&- >&- 2>&-'
case $? in
0 | 1) ok 0 "making one with nothing open ends in order" ;;
*) ok 1 "making one with nothing open ends in order" ;;
esac
if [ -e shut.pem ]; then
	want "and its file is a key and nothing else" ssh-keygen -y -f shut.pem
	is "  of the usual length" "$(grep -c . shut.pem)" \
		"$(grep -c . t-ed.pem)"
else
	skip "and its file is a key and nothing else" "it was not made"
	skip "  of the usual length" "it was not made"
fi
finish
