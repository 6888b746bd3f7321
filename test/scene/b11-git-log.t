# Whoever runs the server sees in its log who came by SSH and what git did: one
# line for a connection, one for each program, and an error where a repository
# on the disk is not what was put there.
. "$(dirname "$0")/lib.sh"

serve
login
ssh_setup
for key in dev web stranger; do
	make_key $key
done
repo_create test
user_key dev >/dev/null
id=$(access_key test web)
AT=ssh://git@$SSH_HOST:$SSH_PORT/nest
cd "$T" || exit 99
git init -q dev
git -C dev commit -q --allow-empty -m one
line() { # DESCRIPTION PATTERN: such a line comes
	until_ok grep -Eq "$2" "$T/log"
	ok $? "$1"
	grep -Eq "$2" "$T/log" || grep -E 'event=(git|ssh)' "$T/log" | remark
}

git_as dev -C dev push -q "$AT/test.git" main
line "a push" 'level=info event=git service=git-receive-pack repo=nest/test id=[0-9a-f]{32} who=ssh-key:[0-9a-f-]{36} addr=127.0.0.1 status=0 ms=[0-9]+$'
line "  and its connection" 'level=info event=ssh login=accepted who=ssh-key:[0-9a-f-]{36} addr=127.0.0.1 keys=1 runs=1 ms=[0-9]+$'
git_as web clone -q "$AT/test.git" web
line "a clone, by the number of its key" "event=git service=git-upload-pack repo=nest/test id=[0-9a-f]{32} who=access-key:$id addr=127.0.0.1 status=0 "
git_as web -C web push -q origin HEAD:refs/heads/side 2>/dev/null
line "a push that was refused" "level=info event=git service=git-receive-pack repo=nest/test id= who=access-key:[^ ]+ addr=127.0.0.1 status=refused why=\"not permitted\""
git_as web ls-remote -q "$AT/other.git" 2>/dev/null
line "a repository that is not there" "event=git service=git-upload-pack repo=nest/other id= .* status=refused"
git_as stranger ls-remote -q "$AT/test.git" 2>/dev/null
print=$(ssh-keygen -lf "$HOME/.ssh/stranger.pub" | cut -d ' ' -f 2)
until_ok grep -Fq "key=$print" "$T/log"
like "a key that nobody knows" "$(grep -F "key=$print" "$T/log")" \
	'level=info event=ssh login=refused who=: addr=127.0.0.1 key=.* keys=1 runs=0'

# --- what the disk holds is not what we wrote
repo=$(sed -n 's/.*event=git .*repo=nest\/test id=\([0-9a-f]\{32\}\) .*/\1/p' \
	"$T/log" | head -n 1)
[ -f "$DATA/git/$repo/config" ] || exit 99
cp "$DATA/git/$repo/config" config
git config -f "$DATA/git/$repo/config" core.fsmonitor /bin/true
deny "a repository with another configuration" \
	git_as web ls-remote "$AT/test.git"
said "  says whom to ask" 'ask who runs this server'
line "  and is an error, with its id" "level=error event=git service=git-upload-pack repo=nest/test id=$repo who=access-key:$id addr=127.0.0.1 status=refused why="
is "  over HTTP as well" "$(http GET \
	'/git/nest/test.git/info/refs?service=git-upload-pack' \
	-u "iamapikey:$(key_in "$T/apikey")")" 500
line "  with its id" "level=error event=git repo=nest/test id=$repo status=refused why="
cp config "$DATA/git/$repo/config"
want "and as it was it is served" git_as web ls-remote "$AT/test.git"

# --- what is measured says what it is
is "metrics are read" "$(http GET /metrics)" 200
is "each of them is explained" "$(sed -n 's/^# HELP \([^ ]*\) ..*/\1/p' "$T/body" |
	sort)" "$(sed -n 's/^# TYPE \([^ ]*\) .*/\1/p' "$T/body" | sort)"
want "the operator asks how it is" latchkey status
said "  and is told of SSH" '^ssh.up +true$'
said "  and of git" '^git.running +0$'
want "new host keys" latchkeyd host-keys announce --data "$DATA"
kill -HUP "$daemon"
line "  are taken in" 'level=info event=ssh_reload done=yes'

# --- lists fit the terminal
on_terminal() { # COLUMNS COMMAND
	script -qec "stty cols $1; $2" /dev/null </dev/null
}
want "a list that a terminal has no room for" \
	on_terminal 80 'latchkey access-key list nest/test'
said "  comes as pairs" "^FINGERPRINT +SHA256:[^ ]+.?\$"
want "where there is room" \
	on_terminal 200 'latchkey access-key list nest/test'
said "  it is a table" '^ID +LABEL +TYPE +FINGERPRINT +LAST USED +EXPIRES'
want "what is empty goes first" on_terminal 70 'latchkey repo list'
said "  from what is almost too wide" '^REPOSITORY +MAIN BRANCH +SIZE +LAST PUSH +PROJECT +.?$'

no_secret=$(grep -c 'BEGIN\|ssh-ed25519 AAAA' "$T/log")
is "no key stands in the log" "$no_secret" 0
finish
