-- Which credential is meant. All have the same columns: id, account, identity,
-- place, name, end, does its row by itself leave it alive, what the gate is asked
-- about, region, and whether that is the other of two kinds of thing.

-- name: found_api_key
SELECT id, account_id, identity_id, '', name, expires_at, 1, identity_id, '', 0
FROM api_key WHERE id = $1;

-- name: found_api_key_by_digest
SELECT id, account_id, identity_id, '', name, expires_at, 1, identity_id, '', 0
FROM api_key WHERE digest = $1;

-- name: found_session
SELECT id, account_id, identity_id, addr, agent, expires_at, 1, identity_id, '',
	0
FROM session WHERE id = $1;

-- name: found_refresh_token
SELECT s.id, s.account_id, s.identity_id, s.addr, s.agent, s.expires_at, 1,
	s.identity_id, '', 0
FROM refresh_token t JOIN session s ON s.id = t.session_id
WHERE t.digest = $1;

-- name: found_cookie
SELECT id, account_id, identity_id, addr, agent, expires_at, 1, identity_id, '',
	0
FROM session WHERE cookie = $1;

-- name: found_passcode
SELECT s.id, s.account_id, s.identity_id, s.addr, s.agent, p.expires_at, 1,
	s.identity_id, '', 0
FROM passcode p JOIN session s ON s.id = p.session_id
WHERE p.digest = $1;

-- name: found_registry_token
SELECT id, account_id, '', region, description, expires_at, 1, id, region, 0
FROM registry_token WHERE id = $1;

-- Of a registry token's, the gate is asked about that token.

-- name: found_identity_token
SELECT t.id, t.account_id, COALESCE(k.identity_id, s.identity_id, ''), t.region,
	'', t.expires_at, 1,
	COALESCE(k.identity_id, s.identity_id, t.registry_token_id),
	CASE WHEN t.registry_token_id IS NULL THEN '' ELSE t.region END,
	CASE WHEN t.registry_token_id IS NULL THEN 0 ELSE 1 END
FROM identity_token t
LEFT JOIN api_key k ON k.id = t.api_key_id
LEFT JOIN session s ON s.id = t.session_id
WHERE t.id = $1;

-- name: found_identity_token_by_digest
SELECT t.id, t.account_id, COALESCE(k.identity_id, s.identity_id, ''), t.region,
	'', t.expires_at, 1,
	COALESCE(k.identity_id, s.identity_id, t.registry_token_id),
	CASE WHEN t.registry_token_id IS NULL THEN '' ELSE t.region END,
	CASE WHEN t.registry_token_id IS NULL THEN 0 ELSE 1 END
FROM identity_token t
LEFT JOIN api_key k ON k.id = t.api_key_id
LEFT JOIN session s ON s.id = t.session_id
WHERE t.digest = $1;

-- name: found_user_key
SELECT u.id, i.account_id, u.identity_id, '', u.label, u.expires_at, 1,
	u.identity_id, '', 0
FROM user_key u JOIN identity i ON i.id = u.identity_id
WHERE u.id = $1;

-- name: found_user_key_by_digest
SELECT u.id, i.account_id, u.identity_id, '', u.label, u.expires_at, 1,
	u.identity_id, '', 0
FROM user_key u JOIN identity i ON i.id = u.identity_id
WHERE u.digest = $1;

-- On a removed repository it opens nothing, and must be found all the same.

-- name: found_access_key
SELECT CAST(k.id AS TEXT), k.account_id, '',
	a.slug || '/' || COALESCE(g.slug, p.slug), k.label, k.expires_at,
	CASE WHEN g.removed_at IS NULL THEN 1 ELSE 0 END,
	k.account_id || '/' || COALESCE(k.repo_id, k.project_id), '',
	CASE WHEN k.repo_id IS NULL THEN 1 ELSE 0 END
FROM access_key k
JOIN account a ON a.id = k.account_id
LEFT JOIN git_repo g ON g.id = k.repo_id
LEFT JOIN project p ON p.id = k.project_id
WHERE k.id = CAST($1 AS BIGINT);

-- name: found_access_key_by_digest
SELECT CAST(k.id AS TEXT), k.account_id, '',
	a.slug || '/' || COALESCE(g.slug, p.slug), k.label, k.expires_at,
	CASE WHEN g.removed_at IS NULL THEN 1 ELSE 0 END,
	k.account_id || '/' || COALESCE(k.repo_id, k.project_id), '',
	CASE WHEN k.repo_id IS NULL THEN 1 ELSE 0 END
FROM access_key k
JOIN account a ON a.id = k.account_id
LEFT JOIN git_repo g ON g.id = k.repo_id
LEFT JOIN project p ON p.id = k.project_id
WHERE k.digest = $1
ORDER BY k.id;

-- Whether servers trust a pair is said by its servers; a pair that was never
-- delivered opens nothing.

