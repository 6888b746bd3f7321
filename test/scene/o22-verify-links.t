# verify notices each way in which links, usage and what is to be collected could
# be wrong, and has nothing to say once that is undone.
. "$(dirname "$0")/lib.sh"
serve
login
latchkey cr namespace-add birds >/dev/null
rw=$(token --readwrite --non-expiring)
push_small "$rw" birds/robin 1
printf 'not needed yet' >"$T/waits"
http POST "/v2/birds/robin/blobs/uploads/?digest=sha256:$(sha256 "$T/waits")" \
	-u "token:$rw" --data-binary "@$T/waits" \
	-H 'Content-Type: application/octet-stream' >/dev/null
push_small "$rw" birds/wren 2
is "an image for the bin" "$(http DELETE \
	"/v2/birds/wren/manifests/sha256:$(sha256 "$T/small/2/manifest")" \
	-u "iamapikey:$(key_in "$T/apikey")")" 202
stop

tamper() { # SQL
	/usr/bin/python3 - "$DATA/latchkey.db" "$1" <<-'PY'
		import sqlite3, sys
		db = sqlite3.connect(sys.argv[1])
		db.execute(sys.argv[2]).rowcount > 0 or sys.exit("nothing was changed")
		db.commit()
	PY
}
noticed() { # WORDS SQL SQL-THAT-UNDOES-IT
	want "$1: made so" tamper "$2"
	deny "are complained of" latchkeyd verify --data "$DATA"
	said "in these words" "^FAILED links.*: [0-9]+ $1"
	want "undone" tamper "$3"
}
want "verify at first" latchkeyd verify --data "$DATA"
noticed "accounts whose usage is not that of their links" \
	"UPDATE registry_account SET storage_used = storage_used + 1" \
	"UPDATE registry_account SET storage_used = storage_used - 1"
noticed "links that wait to be taken away and are needed" \
	"UPDATE repo_blob SET unneeded_at = -1 WHERE unneeded_at IS NULL" \
	"UPDATE repo_blob SET unneeded_at = NULL WHERE unneeded_at = -1"
noticed "links that nothing needs and nobody takes away" \
	"UPDATE repo_blob SET linked_at = -unneeded_at, unneeded_at = NULL
	 WHERE unneeded_at IS NOT NULL" \
	"UPDATE repo_blob SET unneeded_at = -linked_at WHERE linked_at < 0"
noticed "links of another account or region than their repository's" \
	"UPDATE repo_blob SET account_id = 'x' || account_id, dropped_at = 1
	 WHERE dropped_at IS NOT NULL" \
	"UPDATE repo_blob SET account_id = substr(account_id, 2)
	 WHERE account_id LIKE 'x%'"
noticed "blobs that nothing needs and nobody looks at" \
	"UPDATE blob SET created_at = -review_at, review_at = NULL
	 WHERE review_at IS NOT NULL" \
	"UPDATE blob SET review_at = -created_at WHERE created_at < 0"
noticed "keys to be removed that are a blob's" \
	"INSERT INTO trash (key, after) SELECT key, 0 FROM blob LIMIT 1" \
	"DELETE FROM trash"
noticed "manifests that wait for what is here" \
	"INSERT INTO manifest_absent (manifest_id, repo_id, digest, kind)
	 SELECT id, repo_id, digest, 'manifest' FROM manifest" \
	"DELETE FROM manifest_absent"
noticed "manifests that wait for what is here" \
	"INSERT INTO manifest_absent (manifest_id, repo_id, digest, kind)
	 SELECT m.manifest_id, m.repo_id, b.digest, 'foreign'
	 FROM manifest_blob m JOIN blob b ON b.id = m.blob_id" \
	"DELETE FROM manifest_absent"
want "verify in the end" latchkeyd verify --deep --data "$DATA"
finish
