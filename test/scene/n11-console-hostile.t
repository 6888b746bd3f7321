# Row 4.18/1 of the catalogue: what others wrote is text on every page. One server
# for each kind of it; HOSTILE="svg img link script style form bidi word" are all that
# there are. Under a sanitizer it is the same pages, and one is enough of it.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/browser.sh"
kinds=${HOSTILE:-svg img link bidi word}
! grep -Eq '__(a|t)san_init' "$BUILD/latchkeyd" || kinds=${HOSTILE:-svg}
for kind in $kinds; do
	DATA=$T/data-$kind
	rm -f "$T/apikey"
	serve
	login
	latchkey cr namespace-add birds >/dev/null
	latchkey cr token-add --description '"><img src=x onerror=window.hit=9>' -q \
		</dev/null >/dev/null
	browse hostile $kind
	untouched
	stop
done
deny "nothing is in the log" grep 'event=csp' "$T/log"
finish
