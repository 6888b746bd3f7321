# The power is cut as soon as a push was acknowledged. The repositories lie on a
# filesystem of their own, so that no write of anything else puts on disk by
# chance what the push had to. CUTS=200 cuts more often.
if [ -z "${OWN_MOUNTS:-}" ] && unshare -m true 2>/dev/null; then
	OWN_MOUNTS=yes exec unshare -m sh "$0"
fi
. "$(dirname "$0")/lib.sh"
CUTS=${CUTS:-20}
[ -n "${OWN_MOUNTS:-}" ] || skip_all "this user may not mount a filesystem"
command -v mkfs.ext4 >/dev/null || skip_all "there is no mkfs.ext4 here"
truncate -s 64M "$T/image"
mkfs.ext4 -q -F "$T/image" || skip_all "an ext4 image cannot be made here"
# The journal writes by itself only after minutes: what is there in time is
# there because somebody waited for it.
power_on() {
	mount -o loop,noatime,commit=300 "$T/image" "$DATA/git" 2>"$T/mount.log"
}
serve
stop
power_on ||
	skip_all "an image cannot be mounted here: $(head -n 1 "$T/mount.log")"
trap 'umount -l "$DATA/git" 2>/dev/null; gone' EXIT
chmod 700 "$DATA/git"
power "$DATA/git" 2>"$T/mount.log" ||
	skip_all "power cannot be cut here: $(head -n 1 "$T/mount.log")"
umount "$DATA/git"
power_on
serve
login
repo_create nest '{"force_push": "allow"}'
ssh_setup
make_key id_ed25519
user_key id_ed25519 >/dev/null
key=$(key_in "$T/apikey")
git init -q "$T/work"
cd "$T/work" || exit 99
url() { # CUT: SSH and HTTP in turn
	if [ $(($1 % 2)) -eq 0 ]; then
		echo "http://iamapikey:$key@$HOST/git/nest/nest.git"
	else
		echo "$SSH_URL/nest/nest.git"
	fi
}
# What a push does, one after another; the references that must hold then go
# into want, and "REF -" for one that must not be there.
push() { # CUT
	at=$(git rev-parse HEAD)
	case $(($1 % 6)) in
	0) git push -q "$(url "$1")" main && echo "refs/heads/main $at" ;;
	1) git push -q "$(url "$1")" "main:refs/heads/a/b/$1" &&
		echo "refs/heads/a/b/$1 $at" ;;
	2) git push -q --atomic "$(url "$1")" main "main:refs/tags/v$1" \
		"main:refs/notes/deep/er/$1" &&
		printf '%s\n' "refs/heads/main $at" "refs/tags/v$1 $at" \
			"refs/notes/deep/er/$1 $at" ;;
	3) git push -q "$(url "$1")" "main:refs/heads/n1" \
		"main:refs/heads/n2" ":refs/heads/a/b/$(($1 - 2))" &&
		printf '%s\n' "refs/heads/n1 $at" "refs/heads/n2 $at" \
			"refs/heads/a/b/$(($1 - 2)) -" ;;
	4) git push -q "$(url "$1")" ":refs/tags/v$(($1 - 2))" &&
		echo "refs/tags/v$(($1 - 2)) -" ;;
	5) git commit -q --amend --allow-empty -m "again $1" &&
		git push -q -f "$(url "$1")" main &&
		echo "refs/heads/main $(git rev-parse HEAD)" ;;
	esac
}
holds() { # reads "REF OBJECT" lines
	while read -r ref at; do
		now=$(awk -v r="$ref" '$2 == r { print $1 }' "$T/there")
		[ "${now:--}" = "$at" ] || echo "$ref is ${now:--} and not $at"
	done
}
id=$(ls "$DATA/git" | grep -x '[0-9a-f]\{32\}')
cut=0
: >"$T/lost"
git commit -q --allow-empty -m root
want "the first push" git push -q "$(url 0)" main
while [ $cut -lt "$CUTS" ]; do
	cut=$((cut + 1))
	head -c 5000 /dev/urandom >file
	git add file && git commit -q -m "$cut"
	push $cut >"$T/want" 2>"$T/said" || {
		remark <"$T/said"
		echo "push $cut was not taken" >>"$T/lost"
	}
	# House-keeping moves what was acknowledged before; it is cut, too, at
	# times when it has just ended, at times in the middle.
	house=''
	case $((cut % 4)) in
	1) keep gitroom "$DATA/git" "$BUILD/hooks" "$id" ||
		remark <"$T/said" ;;
	3) rm -f "$DATA/git/$id/latchkey-packed"
		gitroom "$DATA/git" "$BUILD/hooks" "$id" 2>/dev/null &
		house=$!
		sleep "0.0$(($(od -An -N1 -tu1 /dev/urandom) % 10))" ;;
	esac
	power "$DATA/git" || exit 99
	kill9
	[ -z "$house" ] || wait $house
	until_ok umount "$DATA/git" || exit 99
	power_on || exit 99
	keep latchkeyd verify --data "$DATA" || {
		remark <"$T/said"
		echo "verify after cut $cut" >>"$T/lost"
	}
	serve
	git ls-remote "$(url $cut)" >"$T/there" 2>"$T/said" ||
		remark <"$T/said"
	cat "$T/want" >>"$T/all"
	awk '{ last[$1] = $2 } END { for (r in last) print r, last[r] }' \
		"$T/all" | holds >"$T/lost.now"
	remark <"$T/lost.now"
	cat "$T/lost.now" >>"$T/lost"
done
is "what was acknowledged is there after each of $cut cuts" \
	"$(wc -l <"$T/lost")" 0
want "a clone" git clone -q "$(url 0)" "$T/clone"
want "is whole" git -C "$T/clone" fsck --strict
stop
want "verify, every byte read" latchkeyd verify --deep --data "$DATA"
finish
