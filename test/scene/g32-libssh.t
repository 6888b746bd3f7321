# The library that SSH is served with: Debian mends it without changing its number, so
# that the package's version is looked up. In a mount namespace of its own the packages
# are those that we say.
. "$(dirname "$0")/lib.sh"
[ "$(id -u)" -eq 0 ] || skip_all "only root can put another file in the place of dpkg's"
PACKAGE=$(dpkg-query -W -f='${Version}' libssh-4)

# Serves for as long as it takes to be ready, or until it gives up.
with_package() { # VERSION [STATUS]
	{
		printf 'Package: libssh-dev\nStatus: install ok installed\n'
		printf 'Version: 0.10.6-0+deb12u1\n\n'
		[ -z "$1" ] || printf 'Package: libssh-4\nStatus: %s\n' \
			"${2:-install ok installed}"
		[ -z "$1" ] || printf 'Architecture: amd64\nVersion: %s\n' "$1"
		printf 'Depends: libc6\n\nPackage: libssl3\nVersion: 3\n'
	} >"$T/packages/status"
	: >"$T/log"
	unshare -m sh -c 'mount --bind "$1" /var/lib/dpkg && shift && exec "$@"' \
		sh "$T/packages" "$BUILD/latchkeyd" serve --data "$DATA" \
		--http 127.0.0.1:0 --ssh 127.0.0.1:0 >"$T/ready" 2>>"$T/log" </dev/null &
	server=$!
	until_ok ready_or_gone
	kill -INT $server 2>/dev/null
	wait $server
	status=$?
}
ready_or_gone() {
	grep -q '^ready' "$T/ready" || ! kill -0 $server 2>/dev/null
}
logged() {
	grep -c "$1" "$T/log"
}

mkdir "$T/packages"
serve
is "the package of here: nothing to say" "$(logged 'event=ssh_')" 0
stop
dpkg --compare-versions "$PACKAGE" ge 0.10.6-0+deb12u3 ||
	remark "libssh-4 $PACKAGE is older than it should be"

with_package 0.10.6-0+deb12u9
is "a newer one of Debian 12" "$(logged 'event=ssh_') $(grep -c '^ready' "$T/ready")" "0 1"
with_package 0.10.6-0+deb12u1
is "with known holes: not served with" "$status" 78
is "it says which" "$(logged 'event=ssh_refused.*libssh-4 0.10.6-0+deb12u1 has known holes')" 1
is "and what to do" "$(logged 'apt install libssh-4')" 1
is "nothing was served" "$(grep -c '^ready' "$T/ready")" 0
for other in '' 0.11.2-1; do
	with_package "$other"
	is "of ${other:-nobody}: served, with a warning" \
		"$(logged 'level=warn event=ssh_version') $(grep -c '^ready' "$T/ready")" "1 1"
done
with_package 0.10.6-0+deb12u1 "deinstall ok config-files"
is "an old one that is gone: the same" \
	"$(logged 'level=warn event=ssh_version') $(grep -c '^ready' "$T/ready")" "1 1"
finish
