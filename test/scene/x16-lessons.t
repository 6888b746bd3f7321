# What befell others: published faults of registries, token libraries and password
# checks, one row after another, each tried here. A row that another scene has whole
# names that scene.
. "$(dirname "$0")/lib.sh"
with_clock
serve
login
. "$(dirname "$0")/oci.sh"
rw=$(token --readwrite)
rss() { # the most memory that the daemon ever had, in KiB
	awk '/^VmHWM/ { print $2 }' "/proc/$daemon/status"
}
grown() { # DESCRIPTION BEFORE KIB: it has not grown by more
	grew=$(($(rss) - $2))
	[ "$grew" -lt "$3" ]
	ok $? "$1"
	echo "# grown by $grew KiB"
}
send() { # METHOD PATH JSON [ARGUMENT of curl]...: as the owner
	method=$1 path=$2 data=$3
	shift 3
	ask "$method" "$path" -H 'Content-Type: application/json' -d "$data" "$@"
}
of() { # FILTER of the last reply
	jq -r "$1" "$T/body"
}
ask GET /latchkey/v1/whoami >/dev/null
account=$(of .account) me=$(of .identity)
for name in one two; do
	echo $name >"$T/$name"
	push_blob birds/robin "$T/$name"
	manifest "$T/m-$name" "$(desc $OCI.config.v1+json "$T/$name")" ""
	push_manifest birds/robin $name "$T/m-$name"
done
one=$(sum "$T/m-one") two=$(sum "$T/m-two")
reader=crn:v1:bluemix:public:iam::::serviceRole:Reader
writer=crn:v1:bluemix:public:iam::::serviceRole:Writer
policy_of() { # SUBJECT-KEY SUBJECT ROLE NAMESPACE
	jq -n --arg key "$1" --arg subject "$2" --arg role "$3" --arg ns "$4" \
		--arg account "$account" '
		def is(k; v): {key: k, operator: "stringEquals", value: v};
		{type: "access", subject: {attributes: [is($key; $subject)]},
		 resource: {attributes: [is("accountId"; $account),
			is("serviceName"; "container-registry"),
			is("resourceType"; "namespace"), is("resource"; $ns)]},
		 control: {grant: {roles: [{role_id: $role}]}}}'
}
service() { # NAME: $robot, its iam id, and $robot_key
	send POST /v1/serviceids '{"account_id":"'"$account"'","name":"'"$1"'",
		"apikey":{"name":"first"}}' >/dev/null
	robot=$(of .iam_id) robot_key=$(of .apikey.apikey)
}

# CVE-2023-2253, GHSA-hqxw-f8mx-cpmw: memory for as many rows as a page was asked for.
push_blob birds/many "$T/one"
for ten in $(seq 1001 | sed 's/^/tag=t/' | paste -d '&' - - - - - - - - - - | sed 's/&*$//'); do
	push_manifest birds/many "$one?$ten" "$T/m-one"
done
manifest "$T/refers" "$(desc $OCI.config.v1+json "$T/one")" "" \
	",\"subject\":$(desc $OCI.manifest.v1+json "$T/m-one")"
push_manifest birds/many "$(sum "$T/refers")" "$T/refers"
lists="/v2/_catalog /v2/birds/many/tags/list /v2/birds/many/referrers/$one"
for n in 1 2 3 4 5 6 7 8; do
	for list in $lists; do
		ask GET "$list?n=1000"
	done
done >/dev/null
before=$(rss)
for list in $lists; do
	for n in 2147483647 4294967296 18446744073709551615 99999999999999999999; do
		is "2023-2253 n=$n of $list" "$(ask GET "$list?n=$n")" 200
	done
	for n in -1 x 1e9 0x10 1.5 %201 ''; do
		is "2023-2253 n=$n is no number" "$(ask GET "$list?n=$n")" 400
	done
done
is "2023-2253 a page has an end" "$(ask GET '/v2/birds/many/tags/list?n=2147483647' \
	>/dev/null; of '.tags | length'; head_of link)" "1000
</v2/birds/many/tags/list?n=1000&last=t998>; rel=\"next\""
# A pointer for each of 2147483647 rows would be 16 GiB; what the allocator keeps from
# one request to the next is a few MiB.
grown "2023-2253 no memory for as many rows" "$before" 32768

# CVE-2021-41190, GHSA-mc8v-mgrf-8f4m: a document that is both. x04-manifests.t has what else a
# manifest must not say.
both=$(jq -c '.manifests = [] | del(.mediaType)' "$T/m-one")
for type in $OCI.manifest.v1+json $OCI.index.v1+json \
	application/vnd.docker.distribution.manifest.v2+json \
	application/vnd.docker.distribution.manifest.list.v2+json; do
	printf %s "$both" >"$T/both"
	push_manifest birds/robin both "$T/both" $type
	is "2021-41190 both, as ${type#application/vnd.}" "$status$(errors)" 400MANIFEST_INVALID
