-- Sessions, refresh tokens, and the registry's identity tokens. A session from
-- before there was ends_at has the 30 days of core/rules.h.

-- name: session_insert
INSERT INTO session (id, account_id, identity_id, api_key_id, client_id,
	grant_type, created_at, expires_at, ends_at, addr, agent, parent_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12);

-- name: session_delete
DELETE FROM session WHERE id = $1;

-- name: session_get
SELECT account_id, identity_id, client_id FROM session WHERE id = $1;

-- Counted no further than $3, ended or not; and how many of the latest $3 live.

-- name: session_count
SELECT COUNT(*) FROM (SELECT 1 FROM session
	WHERE account_id = $1 AND identity_id = $2 LIMIT $3) t;

-- name: session_count_live
SELECT COUNT(*) FROM (SELECT expires_at FROM session
	WHERE account_id = $1 AND identity_id = $2
	ORDER BY created_at DESC, id DESC LIMIT $3) t
WHERE t.expires_at > $4;

-- The oldest that end after $3 and that $4 does not come from.

-- name: session_oldest
WITH RECURSIVE line (id, parent_id) AS (
	SELECT id, parent_id FROM session WHERE id = $4
	UNION ALL
	SELECT s.id, s.parent_id FROM line l JOIN session s ON s.id = l.parent_id)
SELECT s.id FROM session s
WHERE s.account_id = $1 AND s.identity_id = $2 AND s.expires_at > $3
	AND s.id NOT IN (SELECT id FROM line)
ORDER BY s.created_at, s.id LIMIT $5;

-- name: session_line
WITH RECURSIVE line (id, parent_id) AS (
	SELECT id, parent_id FROM session WHERE id = $1
	UNION ALL
	SELECT s.id, s.parent_id FROM line l JOIN session s ON s.id = l.parent_id)
SELECT COUNT(*) FROM line;

-- name: session_alive
SELECT id FROM session
WHERE id = $1 AND client_id = $2 AND expires_at > $3;

-- Both lists have the same columns.

-- name: session_list
SELECT s.id, s.account_id, s.identity_id, s.api_key_id, s.client_id,
	s.grant_type, s.addr, s.agent, s.parent_id, s.created_at, s.expires_at,
	COALESCE(s.ends_at, s.created_at + 2592000000),
	COALESCE(s.stayed_at, (SELECT MAX(t.issued_at) FROM refresh_token t
		WHERE t.session_id = s.id AND t.delegated = 0), s.created_at)
FROM session s
WHERE s.account_id = $1 AND s.expires_at > $2
ORDER BY s.created_at DESC, s.id DESC LIMIT $3;

-- name: session_list_of
SELECT s.id, s.account_id, s.identity_id, s.api_key_id, s.client_id,
	s.grant_type, s.addr, s.agent, s.parent_id, s.created_at, s.expires_at,
	COALESCE(s.ends_at, s.created_at + 2592000000),
	COALESCE(s.stayed_at, (SELECT MAX(t.issued_at) FROM refresh_token t
		WHERE t.session_id = s.id AND t.delegated = 0), s.created_at)
FROM session s
WHERE s.account_id = $1 AND s.expires_at > $2 AND s.identity_id = $4
ORDER BY s.created_at DESC, s.id DESC LIMIT $3;

-- May somebody act in this account?

-- name: session_account
SELECT a.id
FROM account a
JOIN identity i ON i.id = $2 AND i.disabled = 0 AND i.state = 'active'
LEFT JOIN member m ON m.account_id = a.id AND m.identity_id = i.id
WHERE a.id = $1 AND (a.owner_id = i.id OR i.account_id = a.id
	OR m.state = 'active');

-- name: session_extend
UPDATE session SET expires_at = $2 WHERE id = $1;

-- A browser's: its secret, where its end is, and where it came from.

-- name: session_cookie_set
UPDATE session SET cookie = $2 WHERE id = $1;

-- name: session_browser
SELECT expires_at, COALESCE(ends_at, created_at + 2592000000),
	COALESCE(stayed_at, created_at), api_key_id, grant_type
FROM session WHERE id = $1 AND cookie IS NOT NULL;

-- name: session_stay
UPDATE session SET expires_at = $2, stayed_at = $3 WHERE id = $1;

-- name: refresh_token_insert
INSERT INTO refresh_token (digest, session_id, issued_at, expires_at, delegated)
VALUES ($1, $2, $3, $4, $5);

-- name: refresh_token_get
SELECT t.session_id, t.expires_at, t.replaced_at, s.client_id, t.delegated,
	s.api_key_id, COALESCE(s.ends_at, s.created_at + 2592000000)
FROM refresh_token t JOIN session s ON s.id = t.session_id
WHERE t.digest = $1;

-- name: refresh_token_replace
UPDATE refresh_token SET replaced_at = $2
WHERE digest = $1 AND replaced_at IS NULL;

-- name: identity_token_insert
INSERT INTO identity_token (id, digest, account_id, api_key_id, session_id,
	registry_token_id, region, created_at, expires_at, jti)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10);

-- Of one credential, whichever it is, all but the youngest.

-- name: identity_token_make_room
DELETE FROM identity_token WHERE id IN (
	SELECT id FROM identity_token
	WHERE api_key_id = $1 OR session_id = $1 OR registry_token_id = $1
	ORDER BY created_at DESC, id DESC LIMIT 500 OFFSET $2);

-- name: passcode_insert
INSERT INTO passcode (digest, session_id, expires_at) VALUES ($1, $2, $3);

-- name: passcode_get
SELECT p.session_id, p.expires_at, s.api_key_id,
	COALESCE(s.ends_at, s.created_at + 2592000000)
FROM passcode p JOIN session s ON s.id = p.session_id
WHERE p.digest = $1;

-- name: passcode_delete
DELETE FROM passcode WHERE digest = $1;

-- name: passcode_make_room
DELETE FROM passcode WHERE session_id = $1 AND digest IN (
	SELECT digest FROM passcode WHERE session_id = $1
	ORDER BY expires_at DESC LIMIT 1000 OFFSET $2);

-- name: ended_token_insert
INSERT INTO ended_token (jti, expires_at) VALUES ($1, $2)
ON CONFLICT (jti) DO NOTHING;

-- name: ended_token_get
SELECT jti FROM ended_token WHERE jti = $1;
