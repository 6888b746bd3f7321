# Turn .sql files into C: awk -f tools/embed-sql.awk -v mode=h|c FILE...
#
# A statement starts with "-- name: word" and ends where the next one starts.
# "-- name: word pg" is another dialect's and left out here; "-- name: word
# sqlite" is ours alone. Files in a folder named migrate are one migration each,
# NNNN_word.sql, numbered from 0001 without a gap and given in that order.
# Comments are dropped. What could not be meant (a name twice, two statements
# under one name, an open quote) fails the build.

function fail(text)
{
	printf "%s:%d: %s\n", FILENAME, FNR, text >"/dev/stderr"
	failed = 1
	exit 1
}

# Take comments out of a line and look for the ";" that ends a statement.
# quote is the open quotation mark, if any, and lasts from line to line.
function plain(line,   i, c, out)
{
	out = ""
	for (i = 1; i <= length(line); i++) {
		c = substr(line, i, 1)
		if (quote != "") {
			if (c == quote)
				quote = ""
		} else if (c == "'" || c == "\"")
			quote = c
		else if (substr(line, i, 2) == "--")
			break
		else if (substr(line, i, 2) == "/*")
			fail("only -- comments are known here")
		else if (c == ";" && !migration) {
			ended = 1
			continue
		}
		if (ended && c !~ /[ \t]/)
			fail("a second statement under the name " name)
		out = out c
	}
	if (quote == "")
		sub(/[ \t]+$/, "", out)
	return out
}

# A statement's lines are joined by blanks, a migration's stay lines: the
# engine shows them again in its schema.
function add(line)
{
	line = plain(line)
	if (quote == "" && line ~ /^[ \t]*$/)
		return
	if (!migration && !inside)
		sub(/^[ \t]+/, "", line)
	if (text != "")
		text = text (migration || inside ? "\n" : " ")
	text = text line
	inside = quote != ""
}

function finish()
{
	if (name == "")
		return
	if (quote != "")
		fail("an open quote in " name)
	if (text == "")
		fail("no statement under the name " name)
	if (migration) {
		migrations++
		migration_name[migrations] = name
		migration_text[migrations] = text
	} else if (!foreign) {
		if (name in seen)
			fail("the name " name " again, first in " seen[name])
		seen[name] = FILENAME
		statements++
		statement_name[statements] = name
		statement_text[statements] = text
	}
	name = text = ""
	ended = inside = 0
}

function start_statement(words, n)
{
	finish()
	name = words[3]
	foreign = n == 4 && words[4] == "pg"
	if (n < 3 || n > 4 || name !~ /^[a-z][a-z0-9_]*$/ ||
	    (n == 4 && !foreign && words[4] != "sqlite"))
		fail("not of the form \"-- name: word [pg|sqlite]\"")
}

function start_file(   n, part)
{
	finish()
	n = split(FILENAME, part, "/")
	migration = n > 1 && part[n - 1] == "migrate"
	if (!migration)
		return
	name = part[n]
	if (name !~ /^[0-9][0-9][0-9][0-9]_[a-z0-9_]+\.sql$/)
		fail("a migration is named NNNN_word.sql")
	sub(/\.sql$/, "", name)
	if (substr(name, 1, 4) + 0 != migrations + 1)
		fail("migration " migrations + 1 " should come here")
}

FNR == 1 { start_file() }

!migration && quote == "" && /^--[ \t]*name[ \t]*:/ {
	start_statement(words, split($0, words))
	next
}

{
	if (name != "")
		add($0)
	else if (plain($0) !~ /^[ \t]*$/)
		fail("a statement without a name")
}

# A string literal. The question mark could be part of a trigraph.
function literal(s)
{
	gsub(/\\/, "&&", s)
	gsub(/"/, "\\\"", s)
	gsub(/\?/, "\\?", s)
	gsub(/\t/, "\\t", s)
	gsub(/\r/, "\\r", s)
	gsub(/\n/, "\\n\"\n\t    \"", s)
	return "\"" s "\""
}

function header(   i)
{
	print "/* Made of core/sql by tools/embed-sql.awk. */"
	print "#ifndef CORE_SQL_H\n#define CORE_SQL_H\n"
	print "#include \"db/db.h\"\n"
	print "enum sql {"
	for (i = 1; i <= statements; i++)
		print "\tSQL_" statement_name[i] ","
	print "\tSQL_COUNT"
	print "};\n"
	print "extern const struct db_schema sql_schema;\n"
	print "#endif"
}

# An array may not be empty, so each has a last element that is not counted.
function table(what, names, texts, n,   i)
{
	print "static const struct db_sql " what "[] = {"
	for (i = 1; i <= n; i++)
		print "\t{\"" names[i] "\",\n\t    " literal(texts[i]) "},"
	print "\t{NULL, NULL},"
	print "};\n"
}

function source()
{
	print "/* Made of core/sql by tools/embed-sql.awk. */"
	print "#include \"core/sql.h\"\n"
	table("statements", statement_name, statement_text, statements)
	table("migrations", migration_name, migration_text, migrations)
	print "const struct db_schema sql_schema = {"
	print "\t.statements = statements,"
	print "\t.n_statements = " statements + 0 ","
	print "\t.migrations = migrations,"
	print "\t.n_migrations = " migrations + 0 ","
	print "};"
}

END {
	if (failed)
		exit 1
	finish()
	if (mode == "h")
		header()
	else if (mode == "c")
		source()
	else
		fail("mode is h or c")
}