-- name: found_key_pair
SELECT k.id, k.account_id, '', a.slug || '/' || p.slug || '/' || k.name, k.name,
	NULL, CASE WHEN k.state = 'alive' THEN 1 ELSE 0 END,
	k.account_id || '/' || k.project_id || '/' || k.id, '', 0
FROM key_pair k
JOIN account a ON a.id = k.account_id
JOIN project p ON p.id = k.project_id
WHERE k.id = $1;

-- name: found_key_pair_by_digest
SELECT k.id, k.account_id, '', a.slug || '/' || p.slug || '/' || k.name, k.name,
	NULL, CASE WHEN k.state = 'alive' THEN 1 ELSE 0 END,
	k.account_id || '/' || k.project_id || '/' || k.id, '', 0
FROM key_pair k
JOIN account a ON a.id = k.account_id
JOIN project p ON p.id = k.project_id
WHERE k.digest = $1
ORDER BY k.id;

-- name: found_machine
SELECT c.id, v.account_id, '', a.slug || '/' || p.slug || '/' || v.name, v.name,
	NULL, 1, v.account_id || '/' || v.project_id || '/' || v.id, '', 0
FROM server_credential c
JOIN server v ON v.id = c.server_id
JOIN account a ON a.id = v.account_id
JOIN project p ON p.id = v.project_id
WHERE c.id = $1 OR c.server_id = $1;

-- name: found_machine_by_digest
SELECT c.id, v.account_id, '', a.slug || '/' || p.slug || '/' || v.name, v.name,
	NULL, 1, v.account_id || '/' || v.project_id || '/' || v.id, '', 0
FROM server_credential c
JOIN server v ON v.id = c.server_id
JOIN account a ON a.id = v.account_id
JOIN project p ON p.id = v.project_id
WHERE c.digest = $1;

-- name: found_seed
SELECT d.id, v.account_id, '', a.slug || '/' || p.slug || '/' || v.name, v.name,
	d.expires_at, CASE WHEN d.closed_at IS NULL THEN 1 ELSE 0 END,
	v.account_id || '/' || v.project_id || '/' || v.id, '', 0
FROM server_seed d
JOIN server v ON v.id = d.server_id
JOIN account a ON a.id = v.account_id
JOIN project p ON p.id = v.project_id
WHERE d.id = $1 OR d.server_id = $1;

-- name: found_seed_by_digest
SELECT d.id, v.account_id, '', a.slug || '/' || p.slug || '/' || v.name, v.name,
	d.expires_at, CASE WHEN d.closed_at IS NULL THEN 1 ELSE 0 END,
	v.account_id || '/' || v.project_id || '/' || v.id, '', 0
FROM server_seed d
JOIN server v ON v.id = d.server_id
JOIN account a ON a.id = v.account_id
JOIN project p ON p.id = v.project_id
WHERE d.digest = $1;

-- The last column: a service ID.

-- name: found_identity
SELECT id, account_id, id, '', name, NULL,
	CASE WHEN disabled = 0 AND state = 'active' THEN 1 ELSE 0 END, id, '',
	CASE WHEN kind = 'service' THEN 1 ELSE 0 END
FROM identity WHERE id = $1;

-- name: found_policy
SELECT id, account_id, CASE WHEN subject_kind = 'iam_id' THEN subject_id ELSE ''
	END, subject_id, description, NULL,
	CASE WHEN state = 'active' THEN 1 ELSE 0 END, '', '', 0
FROM policy WHERE id = $1;

-- name: found_group
SELECT id, account_id, '', '', name, NULL, 1, id, '', 0
FROM access_group WHERE id = $1;

-- name: found_invitation
SELECT v.id, v.account_id, v.identity_id, '', COALESCE(i.email, ''), v.expires_at,
	1, v.identity_id, '', 0
FROM invitation v JOIN identity i ON i.id = v.identity_id
WHERE v.id = $1;

-- name: found_invitation_by_digest
SELECT v.id, v.account_id, v.identity_id, '', COALESCE(i.email, ''), v.expires_at,
	1, v.identity_id, '', 0
FROM invitation v JOIN identity i ON i.id = v.identity_id
WHERE v.digest = $1;

-- name: found_access_token_ended
SELECT 1 FROM ended_token WHERE jti = $1;

-- A fingerprint with MD5 is kept nowhere: all blobs are looked at.

-- name: found_public_blobs
SELECT digest, blob FROM public_key LIMIT $1;

-- name: found_pair_blobs
SELECT digest, blob FROM key_pair LIMIT $1;

-- name: identity_token_delete
DELETE FROM identity_token WHERE id = $1;

-- name: server_seed_delete
DELETE FROM server_seed WHERE id = $1 AND server_id = $2;

-- name: invitation_withdraw
DELETE FROM invitation WHERE id = $1 AND account_id = $2;

-- What its owner wants to happen when it leaks.

-- name: leaked_key
SELECT action_when_leaked, account_id, identity_id, name, disabled FROM api_key
WHERE id = $1;

-- name: leaked_key_disable
UPDATE api_key SET disabled = 1, version = version + 1, modified_at = $2
WHERE id = $1;
