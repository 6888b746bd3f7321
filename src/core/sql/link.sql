-- Links: which blobs a repository holds, and what they count for.

-- A blob's size, and whether it counts already: some link of the account there
-- that was not dropped.
-- name: link_counted
SELECT b.size, CASE WHEN EXISTS (
	SELECT 1 FROM repo_blob l WHERE l.blob_id = b.id AND l.account_id = $2
		AND l.region = $3 AND l.dropped_at IS NULL) THEN 1 ELSE 0 END
FROM blob b WHERE b.id = $1;

-- name: link_put
INSERT INTO repo_blob (repo_id, blob_id, account_id, region, linked_at,
	unneeded_at)
VALUES ($1, $2, $3, $4, $5, $5)
ON CONFLICT (repo_id, blob_id) DO UPDATE SET
	linked_at = excluded.linked_at, dropped_at = NULL,
	unneeded_at = CASE WHEN repo_blob.unneeded_at IS NULL THEN NULL
		ELSE excluded.unneeded_at END;

-- name: link_get
SELECT dropped_at, unneeded_at FROM repo_blob
WHERE repo_id = $1 AND blob_id = $2;

-- name: link_take
UPDATE repo_blob SET linked_at = $1, dropped_at = NULL, unneeded_at = NULL
WHERE repo_id = $2 AND blob_id = $3;

-- Somebody was told that it is here.
-- name: link_seen
UPDATE repo_blob SET unneeded_at = $1
WHERE repo_id = $2 AND blob_id = $3 AND unneeded_at < $1;

-- name: link_delete
DELETE FROM repo_blob WHERE repo_id = $1 AND blob_id = $2;

-- An earlier look stays: it finds out when the next one is due.
-- name: link_review
UPDATE blob SET review_at = $1
WHERE id = $2 AND (review_at IS NULL OR review_at > $1);

-- name: link_need
INSERT INTO manifest_blob (manifest_id, repo_id, blob_id) VALUES ($1, $2, $3)
ON CONFLICT (manifest_id, blob_id) DO NOTHING;

-- What only this manifest needs in its repository. The first of these is what
-- the account then holds less.

-- name: link_release_size
SELECT CAST(COALESCE(SUM(b.size), 0) AS BIGINT)
FROM manifest_blob m JOIN blob b ON b.id = m.blob_id
WHERE m.manifest_id = $1 AND NOT EXISTS (
	SELECT 1 FROM manifest_blob o WHERE o.repo_id = m.repo_id
		AND o.blob_id = m.blob_id AND o.manifest_id <> m.manifest_id)
AND NOT EXISTS (
	SELECT 1 FROM repo_blob l WHERE l.blob_id = m.blob_id
		AND l.account_id = $2 AND l.region = $3
		AND l.repo_id <> m.repo_id AND l.dropped_at IS NULL);

-- name: link_release_review
UPDATE blob SET review_at = $1
WHERE (review_at IS NULL OR review_at > $1) AND id IN (
	SELECT m.blob_id FROM manifest_blob m WHERE m.manifest_id = $2
	AND NOT EXISTS (
		SELECT 1 FROM manifest_blob o WHERE o.repo_id = m.repo_id
			AND o.blob_id = m.blob_id
			AND o.manifest_id <> m.manifest_id));

-- name: link_release_drop
UPDATE repo_blob SET dropped_at = $1, unneeded_at = $1
WHERE repo_id = $2 AND blob_id IN (
	SELECT m.blob_id FROM manifest_blob m WHERE m.manifest_id = $3
	AND NOT EXISTS (
		SELECT 1 FROM manifest_blob o WHERE o.repo_id = m.repo_id
			AND o.blob_id = m.blob_id
			AND o.manifest_id <> m.manifest_id));

-- name: link_release_needs
DELETE FROM manifest_blob WHERE manifest_id = $1;

-- name: link_needs
SELECT blob_id FROM manifest_blob WHERE manifest_id = $1;

-- name: quota_stored
INSERT INTO registry_account (account_id, region, storage_used)
VALUES ($1, $2, $3)
ON CONFLICT (account_id, region) DO UPDATE SET
	storage_used = registry_account.storage_used + excluded.storage_used;
