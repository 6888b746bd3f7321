# Policies, groups and roles by their names; an invited person comes in.
. "$(dirname "$0")/lib.sh"
serve
login
latchkey iam service-id-create ci >/dev/null
want "a policy of all services" latchkey iam service-policy-create ci -r Reader
want "in the form of v2" latchkey iam service-policy-create ci \
	-r writer --service-name git --api-version v2 -q
policy=$(cat "$T/said")
said "its UUID alone" '^[0-9a-f-]{36}$'
deny "the same again" latchkey iam service-policy-create ci \
	-r Writer --service-name git
deny "a role that is none" latchkey iam service-policy-create ci -r King
said "is named" "'King'"
want "a change" latchkey iam service-policy-update ci "$policy" -r Manager
said "keeps what it is for" '^Resource +serviceName=git$'
said "with the new role" '^Roles +Manager$'
latchkey iam service-id-create other >/dev/null
deny "it is none of another's" \
	latchkey iam service-policy other "$policy"
is "both are listed" \
	"$(latchkey iam service-policies ci --uuid | grep -c -- -)" 2
cat >"$T/policy.json" <<'JSON'
{"control": {"grant": {"roles": [{"role_id":
  "crn:v1:bluemix:public:iam::::role:Viewer"}]}},
 "resource": {"attributes": [
  {"key": "accountId", "operator": "stringEquals", "value": "ACCOUNT"},
  {"key": "serviceName", "operator": "stringEquals", "value": "git"}]}}
JSON
account=$(latchkey target --output json | jq -r .account)
sed -i "s/ACCOUNT/$account/" "$T/policy.json"
want "one of a file" latchkey iam service-policy-create ci \
	--file "@$T/policy.json"

want "a group" latchkey iam access-group-create team -d "us"
want "its policy" latchkey iam access-group-policy-create team \
	-r Reader --service-name container-registry
want "a machine in it" latchkey iam access-group-service-id-add team ci
is "is listed" "$(latchkey iam access-group-service-ids team --output json |
	jq length)" 1
want "and goes" latchkey iam access-group-service-id-remove team ci

want "a role" latchkey iam role-create Puller \
	--service-name container-registry \
	--actions container-registry.image.pull
want "is granted" latchkey iam service-policy-create ci -r puller \
	--service-name container-registry
want "and widened" latchkey iam role-update Puller \
	--actions container-registry.image.pull,container-registry.image.list
latchkey iam roles --service container-registry >"$T/said"
said "as the list says" '^Puller .*image.list'

latchkey iam user-invite ann@nest.example --access-groups team \
	--output json >"$T/invited"
code=$(jq -r '.resources[0].code' "$T/invited")
printf '%s\n%s\n' "$code" 'a long enough word' >"$T/accept"
(LATCHKEY_HOME=$T/ann && export LATCHKEY_HOME &&
	latchkey user accept -a "$URL" --name Ann <"$T/accept" &&
	printf 'a long enough word\n' |
	latchkey login -a "$URL" -u ann@nest.example -p - &&
	latchkey iam passcode --output json) >"$T/said" 2>&1
status=$?
ok $status "the invited comes in"
[ $status -eq 0 ] || remark <"$T/said"
# What ann types, each line once it is asked for.
cat >"$T/type.py" <<'PY'
import os, pty, sys
lines, command = sys.argv[1].split("|"), sys.argv[2:]
child, fd = pty.fork()
if child == 0:
    os.execvp(command[0], command)
seen = b""
while True:
    try:
        some = os.read(fd, 4096)
    except OSError:
        break
    if not some:
        break
    seen += some
    sys.stdout.write(some.decode(errors="replace"))
    if seen.rstrip().endswith(b":") and lines:
        os.write(fd, lines.pop(0).encode() + b"\n")
        seen = b""
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
PY
as_ann() {
	LATCHKEY_HOME=$T/ann "$@"
}
typed() { # LINE|LINE COMMAND...
	as_ann timeout 30 /usr/bin/python3 "$T/type.py" "$@"
}
deny "a password is not changed by a guess" typed \
	'a wrong long word|another long word' \
	latchkey user passwd ann@nest.example
said "as the server says" 'that is not the current password'
want "but by the one that is" typed \
	'a long enough word|another long word' \
	latchkey user passwd ann@nest.example
deny "the old one is over" sh -c 'printf "a long enough word\n" |
	LATCHKEY_HOME=$1/ann latchkey login -a "$2" -u ann@nest.example -p -' \
	sh "$T" "$URL"
want "the new one logs in" sh -c 'printf "another long word\n" |
	LATCHKEY_HOME=$1/ann latchkey login -a "$2" -u ann@nest.example -p -' \
	sh "$T" "$URL"
as_ann latchkey iam passcode --output json >"$T/passcode"
want "ann's passcode logs in elsewhere" sh -c 'jq -r .passcode "$1/passcode" |
	LATCHKEY_HOME=$1/other latchkey login -a "$2" --sso --passcode -' \
	sh "$T" "$URL"
said "as ann" 'ann@nest.example'
deny "what the group does not give, ann has not" \
	as_ann latchkey cr namespace-add birds
latchkey iam users >"$T/said"
said "and is one of the account" 'ann@nest.example .*ACTIVE'
want "in its group" latchkey iam access-group-users team
want "a rule" latchkey iam account-rules --set api_key_max_days=90 \
	--set endless_credentials=false
deny "is obeyed" latchkey iam api-key-create endless
want "a key that ends" latchkey iam api-key-create ending --expires 30d
want "ann goes" latchkey iam user-remove ann@nest.example -f
finish
