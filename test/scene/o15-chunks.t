# Sessions: out of order, ended by their owner, gone on with by a later daemon.
. "$(dirname "$0")/lib.sh"
serve
login
. "$(dirname "$0")/oci.sh"
repo=birds/robin
head -c 3000 /dev/urandom >"$T/blob"
digest=$(sum "$T/blob")
head -c 1000 "$T/blob" >"$T/1"
tail -c +1001 "$T/blob" | head -c 1000 >"$T/2"
tail -c +2001 "$T/blob" >"$T/3"
chunk() { # METHOD ADDRESS FILE RANGE
	ask "$1" "$2" -H "Content-Type: $octets" -H "Content-Range: $4" \
		--data-binary "@$T/$3"
}
next() {
	session=$(head_of location | sed "s,^$URL,,")
}
stands() { # DESCRIPTION RANGE
	is "$1" "$(ask GET "$session") $(head_of range)" "204 $2"
	next
}
begin $repo
is "a session" "$status" 202
like "with an id" "$session" '/blobs/uploads/.'
is "the second chunk first" "$(chunk PATCH "$session" 2 1000-1999)" 416
stands "nothing came of it" 0-0
is "the last one first, with PUT" \
	"$(chunk PUT "$(close_at "$session" "$digest")" 3 2000-2999)" 416
stands "still nothing" 0-0
is "the first" "$(chunk PATCH "$session" 1 0-999)" 202
is "says how far" "$(head_of range)" 0-999
next
is "the first again" "$(chunk PATCH "$session" 1 0-999)" 416
is "the third" "$(chunk PATCH "$session" 3 2000-2999)" 416
is "overlapping" "$(chunk PATCH "$session" 2 500-1499)" 416
is "the last, with PUT" \
	"$(chunk PUT "$(close_at "$session" "$digest")" 3 2000-2999)" 416
stands "it stands where it stood" 0-999
is "the second" "$(chunk PATCH "$session" 2 1000-1999)" 202
next
is "a wrong digest at the end" "$(chunk PUT "$(close_at "$session" \
	"$(sum "$T/1")")" 3 2000-2999; errors)" 400DIGEST_INVALID
stands "leaves it as it was" 0-1999
is "the right one" \
	"$(chunk PUT "$(close_at "$session" "$digest")" 3 2000-2999)" 201
is "is the whole" "$(ask GET "/v2/$repo/blobs/$digest" >/dev/null
	sum "$T/body")" "$digest"
is "the session is over" "$(ask GET "$session"; errors)" 404BLOB_UPLOAD_UNKNOWN
ask DELETE "/v2/$repo/blobs/$digest" >/dev/null

begin $repo
is "cancelled before a byte" "$(ask DELETE "$session")" 204
is "is over" "$(ask GET "$session")" 404
begin $repo
chunk PATCH "$session" 1 0-999 >/dev/null
next
is "cancelled on its way" "$(ask DELETE "$session")" 204
is "no chunk more" "$(chunk PATCH "$session" 2 1000-1999)" 404
is "no end" "$(ask PUT "$(close_at "$session" "$(sum "$T/1")")")" 404
is "nor a second time" "$(ask DELETE "$session"; errors)" 404BLOB_UPLOAD_UNKNOWN
there "and no blob of it" 404 "/v2/$repo/blobs/$(sum "$T/1")"

begin $repo
chunk PATCH "$session" 1 0-999 >/dev/null
next
first=$session
begin $repo
young=$session
restart
session=$first
stands "after a restart" 0-999
is "it goes on" "$(chunk PATCH "$session" 2 1000-1999)" 202
next
kill9
serve
stands "after a kill" 0-1999
is "to its end" \
	"$(chunk PUT "$(close_at "$session" "$digest")" 3 2000-2999)" 201
is "whole" "$(ask GET "/v2/$repo/blobs/$digest" >/dev/null; sum "$T/body")" \
	"$digest"
session=$young
stands "one without a byte lives as well" 0-0
is "and ends" "$(ask PUT "$(close_at "$session" "$(sum "$T/empty")")" \
	--data-binary "@$T/empty" -H "Content-Type: $octets")" 201
stop
want "verify, every blob hashed" latchkeyd verify --deep --data "$DATA"
finish
