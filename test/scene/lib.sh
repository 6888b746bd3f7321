# What scenes are written with: a real daemon on a port of its own, real
# clients with state of their own, and TAP on standard output. Plain sh.
#
#	. test/scene/lib.sh
#	serve
#	login
#	want "a namespace is made" latchkey cr namespace-add birds
#	said "and named" birds
#	finish
#
# Results:  want deny is like said skip skip_all finish
# Daemon:   serve stop restart kill9 shift_clock     $URL $HOST $DATA
#                                                    $SSH_URL $SSH_HOST $SSH_PORT
# Clients:  login http bearer dockerd_start          $DOCKER_HOST
# Git:      ssh_setup make_key as_key git_as ssh_as repo_create
#           access_key user_key
# Images:   package_layer text_layer image index_of  $IMAGES
#           push_small is_there
# The trail: audited

set -u
ROOT=${ROOT:-$(cd "$(dirname "$0")/../.." && pwd)} || exit 99
BUILD=${LATCHKEY_BUILD:-$ROOT/build}
T=$(mktemp -d "${TMPDIR:-/tmp}/lk.XXXXXX") || exit 99
DATA=$T/data IMAGES=$T/images
mkdir -p "$T/home/.docker" "$T/run" "$T/tmp" "$T/cni" "$T/bin" "$IMAGES"
chmod 700 "$T/run"

# Nothing of whoever runs the scene reaches the clients, and the other way.
export HOME="$T/home" XDG_CONFIG_HOME="$T/home/.config" XDG_RUNTIME_DIR="$T/run"
export DOCKER_CONFIG="$HOME/.docker" TMPDIR="$T/tmp" LC_ALL=C.UTF-8
export PATH="$T/bin:$BUILD:$BUILD/test:/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin"
unset LATCHKEY_API_KEY LATCHKEY_HOME DOCKER_HOST REGISTRY_AUTH_FILE LANGUAGE
unset SSH_AUTH_SOCK SSH_AGENT_PID SSH_ASKPASS SSH_CONNECTION
unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE GIT_SSH GIT_SSH_COMMAND
unset GIT_PROTOCOL GIT_TRACE GIT_ASKPASS
export GIT_CONFIG_NOSYSTEM=1 GIT_TERMINAL_PROMPT=0
echo '{}' >"$DOCKER_CONFIG/config.json"

# --- results ---------------------------------------------------------------

tests=0 failures=0 daemon='' dockerd=''

ok() { # STATUS DESCRIPTION
	tests=$((tests + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $tests - $2"
	else
		failures=$((failures + 1))
		echo "not ok $tests - $2"
	fi
}
# Lines for people, out of the way of the results.
remark() {
	sed 's/^/# /'
}
# Run a command with its output kept for said(); the status is its own.
keep() {
	"$@" >"$T/said" 2>&1 </dev/null
}
want() { # DESCRIPTION COMMAND...: it succeeds
	what=$1
	shift
	keep "$@"
	status=$?
	ok "$status" "$what"
	[ "$status" -eq 0 ] || {
		echo "# status $status of: $*"
		remark <"$T/said"
	}
	return "$status"
}
deny() { # DESCRIPTION COMMAND...: it fails, by its own will
	what=$1
	shift
	keep "$@"
	status=$?
	# 125 is podman's own, 128 git's; 124, 126 and more: it hung, was not
	# there, died.
	case $status in
	0 | 124 | 126 | 127 | 129 | 1[3-9]? | 2??) refused=1 ;;
	*) refused=0 ;;
	esac
	if [ $refused -eq 0 ]; then
		ok 0 "$what"
	else
		ok 1 "$what"
		echo "# status $status of: $*"
		remark <"$T/said"
	fi
}
said() { # DESCRIPTION REGEX: the last command's output has it
	grep -Eq -- "$2" "$T/said"
	ok $? "$1"
	grep -Eq -- "$2" "$T/said" || {
		echo "# nothing like: $2"
		remark <"$T/said"
	}
}
is() { # DESCRIPTION GOT WANTED
	[ "$2" = "$3" ]
	ok $? "$1"
	[ "$2" = "$3" ] || printf 'got:    %s\nwanted: %s\n' "$2" "$3" | remark
}
like() { # DESCRIPTION TEXT REGEX
	printf '%s\n' "$2" | grep -Eq -- "$3"
	ok $? "$1"
	printf '%s\n' "$2" | grep -Eq -- "$3" ||
		printf 'got: %s\nnothing like: %s\n' "$2" "$3" | remark
}
skip() { # DESCRIPTION REASON
	tests=$((tests + 1))
	echo "ok $tests - $1 # SKIP $2"
}
skip_all() { # REASON
	echo "1..0 # SKIP $1"
	trap - EXIT
	rm -rf "$T"
	exit 0
}
# A scene that ends any other way has no plan, and that is a failure.
finish() {
	[ -z "$daemon" ] || stop
	echo "1..$tests"
	[ "$failures" -eq 0 ]
	exit
}
gone() {
	[ -z "$daemon" ] || kill -KILL "$daemon" 2>/dev/null
	dockerd_stop
	rm -rf "$T"
}
trap gone EXIT
trap 'exit 130' INT TERM HUP

