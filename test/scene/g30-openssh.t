# Debian's sshd in front instead of the built-in server: it asks latchkeyd for
# the line of a key, and the line forces the rest. Same gate, same trail.
. "$(dirname "$0")/lib.sh"
[ "$(id -u)" -eq 0 ] || skip_all "sshd lets others in only as root"
SSHD=/usr/sbin/sshd
[ -x $SSHD ] || skip_all "Debian's openssh-server is not installed"

SSH=none
serve --ssh-host 127.0.0.1:22
login
repo_create test
repo_create other
for key in owner web stranger; do
	make_key $key
done
make_key rsa -t rsa -b 2048
user_key owner >/dev/null
id=$(access_key test web)
access_key test rsa >/dev/null

# sshd runs what belongs to root and lies where only root can write.
own=$(mktemp -d /run/lk.XXXXXX) || skip_all "no place that is root's alone"
trap 'kill "$sshd" 2>/dev/null; rm -rf "$own"; gone' EXIT
chmod 755 "$own"
cp "$BUILD/latchkeyd" "$own/latchkeyd"
mkdir -p /run/sshd
ssh-keygen -q -t ed25519 -N '' -f "$own/host"
cp "$own/host.pub" "$DATA/ssh/sshd_ed25519.pub"
port=$(/usr/bin/python3 -c 'import socket
s = socket.socket()
s.bind(("127.0.0.1", 0))
print(s.getsockname()[1])')
cat >"$own/config" <<E2
ListenAddress 127.0.0.1:$port
HostKey $own/host
PidFile $own/pid
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin forced-commands-only
AuthorizedKeysFile none
AuthorizedKeysCommand $own/latchkeyd authorized-keys --data $DATA %t %k
AuthorizedKeysCommandUser root
AcceptEnv GIT_PROTOCOL
E2
$SSHD -D -e -f "$own/config" 2>"$T/sshd.log" </dev/null &
sshd=$!
until_ok grep -q 'Server listening' "$T/sshd.log"
kill -0 $sshd || {
	remark <"$T/sshd.log"
	skip_all "sshd does not start here"
}

# What clients need: the published host keys are sshd's.
stop
serve --ssh-host 127.0.0.1:$port
ssh_setup
is "sshd's host key is published" "$(cut -d ' ' -f 1-3 <"$HOME/.ssh/known_hosts")" \
	"[127.0.0.1]:$port $(cut -d ' ' -f 1,2 <"$own/host.pub")"
AT=ssh://root@127.0.0.1:$port
ssh_of() { # KEY [ARGUMENT of ssh after the host]...
	key=$1
	shift
	ssh -i "$HOME/.ssh/$key" -o IdentitiesOnly=yes -p "$port" \
		root@127.0.0.1 "$@"
}

# --- what the line is
line_of() { # KEY NAME
	latchkeyd authorized-keys --data "$DATA" \
		$(cut -d ' ' -f 1,2 <"$HOME/.ssh/$1.pub")
}
blob=$(cut -d ' ' -f 2 <"$HOME/.ssh/web.pub")
is "the line of a key that opens something" "$(line_of web)" \
	"restrict,command=\"$(realpath "$BUILD/latchkeyd") serv --data $(realpath "$DATA") $blob\" ssh-ed25519 $blob"
is "no line of a stranger's" "$(line_of stranger; echo $?)" 0
is "nor of a type that is not the key's" \
	"$(latchkeyd authorized-keys --data "$DATA" ssh-rsa "$blob"; echo $?)" 0
is "nor of what is no key" \
	"$(latchkeyd authorized-keys --data "$DATA" ssh-ed25519 'AAAA"$(id)'; echo $?)" 0
cp -r "$own/latchkeyd" "$T/tmp/odd name" 2>/dev/null
is "nor where a shell would read something into it" "$("$T/tmp/odd name" \
	authorized-keys --data "$DATA" ssh-ed25519 "$blob" 2>/dev/null; echo $?)" 78
latchkeyd serv --data "$DATA" "$blob" >"$T/said" 2>&1 </dev/null
is "the forced command is for sshd" $? 2

# --- people
want "the owner clones" git_as owner clone -q "$AT/nest/test.git" "$T/work"
head -c 3000000 /dev/urandom >"$T/work/file"
git -C "$T/work" add file
git -C "$T/work" commit -q -m one
want "and pushes" git_as owner -C "$T/work" push -q origin HEAD:main
audited "as the trail has it" repository.push done git:nest/test
want "who this is" ssh_of owner -T
said "is said" "logged in as owl@nest.example"

# --- a machine
want "an access key clones" git_as web clone -q "$AT/nest/test.git" "$T/deploy"
cmp -s "$T/work/file" "$T/deploy/file"
is "all of it" $? 0
want "an RSA key too, over protocol 2" as_key rsa env GIT_TRACE_PACKET=1 \
	git -c protocol.version=2 ls-remote "$AT/nest/test.git"
said "which sshd passes on" "version 2"
git -C "$T/work" commit -q --allow-empty -m two
git_as owner -C "$T/work" push -q origin HEAD:main
want "and pulls" git_as web -C "$T/deploy" pull -q
is "what is new" "$(git -C "$T/deploy" log -1 --format=%s)" two
want "a shallow one" git_as web clone -q --depth 1 "$AT/nest/test.git" "$T/shallow"
want "an archive" git_as web archive --remote "$AT/nest/test.git" -o "$T/a.tar" main
tar -xOf "$T/a.tar" file >"$T/file"
is "whole" "$(sha256 "$T/file")" "$(sha256 "$T/work/file")"
git -C "$T/deploy" commit -q --allow-empty -m mine
deny "it cannot push" git_as web -C "$T/deploy" push origin HEAD:main
said "and is told why" \
	"repository access denied. access via a deployment key is read-only."
deny "nor read another repository" git_as web ls-remote "$AT/nest/other.git"
said "and is told why" "deployment key is not associated with the requested repository"
deny "what does not exist is told the same" git_as web ls-remote "$AT/nest/none.git"
said "in the same words" "deployment key is not associated with the requested repository"
deny "what cannot exist, too" git_as web ls-remote "$AT/nest/../none.git"
said "in the same words" "deployment key is not associated with the requested repository"
audited "refusals are in the trail" repository.push refused git:nest/test

# --- no more than git
for command in id 'git-upload-pack nest/test; id' 'sh -c id' \
	'git-upload-pack $(id)' 'git --exec-path=/tmp upload-pack nest/test.git' \
	'git-upload-pack --strict nest/test.git'; do
	ssh_of owner "$command" >"$T/said" 2>&1 </dev/null
	is "no other command: $command" "$(grep -c 'uid=' "$T/said")" 0
done
said "which is said" "that repository does not exist or you have no access to it"
ssh_of owner id >"$T/said" 2>&1 </dev/null
is "nothing else at all" $? 1
said "says why" "There is no shell"
timeout 20 ssh -i "$HOME/.ssh/owner" -o IdentitiesOnly=yes -p "$port" \
	-o ExitOnForwardFailure=yes -N -R 127.0.0.1:0:127.0.0.1:1 \
	root@127.0.0.1 >"$T/said" 2>&1 </dev/null
is "no forwarding" $? 255
said "says sshd" "remote port forwarding failed"
ssh_of stranger -T >"$T/said" 2>&1 </dev/null
is "a stranger's key opens nothing" $? 255
said "at sshd's own door" "Permission denied"

# --- the end
mkfifo "$T/silence"
sleep 60 >"$T/silence" &
silence=$!
{
	ssh_of web "git-upload-pack 'nest/test.git'" <"$T/silence" >"$T/slow" 2>&1
	echo "status $?" >"$T/ended"
} &
until_ok grep -a -q refs/heads/main "$T/slow"
is "a clone is under way" "$(cat "$T/ended" 2>/dev/null)" ""
bitbucket 204 DELETE "/repositories/nest/test/deploy-keys/$id"
until_ok test -s "$T/ended"
like "its key is removed: it ends" "$(cat "$T/ended")" "status [1-9]"
kill $silence
wait $silence 2>/dev/null
deny "and opens nothing" git_as web ls-remote "$AT/nest/test.git"
want "others go on" git_as rsa ls-remote "$AT/nest/test.git"
kill9
deny "without latchkeyd nobody is let in" git_as rsa ls-remote "$AT/nest/test.git"
serve --ssh-host 127.0.0.1:$port
want "with it all is well" git_as rsa ls-remote "$AT/nest/test.git"
kill $sshd
wait $sshd 2>/dev/null
finish
