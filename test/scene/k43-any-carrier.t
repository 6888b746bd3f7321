# The same right over whichever carrier: what an API key may, its access token
# may, and no more; each route of key pairs and servers, for everybody.
. "$(dirname "$0")/lib.sh"
serve
cd "$T" || exit 99
owner=$(key_in "$T/apikey")
P=/latchkey/v1/projects/nest/default
own() { # METHOD PATH [JSON], by the owner: the status
	http "$1" "$2" -u "iamapikey:$owner" \
		${3:+-H "Content-Type: application/json"} ${3:+-d "$3"}
}
of() { # FILTER: from the last reply's body
	jq -r "$1" "$T/body"
}

# --- who asks: a line "NAME CARRIER AUTHORIZATION" each
basic() { # USER SECRET
	printf 'Basic %s' "$(printf %s:%s "$1" "$2" | base64 -w 0)"
}
carriers() { # NAME API-KEY
	echo "$1 key $(basic iamapikey "$2")"
	echo "$1 token Bearer $(curl -s -u bx:bx "$URL/identity/token" \
		-d grant_type=urn:ibm:params:oauth:grant-type:apikey \
		--data-urlencode "apikey=$2" | jq -r .access_token)"
}
someone() { # NAME ROLE...: with a key and a password
	name=$1
	shift
	own POST /latchkey/v1/users "$(jq -n --arg name "$name" \
		'{email: ($name + "@nest.example"), password: "a long password",
		roles: $ARGS.positional}' --args "$@")" >/dev/null
	id=$(of .id)
	own POST "/latchkey/v1/users/$id/api-keys" '{"name":"k"}' >/dev/null
	carriers "$name" "$(of .apikey)"
	echo "$name password Bearer $(curl -s -u bx:bx "$URL/identity/token" \
		-d grant_type=password -d "username=$name@nest.example" \
		--data-urlencode "password=a long password" | jq -r .access_token)"
}
{
	carriers owner "$owner"
	someone reader Reader
	someone writer Writer
	someone manager Manager
	someone administrator Administrator
	someone viewer Viewer
	own POST /latchkey/v1/accounts \
		'{"slug":"other","owner_email":"o@other.example"}' >/dev/null
	carriers stranger "$(of .apikey)"
} >"$T/subjects"
make_key thing
line=$(cut -d ' ' -f 1,2 "$HOME/.ssh/thing.pub")
pair() { # NAME, by the owner: its status
	own POST $P/keypairs "{\"name\":\"$1\",\"public_key\":\"$line\"}"
}
is "a pair" "$(pair thing)$(pair other)" 201201
is "a server" "$(own POST $P/servers '{"name":"web","keypair":"thing"}')" 201
seed=$(of .seed.url | cut -d / -f 5)
machine=$(curl -s -X POST "$URL/metadata/$seed/enrol")
login
registry=$(token --readwrite)
identity=$(curl -s -G -u "iamapikey:$owner" -d service=registry \
	-d offline_token=true "$URL/oauth/token" | jq -r .refresh_token)
refresh=$(refresh_token)
{ # None of these is a carrier here, whoever's it is.
	echo "nobody none "
	echo "wrong key $(basic iamapikey lk_a_nothing)"
	echo "wrong token Bearer ${registry%????}"
	for secret in "$registry" "$identity" "$refresh" "$seed" "$machine"; do
		echo "$(printf %.5s "$secret") token Bearer $secret"
		for user in iamapikey iambearer iamrefresh token; do
			echo "$(printf %.5s "$secret") $user $(basic $user "$secret")"
		done
	done
	echo "owner iambearer $(basic iambearer "$(sed -n \
		's/^owner token Bearer //p' "$T/subjects")")"
	echo "owner token-as-key $(basic iamapikey "$(sed -n \
		's/^owner token Bearer //p' "$T/subjects")")"
	echo "owner key-as-token Bearer $owner"
} >"$T/nobodies"

