# A key or token is replaced without a gap: the old and the new one are both good
# until the new one is used, or until a moment that was named; a crash between the
# use and its being written loses neither, and the next use ends the old one.
. "$(dirname "$0")/lib.sh"
with_clock
serve
login
latchkey cr namespace-add birds >/dev/null
push_small "$(token --readwrite --non-expiring)" birds/app v1 >/dev/null

pull() { # USER SECRET
	http GET /v2/birds/app/manifests/v1 -u "$1:$2"
}
refused() { # USER SECRET
	[ "$(pull "$1" "$2")" = 401 ]
}
# Each kind: user of Basic; make NAME sets $value and $id; turn [--until TIME]
# makes another in place of $id, and sets $old, $old_id, $value and $id.
make_key_of() {
	latchkey iam api-key-create "$1" --output json >"$T/made"
	value=$(jq -r .apikey "$T/made") id=$(jq -r .id "$T/made")
}
turn_key() {
	old=$value old_id=$id
	want "the key is rotated" latchkey iam api-key-rotate "$id" --output json "$@"
	value=$(jq -r .apikey "$T/said") id=$(jq -r .id "$T/said")
}
jti() { # the id of a registry token is a claim of it
	printf '%s' "$1" | cut -d . -f 2 | tr '_-' '/+' |
		awk '{ while (length($0) % 4) $0 = $0 "="; print }' |
		base64 -d | jq -r .jti
}
make_token_of() {
	value=$(token --non-expiring) id=$(jti "$value")
}
turn_token() {
	old=$value old_id=$id
	want "the token is rotated" latchkey cr token-rotate "$id" -q "$@"
	value=$(grep -o 'eyJ[^ ]*' "$T/said") id=$(jti "$value")
}
there() { # ID: is it listed?
	latchkey iam api-keys --output json | jq -e --arg id "$1" \
		'[.. | strings] | index($id) != null' ||
		latchkey cr token-list --output json | jq -e --arg id "$1" \
			'[.. | strings] | index($id) != null'
}

hours=0
round() { # KIND USER
	kind=$1 user=$2
	echo "# $kind"

	# --- until it is used
	make_${kind}_of first
	is "the first one works" "$(pull "$user" "$value")" 200
	turn_$kind
	is "it is another one" "$([ "$old" != "$value" ] && [ "$old_id" != "$id" ] && echo yes)" yes
	is "the old one works" "$(pull "$user" "$old")" 200
	is "over and over" "$(pull "$user" "$old")" 200
	is "the new one works" "$(pull "$user" "$value")" 200
	want "the use ends the old one" until_ok refused "$user" "$old"
	is "the new one goes on" "$(pull "$user" "$value")" 200
	deny "the old one is not listed" there "$old_id"
	want "the trail says what took its place" until_ok sh -c \
		"latchkey audit --output json | jq -se --arg id '$old_id' --arg by '$id' \
		'[flatten[] | select((.thing | endswith(\$id)) and (.verb | endswith(\".delete\") or endswith(\"delete\")) and (.detail | tostring | contains(\$by)))] | length > 0'"

	# --- until a moment
	# The command has not the daemon's clock.
	turn_$kind --until "$(date -u -d "+$((hours + 2)) hours" +%FT%TZ)"
	is "the new one works" "$(pull "$user" "$value")" 200
	sleep 1
	is "so does the old one" "$(pull "$user" "$old")" 200
	hours=$((hours + 3))
	shift_clock $((hours * 3600))
	is "until the moment has come" "$(pull "$user" "$old")" 401
	is "the new one goes on" "$(pull "$user" "$value")" 200

	# --- used, and killed before the use was written
	turn_$kind
	is "it is used" "$(pull "$user" "$value")" 200
	kill9
	serve
	login
	state=$(pull "$user" "$old")
	like "after a crash the old one has ended, or not" "$state" '^(200|401)$'
	echo "# the old one: $state"
	is "the new one works" "$(pull "$user" "$value")" 200
	want "and its next use has ended the old one" until_ok refused "$user" "$old"
	is "the new one goes on" "$(pull "$user" "$value")" 200

	# --- a chain: rotated again before it was used
	turn_$kind
	oldest=$old
	turn_$kind
	is "three work" "$(pull "$user" "$oldest") $(pull "$user" "$old")" "200 200"
	is "the last one is used" "$(pull "$user" "$value")" 200
	want "the first has ended" until_ok refused "$user" "$oldest"
	want "and the second" until_ok refused "$user" "$old"
	is "the last one goes on" "$(pull "$user" "$value")" 200
}
round key iamapikey
round token token
finish
