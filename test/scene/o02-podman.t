# podman: log in under each of the four names, push and pull.
. "$(dirname "$0")/lib.sh"
serve
login
latchkey cr namespace-add birds >/dev/null
image robin amd64 "$(package_layer busybox-static)" "$(text_layer song tweet)"
skopeo copy -q "oci:$IMAGES/robin:latest" "oci-archive:$T/robin.tar"
podman load -q -i "$T/robin.tar" >/dev/null 2>&1
local=$(podman images -q | head -n 1)
key=$(key_in "$T/apikey")
access=$(latchkey iam oauth-tokens | sed -n 's/.*Bearer *//p')
refresh=$(delegated_token)
n=0
as() { # USER PASSWORD
	n=$((n + 1))
	printf %s "$2" >"$T/password"
	want "podman login as $1" sh -c \
		"podman login -u $1 --password-stdin $HOST <$T/password"
	podman tag "$local" "$HOST/birds/robin:$n"
	want "push as $1" podman push "$HOST/birds/robin:$n"
	podman rmi "$HOST/birds/robin:$n" >/dev/null 2>&1
	want "pull as $1" podman pull "$HOST/birds/robin:$n"
	podman logout "$HOST" >/dev/null
}
as token "$(token --readwrite)"
as iamapikey "$key"
as iambearer "$access"
as iamrefresh "$refresh"
deny "logged out, it pulls nothing" podman pull "$HOST/birds/robin:1"
is "all tags are there" "$(http GET /v2/birds/robin/tags/list \
	-u "iamapikey:$key" >/dev/null; jq -c .tags "$T/body")" '["1","2","3","4"]'
finish
