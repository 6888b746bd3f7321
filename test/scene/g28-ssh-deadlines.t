#!/bin/sh
# Every wait of a connection ends, dead peers are found out, and keys change by
# the server's own will.
. "$(dirname "$0")/lib.sh"
. "$ROOT/test/ssh/alone.sh"

make_key wren
ssh_allow rw wren
git init -q --bare "$T/repos/team/repo.git"
ssh_alone --grace 2 --command 2 --idle 10 --keepalive 1 --rekey 1000000
results_of deadlines.py "$SSH_PORT" "$HOME/.ssh/wren" "$T/ssh.log"

# The client does not want new keys by itself.
git init -q "$T/work"
head -c 20000000 /dev/urandom >"$T/work/large"
git -C "$T/work" add large
git -C "$T/work" commit -q -m "something large"
changes() { # the times that keys were changed, as ssh tells
	grep -c 'SSH2_MSG_NEWKEYS received' "$T/said"
}
export GIT_SSH_COMMAND="ssh -v -o RekeyLimit=4G -i $HOME/.ssh/wren"
want "20 MB are pushed" git -C "$T/work" push "$SSH_HOST:team/repo.git" HEAD:main
ok "$([ "$(changes)" -ge 5 ] && echo 0 || echo 1)" \
	"with new keys $(changes) times"
want "and cloned" git clone -q -b main "$SSH_HOST:team/repo.git" "$T/copy"
ok "$([ "$(changes)" -ge 5 ] && echo 0 || echo 1)" \
	"with new keys $(changes) times"
cmp "$T/work/large" "$T/copy/large"
is "whole" $? 0
ssh_stop
finish
