# Several tabs of one browser share one cookie: whoever signs in or out in one does so in
# all of them. And addresses that others made ask for nothing else than they say.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/browser.sh"
serve
login
http POST /latchkey/v1/users -u "iamapikey:$(key_in "$T/apikey")" \
	-H 'Content-Type: application/json' \
	-d '{"email":"wren@nest.example","password":"correct horse"}' >/dev/null
browse tabs
finish
