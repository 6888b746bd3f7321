# The runner counts single results, and nothing that breaks can look green.
. "$(dirname "$0")/lib.sh"

run() { # LINE-OF-SH: what tools/tap makes of such a program
	printf '%s\n' "$1" >"$T/program"
	: >"$T/tally"
	printf 'x\tsh %s\n' "$T/program" |
		"$ROOT/tools/tap" -t 1 "$T/tally" >"$T/said" 2>&1
	cat "$T/tally"
}
is "good results" "$(run 'echo "ok 1"; echo "ok 2"; echo 1..2')" "2 0 0"
is "a bad one" "$(run 'echo "ok 1"; echo "not ok 2"; echo 1..2')" "1 1 0"
is "one skipped" "$(run 'echo "ok 1 # SKIP no"; echo 1..1')" "0 0 1"
is "all skipped" "$(run 'echo "1..0 # SKIP no"')" "0 0 1"
is "no plan" "$(run 'echo "ok 1"')" "1 1 0"
is "fewer than planned" "$(run 'echo "ok 1"; echo 1..2')" "1 1 0"
is "a bad status" "$(run 'echo "ok 1"; echo 1..1; exit 3')" "1 1 0"
is "killed" "$(run 'echo "ok 1"; kill -9 $$')" "1 1 0"
is "hanging" "$(run 'echo 1..0; sleep 9')" "0 1 1"
is "bailing out" "$(run 'echo "Bail out! x"; exit 1')" "0 1 0"
said "and the output of a failure is shown" "Bail out! x"
printf '1 0 2\n3 1 0\n' >"$T/tally"
deny "the sum fails when one failed" "$ROOT/tools/tally" "$T/tally"
said "and says so" "^4 passed, 1 failed, 2 skipped$"
: >"$T/tally"
deny "nothing run is not good either" "$ROOT/tools/tally" "$T/tally"
finish
