#!/bin/sh
# What strangers send before they have a name: broken versions, weak or broken
# key exchanges, floods. Each is cut, none dies of it, none costs memory.
. "$(dirname "$0")/lib.sh"
. "$ROOT/test/ssh/alone.sh"

make_key wren
ssh_allow rw wren
ssh_alone --grace 2
results_of transport.py "$SSH_PORT" "$HOME/.ssh/wren" "$LISTENER"
is "no process died of it" "$(grep -c ssh_crash "$T/ssh.log")" 0
want "the listener is the same as before" kill -0 "$LISTENER"
ssh_stop
finish