done
printf '{"schemaVersion":2,"manifests":[]}' >"$T/bare"
push_manifest birds/robin bare "$T/bare" $OCI.index.v1+json
is "2021-41190 one that says no type" "$status" 201
push_manifest birds/robin bare "$T/bare" \
	application/vnd.docker.distribution.manifest.list.v2+json
is "2021-41190 once more, as another" "$status" 400
is "2021-41190 is of the type it came with" "$(ask GET /v2/birds/robin/manifests/bare \
	>/dev/null; head_of content-type)" $OCI.index.v1+json

# CVE-2025-24976, GHSA-phw4-mc57-4hwc: a token that brings its own key. i12-forged-tokens.t
# (4.6/3) has access tokens; these are the registry's own bearers.
b64() {
	base64 -w 0 | tr '+/' '-_' | tr -d =
}
part() { # NUMBER: of the bearer, decoded
	printf %s "$good" | jq -Rr --argjson n "$1" 'split(".")[$n] |
		gsub("-"; "+") | gsub("_"; "/") | @base64d'
}
good=$(bearer token "$rw" repository:birds/robin:pull)
robin=/v2/birds/robin/manifests/one
is "2025-24976 the bearer is good" "$(http GET $robin -H "Authorization: Bearer $good")" 200
own=$(printf %032d 7)
for more in "{\"jwk\":{\"kty\":\"oct\",\"k\":\"$(printf %s "$own" | b64)\"}}" \
	'{"jku":"http://127.0.0.1:1/keys"}' '{"x5u":"http://127.0.0.1:1/x"}' '{"x5c":["AAAA"]}' '{}'; do
	input=$(part 0 | jq -c ". + $more" | tr -d '\n' | b64).$(part 1 | b64)
	forged=$input.$(printf %s "$input" | openssl dgst -sha256 -hmac "$own" -binary | b64)
	is "2025-24976 one with $(printf %.6s "$more")" \
		"$(http GET $robin -H "Authorization: Bearer $forged"; errors)" 401UNAUTHORIZED
	like "  is told why" "$(head_of www-authenticate)" 'error="invalid_token"'
done

# CVE-2026-35172: what was deleted here was read again because it was pulled there.
want "a namespace" latchkey cr namespace-add bees
for repo in birds/owl bees/owl; do
	push_blob $repo "$T/one"
	push_manifest $repo 1 "$T/m-one"
	push_blob $repo "$T/two"
done
blob=$(sum "$T/two")
A=/v2/birds/owl B=/v2/bees/owl
warm() {
	for repo in $A $B; do
		ask GET "$repo/blobs/$blob"
		ask GET "$repo/manifests/$one"
	done
}
is "2026-35172 both are there" "$(warm)" 200200200200
is "2026-35172 one goes" "$(ask DELETE "$A/blobs/$blob"; ask DELETE "$A/manifests/$one")" 202202
away() { # DESCRIPTION
	for verb in GET HEAD; do
		is "2026-35172 $1: $verb" "$(ask $verb "$A/blobs/$blob"
			ask $verb "$A/manifests/$one"; ask $verb "$A/manifests/1")" 404404404
	done
}
away "at once"
is "2026-35172 it is pulled there" "$(ask GET "$B/blobs/$blob"; ask GET "$B/manifests/$one")" 200200
away "after that"
restart
away "after a start"
is "2026-35172 it is pulled there" "$(ask GET "$B/blobs/$blob"; ask GET "$B/manifests/$one")" 200200
away "and after that"

# CVE-2026-41888: one route did not ask the switch. Tags that stay, by every way to move
# one; o34-immutable-tags.t has the command line, i42-policy-cli.t endless credentials.
is "2026-41888 an image goes to the bin" "$(push_manifest birds/robin back "$T/m-two"
	ask DELETE "/v2/birds/robin/manifests/$two")" 202
push_manifest birds/robin back "$T/m-one"
push_manifest birds/robin other "$T/m-one"
manifest "$T/m-both" "$(desc $OCI.config.v1+json "$T/one")" "" ',"annotations":{"a":"b"}'
push_manifest birds/robin third "$T/m-both"
third=$(sum "$T/m-both")
is "2026-41888 the switch" "$(options '{"immutable_tags":true}')" 200
stays() { # DESCRIPTION STATUS METHOD PATH [ARGUMENT of curl]...
	what=$1 expected=$2
	shift 2
	is "2026-41888 $what" "$(ask "$@")" "$expected"
	is "2026-41888   and it is where it was" "$(ask HEAD /v2/birds/robin/manifests/back \
		>/dev/null; head_of docker-content-digest)" "$one"
}
type="Content-Type: $OCI.manifest.v1+json"
stays "by its name" 403 PUT /v2/birds/robin/manifests/back -H "$type" --data-binary "@$T/m-both"
stays "by the digest" 403 PUT "/v2/birds/robin/manifests/$third?tag=back" \
	-H "$type" --data-binary "@$T/m-both"
