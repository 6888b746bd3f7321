# Manual pages and shell completion: written by the programs out of their own
# tables, without a fault that mandoc or groff would tell, the same whenever and
# wherever they are built, and with every command and option in them.
. "$(dirname "$0")/lib.sh"
for program in mandoc man zsh fish; do
	command -v $program >/dev/null || skip_all "$program is not installed"
done

# --- pages -----------------------------------------------------------------
lint() { # FILE: what two readers of such pages say against it
	# A date would be that of the build.
	mandoc -T lint -W warning "$1" 2>&1 | grep -v 'missing date'
	man --warnings=all -E UTF-8 -l -Tutf8 -Z "$1" 2>&1 >/dev/null
}
latchkey help >"$T/help"
groups=$(awk '/^  [a-z-]+ [a-z]/ { print $1 }' "$T/help" | sort -u)
groups=$(for group in $groups; do
	latchkey help --man "$group" >/dev/null 2>&1 && echo "$group"
done)
is "there are groups" "$(echo "$groups" | grep -c .)" 10
is "the build has a page of each, and of the rest" \
	"$(cd "$BUILD/man" && ls ./*.[0-9] | sed 's,^\./,,' | sort)" \
	"$( (echo "$groups" | sed 's/.*/latchkey-&.1/'
		printf 'latchkey.1\nlatchkeyd.8\nlatchkeyd.conf.5\n') | sort)"
for page in "$BUILD"/man/*.[0-9]; do
	name=${page##*/}
	is "$name is without a fault" "$(lint "$page")" ""
	like "and says no day" "$(head -n 1 "$page")" \
		'^\.TH [A-Z.\\-]+ [158] "" "latchkeyd? [0-9.]+" '
done
for group in '' $groups; do
	# shellcheck disable=SC2086 # none or one
	latchkey help --man $group >"$T/page"
	want "latchkey${group:+-$group}.1 is what the program says" \
		cmp "$T/page" "$BUILD/man/latchkey${group:+-$group}.1"
	korean="env -u LC_ALL LANG=ko_KR.UTF-8 LANGUAGE=ko"
	# shellcheck disable=SC2086 # several words
	$korean latchkey help --man $group >"$T/page.ko"
	is "and fine in Korean" "$(lint "$T/page.ko")" ""
	ok "$(cmp -s "$T/page" "$T/page.ko" && echo 1 || echo 0)" "which it is"
	missing=
	for command in $(latchkey help $group | if [ -n "$group" ]; then
		sed -n "s/^  $group \([a-z-]*\).*/\1/p"
	else
		awk '/^  [a-z-]+( |$)/ { print $1 }' | grep -vxF "$groups"
	fi); do
		grep -qF ".SS \"$(echo "$command" | sed 's/-/\\-/g')\"" "$T/page" ||
			missing="$missing $command"
	done
	is "with every command" "$missing" ""
done
for row in '--man latchkeyd.8' '--man-conf latchkeyd.conf.5'; do
	latchkeyd help "${row% *}" >"$T/page"
	want "${row#* } is what latchkeyd says" cmp "$T/page" "$BUILD/man/${row#* }"
done
for command in $(latchkeyd help | awk '/^  [a-z-]+ / { print $1 }' |
	grep -vx -e help -e version); do
	grep -qF ".SS \"$(echo "$command" | sed 's/-/\\-/g')\"" \
		"$BUILD/man/latchkeyd.8"
	ok $? "latchkeyd.8 has $command"
done
latchkeyd serve --help | sed -n 's/^ *\(-[a-z], \)\{0,1\}--\([a-z-]*\).*/\2/p' |
	grep -vx -e config -e help -e account -e admin -e apikey-file >"$T/keys"
missing=
while read -r key; do
	grep -qF "\\fB$(echo "$key" | sed 's/-/\\-/g')\\fR = " \
		"$BUILD/man/latchkeyd.conf.5" || missing="$missing $key"
done <"$T/keys"
is "latchkeyd.conf.5 has every setting" "$missing" ""
deny "a group that there is not" latchkey help --man nests
said "is said" "'nests' is not a latchkey command"

