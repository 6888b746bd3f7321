# A machine of its own for a scene of the key client, in a mount namespace of
# its own: /etc, /home, /root, /run, /var/lib, /usr/local/lib and /dev/log, so
# that nothing of the system under it is touched. Sourced after lib.sh by a
# scene that runs under `unshare -m`.
#
#	machine_own		the folders, users debian and other, the syslog
#	sshd_start		$SSHD_PORT; its log in $T/sshd.log
#	sshd_stop
#	login_as USER KEY	one login
#	syslogged REGEX		what was logged since the last syslog_clear

sshd='' logger='' others=''
layer() { # FOLDER
	mkdir -p "$T/over$1/up" "$T/over$1/work"
	mount -t overlay overlay -o \
		"lowerdir=$1,upperdir=$T/over$1/up,workdir=$T/over$1/work" "$1"
}
# A /dev of its own, in which a socket can be made. Nothing of the system is
# mounted below $T: that is removed in the end.
dev_own() {
	mkdir "$T/dev"
	mount -t tmpfs -o mode=755 dev "$T/dev" || return
	for node in null zero full random urandom tty; do
		cp -a "/dev/$node" "$T/dev/" || return
	done
	mount --move "$T/dev" /dev || return
	mkdir -m 1777 /dev/shm
	mkdir /dev/pts
	mount -t devpts -o newinstance,ptmxmode=666,mode=620 pts /dev/pts ||
		return
	ln -s pts/ptmx /dev/ptmx
	ln -s /proc/self/fd /dev/fd
	echo >/dev/null
}
free_port() {
	/usr/bin/python3 -c 'import socket
s = socket.socket()
s.bind(("127.0.0.1", 0))
print(s.getsockname()[1])'
}
machine_own() {
	mount --make-rprivate / && mkdir "$T/over" &&
		mount -t tmpfs -o mode=755 over "$T/over" || return
	for folder in /etc /home /root /var/lib /usr/local/lib; do
		layer $folder || return
	done
	mount -t tmpfs -o mode=755 run /run && dev_own || return
	# Below these sshd wants nobody but root to write.
	chmod 755 /usr/local/lib
	/usr/bin/python3 -c 'import os, socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind("/dev/log")
os.chmod("/dev/log", 0o666)
out = open(sys.argv[1], "ab", 0)
while True:
    out.write(s.recv(8192).rstrip(b"\0\n") + b"\n")' "$T/syslog" &
	logger=$!
	until_ok test -S /dev/log || return
	for user in debian other; do
		userdel -f $user 2>/dev/null
		rm -rf /home/$user
		useradd -m -s /bin/sh $user && usermod -p '*' $user || return
		mkdir -m 700 /home/$user/.ssh
		chown $user: /home/$user/.ssh
	done
	userdel -f _latchkey 2>/dev/null
	rm -rf /etc/latchkey /var/lib/latchkey /usr/local/lib/latchkey \
		/var/lib/cloud /etc/ssh /root/.ssh
	mkdir -p -m 755 /etc/ssh/sshd_config.d
	mkdir -m 700 /root/.ssh
	SSHD_PORT=$(free_port)
	cat >/etc/ssh/sshd_config <<-E2
		Include /etc/ssh/sshd_config.d/*.conf
		Port $SSHD_PORT
		ListenAddress 127.0.0.1
		UsePAM no
		PasswordAuthentication no
		KbdInteractiveAuthentication no
		PermitRootLogin prohibit-password
		MaxStartups 100
	E2
	ssh-keygen -A >/dev/null
	sed "s/^/[127.0.0.1]:$SSHD_PORT /" /etc/ssh/ssh_host_*_key.pub \
		>"$T/known_hosts"
	mkdir -p /run/sshd
}
sshd_start() {
	/usr/sbin/sshd -D -E "$T/sshd.log" </dev/null &
	sshd=$!
	until_ok grep -q 'Server listening' "$T/sshd.log"
}
sshd_stop() {
	[ -z "$sshd" ] || kill "$sshd" 2>/dev/null
	wait "$sshd" 2>/dev/null
	sshd=''
}
machine_end() {
	sshd_stop
	for pid in $logger $others; do
		kill "$pid" 2>/dev/null
	done
	logger='' others=''
	umount -l /etc /home /root /var/lib /usr/local/lib "$T/over" 2>/dev/null
}
login_as() { # USER KEY FILE
	/usr/bin/ssh -F /dev/null -i "$2" -o IdentitiesOnly=yes -p "$SSHD_PORT" \
		-o BatchMode=yes -o StrictHostKeyChecking=yes \
		-o UserKnownHostsFile="$T/known_hosts" \
		-o GlobalKnownHostsFile=/dev/null -o ConnectionAttempts=10 \
		"$1@127.0.0.1" 'echo "in as $(id -un)"' || return 1
}
syslog_clear() {
	: >"$T/syslog"
}
syslogged() { # DESCRIPTION REGEX
	until_ok grep -Eq -- "$2" "$T/syslog"
	status=$?
	ok $status "$1"
	[ $status -eq 0 ] || remark <"$T/syslog"
}
