# What makes key pairs is there and does nothing: whoever waits is told in time,
# no pair is left behind, and another one takes its place by itself.
. "$(dirname "$0")/lib.sh"
patience=1200 # RSA keys of 4096 bits
serve
key=$(key_in "$T/apikey")
pairs=/latchkey/v1/projects/nest/default/keypairs
pair() { # NAME: makes one; the status
	http POST $pairs -u "iamapikey:$key" -H 'Content-Type: application/json' \
		--max-time 90 -d "{\"name\":\"$1\"}"
}
keymaker() {
	pgrep -P "$daemon" -x latchkeyd-keyma
}
first=$(keymaker)
is "a pair is made" "$(pair before)" 201
kill -STOP "$first"
# Its reply has a place of its own.
mkdir "$T/other"
(T=$T/other && pair second >"$T/status") &
other=$!
is "a keymaker that does nothing: not now" "$(pair waiting)" 503
like "with when to try again" "$(head_of retry-after)" '^[0-9]+$'
wait $other
is "for whoever asks" "$(cat "$T/other/status")" 503
is "no pair is left of it" \
	"$(http GET $pairs/waiting -u "iamapikey:$key")" 404
replaced() {
	now=$(keymaker) && [ -n "$now" ] && [ "$now" != "$first" ]
}
until_ok replaced
ok $? "another one takes its place"
grep -q "event=keymaker_hung" "$T/log"
ok $? "the log says why"
is "pairs are made again" "$(pair waiting)" 201
kill -STOP "$(keymaker)"
stop
finish