stays "by another digest" 403 PUT \
	"/v2/birds/robin/manifests/$(sum "$T/m-both" sha512)?tag=new&tag=back" \
	-H "$type" --data-binary "@$T/m-both"

stays "by a copy of a tag" 409 POST \
	"/api/v1/images/tags?fromimage=$HOST/birds/robin:third&toimage=$HOST/birds/robin:back" \
	-H "Account: $account"
stays "by a copy of a digest" 409 POST \
	"/api/v1/images/tags?fromimage=$HOST/birds/robin@$third&toimage=$HOST/birds/robin:back" \
	-H "Account: $account"
stays "out of the bin" 409 POST "/api/v1/trash/$HOST/birds/robin:back/restore" -H "Account: $account"
stays "out of the bin with all tags" 200 POST \
	"/api/v1/trash/$HOST/birds/robin@$two/restoretags" -H "Account: $account"
is "2026-41888   which says so" "$(ask HEAD /v2/birds/robin/manifests/two >/dev/null
	head_of docker-content-digest)" "$two"
is "the switch is off" "$(options '{"immutable_tags":false}')" 200

# CVE-2024-39897, GHSA-55r9-5mx9-qq7r: whoever knew a digest had the blob. o14-mount.t and
# c03-whose-token.t have another account; this one is of the same.
service narrow
narrow=$robot narrow_key=$robot_key
is "2024-39897 a policy for bees alone" \
	"$(send POST /v2/policies "$(policy_of iam_id "$narrow" $writer bees)")" 201
blob=$(sum "$T/m-both")
push_blob birds/robin "$T/m-both"
is "2024-39897 it pushes there" "$(http POST /v2/bees/n/blobs/uploads/ -u "iamapikey:$narrow_key")" 202
is "2024-39897 and pulls nothing here" "$(http HEAD "/v2/birds/robin/blobs/$blob" \
	-u "iamapikey:$narrow_key")" 403
for from in '&from=birds/robin' '' '&from=birds/none'; do
	is "2024-39897 mounts nothing ($from)" "$(http POST \
		"/v2/bees/n/blobs/uploads/?mount=$blob$from" -u "iamapikey:$narrow_key" \
		-H 'Content-Length: 0')" 202
	is "2024-39897 has nothing ($from)" "$(http HEAD "/v2/bees/n/blobs/$blob" \
		-u "iamapikey:$narrow_key")" 404
done

# CVE-2026-31801: the tag that everybody has was asked for by the wrong right. To push is
# one right here; who has it not moves no tag, by whichever name.
service looker
is "2026-31801 somebody who pulls" \
	"$(send POST /v2/policies "$(policy_of iam_id "$robot" $reader birds)")" 201
push_manifest birds/robin latest "$T/m-one"
for at in latest one new "$third?tag=latest" "$third?tag=new" "$third"; do
	is "2026-31801 does not push $(printf %.24s "$at")" "$(http PUT "/v2/birds/robin/manifests/$at" \
		-u "iamapikey:$robot_key" -H "$type" --data-binary "@$T/m-both"; errors)" 403DENIED
done
is "2026-31801 nor copies" "$(http POST \
	"/api/v1/images/tags?fromimage=$HOST/birds/robin:third&toimage=$HOST/birds/robin:latest" \
	-H "Account: $account" -u "iamapikey:$robot_key")" 403
is "2026-31801 nor deletes" "$(http DELETE /v2/birds/robin/manifests/latest \
	-u "iamapikey:$robot_key"; errors)" 403DENIED
is "2026-31801 latest is what it was" "$(ask HEAD /v2/birds/robin/manifests/latest >/dev/null
	head_of docker-content-digest)" "$one"

# CVE-2025-23208, GHSA-c9p4-xwr9-rfhx: who was taken out of a group stayed in it.
# i30-felt-at-once.t has each change at each door; here what is kept is what was given.
service first
a=$robot a_key=$robot_key
service second
b=$robot b_key=$robot_key
is "2025-23208 a group" "$(send POST "/v2/groups?account_id=$account" '{"name":"pullers"}')" 201
group=$(of .id)
is "2025-23208 with a policy" \
	"$(send POST /v2/policies "$(policy_of access_group_id "$group" $reader birds)")" 201
