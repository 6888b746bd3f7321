-- Collection: what nothing needs any more, some at a time.

-- name: collect_due
SELECT id FROM blob WHERE review_at <= $1 ORDER BY review_at LIMIT $2;

-- Looks that were put down for later than they would be now.
-- name: collect_far
SELECT id FROM blob WHERE review_at > $1 LIMIT $2;

-- name: collect_due_count
SELECT (SELECT COUNT(*) FROM blob WHERE review_at <= $1)
	+ (SELECT COUNT(*) FROM blob WHERE review_at > $2);

-- The clock was set back: their time begins again.
-- name: collect_young
UPDATE repo_blob SET unneeded_at = $1 WHERE blob_id = $2 AND unneeded_at > $1;

-- name: collect_links
SELECT repo_id, account_id, region FROM repo_blob
WHERE blob_id = $1 AND unneeded_at <= $2 LIMIT $3;

-- Is there anything that needs the blob, and the link that waits longest.
-- name: collect_rest
SELECT CASE WHEN EXISTS (SELECT 1 FROM repo_blob WHERE blob_id = $1)
		OR EXISTS (SELECT 1 FROM bin_blob WHERE blob_id = $1)
		THEN 1 ELSE 0 END,
	(SELECT MIN(unneeded_at) FROM repo_blob
		WHERE blob_id = $1 AND unneeded_at IS NOT NULL);

-- name: collect_next
UPDATE blob SET review_at = $1 WHERE id = $2;

-- name: collect_blob_key
SELECT key, size FROM blob WHERE id = $1;

-- Without RETURNING: rows would come before the foreign keys have their say.
-- name: collect_blob
DELETE FROM blob WHERE id = $1;

-- name: collect_repo_page
SELECT r.id, CASE WHEN r.created_at <= $1
	AND NOT EXISTS (SELECT 1 FROM repo_blob l WHERE l.repo_id = r.id)
	AND NOT EXISTS (SELECT 1 FROM manifest m WHERE m.repo_id = r.id)
	AND NOT EXISTS (SELECT 1 FROM upload u WHERE u.repo_id = r.id)
	THEN 1 ELSE 0 END
FROM repo r WHERE r.id > $2 ORDER BY r.id LIMIT $3;

-- name: collect_repo
DELETE FROM repo WHERE id = $1
	AND NOT EXISTS (SELECT 1 FROM repo_blob l WHERE l.repo_id = repo.id)
	AND NOT EXISTS (SELECT 1 FROM manifest m WHERE m.repo_id = repo.id)
	AND NOT EXISTS (SELECT 1 FROM upload u WHERE u.repo_id = repo.id);

-- Namespaces that ended.

-- name: ended_next
SELECT region, name, account_id FROM namespace
WHERE ended_at IS NOT NULL ORDER BY ended_at LIMIT 1;

-- name: ended_repo
SELECT id FROM repo WHERE region = $1 AND namespace = $2 LIMIT 1;

-- name: ended_upload_keys
INSERT INTO trash (key, after)
SELECT key, CAST($1 AS BIGINT) FROM upload WHERE repo_id = $2;

-- name: ended_uploads
DELETE FROM upload WHERE repo_id = $1;

-- name: ended_tags
DELETE FROM tag WHERE repo_id = $1 AND name IN (
	SELECT name FROM tag WHERE repo_id = $1 LIMIT $2);

-- name: ended_manifests
SELECT id FROM manifest WHERE repo_id = $1 LIMIT $2;

-- name: ended_children
DELETE FROM manifest_child WHERE manifest_id = $1 OR child_id = $1;

-- name: ended_links
SELECT blob_id FROM repo_blob WHERE repo_id = $1 LIMIT $2;

-- name: ended_repo_drop
DELETE FROM repo WHERE id = $1;

-- name: ended_drop
DELETE FROM namespace WHERE region = $1 AND name = $2;
