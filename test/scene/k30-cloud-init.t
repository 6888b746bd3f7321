# A fresh Debian boots from the seed that `latchkey server create` prints: the
# real cloud-init, then a real login through its own sshd; and that machine
# follows what is decided later. Everything in a network of its own.
temporary=${TMPDIR:-/tmp}
. "$(dirname "$0")/lib.sh"
fresh=$ROOT/build/debian-root
if [ -z "${OWN_NETWORK:-}" ]; then
	[ "$(id -u)" -eq 0 ] || skip_all "namespaces and an overlay need root"
	unshare -n ip link set lo up 2>/dev/null ||
		skip_all "there can be no network of its own here"
	unshare -m sh -c "mount -t tmpfs t '$T'" 2>/dev/null ||
		skip_all "nothing can be mounted here"
	# From a mirror, which that network does not reach.
	"$ROOT/test/debian-root" "$fresh" >"$T/said" 2>&1 || {
		remark <"$T/said"
		skip_all "a Debian root cannot be made here (see above)"
	}
	rm -rf "$T"
	trap - EXIT
	OWN_NETWORK=yes TMPDIR=$temporary exec unshare -n sh "$0"
fi
ip link set lo up

# --- a machine: an overlay on the fresh root, processes and a name of its own
port=2222
machine_on() { # CMDLINE
	m=$T/machine
	mkdir -p "$m/over" "$m/root"
	printf '%s\n' "$1" >"$T/cmdline"
	unshare -m -u -p -i -f sh -c '
		m=$1
		mount --make-rprivate / &&
		mount -t tmpfs over "$m/over" && mkdir "$m/over/up" "$m/over/work" &&
		mount -t overlay overlay "$m/root" \
			-o "lowerdir=$2,upperdir=$m/over/up,workdir=$m/over/work" &&
		mount -t proc proc "$m/root/proc" &&
		mount --bind "$3" "$m/root/proc/cmdline" &&
		mount -t tmpfs run "$m/root/run" &&
		mount -t devpts pts "$m/root/dev/pts" &&
		hostname fresh && : >"$m/up" &&
		while :; do sleep 1 & wait; done' \
		sh "$m" "$fresh" "$T/cmdline" &
	machine=$!
	until_ok test -e "$m/up"
	init=$(cat "/proc/$machine/task/$machine/children")
	init=${init%% *}
}
in_machine() { # COMMAND...
	nsenter -t "$init" -m -u -p -i chroot "$T/machine/root" \
		env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin "$@"
}
machine_off() {
	kill -KILL "$init" "$machine" 2>/dev/null
	wait "$machine" 2>/dev/null
}
trap 'machine_off; gone' EXIT
# What an image says: where the seed may come from, and no module that has to do
# with disks or networks of a real machine.
image() {
	in_machine sh -c 'cat >/etc/cloud/cloud.cfg.d/99-image.cfg
		mkdir -p /run/sshd; rm -rf /var/lib/cloud' <<-E2
		network: {config: disabled}
		datasource_list: [NoCloud, None]
		cloud_init_modules: [write-files, users-groups, ssh]
		cloud_config_modules: [runcmd]
		cloud_final_modules: [scripts-vendor, scripts-user, phone-home]
	E2
	# Of a sanitizer build, what the image does not have.
	for lib in $(ldd "$BUILD/latchkey-keys" | sed -n 's|.* => \(/[^ ]*san[^ ]*\) .*|\1|p'); do
		in_machine sh -c "cat >/usr/lib/${lib##*/}" <"$lib"
	done
	in_machine ldconfig
}
boot() {
	in_machine sh -c 'rm -rf /run/cloud-init
		cloud-init init --local && cloud-init init &&
		cloud-init modules --mode=config &&
		cloud-init modules --mode=final' >"$T/boot.log" 2>&1
}
sshd_on() {
	in_machine sh -c "usermod -p '*' debian; ssh-keygen -A >/dev/null
		exec /usr/sbin/sshd -p $port -o UsePAM=no -o ListenAddress=127.0.0.1" \
		>"$T/sshd.log" 2>&1
	until_ok sh -c "ssh-keyscan -p $port 127.0.0.1 2>/dev/null | grep -q ."
}
login_with() { # KEY FILE [USER]
	ssh -i "$1" -p "$port" -o IdentitiesOnly=yes -o BatchMode=yes \
		-o StrictHostKeyChecking=yes \
		-o UserKnownHostsFile="$T/known" "${2:-debian}@127.0.0.1" \
		'echo "in as $(id -un)"'
}
enters() { # DESCRIPTION KEY
	want "$1" login_with "$2"
	said "as the image's user" 'in as debian'
}
kept_out() { # DESCRIPTION KEY
	keep login_with "$2"
	is "$1" $? 255
	said "by sshd" 'Permission denied'
}