policy=$(of .id)
pulls() { # KEY
	http GET $robin -u "iamapikey:$1"
}
members() {
	ask GET "/v2/groups/$group/members" >/dev/null
	of '[.members[].iam_id] | sort | join(" ")'
}
send PUT "/v2/groups/$group/members" '{"members":[{"iam_id":"'"$a"'","type":"service"},
	{"iam_id":"'"$b"'","type":"service"}]}' >/dev/null
is "2025-23208 two pull" "$(pulls "$a_key")$(pulls "$b_key")" 200200
held=$(bearer iamapikey "$a_key" repository:birds/robin:pull)
is "2025-23208 one leaves" "$(ask DELETE "/v2/groups/$group/members/$a")" 204
is "2025-23208 and pulls no more, the other does" "$(pulls "$a_key")$(pulls "$b_key")" 403200
is "2025-23208 nor with a bearer" "$(http GET $robin -H "Authorization: Bearer $held")" 403
is "2025-23208 the other is the list" "$(members)" "$b"
is "2025-23208 the policy is put for one" "$(send PUT "/v2/policies/$policy" \
	"$(policy_of iam_id "$a" $reader birds)" -H 'If-Match: *')" 200
is "2025-23208 and is nobody else's" "$(pulls "$a_key")$(pulls "$b_key")" 200403

# zot #4161: the wrong action for a method: i50-matrix.t, by a table written by hand.

# CVE-2026-32589: upload sessions of others. x07-uploads.t has other places and accounts.
is "2026-32589 somebody who pushes" \
	"$(send POST /v2/policies "$(policy_of iam_id "$narrow" $writer birds)")" 201
begin birds/robin
for how in "iamapikey:$narrow_key" "iamapikey:$a_key" "token:$rw"; do
	for verb in GET HEAD PATCH PUT DELETE; do
		at=$session
		[ $verb != PUT ] || at=$(close_at "$session" "$(sum "$T/one")")
		got=$(http $verb "$at" -u "$how" -H "Content-Type: $octets" \
			$([ "${verb#P}" = $verb ] || echo --data-binary "@$T/one"))
		[ $verb = HEAD ] || got=$got$(errors)
		want=404
		[ $verb = HEAD ] || want=404BLOB_UPLOAD_UNKNOWN
		# Who may not push there at all is told that, of any session.
		case $how,$verb in
		*"$a_key",HEAD) want=403 ;;
		*"$a_key",*) want=403DENIED ;;
		esac
		is "2026-32589 another's session: $verb by ${how%%:*}" "$got" $want
	done
done
is "2026-32589 it is untouched" "$(ask GET "$session"; head_of range)" 2040-0

# CVE-2026-2376: redirects followed to inside. The daemon calls nobody (src/ARROWS);
# k20-key-client.t has the client that does.

# CVE-2022-31666 to -31671: a child's id was looked up without asking whose it is. Under
# what is one's own stands what is another account's: nothing is there, nothing changes.
is "2022-31667 another account" "$(send POST /latchkey/v1/accounts \
	'{"slug":"den","owner_email":"bear@den.example"}')" 201
den=$(of .account.id) bear_key=$(of .apikey)
bear() { # METHOD PATH [JSON]
	http "$1" "$2" -u "iamapikey:$bear_key" \
		${3:+-H "Content-Type: application/json" -d} ${3:+"$3"}
}
bear GET /latchkey/v1/whoami >/dev/null
bear_id=$(of .identity)
bear GET "/v1/apikeys?account_id=$den&iam_id=$bear_id" >/dev/null
their_key=$(of '.apikeys[0].id')
bear POST /v1/serviceids '{"account_id":"'"$den"'","name":"cub"}' >/dev/null
their_service=$(of .id) their_robot=$(of .iam_id)
bear POST "/v2/groups?account_id=$den" '{"name":"bears"}' >/dev/null
their_group=$(of .id)
bear POST /v2/policies "$(policy_of iam_id "$their_robot" $reader bears | sed "s/$account/$den/")" \
	>/dev/null
their_policy=$(of .id)
bear POST /v2/roles '{"name":"Looker","display_name":"L","account_id":"'"$den"'",
	"service_name":"container-registry","actions":["container-registry.image.pull"]}' >/dev/null
their_role=$(of .id)
bear POST /2.0/repositories/den/cave '{}' >/dev/null
make_key web
bear POST /2.0/repositories/den/cave/deploy-keys "$(jq -n --rawfile key "$HOME/.ssh/web.pub" \
	'{key: ($key | rtrimstr("\n")), label: "web"}')" >/dev/null
