-- API keys.

-- name: api_key_insert
INSERT INTO api_key (id, account_id, identity_id, name, description, digest,
	locked, disabled, support_sessions, action_when_leaked, expires_at,
	created_by, created_at, modified_at, replaces)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13, $14);

-- name: api_key_count
SELECT COUNT(*) FROM api_key WHERE identity_id = $1;

-- Whose key it would be, in the account $2.

-- name: api_key_holder
SELECT i.account_id, i.operator, a.owner_id, i.kind, i.locked, i.state, m.state
FROM identity i
JOIN account a ON a.id = $2
LEFT JOIN member m ON m.account_id = a.id AND m.identity_id = i.id
WHERE i.id = $1;

-- name: api_key_by_id
SELECT id, account_id, identity_id, name, description, created_by,
	action_when_leaked, locked, disabled, support_sessions, expires_at,
	version, created_at, modified_at, replaces
FROM api_key WHERE id = $1;

-- name: api_key_by_digest
SELECT id, account_id, identity_id, name, description, created_by,
	action_when_leaked, locked, disabled, support_sessions, expires_at,
	version, created_at, modified_at, replaces
FROM api_key WHERE digest = $1;

-- Of one identity there are few: who asks sorts them.

-- name: api_key_list_identity
SELECT id, account_id, identity_id, name, description, created_by,
	action_when_leaked, locked, disabled, support_sessions, expires_at,
	version, created_at, modified_at, replaces
FROM api_key WHERE identity_id = $1 AND account_id = $2
ORDER BY id;

-- Of an account: each order with an index of its own. $4: 0 all, 1 people's,
-- 2 service IDs'.

-- name: api_key_list_id_up
SELECT id, account_id, identity_id, name, description, created_by,
	action_when_leaked, locked, disabled, support_sessions, expires_at,
	version, created_at, modified_at, replaces
FROM api_key
WHERE account_id = $1 AND id > $2
	AND ($4 = 0 OR ($4 = 2) = (substr(identity_id, 1, 4) = 'iam-'))
ORDER BY id ASC LIMIT $3;

-- name: api_key_list_id_down
SELECT id, account_id, identity_id, name, description, created_by,
	action_when_leaked, locked, disabled, support_sessions, expires_at,
	version, created_at, modified_at, replaces
FROM api_key
WHERE account_id = $1 AND id < $2
	AND ($4 = 0 OR ($4 = 2) = (substr(identity_id, 1, 4) = 'iam-'))
ORDER BY id DESC LIMIT $3;

-- name: api_key_list_name_up
SELECT id, account_id, identity_id, name, description, created_by,
	action_when_leaked, locked, disabled, support_sessions, expires_at,
	version, created_at, modified_at, replaces
FROM api_key
WHERE account_id = $1 AND (name, id) > ($2, $5)
	AND ($4 = 0 OR ($4 = 2) = (substr(identity_id, 1, 4) = 'iam-'))
ORDER BY name ASC, id ASC LIMIT $3;

-- name: api_key_list_name_down
SELECT id, account_id, identity_id, name, description, created_by,
	action_when_leaked, locked, disabled, support_sessions, expires_at,
	version, created_at, modified_at, replaces
FROM api_key
WHERE account_id = $1 AND (name, id) < ($2, $5)
	AND ($4 = 0 OR ($4 = 2) = (substr(identity_id, 1, 4) = 'iam-'))
ORDER BY name DESC, id DESC LIMIT $3;

-- name: api_key_list_created_up
SELECT id, account_id, identity_id, name, description, created_by,
	action_when_leaked, locked, disabled, support_sessions, expires_at,
	version, created_at, modified_at, replaces
FROM api_key
WHERE account_id = $1 AND (created_at, id) > ($2, $5)
	AND ($4 = 0 OR ($4 = 2) = (substr(identity_id, 1, 4) = 'iam-'))
ORDER BY created_at ASC, id ASC LIMIT $3;

-- name: api_key_list_created_down
SELECT id, account_id, identity_id, name, description, created_by,
	action_when_leaked, locked, disabled, support_sessions, expires_at,
	version, created_at, modified_at, replaces
FROM api_key
WHERE account_id = $1 AND (created_at, id) < ($2, $5)
	AND ($4 = 0 OR ($4 = 2) = (substr(identity_id, 1, 4) = 'iam-'))
ORDER BY created_at DESC, id DESC LIMIT $3;

-- name: api_key_list_modified_up
SELECT id, account_id, identity_id, name, description, created_by,
	action_when_leaked, locked, disabled, support_sessions, expires_at,
	version, created_at, modified_at, replaces
FROM api_key
WHERE account_id = $1 AND (modified_at, id) > ($2, $5)
	AND ($4 = 0 OR ($4 = 2) = (substr(identity_id, 1, 4) = 'iam-'))
ORDER BY modified_at ASC, id ASC LIMIT $3;

-- name: api_key_list_modified_down
SELECT id, account_id, identity_id, name, description, created_by,
	action_when_leaked, locked, disabled, support_sessions, expires_at,
	version, created_at, modified_at, replaces
FROM api_key
WHERE account_id = $1 AND (modified_at, id) < ($2, $5)
	AND ($4 = 0 OR ($4 = 2) = (substr(identity_id, 1, 4) = 'iam-'))
ORDER BY modified_at DESC, id DESC LIMIT $3;

-- name: api_key_list_creator_up
SELECT id, account_id, identity_id, name, description, created_by,
	action_when_leaked, locked, disabled, support_sessions, expires_at,
	version, created_at, modified_at, replaces
FROM api_key
WHERE account_id = $1 AND (created_by, id) > ($2, $5)
	AND ($4 = 0 OR ($4 = 2) = (substr(identity_id, 1, 4) = 'iam-'))
ORDER BY created_by ASC, id ASC LIMIT $3;

-- name: api_key_list_creator_down
SELECT id, account_id, identity_id, name, description, created_by,
	action_when_leaked, locked, disabled, support_sessions, expires_at,
	version, created_at, modified_at, replaces
FROM api_key
WHERE account_id = $1 AND (created_by, id) < ($2, $5)
	AND ($4 = 0 OR ($4 = 2) = (substr(identity_id, 1, 4) = 'iam-'))
ORDER BY created_by DESC, id DESC LIMIT $3;

-- name: api_key_update
UPDATE api_key SET name = $2, description = $3, action_when_leaked = $4,
	support_sessions = $5, expires_at = $6, version = version + 1,
	modified_at = $7
WHERE id = $1;

-- name: api_key_lock
UPDATE api_key SET locked = $2, version = version + 1, modified_at = $3
WHERE id = $1;

-- name: api_key_disable
UPDATE api_key SET disabled = $2, version = version + 1, modified_at = $3
WHERE id = $1;

-- name: api_key_end_at
UPDATE api_key SET expires_at = $2, version = version + 1, modified_at = $3
WHERE id = $1 AND (expires_at IS NULL OR expires_at > $2);

-- name: api_key_delete
DELETE FROM api_key WHERE id = $1;
