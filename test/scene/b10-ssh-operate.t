# What an operator does to the side that speaks SSH, and what happens to it:
# processes that die, stopping under load, host keys that change or get lost,
# handed sockets.
. "$(dirname "$0")/lib.sh"

listener() { # the process that accepts, or those that do
	pgrep -P "$daemon" -x latchkeyd-ssh
}
metric() { # NAME: its value
	http GET /metrics >/dev/null
	sed -n "s/^latchkey_$1 //p" "$T/body"
}
no_process() { # PID: it has gone
	! kill -0 "$1" 2>/dev/null
}
other_listener() { # PID: somebody else accepts, alone
	[ "$(listener | wc -l)" = 1 ] && [ "$(listener)" != "$1" ] &&
		[ "$(metric ssh_listener_up)" = 1 ]
}
reads() {
	git_as me ls-remote "$SSH_URL/nest/test.git"
}
refused_start() { # DESCRIPTION STATUS ARGUMENT...
	what=$1 wanted=$2
	shift 2
	timeout 20 latchkeyd serve --data "$DATA" --http 127.0.0.1:0 "$@" \
		>"$T/said" 2>&1 </dev/null
	is "$what" $? "$wanted"
}

serve
login
repo_create test
make_key me
ssh_setup
user_key me >/dev/null
want "an empty repository is cloned" git_as me clone "$SSH_URL/nest/test.git" "$T/work"
head -c 24000000 /dev/urandom >"$T/work/large"
git -C "$T/work" add large
git -C "$T/work" commit -q -m "something large"
want "and pushed to" git_as me -C "$T/work" push -q origin HEAD:main

# --- processes that die
one=$(listener)
kill -KILL "$one"
want "the listener is killed: the next connection waits and works" reads
want "another has taken its place" other_listener "$one"
is "which is counted" "$(metric ssh_listener_died_total)" 1
is "and readiness is what it was" "$(http GET /readyz)" 200

two=$(listener)
/usr/bin/python3 -c 'import socket, sys, time
s = socket.create_connection(("127.0.0.1", int(sys.argv[1])), 20,
			     ("127.0.0.9", 0))
s.recv(1)
print("there", flush=True)
try:
	s.recv(100000) and s.recv(100000)
except OSError:
	pass' "$SSH_PORT" >"$T/stranger" &
stranger=$!
until_ok grep -q there "$T/stranger"
session=$(pgrep -P "$two")
# Not SEGV: sanitizers make an exit of it.
kill -ABRT $session
until_ok other_listener "$two"
want "a connection crashes: its listener has a successor" other_listener "$two"
wait $stranger
want "which serves" reads
keep ssh_as me -b 127.0.0.9
is "but not who was there at the crash" $? 255
said "that one has to wait" '[Cc]losed|reset'
until_ok no_process "$two"
want "and the other has gone" no_process "$two"

# --- the end under load
cat >"$T/bin/slow-ssh" <<'E2'
#!/bin/sh
ssh "$@" | perl -e 'while (sysread(STDIN, $b, 65536)) {
	while (length $b) { substr($b, 0, syswrite(STDOUT, $b)) = "" }
	select(undef, undef, undef, 0.008) }'
E2
chmod 755 "$T/bin/slow-ssh"
slow_clone() {
	GIT_SSH_COMMAND="slow-ssh -i $HOME/.ssh/me -o IdentitiesOnly=yes" \
		git clone -q "$SSH_URL/nest/test.git" "$T/slow" >"$T/cloned" 2>&1
	echo "status $?" >>"$T/cloned"
}
one=$(listener)
slow_clone &
clone=$!
running() {
	[ "$(metric git_programs_running)" -gt 0 ]
}
until_ok running
kill -TERM "$daemon"
sleep 0.3
deny "nobody new is let in" reads
said "but refused at once" "Connection refused"
is "the clone is under way" "$(cat "$T/cloned")" ""
wait $clone
is "and comes to its end" "$(cat "$T/cloned")" "status 0"
cmp -s "$T/work/large" "$T/slow/large"
is "whole" $? 0
wait "$daemon"
is "then the daemon ends with 0" $? 0
daemon=''
want "and no process of it is left" no_process "$one"

