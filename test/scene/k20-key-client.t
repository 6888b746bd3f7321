# The key client on a machine with a real sshd: a login follows what latchkeyd
# says at that moment, goes on for a while without it, and a key that was seen to
# be gone stays gone, whatever breaks.
if [ -z "${OWN_MOUNTS:-}" ] && unshare -m true 2>/dev/null; then
	OWN_MOUNTS=yes exec unshare -m sh "$0"
fi
. "$(dirname "$0")/lib.sh"
[ -n "${OWN_MOUNTS:-}" ] && [ "$(id -u)" -eq 0 ] ||
	skip_all "this user may not have a machine of its own"
[ -x /usr/sbin/sshd ] || skip_all "Debian's openssh-server is not installed"
. "$ROOT/test/machine/own.sh"
trap 'machine_end; gone' EXIT
keys=/usr/local/lib/latchkey/latchkey-keys
cache=/var/lib/latchkey/authorized-keys

machine_own >"$T/said" 2>&1 || {
	remark <"$T/said"
	skip_all "no folders of one's own can be mounted here"
}
cd "$T" || exit 99
serve
login
for pair in web-key other; do
	latchkey keypair create $pair >/dev/null
	ssh-keygen -y -f $pair.pem >$pair.pub
done
want "a server is made" latchkey server create web-1 --keypair web-key
seed=$(grep -o 'lk_s_[0-9A-Za-z]*' "$T/said" | head -n 1)
id=$(latchkey server show web-1 --output json | jq -r .id)
sshd_start

# --- as cloud-init leaves a machine
line="$(cut -d ' ' -f 1,2 web-key.pub) web-key"
forced="no-port-forwarding,no-agent-forwarding,no-X11-forwarding,command=\"echo 'Please login as the user \\\"debian\\\" rather than the user \\\"root\\\".';echo;sleep 10;exit 142\" $line"
mine='ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINHUsy9CC6iemKmKBcDRIGLWBtW1Zrvw3OGx/ovBxG1F own'
printf '# mine\n%s\n%s\nfrom="192.0.2.1" %s\n' "$line" "$mine" "$line" \
	>/home/debian/.ssh/authorized_keys
chmod 640 /home/debian/.ssh/authorized_keys
chown debian: /home/debian/.ssh/authorized_keys
echo "$forced" >/root/.ssh/authorized_keys
mkdir -p /var/lib/cloud/data /var/lib/cloud/seed
echo "$id" >/var/lib/cloud/data/instance-id
enters() { # DESCRIPTION KEY
	want "$1" login_as debian "$T/$2.pem"
	said "as that user" 'in as debian'
}
kept_out() { # DESCRIPTION KEY
	deny "$1" login_as debian "$T/$2.pem"
	said "by sshd" 'Permission denied'
}
enters "the plain line opens" web-key
stamp() { # all that install may change
	(cd / && find etc/latchkey etc/ssh etc/passwd etc/group var/lib/latchkey \
		var/lib/cloud usr/local/lib/latchkey home root/.ssh -type f \
		! -name '*.lock' ! -name authorized-keys 2>/dev/null | sort |
		xargs stat -c '%n %i %a %u %g %s %y')
}
logins() {
	sha256sum /home/debian/.ssh/authorized_keys /root/.ssh/authorized_keys \
		/etc/ssh/sshd_config
	ls /etc/ssh/sshd_config.d
}

# --- wrong uses
usage() { # DESCRIPTION ARGUMENT...
	what=$1
	shift
	latchkey-keys "$@" >"$T/out" 2>"$T/err" </dev/null
	is "$what" "$?-$(wc -c <"$T/out")-$(test -s "$T/err" && echo said)" 2-0-said
}
usage "no word"
usage "an unknown word" authorised-keys
usage "no user" authorized-keys
usage "an empty one" authorized-keys ''
usage "two users" authorized-keys a b
usage "an unknown option" authorized-keys debian --nonsense
usage "a value that is missing" authorized-keys debian --conf
usage "one that is empty" authorized-keys debian --conf=
usage "an option twice" status --conf /a --conf /b
usage "an option of another command" status --url http://127.0.0.1
usage "install without a URL" install --seed "$seed"
usage "install with what is no seed" install --url "$URL" --seed nonsense
usage "a word too many" install --url "$URL" --seed "$seed" more
for file in /dev/zero /nowhere "$T" "$T/fifo"; do
	[ "$file" != "$T/fifo" ] || mkfifo "$file"
	timeout 5 latchkey-keys authorized-keys debian --conf "$file" \
		>"$T/out" 2>&1 </dev/null
	is "settings in $(basename "$file")" $? 78
