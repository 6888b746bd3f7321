-- Uploads under way.

-- name: upload_count
SELECT COUNT(*) FROM upload WHERE account_id = $1;

-- name: upload_insert
INSERT INTO upload (id, repo_id, account_id, principal, key, received, state,
	version, boot, started_at, expires_at, algorithm)
VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, $9, $10, $11);

-- name: upload_get
SELECT u.key, u.received, u.state, u.version, u.principal, u.boot, u.expires_at,
	u.algorithm
FROM upload u JOIN repo r ON r.id = u.repo_id
WHERE u.id = $1 AND r.region = $2 AND r.name = $3;

-- name: upload_save
UPDATE upload SET received = $1, state = $2, version = version + 1,
	expires_at = $3, algorithm = $6
WHERE id = $4 AND version = $5;

-- name: upload_end
DELETE FROM upload WHERE id = $1 AND version = $2 RETURNING repo_id;

-- name: upload_cancel
DELETE FROM upload WHERE id = $1 RETURNING key;

-- name: upload_stale
SELECT id FROM upload WHERE expires_at <= $1 OR boot <> $2 LIMIT $3;
