-- What an identity was granted in an account. Conditions that nobody here can
-- evaluate (pattern, rule) grant nothing.

-- name: policy_of
SELECT id FROM policy
WHERE subject_id = $1 AND account_id = $2 AND subject_kind = 'iam_id'
	AND type = 'access' AND state = 'active'
	AND pattern IS NULL AND rule IS NULL
ORDER BY id;

-- name: policy_roles
SELECT role FROM policy_role WHERE policy_id = $1 ORDER BY position;

-- name: policy_attributes
SELECT name, operator, value FROM policy_attribute
WHERE policy_id = $1 ORDER BY position;

-- name: policy_insert
INSERT INTO policy (id, account_id, type, subject_kind, subject_id,
	description, created_by, created_at, modified_by, modified_at)
VALUES ($1, $2, 'access', 'iam_id', $3, $4, $5, $6, $5, $6);

-- name: policy_role_insert
INSERT INTO policy_role (policy_id, position, role) VALUES ($1, $2, $3);

-- name: policy_attribute_insert
INSERT INTO policy_attribute (policy_id, position, name, operator, value)
VALUES ($1, $2, $3, $4, $5);