done
want "help" latchkey-keys --help
latchkey-keys --help >/dev/full 2>/dev/null
is "that cannot be written" $? 1
want "version" latchkey-keys --version
if grep -q __asan_init "$BUILD/latchkey-keys"; then
	skip "it needs libc and OpenSSL only" "this build has a sanitizer"
else
	is "it needs libc and OpenSSL only" "$(readelf -d "$BUILD/latchkey-keys" |
		sed -n 's/.*NEEDED.*\[\(.*\)\]/\1/p' | grep -v '^ld-linux' |
		sort | tr '\n' ' ')" "libc.so.6 libcrypto.so.3 libssl.so.3 "
fi

# --- an install that cannot be leaves logins as they were
before=$(logins)
broken() { # DESCRIPTION REGEX [ARGUMENT of install]...
	what=$1 says=$2
	shift 2
	deny "$what" latchkey-keys install --url "$URL" --seed "$seed" "$@"
	said "and says why" "$says"
	is "logins are as they were" "$(logins)" "$before"
}
deny "a latchkeyd that is not there" latchkey-keys install \
	--url http://127.0.0.1:1 --seed "$seed"
said "and says why" 'cannot connect'
deny "a seed of nobody" latchkey-keys install --url "$URL" \
	--seed "${seed%????}aaaa"
said "and says what to do" 'renew the seed'
is "logins are as they were" "$(logins)" "$before"
echo 'AuthorizedKeysCommand /usr/bin/theirs' >/etc/ssh/sshd_config.d/10-own.conf
echo 'AuthorizedKeysCommandUser nobody' >>/etc/ssh/sshd_config.d/10-own.conf
before=$(logins)
broken "another's AuthorizedKeysCommand" '/usr/bin/theirs'
rm /etc/ssh/sshd_config.d/10-own.conf
sed -i 's/^Include/#Include/' /etc/ssh/sshd_config
before=$(logins)
broken "an sshd that does not read our file" 'Include /etc/ssh/sshd_config.d'
sed -i 's/^#Include/Include/' /etc/ssh/sshd_config
chmod 775 /usr/local/lib
before=$(logins)
broken "a program that others could exchange" 'sshd runs nothing below /usr/local/lib'
chmod 755 /usr/local/lib
broken "a user who is not there" 'nonesuch' --user nonesuch
echo nonsense >/etc/ssh/sshd_config.d/00-bad.conf
before=$(logins)
broken "an sshd that would not start" 'sshd does not take its configuration'
curl -s "$URL/metadata/$seed/vendor-data" |
	sed -n '/^#!/,/^--latchkey/p' | sed '$d' >"$T/boot"
deny "nor as a first boot does it" sh "$T/boot"
said "and says why" 'sshd does not take its configuration'
is "logins are as they were" "$(logins)" "$before"
is "cloud-init will know the machine again all the same" \
	"$(cat /var/lib/cloud/seed/nocloud-net/meta-data)" "instance-id: '$id'"
rm -r /etc/ssh/sshd_config.d/00-bad.conf /var/lib/cloud/seed/nocloud-net

# --- install
syslog_clear
latchkey-keys install --url "$URL" --seed - </dev/null >"$T/said" 2>&1
is "a seed that is not there" $? 2
want "install, with the seed from standard input" sh -c \
	'echo "$1" | latchkey-keys install --url "$2" --seed -' - "$seed" "$URL"
said "says who" "sshd asks $URL who may log in as debian"
said "and what went" 'authorized_keys: 2'
is "exactly the line is gone" "$(cat /home/debian/.ssh/authorized_keys)" \
	"$(printf '# mine\n%s\nfrom="192.0.2.1" %s' "$mine" "$line")"
is "with its mode and owner" \
	"$(stat -c '%a %U' /home/debian/.ssh/authorized_keys)" "640 debian"
is "root's, too" "$(cat /root/.ssh/authorized_keys)" ""
is "modes and owners" "$(cd / && stat -c '%n %a %U:%G' etc/latchkey \
	etc/latchkey/machine.conf etc/latchkey/machine.key var/lib/latchkey \
	var/lib/latchkey/authorized-keys usr/local/lib/latchkey/latchkey-keys \
	etc/ssh/sshd_config.d/50-latchkey.conf)" \
	"etc/latchkey 750 root:_latchkey
