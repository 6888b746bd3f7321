# Explaining says what the doors do: to each case that is explained, the door is
# asked as well. It is told to oneself, to who may read policies, to who has the
# credential.
. "$(dirname "$0")/lib.sh"
serve
login
ssh_setup
owner=$(key_in "$T/apikey")
account=$(curl -s -u "iamapikey:$owner" "$URL/latchkey/v1/whoami" |
	jq -r .account)
want "a namespace" latchkey cr namespace-add birds
want "another" latchkey cr namespace-add fish
readwrite=$(token --readwrite)
want "an image in one" push_small "$readwrite" birds/app v1
want "an image in the other" push_small "$readwrite" fish/app v1
repo_create test

ask() { # METHOD PATH JSON: as $as, else the owner; prints the status
	http "$1" "$2" -u "iamapikey:${as:-$owner}" \
		-H 'Content-Type: application/json' -d "$3"
}
must() { # METHOD PATH JSON
	like "$1 $2" "$(ask "$@")" '^20[0-4]$'
}
of() { # FILTER of the last reply
	jq -r "$1" "$T/body"
}
service() { # NAME: sets $sid, $iam_id, $key
	must POST /v1/serviceids "{\"account_id\":\"$account\",\"name\":\"$1\",\"apikey\":{\"name\":\"first\"}}"
	sid=$(of .id) iam_id=$(of .iam_id) key=$(of .apikey.apikey) key_id=$(of .apikey.id)
}
# Prints the policy's id.
policy() { # SUBJECT-KEY SUBJECT ROLE NAMESPACE [MORE JSON]
	ask POST /v2/policies "$(jq -n --arg key "$1" --arg subject "$2" \
		--arg role "$3" --arg name "$4" --arg account "$account" \
		--argjson more "${5:-{\}}" '
		def is(k; v): {key: k, operator: "stringEquals", value: v};
		{type: "access",
		 subject: {attributes: [is($key; $subject)]},
		 resource: {attributes: ([is("accountId"; $account),
			is("serviceName"; "container-registry")] +
			if $name == "" then [] else
			[is("resourceType"; "namespace"), is("resource"; $name)] end)},
		 control: {grant: {roles: [{role_id:
			("crn:v1:bluemix:public:iam::::serviceRole:" + $role)}]}}}
		+ $more')" >"$T/status"
	[ "$(cat "$T/status")" = 201 ] || remark <"$T/body"
	of .id
}
explain() { # JSON members, before action: prints the status
	ask POST /latchkey/v1/explain "$1"
}
pull='"action":"container-registry.image.pull","resource":'
push='"action":"container-registry.image.push","resource":'

# --- a Reader on one namespace
service ci
reader=$(policy iam_id "$iam_id" Reader birds)
like "a policy" "$reader" '^[0-9a-f-]{36}$'
id=$iam_id robot=$key
opens() { # DESCRIPTION KEY REPOSITORY STATUS: what the door does
	is "$1" "$(http GET "/v2/$3/manifests/v1" -u "iamapikey:$2")" "$4"
}
is "whether it may pull there is told" \
	"$(explain "{\"identity\":\"$id\",$pull{\"name\":\"birds/app\"}}")" 200
is "it may, by that policy" "$(of '[.may, .by, .policies[0].id, .policies[0].missing] | join(" ")')" \
	"true policy $reader "
opens "the door agrees" "$robot" birds/app 200
is "another namespace" \
	"$(explain "{\"identity\":\"$id\",$pull{\"name\":\"fish/app\"}}")" 200
is "it may not; the resource is missing" "$(of '[.may, .by, .policies[0].id, .policies[0].missing] | join(" ")')" \
	"false nothing $reader resource"
opens "the door agrees" "$robot" fish/app 403
is "what is not there yet" \
	"$(explain "{\"identity\":\"$sid\",$pull{\"name\":\"birds/none\"}}")" 200
is "would be its" "$(of .may)" true
is "a push" "$(explain "{\"identity\":\"$id\",$push{\"name\":\"birds/app\"}}")" 200
is "lacks the role" "$(of '[.may, .policies[0].missing] | join(" ")')" "false role"

