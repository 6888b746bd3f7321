-- Policies as they were sent. What they amount to is read by grants.sql.

-- name: policy_insert
INSERT INTO policy (id, account_id, type, subject_kind, subject_id,
	subject_operator, description, pattern, rule, digest, created_by,
	created_at, modified_by, modified_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $11, $12);

-- name: policy_role_insert
INSERT INTO policy_role (policy_id, position, role) VALUES ($1, $2, $3);

-- name: policy_attribute_insert
INSERT INTO policy_attribute (policy_id, position, part, name, operator, said,
	form, value)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- name: policy_end_subject
DELETE FROM policy WHERE subject_id = $1 AND account_id = $2;

-- name: policy_same
SELECT id FROM policy
WHERE account_id = $1 AND digest = $2 AND state = 'active';

-- Those that are read all have the same columns.

-- name: policy_by_id
SELECT p.id, p.account_id, p.type, p.subject_kind, p.subject_id,
	p.subject_operator, p.description, p.pattern, p.rule, p.created_by,
	p.modified_by, p.state, p.version, p.created_at, p.modified_at, ''
FROM policy p WHERE p.id = $1 AND p.account_id = $2;

-- $1 account, $2 subject, $3 its groups too, $4 state, $5 type, $6 service,
-- $7 only what v1 can say, $8 after, $9 limit.

-- name: policy_list_account
SELECT p.id, p.account_id, p.type, p.subject_kind, p.subject_id,
	p.subject_operator, p.description, p.pattern, p.rule, p.created_by,
	p.modified_by, p.state, p.version, p.created_at, p.modified_at, ''
FROM policy p
WHERE p.account_id = $1 AND p.state = $4 AND p.id > $8
	AND ($5 = '' OR p.type = $5)
	AND ($6 = '' OR EXISTS (SELECT 1 FROM policy_attribute a
		WHERE a.policy_id = p.id AND a.part = 'resource'
		AND a.name = 'serviceName' AND a.value = $6))
	AND ($7 = 0 OR p.pattern IS NULL AND p.rule IS NULL AND NOT EXISTS (
		SELECT 1 FROM policy_attribute a
		WHERE a.policy_id = p.id AND a.form <> 'text'))
	AND $2 = '' AND $3 = 0
ORDER BY p.id LIMIT $9;

-- name: policy_list_subject
SELECT p.id, p.account_id, p.type, p.subject_kind, p.subject_id,
	p.subject_operator, p.description, p.pattern, p.rule, p.created_by,
	p.modified_by, p.state, p.version, p.created_at, p.modified_at, ''
FROM policy p
WHERE p.subject_id IN (SELECT $2 UNION ALL
		SELECT m.group_id FROM access_group_member m
		WHERE m.identity_id = $2 AND $3 <> 0)
	AND p.account_id = $1 AND p.state = $4 AND p.id > $8
	AND ($5 = '' OR p.type = $5)
	AND ($6 = '' OR EXISTS (SELECT 1 FROM policy_attribute a
		WHERE a.policy_id = p.id AND a.part = 'resource'
		AND a.name = 'serviceName' AND a.value = $6))
	AND ($7 = 0 OR p.pattern IS NULL AND p.rule IS NULL AND NOT EXISTS (
		SELECT 1 FROM policy_attribute a
		WHERE a.policy_id = p.id AND a.form <> 'text'))
ORDER BY p.id LIMIT $9;

-- The same in another order. $10 says which: 1 when they were made, 2 when they were
-- changed, 3 their type, 0 their ids alone; $11 is where that order goes on.

