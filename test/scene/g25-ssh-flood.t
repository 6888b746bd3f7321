#!/bin/sh
# Connections that prove nothing are bounded, by source and altogether, and do
# not keep out those who can prove something. A source that keeps failing waits.
. "$(dirname "$0")/lib.sh"
. "$ROOT/test/ssh/alone.sh"

make_key wren
make_key nobody
ssh_allow rw wren
ssh_alone
enter() { # SOURCE
	timeout 10 ssh -i "$HOME/.ssh/wren" -o IdentitiesOnly=yes -b "$1" \
		"$SSH_HOST"
}
flood() { # N SOURCES
	mkfifo "$T/held.in"
	$SPEAK/flood.py "$SSH_PORT" "$1" "$2" <"$T/held.in" >"$T/held" &
	flood=$!
	exec 9>"$T/held.in"
	until_ok grep -q . "$T/held"
	held=$(cat "$T/held")
}
flood_end() {
	exec 9>&-
	wait "$flood"
	rm "$T/held.in"
	until_ok no_children
}
no_children() {
	[ "$(pgrep -P "$LISTENER" | wc -l)" = 0 ]
}

flood 200 1
is "of 200 connections from one source 20 are held" "$held" 20
want "somebody with a key gets in" enter 127.0.200.1
deny "but not from there" timeout 3 sh -c \
	"exec 3<>/dev/null; ssh -b 127.0.5.1 -o ConnectTimeout=2 $SSH_HOST || exit 1"
flood_end

flood 400 400
ok "$([ "$held" -ge 50 ] && [ "$held" -le 100 ] && echo 0 || echo 1)" \
	"of 400 from as many sources $held are held"
until_ok enter 127.0.200.2
want "somebody with a key gets in" enter 127.0.200.3
flood_end
want "and at once when they have gone" enter 127.0.200.1

for try in 1 2 3; do
	keep ssh -i "$HOME/.ssh/nobody" -o IdentitiesOnly=yes -b 127.0.201.1 \
		"$SSH_HOST"
done
# Keys that were only shown are not held against anybody for long; signatures
# that were wrong are.
want "who shows unknown keys is let in again" enter 127.0.201.1
$SPEAK/wrong.py "$SSH_PORT" "$HOME/.ssh/wren" 127.0.201.2 4 >"$T/said"
is "four connections with wrong signatures" "$(cat "$T/said")" 4
keep enter 127.0.201.2
is "and the source waits, with the right key, too" $? 255
want "others do not" enter 127.0.201.3
like "the reasons are in the log" \
	"$(sed -n 's/.*ssh_shed.*why=//p' "$T/ssh.log" | sort -u | tr '\n' ' ')" \
	'early .*penalty source'
ssh_stop
finish
