# Too few descriptors, a disk that can no longer be written, many daemons at
# once, an end under load: what was acknowledged is there, what cannot be done is
# said, and nobody has to start anything anew.
if [ -z "${OWN_MOUNTS:-}" ] && unshare -m true 2>/dev/null; then
	OWN_MOUNTS=yes exec unshare -m sh "$0"
fi
. "$(dirname "$0")/lib.sh"
ticks() {
	awk '{ print $14 + $15 }' "/proc/$daemon/stat"
}
disk=
mkdir "$T/disk" && truncate -s 256M "$T/image"
# A journal would end all reading along with the writing.
if [ -n "${OWN_MOUNTS:-}" ] && command -v mkfs.ext4 >/dev/null &&
	mkfs.ext4 -q -F -O ^has_journal "$T/image" 2>/dev/null &&
	mount -o loop,errors=remount-ro "$T/image" "$T/disk" 2>/dev/null; then
	disk=$(findmnt -n -o SOURCE "$T/disk") DATA=$T/disk/data
	trap 'umount -l "$T/disk"; gone' EXIT
fi
serve
login
latchkey cr namespace-add birds >/dev/null
rw=$(token --readwrite)
want "an image is there" push_small "$rw" birds/robin first
key=$(key_in "$T/apikey")
stop

# Whether it can write is looked at once in a while.
ready_is() { # STATUS
	[ "$(http GET /readyz)" = "$1" ]
}

# --- descriptors: a crowd that takes them all, from one address and from many
serve_few() { # DESCRIPTORS
	: >"$T/ready"
	(
		ulimit -n "$1"
		exec "$BUILD/latchkeyd" serve --data "$DATA" --http "$HOST" \
			--ssh "$SSH" --head-timeout 3 >"$T/ready" 2>>"$T/log" </dev/null
	) &
	daemon=$!
	until_ok grep -q '^ready ' "$T/ready"
}
for n in 128 256; do
	serve_few $n
	places=$(sed -n 's/.*event=start .*places=\([0-9]*\) of=12000$/\1/p' "$T/log" |
		tail -n 1)
	is "$n descriptors: some connections, and some files" \
		"$([ "$places" -gt 0 ] && [ "$places" -lt $((n / 2)) ] && echo yes)" yes
	mkfifo "$T/stay"
	crowd head 400 1 "$HOST" <"$T/stay" >"$T/crowd" 2>&1 &
	crowd=$!
	exec 3>"$T/stay"
	sleep 1
	before=$(ticks)
	answered=0
	for i in 1 2 3 4 5 6 7 8 9 10; do
		[ "$(http GET /v2/birds/robin/manifests/first -u "token:$rw")" = 200 ] &&
			answered=$((answered + 1))
		sleep 0.2
	done
	is "$n descriptors: another address is served beside a crowd" $answered 10
	want "$n descriptors: and stores" push_small "$rw" birds/robin "few$n"
	echo "# ticks of the processor in about 3 s: $(($(ticks) - before))"
	exec 3>&-
	wait $crowd
	rm -f "$T/stay"
	want "$n descriptors: afterwards" until_ok ready_is 200
	is "$n descriptors: what was stored is there" \
		"$(is_there "$rw" birds/robin "few$n" && echo yes)" yes
	stop
done

# --- many daemons at once
serve
i=0 others=''
while [ $i -lt 100 ]; do
	i=$((i + 1))
	timeout 60 "$BUILD/latchkeyd" serve --data "$DATA" --http 127.0.0.1:0 --ssh none \
		>/dev/null 2>"$T/other.$i" </dev/null &
	others="$others $!"
done
busy=0
for pid in $others; do
	wait "$pid"
	[ $? -eq 75 ] && busy=$((busy + 1))
done
is "a hundred more daemons: each goes away with 75" $busy 100
is "and the first one goes on" "$(http GET /readyz)" 200
want "and stores" push_small "$rw" birds/robin hundred
if [ -n "${OWN_MOUNTS:-}" ] && mkdir "$T/other" && mount --bind "$DATA" "$T/other"; then
	timeout 20 "$BUILD/latchkeyd" serve --data "$T/other" --http 127.0.0.1:0 \
		--ssh none >"$T/said" 2>&1 </dev/null
	is "by another way to the same data: 75" $? 75
	timeout 20 unshare -p -f "$BUILD/latchkeyd" serve --data "$DATA" \
		--http 127.0.0.1:0 --ssh none >"$T/said" 2>&1 </dev/null
	is "out of a container: 75" $? 75
	umount "$T/other"
else
	skip "by another way to the same data" "this user may not mount"
fi
kill9
serve
is "what a dead one left behind keeps nobody out" "$(http GET /readyz)" 200

# --- many times HUP
i=0
while [ $i -lt 1000 ]; do
	i=$((i + 1))
	kill -HUP "$daemon"
done
is "a thousand times HUP" "$(http GET /readyz)" 200

# --- no file may grow
refused_for_now() { # DESCRIPTION
	head -c 70000 /dev/urandom >"$T/layer"
	like "$1: a push is refused for now" "$(http POST \
		"/v2/birds/robin/blobs/uploads/?digest=sha256:$(sha256 "$T/layer")" \
		-u "token:$rw" -H 'Content-Type: application/octet-stream' \
		--data-binary "@$T/layer")" '^(503|507)$'
	like "$1: in the registry's words" "$(errors)" '^[A-Z_]+$'
	like "$1: with a time to come back" "$(head_of Retry-After)" '^[0-9]+$'
}
prlimit --pid "$daemon" --fsize=4096:unlimited
refused_for_now "files of 4 KiB"
is "files of 4 KiB: alive" "$(http GET /healthz)" 200
prlimit --pid "$daemon" --fsize=unlimited:unlimited
until_ok push_small "$rw" birds/robin grown
want "files of any size: a push" push_small "$rw" birds/robin grown