-- name: policy_list_account_up
SELECT * FROM (
SELECT p.id, p.account_id, p.type, p.subject_kind, p.subject_id,
	p.subject_operator, p.description, p.pattern, p.rule, p.created_by,
	p.modified_by, p.state, p.version, p.created_at, p.modified_at,
	CASE $10 WHEN 1 THEN p.created_at WHEN 2 THEN p.modified_at
		WHEN 3 THEN CASE p.type WHEN 'access' THEN 0 ELSE 1 END ELSE 0 END AS sorted
FROM policy p
WHERE p.account_id = $1 AND p.state = $4
	AND ($5 = '' OR p.type = $5)
	AND ($6 = '' OR EXISTS (SELECT 1 FROM policy_attribute a
		WHERE a.policy_id = p.id AND a.part = 'resource'
		AND a.name = 'serviceName' AND a.value = $6))
	AND ($7 = 0 OR p.pattern IS NULL AND p.rule IS NULL AND NOT EXISTS (
		SELECT 1 FROM policy_attribute a
		WHERE a.policy_id = p.id AND a.form <> 'text'))
	AND $2 = '' AND $3 = 0
) t
WHERE t.sorted > $11 OR t.sorted = $11 AND t.id > $8
ORDER BY t.sorted, t.id LIMIT $9;

-- name: policy_list_account_down
SELECT * FROM (
SELECT p.id, p.account_id, p.type, p.subject_kind, p.subject_id,
	p.subject_operator, p.description, p.pattern, p.rule, p.created_by,
	p.modified_by, p.state, p.version, p.created_at, p.modified_at,
	CASE $10 WHEN 1 THEN p.created_at WHEN 2 THEN p.modified_at
		WHEN 3 THEN CASE p.type WHEN 'access' THEN 0 ELSE 1 END ELSE 0 END AS sorted
FROM policy p
WHERE p.account_id = $1 AND p.state = $4
	AND ($5 = '' OR p.type = $5)
	AND ($6 = '' OR EXISTS (SELECT 1 FROM policy_attribute a
		WHERE a.policy_id = p.id AND a.part = 'resource'
		AND a.name = 'serviceName' AND a.value = $6))
	AND ($7 = 0 OR p.pattern IS NULL AND p.rule IS NULL AND NOT EXISTS (
		SELECT 1 FROM policy_attribute a
		WHERE a.policy_id = p.id AND a.form <> 'text'))
	AND $2 = '' AND $3 = 0
) t
WHERE t.sorted < $11 OR t.sorted = $11 AND t.id < $8
ORDER BY t.sorted DESC, t.id DESC LIMIT $9;

-- name: policy_list_subject_up
SELECT * FROM (
SELECT p.id, p.account_id, p.type, p.subject_kind, p.subject_id,
	p.subject_operator, p.description, p.pattern, p.rule, p.created_by,
	p.modified_by, p.state, p.version, p.created_at, p.modified_at,
	CASE $10 WHEN 1 THEN p.created_at WHEN 2 THEN p.modified_at
		WHEN 3 THEN CASE p.type WHEN 'access' THEN 0 ELSE 1 END ELSE 0 END AS sorted
FROM policy p
WHERE p.subject_id IN (SELECT $2 UNION ALL
		SELECT m.group_id FROM access_group_member m
		WHERE m.identity_id = $2 AND $3 <> 0)
	AND p.account_id = $1 AND p.state = $4
	AND ($5 = '' OR p.type = $5)
	AND ($6 = '' OR EXISTS (SELECT 1 FROM policy_attribute a
		WHERE a.policy_id = p.id AND a.part = 'resource'
		AND a.name = 'serviceName' AND a.value = $6))
	AND ($7 = 0 OR p.pattern IS NULL AND p.rule IS NULL AND NOT EXISTS (
		SELECT 1 FROM policy_attribute a
		WHERE a.policy_id = p.id AND a.form <> 'text'))
) t
WHERE t.sorted > $11 OR t.sorted = $11 AND t.id > $8
ORDER BY t.sorted, t.id LIMIT $9;

