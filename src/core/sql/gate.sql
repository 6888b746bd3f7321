-- Credentials in their present state, for the gate.

-- name: cred_api_key
SELECT k.account_id, k.identity_id, k.disabled, k.expires_at,
	i.disabled, i.operator, a.owner_id,
	CASE WHEN i.state = 'active' AND (i.account_id = k.account_id
		OR a.owner_id = i.id OR m.state = 'active') THEN 1 ELSE 0 END,
	k.replaces
FROM api_key k
JOIN identity i ON i.id = k.identity_id
JOIN account a ON a.id = k.account_id
LEFT JOIN member m
	ON m.account_id = k.account_id AND m.identity_id = k.identity_id
WHERE k.id = $1;

-- name: cred_session
SELECT s.account_id, s.identity_id, COALESCE(k.disabled, 0),
	CASE WHEN k.expires_at < s.expires_at THEN k.expires_at
		ELSE s.expires_at END,
	i.disabled, i.operator, a.owner_id,
	CASE WHEN i.state = 'active' AND (i.account_id = s.account_id
		OR a.owner_id = i.id OR m.state = 'active') THEN 1 ELSE 0 END,
	NULL
FROM session s
JOIN identity i ON i.id = s.identity_id
JOIN account a ON a.id = s.account_id
LEFT JOIN api_key k ON k.id = s.api_key_id
LEFT JOIN member m
	ON m.account_id = s.account_id AND m.identity_id = s.identity_id
WHERE s.id = $1;

-- name: cred_registry_token
SELECT account_id, region, may_write,
	CASE WHEN expires_at IS NULL OR ends_at < expires_at THEN ends_at
		ELSE expires_at END,
	replaces
FROM registry_token WHERE id = $1;

-- name: cred_identity_token
SELECT api_key_id, session_id, registry_token_id, region, expires_at, jti
FROM identity_token WHERE id = $1;

-- name: cred_api_key_by_digest
SELECT id FROM api_key WHERE digest = $1;

-- name: cred_identity_token_by_digest
SELECT id FROM identity_token WHERE digest = $1;

-- name: cred_refresh_token_by_digest
SELECT session_id, expires_at, replaced_at FROM refresh_token
WHERE digest = $1;

-- name: cred_cookie_by_digest
SELECT id FROM session WHERE cookie = $1;

-- name: cred_user_key
SELECT i.account_id, u.identity_id, 0, u.expires_at,
	i.disabled, i.operator, a.owner_id,
	CASE WHEN i.state = 'active' THEN 1 ELSE 0 END, NULL
FROM user_key u
JOIN identity i ON i.id = u.identity_id
JOIN account a ON a.id = i.account_id
WHERE u.id = $1;

-- name: cred_public_key
SELECT k.usage, u.id
FROM public_key k
LEFT JOIN user_key u ON u.digest = k.digest
WHERE k.digest = $1;

-- name: cred_access_key_alive
SELECT id FROM access_key
WHERE digest = $1 AND (expires_at IS NULL OR expires_at > $2) LIMIT 1;

-- name: cred_access_key_any
SELECT id FROM access_key WHERE digest = $1 LIMIT 1;

-- name: cred_access_key
SELECT account_id, expires_at FROM access_key WHERE id = $1;

-- What an access key opens at a repository: all three have the same columns.

-- name: stand_on_repo
SELECT id, account_id, expires_at, cidrs, replaces FROM access_key
WHERE repo_id = $1 AND digest = $2;

-- name: stand_on_project
SELECT id, account_id, expires_at, cidrs, replaces FROM access_key
WHERE project_id = $1 AND digest = $2;

-- name: stand_of_row
SELECT id, account_id, expires_at, cidrs, replaces FROM access_key
WHERE id = $1 AND (repo_id = $2 OR project_id = $3);

-- Whose account, and does somebody belong to it?

-- name: join_account
SELECT a.owner_id, i.account_id, m.identity_id
FROM account a
JOIN identity i ON i.id = $2
LEFT JOIN member m ON m.account_id = a.id AND m.identity_id = i.id
	AND m.state = 'active'
