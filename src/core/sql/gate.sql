-- Credentials in their present state, for the gate.

-- name: cred_api_key
SELECT k.account_id, k.identity_id, k.disabled, k.expires_at,
	i.disabled, i.operator, a.owner_id,
	CASE WHEN i.account_id = k.account_id OR a.owner_id = i.id
		OR m.identity_id IS NOT NULL THEN 1 ELSE 0 END
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
	CASE WHEN i.account_id = s.account_id OR a.owner_id = i.id
		OR m.identity_id IS NOT NULL THEN 1 ELSE 0 END
FROM session s
JOIN identity i ON i.id = s.identity_id
JOIN account a ON a.id = s.account_id
LEFT JOIN api_key k ON k.id = s.api_key_id
LEFT JOIN member m
	ON m.account_id = s.account_id AND m.identity_id = s.identity_id
WHERE s.id = $1;

-- name: cred_registry_token
SELECT account_id, region, may_write, expires_at FROM registry_token
WHERE id = $1;

-- name: cred_identity_token
SELECT api_key_id, session_id, registry_token_id, region, expires_at
FROM identity_token WHERE id = $1;

-- name: cred_api_key_by_digest
SELECT id FROM api_key WHERE digest = $1;

-- name: cred_identity_token_by_digest
SELECT id FROM identity_token WHERE digest = $1;

-- name: cred_refresh_token_by_digest
SELECT session_id, expires_at, replaced_at FROM refresh_token
WHERE digest = $1;
