# The power is cut under pushes, deletions and collection without grace: what was
# acknowledged and is linked is whole afterwards, and nobody has to repair
# anything. CUTS=100 cuts more often.
DISK_SIZE=96M
. "$(dirname "$0")/power.sh"
CUTS=${CUTS:-8}
set -- --gc-grace 0 --trash-days 0
serve "$@"
login
latchkey cr namespace-add birds >/dev/null
rw=$(token --readwrite --non-expiring)
key=$(key_in "$T/apikey")
acked=$T/acked
mkdir "$acked"
for what in pushed leaving left collected; do : >"$acked/$what"; done

# Each says what was acknowledged, and stops at the first thing that was not.
image_rm() { # REPOSITORY TAG
	curl -sf -o /dev/null --max-time 20 -u "iamapikey:$key" -X DELETE \
		"$URL/v2/$1/manifests/sha256:$(sha256 "$T/small/$2/manifest")"
}
# Two of three are deleted again, so that there is always something to collect.
images() { # REPOSITORY CUT
	i=0
	while :; do
		i=$((i + 1))
		tag=$1-$2-$i
		# Without grace a blob may be gone before its manifest comes.
		until push_small "$rw" "birds/$1" "$tag"; do
			light || return
		done
		light || return
		echo "$tag" >>"$acked/pushed"
		[ $((i % 3)) -ne 0 ] || continue
		echo "$tag" >>"$acked/leaving"
		image_rm "birds/$1" "$tag" && light || return
		echo "$tag" >>"$acked/left"
	done
}
collect() {
	while keep_in "$T/gc" latchkeyd gc --data "$DATA" && light; do
		grep '^removed: [1-9]' "$T/gc" >>"$acked/collected"
		sleep "$(moment)"
	done
}
keep_in() { # FILE COMMAND...
	file=$1
	shift
	"$@" >"$file" 2>&1 </dev/null
}

# Those that were pushed: all that nobody began to delete.
lost() {
	sort "$acked/leaving" >"$T/leaving"
	sort "$acked/pushed" | comm -23 - "$T/leaving" >"$T/stays"
	while read -r tag; do
		is_there "$rw" "birds/${tag%%-*}" "$tag" || echo "image $tag"
	done <"$T/stays"
	while read -r tag; do
		[ "$(http GET "/v2/birds/${tag%%-*}/manifests/$tag" \
			-u "token:$rw")" = 404 ] || echo "$tag came back"
	done <"$acked/left"
}
all_acked() { # each kind once more since the last cut
	for what in left collected; do
		[ "$(wc -l <"$acked/$what")" -gt "$(cat "$T/before.$what")" ] ||
			return
	done
}
moment() { # seconds: 0.05 to 0.80
	echo "$(($(od -An -N2 -tu2 /dev/urandom) % 75 + 5))" |
		awk '{ print $1 / 100 }'
}
cut=0 bad=0
: >"$T/lost"
while [ $cut -lt "$CUTS" ]; do
	cut=$((cut + 1))
	for what in left collected; do
		wc -l <"$acked/$what" >"$T/before.$what"
	done
	images robin $cut >"$T/work.robin" 2>&1 &
	robin=$!
	images wren $cut >"$T/work.wren" 2>&1 &
	wren=$!
	collect &
	collector=$!
	# Every other time all of it has come as far as an acknowledgement.
	[ $((cut % 2)) -eq 0 ] || until_ok all_acked
	sleep "$(moment)"
	power_cut $robin $wren $collector || {
		echo "# cut $cut: verify"
		remark <"$T/said"
		bad=$((bad + 1))
	}
	serve "$@"
	lost >"$T/lost.now"
	[ ! -s "$T/lost.now" ] || remark <"$T/lost.now"
	cat "$T/lost.now" >>"$T/lost"
done
for what in pushed left collected; do
	n=$(wc -l <"$acked/$what")
	echo "# $what: $n acknowledged in $cut cuts"
	is "$what were acknowledged" "$([ "$n" -ge $((CUTS / 2)) ] && echo enough ||
		echo "$n")" enough
done
is "verify had nothing to say after each cut" "$bad" 0
is "nothing was lost, and nothing came back" "$(wc -l <"$T/lost")" 0
want "gc" latchkeyd gc --data "$DATA"
is "what is linked stays" "$(lost)" ''
stop
want "verify, every byte read" latchkeyd verify --deep --data "$DATA"
finish
