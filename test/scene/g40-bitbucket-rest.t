# Access keys over Bitbucket's REST 2.0, with nothing but curl: an Ansible-like
# flow, limits, keys that are none, and two accounts that see nothing of each
# other. After each refusal everything is as it was.
. "$(dirname "$0")/lib.sh"
serve
login

ask() { # METHOD PATH [JSON], as $who: the status
	verb=$1 path=$2
	shift 2
	[ $# -eq 0 ] || set -- -H 'Content-Type: application/json' --data-binary "$1"
	http "$verb" "/2.0$path" -u "$who" "$@"
}
of() { # FILTER: from the last reply's body
	jq -r "$1" "$T/body"
}
api() { # METHOD PATH [JSON]
	http "$1" "/latchkey/v1$2" -u "iamapikey:${who#*:}" -H 'Content-Type: application/json' \
		${3:+-d "$3"}
}
a_key() { # FILE of a public key, LABEL [MORE MEMBERS]
	jq -cn --rawfile key "$1" --arg name "$2" --argjson more "${3:-{\}}" \
		'{key: $key, label: $name} + $more'
}
pub() { # NAME
	echo "$HOME/.ssh/$1.pub"
}
owl=admin@nest.example:$(key_in "$T/apikey")
who=$owl
for name in web db rsa mine theirs; do make_key $name; done
make_key rsa4 -t rsa -b 4096
make_key ec -t ecdsa -b 521
app=/repositories/nest/app keys=/repositories/nest/app/deploy-keys

# --- as Ansible's module does it -------------------------------------------
is "a repository is made" "$(ask POST $app '{"scm":"git","name":"app"}')" 200
is "another" "$(ask POST /repositories/nest/lib)" 200
is "the key is posted behind a slash" \
	"$(ask POST $keys/ "$(a_key "$(pub web)" web-1)")" 200
is "what was sent begins with what came back" \
	"$(jq --rawfile sent "$(pub web)" '.key as $k | $sent | startswith($k)' \
		"$T/body")" true
is "its comment is apart" "$(of .comment)" web
is "its id ends its address" "$(of '.links.self.href | split("/") | last')" \
	"$(of .id)"
web=$(of .id) print=$(of .fingerprint_sha256)
is "the fingerprint is ssh-keygen's" "$print" \
	"$(ssh-keygen -lf "$(pub web)" | cut -d ' ' -f 2)"
is "the older one, too" "$(of .fingerprint_md5)" \
	"$(ssh-keygen -E md5 -lf "$(pub web)" | cut -d ' ' -f 2)"
i=0
while [ $i -lt 23 ]; do
	i=$((i + 1))
	make_key "many$i"
	access_key app "many$i" >/dev/null
done
next=$keys/ found='' pages=0
while [ -n "$next" ]; do
	ask GET "$next" >/dev/null
	found="$found $(of '.values[].label')"
	pages=$((pages + 1))
	next=$(of '.next // empty')
	next=${next#"$URL/2.0"}
done
is "the list is followed to its end" "$pages $(echo $found | wc -w)" '3 24'
is "nothing comes twice" "$(echo $found | tr ' ' '\n' | sort -u | wc -l)" 24
is "the last page has no next" "$(of 'has("next")')" false
is "pages are counted" "$(of '"\(.page) \(.size) \(.pagelen)"')" '3 24 10'
is "deleted" "$(ask DELETE "$keys/$web/")" 204
is "with a type that clients need" "$(head_of content-type)" \
	'text/html; charset=utf-8'
is "without a redirect anywhere" "$(head_of location)" ''
is "it is gone" "$(ask GET "$keys/$web")" 404
audited "its coming is in the trail" accesskey.create done access-key:
audited "and its going" accesskey.delete done "access-key:$web"

# --- one key, one use -------------------------------------------------------
is "it comes back" "$(ask POST $keys "$(a_key "$(pub web)" web-1)")" 200
web=$(of .id)
is "on another repository as well" "$(ask POST /repositories/nest/lib/deploy-keys \
	"$(a_key "$(pub web)" web-1)")" 200
lib=$(of .id)
is "not twice on one" "$(ask POST $keys "$(a_key "$(pub web)" web-2)")" 400
is "a project" "$(ask POST /workspaces/nest/projects '{"key":"OPS"}')" 201
ops=/workspaces/nest/projects/ops/deploy-keys
is "on a project as well" "$(ask POST $ops "$(a_key "$(pub web)" web-1)")" 200
is "which is another kind" "$(of .type)" project_deploy_key
is "everywhere it stands" "$(ask GET "/workspaces/nest/deploy-keys?fingerprint=$(
	printf %s "$print" | jq -sRr @uri)"
	of '.values[] | .repository.full_name // .project.key' | tr '\n' ' ')" \
	'200nest/app nest/lib OPS '
is "not as somebody's own" "$(ask POST /users/me/ssh-keys \
	"$(a_key "$(pub web)" mine)")" 400
is "which is said in Bitbucket's words" "$(of .error.message)" \
	'Someone has already registered that SSH key.'
is "a key of one's own" "$(ask POST /users/me/ssh-keys \
	"$(a_key "$(pub mine)" laptop)")" 201
mine=$(of .uuid)
is "is no access key" "$(ask POST $keys "$(a_key "$(pub mine)" x)")" 400
is "both kinds are taken" "$(ask POST $keys "$(a_key "$(pub rsa4)" rsa)")$(
	ask POST $keys "$(a_key "$(pub ec)" ec)")" 200200

