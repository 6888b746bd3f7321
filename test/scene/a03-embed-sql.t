# tools/embed-sql.awk: what stands in .sql files reaches C unchanged, and what
# could not be meant fails the build.
. "$(dirname "$0")/lib.sh"

mkdir -p "$T/sql/migrate"
embed() { # MODE FILE...
	mode=$1
	shift
	(cd "$T/sql" && awk -f "$ROOT/tools/embed-sql.awk" -v "mode=$mode" "$@")
}
file() { # NAME, text on standard input
	cat >"$T/sql/$1"
}
refused() { # DESCRIPTION REASON, text on standard input
	file bad.sql
	deny "$1" embed c bad.sql
	said "and says why" "$2"
}

file a.sql <<'SQL'
-- A comment; with 'a quote.
-- name: first
SELECT 'a\b', "q", '??=', 'two
  lines -- not; the end' -- a comment; here
	, $1;

-- name: second pg
SELECT 2;
-- name: second
SELECT 3
-- name: third sqlite
SELECT 4;
SQL
echo 'CREATE TABLE a (x TEXT); -- it
CREATE TABLE b (y TEXT);' | file migrate/0001_start.sql
echo 'DROP TABLE b;' | file migrate/0002_less.sql

cat >"$T/print.c" <<'C'
#include "core/sql.h"
#include <stdio.h>
int
main(void)
{
	for (int i = 0; i < SQL_COUNT; i++)
		puts(sql_schema.statements[i].text);
	printf("%s\n", sql_schema.statements[SQL_third].name);
	for (size_t i = 0; i < sql_schema.n_migrations; i++)
		printf("%s:%s\n", sql_schema.migrations[i].name,
		    sql_schema.migrations[i].text);
	return sql_schema.n_statements != SQL_COUNT;
}
C
cat >"$T/expected" <<'EOF'
SELECT 'a\b', "q", '??=', 'two
  lines -- not; the end' , $1
SELECT 3
SELECT 4
third
0001_start:CREATE TABLE a (x TEXT);
CREATE TABLE b (y TEXT);
0002_less:DROP TABLE b;
EOF
mkdir -p "$T/made/core"
embed h a.sql migrate/0001_start.sql migrate/0002_less.sql >"$T/made/core/sql.h"
embed c a.sql migrate/0001_start.sql migrate/0002_less.sql >"$T/made/sql.c"
want "what is made compiles" "${CC:-cc}" -std=c17 -Wall -Wextra -Werror \
	-I"$ROOT/src" -I"$T/made" "$T/print.c" "$T/made/sql.c" -o "$T/print"
"$T/print" >"$T/printed"
want "and says what the files say" diff -u "$T/expected" "$T/printed"

refused "a name twice" "the name x again" <<'SQL'
-- name: x
SELECT 1;
-- name: x
SELECT 2;
SQL
refused "two statements under one name" "a second statement under the name x" \
<<'SQL'
-- name: x
DELETE FROM a; DELETE FROM b;
SQL
refused "no statement" "no statement under the name x" <<'SQL'
-- name: x
-- name: y
SELECT 1;
SQL
refused "no name" "a statement without a name" <<'SQL'
SELECT 1;
SQL
refused "an open quote" "an open quote in x" <<'SQL'
-- name: x
SELECT 'it;
SQL
refused "a dialect that nobody speaks" "not of the form" <<'SQL'
-- name: x oracle
SELECT 1;
SQL
deny "a gap in the migrations" embed c migrate/0002_less.sql
said "is named" "migration 1 should come here"
finish
