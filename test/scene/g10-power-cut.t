# The power is cut at random moments, under pushes of all kinds: what was
# acknowledged is there afterwards, what was revoked stays so, and nobody has to
# repair anything. CUTS=200 cuts more often.
. "$(dirname "$0")/power.sh"
CUTS=${CUTS:-20}
serve
login
latchkey cr namespace-add birds >/dev/null
rw=$(token --readwrite --non-expiring)
repo_create http
repo_create ssh '{"force_push": "allow"}'
ssh_setup
make_key id_ed25519
user_key id_ed25519 >/dev/null
key=$(key_in "$T/apikey")
http_url() {
	echo "http://iamapikey:$key@$HOST/git/nest/http.git"
}
ssh_url() {
	echo "$SSH_URL/nest/ssh.git"
}

# --- what goes on all the time ----------------------------------------------
# Each says in a file of its own, elsewhere, what was acknowledged, and stops at
# the first thing that was not.

mkdir "$T/acked" "$T/http" "$T/ssh"
for repo in http ssh; do
	git -C "$T/$repo" init -q
	git -C "$T/$repo" commit -q --allow-empty -m root
done
# Branches that come, move and go, and tags; a "gone" line ends what was before.
pusher() { # REPOSITORY ROUND
	cd "$T/$1" || return
	to=$("$1_url") i=0
	ack() { # NAME OBJECT
		light && echo "$1 $2" >>"$T/acked/$repo"
	}
	repo=$1
	while :; do
		i=$((i + 1))
		head -c 2000 /dev/urandom >file
		git add file && git commit -q -m "$2-$i"
		at=$(git rev-parse HEAD)
		git push -q "$to" +main || return
		ack refs/heads/main "$at" || return
		git push -q --atomic "$to" "main:refs/heads/r$2/$i" \
			"main:refs/tags/r$2-$i" || return
		ack "refs/heads/r$2/$i" "$at" &&
			ack "refs/tags/r$2-$i" "$at" || return
		[ $((i % 3)) -eq 0 ] || continue
		git push -q "$to" ":refs/heads/r$2/$i" || return
		ack "refs/heads/r$2/$i" gone || return
	done
}
images() { # ROUND
	i=0
	while :; do
		i=$((i + 1))
		push_small "$rw" birds/robin "r$1-$i" && light || return
		echo "r$1-$i" >>"$T/acked/images"
	done
}
# Tokens made, and every second one removed again; access keys the same way.
tokens() { # ROUND
	i=0
	while :; do
		i=$((i + 1))
		made=$(token --non-expiring) || return
		id=$(echo "$made" | cut -d . -f 2 | tr -- -_ +/ |
			jq -Rre '@base64d | fromjson | .jti') || return
		light || return
		echo "$made" >"$T/tokens/$id"
		echo "$id" >>"$T/acked/tokens"
		[ $((i % 2)) -eq 0 ] || continue
		latchkey cr token-rm -f "$id" </dev/null >/dev/null && light ||
			return
		echo "$id" >>"$T/acked/revoked"
	done
}
keys() { # ROUND
	i=0
	while :; do
		i=$((i + 1))
		ssh-keygen -q -t ed25519 -N '' -f "$T/keys/r$1-$i" </dev/null
		id=$(curl -sf --max-time 20 -u "iamapikey:$key" \
			-H 'Content-Type: application/json' -d "$(jq -n \
			--rawfile k "$T/keys/r$1-$i.pub" --arg l "r$1-$i" \
			'{key: ($k | rtrimstr("\n")), label: $l}')" \
			"$URL/2.0/repositories/nest/http/deploy-keys" |
			jq -r .id)
		[ -n "$id" ] && light || return
		echo "$id" >>"$T/acked/keys"
		[ $((i % 2)) -eq 0 ] || continue
		curl -sf --max-time 20 -u "iamapikey:$key" -X DELETE \
			"$URL/2.0/repositories/nest/http/deploy-keys/$id" &&
			light || return
		echo "$id" >>"$T/acked/unkeyed"
	done
}
mkdir "$T/tokens" "$T/keys"
touch "$T/acked/http" "$T/acked/ssh" "$T/acked/images" "$T/acked/tokens" \
	"$T/acked/revoked" "$T/acked/keys" "$T/acked/unkeyed"

# --- what must hold afterwards -----------------------------------------------