etc/latchkey/machine.conf 640 root:_latchkey
etc/latchkey/machine.key 640 root:_latchkey
var/lib/latchkey 700 _latchkey:_latchkey
var/lib/latchkey/authorized-keys 600 _latchkey:_latchkey
usr/local/lib/latchkey/latchkey-keys 755 root:root
etc/ssh/sshd_config.d/50-latchkey.conf 644 root:root"
is "nobody is that user" "$(getent passwd _latchkey | cut -d : -f 6,7)" \
	/nonexistent:/usr/sbin/nologin
is "cloud-init will know the machine again" \
	"$(cat /var/lib/cloud/seed/nocloud-net/meta-data)" "instance-id: \"$id\""
is "and takes the folder for no whole seed" \
	"$(ls /var/lib/cloud/seed/nocloud-net)" meta-data
before=$(stamp)
want "a second time" latchkey-keys install --url "$URL" --seed "$seed"
is "changes nothing" "$(stamp)" "$before"
want "nor without the seed" "$keys" install --url "$URL"
audited "the trail has it" seed.enrol done server:

# --- logins
enters "who has the key comes in" web-key
audited "which the trail has" server.follow used server:
kept_out "others do not" other
deny "root does not" login_as root "$T/web-key.pem"
deny "nor does another user" login_as other "$T/web-key.pem"
is "for whom nothing is asked" "$(setpriv --reuid=_latchkey --regid=_latchkey \
	--clear-groups $keys authorized-keys other; echo $?)" 0
as_sshd() { # what sshd runs
	setpriv --reuid=_latchkey --regid=_latchkey --clear-groups \
		$keys authorized-keys debian "$@"
}
want "another pair is set" latchkey server set-keypair web-1 other
enters "it opens at once" other
kept_out "and the old one does not" web-key
want "status" $keys status
said "says the server" 'server +web-1'
is "the key" "$(sed -n 's/^key *\(SHA256:[^ ]*\) .*/\1/p' "$T/said")" \
	"$(ssh-keygen -lf other.pub | cut -d ' ' -f 2)"
said "how old" 'kept +[0-9]+ s old, counts for 3600 s$'
said "that latchkeyd answers" 'now +latchkeyd answers, with 1 key'
said "and that sshd uses it" 'sshd +uses it'

# Root tries what sshd does, and is the first to see a change.
latchkey server set-keypair web-1 web-key >/dev/null
want "by hand" $keys authorized-keys debian
is "what is kept then is not root's" "$(stat -c '%a %U:%G' "$cache")" \
	"600 _latchkey:_latchkey"
latchkey server set-keypair web-1 other >/dev/null
enters "and back" other

# --- latchkeyd down, and back
kill9
syslog_clear
enters "without latchkeyd" other
syslogged "the log says where it came from, and how old" \
	'keys for debian come from the cache, [0-9]+ s old \(it counts for 3600 s\): cannot connect'
kept_out "the old key stays out" web-key
age() { # SECONDS: so old it is from now on
	sed -i "1s/.*/$(printf '# latchkey kept %018d' \
		$((($(date +%s) - $1) * 1000)))/" "$cache"
	chown _latchkey: "$cache"
}
age 3500
enters "for nearly an hour" other
age 3601
syslog_clear
kept_out "and no longer" other
syslogged "says the log" 'no keys for debian: .*3601 s old, and counts for 3600 s|360[2-9] s old'
want "status, then" $keys status
said "says it" 'counts for 3600 s: no longer'
said "and why" 'now +cannot connect'
age -50
enters "a clock that went back a little" other
age -70
kept_out "or too far" other
serve
enters "with latchkeyd it is well again" other
is "and kept anew" "$(($(date +%s) - $(sed -n '1s/# latchkey kept 0*\([0-9]*\)[0-9]\{3\}$/\1/p' "$cache") < 60))" 1

# --- seen to be gone: never again, also when latchkeyd is down right after
want "the pair is changed back" latchkey server set-keypair web-1 web-key
kept_out "the login that sees it" other
kill9
kept_out "is the last" other
enters "the new one opens from the cache" web-key

