# Who was invited and has not come yet is nobody: neither a password nor a refresh token
# opens an account before its invitation was taken up.
. "$(dirname "$0")/lib.sh"
serve
grant=urn:ibm:params:oauth:grant-type
of() {
	jq -r "$1" "$T/body"
}
access() { # API KEY
	http POST /identity/token -d grant_type=$grant:apikey --data-urlencode "apikey=$1" >/dev/null
	of .access_token
}
api() { # METHOD PATH ACCESS TOKEN [JSON]: the status
	http "$1" "$2" -H "Authorization: Bearer $3" \
		-H 'Content-Type: application/json' -d "${4:-}"
}
by_password() { # NAME [ACCOUNT]: the status and the code
	http POST /identity/token -u bx:bx -d grant_type=password -d "username=$1" \
		-d 'password=correct horse' ${2:+-d "account=$2"}
	errors
}
by_refresh() { # REFRESH TOKEN [ACCOUNT]
	http POST /identity/token -u bx:bx -d grant_type=refresh_token \
		--data-urlencode "refresh_token=$1" ${2:+-d "account=$2"}
	errors
}
by_passcode() { # REFRESH TOKEN ACCOUNT
	http POST /identity/passcode -u bx:bx -d grant_type=refresh_token \
		--data-urlencode "refresh_token=$1" >/dev/null
	http POST /identity/token -u bx:bx -d grant_type=$grant:passcode \
		--data-urlencode "passcode=$(of .passcode)" -d "account=$2"
	errors
}
accept() { # CODE: the status
	http POST /latchkey/v1/invitations/accept -H 'Content-Type: application/json' \
		-d '{"code":"'"$1"'","name":"Somebody","password":"correct horse"}'
}
owl=$(access "$(key_in "$T/apikey")")
api GET /latchkey/v1/whoami "$owl" >/dev/null
nest=$(of .account)
invite() { # NAME
	api POST "/v2/accounts/$nest/users" "$owl" \
		'{"users":[{"email":"'"$1"'","account_role":"Member"}]}'
}

# Somebody new.
is "a stranger is told" "$(by_password nobody@reef.example)" 400BXNIM0602E
is "wren is invited" "$(invite wren@nest.example)" 202
code=$(of '.resources[0].code')
like "with a code" "$code" '^.{20,}$'
is "wren is told what a stranger is" "$(by_password wren@nest.example)" 400BXNIM0602E
is "in the account by name, too" "$(by_password wren@nest.example "$nest")" 400BXNIM0602E
is "she comes" "$(accept "$code")" 200
is "and is let in" "$(by_password wren@nest.example "$nest")" 200
is "the code is worth nothing now" "$(accept "$code")" 401

# Somebody who is known elsewhere.
is "a second account" "$(api POST /latchkey/v1/accounts "$owl" \
	'{"slug":"reef","owner_email":"gull@reef.example"}')" 201
reef=$(of .account.id) gull=$(access "$(of .apikey)")
is "with tern in it" "$(api POST /latchkey/v1/users "$gull" \
	'{"email":"tern@reef.example","password":"correct horse"}')" 201
tern=$(of .id)
is "tern logs in at home" "$(by_password tern@reef.example "$reef")" 200
refresh=$(of .refresh_token)
is "and nowhere else" "$(by_password tern@reef.example "$nest")" 403BXNIM0513E
is "nor by a refresh" "$(by_refresh "$refresh" "$nest")" 403BXNIM0513E
is "nor in an account that is none" "$(by_refresh "$refresh" "${nest%?}")" 403BXNIM0513E
is "tern is invited" "$(invite tern@reef.example)" 202
code=$(of '.resources[0].code')
is "which opens nothing" "$(by_password tern@reef.example "$nest")" 403BXNIM0513E
is "by no refresh either" "$(by_refresh "$refresh" "$nest")" 403BXNIM0513E
is "nor by a passcode" "$(by_passcode "$refresh" "$nest")" 403BXNIM0513E
is "and costs no refresh token" "$(by_refresh "$refresh" "$reef")" 200
refresh=$(of .refresh_token)
is "tern comes" "$(accept "$code")" 200
is "the password opens it" "$(by_password tern@reef.example "$nest")" 200
is "a refresh does" "$(by_refresh "$refresh" "$nest")" 200
moved=$(of .refresh_token) token=$(of .access_token)
is "in that account" "$(api GET /latchkey/v1/whoami "$token"; of .account)" "200$nest"
is "a passcode does" "$(by_passcode "$moved" "$nest")" 200
is "tern is removed" "$(api DELETE "/v2/accounts/$nest/users/$tern" "$owl")" 204
is "which ends it all" "$(api GET /latchkey/v1/whoami "$token")" 401
is "by a refresh, too" "$(by_refresh "$moved")" 400BXNIM0407E
is "and home goes on" "$(by_password tern@reef.example "$reef")" 200
is "no password in the log" "$(grep -c -F -e 'correct horse' -e "$code" -e "$moved" "$T/log")" 0
finish
