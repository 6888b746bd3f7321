# What holds behind a proxy that ends TLS: for scenes p*, which source this
# after lib.sh, in a network of their own (own_network before lib.sh), and say
#
#	front_conf	writes what the proxy needs below $FRONT, for latchkeyd at
#			$BACK and clients at port $PORT
#	front_run	the proxy in the foreground; it is not root
#	ALONE		what the proxy answers while latchkeyd is not there
#
# The client's address is 192.0.2.7 or .1, the proxy's towards latchkeyd
# 127.0.0.1.

PORT=8443 FRONT=$T/front AT=192.0.2.1
front='' client=192.0.2.7
ip link set lo up && ip addr add $AT/32 dev lo && ip addr add $client/32 dev lo ||
	skip_all "addresses cannot be added here"
chmod 711 "$T"
mkdir -p "$FRONT/tmp" && chown -R nobody: "$FRONT"

# One certificate for all names of it, trusted by every client of this scene.
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 \
	-subj /CN=registry.example.org -keyout "$T/key.pem" -out "$T/cert.pem" \
	-addext "subjectAltName=IP:$AT,IP:127.0.0.1,DNS:registry.example.org" \
	2>/dev/null
cp "$T/cert.pem" "$T/key.pem" "$FRONT"
cat "$T/cert.pem" "$T/key.pem" >"$FRONT/both.pem"
chown nobody: "$FRONT"/*.pem
mkdir -p "$T/ca" && cp "$T/cert.pem" "$T/ca/ca.crt"
echo "cacert = \"$T/cert.pem\"" >"$HOME/.curlrc"
export GIT_SSL_CAINFO="$T/cert.pem"

front_start() {
	front_conf
	front_run >"$FRONT/out" 2>&1 </dev/null &
	front=$!
	until_ok curl -s -o "$T/body" "https://$AT:$PORT/" || {
		remark <"$FRONT/out"
		echo "Bail out! the proxy did not start"
		exit 99
	}
}
front_stop() {
	[ -z "$front" ] || kill -TERM "$front" 2>/dev/null
	[ -z "$front" ] || wait "$front" 2>/dev/null
	front=''
}
trap 'front_stop; gone' EXIT

# latchkeyd behind, and the world in front.
BACK=127.0.0.1:0
back() { # [ARGUMENT of latchkeyd serve]...
	HOST=$BACK SSH=none
	serve "$@"
	BACK=$HOST HOST=$AT:$PORT URL=https://$AT:$PORT
}
behind() {
	back --trusted-proxy 127.0.0.1 --public-url "https://$AT:$PORT" \
		--region "local=$AT:$PORT,127.0.0.1:$PORT"
}
# One request of the client whose address is another one: the status.
from() { # PATH [ARGUMENT of curl]...
	path=$1
	shift
	: >"$T/body"
	curl -s -o "$T/body" -D "$T/head.raw" -w '%{http_code}' --max-time 60 \
		--interface $client "$@" "$URL$path"
	tr -d '\r' <"$T/head.raw" >"$T/head"
}
front_tls() {
	for v in 1.2 1.3; do
		is "TLS $v" "$(curl -s -o /dev/null -w '%{http_code}' --tlsv$v \
			--tls-max $v "$URL/healthz")" 200
	done
	is "not 1.1" "$(curl -s -o /dev/null -w '%{http_code}' --tls-max 1.1 \
		--ciphers DEFAULT@SECLEVEL=0 "$URL/healthz")" 000
	is "HTTP/2 for who speaks it" "$(curl -s -o /dev/null -w \
		'%{http_version} %{http_code}' --http2 "$URL/v2/")" "2 401"
	is "HTTP/1.1 for who does not" "$(curl -s -o /dev/null -w \
		'%{http_version} %{http_code}' --http1.1 "$URL/v2/")" "1.1 401"
	is "as ALPN says" "$(openssl s_client -alpn h2,http/1.1 -connect \
		"$AT:$PORT" </dev/null 2>/dev/null | sed -n 's/^ALPN protocol: //p')" h2
	is "the server is ready" "$(http GET /readyz)" 200
	is "its figures stay inside" "$(http GET /metrics)" 404
}

# --- images ------------------------------------------------------------------
front_images() {
	image robin amd64 "$(package_layer busybox-static)" "$(text_layer song tweet)"
	image wren arm64 "$(text_layer b two)"
	index_of flock amd64=robin arm64=wren
	want "skopeo pushes an index" skopeo copy --all --dest-cert-dir "$T/ca" \
		--dest-creds "token:$rw" "oci:$IMAGES/flock:latest" \
		"docker://$HOST/birds/flock:1"
	want "and pulls it" skopeo copy --all --src-cert-dir "$T/ca" \
		--src-creds "token:$rw" "docker://$HOST/birds/flock:1" \
		"dir:$T/flock"
	is "as it was" "$(sha256 "$T/flock/manifest.json")" \
		"$(jq -r '.manifests[0].digest' "$IMAGES/flock/index.json" |
			cut -d : -f 2)"
	: >"$XDG_CONFIG_HOME/containers/registries.conf"
	skopeo copy -q "oci:$IMAGES/robin:latest" \
		"docker-archive:$T/robin.tar:$HOST/birds/robin:1"
	podman load -q -i "$T/robin.tar" >/dev/null 2>&1
	want "podman logs in" sh -c "echo '$rw' | podman login -u token \
		--password-stdin --cert-dir '$T/ca' $HOST"
	want "pushes" podman push --cert-dir "$T/ca" "$HOST/birds/robin:1"
	podman rmi -f "$HOST/birds/robin:1" >/dev/null 2>&1
	want "and pulls" podman pull --cert-dir "$T/ca" "$HOST/birds/robin:1"
	dockerd_start
	docker load -q -i "$T/robin.tar" >/dev/null
	here=127.0.0.1:$PORT # whose certificate Docker does not ask for
	docker tag "$HOST/birds/robin:1" "$here/birds/docker:1"
	want "docker logs in" sh -c \
		"echo '$rw' | docker login -u token --password-stdin $here"
	want "pushes" docker push "$here/birds/docker:1"
	docker rmi -f "$here/birds/docker:1" "$HOST/birds/robin:1" >/dev/null 2>&1
	want "and pulls" docker pull "$here/birds/docker:1"
	want "what runs" docker run --rm --network=none "$here/birds/docker:1"
	said "as built" '^robin sings$'
	dockerd_stop
}
front_git() {
	repo_create nest-box
	printf '#!/bin/sh\necho username=iamapikey\necho password=%s\n' \
		"$(key_in "$T/apikey")" >"$T/bin/knows"
	chmod 755 "$T/bin/knows"
	git init -q "$T/dev"
	for i in $(seq 1 30); do
		echo "$i" >"$T/dev/f$i"
		git -C "$T/dev" add . && git -C "$T/dev" commit -q -m "$i"
	done
	head -c 3000000 /dev/urandom >"$T/dev/large"
	git -C "$T/dev" add . && git -C "$T/dev" commit -q -m large
	for v in HTTP/1.1 HTTP/2; do
		set -- -c "credential.helper=$T/bin/knows" -c "http.version=$v"
		copy=$T/clone-${v#HTTP/}
		want "git pushes over $v, in chunks" git "$@" -C "$T/dev" push -q \
			"$URL/git/nest/nest-box.git" "main:v${v#HTTP/}"
		want "clones" git "$@" clone -q -b "v${v#HTTP/}" \
			"$URL/git/nest/nest-box.git" "$copy"
		is "what was pushed" "$(git -C "$copy" rev-parse HEAD)" \
			"$(git -C "$T/dev" rev-parse main)"
	done
	is "and is told where to come" "$(http GET /2.0/repositories/nest/nest-box \
		-u "iamapikey:$(key_in "$T/apikey")" >/dev/null
		jq -r '.links.clone[] | select(.name == "https") | .href' "$T/body")" \
		"$URL/git/nest/nest-box.git"
}

# --- bodies --------------------------------------------------------------------
is_empty() { # DESCRIPTION: the proxy keeps no body in files
	is "$1" "$(find "$FRONT/tmp" -type f | wc -l)" 0
}
session_begin() {
	http POST /v2/birds/big/blobs/uploads/ -u "token:$rw" \
		-H 'Content-Length: 0' >/dev/null
	session=$(head_of location)
	session=${session#"$URL"}
}
upload() { # METHOD PATH [ARGUMENT of curl]...
	how=$1 path=$2
	shift 2
	http "$how" "$path" -u "token:$rw" -H 'Content-Type: application/octet-stream' "$@"
}
big=200
front_bodies() {
	head -c ${big}M /dev/urandom >"$T/big"
	digest=sha256:$(sha256 "$T/big")
	for v in --http1.1 --http2; do
		session_begin
		is "${big} MiB in one piece, $v" "$(upload PUT \
			"$session?digest=$digest" $v -T "$T/big")" 201
		is "are pulled" "$(upload GET "/v2/birds/big/blobs/$digest" $v)" 200
		is "as they were" "sha256:$(sha256 "$T/body")" "$digest"
		is "a part of them" "$(upload GET "/v2/birds/big/blobs/$digest" $v \
			-r 100-299)" 206
		is "is that part" "$(sha256 "$T/body")" \
			"$(tail -c +101 "$T/big" | head -c 200 | sha256sum | cut -d ' ' -f 1)"
		is "and goes again" "$(upload DELETE "/v2/birds/big/blobs/$digest" $v \
			-u "iamapikey:$(key_in "$T/apikey")")" 202
		session_begin
		at=0
		while [ $at -lt $big ]; do
			tail -c +$((at * 1048576 + 1)) "$T/big" | head -c 64M >"$T/part"
			got=$(upload PATCH "$session" $v -T "$T/part" -H \
				"Content-Range: $((at * 1048576))-$((at * 1048576 + $(size_of "$T/part") - 1))")
			[ "$got" = 202 ] || break
			session=$(head_of location)
			session=${session#"$URL"}
			at=$((at + 64))
		done
		is "the same in chunks, $v" "$got" 202
		is "is whole" "$(upload PUT "$session?digest=$digest" $v \
			-H 'Content-Length: 0')" 201
	done
	head -c 20M "$T/big" >"$T/less"
	for v in --http1.1 --http2; do
		session_begin
		is "without a length, $v" "$(upload PUT \
			"$session?digest=sha256:$(sha256 "$T/less")" $v -T - <"$T/less")" 201
		is "nobody sends for nothing, $v" "$(http PUT \
			"/v2/birds/big/blobs/uploads/x?digest=$digest" $v -T "$T/big")" 401
	done
	is_empty "none of it lay in a file"
}
held() { # BYTES: so many have come to latchkeyd
	[ "$(du -s -B1 --apparent-size "$DATA" | cut -f 1)" -gt $((before + $1)) ]
}
came() { # something of the session is known
	[ "$(http GET "$session" -u "token:$rw")" = 204 ] &&
		far=$(head_of range) && [ "$far" != 0-0 ]
}
front_cut() { # --http1.1 or --http2
	session_begin
	before=$(du -s -B1 --apparent-size "$DATA" | cut -f 1)
	curl -s -o /dev/null -u "token:$rw" -X PATCH --limit-rate 4M $1 \
		-H 'Content-Type: application/octet-stream' -T "$T/big" \
		"$URL$session" &
	slow=$!
	until_ok held 6000000
	is "what is sent slowly arrives meanwhile, $1" "$(kill -0 $slow && held 6000000 &&
		! held 100000000 && echo yes)" yes
	is_empty "without a file between"
	kill -KILL $slow
	wait $slow 2>/dev/null
	until_ok came
	like "who was cut off can ask how far it came" "$far" '^0-[0-9]{6,}$'
	at=$((${far#0-} + 1))
	tail -c +$((at + 1)) "$T/less" >"$T/rest"
	[ "$at" -lt "$(size_of "$T/less")" ] || : >"$T/rest"
	got=$(upload PATCH "$session" $1 -T "$T/rest" \
		-H "Content-Range: $at-$(($(size_of "$T/less") - 1))")
	session=$(head_of location)
	is "goes on from there" "$got" 202
	is "and ends" "$(upload PUT \
		"${session#"$URL"}?digest=sha256:$(sha256 "$T/less")" $1 \
		-H 'Content-Length: 0')" 201
}

# --- who is who -------------------------------------------------------------
heard_from() { # ADDRESS
	latchkey audit --output json | jq -se --arg a "$1" \
		'flatten | any(.[]; (.addr // .address // .ip) == $a)'
}
front_addresses() {
	key=$(key_in "$T/apikey")
	for v in --http1.1 --http2; do
		is "asked for something, $v" "$(from /v2/_catalog $v -u "iamapikey:$key" \
			-H 'X-Forwarded-For: 198.51.100.66, 127.0.0.1' \
			-H 'X-Real-IP: 198.51.100.66' -H 'X-Client-IP: 198.51.100.66' \
			-H 'Forwarded: for=198.51.100.66')" 200
	done
	until_ok heard_from $client
	want "the trail has the client's address" heard_from $client
	deny "and not what it claimed" heard_from 198.51.100.66
	is "none in the log" "$(grep -c 198.51.100.66 "$T/log")" 0
	is "who claims to be another host is asked all the same" "$(from /v2/ \
		-H 'X-Forwarded-Host: evil.example' -H 'X-Forwarded-Proto: http' \
		-H 'X-Forwarded-Port: 1')" 401
	is "at ours, with TLS" "$(head_of www-authenticate |
		sed 's/.*realm="\([^"]*\)".*/\1/')" "$URL/oauth/token"
	is "nor can it take back what the proxy adds" "$(from /v2/_catalog --http1.1 \
		-u "iamapikey:$key" -H 'Connection: X-Forwarded-For, X-Forwarded-Proto')" 200
	is "a name that is not ours" "$(from /v2/ -H 'Host: evil.example')" 421
	# What bodies hold stays a body: one that was taken for a request would
	# not have been given its client's address.
	seen=$(wc -l <"$T/log")
	hostile "two lengths" 'Content-Length: 44' 'Content-Length: 0'
	hostile "a length and chunks" 'Content-Length: 44' 'Transfer-Encoding: chunked'
	hostile "a coding in disguise" 'Transfer-Encoding: xchunked'
	hostile "two codings" 'Transfer-Encoding: chunked' 'Transfer-Encoding: identity'
	hostile "a blank before the colon" 'Content-Length : 44'
	hostile "a continued line" 'Transfer-Encoding:' ' chunked'
	is "the next request is none of these" "$(from /v2/_catalog --http1.1 \
		-u "iamapikey:$key")" 200
	until_ok seen_at_last
	is "latchkeyd saw nothing that the proxy had not seen" "$(after |
		sed -n 's/.*event=http .*path=\([^ ]*\) .*addr=127\.0\.0\.1.*/\1/p' |
		grep -v '^/readyz$' | sort -u)" ''
}
after() { # what the log says since
	tail -n +$((seen + 1)) "$T/log"
}
seen_at_last() {
	after | grep -q 'path=/v2/_catalog'
}
hostile() { # DESCRIPTION FIELD...
	what=$1
	shift
	{
		printf 'POST /v2/birds/x/blobs/uploads/ HTTP/1.1\r\nHost: %s\r\n' "$HOST"
		printf '%s\r\n' "$@"
		printf '\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: %s\r\n\r\n' "$HOST"
	} | timeout 20 openssl s_client -quiet -ign_eof -connect \
		"$AT:$PORT" >"$T/said" 2>/dev/null &
	wait $!
	like "$what: it is refused, or means one thing" "$(head -n 1 "$T/said")" \
		'^(HTTP/1\.[01] (400|401|411|501)|$)'
}
front_metadata() {
	latchkey keypair create web-key --out "$T/web-key" >/dev/null 2>&1
	keep latchkey server create web-1 --keypair web-key
	said "a seed is at the public address" "$URL/metadata/lk_s_"
	seed=/metadata/$(grep -o 'lk_s_[0-9A-Za-z]*' "$T/said" | head -n 1)
	for field in 'X-Forwarded-For: 198.51.100.66' 'Via: 1.1 squid' \
		'Forwarded: for=198.51.100.66'; do
		is "a first boot is not passed on: ${field%%:*}" \
			"$(from "$seed/meta-data" -H "$field")" 403
	done
	is "it comes by itself" "$(from "$seed/meta-data")" 200
	deny "its secret is in no log" sh -c \
		"cat '$T/log' '$FRONT'/* | grep -a '${seed#/metadata/}'"
	grep -a "${seed#/metadata/}" "$FRONT/out" "$T/log" | remark
}

