# Behind nginx, with the configuration that comes with latchkey.
if [ -z "${OWN_NETWORK:-}" ] && unshare -n ip link set lo up 2>/dev/null; then
	OWN_NETWORK=yes exec unshare -n sh "$0"
fi
. "$(dirname "$0")/lib.sh"
[ -n "${OWN_NETWORK:-}" ] || skip_all "no network of its own can be made here"
command -v nginx >/dev/null || skip_all "Debian's nginx-light is not installed"
. "$(dirname "$0")/front.sh"

ALONE=502
# The shipped file with the names of this scene, and nothing else changed.
front_conf() {
	sed -e "s|registry\.example\.org|_|" -e "s|127\.0\.0\.1:8080|$BACK|" \
		-e "s|listen 443|listen $PORT|" -e "s|listen \[::\]:443|listen [::]:$PORT|" \
		-e "s|/etc/nginx/latchkey.crt|$FRONT/cert.pem|" \
		-e "s|/etc/nginx/latchkey.key|$FRONT/key.pem|" \
		"$ROOT/contrib/nginx/latchkey.conf" >"$FRONT/latchkey.conf"
	cat >"$FRONT/nginx.conf" <<-EOF
		daemon off;
		worker_processes 1;
		pid $FRONT/pid;
		error_log stderr info;
		events { worker_connections 1024; }
		http {
			access_log $FRONT/access.log;
			client_body_temp_path $FRONT/tmp/body;
			proxy_temp_path $FRONT/tmp/proxy;
			fastcgi_temp_path $FRONT/tmp/fastcgi;
			uwsgi_temp_path $FRONT/tmp/uwsgi;
			scgi_temp_path $FRONT/tmp/scgi;
			include $FRONT/latchkey.conf;
		}
	EOF
}
front_run() {
	exec setpriv --reuid=nobody --regid=nogroup --clear-groups \
		nginx -e stderr -p "$FRONT" -c "$FRONT/nginx.conf"
}
front_scene