their_deploy=$(of .id)
bear PUT /api/v1/namespaces/bears >/dev/null
bear POST /api/v1/tokens >/dev/null
their_token=$(of '._id // .id // .token_id')
bear POST "/v1/activity/accounts/$den/report" >/dev/null
their_report=$(of .reference)
bear POST /latchkey/v1/projects/den/default/keypairs '{"name":"paw"}' >/dev/null
for id in "$their_key" "$their_service" "$their_group" "$their_policy" "$their_role" \
	"$their_deploy" "$their_token" "$their_report"; do
	like "2022-31667 there is one" "$id" '^[A-Za-z0-9-]+$'
done
all_of_it() {
	for path in "/v1/apikeys/$their_key" "/v1/serviceids/$their_service" "/v2/groups/$their_group" \
		"/v2/groups/$their_group/members" "/v2/policies/$their_policy" "/v2/roles/$their_role" \
		/2.0/repositories/den/cave/deploy-keys /api/v1/retentions/bears \
		"/v2/accounts/$den/users/$bear_id" /latchkey/v1/projects/den/default/keypairs/paw; do
		printf '%s ' "$(bear GET "$path")"
		jq -cS 'del(.context, .trace, .transaction_id, .last_authn, .last_used)' "$T/body"
	done
}
all_of_it >"$T/theirs"
is "2022-31667 all is read by its owner" "$(grep -c '^200 ' "$T/theirs")" 10
repo_create nest >/dev/null
mine=/latchkey/v1/users/$me
foreign() { # STATUS METHOD PATH [JSON]
	like "2022-31667 $2 $(printf %s "$3" | sed "s,$account,MINE,; s,$me,ME,; s/[A-Za-z]*-*[0-9a-f]\{8\}-[0-9a-f-]*/ID/g")" \
		"$(ask "$2" "$3" -H "Account: $account" -H 'If-Match: *' \
			${4:+-H "Content-Type: application/json" -d} ${4:+"$4"})" "^($1)\$"
}
foreign 404 GET "$mine/api-keys/$their_key"
foreign 404 DELETE "$mine/api-keys/$their_key"
foreign 404 GET "/v1/apikeys/$their_key"
foreign 404 PUT "/v1/apikeys/$their_key" '{"name":"mine"}'
foreign 404 POST "/v1/apikeys/$their_key/lock"
foreign 404 POST "/v1/apikeys/$their_key/disable"
foreign 404 DELETE "/v1/apikeys/$their_key"
foreign 404 POST /v1/apikeys '{"name":"x","iam_id":"'"$bear_id"'","account_id":"'"$account"'"}'
foreign 404 POST /v1/apikeys '{"name":"x","iam_id":"'"$their_robot"'","account_id":"'"$account"'"}'
foreign 404 POST /v1/apikeys '{"name":"x","iam_id":"'"$me"'","replaces":"'"$their_key"'"}'
foreign 404 PUT "/v1/serviceids/$their_service" '{"name":"mine"}'
foreign 404 DELETE "/v1/serviceids/$their_service"
for verb in GET DELETE; do
	foreign 404 $verb "/v2/groups/$group/members/$their_robot"
	foreign 404 $verb "/v2/groups/$group/members/$bear_id"
	foreign 404 $verb "/v2/groups/$their_group/members/$a"
	foreign 404 $verb "/v2/accounts/$account/users/$bear_id"
	foreign 404 $verb "/2.0/repositories/nest/nest/deploy-keys/$their_deploy"
	foreign 404 $verb "/api/v1/tokens/$their_token"
	foreign 404 $verb /latchkey/v1/projects/nest/default/keypairs/paw
	for path in "/v2/groups/$their_group" "/v2/policies/$their_policy" "/v1/policies/$their_policy" \
		"/v2/roles/$their_role"; do
		foreign 404 $verb "$path"
	done
done
foreign 404 PATCH "/v2/accounts/$account/users/$bear_id" '{"firstname":"mine"}'
foreign 404 PATCH "/v2/groups/$their_group" '{"name":"mine"}'
foreign 404 PUT "/v2/groups/$their_group/members" '{"members":[{"iam_id":"'"$a"'","type":"service"}]}'
foreign 404 PUT "/v2/policies/$their_policy" "$(policy_of iam_id "$a" $reader birds)"
foreign 404 PUT "/v2/roles/$their_role" '{"display_name":"mine","actions":["container-registry.image.pull"]}'
# A reference is a span of time and is nobody's: what it shows is of the account asked.
foreign 200 GET "/v1/activity/accounts/$account/report/$their_report"
is "2022-31667 of whom nobody is shown" "$(grep -cE "$bear_id|$their_robot|$their_key|$den" "$T/body")" 0
# Whose a namespace is nobody learns: it is as one that is not there.
for name in bears ghosts; do
	foreign 403 GET /api/v1/retentions/$name
	foreign 403 POST /api/v1/retentions '{"namespace":"'$name'","images_per_repo":0}'
	foreign 403 POST /api/v1/retentions/analyze '{"namespace":"'$name'","images_per_repo":0}'
