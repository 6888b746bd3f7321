-- Namespaces: one owner in a region.

-- name: namespace_owner
SELECT account_id FROM namespace WHERE region = $1 AND name = $2;

-- name: namespace_count
SELECT COUNT(*) FROM namespace WHERE account_id = $1 AND region = $2;

-- name: namespace_insert
INSERT INTO namespace (region, name, account_id, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5);

-- name: namespace_list
SELECT name, account_id, created_at, updated_at, immutable_tags, allow_sparse
FROM namespace
WHERE account_id = $1 AND region = $2 ORDER BY name;

-- name: namespace_options
SELECT immutable_tags, allow_sparse FROM namespace
WHERE region = $1 AND name = $2 AND ended_at IS NULL;

-- name: namespace_options_set
UPDATE namespace SET immutable_tags = $1, allow_sparse = $2, updated_at = $3
WHERE region = $4 AND name = $5;

-- name: namespace_repo
SELECT id FROM repo WHERE region = $1 AND namespace = $2 LIMIT 1;

-- What namespace_remove runs for each repository, in this order.

-- name: repo_drop_upload_keys
INSERT INTO trash (key, after)
SELECT key, CAST($1 AS BIGINT) FROM upload WHERE repo_id = $2;

-- name: repo_drop_uploads
DELETE FROM upload WHERE repo_id = $1;

-- name: repo_drop_tags
DELETE FROM tag WHERE repo_id = $1;

-- name: repo_drop_needs
DELETE FROM manifest_blob WHERE repo_id = $1;

-- name: repo_drop_children
DELETE FROM manifest_child WHERE manifest_id IN (
	SELECT id FROM manifest WHERE repo_id = $1);

-- name: repo_drop_manifests
DELETE FROM manifest WHERE repo_id = $1;

-- name: repo_drop
DELETE FROM repo WHERE id = $1;

-- name: namespace_drop
DELETE FROM namespace WHERE region = $1 AND name = $2;