# --- the disk becomes read-only under its feet, as after an error of its own
error=/sys/fs/ext4/$(basename "$disk")/trigger_fs_error
if [ -n "$disk" ] && [ -w "$error" ]; then
	held="Authorization: Bearer $(bearer token "$rw" repository:birds/robin:pull)"
	is "let in" "$(http GET /v2/birds/robin/manifests/first -H "$held")" 200
	echo x >"$error"
	is "read-only: who was let in goes on reading" \
		"$(http GET /v2/birds/robin/manifests/first -H "$held")" 200
	is "read-only: layers, too" "$(http GET "/v2/birds/robin/blobs/$(jq -r \
		'.layers[0].digest' "$T/small/first/manifest")" -H "$held")" 200
	is "read-only: alive" "$(http GET /healthz)" 200
	refused_for_now "read-only"
	want "read-only: not ready" until_ok ready_is 503
	kill -TERM "$daemon"
	wait "$daemon"
	like "read-only: it ends by itself" $? '^[01]$'
	daemon=''
	until_ok umount "$T/disk"
	e2fsck -p "$T/image" >"$T/said" 2>&1
	mount -o loop "$T/image" "$T/disk"
	want "mended: nothing is damaged" latchkeyd verify --deep --data "$DATA"
	serve
	is "mended: all is there" "$(is_there "$rw" birds/robin first &&
		is_there "$rw" birds/robin grown && echo yes)" yes
	want "mended: a push" push_small "$rw" birds/robin again

	# --- no inode left
	stop
	until_ok umount "$T/disk"
	rm -f "$T/apikey"
	mount -t tmpfs -o size=64m,mode=700,nr_inodes=400 latchkey "$T/disk"
	serve
	login
	latchkey cr namespace-add birds >/dev/null
	rw=$(token --readwrite)
	want "few inodes: a push" push_small "$rw" birds/robin first
	i=0
	while touch "$T/disk/i$i" 2>/dev/null && [ $i -lt 1000 ]; do
		i=$((i + 1))
	done
	# What is there already, empty, may be filled.
	i=0
	while push_small "$rw" birds/robin "i$i" && [ $i -lt 200 ]; do
		i=$((i + 1))
	done
	echo "# $i more images went into files that were there"
	refused_for_now "no inode"
	is "no inode: a pull" "$(is_there "$rw" birds/robin first && echo yes)" yes
	rm -f "$T"/disk/i*
	until_ok push_small "$rw" birds/robin second
	want "inodes again: a push" push_small "$rw" birds/robin second
else
	skip "a disk that becomes read-only" "no filesystem can be made to fail here"
fi

# --- the end under load: pushes that are finished, one that never is, a pull
# that nobody reads, and a crowd
stop
serve
head -c 6000000 /dev/urandom >"$T/large"
large=sha256:$(sha256 "$T/large")
pull=$(head -c 40000000 /dev/zero | tee "$T/zeros" | sha256sum | cut -d ' ' -f 1)
is "something large is there" "$(http POST \
	"/v2/birds/robin/blobs/uploads/?digest=sha256:$pull" -u "token:$rw" \
	-H 'Content-Type: application/octet-stream' --data-binary "@$T/zeros")" 201
mkfifo "$T/stay"
crowd head 300 3 "$HOST" <"$T/stay" >"$T/crowd" 2>&1 &
crowd=$!
exec 3>"$T/stay"
curl -s -o /dev/null -w '%{http_code}' -u "token:$rw" --limit-rate 2M \
	-H 'Content-Type: application/octet-stream' --data-binary "@$T/large" \
	"$URL/v2/birds/robin/blobs/uploads/?digest=$large" >"$T/pushed" &
slow=$!
{ printf 'POST /v2/birds/robin/blobs/uploads/?digest=%s HTTP/1.1\r\nHost: %s\r\nAuthorization: Basic %s\r\nContent-Type: application/octet-stream\r\nContent-Length: 6000000\r\n\r\n' \
	"$large" "$HOST" "$(printf 'token:%s' "$rw" | base64 -w 0)"; yes | head -c 5000; sleep 60; } |
	raw -t 60000 "$HOST" >"$T/never" 2>&1 &
never=$!
curl -s -o /dev/null --limit-rate 100k -u "token:$rw" \
	"$URL/v2/birds/robin/blobs/sha256:$pull" &
unread=$!
{
	i=0
	while push_small "$rw" birds/robin "load$i"; do
		echo "load$i"
		i=$((i + 1))
	done
} >"$T/acknowledged" &
pushing=$!
sleep 1
began=$(date +%s)
kill -TERM "$daemon"
wait "$daemon"
is "TERM under load: status" $? 0
daemon=''
took=$(($(date +%s) - began))
echo "# it took $took s"
is "within 20 s for what runs, and what follows" "$([ $took -le 40 ] && echo yes)" yes
exec 3>&-
kill $never $unread 2>/dev/null
wait $slow $pushing $crowd $never $unread
is "a push that was under way is finished" "$(cat "$T/pushed")" 201
want "nothing is damaged" latchkeyd verify --deep --data "$DATA"
serve
lost=0
while read -r tag; do
	is_there "$rw" birds/robin "$tag" || lost=$((lost + 1))
done <"$T/acknowledged"
echo "# $(wc -l <"$T/acknowledged") were acknowledged"
is "nothing that was acknowledged is lost" "$lost" 0
is "and the push that was under way is there" \
	"$(http GET "/v2/birds/robin/blobs/$large" -u "token:$rw" && sha256 "$T/body")" \
	"200${large#sha256:}"
finish
