# tools/check-fuzz finds a parser without a harness, and a harness that is none.
. "$(dirname "$0")/lib.sh"

mkdir -p "$T/tree/test"
cp -r "$ROOT/src" "$ROOT/tools" "$T/tree"
cp -r "$ROOT/test/fuzz" "$ROOT/test/meson.build" "$T/tree/test"
check=$T/tree/tools/check-fuzz table=$T/tree/test/fuzz/PARSERS
again() {
	cp "$ROOT/test/fuzz/PARSERS" "$table"
}
want "every parser has a harness, or a reason" "$check"

echo 'int odd_parse(struct str);' >"$T/tree/src/wire/odd.h"
deny "a parser that is new" "$check"
said "is told" 'src/wire: odd_parse\(\) has no line'
printf 'wire\todd_parse\todd\n' >>"$table"
deny "with a harness that is not there" "$check"
said "either" 'fuzz_odd.c does not call odd_parse'
sed -i '/odd_parse/d' "$table"
printf 'wire\todd_parse\t-\n' >>"$table"
deny "without a reason" "$check"
said "either" 'odd_parse: why none'
again
rm "$T/tree/src/wire/odd.h"

printf 'wire\tgone_parse\tscope\n' >>"$table"
deny "a parser that is gone" "$check"
said "is told" 'src/wire has no gone_parse'
again

echo 'int LLVMFuzzerTestOneInput(void);' >"$T/tree/test/fuzz/fuzz_odd.c"
deny "a harness of nothing" "$check"
said "is not built" 'fuzz_odd.c is not in test/meson.build'
said "not named" 'does not name odd'
said "and has no corpus" 'corpus/odd is empty'
rm "$T/tree/test/fuzz/fuzz_odd.c"

head -c 70000 /dev/zero >"$T/tree/test/fuzz/corpus/scope/huge"
deny "a corpus that is too large" "$check"
said "is measured" 'corpus/scope: 7[0-9]{4} bytes'
finish
