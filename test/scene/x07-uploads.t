# Upload sessions belong to who began them and where; what is cut off leaves
# nothing but what was acknowledged.
. "$(dirname "$0")/lib.sh"
serve
login
latchkey cr namespace-add birds >/dev/null
rw=$(token --readwrite)
other=$(token --readwrite)
keep latchkey account create den --owner bear@den.example
sed -n 's/^API Key *//p' "$T/said" >"$T/bear"
mine=$XDG_CONFIG_HOME
export XDG_CONFIG_HOME="$T/home/bear"
login "$T/bear"
latchkey cr namespace-add bears >/dev/null
theirs=$(token --readwrite)
export XDG_CONFIG_HOME="$mine"
begin() {
	http POST /v2/birds/robin/blobs/uploads/ -u "token:$rw" \
		-H 'Content-Length: 0' >/dev/null
	session=$(head_of location | sed "s,^$URL,,")
}
begin
part() { # DESCRIPTION STATUS PATH [ARGUMENT]...
	what=$1 expected=$2 path=$3
	shift 3
	like "$what" "$(http PATCH "$path" --path-as-is --data-binary x \
		-H 'Content-Type: application/octet-stream' "$@")" "^($expected)\$"
}
part "another's credential" 404 "$session" -u "token:$other"
part "another account's" '401|403|404' "$session" -u "token:$theirs"
part "in another repository" 404 \
	"$(echo "$session" | sed 's,/robin/,/wren/,')" -u "token:$rw"
part "in another account's" 404 \
	"$(echo "$session" | sed 's,/birds/robin/,/bears/x/,')" -u "token:$theirs"
id=$(echo "$session" | sed 's,.*/uploads/\([^?]*\).*,\1,')
part "one digit off" 404 "$(echo "$session" | sed "s,$id,$(echo "$id" |
	tr '0-9a-f' '1-9a-f0'),")" -u "token:$rw"
part "no id at all" '400|404|405' /v2/birds/robin/blobs/uploads/.. -u "token:$rw"
part "64 digits" 404 "/v2/birds/robin/blobs/uploads/$(printf '%064d' 0)" -u "token:$rw"
is "untouched by all that" "$(http GET "$session" -u "token:$rw")" 204

# A client that drops in the middle of a chunk.
auth=$(printf 'token:%s' "$rw" | base64 -w 0)
{
	printf 'PATCH %s HTTP/1.1\r\nHost: %s\r\nAuthorization: Basic %s\r\n' \
		"$session" "$HOST" "$auth"
	printf 'Content-Type: application/octet-stream\r\nContent-Length: 100000\r\n\r\n'
	head -c 50000 /dev/zero
} | raw -h -t 3000 "$HOST" >/dev/null 2>&1
until_ok test "$(http GET "$session" -u "token:$rw")" = 204
far=$(head_of range)
like "afterwards it is where the server says" "$far" '^0-(0|49999|0?)$'
from=$((${far#0-} + 1))
[ "$far" != 0-0 ] || from=0
head -c $((100000 - from)) /dev/zero >"$T/rest"
is "and goes on from there" "$(http PATCH "$session" -u "token:$rw" \
	-H 'Content-Type: application/octet-stream' \
	-H "Content-Range: $from-99999" --data-binary "@$T/rest")" 202
session=$(head_of location | sed "s,^$URL,,")
head -c 100000 /dev/zero >"$T/whole"
case $session in *\?*) q='&' ;; *) q='?' ;; esac
end="$session${q}digest=sha256:$(sha256 "$T/whole")"
is "to the right digest" "$(http PUT "$end" -u "token:$rw")" 201
is "once" "$(http PUT "$end" -u "token:$rw")" 404
is "a digest given twice" "$(begin; case $session in *\?*) q='&' ;; *) q='?' ;; esac
	http PUT "$session${q}digest=sha256:$(sha256 "$T/whole")&digest=sha256:$(sha256 "$T/rest")" \
	-u "token:$rw" --data-binary "@$T/whole")" 400
is "a monolithic POST of other bytes" "$(http POST \
	"/v2/birds/robin/blobs/uploads/?digest=sha256:$(printf '%064d' 3)" \
	-u "token:$rw" --data-binary "@$T/whole")" 400
is "left no such blob" "$(http HEAD \
	"/v2/birds/robin/blobs/sha256:$(printf '%064d' 3)" -u "token:$rw")" 404
stop
want "verify, every blob hashed" latchkeyd verify --deep --data "$DATA"
finish
