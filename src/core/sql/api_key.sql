-- API keys.

-- name: api_key_insert
INSERT INTO api_key (id, account_id, identity_id, name, description, digest,
	locked, disabled, support_sessions, action_when_leaked, expires_at,
	created_by, created_at, modified_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13);

-- name: api_key_count
SELECT COUNT(*) FROM api_key WHERE identity_id = $1;

-- name: api_key_by_id
SELECT id, account_id, identity_id, name, description, created_by,
	action_when_leaked, locked, disabled, support_sessions, expires_at,
	version, created_at, modified_at
FROM api_key WHERE id = $1;

-- name: api_key_by_digest
SELECT id, account_id, identity_id, name, description, created_by,
	action_when_leaked, locked, disabled, support_sessions, expires_at,
	version, created_at, modified_at
FROM api_key WHERE digest = $1;

-- name: api_key_list_identity
SELECT id, account_id, identity_id, name, description, created_by,
	action_when_leaked, locked, disabled, support_sessions, expires_at,
	version, created_at, modified_at
FROM api_key WHERE account_id = $1 AND identity_id = $2 AND id > $3
ORDER BY id LIMIT $4;

-- name: api_key_list_account
SELECT id, account_id, identity_id, name, description, created_by,
	action_when_leaked, locked, disabled, support_sessions, expires_at,
	version, created_at, modified_at
FROM api_key WHERE account_id = $1 AND id > $2
ORDER BY id LIMIT $3;

-- name: api_key_delete
DELETE FROM api_key WHERE id = $1;
