# Row 4.7/7 and the passwords of section 2.4: what a guesser hears is the same for
# every name, and a name that is shut is shut for the right password, too.
. "$(dirname "$0")/lib.sh"
serve
owl=iamapikey:$(key_in "$T/apikey")
api() { # METHOD PATH JSON: the status
	http "$1" "/latchkey/v1$2" -u "$owl" -H 'Content-Type: application/json' -d "$3"
}
guess() { # NAME PASSWORD [ARGUMENT of curl]...: the status
	name=$1 password=$2
	shift 2
	http POST /identity/token -u bx:bx -d grant_type=password \
		-d "username=$name" --data-urlencode "password=$password" "$@"
}
# What differs between two requests by right, and nothing else.
said_to() { # NAME PASSWORD
	guess "$1" "$2" >"$T/status"
	printf '%s %s' "$(cat "$T/status")" "$(jq -S 'del(.context.requestId)' "$T/body" | tr -d '\n')"
	grep -iv -e '^date' -e '^transaction-id' "$T/head" | sort | tr '\n' ' '
}
for who in ann bob; do
	is "$who" "$(api POST /users "{\"email\":\"$who@nest.example\",\"password\":\"correct horse\"}")" 201
done
bob=$(jq -r ".id // .iam_id // .user.id" "$T/body")
is "bob is disabled" "$(api PATCH "/users/$bob" '{"disabled":true}')" 200
is "the right password" "$(guess ann@nest.example 'correct horse')" 200
wrong=$(said_to ann@nest.example guess-guess)
like "a wrong one is 400" "$wrong" '^400 .*BXNIM0602E'
is "4.7/7 an unknown name is told the same" "$(said_to nobody@nest.example guess-guess)" "$wrong"
is "4.7/7 a disabled one too" "$(said_to bob@nest.example 'correct horse')" "$wrong"
is "one without a password too" "$(said_to owl@nest.example guess-guess)" "$wrong"
is "one that is no name too" "$(said_to '%27%3b--' guess-guess)" "$wrong"

# All bytes count, and there is an end.
long=$(printf '%072d' 0)
is "4.7/7 a long password" "$(api POST /users \
	"{\"email\":\"cy@nest.example\",\"password\":\"${long}A\"}")" 201
is "is itself" "$(guess cy@nest.example "${long}A")" 200
is "and not what is equal in 72 bytes" "$(guess cy@nest.example "${long}B")" 400
is "nor its first 72 bytes" "$(guess cy@nest.example "$long")" 400
is "1025 bytes are refused when set" "$(api POST /users \
	"{\"email\":\"dee@nest.example\",\"password\":\"$(printf '%01025d' 0)\"}")" 400
printf 'grant_type=password&username=ann@nest.example&password=' >"$T/mib"
head -c 1048576 /dev/zero | tr '\0' a >>"$T/mib"
is "a MiB is refused before hashing" "$(http POST /identity/token -u bx:bx \
	-H 'Content-Type: application/x-www-form-urlencoded' --data-binary "@$T/mib")" 413

# Guessing: 20 are free, for each name alike and each address.
shut() { # NAME: how many guesses until 429
	n=0
	while [ "$n" -lt 60 ]; do
		n=$((n + 1))
		[ "$(guess "$1" guess-guess)" != 429 ] || break
	done
	echo "$n"
}
like "4.7/7 it bites" "$(shut ann@nest.example)" '^([1-9]|1[0-9]|2[01])$'
like "and says for how long" "$(head_of retry-after)" '^[1-9][0-9]*$'
ann=$(said_to ann@nest.example guess-guess | sed 's/retry-after: [0-9]*//I')
is "4.7/7 the right password is not looked at" \
	"$(said_to ann@nest.example 'correct horse' | sed 's/retry-after: [0-9]*//I')" "$ann"
is "4.7/7 an unknown name is shut alike" \
	"$(said_to nobody@nest.example guess-guess | sed 's/retry-after: [0-9]*//I')" "$ann"
is "an API key is not" "$(http GET /latchkey/v1/whoami -u "$owl")" 200
is "nor is it for a token" "$(http POST /identity/token \
	-d grant_type=urn:ibm:params:oauth:grant-type:apikey \
	--data-urlencode "apikey=$(key_in "$T/apikey")")" 200

# The name is shut wherever one comes from, and the address for every name; the
# other halves of both are open.
is "cy is shut here" "$(guess cy@nest.example "${long}A")" 429
is "and let in from elsewhere" "$(guess cy@nest.example "${long}A" --interface 127.0.0.2)" 200
for addr in 127.0.0.2 127.0.0.6; do
	for n in 1 2 3 4 5 6 7 8 9 10; do
		guess cy@nest.example guess-guess --interface $addr
	done >"$T/codes"
	is "ten guesses from $addr" "$(cat "$T/codes")" 400400400400400400400400400400
done
is "cy is shut where nobody guessed" \
	"$(guess cy@nest.example "${long}A" --interface 127.0.0.7)" 429
like "and is told for how long" "$(head_of retry-after)" '^[1-9][0-9]*$'
is "others are let in there" "$(guess ann@nest.example 'correct horse' --interface 127.0.0.7)" 200
is "and where ten guesses were" "$(guess ann@nest.example 'correct horse' --interface 127.0.0.2)" 200
is "which does not pardon cy" "$(guess cy@nest.example "${long}A" --interface 127.0.0.2)" 429
is "no password in the log" "$(grep -c -F -e 'correct horse' -e guess-guess "$T/log")" 0
finish