# For each reference the last that was acknowledged, or what may have been
# under way when the light went out: a newer commit of the same work.
lost_refs() { # REPOSITORY
	cd "$T/$1" || return
	git ls-remote "$("$1_url")" >"$T/there" 2>"$T/there.log" || {
		echo "$1 cannot be read:" && cat "$T/there.log"
		return
	}
	awk '{ last[$1] = $2 } END { for (r in last) print r, last[r] }' \
		"$T/acked/$1" >"$T/last"
	while read -r ref at; do
		now=$(awk -v r="$ref" '$2 == r { print $1 }' "$T/there")
		case $at in
		"$now") ;;
		gone) [ -z "$now" ] || echo "$1 $ref came back" ;;
		*) under_way "$1" "$ref" "$at" "$now" ||
			echo "$1 $ref is ${now:-gone} and not $at" ;;
		esac
	done <"$T/last"
}
# Work on main goes on from what was pushed last, acknowledged or not; a branch
# may have been on its way out.
under_way() { # REPOSITORY REF ACKNOWLEDGED NOW
	case $2 in
	refs/heads/main)
		[ -n "$4" ] && git merge-base --is-ancestor "$3" "$4" ;;
	refs/heads/r*) [ -z "$4" ] && [ $((${2##*/} % 3)) -eq 0 ] ;;
	*) false ;;
	esac
}
lost_images() { # FILE with tags
	while read -r tag; do
		is_there "$rw" birds/robin "$tag" || echo "image $tag"
	done <"$1"
}
# Of those that were not revoked a request for that may have been under way:
# at most one in each round.
lost_tokens() {
	latchkey cr token-list --output json </dev/null | jq -r '.[]._id' |
		sort >"$T/there"
	sort "$T/acked/revoked" | comm -12 - "$T/there" |
		sed 's/$/ is a revoked token that came back/'
	sort "$T/acked/tokens" | comm -23 - "$T/there" >"$T/missing"
	sort "$T/acked/revoked" | comm -23 "$T/missing" - >"$T/missing.now"
	[ "$(wc -l <"$T/missing.now")" -le "$1" ] ||
		sed 's/$/ is a token that was lost/' "$T/missing.now"
}
lost_keys() {
	curl -sf -u "iamapikey:$key" \
		"$URL/2.0/repositories/nest/http/deploy-keys?pagelen=100" \
		>"$T/page"
	pages=0
	: >"$T/there.raw"
	while :; do
		jq -r '.values[].id' "$T/page" >>"$T/there.raw"
		next=$(jq -r '.next // empty' "$T/page")
		[ -n "$next" ] && [ $pages -lt 100 ] || break
		pages=$((pages + 1))
		curl -sf -u "iamapikey:$key" "$next" >"$T/page"
	done
	sort "$T/there.raw" >"$T/there"
	sort "$T/acked/unkeyed" | comm -12 - "$T/there" |
		sed 's/$/ is a removed access key that came back/'
	sort "$T/acked/keys" | comm -23 - "$T/there" >"$T/missing"
	sort "$T/acked/unkeyed" | comm -23 "$T/missing" - >"$T/missing.now"
	[ "$(wc -l <"$T/missing.now")" -le "$1" ] ||
		sed 's/$/ is an access key that was lost/' "$T/missing.now"
}

# --- the cuts ----------------------------------------------------------------

moment() { # seconds: 0.30 to 1.80
	echo "$(($(od -An -N2 -tu2 /dev/urandom) % 150 + 30))" |
		awk '{ print $1 / 100 }'
}
all_acked() { # each kind at least once since the last cut
	for what in http ssh images revoked unkeyed; do
		[ "$(wc -l <"$T/acked/$what")" -gt "$(cat "$T/before/$what")" ] ||
			return
	done
}
mkdir "$T/before"
cut=0 stuck=0
: >"$T/lost"
while [ $cut -lt "$CUTS" ]; do
	cut=$((cut + 1))
	for what in http ssh images revoked unkeyed; do
		wc -l <"$T/acked/$what" >"$T/before/$what"
	done
	work=''
	for what in "pusher http $cut" "pusher ssh $cut" "images $cut" \
		"tokens $cut" "keys $cut"; do
		$what >"$T/work.$cut.${what%% *}" 2>&1 &
		work="$work $!"
	done
	# Every other time all of it has come as far as an acknowledgement.
	[ $((cut % 2)) -eq 0 ] || until_ok all_acked
	sleep "$(moment)"
	# shellcheck disable=SC2086 # a list of process ids
	power_cut $work || {
		echo "# cut $cut: verify"
		remark <"$T/said"
		echo "verify after cut $cut" >>"$T/lost"
	}
	serve
	sed "1,$(cat "$T/before/images")d" "$T/acked/images" >"$T/images.now"
	{
		lost_refs http
		lost_refs ssh
		lost_images "$T/images.now"
		lost_tokens $cut
		lost_keys $cut
	} >"$T/lost.now" 2>&1
	[ -s "$T/lost.now" ] && echo "# cut $cut:" && remark <"$T/lost.now"
	cat "$T/lost.now" >>"$T/lost"
	# Nobody has repaired anything, and everybody can go on.
	for repo in http ssh; do
		keep git -C "$T/$repo" push -f "$("${repo}_url")" main || {
			echo "# cut $cut: $repo takes no push"
			remark <"$T/said"
			stuck=$((stuck + 1))
		}
		echo "refs/heads/main $(git -C "$T/$repo" rev-parse main)" \
			>>"$T/acked/$repo"
	done
done
for what in http ssh images tokens revoked keys unkeyed; do
	n=$(wc -l <"$T/acked/$what")
	echo "# $what: $n acknowledged in $cut cuts"
	is "$what were acknowledged" "$([ "$n" -ge $((CUTS / 2)) ] && echo enough ||
		echo "$n")" enough
done
is "nothing of it was lost" "$(wc -l <"$T/lost")" 0
is "nothing had to be repaired" "$stuck" 0

# Once more, all of it and in full.
lost_tokens "$cut" >/dev/null
is "all images are there" "$(lost_images "$T/acked/images")" ''
opens() { # FILE with ids: the statuses that these tokens get
	while read -r id; do
		http GET /v2/birds/robin/tags/list -u "token:$(cat "$T/tokens/$id")"
		echo
	done <"$1" | sort | uniq -c | awk '{ print $2 }'
}
tail -n 10 "$T/acked/revoked" >"$T/tokens.gone"
is "revoked tokens open nothing" "$(opens "$T/tokens.gone")" 401
sort "$T/acked/tokens" | comm -12 - "$T/there" >"$T/tokens.now"
is "those that are there still do" "$(opens "$T/tokens.now")" 200
for repo in http ssh; do
	want "a clone of $repo" git clone -q "$("${repo}_url")" "$T/clone.$repo"
	want "is whole" git -C "$T/clone.$repo" fsck --strict
done
stop
want "verify, every byte read" latchkeyd verify --deep --data "$DATA"
finish
