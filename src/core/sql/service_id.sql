-- Service IDs.

-- name: service_id_insert
INSERT INTO identity (id, account_id, kind, name, description, instances,
	locked, created_by, created_at, modified_at)
VALUES ($1, $2, 'service', $3, $4, $5, $6, $7, $8, $8);

-- name: service_id_count
SELECT COUNT(*) FROM (SELECT 1 FROM identity
	WHERE account_id = $1 AND kind = 'service' LIMIT $2) t;

-- name: service_id_get
SELECT id, account_id, name, description, created_by, instances, locked,
	disabled, version, created_at, modified_at
FROM identity WHERE id = $1 AND kind = 'service';

-- name: service_id_update
UPDATE identity SET name = $2, description = $3, instances = $4,
	version = version + 1, modified_at = $5
WHERE id = $1;

-- name: service_id_lock
UPDATE identity SET locked = $2, version = version + 1, modified_at = $3
WHERE id = $1;

-- name: service_id_locked_keys
SELECT COUNT(*) FROM api_key WHERE identity_id = $1 AND locked <> 0;

-- name: identity_end_policies
DELETE FROM policy WHERE subject_kind = 'iam_id' AND subject_id = $1;

-- name: identity_delete
DELETE FROM identity WHERE id = $1;

-- Each order with an index of its own; named: of one name.

-- name: service_id_id_up
SELECT id, account_id, name, description, created_by, instances, locked,
	disabled, version, created_at, modified_at
FROM identity
WHERE account_id = $1 AND kind = 'service' AND id > $2
ORDER BY id ASC LIMIT $3;

-- name: service_id_id_down
SELECT id, account_id, name, description, created_by, instances, locked,
	disabled, version, created_at, modified_at
FROM identity
WHERE account_id = $1 AND kind = 'service' AND id < $2
ORDER BY id DESC LIMIT $3;

-- name: service_id_name_up
SELECT id, account_id, name, description, created_by, instances, locked,
	disabled, version, created_at, modified_at
FROM identity
WHERE account_id = $1 AND kind = 'service' AND (name, id) > ($2, $4)
ORDER BY name ASC, id ASC LIMIT $3;

-- name: service_id_name_down
SELECT id, account_id, name, description, created_by, instances, locked,
	disabled, version, created_at, modified_at
FROM identity
WHERE account_id = $1 AND kind = 'service' AND (name, id) < ($2, $4)
ORDER BY name DESC, id DESC LIMIT $3;

-- name: service_id_created_up
SELECT id, account_id, name, description, created_by, instances, locked,
	disabled, version, created_at, modified_at
FROM identity
WHERE account_id = $1 AND kind = 'service' AND (created_at, id) > ($2, $4)
ORDER BY created_at ASC, id ASC LIMIT $3;

-- name: service_id_created_down
SELECT id, account_id, name, description, created_by, instances, locked,
	disabled, version, created_at, modified_at
FROM identity
WHERE account_id = $1 AND kind = 'service' AND (created_at, id) < ($2, $4)
ORDER BY created_at DESC, id DESC LIMIT $3;

-- name: service_id_modified_up
SELECT id, account_id, name, description, created_by, instances, locked,
	disabled, version, created_at, modified_at
FROM identity
WHERE account_id = $1 AND kind = 'service' AND (modified_at, id) > ($2, $4)
ORDER BY modified_at ASC, id ASC LIMIT $3;

-- name: service_id_modified_down
SELECT id, account_id, name, description, created_by, instances, locked,
	disabled, version, created_at, modified_at
FROM identity
WHERE account_id = $1 AND kind = 'service' AND (modified_at, id) < ($2, $4)
ORDER BY modified_at DESC, id DESC LIMIT $3;

-- name: service_id_named_id_up
SELECT id, account_id, name, description, created_by, instances, locked,
	disabled, version, created_at, modified_at
FROM identity
WHERE account_id = $1 AND kind = 'service' AND name = $4 AND id > $2
ORDER BY id ASC LIMIT $3;

-- name: service_id_named_id_down
SELECT id, account_id, name, description, created_by, instances, locked,
	disabled, version, created_at, modified_at
FROM identity
WHERE account_id = $1 AND kind = 'service' AND name = $4 AND id < $2
ORDER BY id DESC LIMIT $3;

-- name: service_id_named_created_up
SELECT id, account_id, name, description, created_by, instances, locked,
	disabled, version, created_at, modified_at
FROM identity
WHERE account_id = $1 AND kind = 'service' AND name = $5 AND (created_at, id) > ($2, $4)
ORDER BY created_at ASC, id ASC LIMIT $3;

-- name: service_id_named_created_down
SELECT id, account_id, name, description, created_by, instances, locked,
	disabled, version, created_at, modified_at
FROM identity
WHERE account_id = $1 AND kind = 'service' AND name = $5 AND (created_at, id) < ($2, $4)
ORDER BY created_at DESC, id DESC LIMIT $3;

-- name: service_id_named_modified_up
SELECT id, account_id, name, description, created_by, instances, locked,
	disabled, version, created_at, modified_at
FROM identity
WHERE account_id = $1 AND kind = 'service' AND name = $5 AND (modified_at, id) > ($2, $4)
ORDER BY modified_at ASC, id ASC LIMIT $3;

-- name: service_id_named_modified_down
SELECT id, account_id, name, description, created_by, instances, locked,
	disabled, version, created_at, modified_at
FROM identity
WHERE account_id = $1 AND kind = 'service' AND name = $5 AND (modified_at, id) < ($2, $4)
ORDER BY modified_at DESC, id DESC LIMIT $3;
