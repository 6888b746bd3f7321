# Collection without grace, all the time, under pushes, mounts, moved tags,
# referrers and deletions, and the daemon is killed at random moments: nothing
# that is linked disappears, and nothing that is not linked remains.
# GC_STORM_SECONDS: how long, a minute unless told otherwise.
. "$(dirname "$0")/lib.sh"
# All that waits is looked at each minute: whoever asks for gc does not wait.
set -- --gc-grace 0 --trash-days 0
serve "$@"
login
latchkey cr namespace-add birds >/dev/null
seconds=${GC_STORM_SECONDS:-60} seed=${GC_STORM_SEED:-$$}
echo "# $seconds seconds, GC_STORM_SEED=$seed"

gcstorm "$HOST" "iamapikey:$(key_in "$T/apikey")" "$seconds" 6 "$seed" \
	>"$T/storm" 2>&1 &
storm=$!
random() { # MAX: hundredths of a second, from 1 on
	seed=$(((seed * 1103515245 + 12345) & 0x7fffffff))
	awk -v n=$((seed / 65536 % $1 + 1)) 'BEGIN { printf "%.2f\n", n / 100 }'
}
# gc asks the daemon, or opens the data itself when it finds none. Whoever wants
# to start a daemon takes the lock first.
while [ ! -e "$T/over" ]; do
	flock "$T/collecting" latchkeyd gc --data "$DATA" --gc-grace 0
	sleep "$(random 40)"
	seed=$((seed + 7))
done >"$T/gc" 2>&1 &
collector=$!

kills=0 bad=0
end=$(($(date +%s) + seconds))
while [ "$(date +%s)" -lt "$end" ]; do
	sleep "$(random 400)"
	kill9
	kills=$((kills + 1))
	exec 9>"$T/collecting"
	flock 9
	# Who collects here is killed as well.
	timeout --foreground -s KILL "$(random 20)" latchkeyd gc --data "$DATA" \
		--gc-grace 0 >>"$T/gc" 2>&1 9>&-
	latchkeyd verify --deep --data "$DATA" >"$T/verified" 2>&1 9>&- || {
		bad=$((bad + 1))
		remark <"$T/verified"
	}
	serve "$@" 9>&-
	exec 9>&-
done
patience=2400
until_ok test ! -d "/proc/$storm/task"
wait "$storm"
status=$?
: >"$T/over"
wait "$collector"
remark <"$T/storm"
is "nothing was lost, and all was tried" "$status" 0
echo "# killed $kills times"
is "the daemon was killed" "$([ "$kills" -gt 2 ] && echo often || echo "$kills")" often
is "verify had nothing to say after each kill" "$bad" 0
like "gc removed blobs" "$(grep -c 'removed: [1-9][0-9]* blobs' "$T/gc")" '^[1-9]'

# What is left is what is linked, and as many files as blobs.
count() { # TABLE
	/usr/bin/python3 - "$DATA/latchkey.db" "$1" <<-'PY'
		import sqlite3, sys
		db = sqlite3.connect(sys.argv[1])
		print(db.execute("SELECT COUNT(*) FROM " + sys.argv[2]).fetchone()[0])
	PY
}
stop
want "gc without a daemon" latchkeyd gc --data "$DATA" --gc-grace 0
said "says what it did" '^removed: '
want "gc again" latchkeyd gc --data "$DATA" --gc-grace 0
said "finds nothing to do" '^removed: 0 blobs \(0 bytes\), 0 links, 0 files, 0 uploads'
want "verify" latchkeyd verify --deep --data "$DATA"
is "nothing waits to be removed" "$(count trash)" 0
is "a link for each need" "$(count 'repo_blob WHERE unneeded_at IS NOT NULL')" 0
is "a file for each blob, and each upload that was left" \
	"$(find "$DATA/blobs" -type f | wc -l)" "$(($(count blob) + $(count upload)))"

# The last image gone, no byte is left.
serve "$@"
want "the namespace is removed" latchkey cr namespace-rm birds --force
want "gc" latchkeyd gc --data "$DATA"
is "no blob is left" "$(count blob)" 0
is "no repository" "$(count repo)" 0
stop
want "gc after the end" latchkeyd gc --data "$DATA" --gc-grace 0
is "no file is left" "$(find "$DATA/blobs" -type f | wc -l)" 0
finish
