# The daemon is killed at random moments under pushes: what was acknowledged is
# there afterwards, and verify finds nothing to say.
. "$(dirname "$0")/lib.sh"
serve
login
latchkey cr namespace-add birds >/dev/null
rw=$(token --readwrite --non-expiring)
mkdir "$T/acked"

# Push small images for ever; a file in acked/ for each that was acknowledged.
pusher() { # NUMBER
	i=0
	while :; do
		i=$((i + 1))
		if push_small "$rw" birds/robin "$1-$i"; then
			: >"$T/acked/$1-$i"
		else
			sleep 0.05
		fi
	done
}
pushers=''
for n in 1 2 3; do
	pusher $n 2>/dev/null &
	pushers="$pushers $!"
done
for delay in 0.9 0.4 1.3 0.7 1.1 0.2 0.8 0.5; do
	sleep $delay
	kill9
	serve
done
sleep 0.5
kill9
# shellcheck disable=SC2086 # a list of process ids
kill $pushers
wait $pushers 2>/dev/null

want "verify right after the kill" latchkeyd verify --data "$DATA"
serve
acked=$(ls "$T/acked" | wc -l)
is "images were acknowledged" "$([ "$acked" -gt 20 ] && echo many || echo "$acked")" many
lost=0
for tag in $(ls "$T/acked"); do
	is_there "$rw" birds/robin "$tag" || lost=$((lost + 1))
done
echo "# $acked images acknowledged"
is "none of it is lost" "$lost" 0

# So does a session that has no bytes yet, and one that is over stays so.
http POST /v2/birds/robin/blobs/uploads/ -u "token:$rw" -H 'Content-Length: 0' >/dev/null
over=$(head_of location | sed "s,^$URL,,")
http POST /v2/birds/robin/blobs/uploads/ -u "token:$rw" -H 'Content-Length: 0' >/dev/null
session=$(head_of location | sed "s,^$URL,,")
printf 'all at once' >"$T/all"
digest=sha256:$(sha256 "$T/all")
query() { case $1 in *\?*) echo "$1&digest=$digest" ;; *) echo "$1?digest=$digest" ;; esac; }
is "a whole upload" "$(http PUT "$(query "$over")" -u "token:$rw" \
	--data-binary "@$T/all" -H 'Content-Type: application/octet-stream')" 201
kill9
serve
is "after the kill the empty session" "$(http GET "$session" -u "token:$rw")" 204
is "the one that is over" "$(http GET "$over" -u "token:$rw")" 404
is "the empty one is finished" "$(http PUT "$(query "$session")" -u "token:$rw" \
	--data-binary "@$T/all" -H 'Content-Type: application/octet-stream')" 201

# A chunk's 202 survives the kill: the session goes on where it was.
http POST /v2/birds/robin/blobs/uploads/ -u "token:$rw" -H 'Content-Length: 0' >/dev/null
session=$(head_of location | sed "s,^$URL,,")
head -c 100000 /dev/zero >"$T/half"
cat "$T/half" "$T/half" >"$T/whole"
is "a chunk" "$(http PATCH "$session" -u "token:$rw" --data-binary "@$T/half" \
	-H 'Content-Type: application/octet-stream')" 202
session=$(head_of location | sed "s,^$URL,,")
kill9
serve
is "after the kill its session" "$(http GET "$session" -u "token:$rw")" 204
is "is as far as it was" "$(head_of range)" 0-99999
is "the rest" "$(http PATCH "$session" -u "token:$rw" --data-binary "@$T/half" \
	-H 'Content-Type: application/octet-stream' -H 'Content-Range: 100000-199999')" 202
session=$(head_of location | sed "s,^$URL,,")
case $session in *\?*) q='&' ;; *) q='?' ;; esac
is "and the digest of all" "$(http PUT "$session${q}digest=sha256:$(sha256 "$T/whole")" \
	-u "token:$rw")" 201
stop
want "verify, every blob hashed" latchkeyd verify --deep --data "$DATA"
finish
