# Another key to sign with, and nobody is cut off: tokens from before, during and
# after, by a clock that moves.
. "$(dirname "$0")/lib.sh"
with_clock
serve
rotate() {
	"$LATCHKEYD" rotate-keys --data "$DATA"
}
mint() {
	http POST /identity/token --data-urlencode "apikey=$(key_in "$T/apikey")" \
		-d grant_type=urn:ibm:params:oauth:grant-type:apikey >/dev/null
	jq -r .access_token "$T/body"
}
kid() { # TOKEN
	printf %s "$1" | jq -Rr 'split(".")[0] | gsub("-"; "+") | gsub("_"; "/") |
		@base64d | fromjson | .kid'
}
listed() {
	curl -s "$URL/identity/keys" | jq -r '.keys | length'
}
opens() { # TOKEN
	http GET /identity/userinfo -H "Authorization: Bearer $1"
}
pid_of_vault() {
	"$LATCHKEYD" status --data "$DATA" | sed -n 's/^vault  *\([0-9][0-9]*\) .*/\1/p'
}
on_disk() {
	find "$DATA/vault" -name 'iam-*.pem' | wc -l
}

before=$(mint)
old=$(kid "$before")
is "one key is listed" "$(listed)" 1
is "a token of it opens" "$(opens "$before")" 200
first_vault=$(pid_of_vault)
want "another key is made" rotate
said "and named" '^New key: [0-9]{14}-[0-9a-f]{8}$'
new=$(sed -n 's/^New key: //p' "$T/said")
said "the server has it" '^2 keys are listed'
isnt_same=$([ "$first_vault" != "$(pid_of_vault)" ] && echo yes)
is "another process holds the keys" "$isnt_same" yes
is "its file is private" "$(stat -c %a "$DATA/vault/iam-$new.pem")" 600
is "it is in the list at once" \
	"$(curl -s "$URL/identity/keys" | jq --arg k "$new" '[.keys[] | select(.kid == $k)] | length')" 1
during=$(mint)
is "and does not sign yet" "$(kid "$during")" "$old"
is "the token from before opens" "$(opens "$before")" 200
is "and the one from during it" "$(opens "$during")" 200
want "the command says which signs" "$LATCHKEYD" status --data "$DATA"
said "by name" "^signs with  $old"
said "and which will" 'another one will from'

shift_clock 700
after=$(mint)
is "ten minutes later it signs" "$(kid "$after")" "$new"
for token in "$before" "$during" "$after"; do
	is "every token opens" "$(opens "$token")" 200
	is "at the registry" "$(http GET /v2/ -u "iambearer:$token")" 200
done
is "both keys are listed" "$(listed)" 2
restart
is "a restart changes nothing" "$(listed) $(kid "$(mint)")" "2 $new"
is "for tokens from before it" "$(opens "$before") $(opens "$after")" "200 200"
like "its age is a metric" "$(curl -s "$URL/latchkey/v1/metrics" -u "iamapikey:$(key_in "$T/apikey")"; \
	curl -s "$URL/metrics" -u "iamapikey:$(key_in "$T/apikey")")" \
	'^latchkey_signing_key_age_seconds [0-9]+$'

shift_clock $((600 + 3720 + 60))
is "when its last token has ended, the old one is off the list" "$(listed)" 1
is "its file is there until somebody may remove it" "$(on_disk)" 2
is "its tokens ended by themselves" "$(opens "$before")" 401
fresh=$(mint)
is "the new one signs" "$(kid "$fresh")" "$new"
want "the next rotation" rotate
is "removes it" "$(on_disk)" 2
[ ! -e "$DATA/vault/iam-$old.pem" ]
ok $? "that very one"
is "nobody is cut off" "$(opens "$fresh")" 200

# While many are minted and asked about, nobody meets the change.
i=0
: >"$T/codes"
(while [ $i -lt 150 ]; do
	i=$((i + 1))
	opens "$(mint)" >>"$T/codes"
	echo >>"$T/codes"
done) &
busy=$!
for n in 1 2 3; do
	want "rotation $n under load" rotate
done
wait $busy
is "and every token opened" "$(sort -u "$T/codes" | tr -d '\n')" 200

# What cannot be used is not left behind.
is "a name that is no key's" "$(touch "$DATA/vault/iam-.pem"; rotate >/dev/null 2>&1; echo $?)" 1
rm "$DATA/vault/iam-.pem"
is "nothing was left" "$(opens "$(mint)")" 200
stop
want "without a server" rotate
said "it is for the next start" 'when it starts'
serve
is "which knows it" "$(opens "$(mint)")" 200
grep -q vault_down "$T/log"
is "no vault fell" $? 1
finish
