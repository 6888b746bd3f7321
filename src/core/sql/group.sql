-- Access groups and who is in them.

-- name: group_insert
INSERT INTO access_group (id, account_id, name, name_key, description,
	created_by, created_at, modified_by, modified_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $6, $7);

-- name: group_by_id
SELECT id, account_id, name, description, created_by, modified_by, version,
	created_at, modified_at
FROM access_group WHERE id = $1 AND account_id = $2;

-- name: group_list
SELECT id, account_id, name, description, created_by, modified_by, version,
	created_at, modified_at
FROM access_group
WHERE account_id = $1 AND ($2 = '' OR EXISTS (
	SELECT 1 FROM access_group_member m
	WHERE m.group_id = id AND m.identity_id = $2))
ORDER BY name_key LIMIT $3 OFFSET $4;

-- name: group_total
SELECT COUNT(*) FROM access_group
WHERE account_id = $1 AND ($2 = '' OR EXISTS (
	SELECT 1 FROM access_group_member m
	WHERE m.group_id = id AND m.identity_id = $2));

-- name: group_taken
SELECT id FROM access_group WHERE account_id = $1 AND name_key = $2;

-- name: group_update
UPDATE access_group SET name = $2, name_key = $3, description = $4,
	version = version + 1, modified_by = $5, modified_at = $6
WHERE id = $1;

-- name: group_delete
DELETE FROM access_group WHERE id = $1;

-- name: group_member_insert
INSERT INTO access_group_member (group_id, identity_id, added_by, added_at)
VALUES ($1, $2, $3, $4);

-- name: group_member_by_id
SELECT identity_id, added_by, added_at FROM access_group_member
WHERE group_id = $1 AND identity_id = $2;

-- name: group_member_list
SELECT identity_id, added_by, added_at FROM access_group_member
WHERE group_id = $1 ORDER BY identity_id LIMIT $2 OFFSET $3;

-- name: group_member_total
SELECT COUNT(*) FROM access_group_member WHERE group_id = $1;

-- name: group_of_total
SELECT COUNT(*) FROM access_group_member m
JOIN access_group g ON g.id = m.group_id
WHERE m.identity_id = $1 AND g.account_id = $2;

-- name: group_member_delete
DELETE FROM access_group_member WHERE group_id = $1 AND identity_id = $2;
