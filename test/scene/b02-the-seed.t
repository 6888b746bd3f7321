# The commands of the original, in its words and output shapes.
. "$(dirname "$0")/lib.sh"
serve
login

want "namespace-add" latchkey cr namespace-add birds
said "ends with OK" '^OK$'
want "adding it again is no mistake" latchkey cr namespace-add birds
want "namespaces" latchkey cr namespaces
said "lists it" '^birds'
deny "a name that is too short" latchkey cr namespace-add abc
said "fails in so many words" '^FAILED'

want "token-add" latchkey cr token-add --description "This is a token" \
	--non-expiring --readwrite
said "shows the identifier" '^Token identifier +[0-9a-f-]{36}$'
said "and the token" '^Token +eyJ'
id=$(sed -n 's/^Token identifier *//p' "$T/said")
value=$(sed -n 's/^Token  *//p' "$T/said" | grep '^eyJ')
want "token-list" latchkey cr token-list
said "lists it without its value" "^$id +never +false +never +This is a token"
is "no value in the list" "$(grep -c eyJ "$T/said")" 0
want "token-get" latchkey cr token-get "$id"
said "shows the same value again" "^Token +$value$"
is "-q is the value alone" "$(latchkey cr token-get -q "$id")" "$value"

short=$(token)
is "without --non-expiring it ends after 24 hours" \
	"$(latchkey cr tokens --output json | jq '[.[] | select(.expiry) |
		.expiry - now | . > 86300 and . <= 86400] | all and length == 1')" \
	true
is "without --readwrite it is read-only" "$(latchkey cr tokens --output json |
	jq '[.[] | select(.expiry) | .readonly] == [true]')" true

want "its last use is listed" latchkey cr tokens
said "as never" ' true +never +'
is "once it has opened a door" "$(http GET /v2/ -u "token:$short")" 200
want "the list" latchkey cr tokens
said "says when and from where" ' true +20[0-9TZ:-]+ from 127\.0\.0\.1 '

deny "token-rm asks first" latchkey cr token-rm "$id"
want "-f does not" latchkey cr token-rm -f "$id"
deny "gone" latchkey cr token-get "$id"
like "the help gives the advice" "$(latchkey cr token-add --help 2>&1)" \
	"[Ww]hoever holds"
like "and the user name" "$(latchkey cr token-add --help 2>&1)" \
	"word 'token'"
latchkey cr token-add --no-such-flag >"$T/said" 2>&1
is "a wrong flag is status 2" $? 2

want "namespace-rm -f" latchkey cr namespace-rm -f birds
want "logout" latchkey logout
deny "and out" latchkey cr namespaces
finish
