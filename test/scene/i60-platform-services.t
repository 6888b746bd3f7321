# IBM's own clients of its platform services, as they are: what they are told, and
# what comes of it at the doors.
. "$(dirname "$0")/lib.sh"
"$ROOT/tools/install-npm" 2>"$T/npm.log" || {
	remark <"$T/npm.log"
	skip_all "@ibm-cloud/platform-services could not be had from npm"
}
export NODE_PATH="$ROOT/build/npm/node_modules"
serve
login
account=$(latchkey whoami --output json | jq -r .account)
like "the account is known" "$account" '^[0-9a-f]{32}$'
for name in birds bees; do
	want "a namespace $name" latchkey cr namespace-add $name
	want "with an image" push_small "$(token --readwrite)" $name/app latest
done
for flow in token serviceIds keys paging policiesV1 policiesV2 theRoles groups \
	authz users settings; do
	want "$flow" node "$ROOT/test/npm/platform-services.js" "$URL" \
		"$T/apikey" "$account" $flow
	said "$flow went through to its end" '^1\.\.[1-9]'
done
finish
