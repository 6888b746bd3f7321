#!/bin/sh
# Whatever message a stranger sends, and whenever: nobody gets in without a
# signature.
. "$(dirname "$0")/lib.sh"
. "$ROOT/test/ssh/alone.sh"

make_key wren
ssh_allow rw wren
ssh_alone
results_of numbers.py "$SSH_PORT" "$HOME/.ssh/wren"
is "and the desk was asked to run nothing" "$(grep -c ^RUN "$T/desk.log")" 0
is "no process died of it" "$(grep -c ssh_crash "$T/ssh.log")" 0
want "the listener is the same as before" kill -0 "$LISTENER"
ssh_stop
finish
