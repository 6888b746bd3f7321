# A repository moves in from another host: branches, tags, notes and the main
# branch, and nothing of the login is left anywhere.
. "$(dirname "$0")/lib.sh"
serve
login

# What the other host has, with what it keeps for itself.
src=$T/elsewhere/birds.git
git init -q "$T/work"
git -C "$T/work" checkout -q -b trunk
head -c 3000000 /dev/urandom >"$T/work/blob" # more than one buffer of HTTP
git -C "$T/work" add blob
git -C "$T/work" commit -q -m "one"
git -C "$T/work" branch side
git -C "$T/work" tag -a -m "first" v1
git -C "$T/work" notes add -m "seen" HEAD
git clone -q --mirror "$T/work" "$src"
git -C "$src" update-ref refs/pull/1/head HEAD
git -C "$src" update-ref refs/merge-requests/7/head HEAD
want "it is taken over" latchkey repo import "$src" nest/birds
said "with git's own words" "new branch.*trunk"
said "pull requests are left out" "[Ll]eaving out 2 references.*refs/"
latchkey repo show nest/birds --output json >"$T/json"
is "the main branch is the source's" "$(jq -r .mainbranch.name "$T/json")" trunk
ssh_setup
make_key me
user_key me >/dev/null
git_as me ls-remote "$SSH_URL/nest/birds.git" >"$T/refs"
is "every branch, tag and note is there, and nothing else" \
	"$(grep -v HEAD "$T/refs" | sort)" \
	"$(git ls-remote "$T/work" | grep -v HEAD | sort)"
want "a clone of it" git_as me clone -q "$SSH_URL/nest/birds.git" "$T/clone"
is "checks the main branch out" "$(git -C "$T/clone" branch --show-current)" trunk
cmp -s "$T/work/blob" "$T/clone/blob"
ok $? "and has the same bytes"

deny "a second time" latchkey repo import "$src" nest/birds
said "it is not empty" "not empty"
latchkey repo create nest/empty >/dev/null
want "an empty one may be there" latchkey repo import "$src" nest/empty
is "its main branch is set" "$(latchkey repo show nest/empty --output json |
	jq -r .mainbranch.name)" trunk
want "without a name it keeps its own" sh -c \
	"mv '$src' '$T/elsewhere/finch.git' &&
	latchkey repo import '$T/elsewhere/finch.git/'"
want "which is there" latchkey repo show nest/finch
git init -q --bare "$T/elsewhere/void.git"
want "one without commits" latchkey repo import "$T/elsewhere/void.git"
deny "a source that is not there" latchkey repo import "$T/elsewhere/none.git"
said "git says why" "does not exist|not a git repository"
deny "makes no repository" latchkey repo show nest/none
deny "nor is an option taken for one" latchkey repo import \
	-- --upload-pack=false nest/option
deny "an account without git over HTTP" sh -c \
	'latchkey account set --git-http off >/dev/null &&
	latchkey repo import "$1" nest/later' - "$T/elsewhere/finch.git"
said "says how to open it" "account set --git-http on"
deny "and makes nothing" latchkey repo show nest/later
latchkey account set --git-http on >/dev/null

# A git in front of the real one writes down what it is told.
mv "$T/elsewhere/finch.git" "$T/elsewhere/wren.git"
cat >"$T/bin/git" <<FILE
#!/bin/sh
for word in "\$@"; do printf '%s\n' "\$word"; done >>"$T/argv"
[ "\$1" != clone ] || env >"$T/env.clone"
[ "\$3" != push ] || env >"$T/env.push"
[ ! -e "$T/slow" ] || [ "\$1" != clone ] || { : >"$T/started"; exec sleep 60; }
exec /usr/bin/git "\$@"
FILE
chmod 755 "$T/bin/git"
want "seen from outside" latchkey repo import "$T/elsewhere/wren.git" nest/wren
secret=$(jq -r .access_token "$XDG_CONFIG_HOME/latchkey/session.json")
grep -qF "$secret" "$T/argv" "$T/said"
is "the login is in no argument and on no screen" $? 1
grep -qF "$secret" "$T/env.clone"
is "nor given to the other host's git" $? 1
grep -qF "$secret" "$T/env.push"
ok $? "only the push has it"
is "no temporary folder is left" \
	"$(find "$T/tmp" -name 'latchkey-import-*' | wc -l)" 0

: >"$T/slow"
# A background job of sh ignores interrupts, and so would what it starts.
setsid env --default-signal=INT latchkey repo import \
	"$T/elsewhere/wren.git" nest/later >"$T/said" 2>&1 &
import=$!
until_ok test -e "$T/started"
kill -INT "$import"
wait "$import"
is "Ctrl-C ends it" $? 1
said "in words" "interrupted"
is "no temporary folder is left then either" \
	"$(find "$T/tmp" -name 'latchkey-import-*' | wc -l)" 0
deny "and no repository" latchkey repo show nest/later
audited "the trail has the pushes" repository.push done git:nest/wren
finish