# --- what stands where latchkeyd stood
mkdir "$T/wrong"
cut -d ' ' -f 1,2 other.pub >"$T/wrong/key"
wrong_start() { # [CERTIFICATE KEY]
	rm -f "$T/wrong/ready"
	/usr/bin/python3 "$ROOT/test/machine/wrong.py" "${HOST##*:}" "$T/wrong" \
		"$@" 2>"$T/wrong/err" </dev/null &
	others=$!
	until_ok test -e "$T/wrong/ready"
}
wrong_stop() {
	kill "$others"
	wait "$others" 2>/dev/null
	others=''
}
wrong_start
web=$(cut -d ' ' -f 1,2 web-key.pub)
for word in portal portal-403 portal-404 redirect busy often forwarded failed \
	cut cut-line no-length two-lengths gzip large endless options authority \
	escape html-inside empty ssh silent drip; do
	echo $word >"$T/wrong/answer"
	syslog_clear
	is "$word: the cache holds" "$(as_sshd 2>&1 | cut -d ' ' -f 1,2)" "$web"
	syslogged "$word: which is said" 'come from the cache'
done
is "nothing is asked elsewhere" "$(sort -u "$T/wrong/log")" \
	"GET /machine/v1/authorized-keys HTTP/1.1"
echo portal >"$T/wrong/answer"
enters "behind a portal" web-key
echo chunks >"$T/wrong/answer"
is "an answer in chunks is one" "$(as_sshd)" "$(cat "$T/wrong/key")"
echo portal >"$T/wrong/answer"
is "and is kept" "$(as_sshd)" "$(cat "$T/wrong/key")"
echo no >"$T/wrong/answer"
is "a clear no is one" "$(as_sshd; echo $?)" 0
is "and nothing is kept" "$(ls "$cache" 2>/dev/null)" ""
wrong_stop
kept_out "without anybody there" web-key
serve
enters "and with latchkeyd" web-key

# --- many at once
for n in $(seq 20); do
	login_as debian "$T/web-key.pem" >"$T/many.$n" 2>&1 </dev/null &
	many="${many:-} $!"
done
wait $many
is "20 logins at once" "$(cat "$T"/many.* | grep -c 'in as debian')" 20
latchkey server set-keypair web-1 other >/dev/null
many=''
for n in $(seq 20); do
	login_as debian "$T/web-key.pem" >"$T/many.$n" 2>&1 </dev/null &
	many="$many $!"
done
wait $many
is "and none with a key that is gone" "$(cat "$T"/many.* | grep -c 'in as')" 0
is "what is kept is whole" "$(tail -n 1 "$cache" | cut -d ' ' -f 1,2)" \
	"$(cut -d ' ' -f 1,2 other.pub)"
kill9
for n in $(seq 20); do
	as_sshd >"$T/many.$n" 2>&1 </dev/null &
	many="$many $!"
done
wait $many
is "20 at once from the cache" \
	"$(cat "$T"/many.* | grep -c "^$(cut -d ' ' -f 1,2 other.pub)")" 20
serve

# --- a disk that is full, or cannot be written
small() {
	mount -t tmpfs -o size=64k,mode=700,uid="$(id -u _latchkey)",gid="$(id -g \
		_latchkey)" small /var/lib/latchkey
}
fill() {
	: >"$cache.lock"
	dd if=/dev/zero of=/var/lib/latchkey/filler bs=4k 2>/dev/null
	dd if=/dev/zero of=/var/lib/latchkey/filler2 bs=1 2>/dev/null
	true
}
small
enters "a small disk" other
fill
enters "full, with the same key" other
want "another pair" latchkey server set-keypair web-1 web-key
syslog_clear
is "full, it is printed all the same" "$(as_sshd)" "$web web-key"
syslogged "but is not kept" 'cannot be kept, so none are from now on'
kill9
kept_out "so nothing opens without latchkeyd" web-key
serve
rm -f /var/lib/latchkey/filler*
kill9
kept_out "nor the one that is gone" other
serve
enters "with room again" web-key
mount -o remount,ro /var/lib/latchkey
enters "read-only, with the same key" web-key
latchkey server set-keypair web-1 other >/dev/null
syslog_clear
kept_out "a key that the disk would bring back: nobody" other
syslogged "and what to do is said" 'an old one is kept in .* and cannot be removed .*: remove it'
kept_out "the old one neither" web-key
mount -o remount,rw /var/lib/latchkey
enters "written again, it is well" other
umount /var/lib/latchkey
if command -v strace >/dev/null; then
	latchkey server set-keypair web-1 web-key >/dev/null
	strace -u _latchkey -o "$T/trace" \
		-e trace=write,fsync,rename,renameat,renameat2 \
		$keys authorized-keys debian >"$T/out" 2>"$T/err"
	is "it is on disk before it is shown" "$(sed -n \
		's/.*\(fsync\|rename\)[a-z0-9]*(.*= 0$/\1/p; s/.*write(1, .*/shown/p' \
		"$T/trace" | tr '\n' ' ')" "fsync rename fsync fsync shown "
	latchkey server set-keypair web-1 other >/dev/null
