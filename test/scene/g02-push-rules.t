# Who may move a reference where: forced pushes by rule, the main branch, names
# that are nobody's, several at once; and that the trail has each of them.
. "$(dirname "$0")/lib.sh"

serve
login
ssh_setup
make_key dev
make_key writer
make_key reader
user_key dev >/dev/null
for repo in protect allow deny first; do
	repo_create $repo
done
bitbucket 200 PUT /repositories/nest/allow '{"force_push":"allow"}'
bitbucket 200 PUT /repositories/nest/deny '{"force_push":"deny"}'
# Two who may less than the owner.
for role in Writer Reader; do
	who=$(echo $role | tr WR wr)
	latchkey user create "$who@nest.example" --roles $role -o json >"$T/$who" ||
		exit 99
	bitbucket 201 POST "/users/$(jq -r .id "$T/$who")/ssh-keys" "$(jq -n \
		--rawfile key "$HOME/.ssh/$who.pub" \
		'{key: ($key | rtrimstr("\n")), label: "laptop"}')"
done

AT=ssh://git@$SSH_HOST:$SSH_PORT/nest
H=refs/heads
cd "$T" || exit 99
git init -q w
cd w || exit 99
for n in one two three; do
	echo $n >f
	git add f
	git commit -q -m $n
done
push() { # REPOSITORY ARGUMENT...
	repo=$1
	shift
	git_as "${as:-dev}" push "$AT/$repo.git" "$@"
}
there() { # REPOSITORY REFERENCE: where it is
	git_as dev ls-remote "$AT/$1.git" "$2" | cut -f 1
}
for repo in protect allow deny; do
	want "a first push to $repo" push $repo main main~1:$H/side
done

# --- forced pushes
want "protect: who manages rewinds main" push protect -f main~1:$H/main
want "protect: and forward again" push protect main
as=writer
deny "protect: who writes does not" push protect -f main~1:$H/main
said "protect: in words" 'refs/heads/main may only move forward'
is "protect: main stays" "$(there protect $H/main)" "$(git rev-parse main)"
want "protect: but another branch" push protect -f main~2:$H/side
want "protect: and forward" push protect main:$H/side
want "protect: or away" push protect :side
deny "protect: with a branch that may, all stay" push protect -f main~1:$H/main main~1:$H/new
is "protect: nothing is new" "$(there protect $H/new)" ''
want "allow: who writes rewinds main" push allow -f main~2:$H/main
want "allow: and removes a branch" push allow :side
as=dev
deny "deny: who manages does not rewind main" push deny -f main~1:$H/main
said "deny: in words" 'non-fast-forward|may only move forward'
deny "deny: nor another" push deny -f main~2:$H/side
deny "deny: nor removes one" push deny :side
said "deny: in words" 'you may not remove it, by the rule "deny"'
is "deny: nothing has moved" "$(there deny $H/main)" "$(git rev-parse main)"
git tag -f t main~1 >/dev/null
want "deny: a tag" push deny t
git tag -f t main >/dev/null
deny "deny: is not moved" push deny -f t
want "deny: moving forward" push deny main:$H/side
as=reader
deny "who reads does not push" push allow main:$H/mine
said "is told" "you may read 'nest/allow', but not push to it"
as=dev

# --- the main branch
deny "the main branch is not removed" push allow :main
said "but another chosen first" 'refs/heads/main is the main branch: choose another main branch'
want "another" push protect main:$H/next
bitbucket 200 PUT /repositories/nest/protect '{"mainbranch":{"name":"next"}}'
want "then it goes" push protect :main
git_as dev clone -q "$AT/protect.git" ../next
is "clones have the other one" "$(git -C ../next branch --show-current)" next
want "the first push of other branches" push first main:$H/trunk main~1:$H/older
git_as dev clone -q "$AT/first.git" ../trunk
case $(git -C ../trunk branch --show-current) in
trunk | older) first=$(git -C ../trunk branch --show-current) ;;
*) first=none ;;
esac
is "makes one of them the main one" "$([ $first != none ] && echo yes)" yes
bitbucket 200 GET /repositories/nest/first
is "for everybody" "$(jq -r .mainbranch.name "$T/body")" $first

# --- names
deny "replacements are refused" push allow "main:refs/replace/$(git rev-parse main)"
said "with the name" 'refs/replace/[0-9a-f]*: this place is not for pushing to'
deny "what is inside" push allow main:refs/latchkey/x
deny "a name of one part" push allow main:refs/odd
deny "a branch like an object" push allow main:$H/0123456789012345678901234567890123456789
deny "one bad name keeps back the good ones" push allow main:$H/good main:refs/meta/x
is "nothing of it is there" "$(there allow $H/good)" ''
want "other places are fine" push allow main:refs/notes/x main:refs/changes/01/1
git branch '기능/로그인'
want "and any alphabet" push allow '기능/로그인'

# --- several at once
want "a push of some" push allow main:$H/a main~1:$H/b
deny "atomic: all or nothing" push allow --atomic main~1:$H/a main:$H/c
is "atomic: nothing" "$(there allow $H/c)" ''
want "atomic: all" push allow --atomic main:$H/b main:$H/c
is "atomic: both" "$(there allow $H/c)" "$(there allow $H/b)"
deny "a lease that is lost" push allow "--force-with-lease=a:$(git rev-parse main~1)" main~2:$H/a
want "a lease that is held" push allow "--force-with-lease=a:$(git rev-parse main)" main~2:$H/a

# --- what is broken does not get in
tree=$(printf '100644 blob %s\t.git\n' "$(git rev-parse main:f)" | git mktree)
bad=$(git commit-tree -m bad "$tree")
deny "a tree that would overwrite .git" push allow "$bad:$H/bad"
said "is named" 'hasDotgit'
is "and is not there" "$(there allow $H/bad)" ''
deny "push options are not taken" push allow -o a=b main:$H/opt

# --- the trail
audited "a push is in the trail" repository.push done git:nest/first
audited "so is one that was refused" repository.push refused git:nest/allow
is "each reference by its name" "$(latchkey audit --verb repository.push --thing git:nest/first --output json |
	jq -s 'flatten | [.[] | select(tostring | contains("refs/heads/trunk") or contains("refs/heads/older"))] | length')" 2
want "and the branch that became the main one" sh -c 'latchkey audit --verb repository.update --thing git:nest/first --output json |
	jq -se "flatten | length > 0"'
finish
