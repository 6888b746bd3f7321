# Few programs of git may run at once, and nobody gets all of them: one key with
# clones that do not go on leaves room for others, over SSH and HTTP.
. "$(dirname "$0")/lib.sh"

serve --git-running-max 4
login
ssh_setup
make_key dev
make_key deploy
user_key dev >/dev/null
repo_create lib
repo_create app
access_key lib deploy >/dev/null
access_key app deploy >/dev/null

AT=ssh://git@$SSH_HOST:$SSH_PORT/nest
cd "$T" || exit 99
git init -q w
cd w || exit 99
echo one >f
git add f
git commit -q -m one
want "there is something to clone" git_as dev push -q "$AT/lib.git" HEAD:main

# Each holds a program until it is let go.
mkfifo "$T/hold"
for repo in lib app; do
	ssh_as deploy "git-upload-pack 'nest/$repo.git'" <"$T/hold" \
		>"$T/held.$repo" 2>&1 &
	held="${held:-} $!"
done
exec 9>"$T/hold"
for repo in lib app; do
	for _ in $(seq 100); do
		[ -s "$T/held.$repo" ] && break
		sleep 0.1
	done
	want "a clone of $repo waits" [ -s "$T/held.$repo" ]
done

deny "the key has its half" git_as deploy clone -q "$AT/lib.git" "$T/c1"
said "  which is said" "the server is busy, try again in a moment."
want "others clone" git_as dev clone -q "$AT/lib.git" "$T/c2"
want "  over HTTP as well" git clone -q \
	"http://iamapikey:$(key_in "$T/apikey")@$HOST/git/nest/lib.git" "$T/c3"
exec 9>&-
for pid in $held; do
	wait "$pid"
done
want "then it clones again" git_as deploy clone -q "$AT/lib.git" "$T/c4"
finish