# --- the same host keys after a restart; nobody left after a crash
serve
want "a restart keeps port and host keys" reads
one=$(listener)
/usr/bin/python3 -c 'import socket, sys
s = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
while s.recv(100000):
	pass' "$SSH_PORT" &
stranger=$!
until_ok pgrep -P "$one"
session=$(pgrep -P "$one")
kill9
until_ok no_process "$one"
want "latchkeyd is killed: its listener goes" no_process "$one"
until_ok no_process "$session"
want "and its connections" no_process "$session"
wait $stranger
serve
want "the next start serves" reads

# --- host keys change
known() { # how many host keys are published
	http GET /site/ssh >/dev/null
	wc -l <"$T/body"
}
reloads() { # how many listeners with keys read anew have taken over
	grep -c 'event=ssh_reload done=yes' "$T/log"
}
reloaded() { # COUNT: there was one more
	[ "$(reloads)" -gt "$1" ]
}
hup() { # and wait until another listener accepts alone
	before=$(listener) n=$(reloads)
	kill -HUP "$daemon"
	until_ok reloaded "$n"
	until_ok other_listener "$before"
}
is "three host keys are published" "$(known)" 3
cp "$HOME/.ssh/known_hosts" "$T/before"
want "the next ones are announced" latchkeyd host-keys announce --data "$DATA"
said "and listed" '^announced +ed25519 +SHA256:'
is "published beside those in use" "$(known)" 6
cp "$T/body" "$T/during"
hup
want "nothing has changed yet" reads
want "they are put to use" latchkeyd host-keys use --data "$DATA"
is "and the old ones are published no more" "$(known)" 3
hup
deny "who never asked again is warned" reads
said "by the client" "HOST IDENTIFICATION HAS CHANGED|Host key verification failed"
cp "$T/during" "$HOME/.ssh/known_hosts"
want "who did goes on" reads
latchkeyd host-keys use --data "$DATA" >"$T/said" 2>&1
is "nothing is left to use" $? 78
known >/dev/null
cp "$T/body" "$HOME/.ssh/known_hosts"
latchkeyd host-keys list --data "$DATA" >"$T/list"
echo rubbish >"$T/rubbish"
cp "$DATA/ssh/host_ed25519" "$T/ed25519"
cp "$T/rubbish" "$DATA/ssh/host_ed25519"
kill -HUP "$daemon"
until_ok grep -q 'event=ssh_reload kept=yes' "$T/log"
want "keys that cannot be read leave what is" reads
kill -KILL "$(listener)"
not_ready() {
	[ "$(http GET /readyz)" = 503 ]
}
until_ok not_ready
want "unless that dies: then nobody accepts, and readiness says so" not_ready
want "while HTTP serves" latchkey repo list
cp "$T/ed25519" "$DATA/ssh/host_ed25519"
kill -HUP "$daemon"
until_ok reads
want "keys that can be read again, and SIGHUP: all is well" reads
is "and ready" "$(http GET /readyz)" 200
stop

# --- and get lost
mv "$DATA/ssh/host_rsa" "$T/host_rsa"
refused_start "a host key that is gone is not made anew" 78 --ssh 127.0.0.1:0
said "what to do is said" "latchkeyd host-keys make"
mv "$T/host_rsa" "$DATA/ssh/host_rsa"
cp "$T/rubbish" "$DATA/ssh/host_ed25519"
refused_start "nor is a broken one" 78 --ssh 127.0.0.1:0
cp "$T/ed25519" "$DATA/ssh/host_ed25519"
mv "$DATA/ssh" "$T/ssh"
refused_start "nor all of them" 78 --ssh 127.0.0.1:0
want "unless somebody says so" latchkeyd host-keys make --data "$DATA"
latchkeyd host-keys list --data "$DATA" >"$T/made"
is "they are others" "$(sort "$T/list" "$T/made" | uniq -d)" ""
rm -rf "$DATA/ssh"
mv "$T/ssh" "$DATA/ssh"
serve
want "with the old ones in their place all is well" reads
stop
rm -rf "$DATA/ssh" "$DATA/host-keys"
serve
is "an installation that never had any gets some" "$(known)" 3
is "closed to others" "$(find "$DATA/ssh" "$DATA/git" -perm /077 | head -n 3)" ""
stop