-- name: policy_list_subject_down
SELECT * FROM (
SELECT p.id, p.account_id, p.type, p.subject_kind, p.subject_id,
	p.subject_operator, p.description, p.pattern, p.rule, p.created_by,
	p.modified_by, p.state, p.version, p.created_at, p.modified_at,
	CASE $10 WHEN 1 THEN p.created_at WHEN 2 THEN p.modified_at
		WHEN 3 THEN CASE p.type WHEN 'access' THEN 0 ELSE 1 END ELSE 0 END AS sorted
FROM policy p
WHERE p.subject_id IN (SELECT $2 UNION ALL
		SELECT m.group_id FROM access_group_member m
		WHERE m.identity_id = $2 AND $3 <> 0)
	AND p.account_id = $1 AND p.state = $4
	AND ($5 = '' OR p.type = $5)
	AND ($6 = '' OR EXISTS (SELECT 1 FROM policy_attribute a
		WHERE a.policy_id = p.id AND a.part = 'resource'
		AND a.name = 'serviceName' AND a.value = $6))
	AND ($7 = 0 OR p.pattern IS NULL AND p.rule IS NULL AND NOT EXISTS (
		SELECT 1 FROM policy_attribute a
		WHERE a.policy_id = p.id AND a.form <> 'text'))
) t
WHERE t.sorted < $11 OR t.sorted = $11 AND t.id < $8
ORDER BY t.sorted DESC, t.id DESC LIMIT $9;

-- name: policy_roles
SELECT role FROM policy_role WHERE policy_id = $1 ORDER BY position;

-- name: policy_attributes
SELECT part, name, operator, said, form, value FROM policy_attribute
WHERE policy_id = $1 ORDER BY position;

-- name: policy_drop_roles
DELETE FROM policy_role WHERE policy_id = $1;

-- name: policy_drop_attributes
DELETE FROM policy_attribute WHERE policy_id = $1;

-- name: policy_update
UPDATE policy SET subject_kind = $2, subject_id = $3, subject_operator = $4,
	description = $5, pattern = $6, rule = $7, digest = $8,
	version = version + 1, modified_by = $9, modified_at = $10
WHERE id = $1;

-- name: policy_set_state
UPDATE policy SET state = $2, version = version + 1, modified_by = $3,
	modified_at = $4
WHERE id = $1;

-- Of the deleted ones of an account the latest $2 stay, and that one.

-- name: policy_forget_oldest
DELETE FROM policy WHERE id IN (SELECT id FROM policy
	WHERE account_id = $1 AND state = 'deleted' AND id <> $3
	ORDER BY modified_at DESC, id LIMIT 500 OFFSET $2);

-- name: policy_count
SELECT COUNT(*) FROM (SELECT 1 FROM policy
	WHERE account_id = $1 AND state = 'active' LIMIT $2) t;

-- name: policy_count_subject
SELECT COUNT(*) FROM (SELECT 1 FROM policy
	WHERE subject_id = $1 AND account_id = $2 AND state = 'active'
	LIMIT $3) t;

-- Somebody who belongs to an account, or one of its groups: locked?

-- name: policy_identity
SELECT i.locked FROM identity i
WHERE i.id = $1 AND (i.account_id = $2
	OR EXISTS (SELECT 1 FROM member m
		WHERE m.account_id = $2 AND m.identity_id = $1)
	OR EXISTS (SELECT 1 FROM account a WHERE a.id = $2 AND a.owner_id = $1));

-- name: policy_group
SELECT 0 FROM access_group WHERE id = $1 AND account_id = $2;

-- name: policy_of_group
SELECT id FROM policy
WHERE subject_id = $1 AND account_id = $2 AND state = 'active'
ORDER BY id;

-- name: policy_held
SELECT p.id FROM policy p
WHERE p.subject_id IN (SELECT $1 UNION ALL
		SELECT m.group_id FROM access_group_member m
		WHERE m.identity_id = $1)
	AND p.account_id = $2 AND p.state = 'active'
ORDER BY p.id;

-- What somebody may give away: by themselves and by their groups, for always.

-- name: policy_giving
SELECT p.id FROM policy p
WHERE p.subject_id IN (SELECT $1 UNION ALL
		SELECT m.group_id FROM access_group_member m
		WHERE m.identity_id = $1)
	AND p.account_id = $2 AND p.state = 'active' AND p.type = 'access'
	AND p.pattern IS NULL AND p.rule IS NULL
	AND EXISTS (SELECT 1 FROM policy_role r
		WHERE r.policy_id = p.id AND r.role LIKE '%administrator')
ORDER BY p.id LIMIT $3;

-- name: policy_forget
DELETE FROM policy WHERE id IN (SELECT id FROM policy
	WHERE state = 'deleted' AND modified_at < $1 LIMIT 500);
