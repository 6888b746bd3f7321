-- What has ended goes, some at a time; and what verify asks.

-- name: tidy_refresh_tokens
DELETE FROM refresh_token WHERE digest IN (
	SELECT digest FROM refresh_token WHERE expires_at <= $1 LIMIT 500);

-- name: tidy_sessions
DELETE FROM session WHERE id IN (
	SELECT id FROM session WHERE expires_at <= $1 LIMIT 500);

-- name: tidy_identity_tokens
DELETE FROM identity_token WHERE id IN (
	SELECT id FROM identity_token WHERE expires_at <= $1 LIMIT 500);

-- name: tidy_registry_tokens
DELETE FROM registry_token WHERE id IN (
	SELECT id FROM registry_token WHERE expires_at <= $1 LIMIT 500);

-- name: verify_blobs
SELECT digest, size, key FROM blob ORDER BY id;

-- name: verify_manifests
SELECT m.digest, m.size, m.body, r.name
FROM manifest m JOIN repo r ON r.id = m.repo_id ORDER BY m.id;

-- name: verify_orphans
SELECT (SELECT COUNT(*) FROM manifest_blob mb
		LEFT JOIN repo_blob rb ON rb.repo_id = mb.repo_id
			AND rb.blob_id = mb.blob_id
		WHERE rb.blob_id IS NULL)
	+ (SELECT COUNT(*) FROM manifest_child mc
		LEFT JOIN manifest c ON c.id = mc.child_id
		JOIN manifest p ON p.id = mc.manifest_id
		WHERE c.id IS NULL OR c.repo_id <> p.repo_id)
	+ (SELECT COUNT(*) FROM tag t
		LEFT JOIN manifest m ON m.id = t.manifest_id
		WHERE m.id IS NULL OR m.repo_id <> t.repo_id);

-- name: verify_key_versions
SELECT DISTINCT key_version FROM registry_token ORDER BY key_version;