# --- rotation, ends, addresses ---------------------------------------------
is "a key with an end and addresses" "$(ask PUT "$keys/$web" \
	'{"expires_on":"2099-12-31T23:59:59+09:00","allowed_cidrs":["192.0.2.0/24"]}')" 200
is "has them" "$(of '.expires_on + " " + .allowed_cidrs[0]')" \
	'2099-12-31T14:59:59.000000+00:00 192.0.2.0/24'
is "is replaced" "$(ask POST "$keys/$web/rotate" "$(a_key "$(pub db)" web-2)")" 200
is "by one that knows" "$(of .replaces)" "$web"
is "and keeps its addresses" "$(of '.allowed_cidrs[0]')" 192.0.2.0/24
is "while the old one stays for now" "$(ask GET "$keys/$web")" 200

# --- bad keys, and nothing changed ------------------------------------------
state() {
	ask GET "/workspaces/nest/deploy-keys?pagelen=100" >/dev/null
	of '.values[] | [.id, .key, .label, .comment, .expires_on, .replaces]' |
		sha256sum
}
before=$(state)
refused() { # REASON FILE DESCRIPTION
	is "$3 is refused" "$(ask POST $keys "$(a_key "$2" bad)")" 400
	is "  with the reason" "$(of .error.data.reason)" "$1"
	is "  at the member" "$(of '.error.fields.key | length')" 1
}
refused private_key_given "$HOME/.ssh/theirs" "a private key"
secret=$(sed -n 2p "$HOME/.ssh/theirs")
is "it is not echoed" "$(grep -c -F -e "$secret" "$T/body")" 0
is "nor logged" "$(grep -c -F -e "$secret" "$T/log")" 0
cat "$(pub theirs)" "$(pub rsa)" >"$T/two"
refused several_keys "$T/two" "two keys"
fold -w 40 "$(pub rsa4)" >"$T/wrapped"
refused several_keys "$T/wrapped" "a key wrapped by a terminal"
like "how to join it is said" "$(of .error.message)" 'Join them'
sed 's/^/command="x" /' "$(pub theirs)" >"$T/options"
refused options_given "$T/options" "a key with options"
ssh-keygen -q -t rsa -b 1024 -N '' -f "$T/weak"
refused weak_key "$T/weak.pub" "a short key"
ssh-keygen -e -m RFC4716 -f "$(pub rsa4)" >"$T/4716"
refused unsupported_format "$T/4716" "RFC 4716"
ssh-keygen -e -m PKCS8 -f "$(pub rsa4)" >"$T/pkcs8"
refused unsupported_format "$T/pkcs8" "PKCS#8"
sed 's/AAAA/AAAB/' "$(pub theirs)" >"$T/blob"
refused invalid_key "$T/blob" "a blob that is none"
sed 's/ed25519/rsa/' "$(pub theirs)" >"$T/type"
refused invalid_key "$T/type" "a key that is not what it says"
tr '+/' '-_' <"$(pub rsa4)" >"$T/url"
is "another alphabet is refused" "$(ask POST $keys "$(a_key "$T/url" bad)")" 400
printf '%s \033[31mx' "$(cut -d ' ' -f 1,2 "$(pub theirs)")" >"$T/escape"
refused invalid_comment "$T/escape" "a comment with control bytes"
: >"$T/empty"
refused no_key "$T/empty" "nothing"
is "a line of 17 KiB" "$(head -c 17000 /dev/zero | tr '\0' a >"$T/long"
	ask POST $keys "$(a_key "$T/long" bad)")" 413
