-- Invitations.

-- name: invite_identity
SELECT id, account_id, state FROM identity WHERE email_key = $1;

-- name: invite_identity_pending
UPDATE identity SET state = 'pending', created_by = $2 WHERE id = $1;

-- name: invite_member_state
SELECT state FROM member WHERE account_id = $1 AND identity_id = $2;

-- name: invite_open
SELECT COUNT(*) FROM invitation WHERE account_id = $1 AND expires_at > $2;

-- name: invite_insert
INSERT INTO invitation (id, digest, account_id, identity_id, created_by,
	created_at, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: invite_by_digest
SELECT v.id, v.account_id, v.identity_id, v.expires_at, i.account_id, i.state,
	i.disabled, i.password, i.email_key, i.version, i.name
FROM invitation v JOIN identity i ON i.id = v.identity_id
WHERE v.digest = $1;

-- name: invite_still
SELECT i.version, i.account_id, i.disabled FROM invitation v
JOIN identity i ON i.id = v.identity_id WHERE v.id = $1;

-- name: invite_other
SELECT created_at FROM invitation
WHERE account_id = $1 AND identity_id = $2 AND expires_at > $3;

-- name: invite_begin
UPDATE identity SET state = 'active', account_id = $2, name = $3, password = $4,
	version = version + 1, modified_at = $5
WHERE id = $1;

-- name: invite_delete
DELETE FROM invitation WHERE id = $1;
