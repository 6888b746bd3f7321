# Programs that are started oddly: with no name, with more arguments than anybody
# reads, with nothing open. Each says so and ends, and has done nothing.
. "$(dirname "$0")/lib.sh"
serve
login
cd "$T" || exit 99
latchkey keypair list >/dev/null
cat >"$T/odd.py" <<'FILE2'
import os, subprocess, sys

how, program = sys.argv[1:3]
words = sys.argv[3:]
name = os.path.basename(program)


def argv():
    if how == "nameless":
        return []
    if how == "many":
        return [name] + words + ["x"] * 100000
    if how == "long":
        return [name] + words + ["x" * (128 * 1024 - 1)]
    if how == "bytes":
        return [name.encode()] + [w.encode() for w in words] + [b"\xff\xfe\x1b["]
    if how == "empty":
        return [name] + words + [""]
    return [name] + words


def before():
    if how == "shut":
        for fd in (0, 1, 2):
            os.close(fd)


read, write = os.pipe()
child = os.fork()
if child == 0:
    os.dup2(write, 1)
    os.dup2(write, 2)
    os.dup2(os.open("/dev/null", os.O_RDONLY), 0)
    os.closerange(3, 64)
    before()
    try:
        import ctypes
        c = ctypes.CDLL(None)
        given = [a if isinstance(a, bytes) else a.encode() for a in argv()]
        array = (ctypes.c_char_p * (len(given) + 1))(*given, None)
        c.execv(program.encode(), array)
    finally:
        os._exit(99)
os.close(write)
said = b""
while True:
    more = os.read(read, 65536)
    if not more:
        break
    said += more
code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
sys.stdout.buffer.write(said[:2000])
sys.exit(code if code >= 0 else 128 - code)
FILE2
odd() { # DESCRIPTION STATUSES HOW PROGRAM WORD...
	what=$1 wanted=$2
	shift 2
	how=$1 program=$2
	shift 2
	timeout 20 /usr/bin/python3 "$T/odd.py" "$how" "$(command -v "$program")" \
		"$@" >"$T/said" 2>&1
	like "$what" $? "^($wanted)\$"
}
for how in many long bytes empty; do
	for words in 'keypair create' 'keypair delete -f' 'server create' \
		'server set-keypair web-1' 'server known-hosts' 'no-such'; do
		# shellcheck disable=SC2086 # words
		odd "latchkey $words: $how" 2 $how latchkey $words
		[ $how = long ] || [ $how = many ] ||
			said "  usage is said" 'latchkey'
	done
	for words in authorized-keys 'install --url http://127.0.0.1:1' status \
		uninstall no-such; do
		# shellcheck disable=SC2086
		odd "latchkey-keys $words: $how" '2|78' $how latchkey-keys $words
	done
	for words in "serve --data $T/none" "verify --data $T/none" "backup" \
		no-such; do
		# shellcheck disable=SC2086
		odd "latchkeyd $words: $how" '2|73|78' $how latchkeyd $words
	done
	odd "latchkeyd-keymaker: $how" '1|2|78' $how latchkeyd-keymaker
done
for program in latchkey latchkeyd latchkey-keys latchkeyd-keymaker; do
	odd "$program without a name" '0|1|2|78' nameless $program
done
for words in 'keypair list' 'keypair show x' 'server list' 'keypair faq'; do
	# shellcheck disable=SC2086
	odd "latchkey $words with nothing open" 1 shut latchkey $words
done
odd "latchkey-keys with nothing open" '1|78' shut latchkey-keys authorized-keys x
odd "latchkeyd-keymaker with nothing open" '1|2|78' shut latchkeyd-keymaker
is "nothing came of all this" "$(latchkey keypair list --output json)$(
	latchkey server list --output json)" "[][]"
is "nor any file" "$(find "$T" -maxdepth 1 -newer "$T/odd.py" -type f \
	! -name said ! -name log | sort)$(ls -d "$T/none" 2>/dev/null)" ""
is "the server never noticed" "$(http GET /readyz)" 200
finish
