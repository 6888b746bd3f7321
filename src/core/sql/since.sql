-- What was taken away after a copy was made. Each of these is asked of the copy
-- and of the later data: what is revoked is there with the one and not, or not the
-- same, with the other.

-- name: since_hash
SELECT hash FROM audit WHERE node = $1 AND seq = $2;

-- name: since_last
SELECT COALESCE(MAX(seq), 0), COALESCE(MAX(at), 0) FROM audit WHERE node = $1;

-- name: since_rows
SELECT seq, at, verb, account_id, identity_id, thing, detail FROM audit
WHERE node = $1 AND seq > $2 AND outcome = 'done'
ORDER BY seq;

-- name: since_token
SELECT 1 FROM registry_token WHERE id = $1 AND region = $2;

-- name: since_api_key
SELECT 1 FROM api_key WHERE id = $1;

-- Is it disabled, and when does it end?

-- name: since_api_key_state
SELECT disabled || ' ' || COALESCE(expires_at, 0) FROM api_key WHERE id = $1;

-- name: since_locked_key
SELECT id FROM api_key WHERE id = $1 AND locked <> 0;

-- name: since_locked_identity
SELECT id FROM identity WHERE id = $1 AND locked <> 0;

-- name: since_locked_keys
SELECT id FROM api_key WHERE identity_id = $1 AND locked <> 0;

-- name: since_token_region
SELECT region FROM registry_token WHERE id = $1;

-- name: since_token_end
SELECT COALESCE(ends_at, 0) FROM registry_token WHERE id = $1;

-- name: since_identity_token
SELECT 1 FROM identity_token WHERE id = $1;

-- An access token is nowhere until it has been ended by itself.

-- name: since_access_token
SELECT COALESCE((SELECT expires_at FROM ended_token WHERE jti = $1), 0);

-- name: since_invitation
SELECT 1 FROM invitation WHERE id = $1;

-- name: since_invited
SELECT id FROM invitation WHERE identity_id = $1 AND account_id = $2;

-- name: since_seed
SELECT 1 FROM server_seed WHERE id = $1;

-- name: since_seed_end
DELETE FROM server_seed WHERE id = $1;

-- name: since_credential
SELECT 1 FROM server_credential WHERE id = $1;

-- name: since_identity
SELECT 1 FROM identity WHERE id = $1;

-- Where somebody belongs: home, and to how many others.

-- name: since_accounts
SELECT i.account_id || ' ' || (SELECT COUNT(*) FROM member m
	WHERE m.identity_id = i.id)
FROM identity i WHERE i.id = $1;

-- name: since_policy
SELECT 1 FROM policy WHERE id = $1 AND state = 'active';

-- name: since_policy_text
SELECT version FROM policy WHERE id = $1 AND state = 'active';

-- name: since_group
SELECT 1 FROM access_group WHERE id = $1;

-- name: since_role
SELECT version FROM custom_role WHERE id = $1;

-- An account without rules of its own has those of everybody.

-- name: since_rules
SELECT COALESCE(r.version, 0)
FROM account a LEFT JOIN account_rules r ON r.account_id = a.id
WHERE a.id = $1;

-- name: since_session
SELECT 1 FROM session WHERE id = $1;

-- name: since_enabled
SELECT 1 FROM identity WHERE id = $1 AND disabled = 0;

-- name: since_password
SELECT password FROM identity WHERE id = $1 AND password IS NOT NULL;

-- name: since_user_key
SELECT 1 FROM user_key WHERE id = $1;

-- name: since_access_key
SELECT 1 FROM access_key WHERE id = CAST($1 AS BIGINT);

-- name: since_access_key_terms
SELECT cidrs || ' ' || COALESCE(expires_at, '') FROM access_key
WHERE id = CAST($1 AS BIGINT);

-- name: since_key_pair
SELECT 1 FROM key_pair WHERE id = $1;

-- name: since_server
SELECT 1 FROM server WHERE id = $1;

-- name: since_server_trusts
SELECT digest FROM server_key WHERE server_id = $1 AND to_at IS NULL;

-- name: since_server_seed
SELECT digest FROM server_seed WHERE server_id = $1;

-- The id is that of a word in the trail: "machine:" goes before it.

-- name: since_machine
SELECT 1 FROM server_credential WHERE id = SUBSTR($1, 9);

-- name: since_git_http
SELECT git_http FROM account WHERE id = $1;

-- name: since_git_repo
SELECT 1 FROM git_repo WHERE id = $1 AND removed_at IS NULL;

-- Of those that have a second word, it is what the row's detail says.

-- name: since_namespace
SELECT 1 FROM namespace WHERE name = $1 AND region = $2;

-- name: since_image
SELECT 1 FROM repo r JOIN manifest m ON m.repo_id = r.id
WHERE r.name = $1 AND m.digest = $2;

-- name: since_group_member
SELECT 1 FROM access_group_member WHERE group_id = $1 AND identity_id = $2;