# --- to whom it is told
as=$robot
is "of oneself" "$(explain "{$pull{\"name\":\"birds\"}}")" 200
is "it is the same" "$(of .by)" policy
is "all that one may" "$(explain '{}')" 200
is "one line" "$(of '[.rights[] | [.service, .type, .resource, .roles, .policy] | join(" ")] | join(";")')" \
	"container-registry namespace birds Reader $reader"
me=$(http GET /latchkey/v1/whoami -u "iamapikey:$owner" >/dev/null && of .identity)
is "others are none of its business" "$(explain "{\"identity\":\"$me\"}")" 403
is "nor is who may" "$(ask POST /latchkey/v1/explain/who \
	"{$pull{\"name\":\"birds\"}}")" 403
as=
is "nobody is absent" "$(explain '{"identity":"IBMid-NOBODY"}')" 404

# --- a group
service grouped
must POST "/v2/groups?account_id=$account" '{"name":"watchers"}'
group=$(of .id)
is "the service ID is put into a group" "$(ask PUT "/v2/groups/$group/members" \
	"{\"members\":[{\"iam_id\":\"$iam_id\",\"type\":\"service\"}]}")" 207
watch=$(policy access_group_id "$group" Reader fish)
is "by its group" "$(explain "{\"identity\":\"$iam_id\",$pull{\"name\":\"fish/app\"}}")" 200
is "which is named" "$(of '[.may, .policies[0].id, .policies[0].group] | join(" ")')" \
	"true $watch $group"
opens "the door agrees" "$key" fish/app 200

# --- a condition
service timed
past=$(policy iam_id "$iam_id" Reader birds '{
	"pattern":"time-based-conditions:once",
	"rule":{"operator":"and","conditions":[
	{"key":"{{environment.attributes.current_date_time}}","operator":"dateTimeGreaterThanOrEquals","value":"2019-01-01T00:00:00+00:00"},
	{"key":"{{environment.attributes.current_date_time}}","operator":"dateTimeLessThanOrEquals","value":"2020-01-01T00:00:00+00:00"}]}}')
is "a time that is over" "$(explain "{\"identity\":\"$iam_id\",$pull{\"name\":\"birds\"}}")" 200
is "is what is missing" "$(of '[.may, .policies[0].id, .policies[0].missing] | join(" ")')" \
	"false $past time"
opens "the door agrees" "$key" birds/app 403
is "it is listed" "$(explain "{\"identity\":\"$iam_id\"}")" 200
like "with its condition" "$(of '.rights[0].condition')" 'from 2019.* until 20(19|20)'

# --- credentials
readonly=$(token)
as=$robot
is "who has a registry token may ask" \
	"$(explain "{\"credential\":\"$readonly\",$pull{\"name\":\"fish/app\"}}")" 200
is "it may pull" "$(of '[.may, .by] | join(" ")')" "true token"
is "a push" "$(explain "{\"credential\":\"$readonly\",$push{\"name\":\"fish/app\"}}")" 200
is "is not its" "$(of .may)" false
is "something else" "$(explain "{\"credential\":\"$readonly\",\"action\":\"git.repository.read\",\"resource\":{\"name\":\"nest/test\"}}")" 200
is "is not of that kind" "$(of '[.may, .by] | join(" ")')" "false credential"
is "a value that is none" "$(explain '{"credential":"nothing"}')" 404
is "a key of somebody else by its id" "$(explain "{\"credential\":\"$key_id\"}")" 404
as=
is "the owner may ask so" "$(explain "{\"credential\":\"$key_id\"}")" 200
is "an access token" "$(explain "{\"credential\":\"$(curl -s "$URL/identity/token" \
	-d grant_type=urn:ibm:params:oauth:grant-type:apikey \
	--data-urlencode "apikey=$robot" | jq -r .access_token)\",$pull{\"name\":\"birds\"}}")" 200
is "is whose it is" "$(of '[.may, .by] | join(" ")')" "true policy"
make_key web
access_key test web >/dev/null
print=$(ssh-keygen -lf "$HOME/.ssh/web.pub" | cut -d ' ' -f 2)
is "an access key by its fingerprint" "$(explain "{\"credential\":\"$print\",\"action\":\"git.repository.read\",\"resource\":{\"name\":\"nest/test\"}}")" 200
is "reads where it stands" "$(of '[.may, .by] | join(" ")')" "true access-key"
is "a write" "$(explain "{\"credential\":\"$print\",\"action\":\"git.repository.push\",\"resource\":{\"name\":\"nest/test\"}}")" 200
is "is not its" "$(of .may)" false
is "its places" "$(explain "{\"credential\":\"$print\"}")" 200
is "are listed" "$(of '[.rights[] | [.service, .type, .resource] | join(" ")] | join(";")')" \
	"git repository test"
is "a policy is nobody" "$(explain "{\"credential\":\"$reader\"}")" 400
must POST "/v1/apikeys/$key_id/disable" ''
is "a key that is disabled" "$(explain "{\"credential\":\"$key_id\",$pull{\"name\":\"birds\"}}")" 200
is "has ended" "$(of '[.may, .by] | join(" ")')" "false ended"

# --- who
is "who may pull" "$(ask POST /latchkey/v1/explain/who \
	"{$pull{\"name\":\"birds/app\"}}")" 200
is "all of them, and nobody else" "$(of '[.who[] | [.kind, .by] | join(" ")] | sort | join(";")')" \
	"registry-token token;registry-token token;service policy;user owner"
is "with the policy" "$(of '.who[] | select(.by == "policy") | [.id, .policy.id] | join(" ")')" \
	"$id $reader"
is "who may read the repository" "$(ask POST /latchkey/v1/explain/who \
	'{"action":"git.repository.read","resource":{"name":"nest/test"}}')" 200
is "the access key is among them" \
	"$(of '[.who[] | select(.kind == "access-key") | .name] | join(" ")')" web

# --- what is no question
for bad in '{"action":"sing"}' '{"resource":{"name":"birds"}}' \
	'{"credential":"x","identity":"y"}' \
	"{$pull{\"name\":\"birds\",\"colour\":\"red\"}}" \
	"{$pull{\"name\":7}}" "{$pull\"birds\"}" \
	"{$pull{\"service\":\"git\",\"name\":\"birds\"}}" \
	"{$pull{\"type\":\"project\",\"name\":\"birds\"}}" \
	'{"action":"key-pair.keypair.list","resource":{"name":"a/b/c/d"}}'; do
	is "no question: $bad" "$(explain "$bad")" 400
done
like "which says why" "$(of .error.message)" 'Team/project'

# --- the command
want "the command explains" latchkey explain "$id" \
	--action container-registry.image.pull --resource birds/app
said "with the policy" "$reader"
want "oneself" latchkey explain
want "who" latchkey explain --who --action container-registry.image.pull \
	--resource birds
said "with those who may" "$id"
deny "what is not there" latchkey explain nothing-of-ours
finish
