# A deploy host clones with an access key, a developer pushes with a key of
# their own, and the deploy host pulls: every kind of clone that git knows.
. "$(dirname "$0")/lib.sh"

serve
login
ssh_setup
for key in dev web stranger both; do
	make_key $key
done
repo_create test
repo_create other
repo_create empty
user_key dev >/dev/null
access_key test web >/dev/null
access_key test both >/dev/null
access_key other both >/dev/null
AT=ssh://git@$SSH_HOST:$SSH_PORT/nest
cd "$T" || exit 99

# A history of 300 commits, tags, a side branch and a file of 2 MiB.
git init -q dev
(
	cd dev || exit 1
	awk 'BEGIN {
		print "blob\nmark :1\ndata 3\none"
		for (i = 1; i <= 300; i++) {
			printf "commit refs/heads/main\nmark :%d\n", i + 1
			printf "committer Wren <wren@nest.example> %d +0000\n", 1700000000 + i
			printf "data 3\nc%02d\n", i % 100
			if (i > 1) printf "from :%d\n", i
			printf "M 100644 inline f%d\ndata 4\n%04d\n", i % 20, i
		}
	}' | git fast-import --quiet
	git checkout -q main
	head -c 2097152 /dev/urandom >large
	git add large
	git commit -q -m large
	git tag v1 main~100
	git tag -a -m two v2 main
	git branch side main~50
) || exit 99
want "a developer pushes" git_as dev -C dev push -q "$AT/test.git" main side v1 v2
git -C dev push -q "$URL/x" 2>/dev/null && exit 99
git_as dev -C dev push -q "$AT/other" side:main

# --- what a deploy host does
want "a deploy host clones" git_as web clone "$AT/test.git" web
is "all of it" "$(git -C web rev-parse HEAD)" "$(git -C dev rev-parse main)"
is "with its tags" "$(git -C web tag | tr '\n' ' ')" "v1 v2 "
want "and it is whole" git -C web fsck --full
(cd dev && echo more >more && git add more && git commit -q -m more) || exit 99
git_as dev -C dev push -q "$AT/test" main
want "it pulls" git_as web -C web pull --ff-only
is "and is up to date" "$(git -C web rev-parse HEAD)" "$(git -C dev rev-parse main)"

# --- kinds of clones
want "shallow" git_as web clone -q --depth 3 "$AT/test.git" shallow
is "three commits" "$(git -C shallow rev-list --count HEAD)" 3
want "deepened" git_as web -C shallow fetch -q --depth 10
is "ten commits" "$(git -C shallow rev-list --count origin/main)" 10
want "made whole" git_as web -C shallow fetch -q --unshallow
is "all commits" "$(git -C shallow rev-list --count origin/main)" 302
want "since a date" git_as web clone -q --shallow-since=1700000250 "$AT/test.git" since
want "without blobs" git_as web clone -q --filter=blob:none --no-checkout "$AT/test.git" partial
is "not one came along" "$(git -C partial rev-list --objects --all --missing=print | grep -c '^?' | awk '{ print ($1 > 100) }')" 1
want "they come when they are needed" git_as web -C partial checkout -q main
is "the large one too" "$(sha256 partial/large)" "$(sha256 dev/large)"
want "without large blobs" git_as web clone -q --filter=blob:limit=1k --no-checkout "$AT/test.git" limit
want "without trees" git_as web clone -q --filter=tree:0 --no-checkout "$AT/test.git" trees
want "one branch" git_as web clone -q --single-branch -b side "$AT/test.git" single
want "a mirror" git_as web clone -q --mirror "$AT/test.git" mirror
is "has every reference" "$(git -C mirror for-each-ref | wc -l)" 4
want "an archive" git_as web archive --remote="$AT/test.git" --format=tar -o a.tar v1
is "with its files" "$(tar tf a.tar | grep -c '^f')" 20
want "in the protocol of old" git_as web -c protocol.version=0 clone -q "$AT/test.git" v0
want "and in the first" git_as web -c protocol.version=1 clone -q "$AT/test.git" v1
want "an empty one" git_as dev clone -q "$AT/empty.git" empty
want "by the short name, without case" git_as web ls-remote "ssh://git@$SSH_HOST:$SSH_PORT/NEST/Test"

# --- what a key does not open
deny "a push with an access key" git_as web -C web push origin main
said "says why in one line" '^fatal: remote error: repository access denied\. access via a deployment key is read-only\.$'
is "in one line" "$(wc -l <"$T/said")" 1
deny "another repository" git_as web ls-remote "$AT/other.git"
said "says why" 'deployment key is not associated with the requested repository\.$'
cp "$T/said" there
deny "one that is not there" git_as web ls-remote "$AT/nothing.git"
is "looks the same" "$(cat "$T/said")" "$(cat there)"
want "one key on two repositories reads both" git_as both ls-remote "$AT/other.git"
want "both" git_as both ls-remote "$AT/test.git"
deny "and writes neither" git_as both -C dev push "$AT/other.git" main
deny "a person on what is not there" git_as dev ls-remote "$AT/nothing.git"
said "says so" "repository 'nest/nothing' does not exist or you have no access to it"
deny "a stranger" git_as stranger ls-remote "$AT/test.git"
said "does not get in" 'Permission denied \(publickey\)'

# --- no shell
want "who is there" ssh_as dev -T
said "a person" '^authenticated via ssh key\.$'
said "by name" '^logged in as owl@nest\.example\.$'
said "there is no shell" 'Shell access is disabled'
want "and who else" ssh_as both -T
said "a machine" '^authenticated via a deploy key\.$'
said "what it reads" '^nest/other: both -- both$'
said "both of them" '^nest/test: both -- both$'
deny "a command" ssh_as dev id
deny "another one" ssh_as dev "git-upload-pack 'nest/test.git'; id"

# --- many references, and a push of them
(
	cd dev || exit 1
	git rev-parse main | awk '{ for (i = 0; i < 10000; i++)
		printf "create refs/tags/n%05d %s\n", i, $1 }' | git update-ref --stdin
) || exit 99
want "10 000 references in one push" git_as dev -C dev push -q --atomic "$AT/other.git" 'refs/tags/*:refs/tags/*' main:new
is "are listed" "$(git_as both ls-remote "$AT/other.git" | wc -l)" 10006
want "and fetched" git_as both clone -q --mirror "$AT/other.git" many
finish
