# Secrets do not cross a network in clear text, unless a TLS proxy is said to
# be in front; forwarded headers count from trusted proxies only.
#
# A network of its own where that is permitted, else the machine's address.
if [ -z "${OWN_NETWORK:-}" ] && unshare -n ip link set lo up 2>/dev/null; then
	OWN_NETWORK=yes exec unshare -n sh "$0"
fi
. "$(dirname "$0")/lib.sh"
if [ -n "${OWN_NETWORK:-}" ]; then
	address=192.0.2.1
	ip link set lo up && ip addr add $address/32 dev lo
else
	address=$(hostname -I 2>/dev/null | tr ' ' '\n' | grep -v : | head -n 1)
fi
[ -n "$address" ] || skip_all "this machine has no address beyond loopback"

HOST=0.0.0.0:0
serve
port=${HOST##*:}
key=$(key_in "$T/apikey")
named=127.0.0.1:$port
at() { # ADDRESS PATH [ARGUMENT]...: the status
	where=$1 path=$2
	shift 2
	curl -s -o "$T/body" -D "$T/head" -w '%{http_code}' --max-time 20 \
		-H "Host: $named" "$@" "http://$where:$port$path"
}
is "over loopback a key may come" "$(at 127.0.0.1 /v2/ -u "iamapikey:$key")" 200
is "from afar it may not" "$(at "$address" /v2/ -u "iamapikey:$key")" 403
like "and is told what to do" "$(jq -r '.errors[0].message' "$T/body")" \
	'clear text .* https'
is "nor to get a token" "$(at "$address" /identity/token \
	-d grant_type=urn:ibm:params:oauth:grant-type:apikey -d "apikey=$key")" 403
is "nor by saying that it is secure" "$(at "$address" /v2/ -u "iamapikey:$key" \
	-H 'X-Forwarded-Proto: https' -H 'X-Forwarded-For: 127.0.0.1')" 403
is "a path that is a secret is one over loopback" \
	"$(at 127.0.0.1 /metadata/x/meta-data)" 404
is "and none from afar" "$(at "$address" /metadata/x/meta-data)" 403
is "nor is a machine's credential" "$(at "$address" \
	/machine/v1/authorized-keys -H 'Authorization: Bearer x')" 403
pairs=/latchkey/v1/projects/nest/default/keypairs
pair() { # ADDRESS [ARGUMENT]...: asks for a key pair
	from=$1
	shift
	at "$from" $pairs -H 'Content-Type: application/json' \
		-d '{"name":"from-afar"}' "$@"
}
is "no private key goes there" "$(pair "$address" -u "iamapikey:$key")" 403
like "and it is said why" "$(jq -r .error.message "$T/body")" 'clear text .* https'
is "none was made" "$(at 127.0.0.1 /metrics; sed -n \
	's/^latchkey_key_pairs_made_total //p' "$T/body")" 2000
is "nor noted down" "$(at 127.0.0.1 $pairs/from-afar -u "iamapikey:$key")" 404
is "over loopback it may" "$(pair 127.0.0.1 -u "iamapikey:$key")" 201
is "what holds no secret is served" "$(at "$address" /healthz)" 200
stop

HOST=0.0.0.0:$port
serve --behind-tls-proxy --trusted-proxy "$address" \
	--public-url https://registry.example
is "unless the operator says that TLS is in front" \
	"$(at "$address" /v2/ -u "iamapikey:$key")" 200
named=registry.example
is "under the public name" "$(at "$address" /v2/)" 401
like "and the challenge names what the public sees" \
	"$(grep -i ^www-authenticate "$T/head")" \
	'realm="https://registry.example/oauth/token"'
named=127.0.0.1:$port
is "a trusted proxy passes on the name" "$(at "$address" /v2/ \
	-H 'X-Forwarded-Host: registry.example')" 401
is "and the address it speaks for" "$(at "$address" /v2/ \
	-u "iamapikey:$key" -H 'X-Forwarded-For: 192.0.2.7')" 200
is "nor is a first boot behind it passed on by a stranger" "$(at "$address" \
	/metadata/x/meta-data -H 'X-Forwarded-For: 192.0.2.7')" 404
is "but not one behind another proxy" "$(at "$address" \
	/metadata/x/meta-data -H 'X-Forwarded-For: 192.0.2.9, 192.0.2.7')" 403
HOST=127.0.0.1:$port URL=http://$HOST
login
from_there() {
	latchkey audit --output json | grep -q 192.0.2.7
}
until_ok from_there
is "which the trail keeps" "$(from_there && echo yes)" yes
finish
