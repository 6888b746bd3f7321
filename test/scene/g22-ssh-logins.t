#!/bin/sh
# Only a good signature, over this very connection, by a key that is known, lets
# anybody in, and as nobody else than whose key signed.
. "$(dirname "$0")/lib.sh"
. "$ROOT/test/ssh/alone.sh"

for key in own victim stranger; do
	make_key $key
done
make_key rsa -t rsa -b 2048
make_key small -t rsa -b 1024
ssh_allow ro own
ssh_allow rw victim
ssh_allow rw rsa
ssh_allow rw small
ssh_alone
cd "$HOME/.ssh" || exit 99
results_of logins.py "$SSH_PORT" own victim stranger rsa
is "a key that was only offered proved nothing" "$(grep -c "PROVE $(
	cut -d ' ' -f 2 victim.pub | base64 -d | tail -c 16 | od -An -tx1 |
		tr -d ' \n')" "$T/desk.log")" 0
is "no process died of it" "$(grep -c ssh_crash "$T/ssh.log")" 0

shut_out() { # DESCRIPTION ARGUMENT of ssh...
	what=$1
	shift
	keep ssh "$@"
	is "$what" $? 255
}
# Each client from an address of its own: penalties are for those before.
shut_out "an RSA key of 1024 bits does not get in" \
	-i small -o IdentitiesOnly=yes -o RequiredRSASize=1024 \
	-b 127.9.0.1 "$SSH_HOST"
want "ssh gets in with its key" \
	ssh -i own -o IdentitiesOnly=yes -b 127.9.0.2 "$SSH_HOST"
said "and is told who it is" 'deploy key'
shut_out "another name does not" \
	-i own -o IdentitiesOnly=yes -b 127.9.0.3 "root@$SSH_HOST"
said "in ssh's own words" 'Permission denied \(publickey\)'

# An agent full of keys that nobody knows, the right one last.
eval "$(ssh-agent)" >/dev/null
for i in 1 2 3 4 5 6 7 8 9; do
	make_key other$i
	ssh-add -q other$i
done
ssh-add -q own
want "the tenth key of an agent is tried" ssh -b 127.9.0.4 "$SSH_HOST"
said "and it is the one" 'deploy key'
ssh-agent -k >/dev/null
ssh_stop
finish