else
	skip "it is on disk before it is shown" "there is no strace"
fi
as_sshd >/dev/full 2>/dev/null
is "keys that cannot be written are a failure" $? 1
as_sshd >&- 2>/dev/null
is "nor is anything else written to" $? 1
sed -n 1p "$cache" >"$T/head"
like "what is kept is whole" "$(cat "$T/head")" '^# latchkey kept [0-9]{18}$'

# --- TLS
tls() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
		-keyout "$T/$1.key" -out "$T/$1.pem" -days 2 -subj "/CN=$1" \
		-addext "subjectAltName=$2" 2>/dev/null
}
tls here DNS:localhost
tls ip IP:127.0.0.1
tls else DNS:elsewhere.example
mkdir -m 755 "$T/tls" && chmod 711 "$T"
cp /etc/latchkey/machine.key "$T/tls/" && chmod 644 "$T/tls/machine.key"
echo chunks >"$T/wrong/answer"
stop
asks() { # HOST CA: what comes of it
	rm -rf "$T/tls/kept" && mkdir -m 777 "$T/tls/kept"
	cp "$T/$2.pem" "$T/tls/ca.pem" 2>/dev/null || : >"$T/tls/ca.pem"
	{
		echo "url = https://$1:${HOST##*:}"
		echo "user = debian"
		echo "cache = $T/tls/kept/x"
		[ "$2" = system ] || echo "ca = $T/tls/ca.pem"
	} >"$T/tls/conf"
	syslog_clear
	as_sshd --conf "$T/tls/conf"
}
wrong_start "$T/here.pem" "$T/here.key"
is "the right CA and name" "$(asks localhost here)" "$(cat "$T/wrong/key")"
is "another CA" "$(asks localhost else)" ""
syslogged "is said" 'certificate: self-signed certificate'
is "those whom the system trusts" "$(asks localhost system)" ""
syslogged "is said" 'certificate'
is "no CA in the file" "$(asks localhost none)" ""
syslogged "is said" 'cannot read the CA file'
is "an address that it is not for" "$(asks 127.0.0.1 here)" ""
syslogged "is said" 'certificate: IP address mismatch'
wrong_stop
wrong_start "$T/ip.pem" "$T/ip.key"
is "one for that address" "$(asks 127.0.0.1 ip)" "$(cat "$T/wrong/key")"
wrong_stop
wrong_start "$T/else.pem" "$T/else.key"
is "another name" "$(asks localhost else)" ""
syslogged "is said" 'certificate: hostname mismatch'
wrong_stop
wrong_start
is "no TLS at all" "$(asks localhost here)" ""
is "and nothing was asked in clear text" "$(tail -n 1 "$T/wrong/log" | wc -l)" 1
wrong_stop

# --- the end of the server, and of the client
serve
enters "latchkeyd is back" other
want "uninstall" $keys uninstall
said "leaves a plain line" 'written to authorized_keys: 1'
is "the key of now, at the end" \
	"$(tail -n 1 /home/debian/.ssh/authorized_keys | cut -d ' ' -f 1,2)" \
	"$(cut -d ' ' -f 1,2 other.pub)"
is "and nothing of ours" "$(ls -d /etc/latchkey /var/lib/latchkey \
	/usr/local/lib/latchkey /etc/ssh/sshd_config.d/50-latchkey.conf 2>/dev/null)" ""
