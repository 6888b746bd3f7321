-- Namespaces: one owner in a region.

-- name: namespace_owner
SELECT account_id FROM namespace WHERE region = $1 AND name = $2;

-- name: namespace_count
SELECT COUNT(*) FROM namespace WHERE account_id = $1 AND region = $2;

-- name: namespace_insert
INSERT INTO namespace (region, name, account_id, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5);

-- name: namespace_list
SELECT name, account_id, created_at, updated_at FROM namespace
WHERE account_id = $1 AND region = $2 ORDER BY name;

-- What namespace_remove runs, in this order.

-- name: namespace_drop_upload_keys
INSERT INTO trash (key, after)
SELECT u.key, CAST($1 AS BIGINT) FROM upload u JOIN repo r ON r.id = u.repo_id
WHERE r.region = $2 AND r.namespace = $3;

-- name: namespace_drop_uploads
DELETE FROM upload WHERE repo_id IN (
	SELECT id FROM repo WHERE region = $1 AND namespace = $2);

-- name: namespace_drop_review
UPDATE blob SET review_at = $1 WHERE id IN (
	SELECT l.blob_id FROM repo_blob l JOIN repo r ON r.id = l.repo_id
	WHERE r.region = $2 AND r.namespace = $3);

-- name: namespace_drop_tags
DELETE FROM tag WHERE repo_id IN (
	SELECT id FROM repo WHERE region = $1 AND namespace = $2);

-- name: namespace_drop_children
DELETE FROM manifest_child WHERE manifest_id IN (
	SELECT m.id FROM manifest m JOIN repo r ON r.id = m.repo_id
	WHERE r.region = $1 AND r.namespace = $2);

-- name: namespace_drop_manifests
DELETE FROM manifest WHERE repo_id IN (
	SELECT id FROM repo WHERE region = $1 AND namespace = $2);

-- name: namespace_drop_links
DELETE FROM repo_blob WHERE repo_id IN (
	SELECT id FROM repo WHERE region = $1 AND namespace = $2);

-- name: namespace_drop_repos
DELETE FROM repo WHERE region = $1 AND namespace = $2;

-- name: namespace_drop
DELETE FROM namespace WHERE region = $1 AND name = $2;
