# For scenes that cut the power of the disk that the data lies on: sourced in place
# of lib.sh, which it brings. DISK_SIZE before it: what truncate takes. For root.
#
# Power: power_on power_off power_cut light        $T/disk
if [ -z "${OWN_MOUNTS:-}" ] && unshare -m true 2>/dev/null; then
	OWN_MOUNTS=yes exec unshare -m sh "$0"
fi
. "$(dirname "$0")/lib.sh"
[ -n "${OWN_MOUNTS:-}" ] || skip_all "this user may not mount a filesystem"
command -v mkfs.ext4 >/dev/null || skip_all "there is no mkfs.ext4 here"
mkdir "$T/disk"
truncate -s "${DISK_SIZE:-192M}" "$T/image"
mkfs.ext4 -q -F "$T/image" || skip_all "an ext4 image cannot be made here"
# The loop device goes with the mount, and the mount with this namespace.
power_on() {
	mount -o loop,noatime "$T/image" "$T/disk" 2>"$T/mount.log"
}
# Whatever was started by the daemon ends with it; until then the disk is busy.
power_off() {
	until_ok umount "$T/disk" || {
		grep -l "$T/disk" /proc/[0-9]*/mountinfo | head | remark
		echo "Bail out! the disk stays busy"
		exit 99
	}
}
power_on || skip_all "an image cannot be mounted here: $(head -n 1 "$T/mount.log")"
trap 'umount -l "$T/disk" 2>/dev/null; gone' EXIT
power "$T/disk" 2>"$T/mount.log" ||
	skip_all "power cannot be cut here: $(head -n 1 "$T/mount.log")"
power_off
power_on || exit 99
DATA=$T/disk/data

# A disk without power does not answer: what is said while the cut is under way
# is said of nothing. (Linux may let an fsync() that began before the shutdown
# return 0 without the journal.)
light() {
	[ ! -e "$T/dark" ]
}
# The power goes, and comes back: processes given, which work against the daemon,
# are waited for. Then verify says in $T/said what it finds; the status is its own.
power_cut() { # PID...
	: >"$T/dark"
	power "$T/disk" || exit 99
	kill9
	[ $# -eq 0 ] || wait "$@" 2>/dev/null
	power_off
	power_on || exit 99
	rm "$T/dark"
	keep latchkeyd verify --data "$DATA"
}
