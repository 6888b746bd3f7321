-- Parts of manifests that are not here yet, and their coming.

-- name: absent_options
SELECT n.immutable_tags, n.allow_sparse FROM repo r
JOIN namespace n ON n.region = r.region AND n.name = r.namespace
WHERE r.id = $1;

-- name: absent_put
INSERT INTO manifest_absent (manifest_id, repo_id, digest, kind)
VALUES ($1, $2, $3, $4)
ON CONFLICT (manifest_id, digest) DO NOTHING;

-- A manifest comes: what waits for it has it from now on.

-- name: absent_child
INSERT INTO manifest_child (manifest_id, child_id)
SELECT manifest_id, CAST($1 AS BIGINT) FROM manifest_absent
WHERE repo_id = $2 AND digest = $3 AND kind IN ('manifest', 'either')
ON CONFLICT (manifest_id, child_id) DO NOTHING;

-- name: absent_child_done
DELETE FROM manifest_absent
WHERE repo_id = $1 AND digest = $2 AND kind IN ('manifest', 'either');

-- How deep its highest index is then, looked at one level beyond the limit.
-- name: absent_height
WITH RECURSIVE up (id, depth) AS (
	SELECT manifest_id, CAST($1 AS BIGINT) + 1 FROM manifest_child
	WHERE child_id = $2
	UNION
	SELECT c.manifest_id, up.depth + 1 FROM up
	JOIN manifest_child c ON c.child_id = up.id WHERE up.depth <= $3)
SELECT COALESCE(MAX(depth), 0) FROM up;

-- name: absent_deepen
WITH RECURSIVE up (id, depth) AS (
	SELECT manifest_id, CAST($1 AS BIGINT) + 1 FROM manifest_child
	WHERE child_id = $2
	UNION
	SELECT c.manifest_id, up.depth + 1 FROM up
	JOIN manifest_child c ON c.child_id = up.id WHERE up.depth <= $3)
UPDATE manifest SET depth = (
	SELECT MAX(up.depth) FROM up WHERE up.id = manifest.id)
WHERE id IN (SELECT id FROM up) AND depth < (
	SELECT MAX(up.depth) FROM up WHERE up.id = manifest.id);

-- Sizes are what manifests say: no sum of them is more than can be, and what
-- came once for two entries may go twice.
-- name: absent_grow
WITH RECURSIVE up (id) AS (
	SELECT manifest_id FROM manifest_child WHERE child_id = $2
	UNION
	SELECT c.manifest_id FROM up
	JOIN manifest_child c ON c.child_id = up.id)
UPDATE manifest SET image_size = CASE
	WHEN $1 > 0 AND image_size > 9223372036854775807 - $1
		THEN 9223372036854775807
	WHEN image_size + $1 < 0 THEN 0
	ELSE image_size + $1 END
WHERE id IN (SELECT id FROM up);

-- The same of one index, for an entry that it has from now on.
-- name: absent_hold
UPDATE manifest SET
	depth = CASE WHEN depth < $1 THEN $1 ELSE depth END,
	image_size = CASE WHEN image_size > 9223372036854775807 - $2
		THEN 9223372036854775807 ELSE image_size + $2 END
WHERE id = $3;

-- A manifest goes that indexes need.

-- name: absent_child_again
INSERT INTO manifest_absent (manifest_id, repo_id, digest, kind)
SELECT manifest_id, CAST($1 AS BIGINT), CAST($2 AS TEXT), 'manifest'
FROM manifest_child WHERE child_id = $3
ON CONFLICT (manifest_id, digest) DO NOTHING;

-- name: absent_child_gone
DELETE FROM manifest_child WHERE child_id = $1;

-- name: absent_measures
SELECT depth, image_size FROM manifest WHERE id = $1;

-- Blobs that are linked now: those that wait for one, or for any that a manifest
-- needs. CROSS JOIN keeps the order, which begins with those few.

-- name: absent_blob
SELECT a.manifest_id, b.id, a.digest
FROM manifest_absent a JOIN blob b ON b.digest = a.digest
JOIN repo_blob l ON l.repo_id = a.repo_id AND l.blob_id = b.id
WHERE a.repo_id = $1 AND a.digest = $2 AND a.kind <> 'manifest';

-- name: absent_blobs
SELECT a.manifest_id, b.id, a.digest
FROM manifest_blob m CROSS JOIN blob b CROSS JOIN manifest_absent a
WHERE m.manifest_id = $2 AND b.id = m.blob_id AND a.repo_id = $1
	AND a.digest = b.digest
	AND a.kind <> 'manifest';

-- name: absent_done
DELETE FROM manifest_absent WHERE manifest_id = $1 AND digest = $2;

-- name: absent_list
SELECT digest, kind FROM manifest_absent WHERE manifest_id = $1
ORDER BY digest;