done
is "2022-31667 PUT into a group of one's own: nobody" "$(send PUT "/v2/groups/$group/members" \
	'{"members":[{"iam_id":"'"$their_robot"'","type":"service"}]}' >/dev/null; members)" "$b"
is "2022-31667 a policy for another's" "$(send POST /v2/policies \
	"$(policy_of access_group_id "$their_group" $reader birds)" | grep -E '^(400|403|404)$')" 400
all_of_it >"$T/after"
is "2022-31667 all is as it was" "$(diff "$T/theirs" "$T/after")" ""
is "2022-31667 and opens" "$(bear GET /latchkey/v1/whoami)" 200

# CVE-2024-22278: a weaker role wrote what a stronger one should: i50-matrix.t, where a
# route that the table lacks is a failure.

# CVE-2026-4404: a password that everybody knows. b01-first-start.t has the one API key.
enter() { # NAME PASSWORD [ARGUMENT of curl]...
	name=$1 password=$2
	shift 2
	http POST /identity/token -u bx:bx -d grant_type=password \
		--data-urlencode "username=$name" --data-urlencode "password=$password" "$@"
	errors
}
n=10
for word in ' ' admin password Harbor12345 owl@nest.example latchkey nest changeme; do
	n=$((n + 1))
	like "2026-4404 no password '$word'" \
		"$(enter owl@nest.example "$word" --interface 127.0.0.$n)" '^400BXNIM0602E$'
	is "2026-4404 nor at the registry" \
		"$(http GET /v2/ -u "owl@nest.example:$word" --interface 127.0.0.$n)" 401
done
is "2026-4404 nor an administrator" "$(enter admin admin --interface 127.0.0.30)" 400BXNIM0602E
is "2026-4404 nor at the registry" "$(http GET /v2/ -u admin:admin --interface 127.0.0.30)" 401

# CVE-2019-16097: "has_admin_role": true. x12-json.t and i20-policies-wire.t have what is
# refused at once and what is passed over; here, that nothing comes of it.
send POST "/v2/accounts/$account/users" \
	'{"users":[{"email":"wren@nest.example","account_role":"Member"}]}' >/dev/null
code=$(of '.resources[0].code') wren=$(of '.resources[0].id')
for more in '"roles":["Administrator"]' '"account_role":"Owner"' '"is_admin":true' \
	'"account":"den"' '"operator":true' '"iam_id":"'"$me"'"'; do
	is "2019-16097 accepted with $(printf %.15s "$more")" "$(http POST /latchkey/v1/invitations/accept \
		-H 'Content-Type: application/json' \
		-d '{"code":"'"$code"'","password":"correct horse",'"$more"'}')" 400
	is "2019-16097 a person with it" "$(send POST /latchkey/v1/users \
		'{"email":"x@nest.example","has_admin_role":true,'"$more"'}')" 400
done
is "2019-16097 without it she comes" "$(http POST /latchkey/v1/invitations/accept \
	-H 'Content-Type: application/json' -d '{"code":"'"$code"'","password":"correct horse"}')" 200
is "2019-16097 a service ID" "$(send POST /v1/serviceids '{"account_id":"'"$account"'","name":"evil",
	"roles":["Administrator"],"iam_id":"'"$me"'","is_admin":true,"policies":[{}],
	"apikey":{"name":"k","iam_id":"'"$me"'","roles":["Administrator"]}}')" 201
robot=$(of .iam_id) robot_key=$(of .apikey.apikey)
is "2019-16097 is itself, and its key is its own" "$(of "[.iam_id, .apikey.iam_id] |
	index(\"$me\")")$(of ".apikey.iam_id == .iam_id")" nulltrue
is "2019-16097 a key for it" "$(send POST /v1/apikeys '{"name":"k","iam_id":"'"$robot"'","account_id":"'"$account"'",
	"created_by":"'"$me"'","roles":["Administrator"],"actions":["*"]}')" 201
key_of_it=$(of .apikey)
is "2019-16097 a group" "$(send POST "/v2/groups?account_id=$account" '{"name":"evil",
	"members":[{"iam_id":"'"$robot"'","type":"service"}],"policies":[{}],"is_admin":true}' |
	grep -E '^(201|400)$')" 201
for value in "$robot_key" "$key_of_it"; do
	is "2019-16097 may nothing" "$(http GET $robin -u "iamapikey:$value"
		http GET "/v2/policies?account_id=$account" -u "iamapikey:$value" >/dev/null
		jq -r '.policies // [] | length' "$T/body"
		http PUT /api/v1/namespaces/evil -u "iamapikey:$value" -H "Account: $account")" \
		"4030