# --- ends ------------------------------------------------------------------
answers() { # PATH
	[ "$(from "$1")" = 200 ]
}
front_ends() {
	pad=$(head -c 14000 /dev/zero | tr '\0' x)
	for v in --http1.1 --http2; do
		is "a head of 14 KB, $v" "$(from /healthz $v -H "X-Pad: $pad")" 200
	done
	stop
	is "without latchkeyd the proxy says so" "$(from /healthz)" "$ALONE"
	behind
	until_ok answers /healthz
	is "and finds it again" "$(from /healthz)" 200
	stop
	# On another machine: clear text between, by the operator's word.
	BACK=$AT:0
	back --trusted-proxy $AT --public-url "https://$AT:$PORT"
	front_stop
	front_start
	is "credentials do not cross a network in clear text" \
		"$(from /v2/ -u "iamapikey:$key")" 403
	stop
	back --trusted-proxy $AT --behind-tls-proxy \
		--public-url "https://$AT:$PORT"
	until_ok answers /readyz
	is "unless it is said that TLS is in front" \
		"$(from /v2/ -u "iamapikey:$key")" 200
	stop
}

front_scene() {
	behind
	front_start
	front_tls
	want "latchkey logs in" latchkey login -a "$URL" --apikey "@$T/apikey" \
		--ca-file "$T/cert.pem"
	latchkey cr namespace-add birds >/dev/null
	rw=$(token --readwrite)
	front_images
	front_git
	front_bodies
	front_cut --http1.1
	front_cut --http2
	front_addresses
	front_metadata
	front_ends
	front_stop
	finish
}
