# tools/check-console finds what no look at one file of the console shows.
. "$(dirname "$0")/lib.sh"

mkdir -p "$T/tree/src" "$T/tree/test"
cp -r "$ROOT/src/console" "$T/tree/src"
cp -r "$ROOT/test/console" "$T/tree/test"
cp -r "$ROOT/tools" "$T/tree"
tree=$T/tree
check=$tree/tools/check-console
console=$tree/src/console
en=$console/words/en ko=$console/words/ko
want "the console's sources are as they should be" "$check"

cat >"$en/birds.js" <<'EOF'
export default {
  eggs: { one: '{n} egg', other: '{n} eggs' },
  nest: 'A nest of {who}',
  song: 'A song',
  feather_up: 'Up',
};
EOF
cat >"$ko/birds.js" <<'EOF'
export default {
  eggs: { other: '알 {n}개' },
  nest: '{who}의 둥지',
  song: '노래',
  feather_up: '위',
};
EOF
speak() { # LANGUAGE
	sed -i "1i import birds from './$1/birds.js';" "$console/words/$1.js"
	sed -i 's/^export default {/& birds,/' "$console/words/$1.js"
}
speak en
speak ko
cat >"$console/lib/birds.js" <<'EOF'
// 'birds.gone' in a comment is no use of it, nor is "innerHTML".
import { h } from './dom.js';
import { t } from './words.js';

export const eggs = (n) => h('p', {}, t('birds.eggs', { n }), /'birds\.(\d+)'/.test('x') ? `${n}` : null);
export const nest = (who) => t('birds.nest', { who });
export const MENU = ['birds.song'];
export const feather = (way) => t(`birds.feather_${way}`);
EOF
want "a use, a table and a pattern are uses" "$check"

sed -i '/song/d' "$ko/birds.js"
deny "a text that one language lacks" "$check"
said "is found" 'words/ko/birds.js: has no song'
sed -i "s/^};/  song: '노래',\n};/; s/{who}의/{name}의/" "$ko/birds.js"
deny "other values" "$check"
said "are found" 'nest: other values: en \{who\}, ko \{name\}'
sed -i 's/{name}의/{who}의/' "$ko/birds.js"
want "all is well again" "$check"
sed -i "s/{ one: '{n} egg', other/{ other/" "$en/birds.js"
deny "a plural that English lacks" "$check"
said "is found" 'eggs: has other and not one other'
sed -i "s/{ other/{ one: '{n} egg', other/" "$en/birds.js"
for language in en ko; do
	sed -i "s/^};/  unused: 'x',\n};/" "$console/words/$language/birds.js"
done
deny "a text that nobody uses" "$check"
said "is found" 'nothing uses unused'
sed -i '/unused/d' "$en/birds.js" "$ko/birds.js"

bad() { # DESCRIPTION REGEX JAVASCRIPT
	printf '%s\n' "import { h } from './dom.js';" "$3" >"$console/lib/bad.js"
	deny "$1" "$check"
	said "is found" "src/console/lib/bad.js:2: $2"
	rm "$console/lib/bad.js"
}
bad "a text that is not there" 'no text birds.claws' "export const x = ['birds.claws'];"
bad "a pattern that nothing fits" 'no text birds.claw_\*' \
	'export const x = (n) => `birds.claw_${n}`;'
bad "a sentence" "a sentence outside the catalogues: 'Something went wrong'" \
	"export const x = () => alert('Something went wrong');"
bad "a word" "a child of h\(\) outside the catalogues: 'Delete'" \
	"export const x = (n) => h('p', { class: 'quiet' }, n ? 'Delete' : null);"
bad "what is read aloud" "a aria-label outside" \
	"export const x = h('p', { 'aria-label': 'Delete' });"
bad "Korean" "Korean outside" "export const x = ['삭제'];"
bad "markup from a string" 'innerHTML makes markup' \
	"export const x = (e, s) => { e.innerHTML = s; };"
bad "in whatever way" 'insertAdjacentHTML makes markup' \
	"export const x = (e, s) => e.insertAdjacentHTML('beforeend', s);"
bad "or at once" 'document.write makes markup' 'document.write(1);'
bad "code from a string" 'Function makes code' 'export const x = new Function();'
bad "code in an address" 'javascript: makes code' "export const x = ['javascript:1'];"
bad "a handler as an attribute" 'setAttribute of onclick' \
	"export const x = (e, s) => e.setAttribute('onclick', s);"
bad "a style as a string" 'a style is an object' \
	"export const x = h('p', { style: 'color: red' });"
bad "another's address" 'an address elsewhere' \
	"export const x = 'https://cdn.far.org/x.js';"
