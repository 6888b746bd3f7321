-- What has ended goes, some at a time; and what verify asks.

-- name: tidy_refresh_tokens
DELETE FROM refresh_token WHERE digest IN (
	SELECT digest FROM refresh_token WHERE expires_at <= $1 LIMIT 500);

-- Nobody refreshed it any longer: that does not end what it begot, which goes
-- first.

-- name: tidy_sessions
DELETE FROM session WHERE id IN (
	SELECT s.id FROM session s WHERE s.expires_at <= $1 AND NOT EXISTS (
		SELECT 1 FROM session c WHERE c.parent_id = s.id)
	LIMIT 500);

-- name: tidy_passcodes
DELETE FROM passcode WHERE digest IN (
	SELECT digest FROM passcode WHERE expires_at <= $1 LIMIT 500);

-- name: tidy_ended_tokens
DELETE FROM ended_token WHERE jti IN (
	SELECT jti FROM ended_token WHERE expires_at <= $1 LIMIT 500);

-- name: tidy_identity_tokens
DELETE FROM identity_token WHERE id IN (
	SELECT id FROM identity_token WHERE expires_at <= $1 LIMIT 500);

-- name: tidy_registry_tokens
DELETE FROM registry_token WHERE id IN (
	SELECT id FROM registry_token WHERE expires_at <= $1 OR ends_at <= $1
	LIMIT 500);

-- name: tidy_api_keys
DELETE FROM api_key WHERE id IN (
	SELECT id FROM api_key
	WHERE expires_at <= $1 AND modified_at <= $1 LIMIT 500);

-- name: tidy_invitations
DELETE FROM invitation WHERE id IN (
	SELECT id FROM invitation WHERE expires_at <= $1 LIMIT 500);

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
		WHERE m.id IS NULL OR m.repo_id <> t.repo_id)
	+ (SELECT COUNT(*) FROM repo r
		JOIN namespace n ON n.region = r.region AND n.name = r.namespace
		WHERE n.ended_at IS NULL AND r.filled <> CASE WHEN EXISTS (
			SELECT 1 FROM manifest m WHERE m.repo_id = r.id)
			THEN 1 ELSE 0 END)
	+ (SELECT COUNT(*) FROM manifest_absent a
		JOIN manifest m ON m.repo_id = a.repo_id AND m.digest = a.digest
		WHERE a.kind IN ('manifest', 'either'))
	+ (SELECT COUNT(*) FROM manifest_absent a
		JOIN blob b ON b.digest = a.digest
		JOIN repo_blob l ON l.repo_id = a.repo_id AND l.blob_id = b.id
		WHERE a.kind <> 'manifest');

-- name: verify_links
WITH held AS (
	SELECT d.account_id, d.region, SUM(d.size) AS bytes FROM (
		SELECT DISTINCT l.account_id, l.region, l.blob_id, b.size
		FROM repo_blob l JOIN blob b ON b.id = l.blob_id
		WHERE l.dropped_at IS NULL) d
	GROUP BY d.account_id, d.region)
SELECT (SELECT COUNT(*) FROM held h
		LEFT JOIN registry_account a ON a.account_id = h.account_id
			AND a.region = h.region
		WHERE COALESCE(a.storage_used, 0) <> h.bytes)
	+ (SELECT COUNT(*) FROM registry_account a
		LEFT JOIN held h ON h.account_id = a.account_id
			AND h.region = a.region
		WHERE h.account_id IS NULL AND a.storage_used <> 0),
	(SELECT COUNT(*) FROM repo_blob l
		WHERE (l.unneeded_at IS NOT NULL OR l.dropped_at IS NOT NULL)
		AND EXISTS (SELECT 1 FROM manifest_blob m
			WHERE m.repo_id = l.repo_id AND m.blob_id = l.blob_id)),
	(SELECT COUNT(*) FROM repo_blob l WHERE l.unneeded_at IS NULL
		AND NOT EXISTS (SELECT 1 FROM manifest_blob m
			WHERE m.repo_id = l.repo_id AND m.blob_id = l.blob_id)),
	(SELECT COUNT(*) FROM repo_blob l JOIN repo r ON r.id = l.repo_id
		JOIN namespace n ON n.region = r.region
			AND n.name = r.namespace
		WHERE l.region <> r.region OR l.account_id <> n.account_id),
	(SELECT COUNT(*) FROM blob b WHERE b.review_at IS NULL
		AND (EXISTS (SELECT 1 FROM repo_blob l
			WHERE l.blob_id = b.id AND l.unneeded_at IS NOT NULL)
		OR NOT EXISTS (SELECT 1 FROM repo_blob l WHERE l.blob_id = b.id)
		AND NOT EXISTS (
			SELECT 1 FROM bin_blob bb WHERE bb.blob_id = b.id))),
	(SELECT COUNT(*) FROM bin_blob bb LEFT JOIN blob b ON b.id = bb.blob_id
		WHERE b.id IS NULL),
	(SELECT COUNT(*) FROM trash t JOIN blob b ON b.key = t.key),
	(SELECT COUNT(*) FROM manifest_absent a
		JOIN manifest p ON p.id = a.manifest_id
		WHERE p.repo_id <> a.repo_id
		OR a.kind IN ('manifest', 'either') AND EXISTS (
			SELECT 1 FROM manifest m
			WHERE m.repo_id = a.repo_id AND m.digest = a.digest)
		OR a.kind <> 'manifest' AND EXISTS (
			SELECT 1 FROM blob b
			JOIN repo_blob l ON l.blob_id = b.id
				AND l.repo_id = a.repo_id
			WHERE b.digest = a.digest));

-- name: verify_key_versions
SELECT DISTINCT key_version FROM registry_token ORDER BY key_version;

-- name: verify_public_keys
SELECT p.digest, p.blob, p.usage,
	(SELECT COUNT(*) FROM user_key u WHERE u.digest = p.digest),
	(SELECT COUNT(*) FROM access_key k WHERE k.digest = p.digest)
FROM public_key p ORDER BY p.digest;

-- name: verify_git
SELECT (SELECT COUNT(*) FROM account a
		LEFT JOIN project p ON p.id = a.id AND p.account_id = a.id
		WHERE p.id IS NULL),
	(SELECT COUNT(*) FROM git_repo g
		LEFT JOIN project p ON p.id = g.project_id
			AND p.account_id = g.account_id
		WHERE p.id IS NULL),
	(SELECT COUNT(*) FROM access_key k
		LEFT JOIN public_key pk ON pk.digest = k.digest
		LEFT JOIN git_repo g ON g.id = k.repo_id
			AND g.account_id = k.account_id
		LEFT JOIN project p ON p.id = k.project_id
			AND p.account_id = k.account_id
		WHERE pk.digest IS NULL OR (g.id IS NULL AND p.id IS NULL)),
	(SELECT COUNT(*) FROM user_key u
		LEFT JOIN public_key pk ON pk.digest = u.digest
		WHERE pk.digest IS NULL),
	(SELECT COUNT(*) FROM access_key k, counter c
		WHERE c.name = 'access_key' AND k.id > c.value);
