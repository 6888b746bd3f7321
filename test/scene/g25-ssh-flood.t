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

# As a farm behind one address does it.
crowd=''
for i in $(seq 64); do
	enter 127.0.202.1 >"$T/crowd.$i" 2>&1 </dev/null &
	crowd="$crowd $!"
done
in=0
for pid in $crowd; do
	wait "$pid" && in=$((in + 1))
done
is "of 64 who log in from one address at once, so many get in" "$in" 64
[ "$in" = 64 ] || cat "$T"/crowd.* | sort | uniq -c | remark

flood 200 1
is "of 200 connections from one source 64 are served" "$held" 64
want "somebody with a key gets in" enter 127.0.200.1
want "also from there" enter 127.0.5.1
flood_end

flood 400 400
ok "$([ "$held" -ge 80 ] && [ "$held" -le 100 ] && echo 0 || echo 1)" \
	"of 400 from as many sources $held are served"
want "somebody with a key gets in at once" enter 127.0.200.2
want "and so does the next" enter 127.0.200.3
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
	'crowd left old penalty'
ssh_stop
finish
