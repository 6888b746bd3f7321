# buildah: build from what was pulled, push, and find the layers shared.
. "$(dirname "$0")/lib.sh"
serve
login
latchkey cr namespace-add birds >/dev/null
image robin amd64 "$(package_layer busybox-static)"
token --readwrite >"$T/password"
want "buildah login" sh -c \
	"buildah login -u token --password-stdin $HOST <$T/password"
skopeo copy -q --dest-creds "token:$(cat "$T/password")" \
	"oci:$IMAGES/robin:latest" "docker://$HOST/birds/base:1"
want "from a base that it pulls" buildah from --name work "$HOST/birds/base:1"
echo tweet >"$T/song"
want "one more layer" buildah copy work "$T/song" /song
want "committed" buildah commit work "$HOST/birds/built:1"
want "pushed" buildah push "$HOST/birds/built:1"
want "as a Docker manifest too" buildah push --format v2s2 \
	"$HOST/birds/built:1" "docker://$HOST/birds/built:docker"
layers() {
	skopeo inspect --raw --creds "token:$(cat "$T/password")" \
		"docker://$HOST/birds/$1" | jq -r '.layers[].digest'
}
layers base:1 >"$T/base"
layers built:1 >"$T/built"
is "two layers in the new one" "$(wc -l <"$T/built")" 2
buildah rm work >/dev/null
buildah rmi -a -f >/dev/null 2>&1
want "and it comes back" buildah from --name again "$HOST/birds/built:1"
is "with the file in it" "$(cat "$(buildah mount again)/song")" tweet
finish
