#!/bin/sh
# What somebody with a key may ask for: git's three commands on a path that can
# exist, one variable, a greeting; and nothing moves memory.
. "$(dirname "$0")/lib.sh"
. "$ROOT/test/ssh/alone.sh"

make_key wren
ssh_allow rw wren
git init -q --bare "$T/repos/team/repo.git"
ssh_alone
results_of channels.py "$SSH_PORT" "$HOME/.ssh/wren" "$LISTENER" "$T/desk.log"
is "no process died of it" "$(grep -c ssh_crash "$T/ssh.log")" 0
want "the listener is the same as before" kill -0 "$LISTENER"
nothing_runs() {
	[ "$(grep -c '^RUN \[[^]]*\] \[team\]' "$T/desk.log")" = \
		"$(grep -c ^ENDED "$T/desk.log")" ]
}
children() {
	pgrep -P "$LISTENER" | wc -l
}
no_children() {
	[ "$(children)" = 0 ]
}
until_ok no_children
is "when all clients have gone, no process is left" "$(children)" 0
ssh_stop
finish