bad "an import of nothing" 'imports ./none.js, which is not there' \
	"export * from './none.js';"
bad "an import from elsewhere" 'imports far: relative' "export * from 'far';"

echo 'export const x = (;' >"$console/lib/bad.js"
if command -v node >/dev/null || "$ROOT/tools/install-deps" npm 2>/dev/null; then
	deny "what is no JavaScript" "$check"
	said "is found" 'lib/bad.js: Unexpected token'
else
	skip "what is no JavaScript" "node is not installed, and could not be"
fi
yes '// a line' | head -n 301 >"$console/lib/bad.js"
deny "a long file" "$check"
said "is found" 'bad.js: 301 lines, at most 300'
rm "$console/lib/bad.js"

wide() { # FILE LETTER COLUMNS: a comment as wide as that, after a line
	python3 -c 'import sys; print("// a line\n// " + sys.argv[1] * int(sys.argv[2]))' \
		"$2" "$3" >"$tree/$1"
}
for file in src/console/lib/bad.js test/console/bad.mjs; do
	wide $file x 117
	want "120 columns in $file" "$check"
	wide $file x 118
	deny "and one more" "$check"
	said "is found" "$file:2: 121 columns, at most 120"
	rm "$tree/$file"
done
wide src/console/lib/bad.js 새 59
deny "letters of two columns" "$check"
said "are counted as such" 'bad.js:2: 121 columns, at most 120'
rm "$console/lib/bad.js"

cp "$console/pages/me.js" "$T/me.js"
sed -i '/birds/d' "$console/words/ko.js"
deny "a catalogue that no language has" "$check"
said "is found" 'words/ko/birds.js: words/ko.js does not import it'
speak ko
sed 's/^export \(async \)\?function show/function show/' "$T/me.js" >"$console/pages/me.js"
deny "a page without show()" "$check"
said "is found" 'me.js: is a page without: export'
cp "$T/me.js" "$console/pages/me.js"
sed -i "s,</body>,<p style=\"color: red\"></body>," "$console/index.html"
deny "a style in markup" "$check"
said "is found" 'index.html: a style attribute'
cp "$ROOT/src/console/index.html" "$console"
echo 'p { background: url(data:image/png,x) }' >>"$console/style/app.css"
deny "a picture that the policy forbids" "$check"
said "is found" 'app.css: an address that the policy forbids'
cp "$ROOT/src/console/style/app.css" "$console/style"
want "without all that it is as it should be" "$check"
echo 'src/console/lib/birds.js nothing' >>"$tree/tools/check-console.allow"
deny "a permission that nothing needs" "$check"
said "is found" 'nothing needs: src/console/lib/birds.js nothing'

# --- tools/embed-console
embed=$ROOT/tools/embed-console
made() { # SUFFIX
	"$embed" "$console" "$T/made$1.c" "$T/made$1.d"
}
hash_of() { # SUFFIX
	sed -n 's/^const char console_hash.*"\(.*\)";/\1/p' "$T/made$1.c"
}
deny "a module that nothing imports" made 0
said "is named" 'lib/birds.js is imported by nothing'
echo "export * from './lib/birds.js';" >>"$console/app.js"
want "the files become C" made 1
want "again" made 2
want "the same files are the same C" cmp "$T/made1.c" "$T/made2.c"
is "they are a page, a script, a style, two catalogues and a picture" \
	"$(sed -n 's/^    {"\([^"]*\)", ".*/\1/p' "$T/made1.c" | tr '\n' ' ')" \
	'app.js icon.svg index.html style.css words/en.js words/ko.js '
want "its depfile names the files" grep -q 'src/console/lib/birds.js' "$T/made1.d"
want "and the folders" grep -q 'src/console/lib ' "$T/made1.d"
echo 'export const worm = 1;' >>"$console/lib/birds.js"
want "one thing more" made 3
deny "is another address" test "$(hash_of 1)" = "$(hash_of 3)"
cp "$console/icon.svg" "$console/bird.svg"
want "another name" made 4
deny "is another address" test "$(hash_of 3)" = "$(hash_of 4)"
: >"$console/lib/.birds.js.swp"
: >"$console/lib/birds.js~"
want "what an editor leaves" made 5
is "is left out" "$(hash_of 5)" "$(hash_of 4)"
echo "export { none } from './dom.js';" >>"$console/lib/birds.js"
deny "a name that is imported and not there" made 6
said "is told of" 'No matching export in "lib/dom.js" for import "none"'
cp "$ROOT/src/console/lib/dom.js" "$console/lib/birds.js"
: >"$console/lib/birds.exe"
deny "a file of no known type" made 7
said "is named" 'lib/birds.exe is of no type'
finish
