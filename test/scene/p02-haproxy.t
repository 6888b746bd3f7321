# Behind HAProxy, with the configuration that comes with latchkey.
if [ -z "${OWN_NETWORK:-}" ] && unshare -n ip link set lo up 2>/dev/null; then
	OWN_NETWORK=yes exec unshare -n sh "$0"
fi
. "$(dirname "$0")/lib.sh"
[ -n "${OWN_NETWORK:-}" ] || skip_all "no network of its own can be made here"
command -v haproxy >/dev/null || skip_all "Debian's haproxy is not installed"
. "$(dirname "$0")/front.sh"

ALONE=503
# The shipped file with the names of this scene; what needs root is left out.
front_conf() {
	sed -e "s|registry\.example\.org|$AT:$PORT|" -e "s|127\.0\.0\.1:8080|$BACK|" \
		-e "s|bind :443|bind :$PORT|" -e "s|:::443|:::$PORT|" \
		-e "s|/etc/haproxy/latchkey.pem|$FRONT/both.pem|" \
		-e 's|log /dev/log local0|log stdout format raw local0|' \
		-e '/^	user haproxy$/d' -e '/^	group haproxy$/d' \
		"$ROOT/contrib/haproxy/latchkey.cfg" >"$FRONT/haproxy.cfg"
}
front_run() {
	exec setpriv --reuid=nobody --regid=nogroup --clear-groups \
		haproxy -db -f "$FRONT/haproxy.cfg"
}
front_scene
