-- Namespaces: one owner in a region.

-- name: namespace_owner
SELECT account_id FROM namespace
WHERE region = $1 AND name = $2 AND ended_at IS NULL;

-- name: namespace_count
SELECT COUNT(*) FROM namespace
WHERE account_id = $1 AND region = $2 AND ended_at IS NULL;

-- name: namespace_insert
INSERT INTO namespace (region, name, account_id, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5);

-- name: namespace_list
SELECT name, account_id, created_at, updated_at, immutable_tags, allow_sparse
FROM namespace
WHERE account_id = $1 AND region = $2 AND ended_at IS NULL ORDER BY name;

-- name: namespace_options
SELECT immutable_tags, allow_sparse FROM namespace
WHERE region = $1 AND name = $2 AND ended_at IS NULL;

-- name: namespace_options_set
UPDATE namespace SET immutable_tags = COALESCE($1, immutable_tags),
	allow_sparse = COALESCE($2, allow_sparse), updated_at = $3
WHERE region = $4 AND name = $5;

-- From now on it is gone for everybody.
-- name: namespace_end
UPDATE namespace SET ended_at = $1 WHERE region = $2 AND name = $3;

-- name: namespace_end_retention
DELETE FROM retention WHERE region = $1 AND namespace = $2;

-- name: namespace_ended
SELECT 1 FROM namespace WHERE region = $1 AND name = $2
	AND ended_at IS NOT NULL;
