# A hostile Host, Origin or address to go on to, at every door: nothing of it is
# ever repeated, and no page of another site changes anything here. The numbers
# are those of the catalogue, part 4.14. There is no cookie: what a browser adds
# by itself is a password that it was once told (Basic).
. "$(dirname "$0")/lib.sh"
serve
login
latchkey cr namespace-add birds >/dev/null
latchkey repo create nest/test >/dev/null
key=$(key_in "$T/apikey")
rw=$(token --readwrite)
want "an image is there" push_small "$rw" birds/robin first
doors='/v2/ /v2/birds/robin/manifests/first /oauth/token /identity/token
	/identity/keys /identity/.well-known/openid-configuration /v1/apikeys
	/latchkey/v1/whoami /latchkey/v1/openapi.json /api/v1/namespaces
	/2.0/repositories/nest /2.0/repositories/nest/test
	/git/nest/test.git/info/refs?service=git-upload-pack /site/ssh
	/machine/v1/authorized-keys /metadata/x/meta-data /healthz /readyz /metrics
	/nobody/home /'

clean() { # DESCRIPTION: neither head nor body have a word of it
	is "$1" "$(cat "$T/head" "$T/body" | grep -aci 'evil')" 0
}
for door in $doors; do
	status=$(http GET "$door" -u "iamapikey:$key" -H 'Host: evil.example')
	like "4.14/1 $door: another's name" "$status" '^(421|404)$'
	clean "4.14/1 which is not repeated"
	status=$(http GET "$door" -H 'X-Forwarded-Host: evil.example' \
		-H 'Forwarded: host=evil.example' -H 'X-Host: evil.example')
	like "4.14/1 $door: names that no proxy vouches for" "$status" '^[234]..$'
	clean "4.14/1 which are not repeated"
done
for door in /v2/ /latchkey/v1/whoami /2.0/repositories/nest /v1/apikeys; do
	is "4.14/1 $door: in HTTP/1.0 without a name" \
		"$(http GET "$door" -0 -H 'Host:')" 421
done

raw_host() { # HOST in printf's escapes: the status
	printf '%b' "GET $door HTTP/1.1\r\nHost: $1\r\nConnection: close\r\n\r\n" |
		timeout 20 raw -t 5000 "$HOST" | head -n 1 | cut -d ' ' -f 2
}
for door in /v2/ /latchkey/v1/whoami /oauth/token /api/v1/namespaces \
	/2.0/repositories/nest /git/nest/test.git/info/refs /healthz /nobody; do
	for host in 'a/b?c#d' 'a:99999' '[::1' 'a b' 'a,b' 'user@a' 'a:' 'a:b' ':80' \
		'a:80:80' '[::1]x' '[fe80::1%%lo]' '..' 'a%2fb' '\0303\0244' 'a\tb' \
		"$(printf '%08192d' 0)" "$HOST, $HOST" "http://$HOST" "$HOST/"; do
		like "4.14/2 $door: the Host $(printf %.20s "$host")" \
			"$(raw_host "$host")" '^400$'
	done
done

# --- there is nothing that sends anybody on
for door in $doors; do
	for next in //evil '/\evil' https:evil %2f%2fevil javascript:evil \
		https://evil.example/ '%0d%0aLocation:%20evil'; do
		case $door in
		*\?*) asked="$door&next=$next&redirect_uri=$next" ;;
		*) asked="$door?next=$next&redirect_uri=$next" ;;
		esac
		http GET "$asked" -u "iamapikey:$key" >"$T/status"
		is "4.14/3 $asked sends nobody there" \
			"$(grep -ci '^location.*evil\|^set-cookie' "$T/head")" 0
	done
done

# --- whose page asks
proof="iamapikey:$key"
write() { # DOOR [ARGUMENT of curl]...
	case $1 in
	oci) shift && http POST /v2/birds/wren/blobs/uploads/ -u "token:$rw" "$@" ;;
	login) shift && http POST /identity/token -u bx:bx "$@" \
		-d grant_type=urn:ibm:params:oauth:grant-type:apikey -d "apikey=$key" ;;
	token) shift && http POST /oauth/token "$@" -d grant_type=password \
		-d username=iamapikey -d "password=$key" -d service=registry ;;
	api) shift && http PUT /latchkey/v1/accounts/nest -u "$proof" \
		-H 'Content-Type: application/json' -d '{"git_http":true}' "$@" ;;
	cr) shift && http PUT /api/v1/namespaces/origin -u "$proof" "$@" ;;
	bitbucket) shift && http POST /2.0/repositories/nest/origin -u "$proof" \
		-H 'Content-Type: application/json' -d '{}' "$@" ;;
	git) shift && http POST /git/nest/test.git/git-receive-pack -u "$proof" \
		-H 'Content-Type: application/x-git-receive-pack-request' \
		--data-binary 0000 "$@" ;;
	esac
}
writes='oci login token api cr bitbucket git'
for door in $writes; do
	for origin in null https://evil.example "http://$HOST.evil.example" \
		"https://$HOST" "http://evil.example:${HOST##*:}" \
		"http://$HOST/" 'chrome-extension://evil' 'file://' ''; do
		is "4.14/4 $door: a change for '$origin'" \
			"$(write $door -H "Origin;" -H "Origin: $origin" -H 'Cookie: session=1')" 403
		is "4.14/4 without a permit for it" \
			"$(grep -ci '^access-control-' "$T/head")" 0
		clean "4.14/4 nor its name"
	done
	like "4.14/4 $door: for nobody" "$(write $door)" '^20'
	[ $door = bitbucket ] ||
		like "4.14/4 $door: for ourselves" "$(write $door -H "Origin: $URL")" '^20'
	is "4.14/4 $door: two" "$(write $door -H "Origin: $URL" -H 'origin: null')" 403
done
for door in $doors; do
	http GET "$door" -u "$proof" -H 'Origin: https://evil.example' >"$T/status"
	is "4.14/4 $door: looking permits nobody" \
		"$(grep -ci '^access-control-\|evil' "$T/head")" 0
	status=$(http OPTIONS "$door" -H 'Origin: https://evil.example' \
		-H 'Access-Control-Request-Method: PUT' \
		-H 'Access-Control-Request-Headers: authorization')
	like "4.14/4 $door: no permission is given beforehand: $status" \
		"$(grep -ci '^access-control-' "$T/head")" '^0$'
done
http GET /api/v1/namespaces -u "$proof" >"$T/status"
is "only what was allowed was done" "$(jq -c sort "$T/body")" '["birds","origin"]'
finish
