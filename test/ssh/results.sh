# For scenes with clients written in Python; sourced after lib.sh.
SPEAK="/usr/bin/python3 $ROOT/test/ssh"

# The results of a program become those of the scene.
results_of() { # NAME.py [ARGUMENT]...
	script=$1
	shift
	$SPEAK/"$script" "$@" >"$T/results" 2>"$T/trace"
	status=$?
	while read -r line; do
		case $line in
		ok\ *) ok 0 "${line#ok [0-9]* - }" ;;
		not\ ok\ *) ok 1 "${line#not ok [0-9]* - }" ;;
		1..*) ;;
		*) echo "$line" ;;
		esac
	done <"$T/results"
	grep -q '^1\.\.' "$T/results"
	ok $? "$script came to its end (status $status)"
	remark <"$T/trace"
}