403"
done
is "2019-16097 nor does she" "$(http POST /identity/token -u bx:bx -d grant_type=password \
	-d username=wren@nest.example -d 'password=correct horse' >/dev/null
	access=$(of .access_token)
	http GET $robin -u "iambearer:$access"
	http PUT "/v1/accounts/$account/settings/identity" -H "Authorization: Bearer $access" \
		-H 'If-Match: *' -H 'Content-Type: application/json' -d '{"mfa":"NONE"}')" 403403

# CVE-2023-20902: secrets compared in variable time: no scene can tell.
# CVE-2023-4956 and -4959: x13-host-origin.t.
# CVE-2024-3727, GHSA-6wvf-f2vw-3425: digests that are paths: x03-names-and-digests.t.

# CVE-2025-30204, GHSA-mh63-6h87-95cp, and CVE-2025-27144, GHSA-c6gw-w398-hv78: a token of
# dots. x05-tokens.t (4.6/6) has fewer.
head -c 1048576 /dev/zero | tr '\0' . >"$T/dots"
dots() { # BYTES PATH SCHEME: the status of a token of so many
	{
		printf 'GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\nAuthorization: %s ' \
			"$2" "$HOST" "$3"
		head -c "$1" "$T/dots"
		printf '\r\n\r\n'
	} | timeout 30 raw -t 8000 "$HOST" 2>/dev/null |
		sed -n '1s/^HTTP.1.1 \([0-9]*\).*/\1/p'
}
dots 8000 $robin Bearer >/dev/null
before=$(rss)
for door in $robin /v1/apikeys /latchkey/v1/whoami /2.0/user /api/v1/namespaces; do
	for scheme in Bearer Basic; do
		is "2025-30204 a MiB of dots: $scheme at $door" "$(dots 1048576 $door $scheme)" 431
		is "2025-30204 8000 of them" "$(dots 8000 $door $scheme)" 401
	done
done
head -c 60000 "$T/dots" >"$T/few"
for field in refresh_token apikey passcode; do
	grant=$field
	[ $field = refresh_token ] || grant=urn:ibm:params:oauth:grant-type:$field
	is "2025-30204 60000 as $field" "$(http POST /identity/token -u bx:bx -d "grant_type=$grant" \
		--data-urlencode "$field@$T/few")" 400
	is "2025-30204 a MiB as $field" "$(http POST /identity/token -u bx:bx -d "grant_type=$grant" \
		--data-urlencode "$field@$T/dots")" 413
done
# Two words for each dot of a MiB would be 16.
grown "2025-30204 no memory for each dot" "$before" 8192

# zot #3977, #3978: bodies without an end. x04-manifests.t has the 4 MiB of a manifest and
# a byte more, x12-json.t a MiB at each door.
for path in /v1/apikeys "/latchkey/v1/users/$me/api-keys"; do
	for more in 0 1; do
		printf '{"name":"large","iam_id":"%s","account_id":"%s"' "$me" "$account" >"$T/key"
		[ $path = /v1/apikeys ] || printf '{"name":"large"' >"$T/key"
		head -c $((65536 + more - 1 - $(size_of "$T/key"))) /dev/zero | tr '\0' ' ' >>"$T/key"
		printf '}' >>"$T/key"
		is "zot 3978 64 KiB and $more at $(printf %.16s "$path")" \
			"$(ask POST "$path" -H 'Content-Type: application/json' \
				--data-binary "@$T/key")" "$([ $more = 1 ] && echo 413 || echo 201)"
	done
	is "zot 3978 and one without an end" "$(yes ' ' | ask POST "$path" -T - \
		-H 'Content-Type: application/json' -H 'Transfer-Encoding: chunked')" 413
done
is "zot 3977 a manifest without an end" "$(yes ' ' | ask PUT /v2/birds/robin/manifests/large \
	-T - -H "$type" -H 'Transfer-Encoding: chunked'; errors)" 413SIZE_INVALID

# zot #3844: a redirect to anywhere after a login: x13-host-origin.t.

# zot #4180, #4318, #4195: collection that does not end. Indexes eight deep, each with the
# one below it a hundred times; then a store that lacks the bytes of a blob.
below=$(desc $OCI.manifest.v1+json "$T/m-one")
for depth in 1 2 3 4 5 6 7 8 9; do
	index "$T/deep" "$(for n in $(seq 100); do
		printf '%s%s' "${sep:-}" "$below"
		sep=,
	done)" ",\"annotations\":{\"depth\":\"$depth\"}"
	push_manifest birds/many "$(sum "$T/deep")" "$T/deep" $OCI.index.v1+json
	[ $depth -lt 9 ] || break
	is "zot 4318 $depth deep" "$status" 201
	below=$(desc $OCI.index.v1+json "$T/deep") top=$(sum "$T/deep")
