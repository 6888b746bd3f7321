# Four regions of one server under the host names of 2019: each has namespaces,
# tokens and images of its own, old names are as good as new ones, and the
# command line goes where it was sent.
if [ -z "${OWN_MOUNTS:-}" ]; then
	for own in "unshare -m" "unshare -r -m"; do
		# shellcheck disable=SC2086 # several words
		if $own true 2>/dev/null; then
			OWN_MOUNTS=yes exec $own sh "$0"
		fi
	done
fi
. "$(dirname "$0")/lib.sh"
[ -n "${OWN_MOUNTS:-}" ] ||
	skip_all "this user may not give hosts names of their own"
us=registry.ng.bluemix.net gb=registry.eu-gb.bluemix.net
de=registry.eu-de.bluemix.net syd=registry.au-syd.bluemix.net
{
	echo "127.0.0.1 localhost"
	echo "127.0.0.1 $us us.icr.io $gb $de $syd"
} >"$T/hosts"
mount --bind "$T/hosts" /etc/hosts || skip_all "/etc/hosts cannot be replaced"
SSH=none
serve --region "us-south=$us,us.icr.io" --region "eu-gb,uk-south=$gb" \
	--region "eu-de,eu-central=$de" --region "au-syd,ap-south=$syd"
port=${HOST##*:}
api=http://$us:$port
sign_in() { # [ARGUMENT of latchkey login]...
	latchkey login -a "$api" --apikey "@$T/apikey" "$@"
}
want "a login by the host of the first" sign_in

at() { # HOST METHOD PATH [ARGUMENT of curl]...: the status
	host=$1 method=$2 path=$3
	shift 3
	old=$URL URL=http://$host:$port
	http "$method" "$path" "$@"
	URL=$old
}
named() { # SEPARATOR: what the last command listed
	jq -r '.[]' "$T/said" | sort | paste -sd "$1"
}
registry() {
	latchkey cr region --output json | jq -r '"\(.region) \(.registry)"'
}

# --- which there are -------------------------------------------------------
want "regions" latchkey regions
said "with the old name and the host" "^eu-gb +uk-south +$gb$"
is "as JSON" "$(latchkey regions -o json | jq -r '[.[].name] | join(" ")')" \
	"us-south eu-gb eu-de au-syd"
access=$(latchkey iam oauth-tokens | sed -n 's/.*Bearer *//p')
for pair in "$us us-south" us.icr.io\ us-south "$gb eu-gb" "$de eu-de" \
	"$syd au-syd"; do
	is "${pair% *} is ${pair#* }" "$(at "${pair% *}" GET /latchkey/v1/whoami \
		-H "Authorization: Bearer $access"; jq -r .region "$T/body")" \
		"200${pair#* }"
done

# --- where cr goes ---------------------------------------------------------
is "without a word, to the server's own" "$(registry)" "us-south $us:$port"
for pair in "eu-gb $gb" "eu-de $de" "au-syd $syd"; do
	want "region-set ${pair% *}" latchkey cr region-set "${pair% *}"
	is "is its host" "$(registry)" "${pair% *} ${pair#* }:$port"
done
for pair in "uk-south eu-gb $gb" "eu-central eu-de $de" "ap-south au-syd $syd"; do
	# shellcheck disable=SC2086 # three words
	set -- $pair
	want "the old name $1" latchkey cr region-set "$1"
	is "is $2" "$(registry)" "$2 $3:$port"
done
want "a host does as well" latchkey cr region-set us.icr.io
is "and is the one that is used" "$(registry)" "us-south us.icr.io:$port"
want "info" latchkey cr info --verbose
said "names the registry" "us\.icr\.io:$port"
said "the endpoint" "http://us\.icr\.io:$port/api"
said "and the region's hosts" "$us, us\.icr\.io"
want "api" latchkey cr api
said "the endpoint alone" "http://us\.icr\.io:$port/api$"
deny "one that there is not" latchkey cr region-set us-north
said "is told those there are" "no region 'us-north'; it has us-south, eu-gb, eu-de, au-syd"
is "and changes nothing" "$(registry)" "us-south us.icr.io:$port"
deny "nobody to ask" setsid -w latchkey cr region-set
said "is told them, too" "say which region: us-south, eu-gb, eu-de, au-syd"
want "target -r" latchkey target -r ap-south
said "shows it" "$syd:$port"
want "a login to the same server" sign_in
is "stays there" "$(registry)" "au-syd $syd:$port"
want "login -r" sign_in -r eu-central
is "goes elsewhere" "$(registry)" "eu-de $de:$port"
deny "login -r nowhere" sign_in -r mars
is "leaves it" "$(registry)" "eu-de $de:$port"

# --- one name, two owners --------------------------------------------------
latchkey account create den --owner fox@den.example --output json |
	jq -r .apikey >"$T/denkey"
den() {
	LATCHKEY_HOME="$T/den" "$@"
}
want "another account logs in" den latchkey login -a "$api" \
	--apikey "@$T/denkey" -r uk-south
want "nest has birds in us-south" latchkey cr region-set us-south
want "made" latchkey cr namespace-add birds
want "den has birds in eu-gb" den latchkey cr namespace-add birds
deny "where it is taken for nest" sh -c \
	"latchkey cr region-set eu-gb >/dev/null; latchkey cr namespace-add birds"
deny "as the other way round" den sh -c \
	"latchkey cr region-set us-south >/dev/null; latchkey cr namespace-add birds"
want "a third region has neither" latchkey cr region-set eu-de
is "for nest" "$(latchkey cr namespace-list -o json)" '[]'
want "nest makes others there" latchkey cr namespace-add nests
for pair in "us-south birds" "eu-gb " "eu-de nests" "au-syd "; do
	latchkey cr region-set "${pair%% *}" >/dev/null
	keep latchkey cr namespace-list -o json
	is "nest's namespaces in ${pair%% *}" "$(named ' ')" "${pair#* }"
done
den latchkey cr region-set eu-gb >/dev/null
keep den latchkey cr namespace-list -o json
is "den's in eu-gb" "$(named ' ')" birds

# --- tokens ----------------------------------------------------------------
image robin amd64 "$(text_layer a one)"
push() { # TOKEN HOST
	skopeo copy -q --dest-tls-verify=false --dest-creds "token:$1" \
		"oci:$IMAGES/robin:latest" "docker://$2:$port/birds/robin:1"
}
latchkey cr region-set us-south >/dev/null
us_token=$(token --readwrite)
gb_token=$(den latchkey cr token-add --readwrite -q)
is "a token is listed where it was made" \
	"$(latchkey cr token-list -o json | jq length)" 1
latchkey cr region-set eu-gb >/dev/null
is "and nowhere else" "$(latchkey cr token-list -o json | jq length)" 0
want "nest's opens us-south" push "$us_token" "$us"
want "by its other host, too" push "$us_token" us.icr.io
want "den's opens eu-gb" push "$gb_token" "$gb"
deny "nest's does not open eu-gb" push "$us_token" "$gb"
deny "den's does not open us-south" push "$gb_token" "$us"
is "refused is refused: 401" "$(at "$gb" GET /v2/ -u "token:$us_token")" 401
for host in "$de" "$syd"; do
	is "$host as well" "$(at "$host" GET /v2/ -u "token:$us_token")" 401
done
is "nor does a bearer go over" "$(at "$us" GET \
	"/oauth/token?service=registry&scope=repository:birds/robin:pull" \
	-u "token:$us_token"
	at "$gb" GET /v2/birds/robin/tags/list \
		-H "Authorization: Bearer $(jq -r .token "$T/body")")" 200403