WHERE a.id = $1;

-- Is an identity the account's? Its kind, who made it, whether it has come.

-- name: find_identity
SELECT i.kind, i.created_by,
	CASE WHEN i.state = 'active' AND (i.account_id = $1
		OR m.state = 'active') THEN 1 ELSE 0 END
FROM identity i
LEFT JOIN member m ON m.account_id = $1 AND m.identity_id = i.id
WHERE i.id = $2 AND (i.account_id = $1 OR m.identity_id IS NOT NULL);

-- Where a machine's own credentials are of: account, server, end.

-- name: cred_seed_by_digest
SELECT id FROM server_seed WHERE digest = $1;

-- name: cred_seed
SELECT v.account_id, v.id, d.expires_at
FROM server_seed d JOIN server v ON v.id = d.server_id
WHERE d.id = $1;

-- name: cred_machine_by_digest
SELECT id FROM server_credential WHERE digest = $1;

-- name: cred_machine
SELECT v.account_id, v.id, NULL
FROM server_credential c JOIN server v ON v.id = c.server_id
WHERE c.id = $1;

-- Things by name or id: all have the same columns.

-- name: find_account
SELECT id FROM account WHERE slug_key = $1;

-- name: find_account_by_id
SELECT id FROM account WHERE id = $1;

-- name: find_repo
SELECT r.id, r.project_id, r.slug_key, p.slug_key, r.removed_at,
	a.slug || '/' || r.slug, ''
FROM git_repo r
JOIN project p ON p.id = r.project_id
JOIN account a ON a.id = r.account_id
WHERE r.account_id = $1 AND r.slug_key = $2 AND r.removed_at IS NULL;

-- name: find_repo_by_id
SELECT r.id, r.project_id, r.slug_key, p.slug_key, r.removed_at,
	a.slug || '/' || r.slug, ''
FROM git_repo r
JOIN project p ON p.id = r.project_id
JOIN account a ON a.id = r.account_id
WHERE r.account_id = $1 AND r.id = $2;

-- name: find_project
SELECT p.id, p.id, '', p.slug_key, NULL, a.slug || '/' || p.slug, ''
FROM project p
JOIN account a ON a.id = p.account_id
WHERE p.account_id = $1 AND p.slug_key = $2;

-- name: find_project_by_id
SELECT p.id, p.id, '', p.slug_key, NULL, a.slug || '/' || p.slug, ''
FROM project p
JOIN account a ON a.id = p.account_id
WHERE p.account_id = $1 AND p.id = $2;

-- name: find_key_pair
SELECT k.id, k.project_id, '', p.slug_key, NULL,
	a.slug || '/' || p.slug || '/' || k.name, k.created_by
FROM key_pair k
JOIN project p ON p.id = k.project_id
JOIN account a ON a.id = k.account_id
WHERE k.project_id = $1 AND k.name_key = $2;

-- name: find_key_pair_by_id
SELECT k.id, k.project_id, '', p.slug_key, NULL,
	a.slug || '/' || p.slug || '/' || k.name, k.created_by
FROM key_pair k
JOIN project p ON p.id = k.project_id
JOIN account a ON a.id = k.account_id
WHERE k.account_id = $1 AND k.id = $2;

-- name: find_server
SELECT v.id, v.project_id, '', p.slug_key, NULL,
	a.slug || '/' || p.slug || '/' || v.name, v.created_by
FROM server v
JOIN project p ON p.id = v.project_id
JOIN account a ON a.id = v.account_id
WHERE v.project_id = $1 AND v.name_key = $2;

-- name: find_server_by_id
SELECT v.id, v.project_id, '', p.slug_key, NULL,
	a.slug || '/' || p.slug || '/' || v.name, v.created_by
FROM server v
JOIN project p ON p.id = v.project_id
JOIN account a ON a.id = v.account_id
WHERE v.account_id = $1 AND v.id = $2;
