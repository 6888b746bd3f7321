# TLS: what is spoken, what is not, and new certificates without a restart.
. "$(dirname "$0")/lib.sh"

certificate() { # COMMON-NAME: $T/cert and $T/key
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
		-days 2 -subj "/CN=$1" -addext subjectAltName=IP:127.0.0.1 \
		-keyout "$T/key" -out "$T/cert" 2>/dev/null
	mkdir -p "$T/ca"
	cp "$T/cert" "$T/ca/ca.crt"
}
certificate first
serve
login
latchkey cr namespace-add birds >/dev/null
rw=$(token --readwrite)
stop
serve --tls-cert "$T/cert" --tls-key "$T/key"
URL=https://$HOST
get() {
	curl -s -o "$T/body" -w '%{http_code}' --cacert "$T/cert" "$@" "$URL/healthz"
}
served() { # the common name that new connections see
	openssl s_client -connect "$HOST" </dev/null 2>/dev/null |
		openssl x509 -noout -subject | sed 's/.*CN *= *//'
}
is "TLS 1.3" "$(get --tlsv1.3)" 200
is "TLS 1.2" "$(get --tls-max 1.2)" 200
is "not 1.1" "$(get --tls-max 1.1 --ciphers DEFAULT@SECLEVEL=0)" 000
like "plain HTTP is not answered in kind" \
	"$(curl -s -o /dev/null -w '%{http_code}' "http://$HOST/healthz")" '^(000|400)$'
is "the challenge names https" "$(curl -s -D - -o /dev/null --cacert "$T/cert" \
	"$URL/v2/" | tr -d '\r' | sed -n 's/^www-authenticate: *Bearer realm="\([^"]*\)".*/\1/Ip')" \
	"$URL/oauth/token"

deny "the command line does not trust just any certificate" \
	latchkey login -a "$URL" --apikey "@$T/apikey"
said "and says why" certificate
want "but one that it is told of" latchkey login -a "$URL" \
	--apikey "@$T/apikey" --ca-file "$T/cert"
want "from then on" latchkey cr namespaces
image robin amd64 "$(text_layer a one)"
: >"$XDG_CONFIG_HOME/containers/registries.conf"
want "skopeo pushes" skopeo copy --dest-cert-dir "$T/ca" \
	--dest-creds "token:$rw" "oci:$IMAGES/robin:latest" \
	"docker://$HOST/birds/robin:1"
want "and pulls" skopeo copy --src-cert-dir "$T/ca" --src-creds "token:$rw" \
	"docker://$HOST/birds/robin:1" "dir:$T/pulled"

is "its first certificate" "$(served)" first
certificate second
kill -HUP "$daemon"
again() {
	[ "$(served)" = second ]
}
until_ok again
is "after SIGHUP the next one" "$(served)" second
echo nonsense >"$T/cert"
kill -HUP "$daemon"
sleep 1
is "a broken one is not taken" "$(served)" second
stop
latchkeyd serve --data "$DATA" --http 127.0.0.1:0 --ssh none --tls-cert "$T/cert" \
	--tls-key "$T/key" >"$T/said" 2>&1 </dev/null
is "and not started with" $? 78
said "which is said" "tls.cert"
finish