# --- what they ask: METHOD ROUTE PATH BODY, and how are answered: owner, reader,
# writer, manager, administrator, viewer, stranger. "%s" is a name of its own. An
# administrator has to do with servers alone; whoever may list neither is told
# that nothing is there.
cat >"$T/routes" <<'EOF'
GET /keypairs /keypairs - 200 200 200 200 403 404 404
GET /keypairs/{name} /keypairs/thing - 200 200 200 200 404 404 404
GET /keypairs/{name}/servers /keypairs/thing/servers - 200 200 200 200 404 404 404
POST /keypairs /keypairs {"name":"%s"} 201 403 201 201 403 404 404
POST /keypairs /keypairs IMPORT 201 403 201 201 403 404 404
DELETE /keypairs/{name} /keypairs/%s - 204 403 403 204 404 404 404
GET /servers /servers - 200 200 200 200 200 404 404
GET /servers/{name} /servers/web - 200 200 200 200 200 404 404
GET /servers/{name}/keys /servers/web/keys - 200 200 200 200 200 404 404
POST /servers /servers {"name":"%s","keypair":"thing"} 201 403 201 201 201 404 404
PUT /servers/{name}/keypair /servers/%s/keypair {"keypair":"other"} 200 403 403 403 200 404 404
POST /servers/{name}/seed /servers/%s/seed {} 200 403 403 403 200 404 404
DELETE /servers/{name} /servers/%s - 204 403 403 403 204 404 404
EOF
is "these are all routes" "$(awk '{ print tolower($1), $2 }' "$T/routes" |
	sort -u)" "$(jq -r '.paths | to_entries[] | .key as $path |
	select($path | test("^/latchkey/v1/projects/")) | .value | keys[] |
	"\(.) \($path[41:])"' "$ROOT/doc/openapi.json" | sort)"

fill() { # TEXT NAME: with the name in place of "%s"
	case $1 in
	*%s*) printf '%s%s%s' "${1%%\%s*}" "$2" "${1#*\%s}" ;;
	*) printf %s "$1" ;;
	esac
}
: >"$T/count"
show() { # AUTHORIZATION, METHOD PATH BODY as in the table: the status
	echo >>"$T/count"
	thing=x-$(wc -l <"$T/count") body=$4
	# What is there for a question that may end it.
	case "$2 $3" in
	'DELETE /keypairs/'*) pair "$thing" >/dev/null ;;
	*' /servers/%s'*) own POST $P/servers \
		"{\"name\":\"$thing\",\"keypair\":\"thing\"}" >/dev/null ;;
	esac
	[ "$body" != IMPORT ] || body="{\"name\":\"%s\",\"public_key\":\"$line\"}"
	[ "$body" != - ] || body=''
	http "$2" "$P$(fill "$3" "$thing")" ${1:+-H "Authorization: $1"} \
		${body:+-H "Content-Type: application/json"} \
		${body:+-d "$(fill "$body" "$thing")"}
}
# The answer without what is of this one question: its names, numbers and times.
plain() {
	jq -S 'def drop: del(.request_id?, .id?, .name?, .comment?, .key?, .seed?,
		.created_at?, .created_by?, .private_key?, .public_key?, .randomart?,
		.fingerprint_sha256?, .fingerprint_md5?, .from?, .by?, .next?);
		if has("error") then .error |= drop
		elif has("servers") and (.servers | type == "array") then keys
		elif has("keypairs") or has("keys") then keys
		else drop end' "$T/body" 2>/dev/null
}
while read -r method shown where body o r w m a v s; do
	route="$method $shown" was='' answer=''
	[ "$body" != IMPORT ] || route="$route, an import"
	got='' differ=''
	wanted="owner:$o reader:$r writer:$w manager:$m administrator:$a viewer:$v stranger:$s"
	while read -r name carrier auth; do
		status=$(show "$auth" "$method" "$where" "$body")
		said="$status $(plain | sha256sum)"
		if [ "$name" = "$was" ]; then
			[ "$said" = "$answer" ] || differ="$differ $name-$carrier"
		else
			got="$got $name:$status"
			was=$name answer=$said
		fi
	done <"$T/subjects"
	is "$route: who is answered how" "${got# }" "$wanted"
	is "  and alike over each carrier" "$differ" ""
	opened=''
	while read -r name carrier auth; do
		status=$(show "$auth" "$method" "$where" "$body")
		case $status in
		401 | 429) ;;
		*) opened="$opened $name-$carrier:$status" ;;
		esac
	done <"$T/nobodies"
	is "  and nobody else" "$opened" ""
done <"$T/routes"

# --- the doors of machines: a seed in its path, a credential as bearer, nothing
# else, whoever it is.
meets() { # METHOD PATH: the statuses that everybody gets
	while read -r name carrier auth; do
		case $2-$name in
		/machine/*-lk_m_) [ "$carrier" != token ] || continue ;;
		esac
		http "$1" "$2" ${auth:+-H "Authorization: $auth"}
		echo
	done <"$T/nobodies" | sort -u | tr '\n' ' '
	while read -r name carrier auth; do
		http "$1" "$2" -H "Authorization: $auth"
		echo
	done <"$T/subjects" | sort -u | tr '\n' ' '
}
like "the machine's question is nobody's else" \
	"$(meets GET /machine/v1/authorized-keys)" '^((401|404|429) )+$'
for what in meta-data user-data vendor-data; do
	like "nor is a first boot's: $what" "$(meets GET "/metadata/x/$what")" \
		'^((404|429) )+$'
	for secret in "$owner" "$machine" "$registry" "$refresh"; do
		like "  with another secret in its place: $(printf %.5s "$secret")" \
			"$(http GET "/metadata/$secret/$what")" '^(404|429)$'
	done
	is "  which opens whatever else is shown" "$(while read -r name carrier auth; do
		http GET "/metadata/$seed/$what" ${auth:+-H "Authorization: $auth"}
		echo
	done <"$T/nobodies" | sort -u)" 200
done
is "and the machine's own opens it" "$(http GET /machine/v1/authorized-keys \
	-H "Authorization: Bearer $machine")" 200
is "only as a bearer" "$(http GET /machine/v1/authorized-keys \
	-H "Authorization: $(basic token "$machine")")" 401
finish
