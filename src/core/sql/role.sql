-- Roles that accounts made for themselves. Those that are read have the same
-- columns.

-- name: role_insert
INSERT INTO custom_role (id, account_id, service, name, display_name,
	description, actions, created_by, created_at, modified_by, modified_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $8, $9);

-- name: role_by_id
SELECT id, account_id, service, name, display_name, description, actions,
	created_by, modified_by, version, created_at, modified_at
FROM custom_role WHERE id = $1 AND account_id = $2;

-- name: role_list
SELECT id, account_id, service, name, display_name, description, actions,
	created_by, modified_by, version, created_at, modified_at
FROM custom_role WHERE account_id = $1 AND ($2 = '' OR service = $2)
ORDER BY service, name LIMIT $3;

-- name: role_count
SELECT COUNT(*) FROM custom_role WHERE account_id = $1;

-- name: role_taken
SELECT 1 FROM custom_role WHERE account_id = $1 AND service = $2 AND name = $3;

-- name: role_update
UPDATE custom_role SET display_name = $2, description = $3, actions = $4,
	version = version + 1, modified_by = $5, modified_at = $6
WHERE id = $1;

-- name: role_in_use
SELECT p.id FROM policy p
WHERE p.account_id = $1 AND p.state = 'active' AND EXISTS (
	SELECT 1 FROM policy_role r WHERE r.policy_id = p.id AND r.role = $2)
LIMIT 1;

-- name: role_delete
DELETE FROM custom_role WHERE id = $1;