# --- bash ------------------------------------------------------------------
want "a completion for bash" latchkey completion bash
cp "$T/said" "$T/complete.bash"
want "is the build's" cmp "$T/complete.bash" "$BUILD/man/latchkey.bash"
want "which bash reads" bash -n "$T/complete.bash"
# The words as readline has them: what is being typed is the last.
typed() {
	bash --norc --noprofile -c '
		. "$1"
		shift
		COMP_WORDS=("$@")
		COMP_CWORD=$(($# - 1))
		_latchkey
		printf "%s\n" "${COMPREPLY[@]}"
	' bash "$T/complete.bash" "$@" | LC_ALL=C sort | paste -sd ' '
}
is "commands" "$(typed latchkey lo)" "login logout"
is "groups" "$(typed latchkey key)" "keypair"
is "commands of a group" "$(typed latchkey cr token-)" \
	"token-add token-get token-list token-rm token-rotate"
is "and their other names" "$(typed latchkey cr toke)" \
	"token-add token-get token-list token-rm token-rotate tokens"
is "under the group's other name" "$(typed latchkey container-registry trash)" \
	"trash-list"
is "every one of a group" "$(typed latchkey cr '' | tr ' ' '\n' |
	grep -vx -e help -e images -e digests -e namespaces -e tokens | sort)" \
	"$(latchkey help cr | sed -n 's/^  cr \([a-z-]*\).*/\1/p' | sort)"
is "behind help" "$(typed latchkey help cr image-t)" "image-tag"
is "options" "$(typed latchkey cr token-add --)" \
	"--description --help --non-expiring --output --quiet --readwrite"
is "of a name that does the same" "$(typed latchkey cr tokens --o)" "--output"
is "values" "$(typed latchkey cr login --client '')" "docker podman"
is "begun" "$(typed latchkey cr namespace-set x --immutable-tags of)" "off"
is "behind =, which bash cuts off" "$(typed latchkey cr login --client = do)" \
	docker
is "with nothing behind it" "$(typed latchkey cr login --client =)" \
	"docker podman"
is "of every command" "$(typed latchkey whoami --output '')" json
is "nothing for a value that nobody knows" \
	"$(typed latchkey cr token-add --description '')" ""
is "operands" "$(typed latchkey completion '')" "bash fish zsh"
mkdir "$T/files" && : >"$T/files/a key.json" && cd "$T/files" || exit 99
is "files" "$(typed latchkey login --ca-file a)" "a key.json"
cd "$T" || exit 99
is "no files where none are wanted" "$(typed latchkey cr images '')" ""

# --- zsh: what it would be asked for, by functions in the place of its own ----
latchkey completion zsh >"$T/_latchkey"
want "a completion for zsh is the build's" cmp "$T/_latchkey" \
	"$BUILD/man/_latchkey"
want "which zsh reads" zsh -f -n "$T/_latchkey"
asked() { # WORD...
	zsh -f -c '
		compdef() { : }
		_describe() { print -l -- "${(@)rows}" }
		_arguments() { print -l -- "$words[1]" "${(@)argv[3,-1]}" }
		. "$1"
		shift
		words=("$@")
		CURRENT=$#
		_latchkey
	' zsh "$T/_latchkey" "$@" >"$T/said" 2>&1
}
asked latchkey ''
said "commands have their text" '^login:log in to a server$'
said "groups, too" '^cr:the container registry$'
asked latchkey container-registry ''
said "commands of a group" '^trash-list:list deleted images'
asked latchkey cr login --client ''
said "options are those of the command" '^login$'
said "with values" '^--client=\[only this client.*docker\|podman:\(docker podman\)$'
asked latchkey cr image-rm -f ''
said "two forms exclude each other" '^\(--force\)-f\[do not ask\]$'
asked latchkey help cr image-t
said "behind help" '^image-tag:'

# --- fish ------------------------------------------------------------------
latchkey completion fish >"$T/latchkey.fish"
want "a completion for fish is the build's" cmp "$T/latchkey.fish" \
	"$BUILD/man/latchkey.fish"
want "which fish reads" fish -N -n "$T/latchkey.fish"
offered() { # LINE
	fish -N -c 'source $argv[1]; complete -C $argv[2]' "$T/latchkey.fish" \
		"$1" 2>&1 | cut -f 1 | LC_ALL=C sort | paste -sd ' '
}
is "commands" "$(offered 'latchkey lo')" "login logout"
is "commands of a group" "$(offered 'latchkey cr token-')" \
	"token-add token-get token-list token-rm token-rotate"
is "under its other name" "$(offered 'latchkey container-registry trash')" \
	"trash-list"
is "options" "$(offered 'latchkey cr token-add --re')" "--readwrite"
is "values" "$(offered 'latchkey cr login --client ')" "docker podman"
is "operands" "$(offered 'latchkey completion ')" "bash fish zsh"
is "nothing of other commands" "$(offered 'latchkey cr images --cli')" ""
deny "a shell that is none of them" latchkey completion csh
said "is told which there are" "'csh' is not one of bash, zsh and fish"
finish