# --- makers that meet
makers='' wrong=0
for i in 1 2 3 4; do
	latchkeyd-ssh keys "$T/made.keys" host &
	makers="$makers $!"
done
for maker in $makers; do
	wait "$maker" || wrong=$((wrong + 1))
done
is "makers of host keys do not get in each other's way" $wrong 0
for kind in ed25519 ecdsa rsa; do
	is "a whole pair: $kind" \
		"$(ssh-keygen -y -f "$T/made.keys/host_$kind" | cut -d ' ' -f 1,2)" \
		"$(cut -d ' ' -f 1,2 "$T/made.keys/host_$kind.pub")"
done

# --- addresses
SSH=none
serve
is "without SSH: the ready line" "$(sed -n 's/.*ssh=//p' "$T/ready")" none
is "readiness" "$(http GET /readyz)" 200
is "host keys" "$(http GET /site/ssh)" 404
refused_start "the data is another's" 75 --ssh 127.0.0.1:0
mv "$DATA" "$T/first"
refused_start "an address in use" 78 --ssh "$HOST"
said "is named" "^latchkeyd: ssh: $HOST: Address already in use"
refused_start "a user of nobody" 78 --ssh 127.0.0.1:0 --ssh-user no-such-user
is "nothing was begun by that" "$(ls -A "$DATA" 2>/dev/null)" ''
rmdir "$DATA"
mv "$T/first" "$DATA"
stop
mkdir "$T/alone"
cp "$BUILD/latchkeyd" "$T/alone/"
rm -rf "$T/fresh"
"$T/alone/latchkeyd" serve --data "$T/fresh" --http 127.0.0.1:0 \
	--ssh 127.0.0.1:0 >"$T/said" 2>&1 </dev/null
is "without its other program" $? 78
said "which is named" "the program latchkeyd-ssh is neither in $T/alone/ nor in"

# A manager like systemd hands over two sockets, SSH's first, by their names.
cat >"$T/manager" <<'E2'
use Socket;
my ($out, @daemon) = @ARGV;
my @s;
for my $i (0, 1) {
	socket($s[$i], PF_INET, SOCK_STREAM, 0) or die;
	bind($s[$i], sockaddr_in(0, INADDR_LOOPBACK)) && listen($s[$i], 16) or die;
}
open(my $ports, '>', $out);
print $ports join(' ', map { (sockaddr_in(getsockname($_)))[0] } @s), "\n";
close($ports);
require POSIX;
POSIX::dup2(fileno($s[$_]), 20 + $_) for (0, 1);
POSIX::dup2(20 + $_, 3 + $_) for (0, 1);
$^F = 255;
@ENV{qw(LISTEN_PID LISTEN_FDS LISTEN_FDNAMES)} = ($$, 2, 'ssh:http');
exec(@daemon) or die;
E2
: >"$T/ready"
perl "$T/manager" "$T/ports" "$BUILD/latchkeyd" serve --data "$DATA" \
	--http 127.0.0.1:1 --ssh 127.0.0.1:1 >"$T/ready" 2>>"$T/log" </dev/null &
daemon=$!
until_ok grep -q '^ready ' "$T/ready"
read -r first second <"$T/ports"
is "handed sockets are told apart by their names" "$(tail -n 1 "$T/ready")" \
	"ready http=127.0.0.1:$second ssh=127.0.0.1:$first"
HOST=127.0.0.1:$second URL=http://127.0.0.1:$second
SSH_PORT=$first SSH_URL=ssh://git@127.0.0.1:$first
ssh_setup
want "and both are served" reads
finish
