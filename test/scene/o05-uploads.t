# Uploads in every form, with the exact rules of chunks.
. "$(dirname "$0")/lib.sh"
serve
login
latchkey cr namespace-add birds >/dev/null
rw=$(token --readwrite)
repo=/v2/birds/robin
b=$(bearer iamapikey "$(key_in "$T/apikey")" repository:birds/robin:pull,push,delete)
ask() {
	http "$@" -H "Authorization: Bearer $b" -H "Content-Type: $bytes"
}
bytes=application/octet-stream
head -c 300000 /dev/urandom >"$T/blob"
digest=sha256:$(sha256 "$T/blob")
head -c 100000 "$T/blob" >"$T/1"
tail -c +100001 "$T/blob" | head -c 100000 >"$T/2"
tail -c +200001 "$T/blob" >"$T/3"
there() {
	is "$1" "$(ask HEAD "$repo/blobs/$digest")" "$2"
}
begin() { # leaves the session's path in $session
	is "a session" "$(ask POST $repo/blobs/uploads/ -H 'Content-Length: 0')" 202
	session=$(head_of location)
	session=${session#"$URL"}
}
join() { # add digest= to a session's address
	case $1 in *\?*) echo "$1&digest=$2" ;; *) echo "$1?digest=$2" ;; esac
}
chunk() { # FILE RANGE
	ask PATCH "$session" --data-binary "@$T/$1" -H "Content-Range: $2"
}
there "not there yet" 404
is "monolithic POST" "$(ask POST "$repo/blobs/uploads/?digest=$digest" \
	--data-binary "@$T/blob")" 201
is "says where" "$(head_of location | sed "s,^$URL,,")" "$repo/blobs/$digest"
there "there" 200
is "with its length" "$(head_of content-length)" 300000
is "GET" "$(ask GET "$repo/blobs/$digest")" 200
is "the same bytes" "$(sha256 "$T/body")" "${digest#sha256:}"
is "a range of it" "$(ask GET "$repo/blobs/$digest" -H 'Range: bytes=100000-199999')" 206
is "those bytes" "$(sha256 "$T/body")" "$(sha256 "$T/2")"
is "a range beyond" "$(ask GET "$repo/blobs/$digest" -H 'Range: bytes=300000-')" 416
is "an etag that still holds" "$(ask GET "$repo/blobs/$digest" \
	-H "If-None-Match: \"$digest\"")" 304
is "delete" "$(ask DELETE "$repo/blobs/$digest")" 202
there "gone" 404

begin
is "POST, PUT" "$(ask PUT "$(join "$session" "$digest")" --data-binary "@$T/blob")" 201
there "there" 200
ask DELETE "$repo/blobs/$digest" >/dev/null

begin
is "a chunk" "$(chunk 1 0-99999)" 202
is "says how far" "$(head_of range)" 0-99999
session=$(head_of location | sed "s,^$URL,,")
is "the same chunk again" "$(chunk 1 0-99999)" 416
is "a gap" "$(chunk 3 200000-299999)" 416
is "a range that is none" "$(chunk 2 199999-100000)" 400
is "a range of another length" "$(chunk 2 100000-199998)" 400
is "a query says how far" "$(ask GET "$session")" 204
is "just as before" "$(head_of range)" 0-99999
is "the second" "$(chunk 2 100000-199999)" 202
session=$(head_of location | sed "s,^$URL,,")
is "the last comes with PUT" "$(ask PUT "$(join "$session" "$digest")" \
	--data-binary "@$T/3" -H 'Content-Range: 200000-299999')" 201
there "there" 200
is "the session is over" "$(ask GET "$session")" 404

begin
is "streamed, of no known length" "$(ask PATCH "$session" -H \
	'Transfer-Encoding: chunked' -T "$T/blob")" 202
session=$(head_of location | sed "s,^$URL,,")
is "a wrong digest" "$(ask PUT "$(join "$session" sha256:$(sha256 "$T/1"))")" 400
is "is DIGEST_INVALID" "$(errors)" DIGEST_INVALID
is "PUT without a digest" "$(ask PUT "$session")" 400
begin
is "cancelled" "$(ask DELETE "$session")" 204
is "and over" "$(ask PATCH "$session" --data-binary x)" 404
is "mounted elsewhere" "$(http POST \
	"/v2/birds/wren/blobs/uploads/?mount=$digest&from=birds/robin" \
	-u "token:$rw" -H 'Content-Length: 0')" 201
is "is there" "$(http HEAD "/v2/birds/wren/blobs/$digest" -u "token:$rw")" 200
finish
