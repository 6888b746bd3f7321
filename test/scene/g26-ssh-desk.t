#!/bin/sh
# The listener's life: keys it takes, keys it does not; the desk ends sessions;
# a crash ends the listener, but not the sessions of others.
. "$(dirname "$0")/lib.sh"
. "$ROOT/test/ssh/alone.sh"

make_key wren
ssh_allow rw wren
git init -q --bare "$T/repos/team/repo.git"

# Host keys.
want "host keys are made" latchkeyd-ssh keys "$T/host" host
is "of three kinds, each with its public half" "$(ls "$T/host" | tr '\n' ' ')" \
	"host_ecdsa host_ecdsa.pub host_ed25519 host_ed25519.pub host_rsa host_rsa.pub "
is "for the server only" "$(stat -c %a "$T/host/host_rsa")" 600
before=$(cat "$T"/host/*)
rm "$T/host/host_ecdsa.pub"
want "made again" latchkeyd-ssh keys "$T/host" host
is "they stay as they are, and what is missing comes back" \
	"$(cat "$T"/host/*)" "$before"
ssh-keygen -y -f "$T/host/host_rsa" | cut -d ' ' -f 1,2 >"$T/rsa"
is "ssh-keygen reads them" "$(cat "$T/rsa")" \
	"$(cut -d ' ' -f 1,2 "$T/host/host_rsa.pub")"
starts() { # FOLDER: the status of a listener that should not start
	latchkeyd-ssh serve --keys "$1" 3</dev/null 4</dev/null
}
refuses() { # DESCRIPTION FOLDER TEXT
	keep starts "$2"
	is "$1: 78" $? 78
	said "$1: and why" "$3"
}
mkdir "$T/none"
refuses "no key" "$T/none" 'no host key in'
refuses "no folder" "$T/nowhere" 'No such file'
cp -r "$T/host" "$T/open"
chmod 640 "$T/open/host_rsa"
refuses "a key that others may read" "$T/open" 'host_rsa is open to others'
cp -r "$T/host" "$T/broken"
echo x >"$T/broken/host_ecdsa"
refuses "a damaged key" "$T/broken" 'host_ecdsa cannot be read'
cp -r "$T/host" "$T/mixed"
cp "$T/host/host_rsa" "$T/mixed/host_ed25519"
refuses "a key of another kind" "$T/mixed" 'not of type ed25519'
cp -r "$T/host" "$T/linked"
ln -sf "$T/host/host_rsa" "$T/linked/host_rsa"
refuses "a link" "$T/linked" 'host_rsa: Too many levels'

# Sessions end with their socket at the desk.
want "keys are announced" latchkeyd-ssh keys "$T/host" next
ssh_alone
hold() { # NAME: a session with a program that waits
	mkfifo "$T/$1.in"
	ssh -i "$HOME/.ssh/wren" -o IdentitiesOnly=yes "$SSH_HOST" \
		"git-upload-pack 'team/repo.git'" <"$T/$1.in" >"$T/$1.out" \
		2>"$T/$1.err" &
	eval "$1=$!"
}
hold first
exec 8>"$T/first.in"
until_ok grep -q . "$T/first.out"
want "the announced keys are told" \
	ssh -i "$HOME/.ssh/wren" "$SSH_HOST" host_key_info
grep -qxF "$(ssh-keygen -lf "$T/host/host_ed25519.pub" |
	cut -d ' ' -f 2) ssh-ed25519" "$T/said"
ok $? "with those in use"
said "and not as if they were" 'ecdsa-sha2-nistp256 \(announced, not in use yet\)'
said "and for known_hosts" "^\[$SSH_HOST\]:$SSH_PORT ssh-rsa "
kill -USR1 "$desk"
wait "$first"
is "a session that the desk closes ends" $? 1
exec 8>&-
like "and says why" "$(cat "$T/first.err")" 'ended by the server'
no_children() {
	[ "$(pgrep -P "$LISTENER" | wc -l)" = 0 ]
}
until_ok no_children
want "others come in afterwards" ssh -i "$HOME/.ssh/wren" "$SSH_HOST"

# Descriptors run out: the listener waits and does not spin.
ssh_stop
ticks() {
	set -- $(cut -d ' ' -f 14,15 "/proc/$LISTENER/stat")
	echo $(($1 + $2))
}
NOFILE=24 ssh_alone
mkfifo "$T/flood.in"
$SPEAK/flood.py "$SSH_PORT" 40 5 <"$T/flood.in" >"$T/flood" 2>&1 &
flood=$!
exec 9>"$T/flood.in"
until_ok grep -q . "$T/flood"
before=$(ticks)
timeout 2 ssh -i "$HOME/.ssh/wren" -b 127.0.0.9 "$SSH_HOST" >/dev/null 2>&1
after=$(ticks)
ok "$([ $((after - before)) -lt 50 ] && echo 0 || echo 1)" \
	"without descriptors it rests: $((after - before)) ticks in 2 seconds"
until_ok grep -q 'event=ssh_exhausted .*EMFILE' "$T/ssh.log"
want "and says so" grep -q 'event=ssh_exhausted .*EMFILE' "$T/ssh.log"
exec 9>&-
wait "$flood"
until_ok no_children
want "and goes on when there are some" ssh -i "$HOME/.ssh/wren" "$SSH_HOST"
ssh_stop
ssh_alone

# A session dies of a signal.
hold second
exec 8>"$T/second.in"
until_ok grep -q . "$T/second.out"
others=$(pgrep -P "$LISTENER")
hold third
exec 9>"$T/third.in"
until_ok grep -q . "$T/third.out"
victim=$(pgrep -P "$LISTENER" | grep -v -x "$others")
kill -TRAP "$victim"
exec 9>&-
wait "$third"
is "whose process died is cut" $? 255
until_ok grep -q '^retire' "$T/listener"
want "the listener says that it wants a successor" grep -q '^retire' \
	"$T/listener"
want "and logs it" grep -q 'level=error event=ssh_crash addr=127.0.0.1 signal=5' \
	"$T/ssh.log"
deny "it takes no more connections" timeout 3 sh -c \
	"ssh -i $HOME/.ssh/wren -o ConnectTimeout=2 $SSH_HOST || exit 1"
printf 0000 >&8
exec 8>&-
wait "$second"
is "who was there before stays to the end" $? 0
wait "$desk"
desk=''
is "and the last one turns off the light" "$(tail -n 1 "$T/desk.log")" \
	"LISTENER 65"

# The desk closes: the listener goes when all have gone.
: >"$T/desk.log"
ssh_alone
hold fourth
exec 8>"$T/fourth.in"
until_ok grep -q . "$T/fourth.out"
ssh_stop
exec 8>&-
wait "$fourth"
is "told to stop, it ends" "$(tail -n 1 "$T/desk.log")" "LISTENER 0"

# Nothing is read from the system's configuration, and no process that speaks
# with strangers opens anything.
if [ -n "$SANITIZED" ]; then
	skip "nothing is opened" "the leak checker does not work under strace"
elif command -v strace >/dev/null; then
	: >"$T/desk.log"
	printf '#!/bin/sh\nexec strace -f -qq -e trace=file,execve -o %s %s "$@"\n' \
		"$T/strace" "$BUILD/latchkeyd-ssh" >"$T/bin/traced"
	chmod 755 "$T/bin/traced"
	BUILD_WAS=$BUILD
	mkdir "$T/fake"
	ln -s "$T/bin/traced" "$T/fake/latchkeyd-ssh"
	BUILD=$T/fake
	ssh_alone
	BUILD=$BUILD_WAS
	want "under strace somebody gets in" ssh -i "$HOME/.ssh/wren" "$SSH_HOST"
	ssh_stop
	is "nothing of the system's ssh is read" \
		"$(grep -c '/etc/ssh' "$T/strace")" 0
	is "and a process that speaks with strangers opens nothing" "$(awk '
		/execve\(/ { program[$1] = 1 }
		/open|stat/ { opens[$1]++ }
		END {
			for (pid in opens)
				n += program[pid] ? 0 : opens[pid]
			print n + 0
		}' "$T/strace")" 0
else
	skip "nothing is opened" "no strace"
fi
finish