done
is "zot 4318 there is an end" "$status$(errors)" 400MANIFEST_INVALID
is "zot 4318 the top is read" "$(ask GET "/v2/birds/many/manifests/$top")" 200
is "zot 4318 and deleted" "$(ask DELETE "/v2/birds/many/manifests/$top")" 202
head -c 100000 /dev/urandom >"$T/lost"
push_blob bees/lost "$T/lost"
is "zot 4180 a blob loses its bytes" "$(find "$DATA/blobs" -type f -size +90k -print -delete |
	wc -l)" 1
want "zot 4180 collection ends" timeout 60 "$LATCHKEYD" gc --data "$DATA"
shift_clock 8000
want "zot 4180 when it is due, too" timeout 60 "$LATCHKEYD" gc --data "$DATA"
is "zot 4180 what has its bytes stays" "$(ask GET $robin)" 200

# CVE-2015-9235, CVE-2016-5431, CVE-2018-0114, CVE-2022-21449: alg none, a public key for a
# secret, a key in the token, r and s of zero: i12-forged-tokens.t (4.6/1 to 4.6/4).

# The bcrypt key of October 2024: behind 72 bytes of identity and name no password was
# looked at. i13-guessing.t has passwords that are equal in 72 bytes.
name=$(printf '%060d' 7)@$(printf '%060d' 7).example
is "72 bytes: a long name" "$(send POST /latchkey/v1/users \
	"{\"email\":\"$name\",\"password\":\"correct horse\"}")" 201
id=$(of '.id // .iam_id // .user.id')
at() { # ADDRESS PASSWORD
	enter "$name" "$2" --interface "127.0.0.$1"
}
is "72 bytes: its password" "$(at 40 'correct horse')" 200
is "72 bytes: no other" "$(at 40 'correct horsf')" 400BXNIM0602E
prefix=$(printf '%072d' 0)
for pair in "${prefix}A ${prefix}B" "$(printf '%01023d' 0)A $(printf '%01023d' 0)B"; do
	is "72 bytes: one of ${#pair} set" "$(send PUT "/latchkey/v1/users/$id/password" \
		"{\"password\":\"${pair% *}\"}" | grep -c '^20')" 1
	is "72 bytes: it" "$(at 41 "${pair% *}")" 200
	is "72 bytes: not the other" "$(at 41 "${pair#* }")" 400BXNIM0602E
	is "72 bytes: nor its beginning" "$(at 42 "$(printf %.72s "$pair")")" 400BXNIM0602E
done

# CVE-2016-6210, CVE-2013-1443: a long password burns the processor. i13-guessing.t has
# a MiB at the login; here, where passwords are set.
send POST "/v2/accounts/$account/users" \
	'{"users":[{"email":"tit@nest.example","account_role":"Member"}]}' >/dev/null
code=$(of '.resources[0].code')
for n in 1025 60000 1048576; do
	head -c $n /dev/zero | tr '\0' a >"$T/password"
	jq -Rsc '{password: .}' "$T/password" >"$T/json"
	want=400
	[ $n -lt 65536 ] || want=413
	is "2013-1443 one of $n is not set" "$(ask PUT "/latchkey/v1/users/$id/password" \
		-H 'Content-Type: application/json' -H Expect: --data-binary "@$T/json")" $want
	jq -Rsc --arg code "$code" '{code: $code, password: .}' "$T/password" >"$T/json"
	is "2013-1443 nor with an invitation" "$(http POST /latchkey/v1/invitations/accept \
		--interface 127.0.0.43 -H 'Content-Type: application/json' -H Expect: \
		--data-binary "@$T/json")" $want
	is "2013-1443 nor looked at" "$(http POST /identity/token -u bx:bx --interface 127.0.0.44 \
		-d grant_type=password -H Expect: --data-urlencode "username=$name" \
		--data-urlencode "password@$T/password")" $want
done
is "2013-1443 one of 1024 is, with it" "$(http POST /latchkey/v1/invitations/accept \
	--interface 127.0.0.43 -H 'Content-Type: application/json' \
	-d '{"code":"'"$code"'","password":"'"$(printf '%01024d' 0)"'"}')" 200
is "2013-1443 the last one is what it was" "$(at 45 "$(printf '%01023d' 0)A")" 200
is "no password in the log" "$(grep -c -F -e 'correct horse' -e "$prefix" "$T/log")" 0
is "alive" "$(http GET /healthz)" 200
finish
