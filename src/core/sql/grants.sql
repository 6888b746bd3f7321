-- What was granted in an account, to an identity by itself and by its groups. Rows
-- of one policy lie together: what it is about (0), its roles (1), its attributes
-- (2). The groups that somebody is in are few, and come first: an account's policies
-- are many.

-- name: grants_of
WITH mine AS (
	SELECT p.id, p.pattern, p.rule, p.subject_id, '' AS group_id
	FROM policy p
	WHERE p.subject_id = $1 AND p.account_id = $2
		AND p.subject_kind = 'iam_id'
		AND p.type = 'access' AND p.state = 'active'
	UNION ALL
	SELECT p.id, p.pattern, p.rule, p.subject_id, g.id
	FROM access_group_member m
	CROSS JOIN access_group g
	CROSS JOIN policy p
	WHERE m.identity_id = $1
		AND g.id = m.group_id AND g.account_id = $2
		AND p.subject_id = g.id AND p.account_id = $2
		AND p.subject_kind = 'access_group_id'
		AND p.type = 'access' AND p.state = 'active'
)
SELECT id, 0 AS part, 0 AS position, pattern AS a, rule AS b, group_id AS c,
	subject_id AS d, '' AS e
FROM mine
UNION ALL
SELECT r.policy_id, 1, r.position, r.role, NULL, NULL, NULL, NULL
FROM mine JOIN policy_role r ON r.policy_id = mine.id
UNION ALL
SELECT t.policy_id, 2, t.position, t.name, t.operator, t.value, t.form, t.part
FROM mine JOIN policy_attribute t ON t.policy_id = mine.id
ORDER BY 1, 2, 3;

-- The same of everybody in an account; groups by themselves.

-- name: grants_of_account
WITH mine AS (
	SELECT p.id, p.pattern, p.rule, p.subject_id,
		CASE WHEN p.subject_kind = 'iam_id' THEN ''
			ELSE p.subject_id END AS group_id
	FROM policy p
	WHERE p.account_id = $1 AND p.type = 'access' AND p.state = 'active'
)
SELECT id, 0 AS part, 0 AS position, pattern AS a, rule AS b, group_id AS c,
	subject_id AS d, '' AS e
FROM mine
UNION ALL
SELECT r.policy_id, 1, r.position, r.role, NULL, NULL, NULL, NULL
FROM mine JOIN policy_role r ON r.policy_id = mine.id
UNION ALL
SELECT t.policy_id, 2, t.position, t.name, t.operator, t.value, t.form, t.part
FROM mine JOIN policy_attribute t ON t.policy_id = mine.id
ORDER BY 1, 2, 3;

-- name: grants_custom_role
SELECT actions FROM custom_role
WHERE account_id = $1 AND service = $2 AND name = $3;
