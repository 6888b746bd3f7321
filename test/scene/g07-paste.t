# A public key pasted into the terminal, as a terminal wraps it: joined by the
# command line; a private one goes nowhere.
. "$(dirname "$0")/lib.sh"
serve
login
latchkey repo create nest/birds >/dev/null
make_key web -t rsa -b 2048
make_key two

# Runs a command on a terminal of its own, pastes a file into it at its
# question, and shows what the terminal showed.
cat >"$T/paste.py" <<'FILE'
import os, pty, sys
child, tty = pty.fork()
if child == 0:
    os.execvp(sys.argv[2], sys.argv[2:])
said = b""
pasted = False
while True:
    try:
        more = os.read(tty, 4096)
    except OSError:
        break
    if not more:
        break
    said += more
    if not pasted and b"shown): " in said:
        pasted = True
        with open(sys.argv[1], "rb") as f:
            os.write(tty, f.read() + b"\n\n")
sys.stdout.buffer.write(said)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
FILE
paste() { # FILE COMMAND...
	/usr/bin/python3 "$T/paste.py" "$@"
}
fold -w 80 "$HOME/.ssh/web.pub" >"$T/wrapped"
want "a wrapped key is pasted" paste "$T/wrapped" \
	latchkey access-key add nest/birds --label web-1
said "it is joined" "joined [0-9]+ lines"
said "and is the key it was" "$(ssh-keygen -lf "$HOME/.ssh/web.pub" |
	cut -d ' ' -f 2 | sed 's/[+]/[+]/g')"
grep -q AAAAB3 "$T/said"
is "nothing of the paste is on the screen" $? 1

want "from standard input it is joined too" sh -c \
	'fold -w 60 "$1" | latchkey ssh-key add --label me --key -' \
	- "$HOME/.ssh/two.pub"
deny "a private key is pasted" paste "$HOME/.ssh/two" \
	latchkey access-key add nest/birds --label web-2
said "it is named for what it is" "private key"
line=$(sed -n 2p "$HOME/.ssh/two")
grep -qF "$line" "$T/said" "$T/log"
is "and is neither on the screen nor in the log" $? 1
is "no key was added" "$(latchkey access-key list nest/birds --output json |
	jq length)" 1
deny "nothing is pasted" paste /dev/null \
	latchkey access-key add nest/birds --label web-2
deny "without a terminal" setsid -w latchkey access-key add nest/birds --label x
said "it is said what is missing" "no terminal"
is "the API does not join" "$(http POST /2.0/repositories/nest/birds/deploy-keys \
	-u "iamapikey:$(key_in "$T/apikey")" -H 'Content-Type: application/json' \
	-d "$(jq -n --rawfile key "$T/wrapped" '{key: $key, label: "x"}')")" 400
like "and says how to" "$(cat "$T/body")" "[Jj]oin"
finish
