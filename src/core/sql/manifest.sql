-- Manifests: stored as they came, answered without being looked into.
--
-- A repository is asked for by its namespace, too, though its name says that: so
-- its id is found in an index, and its row is not read.

-- name: manifest_by_tag
SELECT m.digest, m.media_type, m.artifact_type, m.subject, m.size, m.pushed_at,
	m.body
FROM repo r JOIN tag t ON t.repo_id = r.id JOIN manifest m ON m.id = t.manifest_id
WHERE r.region = $1 AND r.name = $2 AND r.namespace = $4 AND t.name = $3;

-- name: manifest_by_digest
SELECT m.digest, m.media_type, m.artifact_type, m.subject, m.size, m.pushed_at,
	m.body
FROM repo r JOIN manifest m ON m.repo_id = r.id
WHERE r.region = $1 AND r.name = $2 AND r.namespace = $4 AND m.digest = $3;

-- The same without the body, for those who only ask whether it is there.

-- name: manifest_head_by_tag
SELECT m.digest, m.media_type, m.artifact_type, m.subject, m.size, m.pushed_at
FROM repo r JOIN tag t ON t.repo_id = r.id JOIN manifest m ON m.id = t.manifest_id
WHERE r.region = $1 AND r.name = $2 AND r.namespace = $4 AND t.name = $3;

-- name: manifest_head_by_digest
SELECT m.digest, m.media_type, m.artifact_type, m.subject, m.size, m.pushed_at
FROM repo r JOIN manifest m ON m.repo_id = r.id
WHERE r.region = $1 AND r.name = $2 AND r.namespace = $4 AND m.digest = $3;

-- name: manifest_find
SELECT id, media_type, size, depth, image_size FROM manifest
WHERE repo_id = $1 AND digest = $2;

-- name: manifest_find_by_tag
SELECT m.id, m.digest FROM tag t JOIN manifest m ON m.id = t.manifest_id
WHERE t.repo_id = $1 AND t.name = $2;

-- name: manifest_insert
INSERT INTO manifest (id, repo_id, digest, media_type, artifact_type, subject,
	depth, config, image_size, image_created, platform, pushed_by, pushed_at,
	size, body)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15);

-- name: manifest_child_insert
INSERT INTO manifest_child (manifest_id, child_id) VALUES ($1, $2)
ON CONFLICT (manifest_id, child_id) DO NOTHING;

-- name: manifest_is_child
SELECT 1 FROM manifest_child WHERE child_id = $1 LIMIT 1;

-- name: manifest_delete
DELETE FROM manifest WHERE id = $1;

-- A copy in another repository.
-- name: manifest_copy
INSERT INTO manifest (id, repo_id, digest, media_type, artifact_type, subject,
	depth, config, image_size, image_created, platform, pushed_by, pushed_at,
	size, body)
SELECT CAST($1 AS BIGINT), CAST($2 AS BIGINT), digest, media_type,
	artifact_type, subject, depth, config, image_size, image_created,
	platform, CAST($3 AS TEXT), CAST($4 AS BIGINT), size, body
FROM manifest WHERE id = $5;

-- name: manifest_children
SELECT c.child_id, m.digest FROM manifest_child c
JOIN manifest m ON m.id = c.child_id
WHERE c.manifest_id = $1 ORDER BY c.child_id;
