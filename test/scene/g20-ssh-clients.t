#!/bin/sh
# git and ssh, unchanged, over latchkeyd-ssh: all that git does, several commands
# over one connection, keys exchanged anew on the way, each kind of host key.
. "$(dirname "$0")/lib.sh"
. "$ROOT/test/ssh/alone.sh"

make_key wren
make_key reader -t rsa -b 3072
make_key curve -t ecdsa
ssh_allow rw wren
ssh_allow ro reader
ssh_allow ro curve
git init -q --bare "$T/repos/team/repo.git"
git -C "$T/repos/team/repo.git" config uploadpack.allowFilter true
ssh_alone
repo=git@$SSH_HOST:team/repo.git
cd "$T" || exit 99

want "a new repository is cloned" git_as wren clone "$repo" work
cd work || exit 99
head -c 20000000 /dev/urandom >large
git add large && git commit -q -m large
want "20 MB are pushed" git_as wren push origin HEAD:refs/heads/main
for i in 1 2 3; do
	echo "$i" >small && git add small && git commit -q -m "$i"
	git tag "v$i"
done
want "commits and tags" git_as wren push --tags origin HEAD:refs/heads/main
cd ..
want "another key clones them" git_as reader clone -b main "$repo" copy
is "whole" "$(git -C copy rev-parse HEAD)" "$(git -C work rev-parse HEAD)"
cmp work/large copy/large
ok $? "byte by byte"
want "shallow" git_as curve clone --depth 1 -b main \
	"ssh://git@$SSH_HOST:$SSH_PORT/team/repo.git" shallow
is "is one commit" "$(git -C shallow rev-list --count HEAD)" 1
want "partial" git_as curve clone --filter=blob:none --no-checkout "$repo" part
want "an archive" git_as reader archive --remote="$repo" -o a.tar main
is "has the files" "$(tar tf a.tar | tr '\n' ' ')" "large small "
want "references are listed" git_as reader ls-remote "$repo"
said "all of them" 'refs/tags/v3'
git -C copy commit -q --allow-empty -m no
keep git_as reader -C copy push origin HEAD:refs/heads/main
said "a refusal is one line" \
	'^fatal: remote error: repository access denied. access via a deployment key is read-only.$'
keep git_as reader ls-remote "git@$SSH_HOST:team/none.git"
said "also of what is not there" "^fatal: remote error: repository 'team/none' does"
want "version 2 is spoken" grep -q \
	'^RUN \[git-upload-pack\] \[team\] \[repo\] \[version=2\]$' "$T/desk.log"
is "nothing of another form was asked for" \
	"$(grep ^RUN "$T/desk.log" | grep -cv \
		'^RUN \[git-[a-z-]*\] \[team\] \[[a-z]*\] \[\(version=2\)\?\]$')" 0

# Keys are exchanged anew every 256 KiB, both ways.
GIT_SSH_COMMAND="ssh -i $HOME/.ssh/wren -o RekeyLimit=256K"
export GIT_SSH_COMMAND
want "a clone while keys change" git clone -b main "$repo" rekeyed
cmp work/large rekeyed/large
ok $? "is whole"
head -c 5000000 /dev/urandom >rekeyed/more
git -C rekeyed add more && git -C rekeyed commit -q -m more
want "and a push" git -C rekeyed push origin HEAD:refs/heads/more
unset GIT_SSH_COMMAND

# Algorithms.
for host in ssh-ed25519 ecdsa-sha2-nistp256 rsa-sha2-512 rsa-sha2-256; do
	want "a client that wants $host" ssh -i "$HOME/.ssh/wren" \
		-o HostKeyAlgorithms=$host "$SSH_HOST"
done
for cipher in aes128-gcm@openssh.com aes256-gcm@openssh.com \
	chacha20-poly1305@openssh.com aes128-ctr aes256-ctr; do
	GIT_SSH_COMMAND="ssh -i $HOME/.ssh/wren -c $cipher"
	export GIT_SSH_COMMAND
	want "a client that wants $cipher" git ls-remote "$repo"
done
unset GIT_SSH_COMMAND
n=0
weak() { # ARGUMENT of ssh...
	n=$((n + 1))
	keep ssh -i "$HOME/.ssh/wren" -b 127.77.0.$n "$@" "$SSH_HOST"
	is "not with $*" $? 255
	said "which is said so" 'no matching'
}
weak -o KexAlgorithms=diffie-hellman-group14-sha1
weak -o KexAlgorithms=diffie-hellman-group14-sha256
weak -o Ciphers=aes128-cbc
weak -o Ciphers=3des-cbc
weak -o Ciphers=aes128-ctr -o MACs=hmac-sha1
weak -o Ciphers=aes128-ctr -o MACs=hmac-sha2-256
weak -o HostKeyAlgorithms=ssh-rsa
keep ssh -v -C -i "$HOME/.ssh/wren" "$SSH_HOST"
said "nothing is compressed" 'server->client.*compression: none'
said "exchange is strict: numbers begin anew" 'resetting read seqnr'
said "our name has no version" 'remote software version latchkey'

# Several commands over one connection.
cat >"$HOME/.ssh/config" <<EOF
Host *
ControlMaster auto
ControlPath $T/mux
ControlPersist 20
EOF
want "the first of several" git_as wren ls-remote "$repo"
for i in 1 2 3 4 5 6 7 8; do
	git_as wren ls-remote "$repo" >"$T/mux.$i" 2>&1 &
	jobs="${jobs:-} $!"
done
bad=0
for job in $jobs; do
	wait "$job" || bad=$((bad + 1))
done
is "eight at once go through it, too" $bad 0
is "alike" "$(cat "$T"/mux.? | sort | uniq -c | awk '{print $1}' | sort -u)" 8
ssh -O exit "$SSH_HOST" 2>/dev/null
rm "$HOME/.ssh/config"

# ssh by itself.
want "ssh -T is greeted" ssh -T -i "$HOME/.ssh/wren" "$SSH_HOST"
said "by what the key is" '^authenticated via ssh key\.$'
keep ssh -tt -i "$HOME/.ssh/reader" "$SSH_HOST"
said "a terminal is not given" 'PTY allocation request failed'
keep ssh -i "$HOME/.ssh/wren" "$SSH_HOST" uptime
is "there are no other commands" $? 1
said "and a sentence says so" 'There is no shell'
keep sftp -S "$T/bin/ssh" -i "$HOME/.ssh/wren" "$SSH_HOST"
is "nor files" $? 255

# Another client altogether.
want "paramiko runs git's command" /usr/bin/python3 -W ignore -c '
import sys, paramiko
c = paramiko.SSHClient()
c.set_missing_host_key_policy(paramiko.AutoAddPolicy())
c.connect(sys.argv[1], int(sys.argv[2]), "git", key_filename=sys.argv[3],
          allow_agent=False, look_for_keys=False)
i, o, e = c.exec_command("git-upload-pack '"'"'team/repo.git'"'"'")
print(o.read(8))
i.write("0000")
i.channel.shutdown_write()
rest = o.read()
print(b"refs/heads/main" in rest, o.channel.recv_exit_status())
c.close()
' "$SSH_HOST" "$SSH_PORT" "$HOME/.ssh/reader"
said "as far as git does" '^True 0$'
is "no process died" "$(grep -c ssh_crash "$T/ssh.log")" 0
ssh_stop
finish
