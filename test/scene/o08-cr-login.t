# latchkey cr login: docker and podman are logged in, and no password is seen
# in a process list on the way.
. "$(dirname "$0")/lib.sh"
serve
login
latchkey cr namespace-add birds >/dev/null
image robin amd64 "$(text_layer a one)"
want "cr login" latchkey cr login
entry() {
	jq -r --arg h "$HOST" '.auths[$h].auth // empty | @base64d' "$1" |
		cut -d : -f 1
}
is "docker's file has the user name" \
	"$(entry "$DOCKER_CONFIG/config.json")" iamrefresh
is "and is its owner's only" "$(stat -c %a "$DOCKER_CONFIG/config.json")" 600
echo '{}' >"$DOCKER_CONFIG/config.json"
want "cr login --client podman" latchkey cr login --client podman
is "podman's family looks where DOCKER_CONFIG says" \
	"$(entry "$DOCKER_CONFIG/config.json")" iamrefresh
want "skopeo pushes with it" skopeo copy "oci:$IMAGES/robin:latest" \
	"docker://$HOST/birds/robin:1"
echo '{}' >"$DOCKER_CONFIG/config.json"
own="env -u DOCKER_CONFIG"
want "without, there is a file of its own" $own latchkey cr login --client podman
is "with the same user name" \
	"$(entry "$XDG_RUNTIME_DIR/containers/auth.json")" iamrefresh
want "podman pulls with it" $own podman pull -q "$HOST/birds/robin:1"
want "and again, the token being reusable" $own skopeo inspect \
	"docker://$HOST/birds/robin:1"
latchkey cr login >/dev/null
other=$(jq -c '.auths = {"elsewhere.example": {auth: "eDp5"}}' <"$DOCKER_CONFIG/config.json")
echo "$other" >"$DOCKER_CONFIG/config.json"
keep latchkey cr login
is "what else is in the file stays" \
	"$(jq -r '.auths["elsewhere.example"].auth' "$DOCKER_CONFIG/config.json")" eDp5

# The credential helper: nothing is kept in docker's file at all.
printf '{"credHelpers":{"%s":"latchkey"}}' "$HOST" >"$DOCKER_CONFIG/config.json"
rm -f "$XDG_RUNTIME_DIR/containers/auth.json"
is "docker-credential-latchkey get" "$(echo "$HOST" |
	docker-credential-latchkey get | jq -r '.Username')" iambearer
deny "of another registry it knows nothing" sh -c \
	"echo elsewhere.example | docker-credential-latchkey get"
dockerd_start
want "docker pulls by its helper" docker pull "$HOST/birds/robin:1"
latchkey logout >/dev/null
deny "after logout the helper has nothing" sh -c \
	"echo $HOST | docker-credential-latchkey get"
finish