head -c 1048576 /dev/zero | tr '\0' a >"$T/huge"
a_key "$T/huge" bad >"$T/huge.json"
is "a mebibyte" "$(ask POST $keys "@$T/huge.json")" 413
is "a body that is no JSON" "$(ask POST $keys '{"key":')" 400
is "a member twice" "$(ask POST $keys '{"key":"a","key":"b","label":"x"}')" 400
is "no label" "$(ask POST $keys "$(jq -cn --rawfile k "$(pub theirs)" '{key: $k}')")" 400
is "an end in the past" "$(ask POST $keys \
	"$(a_key "$(pub theirs)" x '{"expires_on":"2001-01-01"}')")" 400
is "an address that is none" "$(ask POST $keys \
	"$(a_key "$(pub theirs)" x '{"allowed_cidrs":["10.0.0.1/8"]}')")" 400
prefixes() { # COUNT
	jq -cn --argjson n "$1" '{allowed_cidrs: [range($n) | "192.0.2.\(.)"]}'
}
is "33 addresses" "$(ask POST $keys "$(a_key "$(pub theirs)" x "$(prefixes 33)")")" 400
is "nothing of all that changed anything" "$(state)" "$before"
is "32 addresses" "$(ask POST $keys "$(a_key "$(pub theirs)" x "$(prefixes 32)")")" 200
is "gone again" "$(ask DELETE "$keys/$(of .id)")" 204
long=$(head -c 255 /dev/zero | tr '\0' L)
is "a label of 256 bytes" "$(ask POST $keys "$(a_key "$(pub theirs)" "${long}L")")" 400
is "of 255" "$(ask POST $keys "$(a_key "$(pub theirs)" "$long")")" 200
is "gone as well" "$(ask DELETE "$keys/$(of .id)")" 204
is "text in a label is only text" "$(ask POST $keys \
	"$(a_key "$(pub theirs)" "'; drop table \$(id) <script> %s%n \${x}")"
	of .label)" "200'; drop table \$(id) <script> %s%n \${x}"
is "gone, too" "$(ask DELETE "$keys/$(of .id)")" 204
i=1
while [ $i -lt 101 ]; do
	i=$((i + 1))
	ssh-keygen -q -t ed25519 -N '' -C "p$i" -f "$T/p$i" </dev/null
	status=$(ask POST /users/me/ssh-keys "$(a_key "$T/p$i.pub" "p$i")")
	[ $i -ne 100 ] || is "the hundredth key of a user" "$status" 201
	[ $i -ne 101 ] || is "the next is one too many" "$status" 400
done
is "a hundred are there" "$(ask GET '/users/me/ssh-keys?pagelen=100'
	of '"\(.size) \(.values | length)"')" '200100 100'
is "101 to a page are not" "$(ask GET '/users/me/ssh-keys?pagelen=101')" 400

# --- two accounts -------------------------------------------------------------
is "another account" "$(api POST /accounts \
	'{"slug":"den","owner_email":"bear@den.example"}')" 201
bear=x:$(of .apikey)
who=$bear
is "has a repository of the same name" "$(ask POST /repositories/den/app)" 200
is "and a key" "$(ask POST /repositories/den/app/deploy-keys \
	"$(a_key "$(pub theirs)" theirs)")" 200