is "which takes no image from den" "$(den latchkey cr images -q)" \
	"$gb:$port/birds/robin:1"

# --- cr login --------------------------------------------------------------
for pair in "us-south $us" "eu-de $de"; do
	latchkey cr region-set "${pair% *}" >/dev/null
	want "cr login in ${pair% *}" latchkey cr login --client docker
	said "names its host" "${pair#* }:$port"
done
is "docker knows both" \
	"$(jq -r '.auths | keys[]' "$DOCKER_CONFIG/config.json" | sort | paste -sd ' ')" \
	"$de:$port $us:$port"
want "a push goes with it" skopeo copy -q --dest-tls-verify=false \
	"oci:$IMAGES/robin:latest" "docker://$de:$port/nests/robin:2"
want "a pull from the other" skopeo inspect --tls-verify=false \
	"docker://$us:$port/birds/robin:1"
is "images are those of the region" "$(latchkey cr images -q)" \
	"$de:$port/nests/robin:2"
latchkey cr region-set us-south >/dev/null
is "in each" "$(latchkey cr images -q)" "$us:$port/birds/robin:1"
latchkey cr region-set eu-de >/dev/null
is "the credential helper knows the region's host" \
	"$(echo "$de:$port" | docker-credential-latchkey get | jq -r .Username)" \
	iambearer
is "and the server's" \
	"$(echo "$us:$port" | docker-credential-latchkey get | jq -r .Username)" iambearer
deny "not a region's that is not targeted" sh -c \
	"echo $gb:$port | docker-credential-latchkey get"

# --- a region that ends ----------------------------------------------------
restart --region "us-south=$us" --region "eu-gb,uk-south=$gb"
deny "cr there" latchkey cr images
said "is told what to do" "'latchkey cr region-set' chooses another"
want "a login" sign_in
is "goes to the server's own" "$(registry)" "us-south $us:$port"
finish
