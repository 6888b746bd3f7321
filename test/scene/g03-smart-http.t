# The same repositories over HTTP, with the same git: credentials asked for,
# requests that git compresses by itself, large pushes in chunks, words of
# refusals as git prints them.
. "$(dirname "$0")/lib.sh"

serve
login
ssh_setup
make_key dev
user_key dev >/dev/null
repo_create test
KEY=$(key_in "$T/apikey")
AT=http://$HOST/git/nest
cd "$T" || exit 99
# Whom git asks: a helper that knows the key, and one that does not.
printf '#!/bin/sh\necho username=iamapikey\necho password=%s\n' "$KEY" >bin/knows
printf '#!/bin/sh\necho username=iamapikey\necho password=wrong\n' >bin/guesses
chmod 755 bin/knows bin/guesses
web() { # ARGUMENT of git...
	git -c credential.helper="$T/bin/knows" "$@"
}

git init -q dev
(
	cd dev || exit 1
	for i in $(seq 1 40); do
		echo "$i" >"f$i"
		git add .
		git commit -q -m "$i"
	done
	head -c 3000000 /dev/urandom >large
	git add large
	git commit -q -m large
	git tag v1
) || exit 99

# --- there and back
want "a push, 3 MB in chunks" web -C dev push -q "$AT/test.git" main v1
want "a clone" web clone -q "$AT/test.git" a
is "is the same" "$(git -C a rev-parse HEAD)" "$(git -C dev rev-parse main)"
want "and whole" git -C a fsck --full
want "without .git" web ls-remote "$AT/test"
want "in the protocol of old" web -c protocol.version=0 clone -q "$AT/test.git" b
want "shallow" web clone -q --depth 2 "$AT/test.git" c
want "deepened" web -C c fetch -q --depth 20
want "without blobs" web clone -q --filter=blob:none "$AT/test.git" d
want "a push in one piece" web -C dev -c http.postBuffer=100m push -q "$AT/test.git" main:piece
want "with a bearer" git -c http.extraHeader="Authorization: Bearer $(latchkey iam oauth-tokens | sed 's/.*Bearer //')" ls-remote "$AT/test.git"

# --- a negotiation so long that git compresses what it asks
git init -q long
(
	cd long || exit 1
	awk 'BEGIN { for (i = 1; i <= 600; i++) {
		printf "commit refs/heads/own\ncommitter W <w@nest.example> %d +0000\n", 1700000000 + i
		printf "data 1\n%d\n", i % 10
		printf "M 100644 inline g\ndata 4\n%04d\n", i } }' | git fast-import --quiet
) || exit 99
for version in 0 2; do
	cp -r long long.$version
	want "a long negotiation, version $version" env GIT_TRACE_CURL="$T/curl.$version" \
		git -c credential.helper="$T/bin/knows" -c protocol.version=$version -C long.$version fetch "$AT/test.git" "main:refs/heads/v$version"
	is "and fetched all of it" "$(git -C long.$version rev-parse "v$version")" "$(git -C dev rev-parse main)"
	like "was sent compressed" "$(cat "$T/curl.$version")" '[Cc]ontent-[Ee]ncoding: gzip'
done

# --- references by the thousand
(
	cd dev || exit 1
	git rev-parse main | awk '{ for (i = 0; i < 3000; i++)
		printf "create refs/tags/n%05d %s\n", i, $1 }' | git update-ref --stdin
) || exit 99
want "3 000 references in one push" web -C dev push -q --atomic "$AT/test.git" 'refs/tags/*:refs/tags/*'
is "are listed" "$(web -c protocol.version=0 ls-remote "$AT/test.git" 'refs/tags/n*' | wc -l)" 3000

# --- rules are the same
deny "the main branch stays" web -C dev push "$AT/test.git" :main
said "in words" 'remote: latchkey: refs/heads/main is the main branch'
bitbucket 200 PUT /repositories/nest/test '{"force_push":"deny"}'
deny "nothing is rewound by force" web -C dev push -f "$AT/test.git" main~1:main
bitbucket 200 PUT /repositories/nest/test '{"force_push":"protect"}'
want "or it is" web -C dev push -f "$AT/test.git" main~1:main
deny "all or nothing" web -C dev push --atomic "$AT/test.git" main:fresh main~3:piece

# --- words
deny "nobody" git ls-remote "$AT/test.git"
said "is asked who they are" 'could not read Username'
deny "an address of the web, without /git" git ls-remote "$URL/nest/test.git"
said "is told the right one" 'remote: git clones from /git/<account>/<repository>.git here'
deny "a wrong key" git -c credential.helper="$T/bin/guesses" ls-remote "$AT/test.git"
said "is refused" 'Authentication failed'
deny "what is not there" web ls-remote "$AT/nothing.git"
said "is said so" "remote: repository 'nest/nothing' does not exist or you have no access to it\\."
is "the dumb protocol is refused" "$(http GET /git/nest/test.git/info/refs -u "iamapikey:$KEY")" 403
is "its files are not there" "$(http GET /git/nest/test.git/objects/info/packs -u "iamapikey:$KEY")" 404
is "nor is anything else" "$(http GET /git/nest/test.git/config -u "iamapikey:$KEY")" 404
is "paths do not lead out" "$(http GET "/git/nest/..%2f..%2fetc/info/refs?service=git-upload-pack" -u "iamapikey:$KEY")" 400
is "a form is no request of git" "$(http POST /git/nest/test.git/git-upload-pack -u "iamapikey:$KEY" -d x=y)" 415

# --- the account that wants SSH
id=$(latchkey account list --output json | jq -r '.[0].id // .[0].guid')
is "an account closes its door here" "$(http PUT "/latchkey/v1/accounts/$id" -u "iamapikey:$KEY" \
	-H 'Content-Type: application/json' -d '{"git_http":false}')" 200
deny "a clone over HTTP" web clone "$AT/test.git" closed
said "is told to use SSH, and where" "remote: this account takes git over SSH only: use ssh://git@$SSH_HOST:$SSH_PORT/nest/test.git"
want "which works" git_as dev clone -q "ssh://git@$SSH_HOST:$SSH_PORT/nest/test.git" closed
deny "a push as well" web -C dev push "$AT/test.git" main
said "is told" 'over SSH only'
deny "but not about what is not there" web ls-remote "$AT/nothing.git"
said "which looks as always" 'does not exist or you have no access'
finish
