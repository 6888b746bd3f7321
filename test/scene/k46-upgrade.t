# An installation made before there were key pairs: the next start brings it up
# to date, all that it holds is as it was and serves, and the new things work in
# it; also when that start is killed. What a newer program wrote is refused.
. "$(dirname "$0")/lib.sh"
serve
login
cd "$T" || exit 99
latchkey cr namespace-add birds >/dev/null
rw=$(token --readwrite --non-expiring)
push_small "$rw" birds/robin first
latchkey project create nest/other >/dev/null
repo_create test
ssh_setup
make_key mine && make_key machine
user_key mine >/dev/null
access_key test machine >/dev/null
git clone -q "http://iamapikey:$(key_in "$T/apikey")@$HOST/git/nest/test.git" \
	"$T/work" 2>/dev/null
git -C "$T/work" commit -q --allow-empty -m first
want "a push" git_as mine -C "$T/work" push -q "$SSH_URL/nest/test.git" HEAD:main
stop

# The same rows in the tables of then: the steps are those of that time.
cat >"$T/old.py" <<'FILE2'
import sqlite3, sys

now, old, steps = sys.argv[1], sys.argv[2], sys.argv[3:]
source, to = sqlite3.connect(now), sqlite3.connect(old)
to.execute("PRAGMA journal_mode = WAL")
for name in ("user_version", "application_id"):
    value, = source.execute(f"PRAGMA {name}").fetchone()
    to.execute(f"PRAGMA {name} = {value}")
create, = source.execute("""SELECT sql FROM sqlite_master
    WHERE name = 'schema_version'""").fetchone()
to.execute(create)
for step in steps:
    to.executescript(open(step, encoding="utf-8").read())
for table, in to.execute("""SELECT name FROM sqlite_master
        WHERE type = 'table'""").fetchall():
    to.execute(f"DELETE FROM {table}")
    columns = [row[1] for row in to.execute(f"PRAGMA table_info({table})")]
    rows = source.execute(f"SELECT {', '.join(columns)} FROM {table}"
                          + (" WHERE version <= 3"
                             if table == "schema_version" else ""))
    to.executemany(f"INSERT INTO {table} VALUES "
                   f"({', '.join('?' * len(columns))})", rows)
to.commit()
to.close()
FILE2
cat >"$T/rows.py" <<'FILE2'
import sqlite3, sys

db, old = (sqlite3.connect(f"file:{name}?mode=ro", uri=True)
           for name in sys.argv[1:3])
for table, in old.execute("""SELECT name FROM sqlite_master
        WHERE type = 'table' AND name NOT IN ('last_use', 'schema_version')
        ORDER BY name""").fetchall():
    columns = [row[1] for row in old.execute(f"PRAGMA table_info({table})")]
    rows = sorted(map(repr, db.execute(f"SELECT {', '.join(columns)} "
                                       f"FROM {table}")))
    print(table, *rows, sep="\n")
FILE2
sql=$ROOT/src/core/sql/migrate
newest=$(find "$sql" -name "0*.sql" | wc -l)
/usr/bin/python3 "$T/old.py" "$DATA/latchkey.db" "$T/old.db" "$sql/0001_start.sql" \
	"$sql/0002_key_range.sql" "$sql/0003_git.sql" >"$T/said" 2>&1
ok $? "a database of then"
remark <"$T/said"
rows() { # FILE: what of then is in it
	/usr/bin/python3 "$T/rows.py" "$1" "$T/old.db"
}
version() {
	/usr/bin/python3 -c 'import sqlite3, sys
print(*sqlite3.connect(sys.argv[1]).execute("""SELECT max(version), count(*)
    FROM schema_version""").fetchone())' "$1"
}
as_then() {
	rm -f "$DATA"/latchkey.db*
	cp "$T/old.db" "$DATA/latchkey.db"
}
rows "$T/old.db" >"$T/rows.old"
is "of the third step" "$(version "$T/old.db")" "3 3"
echo "# $(wc -l <"$T/rows.old") lines of rows"
is "without anything of key pairs" "$(grep -c key_pair "$T/rows.old")" 0

# --- killed at any moment: the old one or the new one, and it goes on
wrong=''
for delay in 0.005 0.01 0.02 0.03 0.05 0.08 0.15; do
	as_then
	latchkeyd serve --data "$DATA" --http "$HOST" --ssh "$SSH" \
		>/dev/null 2>>"$T/log" </dev/null &
	daemon=$!
	sleep $delay
	kill9
	at=$(version "$DATA/latchkey.db")
	echo "# killed after $delay s: step ${at% *}"
	# Whole steps only, whichever was the last.
	[ "${at% *}" = "${at#* }" ] && [ "${at% *}" -ge 3 ] &&
		[ "${at% *}" -le "$newest" ] || wrong="$wrong $delay:$at"
	keep latchkeyd verify --data "$DATA" || wrong="$wrong $delay:verify"
done
is "a start that is killed leaves one or the other" "$wrong" ""

# --- the next start
as_then
serve
is "is up to date" "$(version "$DATA/latchkey.db")" \
	"$newest $newest"
cp "$DATA/latchkey.db" "$T/new.db"
cp "$DATA/latchkey.db-wal" "$T/new.db-wal" 2>/dev/null
rows "$T/new.db" >"$T/rows.new"
is "with all that was there" "$(diff "$T/rows.old" "$T/rows.new")" ""
want "logins go on" latchkey cr namespaces
want "so do keys" latchkey login -a "$URL" --apikey "@$T/apikey"
want "images" is_there "$rw" birds/robin first
want "and repositories" git_as mine clone -q "$SSH_URL/nest/test.git" "$T/again"
is "whole" "$(git -C "$T/again" rev-parse HEAD)" \
	"$(git -C "$T/work" rev-parse HEAD)"
want "by an access key, too" git_as machine ls-remote "$SSH_URL/nest/test.git"
want "a pair is made in it" latchkey keypair create web-key
want "and in an older project" latchkey keypair create web-key --project other \
	--out other.pem
want "a server" latchkey server create web-1 --keypair web-key
seed=$(grep -o "$URL/metadata/lk_s_[0-9A-Za-z]*/" "$T/said" | head -n 1)
like "boots" "$(curl -s "${seed}meta-data")" 'local-hostname: .?web-1'
like "and follows" "$(curl -s -X POST "${seed}enrol")" '^lk_m_'
want "the pair is deleted" latchkey keypair delete -f web-key
is "counts begin at nothing" "$(/usr/bin/python3 -c 'import sqlite3, sys
print(*sqlite3.connect(sys.argv[1]).execute("""SELECT sum(key_pairs),
    sum(servers) FROM project""").fetchone())' "$DATA/latchkey.db")" "1 1"
stop
want "all holds together" latchkeyd verify --deep --data "$DATA"

# --- what a newer program wrote
/usr/bin/python3 -c 'import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
db.execute("""INSERT INTO schema_version (version, name, applied_at)
    VALUES (?, "later", 0)""", (sys.argv[2],))
db.commit()' "$DATA/latchkey.db" $((newest + 1))
sha256sum <"$DATA/latchkey.db" >"$T/sum"
timeout 10 latchkeyd serve --data "$DATA" --http "$HOST" --ssh none \
	>"$T/said" 2>&1 </dev/null
is "a newer one is not served" $? 78
said "and why is said" "is at version $((newest + 1)), this program knows $newest"
is "nor touched" "$(sha256sum <"$DATA/latchkey.db")" "$(cat "$T/sum")"
finish
