-- Blobs: bytes by digest, readable only through a repository's link.

-- name: blob_in_repo
SELECT b.size, b.key, l.unneeded_at, l.repo_id, l.blob_id
FROM repo r, blob b, repo_blob l
WHERE r.region = $1 AND r.name = $2 AND r.namespace = $4 AND b.digest = $3
	AND l.repo_id = r.id AND l.blob_id = b.id;

-- name: blob_linked
SELECT b.id, b.size FROM blob b JOIN repo_blob l ON l.blob_id = b.id
WHERE b.digest = $1 AND l.repo_id = $2;

-- CROSS JOIN keeps the order: from the digest to the account's own links.
-- name: blob_of_account
SELECT 1 FROM blob b CROSS JOIN repo_blob l
WHERE b.digest = $1 AND l.blob_id = b.id AND l.account_id = $2 LIMIT 1;

-- name: blob_holders
SELECT r.namespace, r.name FROM blob b CROSS JOIN repo_blob l
CROSS JOIN repo r CROSS JOIN namespace n
WHERE b.digest = $1 AND l.blob_id = b.id AND l.account_id = $2
	AND l.region = $3 AND r.id = l.repo_id
	AND n.region = r.region AND n.name = r.namespace AND n.ended_at IS NULL;

-- Ours becomes the blob unless the digest has one; which key won is returned.
-- name: blob_put
INSERT INTO blob (id, digest, size, key, created_at, review_at)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (digest) DO UPDATE SET
	review_at = COALESCE(blob.review_at, excluded.review_at)
RETURNING id, key;

-- name: trash_put
INSERT INTO trash (key, after) VALUES ($1, $2);

-- name: trash_due
SELECT key FROM trash WHERE after <= $1 AND key > $2 ORDER BY key LIMIT $3;

-- name: trash_delete
DELETE FROM trash WHERE key = $1;
