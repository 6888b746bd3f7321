# latchkeyd under a real systemd: the units of contrib/systemd, installed as "make
# install" does it, with their sockets, their walls and their journal. systemd is
# the first process of a namespace over this machine's files, none of which change.
. "$(dirname "$0")/lib.sh"
[ "$(id -u)" -eq 0 ] || skip_all "a systemd of its own needs root"
! grep -Eq '__(a|t)san_init' "$BUILD/latchkeyd" ||
	skip_all "a sanitizer needs what the unit forbids"
for program in /usr/lib/systemd/systemd systemd-analyze meson; do
	command -v $program >/dev/null || skip_all "$program is not installed"
done

m=$T/machine units=/usr/local/lib/systemd/system machine='' init=''
# A copy of this machine's files to write to, with what "make install" brings, and
# its own processes, network, names and control groups.
machine_on() {
	mkdir -p "$m"
	unshare -m -p -n -u -i -C -f --kill-child sh -c '
		set -e
		m=$1
		mount --make-rprivate /
		mount -t tmpfs over "$m"
		mkdir "$m/up" "$m/work" "$m/root"
		mount -t overlay overlay "$m/root" \
			-o "lowerdir=/,upperdir=$m/up,workdir=$m/work"
		cp -R --preserve=mode,links "$2/." "$m/root/"
		cd "$m/root"
		mount -t proc proc proc
		mount --bind proc/sys proc/sys
		mount -o remount,bind,ro proc/sys
		mount -t sysfs -o ro sys sys
		mount -t cgroup2 cgroup sys/fs/cgroup
		mount -t tmpfs run run
		mount -t tmpfs tmp tmp
		mount -t tmpfs dev dev
		for d in null zero full random urandom tty; do
			: >dev/$d
			mount --bind /dev/$d dev/$d
		done
		mkdir dev/pts dev/shm
		mount -t devpts -o newinstance,ptmxmode=666 pts dev/pts
		ln -s pts/ptmx dev/ptmx
		ln -s /proc/self/fd dev/fd
		# Nothing of what this machine runs, or changes when it starts.
		rm -rf etc/systemd/system/*
		for unit in systemd-modules-load systemd-sysctl systemd-udevd \
			systemd-udev-trigger; do
			ln -s /dev/null "etc/systemd/system/$unit.service"
		done
		: >etc/machine-id
		ip link set lo up
		hostname fresh
		# Not chroot: within one there can be no user namespace.
		mkdir before
		pivot_root . before
		umount -l before
		exec env -i container=scene PATH=/usr/sbin:/usr/bin:/sbin:/bin \
			/usr/lib/systemd/systemd --unit=basic.target \
			--log-target=console --show-status=no' \
		sh "$m" "$T/stage" >"$T/boot.log" 2>&1 </dev/null &
	machine=$!
	until_ok grep -q . "/proc/$machine/task/$machine/children"
	init=$(cat "/proc/$machine/task/$machine/children")
	init=${init%% *}
}
inside() { # COMMAND...: as root of that machine
	nsenter -t "$init" -m -p -n -u -i -C -r env -i \
		PATH=/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin \
		LATCHKEY_HOME=/tmp/client HOME=/tmp/client LC_ALL=C.UTF-8 \
		GIT_CONFIG_NOSYSTEM=1 "$@"
}
put() { # FILE: standard input becomes a file there
	inside sh -c 'mkdir -p "${1%/*}" && cat >"$1"' sh "$1"
}
machine_off() {
	[ -z "$machine" ] || kill -KILL "$machine" 2>/dev/null
	[ -z "$machine" ] || wait "$machine" 2>/dev/null
	machine=''
}
booted() {
	inside systemctl is-system-running | grep -Eq 'running|degraded'
}
trap 'machine_off; gone' EXIT
want "it is installed" env DESTDIR="$T/stage" flock "$BUILD/install.lock" \
	meson install -C "$BUILD" --no-rebuild --quiet
machine_on
until_ok booted || {
	tail -n 5 "$T/boot.log" | remark
	skip_all "systemd does not start in a namespace here"
}

# --- the units by themselves
want "systemd finds nothing wrong with the units" inside systemd-analyze verify \
	--man=no $units/latchkeyd.service $units/latchkeyd-http.socket \
	$units/latchkeyd-ssh.socket
is "not even a remark" "$(cat "$T/said")" ''
want "nor with the walls" inside systemd-analyze security --offline=true \
	--threshold=15 $units/latchkeyd.service
tail -n 1 "$T/said" | remark
is "the user is there" "$(inside id -un latchkey)" latchkey

# --- the sockets start it
put /etc/systemd/system/latchkeyd-http.socket.d/here.conf <<-E2
	[Socket]
	ListenStream=
	ListenStream=127.0.0.1:80
E2
put /etc/systemd/system/latchkeyd-ssh.socket.d/here.conf <<-E2
	[Socket]
	ListenStream=
	ListenStream=127.0.0.1:22
E2
inside sh -c 'echo ssh-host = 127.0.0.1:22 >>/usr/local/etc/latchkey/latchkeyd.conf'
want "all of it is enabled" inside systemctl enable latchkeyd.service \
	latchkeyd-http.socket latchkeyd-ssh.socket
want "the sockets are opened" inside systemctl start latchkeyd-http.socket \
	latchkeyd-ssh.socket
is "nothing runs yet" "$(inside systemctl is-active latchkeyd)" inactive
status_of() { # PATH
	inside curl -s -o /dev/null -w '%{http_code}' --max-time 30 "http://127.0.0.1$1"
}
of() { # PROPERTY of the unit
	inside systemctl show -P "$1" latchkeyd
}
is "the first request starts it" "$(status_of /healthz)" 200
is "it says itself that it is ready" "$(of ActiveState)" active
[ "$(of ActiveState)" = active ] || inside journalctl --no-pager -u latchkeyd | remark
is "to systemd" "$(of Type)" notify
main=$(of MainPID)
proc_of() { # FIELD of the daemon's /proc/PID/status
	inside sed -n "s/^$1:[[:space:]]*//p" "/proc/$main/status"
}
is "as a user of its own" "$(inside stat -c %U /proc/"$main")" latchkey
is "which can become nobody else" "$(proc_of NoNewPrivs)" 1
is "and has no capability" "$(proc_of CapEff)$(proc_of CapBnd)" \
	00000000000000000000000000000000
