# Bitbucket's published client for Node works here, unchanged.
. "$(dirname "$0")/lib.sh"
"$ROOT/tools/install-npm" 2>"$T/npm.log" || {
	remark <"$T/npm.log"
	skip_all "bitbucket could not be had from npm"
}
export NODE_PATH="$ROOT/build/npm/node_modules"
serve
i=0
while [ $i -lt 27 ]; do
	i=$((i + 1))
	make_key "k$i"
done
want "the client called bitbucket works as it is" \
	node "$ROOT/test/npm/bitbucket.js" "$URL" "$T/apikey" "$HOME/.ssh"
said "all of its checks were run" '^1\.\.37$'
finish
