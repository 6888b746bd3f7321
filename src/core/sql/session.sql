-- Sessions, refresh tokens, and the registry's identity tokens.

-- name: session_insert
INSERT INTO session (id, account_id, identity_id, api_key_id, client_id,
	grant_type, created_at, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- name: session_delete
DELETE FROM session WHERE id = $1;

-- name: session_get
SELECT account_id, identity_id, client_id FROM session WHERE id = $1;

-- name: session_extend
UPDATE session SET expires_at = $2 WHERE id = $1;

-- name: refresh_token_insert
INSERT INTO refresh_token (digest, session_id, issued_at, expires_at, delegated)
VALUES ($1, $2, $3, $4, $5);

-- name: refresh_token_get
SELECT t.session_id, t.expires_at, t.replaced_at, s.client_id, t.delegated
FROM refresh_token t JOIN session s ON s.id = t.session_id
WHERE t.digest = $1;

-- name: refresh_token_replace
UPDATE refresh_token SET replaced_at = $2
WHERE digest = $1 AND replaced_at IS NULL;

-- name: identity_token_insert
INSERT INTO identity_token (id, digest, account_id, api_key_id, session_id,
	registry_token_id, region, created_at, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9);
