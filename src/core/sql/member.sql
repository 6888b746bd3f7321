-- People of an account: at home there, or members of it from elsewhere.

-- name: member_list
SELECT i.id, i.account_id, i.kind, i.name, i.email, i.description, i.operator,
	i.disabled, i.locked, i.version, i.created_at, i.modified_at, i.state,
	i.created_at AS added_at, 1 AS home
FROM identity i
WHERE i.account_id = $1 AND i.kind = 'user' AND i.id > $2
UNION ALL
SELECT i.id, i.account_id, i.kind, i.name, i.email, i.description, i.operator,
	i.disabled, i.locked, i.version, i.created_at, i.modified_at, m.state,
	m.added_at, 0
FROM member m JOIN identity i ON i.id = m.identity_id
WHERE m.account_id = $1 AND m.identity_id > $2
ORDER BY 1 LIMIT $3;

-- name: member_get
SELECT i.id, i.account_id, i.kind, i.name, i.email, i.description, i.operator,
	i.disabled, i.locked, i.version, i.created_at, i.modified_at,
	CASE WHEN m.state IS NULL THEN i.state ELSE m.state END,
	CASE WHEN m.added_at IS NULL THEN i.created_at ELSE m.added_at END,
	CASE WHEN i.account_id = $1 THEN 1 ELSE 0 END
FROM identity i
LEFT JOIN member m ON m.account_id = $1 AND m.identity_id = i.id
WHERE i.id = $2 AND i.kind = 'user'
	AND (i.account_id = $1 OR m.identity_id IS NOT NULL);

-- name: member_count
SELECT (SELECT COUNT(*) FROM identity WHERE account_id = $1 AND kind = 'user')
	+ (SELECT COUNT(*) FROM member WHERE account_id = $1);

-- name: member_rank
SELECT i.account_id, i.operator, i.state, m.identity_id,
	(SELECT COUNT(*) FROM account a WHERE a.owner_id = i.id
		AND (a.id = $1 OR i.account_id = $1))
FROM identity i
LEFT JOIN member m ON m.account_id = $1 AND m.identity_id = i.id
WHERE i.id = $2 AND i.kind = 'user';

-- Where else somebody is expected.

-- name: member_elsewhere
SELECT account_id FROM member WHERE identity_id = $1 AND account_id <> $2
ORDER BY added_at, account_id LIMIT 1;

-- name: member_put
INSERT INTO member (account_id, identity_id, added_at, state)
VALUES ($1, $2, $3, 'pending');

-- name: member_join
UPDATE member SET state = 'active', added_at = $3
WHERE account_id = $1 AND identity_id = $2;

-- name: member_delete
DELETE FROM member WHERE account_id = $1 AND identity_id = $2;

-- name: member_end_keys
DELETE FROM api_key WHERE account_id = $1 AND identity_id = $2;

-- name: member_end_sessions
DELETE FROM session WHERE account_id = $1 AND identity_id = $2;

-- name: member_end_policies
DELETE FROM policy
WHERE account_id = $1 AND subject_kind = 'iam_id' AND subject_id = $2;

-- name: member_end_groups
DELETE FROM access_group_member WHERE identity_id = $2 AND group_id IN (
	SELECT id FROM access_group WHERE account_id = $1);

-- name: member_end_invitation
DELETE FROM invitation WHERE account_id = $1 AND identity_id = $2;

-- name: member_move
UPDATE identity SET account_id = $2, version = version + 1 WHERE id = $1;
