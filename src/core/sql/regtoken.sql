-- Registry tokens. Those past their end are as good as gone.

-- name: regtoken_insert
INSERT INTO registry_token (id, account_id, region, description, may_write,
	issuer, key_version, created_by, created_at, expires_at, replaces)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11);

-- name: regtoken_end
UPDATE registry_token SET ends_at = $2
WHERE id = $1 AND (ends_at IS NULL OR ends_at > $2);

-- name: regtoken_count
SELECT COUNT(*) FROM registry_token
WHERE account_id = $1 AND region = $2
	AND (expires_at IS NULL OR expires_at > $3)
	AND (ends_at IS NULL OR ends_at > $3);

-- name: regtoken_get
SELECT id, account_id, region, description, issuer, created_by, may_write,
	key_version, created_at, expires_at, ends_at, replaces
FROM registry_token
WHERE account_id = $1 AND region = $2 AND id = $3
	AND (expires_at IS NULL OR expires_at > $4)
	AND (ends_at IS NULL OR ends_at > $4);

-- name: regtoken_list
SELECT id, account_id, region, description, issuer, created_by, may_write,
	key_version, created_at, expires_at, ends_at, replaces
FROM registry_token
WHERE account_id = $1 AND region = $2
	AND (expires_at IS NULL OR expires_at > $3)
	AND (ends_at IS NULL OR ends_at > $3)
ORDER BY created_at, id;

-- name: regtoken_claims
SELECT id, account_id, region, description, issuer, created_by, may_write,
	key_version, created_at, expires_at, ends_at, replaces
FROM registry_token WHERE id = $1;

-- name: regtoken_delete
DELETE FROM registry_token
WHERE account_id = $1 AND region = $2 AND id = $3
	AND (expires_at IS NULL OR expires_at > $4)
	AND (ends_at IS NULL OR ends_at > $4);

-- name: regtoken_described
SELECT id FROM registry_token
WHERE account_id = $1 AND region = $2 AND description = $3
	AND (expires_at IS NULL OR expires_at > $4)
	AND (ends_at IS NULL OR ends_at > $4)
ORDER BY id;

-- name: regtoken_delete_described
DELETE FROM registry_token
WHERE account_id = $1 AND region = $2 AND description = $3
	AND (expires_at IS NULL OR expires_at > $4)
	AND (ends_at IS NULL OR ends_at > $4);
