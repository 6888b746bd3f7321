-- Accounts and the identities in them.

-- name: account_any
SELECT id FROM account LIMIT 1;

-- name: account_insert
INSERT INTO account (id, slug, slug_key, name, owner_id, created_at)
VALUES ($1, $2, $3, $4, $5, $6);

-- name: account_by_id
SELECT id, slug, name, owner_id, created_at, git_http FROM account WHERE id = $1;

-- name: account_by_slug
SELECT id, slug, name, owner_id, created_at, git_http FROM account WHERE slug_key = $1;

-- name: account_all
SELECT id, slug, name, owner_id, created_at, git_http FROM account ORDER BY slug_key;

-- name: account_of
SELECT a.id, a.slug, a.name, a.owner_id, a.created_at, a.git_http
FROM account a
WHERE a.id IN (SELECT account_id FROM identity WHERE id = $1
	UNION SELECT account_id FROM member WHERE identity_id = $1)
ORDER BY a.slug_key;

-- name: account_set_git_http
UPDATE account SET git_http = $2 WHERE id = $1;

-- name: identity_insert
INSERT INTO identity (id, account_id, kind, name, email, email_key, password,
	operator, created_at, modified_at)
VALUES ($1, $2, 'user', $3, $4, $5, $6, $7, $8, $8);

-- name: identity_by_id
SELECT id, account_id, kind, name, email, description, operator, disabled,
	locked, version, created_at, modified_at, state
FROM identity WHERE id = $1;

-- name: identity_by_email
SELECT id, account_id, kind, name, email, description, operator, disabled,
	locked, version, created_at, modified_at, state
FROM identity WHERE email_key = $1;

-- name: identity_password
SELECT id, CASE WHEN disabled <> 0 OR state <> 'active' THEN 1 ELSE 0 END,
	password, version
FROM identity WHERE email_key = $1;

-- name: identity_list
SELECT id, account_id, kind, name, email, description, operator, disabled,
	locked, version, created_at, modified_at, state
FROM identity
WHERE account_id = $1 AND kind = 'user' AND state = 'active' AND id > $2
ORDER BY id LIMIT $3;

-- name: identity_rank
SELECT i.account_id, i.operator, i.disabled, a.owner_id, i.state
FROM identity i JOIN account a ON a.id = i.account_id WHERE i.id = $1;

-- name: identity_disable
UPDATE identity SET disabled = $2, version = version + 1, modified_at = $3
WHERE id = $1;

-- name: identity_set_password
UPDATE identity SET password = $2, version = version + 1, modified_at = $3
WHERE id = $1;

-- name: identity_end_sessions
DELETE FROM session WHERE identity_id = $1;
