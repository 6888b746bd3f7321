-- The bin: deleted images, for as long as they can be restored.

-- The place of an older deletion is taken over, with its tags.
-- name: bin_put
INSERT INTO bin (id, region, repo, namespace, account_id, digest, media_type,
	pushed_by, pushed_at, deleted_by, deleted_at, expires_at, body)
SELECT CAST($1 AS BIGINT), r.region, r.name, r.namespace, n.account_id,
	m.digest, m.media_type, m.pushed_by, m.pushed_at, CAST($2 AS TEXT),
	CAST($3 AS BIGINT), CAST($4 AS BIGINT), m.body
FROM manifest m JOIN repo r ON r.id = m.repo_id
JOIN namespace n ON n.region = r.region AND n.name = r.namespace
WHERE m.id = $5
ON CONFLICT (region, repo, digest) DO UPDATE SET
	account_id = excluded.account_id, media_type = excluded.media_type,
	pushed_by = excluded.pushed_by, pushed_at = excluded.pushed_at,
	deleted_by = excluded.deleted_by, deleted_at = excluded.deleted_at,
	expires_at = excluded.expires_at
RETURNING id;

-- name: bin_put_tags
INSERT INTO bin_tag (bin_id, name)
SELECT CAST($1 AS BIGINT), t.name FROM tag t
WHERE t.manifest_id = $2 AND NOT EXISTS (
	SELECT 1 FROM bin_tag b WHERE b.bin_id = $1 AND b.name = t.name)
ORDER BY t.updated_at DESC, t.name
LIMIT $3 - (SELECT COUNT(*) FROM bin_tag c WHERE c.bin_id = $1);

-- name: bin_put_blobs
INSERT INTO bin_blob (bin_id, blob_id)
SELECT CAST($1 AS BIGINT), blob_id FROM manifest_blob WHERE manifest_id = $2
ON CONFLICT (bin_id, blob_id) DO NOTHING;

-- Places that end: their blobs are looked at, an earlier look stays.

-- name: bin_end_review
UPDATE blob SET review_at = $1
WHERE (review_at IS NULL OR review_at > $1) AND id IN (
	SELECT blob_id FROM bin_blob WHERE bin_id IN (
		SELECT id FROM bin WHERE region = $2 AND namespace = $3
		ORDER BY repo, digest LIMIT $4));

-- name: bin_end
DELETE FROM bin WHERE id IN (
	SELECT id FROM bin WHERE region = $1 AND namespace = $2
	ORDER BY repo, digest LIMIT $3);

-- name: bin_expire_review
UPDATE blob SET review_at = $1
WHERE (review_at IS NULL OR review_at > $1) AND id IN (
	SELECT blob_id FROM bin_blob WHERE bin_id IN (
		SELECT id FROM bin WHERE expires_at <= $1
		ORDER BY expires_at, id LIMIT $2));

-- name: bin_expire
DELETE FROM bin WHERE id IN (
	SELECT id FROM bin WHERE expires_at <= $1
	ORDER BY expires_at, id LIMIT $2);

-- A bin that holds too much: blobs that only it has, each with the place that was
-- deleted last of those that need it. The last of all is not among these.

-- name: bin_too_much
WITH place AS (
	SELECT b.id, b.deleted_at
	FROM namespace n JOIN bin b ON b.region = n.region
		AND b.namespace = n.name
	WHERE n.account_id = $1 AND n.region = $2),
part AS (
	SELECT p.id, p.deleted_at, s.size, ROW_NUMBER() OVER (
		PARTITION BY s.id ORDER BY p.deleted_at DESC, p.id) AS nth
	FROM place p JOIN bin_blob bb ON bb.bin_id = p.id
	JOIN blob s ON s.id = bb.blob_id
	WHERE NOT EXISTS (
		SELECT 1 FROM repo_blob l WHERE l.blob_id = s.id
			AND l.account_id = $1 AND l.region = $2
			AND l.dropped_at IS NULL)),
own AS (
	SELECT id, deleted_at, SUM(size) AS bytes FROM part WHERE nth = 1
	GROUP BY id, deleted_at),
so_far AS (
	SELECT id, deleted_at,
		SUM(bytes) OVER (ORDER BY deleted_at DESC, id) AS bytes,
		ROW_NUMBER() OVER (ORDER BY deleted_at DESC, id) AS nth
	FROM own)
SELECT id, deleted_at FROM so_far WHERE bytes > $3 AND nth > 1
ORDER BY nth DESC LIMIT $4;

-- Has nothing been deleted into that place since?
-- name: bin_same
SELECT 1 FROM bin WHERE id = $1 AND deleted_at = $2;

-- name: bin_leave_review
UPDATE blob SET review_at = $1
WHERE (review_at IS NULL OR review_at > $1) AND id IN (
	SELECT blob_id FROM bin_blob WHERE bin_id = $2);

-- name: bin_leave_links
UPDATE repo_blob SET unneeded_at = $3
WHERE account_id = $1 AND region = $2 AND dropped_at IS NOT NULL
	AND unneeded_at > $3 AND blob_id IN (
		SELECT blob_id FROM bin_blob WHERE bin_id = $4);

-- name: bin_leave
DELETE FROM bin WHERE id = $1;

-- What may still be restored.

-- name: bin_page
SELECT id, repo, digest, media_type, deleted_by, deleted_at, expires_at
FROM bin
WHERE region = $1 AND namespace = $2 AND expires_at > $3
	AND (repo, digest) > ($4, $5)
ORDER BY repo, digest LIMIT $6;

-- name: bin_tags
SELECT name FROM bin_tag WHERE bin_id = $1 ORDER BY name;

-- name: bin_find
SELECT id, media_type, pushed_by, pushed_at, body FROM bin
WHERE region = $1 AND repo = $2 AND digest = $3 AND expires_at > $4;

-- name: bin_find_tag
SELECT b.digest FROM bin b JOIN bin_tag t ON t.bin_id = b.id
WHERE b.region = $1 AND b.repo = $2 AND t.name = $3 AND b.expires_at > $4
ORDER BY b.deleted_at DESC, b.id LIMIT 1;

-- name: bin_there
SELECT 1 FROM bin WHERE id = $1 AND expires_at > $2;

-- name: bin_blob
SELECT b.size, b.key FROM bin_blob bb JOIN blob b ON b.id = bb.blob_id
WHERE bb.bin_id = $1 AND b.digest = $2;

-- name: bin_blobs
SELECT bb.blob_id, b.digest FROM bin_blob bb JOIN blob b ON b.id = bb.blob_id
WHERE bb.bin_id = $1;

-- name: bin_tag_delete
DELETE FROM bin_tag WHERE bin_id = $1 AND name = $2;