# Wait until a command succeeds; 15 seconds at most, unless a scene that waits
# for much work on a busy machine is more patient.
patience=150
until_ok() {
	tries=0
	until "$@" >/dev/null 2>&1; do
		tries=$((tries + 1))
		[ $tries -lt $patience ] || return 1
		sleep 0.1
	done
}

# --- the daemon ------------------------------------------------------------

# Start the daemon on $DATA; the first time, make account "nest" there with the
# first API key in $T/apikey. Later calls of one scene keep the ports. SSH=none
# before it is a daemon without SSH.
LATCHKEYD=latchkeyd HOST=127.0.0.1:0 URL='' SSH=127.0.0.1:0
serve() { # [ARGUMENT of latchkeyd serve]...
	if [ ! -d "$DATA" ]; then
		"$LATCHKEYD" init --data "$DATA" --account nest \
			--admin owl@nest.example --apikey-file "$T/apikey" \
			>"$T/init.log" 2>&1 || {
			remark <"$T/init.log"
			echo "Bail out! latchkeyd init failed"
			exit 99
		}
	fi
	: >"$T/ready"
	"$LATCHKEYD" serve --data "$DATA" --http "$HOST" --ssh "$SSH" "$@" \
		>"$T/ready" 2>>"$T/log" </dev/null &
	daemon=$!
	until_ok grep -q '^ready ' "$T/ready" || {
		remark <"$T/log"
		echo "Bail out! latchkeyd did not get ready"
		exit 99
	}
	HOST=$(sed -n 's/^ready .*http=\([^ ]*\).*/\1/p' "$T/ready")
	URL=http://$HOST
	SSH=$(sed -n 's/^ready .*ssh=\([^ ]*\).*/\1/p' "$T/ready")
	SSH_HOST=${SSH%:*} SSH_PORT=${SSH##*:} SSH_URL=ssh://git@$SSH
	insecure_registry
}
# The daemon whose wall clock can be moved; call before serve.
with_clock() {
	LATCHKEYD=latchkeyd-testclock
	export LATCHKEY_TEST_CLOCK="$T/clock"
	shift_clock 0
}
shift_clock() { # SECONDS from real time
	# In place, in one write: the daemon has this very file open.
	printf '%-20d\n' $(($1 * 1000)) |
		dd of="$T/clock" conv=notrunc status=none
}
stop() {
	kill -TERM "$daemon" 2>/dev/null
	wait "$daemon"
	status=$?
	daemon=''
	is "the daemon stops with status 0" "$status" 0
	[ "$status" -eq 0 ] || tail -n 60 "$T/log" | remark
}
kill9() {
	kill -KILL "$daemon"
	wait "$daemon" 2>/dev/null
	daemon=''
}
restart() {
	stop
	serve "$@"
}

# --- clients ---------------------------------------------------------------

login() { # [KEY FILE]
	keep latchkey login -a "$URL" --apikey "@${1:-$T/apikey}" || {
		remark <"$T/said"
		echo "Bail out! latchkey login failed"
		exit 99
	}
}
key_in() { # FILE: the API key that such a file holds
	jq -r .apikey "$1"
}
# One request: the status is printed, body and head are left in $T/body and
# $T/head (one "name: value" a line).
http() { # METHOD PATH [ARGUMENT of curl]...
	verb=$1 path=$2
	shift 2
	[ "$verb" != HEAD ] || set -- -I "$@"
	: >"$T/body"
	curl -s -X "$verb" -o "$T/body" -D "$T/head.raw" -w '%{http_code}' \
		--max-time 60 "$@" "$URL$path"
	tr -d '\r' <"$T/head.raw" >"$T/head"
}
head_of() { # FIELD: its value in the last reply
	sed -n "s/^$1: *//Ip" "$T/head" | head -n 1
}
errors() { # the code of the last reply's first error
	jq -r '.errors[0].code // .errorCode // .error // empty' "$T/body"
}
# A bearer from the token service, as Docker's clients ask for it.
bearer() { # USER SECRET SCOPE...
	user=$1 secret=$2
	shift 2
	for scope in "$@"; do
		set -- "$@" --data-urlencode "scope=$scope"
		shift
	done
	printf 'user = "%s:%s"\n' "$user" "$secret" |
		curl -s -G -K - --data-urlencode "service=registry" "$@" \
			"$URL/oauth/token" | jq -r '.token // empty'
}
# A refresh token of a new session, or one of it for the registry's clients.
refresh_token() {
	curl -s -u bx:bx "$URL/identity/token" \
		-d grant_type=urn:ibm:params:oauth:grant-type:apikey \
		--data-urlencode "apikey=$(key_in "$T/apikey")" |
		jq -r .refresh_token
}
delegated_token() {
	curl -s -u bx:bx "$URL/identity/token" -d grant_type=refresh_token \
		--data-urlencode "refresh_token=$(refresh_token)" \
		-d response_type=delegated_refresh_token \
		-d receiver_client_ids=container-registry |
		jq -r .delegated_refresh_token
}
# A registry token, -q: the value alone.
token() { # [FLAG of token-add]...
	latchkey cr token-add --description "a token of a scene" -q "$@" </dev/null
}

# podman, buildah and skopeo find all of this by themselves.
insecure_registry() {
	cat >"$XDG_CONFIG_HOME/containers/registries.conf" <<-EOF
		[[registry]]
		location = "$HOST"
		insecure = true
	EOF
}
cat >"$T/storage.conf" <<EOF
[storage]
driver = "vfs"
graphroot = "$T/storage"
runroot = "$T/run/storage"
EOF
cat >"$T/containers.conf" <<EOF
[engine]
cgroup_manager = "cgroupfs"
events_logger = "none"
[network]
network_config_dir = "$T/cni"
EOF
mkdir -p "$XDG_CONFIG_HOME/containers"
echo '{"default":[{"type":"insecureAcceptAnything"}]}' \
	>"$XDG_CONFIG_HOME/containers/policy.json"
export CONTAINERS_STORAGE_CONF="$T/storage.conf"
export CONTAINERS_CONF="$T/containers.conf"

# A real Docker engine without systemd, bridge or firewall. It takes plain HTTP
# from 127.0.0.0/8.
dockerd_start() {
	[ "$(id -u)" -eq 0 ] || skip_all "the Docker engine needs root"
	for program in dockerd containerd runc docker; do
		command -v $program >/dev/null ||
			skip_all "Debian's docker.io is not installed ($program)"
	done
	export DOCKER_HOST="unix://$T/docker.sock"
	dockerd --bridge=none --iptables=false --ip6tables=false \
		--storage-driver=vfs --data-root="$T/docker" \
		--exec-root="$T/run/docker" --pidfile="$T/docker.pid" \
		-H "$DOCKER_HOST" >"$T/dockerd.log" 2>&1 </dev/null &
	dockerd=$!
	until_ok docker version || {
		tail -n 20 "$T/dockerd.log" | remark
		echo "Bail out! dockerd did not start"
		exit 99
	}
}
dockerd_stop() {
	[ -n "$dockerd" ] || return 0
	kill -TERM "$dockerd" 2>/dev/null
	wait "$dockerd" 2>/dev/null
	dockerd=''
	# Where / is not a shared mount, it leaves one of its own behind.
	grep -o " $T/[^ ]*" /proc/self/mounts | sort -r | xargs -r umount -l
}

# --- git -------------------------------------------------------------------

cat >"$HOME/.gitconfig" <<EOF
[user]
	name = Wren
	email = wren@nest.example
[init]
	defaultBranch = main
[advice]
	detachedHead = false
EOF
# ssh takes the home folder from the password file and not from HOME: one in
# front of it is told where this scene's lies. Host keys are those that the
# server publishes, and no other is taken.
ssh_setup() {
	mkdir -p "$HOME/.ssh" && chmod 700 "$HOME/.ssh"
	[ "$(http GET /site/ssh)" = 200 ] || {
		remark <"$T/body"
		echo "Bail out! no host keys are published"
		exit 99
	}
	cp "$T/body" "$HOME/.ssh/known_hosts"
	cat >"$T/ssh_config" <<-EOF
		Include $HOME/.ssh/config
		Host *
		UserKnownHostsFile $HOME/.ssh/known_hosts
		GlobalKnownHostsFile /dev/null
		StrictHostKeyChecking yes
		UpdateHostKeys no
		BatchMode yes
	EOF
	# Keys with the usual names are taken when no other is named, as ssh does.
	cat >"$T/bin/ssh" <<-EOF
		#!/bin/sh
		named=\$(grep -i '^[[:space:]]*identityfile' "$HOME/.ssh/config" 2>/dev/null)
		case " \$named \$* " in
		*" -i "* | *dentity[Ff]ile*) ;;
		*) set -- -o "IdentityFile=$HOME/.ssh/id_rsa" \\
			-o "IdentityFile=$HOME/.ssh/id_ecdsa" \\
			-o "IdentityFile=$HOME/.ssh/id_ed25519" "\$@" ;;
		esac
		exec /usr/bin/ssh -F "$T/ssh_config" "\$@"
	EOF
	chmod 755 "$T/bin/ssh"
}
# A key pair without a pass phrase: $HOME/.ssh/NAME and NAME.pub.
make_key() { # NAME [ARGUMENT of ssh-keygen]...
	name=$1
	shift
	mkdir -p "$HOME/.ssh" && chmod 700 "$HOME/.ssh"
	[ $# -gt 0 ] || set -- -t ed25519
	ssh-keygen -q "$@" -N '' -C "$name" -f "$HOME/.ssh/$name" </dev/null
}
as_key() { # NAME COMMAND...: what uses git uses this key and no other
	GIT_SSH_COMMAND="ssh -i $HOME/.ssh/$1 -o IdentitiesOnly=yes"
	export GIT_SSH_COMMAND
	shift
	"$@"
	status=$?
	unset GIT_SSH_COMMAND
	return $status
}
git_as() { # NAME ARGUMENT of git...
	name=$1
	shift
	as_key "$name" git "$@"
}
ssh_as() { # NAME ARGUMENT of ssh after the host...
	name=$1
	shift
	ssh -i "$HOME/.ssh/$name" -o IdentitiesOnly=yes -p "$SSH_PORT" \
		"git@$SSH_HOST" "$@"
}
# Requests to /2.0 with the scene's first API key; a reply of another status
# ends the scene.
bitbucket() { # STATUS METHOD PATH [JSON]
	got=$(http "$2" "/2.0$3" -u "iamapikey:$(key_in "$T/apikey")" \
		${4:+-H "Content-Type: application/json"} ${4:+-d "$4"})
	[ "$got" = "$1" ] || {
		remark <"$T/body"
		echo "Bail out! $2 /2.0$3 is answered $got"
		exit 99
	}
}
repo_create() { # REPOSITORY of nest [JSON]
	bitbucket 200 POST "/repositories/nest/$1" "${2:-{\}}"
}
# The public half of make_key's, put on a repository: prints the id.
access_key() { # REPOSITORY of nest, KEY NAME
	bitbucket 200 POST "/repositories/nest/$1/deploy-keys" "$(jq -n \
		--rawfile key "$HOME/.ssh/$2.pub" --arg name "$2" \
		'{key: ($key | rtrimstr("\n")), label: $name}')"
	jq -r .id "$T/body"
}
# The same as a key of the owner's own: prints its uuid.
user_key() { # KEY NAME
	bitbucket 201 POST /users/me/ssh-keys "$(jq -n \
		--rawfile key "$HOME/.ssh/$1.pub" --arg name "$1" \
		'{key: ($key | rtrimstr("\n")), label: $name}')"
	jq -r .uuid "$T/body"
}

# --- images ----------------------------------------------------------------

sha256() { # FILE
	sha256sum <"$1" | cut -d ' ' -f 1
}
size_of() { # FILE
	stat -c %s "$1"
}
# The files of an installed Debian package as a layer.
package_layer() { # PACKAGE: prints the tar's name
	dpkg -L "$1" | sort -u |
		tar -c -h -P --no-recursion --mtime=@0 --owner=0 --group=0 \
			--numeric-owner --transform='s,^/,,' -f "$T/$1.tar" -T -
	echo "$T/$1.tar"
}
# A layer with one small file.
text_layer() { # NAME TEXT: prints the tar's name
	mkdir -p "$T/layer/$1"
	printf '%s\n' "$2" >"$T/layer/$1/$1"
	tar -c -C "$T/layer/$1" --mtime=@0 --owner=0 --group=0 \
		--numeric-owner -f "$T/$1.tar" "$1"
	echo "$T/$1.tar"
}
# Put a file into an image layout: prints its descriptor.
blob() { # LAYOUT FILE MEDIA-TYPE
	mkdir -p "$1/blobs/sha256"
	[ -e "$1/oci-layout" ] ||
		echo '{"imageLayoutVersion":"1.0.0"}' >"$1/oci-layout"
	cp "$2" "$1/blobs/sha256/$(sha256 "$2")"
	printf '{"mediaType":"%s","digest":"sha256:%s","size":%d}' \
		"$3" "$(sha256 "$2")" "$(size_of "$2")"
}
OCI=application/vnd.oci.image
# An image of these layers in the layout $IMAGES/NAME, under the tag "latest".
image() { # NAME ARCHITECTURE TAR...
	layout=$IMAGES/$1 name=$1 arch=$2 layers='' diffs=''
	shift 2
	for tar in "$@"; do
		gzip -n -k -f "$tar"
		layers="$layers${layers:+,}$(blob "$layout" "$tar.gz" \
			$OCI.layer.v1.tar+gzip)"
		diffs="$diffs${diffs:+,}\"sha256:$(sha256 "$tar")\""
	done
	printf '{"created":"2024-02-29T12:00:00Z","architecture":"%s","os":"linux","config":{"Cmd":["/bin/busybox","echo","%s sings"]},"rootfs":{"type":"layers","diff_ids":[%s]}}' \
		"$arch" "$name" "$diffs" >"$T/config.json"
	printf '{"schemaVersion":2,"mediaType":"%s","config":%s,"layers":[%s]}' \
		$OCI.manifest.v1+json \
		"$(blob "$layout" "$T/config.json" $OCI.config.v1+json)" \
		"$layers" >"$T/manifest.json"
	latest "$layout" "$(blob "$layout" "$T/manifest.json" \
		$OCI.manifest.v1+json)"
}
latest() { # LAYOUT DESCRIPTOR
	printf '{"schemaVersion":2,"manifests":[%s]}' "$(printf %s "$2" | jq -c \
		'.annotations = {"org.opencontainers.image.ref.name": "latest"}')" \
		>"$1/index.json"
}
# An index over images made before, one for each platform.
index_of() { # NAME ARCHITECTURE=IMAGE...
	layout=$IMAGES/$1 list=''
	shift
	mkdir -p "$layout/blobs/sha256"
	for pair in "$@"; do
		cp -n "$IMAGES/${pair#*=}/blobs/sha256/"* "$layout/blobs/sha256/"
		list="$list${list:+,}$(jq -c --arg a "${pair%%=*}" '.manifests[0] |
			del(.annotations) | .platform = {os: "linux", architecture: $a}
			' "$IMAGES/${pair#*=}/index.json")"
	done
	printf '{"schemaVersion":2,"mediaType":"%s","manifests":[%s]}' \
		$OCI.index.v1+json "$list" >"$T/manifest.json"
	latest "$layout" "$(blob "$layout" "$T/manifest.json" \
		$OCI.index.v1+json)"
}

# Push an image of one random layer with nothing but curl: quick enough to be
# done all the time. Succeeds when the manifest was acknowledged, which is then
# in $T/small/TAG/manifest.
push_small() { # TOKEN REPOSITORY TAG
	small=$T/small/$3
	mkdir -p "$small"
	head -c 65536 /dev/urandom >"$small/layer"
	printf '{"tag":"%s"}' "$3" >"$small/config"
	for part in layer config; do
		curl -sf -o /dev/null -u "token:$1" --max-time 20 \
			-H 'Content-Type: application/octet-stream' \
			--data-binary "@$small/$part" \
			"$URL/v2/$2/blobs/uploads/?digest=sha256:$(sha256 "$small/$part")" ||
			return
	done
	printf '{"schemaVersion":2,"mediaType":"%s","config":{"mediaType":"%s","digest":"sha256:%s","size":%d},"layers":[{"mediaType":"%s","digest":"sha256:%s","size":65536}]}' \
		$OCI.manifest.v1+json $OCI.config.v1+json \
		"$(sha256 "$small/config")" "$(size_of "$small/config")" \
		$OCI.layer.v1.tar "$(sha256 "$small/layer")" >"$small/manifest"
	curl -sf -o /dev/null -u "token:$1" --max-time 20 -X PUT \
		-H "Content-Type: $OCI.manifest.v1+json" \
		--data-binary "@$small/manifest" "$URL/v2/$2/manifests/$3"
}
# What push_small left is there, byte by byte. Says what is not.
is_there() { # TOKEN REPOSITORY TAG
	[ "$(http GET "/v2/$2/manifests/$3" -u "token:$1")" = 200 ] &&
		cmp -s "$T/body" "$T/small/$3/manifest" ||
		{ echo "# manifest $3" && return 1; }
	for digest in $(jq -r '.config.digest, .layers[].digest' "$T/body"); do
		[ "$(http GET "/v2/$2/blobs/$digest" -u "token:$1")" = 200 ] &&
			[ "sha256:$(sha256 "$T/body")" = "$digest" ] ||
			{ echo "# blob of $3" && return 1; }
	done
}

# --- the trail -------------------------------------------------------------

# Uses and refusals are gathered and written within a second, so look again.
trail_has() {
	latchkey audit --verb "$1" --outcome "$2" --thing "$3" --output json |
		jq -se 'flatten | length > 0'
}
audited() { # DESCRIPTION VERB done|used|refused THING-PREFIX: it is recorded
	what=$1
	shift
	until_ok trail_has "$@"
	status=$?
	ok $status "$what"
	[ $status -eq 0 ] || latchkey audit 2>&1 | tail -n 20 | remark
}
