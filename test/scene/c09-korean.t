# What people read, in Korean: from the environment alone, on a machine that has
# no Korean locale; in columns that line up; and English byte by byte wherever
# that is asked for, or the terminal could not show anything else.
. "$(dirname "$0")/lib.sh"
PYTHON=/usr/bin/python3

# The environment of somebody in Korea; a locale of that name is not needed.
korean() {
	env -u LC_ALL -u LANGUAGE LANG=ko_KR.UTF-8 "$@"
}
under() { # VARIABLES "what latchkey says": its first line's first word
	env -u LC_ALL -u LANGUAGE $1 latchkey help | sed -n '1s/ .*//p'
}

# Columns of a terminal, from the tables of another program.
cat >"$T/columns.py" <<'EOF'
import sys
import unicodedata

def spread(line):
    return "".join(c + ("\0" if unicodedata.east_asian_width(c) in "WF" else "")
                   for c in line)

lines = [spread(line.rstrip("\n")) for line in open(sys.argv[2])]
if sys.argv[1] == "widest":
    print(max(map(len, lines)))
elif sys.argv[1] == "titles":
    # Under each title something begins, and a gap is before it.
    rows = lines[:next(i for i, l in enumerate(lines) if l == "")]
    head = rows[0]
    starts = [i for i in range(len(head))
              if head[i] != " " and (i == 0 or head[i-3:i] == "   ")]
    for row in rows:
        for i in starts[1:]:
            if row[i-3:i] != "   " or row[i:i+1] == " ":
                sys.exit("not in line: " + row.replace("\0", ""))
    print(len(rows) - 1, "rows,", len(starts), "columns")
elif sys.argv[1] == "values":
    print(len({len(l) - len(l.split("   ", 1)[1].lstrip())
               for l in lines if "   " in l}))
EOF
columns() {
	"$PYTHON" "$T/columns.py" "$@"
}
has_korean() { # FILE
	"$PYTHON" -c '
import sys
sys.exit(not any("\uac00" <= c <= "\ud7a3" for c in open(sys.argv[1]).read()))
' "$1"
}

latchkey help >"$T/english"
# --- which language --------------------------------------------------------
is "Korean from LANG" "$(under LANG=ko_KR.UTF-8)" "사용법:"
is "from LC_ALL" "$(under 'LC_ALL=ko_KR.utf8 LANG=C')" "사용법:"
is "from LC_MESSAGES" "$(under 'LC_MESSAGES=ko_KR.UTF-8 LANG=C.UTF-8')" "사용법:"
is "from LANGUAGE, in C.UTF-8" "$(under 'LC_ALL=C.UTF-8 LANGUAGE=ko')" "사용법:"
is "and in a locale that is none" "$(under 'LANG=xx_YY.UTF-8 LANGUAGE=ko')" \
	"사용법:"
is "English in a locale that is none" "$(under LANG=xx_YY.UTF-8)" "usage:"
is "when it comes first" "$(under 'LANG=ko_KR.UTF-8 LANGUAGE=en:ko')" "usage:"
is "for LC_MESSAGES=C" "$(under 'LANG=ko_KR.UTF-8 LC_MESSAGES=C')" "usage:"
is "on a terminal of another charset" "$(under LANG=ko_KR.EUC-KR)" "usage:"
is "without any" "$(under LANG=)" "usage:"
for env in "LC_ALL=C LANG=ko_KR.UTF-8 LANGUAGE=ko" "LANG=en_US.UTF-8" \
	"LANG=ko_KR.EUC-KR" "LC_ALL=POSIX"; do
	# shellcheck disable=SC2086 # several variables
	env -u LC_ALL -u LANGUAGE $env latchkey help >"$T/other"
	want "English, byte by byte: $env" cmp "$T/english" "$T/other"
done
is "which is ASCII" "$(LC_ALL=C grep -c '[^ -~]' "$T/english")" 0

# --- help ------------------------------------------------------------------
korean latchkey help >"$T/korean"
is "as many lines of help" "$(wc -l <"$T/korean")" "$(wc -l <"$T/english")"
is "the same commands" "$(sed -n 's/^  \(.\{31\}\).*/\1/p' "$T/korean")" \
	"$(sed -n 's/^  \(.\{31\}\).*/\1/p' "$T/english")"
