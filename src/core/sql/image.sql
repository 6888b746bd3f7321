-- Repositories and what stands in them, for lists.

-- name: repo_find
SELECT id FROM repo WHERE region = $1 AND name = $2 AND namespace = $3;

-- name: repo_insert
INSERT INTO repo (id, region, name, namespace, created_at)
VALUES ($1, $2, $3, $4, $5);

-- The first manifest came, the last one went.

-- name: repo_fill
UPDATE repo SET filled = 1 WHERE id = $1 AND filled = 0;

-- name: repo_drain
UPDATE repo SET filled = 0 WHERE id = $1 AND NOT EXISTS (
	SELECT 1 FROM manifest m WHERE m.repo_id = $1);

-- Repositories in which something was pushed.
-- name: repo_page
SELECT name FROM repo
WHERE region = $1 AND namespace = $2 AND name > $3 AND filled = 1
ORDER BY name LIMIT $4;

-- One row per tag, or one with NULL for a manifest without any.
-- A namespace is a range of names: "birds/" and what follows, below "birds0".
-- name: image_of_namespace
SELECT r.name, m.digest, m.media_type, m.config, m.platform, m.image_size,
	m.image_created, m.pushed_at, m.depth, t.name
FROM repo r JOIN manifest m ON m.repo_id = r.id
LEFT JOIN tag t ON t.manifest_id = m.id
WHERE r.region = $1 AND r.name > $2 AND r.name < $3
ORDER BY r.name, m.digest, t.name;

-- name: image_of_repo
SELECT r.name, m.digest, m.media_type, m.config, m.platform, m.image_size,
	m.image_created, m.pushed_at, m.depth, t.name
FROM repo r JOIN manifest m ON m.repo_id = r.id
LEFT JOIN tag t ON t.manifest_id = m.id
WHERE r.region = $1 AND r.name = $2
ORDER BY r.name, m.digest, t.name;

-- name: image_of_digest
SELECT r.name, m.digest, m.media_type, m.config, m.platform, m.image_size,
	m.image_created, m.pushed_at, m.depth, t.name
FROM repo r JOIN manifest m ON m.repo_id = r.id
LEFT JOIN tag t ON t.manifest_id = m.id
WHERE r.region = $1 AND r.name = $2 AND m.digest = $3
ORDER BY r.name, m.digest, t.name;

-- name: image_usage
SELECT CAST(COALESCE(SUM(b.size), 0) AS BIGINT) FROM blob b WHERE b.id IN (
	SELECT l.blob_id FROM namespace n
	JOIN repo r ON r.region = n.region AND r.namespace = n.name
	JOIN repo_blob l ON l.repo_id = r.id
	WHERE n.account_id = $1 AND n.region = $2);
