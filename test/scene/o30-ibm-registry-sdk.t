# IBM's own SDK administers this registry, unchanged.
. "$(dirname "$0")/lib.sh"
"$ROOT/tools/install-npm" 2>"$T/npm.log" || {
	remark <"$T/npm.log"
	skip_all "ibm-container-registry could not be had from npm"
}
export NODE_PATH="$ROOT/build/npm/node_modules"
serve
want "every operation of ContainerRegistryV1 works as it is" \
	node "$ROOT/test/npm/container-registry.js" "$URL" "$T/apikey"
said "all of its checks were run" '^1\.\.75$'
finish