enters "the plain line opens" other
seed=$(latchkey server seed-url -f web-1 2>/dev/null | grep -o 'lk_s_[0-9A-Za-z]*' | head -n 1)
# Users may have put there what they like.
cp -a /home/debian/.ssh/authorized_keys "$T/plain"
left() { # DESCRIPTION REGEX: nothing is followed, nothing changed
	deny "$1" latchkey-keys install --url "$URL" --seed "$seed" --user debian
	said "is left alone" "$2"
	is "as it was" "$(sha256sum </home/debian/.ssh/authorized_keys)" "$(sha256sum <"$T/plain")"
}
cp -a "$T/plain" "$T/target"
ln -sf "$T/target" /home/debian/.ssh/authorized_keys
left "a link" 'authorized_keys is left alone: Too many levels'
rm /home/debian/.ssh/authorized_keys
ln "$T/target" /home/debian/.ssh/authorized_keys 2>/dev/null || {
	cp -a "$T/plain" /home/debian/.ssh/target
	ln /home/debian/.ssh/target /home/debian/.ssh/authorized_keys
}
left "a file with a second name" 'left alone: it has another name elsewhere'
mv /home/debian/.ssh "$T/dotssh"
ln -s "$T/dotssh" /home/debian/.ssh
left "a folder that is a link" '/authorized_keys2? is left alone: Too many levels'
rm /home/debian/.ssh
mv "$T/dotssh" /home/debian/.ssh
rm -f /home/debian/.ssh/authorized_keys /home/debian/.ssh/target
cp -a "$T/plain" /home/debian/.ssh/authorized_keys
want "then it takes over" latchkey-keys install --url "$URL" --user debian
said "the line" 'authorized_keys: 1'
enters "it follows" other
# Where sshd looks is said for each user; one leaves; a key cannot be read.
mkdir -m 755 /etc/ssh/keys
echo "$mine" >/etc/ssh/keys/other
cut -d ' ' -f 1,2 other.pub >>/etc/ssh/keys/other
printf '\nMatch User other\n\tAuthorizedKeysFile /etc/ssh/keys/%%u\n' \
	>>/etc/ssh/sshd_config
useradd -M leaver
want "for two more" latchkey-keys install --url "$URL" --user other --user leaver
is "the line is taken from where sshd looks for it" \
	"$(cat /etc/ssh/keys/other)" "$mine"
userdel leaver
mv /etc/latchkey/machine.key "$T/machine.key"
ln -s "$T/machine.key" /etc/latchkey/machine.key
want "uninstall once more" $keys uninstall
said "leaves them what is kept" 'written to authorized_keys: 2'
is "where sshd looks" "$(tail -n 1 /etc/ssh/keys/other | cut -d ' ' -f 1,2)" \
	"$(cut -d ' ' -f 1,2 other.pub)"
seed=$(latchkey server seed-url -f web-1 2>/dev/null | grep -o 'lk_s_[0-9A-Za-z]*' | head -n 1)
want "below another root, which no sshd is told of" latchkey-keys install --root / \
	--url "$URL" --seed "$seed"
deny "a root that is not there" latchkey-keys install --root "$T/none" --url "$URL"
kept_out "until then the one that runs does not ask" other
# A systemd, whose unit is called as other distributions call it.
mkdir -p /run/systemd/system
cat >"$T/systemctl" <<-E2
	#!/bin/sh
	echo "\$*" >>"$T/told"
	case "\$*" in
	*" ssh.service") exit 3 ;;
	reload*) kill -HUP $sshd ;;
	esac
E2
chmod 755 "$T/systemctl"
if mount --bind "$T/systemctl" /usr/bin/systemctl 2>/dev/null; then
	want "a second run tells it, with nothing else to do" \
		latchkey-keys install --url "$URL"
	is "through its unit" "$(grep reload "$T/told")" "reload sshd.service"
	umount /usr/bin/systemctl
else
	want "a second run tells it, with nothing else to do" \
		latchkey-keys install --url "$URL"
	skip "through its unit" "there is no systemctl"
fi
enters "it follows" other
want "another server is made" latchkey server create web-2 --keypair web-key
second=$(grep -o 'lk_s_[0-9A-Za-z]*' "$T/said" | head -n 1)
want "which boots a copy of this disk" latchkey-keys install --url "$URL" \
	--seed "$second"
enters "its own key opens" web-key
kept_out "and not that of the first" other
want "installed again" latchkey-keys install --url "$URL" --seed "$second"
enters "it is the same server" web-key
latchkey server delete -f web-2 >/dev/null
syslog_clear
kept_out "a server that is deleted" web-key
syslogged "gets no keys" 'latchkeyd refuses this machine'
is "nor keeps any" "$(ls "$cache" 2>/dev/null)" ""
machine_end
finish
