-- Rotation: what ends with the first use of what takes its place.

-- name: settle_api_key
SELECT o.id, o.account_id, o.replaces, o.locked
FROM api_key k JOIN api_key o ON o.id = k.replaces WHERE k.id = $1;

-- name: settle_registry_token
SELECT o.id, o.account_id, o.replaces, 0
FROM registry_token k JOIN registry_token o ON o.id = k.replaces
WHERE k.id = $1;

-- name: settle_api_key_next
UPDATE api_key SET replaces = $2 WHERE id = $1;

-- name: settle_registry_token_next
UPDATE registry_token SET replaces = $2 WHERE id = $1;

-- name: settle_api_key_end
DELETE FROM api_key WHERE id = $1;

-- name: settle_registry_token_end
DELETE FROM registry_token WHERE id = $1;

-- Who replaces one that goes will then replace what that one was to replace.

-- name: settle_api_key_inherit
UPDATE api_key SET replaces = (SELECT o.replaces FROM api_key o WHERE o.id = $1)
WHERE replaces = $1;

-- name: settle_registry_token_inherit
UPDATE registry_token
SET replaces = (SELECT o.replaces FROM registry_token o WHERE o.id = $1)
WHERE replaces = $1;
