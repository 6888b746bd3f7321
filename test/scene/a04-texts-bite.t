# tools/check-texts finds what people read and nobody translated.
. "$(dirname "$0")/lib.sh"

mkdir -p "$T/tree"
cp -r "$ROOT/src" "$ROOT/tools" "$ROOT/po" "$T/tree"
tree=$T/tree
check=$tree/tools/check-texts
bad=$tree/src/cli/bad.c
ko=$tree/po/ko.po
want "every text is marked and translated" "$check"

cat >"$bad" <<'EOF'
#include "cli/cli.h"

static const struct opt opts[] = {
    {"force", 'f', OPT_FLAG, NULL, "hurry"},
};
static const struct column columns[] = {{"WHEN", false}, {N_("ID"), true}};
/* A comment that has several words. */
static const char advice[] = "Keep it in "
			     "a safe place.\n";
int
bad(struct cli *cli, struct table *t)
{
	table_add(t, STR("never"));
	table_add(t, json_text(NULL, "name"));
	printf("%s: %d\n", "x", 1);
	printf("Done\n");
	puts(_("OK\n"));
	return note_set(&cli->note, 1, 1 > 0 ? "gone" : _("OK\n"));
}
EOF
deny "what is not marked is found" "$check"
said "the text of an option" 'src/cli/bad.c:4: not marked: "hurry"'
said "a title" 'src/cli/bad.c:6: not marked: "WHEN"'
said "a sentence, wherever it stands" \
	'src/cli/bad.c:8: not marked: "Keep it in a safe place'
said "a cell" 'src/cli/bad.c:13: not marked: "never"'
said "what is printed" 'src/cli/bad.c:16: not marked: "Done'
said "a reason" 'src/cli/bad.c:18: not marked: "gone"'
is "and nothing else" "$(grep -c 'not marked' "$T/said")" 6

echo 'const char *const bad[] = {N_("A text of %d words.")};' >"$bad"
deny "a template that is out of date" "$check"
said "is found" 'po/latchkey.pot is not what the sources say'
want "it is refreshed" "$tree/tools/update-po"
deny "a text without a translation" "$check"
said "is found" 'untranslated|not defined'
said "with its place" 'po/ko.po'

sed -i '/^msgid "A text of %d words."/{n;s/""/"글 %s개."/}' "$ko"
deny "a translation with another directive" "$check"
said "is found" "format specifications"
sed -i 's/글 %s개/글 %d개/' "$ko"
want "with the same one all is well" "$check"
sed -i '/^msgid "A text of %d words."/i #, fuzzy' "$ko"
deny "a translation that is a guess" "$check"
said "is found" 'needs to be reviewed'
sed -i '/^#, fuzzy$/d' "$ko"

echo 'src/cli/bad.c no such text' >>"$tree/tools/check-texts.allow"
deny "a permission that nothing needs" "$check"
said "is found" 'nothing needs: src/cli/bad.c no such text'
finish