theirs=$(of .id)
who=$owl
before=$(state)
who=$bear
alike() { # METHOD PATH with X for the name [JSON]
	there=$(ask "$1" "$(echo "$2" | sed s/X/nest/)" ${3:+"$3"}; of .error.message)
	nowhere=$(ask "$1" "$(echo "$2" | sed s/X/ghost/)" ${3:+"$3"}; of .error.message)
	is "$1 $2: theirs and nobody's look alike" \
		"$(echo "$there" | sed s/nest/X/)" "$(echo "$nowhere" | sed s/ghost/X/)"
	like "  and are not found" "$there" '^404'
}
alike GET /workspaces/X
alike GET /workspaces/X/projects
alike GET /workspaces/X/deploy-keys
alike POST /workspaces/X/projects '{"key":"EVIL"}'
alike GET /workspaces/X/projects/ops/deploy-keys
alike GET /repositories/X
alike GET /repositories/X/app
alike POST /repositories/X/evil '{}'
alike PUT /repositories/X/app '{"slug":"evil"}'
alike DELETE /repositories/X/app
alike GET /repositories/X/app/deploy-keys
alike POST /repositories/X/app/deploy-keys "$(a_key "$(pub rsa)" evil)"
alike GET "/repositories/X/app/deploy-keys/$web"
alike PUT "/repositories/X/app/deploy-keys/$web" '{"label":"evil"}'
alike DELETE "/repositories/X/app/deploy-keys/$web"
alike POST "/repositories/X/app/deploy-keys/$web/rotate" \
	"$(a_key "$(pub rsa)" evil)"
for path in "/repositories/den/app/deploy-keys/$web" \
	"/repositories/den/app/deploy-keys/$lib"; do
	is "a number of somebody else's" "$(ask GET "$path")$(
		ask PUT "$path" '{"label":"evil"}')$(ask DELETE "$path")" 404404404
done
is "nor somebody else's own key" "$(ask DELETE "/users/me/ssh-keys/$(
	echo "$mine" | tr -d '{}')")" 404
who=$owl
is "one's own keys by another's repository" "$(ask GET \
	"/repositories/nest/lib/deploy-keys/$web")$(ask DELETE \
	"/repositories/nest/lib/deploy-keys/$web")$(ask DELETE \
	"/workspaces/nest/projects/ops/deploy-keys/$web")" 404404404
is "or by number alone" "$(ask GET "$keys/$theirs")" 404
is "nothing changed" "$(state)" "$before"
is "somebody else's key is in use, and whose is not said" \
	"$(ask POST /users/me/ssh-keys "$(a_key "$(pub theirs)" x)"
	grep -ci -e den -e bear "$T/body")" 4000

# --- who may see and who may change -------------------------------------------
is "a reader" "$(api POST /users '{"email":"ann@nest.example",
	"roles":["Reader"]}')" 201
ann=$(of .id)
is "with a key" "$(api POST "/users/$ann/api-keys" '{"name":"k"}')" 201
who=ann:$(of .apikey)
is "sees the repository" "$(ask GET $app)" 200
is "but not its keys" "$(ask GET $keys)" 403
is "which is said in JSON" "$(of .type)" error
is "and changes nothing" "$(ask DELETE $app)$(ask PUT $app '{"slug":"x"}')$(
	ask POST /repositories/nest/x)$(ask DELETE "$keys/$web")" 403403403403
who=token:$(latchkey cr namespace-add birds >/dev/null; token)
is "a registry token opens nothing here" "$(ask GET /user)" 401
like "and is told what does" "$(head_of www-authenticate)" '^Basic realm="latchkey"'

# --- smart HTTP can be closed -------------------------------------------------
who=$owl
is "clone addresses" "$(ask GET $app; of '.links.clone | map(.name) | join(" ")')" \
	'200https ssh'
is "smart HTTP is closed" "$(api PUT /accounts/nest '{"git_http":false}'
	of .git_http)" 200false
audited "which is in the trail" account.update done ''
is "its address is gone" "$(ask GET $app; of '.links.clone | map(.name) | join(" ")')" \
	'200ssh'
is "it is shown" "$(api GET /accounts/nest; of .git_http)" 200false
is "a setting that is none" "$(api PUT /accounts/nest '{"git_http":"no"}')" 400
who=$bear
is "by who may" "$(api PUT /accounts/nest '{"git_http":true}')" 403
finish