is "calls are filtered" "$(proc_of Seccomp)" 2
is "its data are closed" "$(inside stat -c '%U %a' /var/lib/latchkey)" 'latchkey 700'
is "nothing in them is open" "$(inside find /var/lib/latchkey -perm /077)" ''
deny "the system's files are out of its reach" inside nsenter -t "$main" -m \
	touch /usr/x /etc/x

# --- all doors work within the walls
want "the first key logs in" inside latchkey login -a http://127.0.0.1 \
	--apikey @/var/lib/latchkey/first-apikey
want "a namespace" inside latchkey cr namespace-add birds
token=$(inside latchkey cr token-add --description t --readwrite --non-expiring -q)
: >"$T/layer" && head -c 70000 /dev/urandom >"$T/layer"
put /tmp/layer <"$T/layer"
is "an upload" "$(inside curl -s -o /dev/null -w '%{http_code}' -u "token:$token" \
	--data-binary @/tmp/layer -H 'Content-Type: application/octet-stream' \
	"http://127.0.0.1/v2/birds/app/blobs/uploads/?digest=sha256:$(sha256 "$T/layer")")" 201
want "a key pair" inside sh -c 'cd /tmp && latchkey keypair create web-key'
want "a repository" inside latchkey repo create main/test
inside ssh-keygen -q -t ed25519 -N '' -f /tmp/key
want "a key of its owner" inside latchkey ssh-key add --label me --key /tmp/key.pub
inside curl -s http://127.0.0.1/site/ssh | put /tmp/hosts
git_inside() { # FOLDER ARGUMENT of git...
	folder=$1
	shift
	inside env GIT_SSH_COMMAND="ssh -F none -i /tmp/key -o IdentitiesOnly=yes -o UserKnownHostsFile=/tmp/hosts -o StrictHostKeyChecking=yes" \
		git -c user.name=W -c user.email=w@nest.example -C "$folder" "$@"
}
want "git over SSH, on port 22" git_inside /tmp clone -q git@127.0.0.1:main/test.git work
git_inside /tmp/work commit -q --allow-empty -m first
want "a push" git_inside /tmp/work push -q origin HEAD:main

# --- the journal
said_to_journal() { # PATTERN
	inside journalctl --sync
	inside journalctl -o cat -u latchkeyd | grep -Eq -- "$1"
}
want "each event is in the journal" until_ok said_to_journal 'event=http .*path=/v2/'
priority_of() { # EVENT
	inside journalctl -o json -u latchkeyd | jq -r --arg e "event=$1" \
		'select((.MESSAGE | type) == "string" and (.MESSAGE | contains($e))) |
		.PRIORITY' | sort -u | paste -sd ' '
}
is "with its level as priority" "$(priority_of http)" 6
is "and no secret" "$(inside journalctl -o cat -u latchkeyd | grep -c -F "$token")" 0
like "nothing begins with a number" \
	"$(inside journalctl -o cat -u latchkeyd | grep -c '^<')" '^0$'

# --- reload, stop, start, death
want "it is told to read again" inside systemctl reload latchkeyd
want "which it does" until_ok said_to_journal 'event=reload'
want "a backup beside it, by its user" inside sh -c '
	install -d -o latchkey -m 700 /var/backups/latchkey
	setpriv --reuid latchkey --regid latchkey --init-groups latchkeyd backup \
		--config /usr/local/etc/latchkey/latchkeyd.conf /var/backups/latchkey/1'
want "it stops" inside systemctl stop latchkeyd
is "in peace" "$(of Result)" success
is "nothing is left of it" "$(of ControlGroup)" ''
want "a backup is restored, by its user" inside sh -c '
	rm -rf /var/lib/latchkey/*
	setpriv --reuid latchkey --regid latchkey --init-groups latchkeyd restore \
		--config /usr/local/etc/latchkey/latchkeyd.conf /var/backups/latchkey/1'
is "the sockets start it again" "$(status_of /readyz)" 200
want "with all that was there" git_inside /tmp clone -q git@127.0.0.1:main/test.git again
want "the session too" inside latchkey cr namespaces
main=$(of MainPID)
inside kill -KILL "$main"
risen() {
	[ "$(of MainPID)" -gt 1 ] && [ "$(of MainPID)" != "$main" ] &&
		[ "$(of ActiveState)" = active ]
}
want "it rises after kill -9" until_ok risen
is "and serves" "$(status_of /readyz)" 200
inside systemctl stop latchkeyd latchkeyd-http.socket latchkeyd-ssh.socket
inside sh -c 'echo pool-max = 0 >>/usr/local/etc/latchkey/latchkeyd.conf'
deny "wrong settings are an end" inside systemctl start latchkeyd
is "at once, and not again and again" "$(of ExecMainStatus) $(of NRestarts) $(of ActiveState)" '78 0 failed'
machine_off
finish
