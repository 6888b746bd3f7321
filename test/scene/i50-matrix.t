# Every route of every door, asked by everybody for their own account's things and
# for another's, with everything that one can show: what happens is what
# test/matrix.tsv says, line by line. Routes come from the doors' own tables.
. "$(dirname "$0")/lib.sh"
serve
mkdir "$T/matrix"
matrix() { # COMMAND [ARGUMENT]...
	/usr/bin/python3 "$ROOT/test/matrix.py" "$@"
}
want "two accounts with one of everything are made" \
	matrix make "$URL" "$T/apikey" "$T/matrix"
kill -TERM "$daemon"
wait "$daemon"
daemon=''
want "a service ID with a role in one namespace" matrix fill "$DATA/latchkey.db"
serve
mkdir "$T/store"
want "the routes are known" routes "$T/store" "$BUILD/hooks"
{
	cat "$T/said"
	echo "ssh SSH git-upload-pack git.repository.read none"
	echo "ssh SSH git-receive-pack git.repository.push none"
} >"$T/routes"
if [ -n "${DRAFT:-}" ]; then
	matrix run "$URL" "$T/apikey" "$T/matrix" "$SSH_HOST" "$SSH_PORT" \
		"$ROOT/test/matrix.tsv" "$T/routes" >"$DRAFT"
	kill -TERM "$daemon"
	wait "$daemon"
	skip_all "a draft of the table was written"
fi
want "everything is as the table has it" matrix run "$URL" "$T/apikey" \
	"$T/matrix" "$SSH_HOST" "$SSH_PORT" "$ROOT/test/matrix.tsv" "$T/routes"
finish
