# IBM's own SDK gets its tokens here, unchanged.
. "$(dirname "$0")/lib.sh"
"$ROOT/tools/install-npm" 2>"$T/npm.log" || {
	remark <"$T/npm.log"
	skip_all "ibm-cloud-sdk-core could not be had from npm"
}
export NODE_PATH="$ROOT/build/npm/node_modules"
serve
want "IamAuthenticator and IamTokenManager work as they are" \
	node "$ROOT/test/npm/iam-authenticator.js" "$URL" "$T/apikey"
said "all of their checks were run" '^1\.\.14$'
finish