cd "$T" || exit 99
serve
login
want "a pair is made" latchkey keypair create web-key
want "another" latchkey keypair create other
want "a server is made with it" latchkey server create web-1 --keypair web-key
kernel=$(grep -o 'ds=nocloud-net;s=[^ ]*' "$T/said" | head -n 1)
like "a kernel argument is printed" "$kernel" ';i=[0-9a-f]{32}'
machine_on "root=/dev/vda1 quiet $kernel"
image
want "a fresh Debian boots" boot
[ "$status" -eq 0 ] || remark <"$T/boot.log"
is "cloud-init took the seed" "$(in_machine cat /run/cloud-init/cloud-id)" nocloud
latchkey server show web-1 --output json >"$T/server"
is "it is ready" "$(jq -r .state "$T/server")" ready
is "and follows" "$(jq -r .follows "$T/server")" true
is "the seed is closed" "$(jq -r .seed.state "$T/server")" closed
sshd_on
latchkey server known-hosts web-1 --host "[127.0.0.1]:$port" >"$T/known"
is "its host keys are known" "$(ssh-keyscan -p $port 127.0.0.1 2>/dev/null |
	grep ed25519 | cut -d ' ' -f 2,3)" \
	"$(grep ed25519 "$T/known" | cut -d ' ' -f 2,3)"
enters "the login with the downloaded key" web-key.pem
kept_out "not with another" other.pem
is "cloud-init's own line is gone: the key client answers" \
	"$(in_machine grep -c ssh-ed25519 /home/debian/.ssh/authorized_keys)" 0
want "the key client says how it is" \
	in_machine /usr/local/lib/latchkey/latchkey-keys status
remark <"$T/said"

# --- deleting the pair cuts nobody off
want "the pair is deleted" latchkey keypair delete -f web-key
enters "the login goes on" web-key.pem
want "show says that the pair is gone" latchkey server show web-1
said "in words" 'deleted'

# --- an administrator's change is followed
want "another pair is set" latchkey server set-keypair web-1 other
enters "the machine has followed" other.pem
kept_out "and left the old one" web-key.pem
want "the history knows both" latchkey server keys web-1
said "the old one" 'web-key'

# --- latchkeyd down and back
stop
enters "a login while latchkeyd is down" other.pem
kept_out "never with the key that was seen to be gone" web-key.pem
serve
enters "and when it is back" other.pem

# --- the next boot is the same machine's, though its seed is closed
ids=$(in_machine sh -c 'cat /var/lib/cloud/data/instance-id; sha256sum /etc/ssh/ssh_host_*_key')
want "it boots again" boot
is "with the same id and host keys" "$(in_machine sh -c \
	'cat /var/lib/cloud/data/instance-id; sha256sum /etc/ssh/ssh_host_*_key')" "$ids"
enters "and is entered as before" other.pem
is "no plain line came back" \
	"$(in_machine grep -c ssh-ed25519 /home/debian/.ssh/authorized_keys)" 0
want "the trail has it all" latchkey audit --limit 1000
for word in seed.read seed.enrol seed.report server.follow server.setkey \
	keypair.delete; do
	said "$word" "$word"
done
machine_off

# --- user-data with a runcmd of its own, no ";i=", and the end of a server
printf '#cloud-config\nruncmd:\n- echo theirs > /root/theirs\n' >"$T/user-data"
want "a second server, with user data" latchkey server create web-2 --keypair other \
	--user-data "$T/user-data"
kernel=$(grep -o 'ds=nocloud-net;s=[^ ;]*' "$T/said" | head -n 1)
rm -rf "$T/machine"
machine_on "root=/dev/vda1 $kernel"
image
want "it boots" boot
is "its own commands were run" "$(in_machine cat /root/theirs)" theirs
sshd_on
latchkey server known-hosts web-2 --host "[127.0.0.1]:$port" >"$T/known"
enters "and the key client is there" other.pem
id=$(in_machine cat /var/lib/cloud/data/instance-id)
want "another boot" boot
is "is the same machine's" "$(in_machine cat /var/lib/cloud/data/instance-id)" "$id"
want "the server is deleted" latchkey server delete -f web-2
kept_out "its machine gets no more keys" other.pem
machine_off

# --- an image on which the key client does not run, and no ";i="
want "a third server" latchkey server create web-3 --keypair other
kernel=$(grep -o 'ds=nocloud-net;s=[^ ;]*' "$T/said" | head -n 1)
rm -rf "$T/machine"
machine_on "root=/dev/vda1 $kernel"
image
in_machine sh -c 'mkdir -p /usr/local/lib && : >/usr/local/lib/latchkey'
want "it boots" boot
sshd_on
latchkey server known-hosts web-3 --host "[127.0.0.1]:$port" >"$T/known"
enters "cloud-init's line lets in" other.pem
is "it does not follow, and that is shown" \
	"$(latchkey server show web-3 --output json | jq -r .follows)" false
id=$(in_machine cat /var/lib/cloud/data/instance-id)
want "another boot" boot
is "is the same machine's" "$(in_machine cat /var/lib/cloud/data/instance-id)" "$id"
machine_off
finish
