# For scenes of latchkeyd-ssh alone; sourced after lib.sh. test/ssh/desk.c plays
# latchkeyd: what it was asked is in $T/desk.log.
#
#	ssh_alone [OPTION of latchkeyd-ssh serve]...	$SSH_HOST $SSH_PORT
#	ssh_allow rw|ro NAME	the key $HOME/.ssh/NAME may come in
#	ssh_stop

. "$ROOT/test/ssh/results.sh"
desk='' LISTENER=''
# KiB that no session may need; the sanitizers keep what was freed.
MEMORY_MAX=40000 SANITIZED=''
grep -q __asan_init "$BUILD/latchkeyd-ssh" && MEMORY_MAX=1000000 SANITIZED=1
export MEMORY_MAX
: >"$T/allow"
: >"$T/desk.log"
mkdir -p "$T/repos/team" "$HOME/.ssh"
chmod 700 "$HOME/.ssh"

ssh_allow() {
	echo "$1 $(cut -d ' ' -f 1,2 "$HOME/.ssh/$2.pub")" >>"$T/allow"
}
ssh_alone() {
	[ -d "$T/host" ] || latchkeyd-ssh keys "$T/host" host || {
		echo "Bail out! no host keys"
		exit 99
	}
	: >"$T/listener"
	sh -c 'ulimit -n "$0" && exec ssh-desk "$@"' "${NOFILE:-1024}" \
		"$BUILD/latchkeyd-ssh" "$T/host" "$T/allow" "$T/repos" \
		"$T/desk.log" --verbose "$@" >"$T/listener" 2>>"$T/ssh.log" \
		</dev/null &
	desk=$!
	until_ok grep -q '^ready' "$T/listener" || {
		remark <"$T/ssh.log"
		echo "Bail out! latchkeyd-ssh did not get ready"
		exit 99
	}
	read -r _ SSH_HOST SSH_PORT LISTENER <"$T/listener"
	sed "s/^/[$SSH_HOST]:$SSH_PORT /" "$T"/host/host_*.pub \
		>"$HOME/.ssh/known_hosts"
	cat >"$T/ssh_config" <<-EOF
		Include $HOME/.ssh/config
		Host *
		Port $SSH_PORT
		User git
		UserKnownHostsFile $HOME/.ssh/known_hosts
		GlobalKnownHostsFile /dev/null
		StrictHostKeyChecking yes
		UpdateHostKeys no
		BatchMode yes
	EOF
	printf '#!/bin/sh\nexec /usr/bin/ssh -F "%s" "$@"\n' "$T/ssh_config" \
		>"$T/bin/ssh"
	chmod 755 "$T/bin/ssh"
	export SSH_HOST SSH_PORT
}
ssh_stop() {
	[ -n "$desk" ] || return 0
	kill -TERM "$desk" 2>/dev/null
	wait "$desk" 2>/dev/null
	desk=''
	grep -E 'Sanitizer|runtime error' "$T/ssh.log" | remark
	is "no sanitizer found anything" \
		"$(grep -cE 'Sanitizer|runtime error' "$T/ssh.log")" 0
}
gone() {
	[ -z "$desk" ] || kill -TERM "$desk" 2>/dev/null
	rm -rf "$T"
}