widest=$(columns widest "$T/korean")
ok $((widest > 80)) "no line is wider than 80 columns ($widest)"
groups=$(awk '/^  [a-z-]+ [a-z]/ { print $1 }' "$T/english" | sort -u)
for group in $groups; do
	latchkey help "$group" >/dev/null 2>&1 || continue
	korean latchkey "$group" --help >"$T/said"
	ok $? "help of $group"
	has_korean "$T/said"
	ok $? "is Korean"
	widest=$(columns widest "$T/said")
	ok $((widest > 80)) "and fits ($widest)"
	# Words that are too wide for their column are a line, and no language.
	grep -Ev '^  iam [a-z-]+ [A-Z.| ]+$' "$T/said" >"$T/texts"
	same=$(grep -Fxc -f "$T/texts" "$T/english")
	is "with no line left in English" "$((same - $(grep -c '^$' "$T/english")))" 0
done
want "help of a command" korean latchkey keypair create --help
said "has its options" '--type.*(기본값)'
said "and the warning" '분실하면 복구할 수 없습니다'
want "the answers" korean latchkey keypair faq
said "name who can change a server" '시스템 관리자'

# --- what goes wrong -------------------------------------------------------
keep korean latchkey status
is "a failure has its status" "$?" 1
said "says so" '^실패$'
said "and what to do" "로그인하지 않았습니다.*'latchkey login -a URL'"
keep korean latchkey cr token-add --no-such
is "wrong usage has its own" "$?" 2
said "names the option" '알 수 없는 옵션입니다: --no-such'
said "and shows the usage" '^사용법: latchkey cr token-add'
echo lk_a_none >"$T/nokey"
keep korean latchkey login -a http://127.0.0.1:9 --apikey "@$T/nokey"
said "a server that is away" 'http://127.0.0.1:9에 연결할 수 없습니다: '

# --- tables ----------------------------------------------------------------
serve
login
token --readwrite --non-expiring >/dev/null 2>&1
latchkey cr token-add --description "빌드 서버의 토큰" -q >/dev/null
want "a table" korean latchkey cr token-list
is "its columns line up" "$(columns titles "$T/said")" "2 rows, 5 columns"
said "its titles are Korean" '^토큰 ID +만료 +읽기 전용 +마지막 사용 +설명$'
said "its text is as it was given" '빌드 서버의 토큰$'
said "a word for none" '없음'
said "and its end" '^완료$'
want "English" latchkey cr token-list
is "lines up around wide texts, too" "$(columns titles "$T/said")" \
	"2 rows, 5 columns"
want "pairs" korean latchkey target
is "have their values in one column" "$(columns values "$T/said")" 1
want "a list as JSON" latchkey cr token-list --output json
cp "$T/said" "$T/json"
korean latchkey cr token-list --output json >"$T/other"
want "is the same in every language" cmp "$T/json" "$T/other"
is "what scripts read, too" "$(korean latchkey cr token-add -q | cut -c 1-4)" \
	"eyJh"
is "docker is answered in the words that it compares" \
	"$(echo no.example | korean docker-credential-latchkey get)" \
	"credentials not found in native keychain"
keep korean latchkey keypair show none
said "what is not there is said by its name" \
	"^'none'이\(가\) 없거나 조회할 권한이 없습니다$"
keep korean latchkey keypair list -p none
said "or at least in Korean" '^대상이 없습니다$'
keep korean latchkey cr namespace-add x
said "what the server says stays as it is" '^실패$'
said "in its own words" '[a-z]+ [a-z]+ [a-z]+'

# --- installed -------------------------------------------------------------
if keep meson install -C "$BUILD" --no-rebuild --quiet --destdir "$T/root"; then
	latchkey=$(find "$T/root" -type f -name latchkey -perm -u+x)
	mo=$(find "$T/root" -name latchkey.mo)
	like "a catalogue is installed" "$mo" \
		'/share/locale/ko/LC_MESSAGES/latchkey\.mo$'
	is "and found from there" "$(korean "$latchkey" help | sed -n '1s/ .*//p')" \
		"사용법:"
	ln -s "$latchkey" "$T/bin/linked"
	is "through a link as well" "$(korean linked help | sed -n '1s/ .*//p')" \
		"사용법:"
	rm "$mo"
	korean "$latchkey" help >"$T/other"
	want "without it, English" cmp "$T/english" "$T/other"
else
	remark <"$T/said"
	ok 1 "the build can be installed"
fi
finish
