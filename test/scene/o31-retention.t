# A policy keeps the newest images of each repository, at once and each day.
. "$(dirname "$0")/lib.sh"
patience=800 # the server looks once a minute
with_clock
serve
login
latchkey cr namespace-add birds >/dev/null
rw=$(token --readwrite --non-expiring)
# An image that was built then; no date, no build date.
dated() { # REPOSITORY TAG [DATE]
	printf '{"created":"%s","os":"linux","architecture":"amd64","author":"%s"}' \
		"${3:-}" "$2" >"$T/dated.config"
	[ $# -eq 3 ] || printf '{"author":"%s"}' "$2" >"$T/dated.config"
	curl -sf -o /dev/null -u "token:$rw" --data-binary "@$T/dated.config" \
		-H 'Content-Type: application/octet-stream' \
		"$URL/v2/$1/blobs/uploads/?digest=sha256:$(sha256 "$T/dated.config")"
	printf '{"schemaVersion":2,"mediaType":"%s","config":{"mediaType":"%s","digest":"sha256:%s","size":%d},"layers":[]}' \
		$OCI.manifest.v1+json $OCI.config.v1+json \
		"$(sha256 "$T/dated.config")" "$(size_of "$T/dated.config")" \
		>"$T/dated.manifest"
	curl -sf -o /dev/null -u "token:$rw" -X PUT \
		-H "Content-Type: $OCI.manifest.v1+json" \
		--data-binary "@$T/dated.manifest" "$URL/v2/$1/manifests/$2"
}
tags() { # REPOSITORY
	http GET "/v2/$1/tags/list" -u "token:$rw" >/dev/null
	jq -r '.tags // [] | join(" ")' "$T/body"
}
dated birds/robin young 2023-05-05T00:00:00Z
dated birds/robin oldest 2019-05-05T00:00:00Z
oldest=sha256:$(sha256 "$T/dated.manifest")
dated birds/robin old 2021-05-05T00:00:00Z
dated birds/robin unknown
dated birds/wren oldest 2018-05-05T00:00:00Z
curl -sf -o /dev/null -u "token:$rw" -X PUT "$URL/v2/birds/robin/manifests/latest" \
	-H "Content-Type: $OCI.manifest.v1+json" --data-binary \
	"$(curl -sf -u "token:$rw" "$URL/v2/birds/robin/manifests/young")"
is "there are these" "$(tags birds/robin)" "latest old oldest unknown young"

deny "a policy is confirmed first" latchkey cr retention-policy-set birds --images 2
said "and says what it would delete" "birds/robin@$oldest"
is "so that nothing went" "$(tags birds/robin)" "latest old oldest unknown young"
want "once it is" latchkey cr retention-policy-set birds --images 2 -f
is "the newest stay, whatever their tags, and what has no date" \
	"$(tags birds/robin)" "latest old unknown young"
is "other repositories have a number of their own" "$(tags birds/wren)" oldest
want "the policy" latchkey cr retention-policy-list
said "is listed" '^birds +2 '
audited "who set it is in the trail" retention.set done namespace:birds
audited "and what went" image.delete done repo:birds/robin
is "by nobody but retention" "$(latchkey audit --verb image.delete --output json |
	jq -sr 'flatten | .[0] | .identity + (.detail.why // .detail)' |
	grep -c retention)" 1

dated birds/robin newest 2024-05-05T00:00:00Z
is "another one comes" "$(tags birds/robin)" "latest newest old unknown young"
shift_clock $((24 * 3600 + 60))
login
old_gone() {
	[ "$(tags birds/robin)" = "latest newest unknown young" ]
}
until_ok old_gone
ok $? "a day later the oldest goes by itself"
want "what went" latchkey cr trash-list --restrict birds/robin
said "is in the trash" "^$HOST/birds/robin@$oldest +29 +oldest"
want "and is restored from there" latchkey cr image-restore "$HOST/birds/robin:oldest"
is "by its name" "$(tags birds/robin)" "latest newest oldest unknown young"

want "a policy that keeps all" latchkey cr retention-policy-set birds --images All --retain-untagged -f
dated birds/robin another 2024-06-05T00:00:00Z
shift_clock $((3 * 24 * 3600))
login
sleep 62
is "is none" "$(tags birds/robin)" "another latest newest oldest unknown young"
want "once, without a policy" latchkey cr retention-run birds --images 1 -f
is "the same" "$(tags birds/robin)" "another unknown"
finish
