# What scenes n* have beside lib.sh: a browser, and the programs of test/console
# that use it. Source it after lib.sh. It gets what is missing; a scene is skipped
# only where that cannot be had.
#
#	browse AREA [ARGUMENT]...	run test/console/AREA.mjs against $URL; each
#					of its results is one of the scene's
#
# LATCHKEY_SHOTS=FOLDER keeps the pictures.

"$ROOT/tools/install-deps" browser 2>"$T/browser.log" || {
	remark <"$T/browser.log"
	skip_all "chromium is not installed, and could not be"
}
"$ROOT/tools/install-npm" 2>"$T/npm.log" || {
	remark <"$T/npm.log"
	skip_all "playwright-core and axe-core could not be had from npm"
}

browse() { # AREA [ARGUMENT]...
	area=$1
	shift
	APIKEY_FILE=$T/apikey URL=$URL timeout 540 \
		node "$ROOT/test/console/$area.mjs" "$@" >"$T/browsed" 2>&1 </dev/null
	status=$?
	while IFS= read -r line; do
		case $line in
		"ok "*"# SKIP "*) skip "${line#ok * - }" "$area" ;;
		"ok "*) ok 0 "$area: ${line#ok * - }" ;;
		"not ok "*) ok 1 "$area: ${line#not ok * - }" ;;
		1..*) ;;
		*) echo "# ${line#\# }" ;;
		esac
	done <"$T/browsed"
	planned=$(sed -n 's/^1\.\.//p' "$T/browsed" | tail -n 1)
	is "$area.mjs went through to its end" \
		"$(grep -Ec '^(not )?ok ' "$T/browsed")" "${planned:-no plan}"
	[ "$status" -eq 0 ] || grep -q '^not ok ' "$T/browsed" ||
		is "$area.mjs ends well" "$status" 0
}

untouched() { # nothing ran against the content policy
	is "no browser told of anything that the policy stopped" \
		"$(curl -s "$URL/metrics" |
			sed -n 's/^latchkey_console_reports_total //p')" 0
}
every_page() { # wide or narrow: each address, on a server that has something
	serve
	login
	latchkey cr namespace-add birds >/dev/null
	token --readwrite >/dev/null
	browse pages "$1"
	untouched
	deny "nor is it in the log" grep 'event=csp' "$T/log"
}
