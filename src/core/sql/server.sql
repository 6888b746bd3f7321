-- Servers: what they are, which key each trusts, and its first boot.

-- Where one may be made: how many there are, and the words of the place.

-- name: server_room
SELECT p.servers, a.slug || '/' || p.slug
FROM project p JOIN account a ON a.id = p.account_id
WHERE p.id = $1 AND p.account_id = $2;

-- name: server_counted
UPDATE project SET servers = servers + $2 WHERE id = $1;

-- name: server_taken
SELECT id FROM server WHERE project_id = $1 AND name_key = $2;

-- name: server_insert
INSERT INTO server (id, account_id, project_id, name, name_key, user_data,
	created_by, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- What there is of it besides goes with it.

-- name: server_delete
DELETE FROM server WHERE id = $1;

-- A pair that a server is to trust, by id or name: both have the same columns.

-- name: server_pair_by_id
SELECT id, name, state, type, bits, blob, digest, comment FROM key_pair
WHERE project_id = $1 AND id = $2;

-- name: server_pair_by_name
SELECT id, name, state, type, bits, blob, digest, comment FROM key_pair
WHERE project_id = $1 AND name_key = $2;

-- name: server_key_insert
INSERT INTO server_key (server_id, seq, pair_id, pair_name, type, bits, blob,
	digest, comment, from_at, from_by, account_id, project_id, name_key)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14);

-- name: server_key_now
SELECT k.seq, k.digest, k.pair_name, s.account_id, s.project_id, s.name_key,
	a.slug || '/' || p.slug || '/' || s.name
FROM server s
JOIN server_key k ON k.server_id = s.id AND k.to_at IS NULL
JOIN account a ON a.id = s.account_id
JOIN project p ON p.id = s.project_id
WHERE s.id = $1;

-- name: server_key_close
UPDATE server_key SET to_at = $2, to_by = $3
WHERE server_id = $1 AND to_at IS NULL;

-- name: server_key_forget
DELETE FROM server_key WHERE server_id = $1 AND seq <= $2;

-- name: server_history
SELECT k.pair_id, k.pair_name, k.type, k.comment, k.from_by, k.to_by, k.blob,
	k.bits, k.from_at, k.to_at,
	CASE WHEN EXISTS (SELECT 1 FROM key_pair q WHERE q.id = k.pair_id)
		THEN 0 ELSE 1 END
FROM server_key k
WHERE k.server_id = $1
ORDER BY k.seq DESC LIMIT $2;

-- All that show servers have the same columns.

-- name: server_by_id
SELECT s.id, s.account_id, s.project_id, a.slug || '/' || p.slug, s.name,
	s.created_by, s.hostname, s.fqdn, s.reported_from, k.pair_id,
	k.pair_name, k.type, k.comment, k.from_by, d.first_from, c.id, k.blob,
	k.bits, k.from_at,
	CASE WHEN EXISTS (SELECT 1 FROM key_pair q WHERE q.id = k.pair_id)
		THEN 0 ELSE 1 END,
	s.created_at, LENGTH(s.user_data), s.reported_at, d.created_at,
	d.expires_at, d.first_at, d.enrolled_at, d.closed_at, c.created_at,
	s.name_key
FROM server s
JOIN server_key k ON k.server_id = s.id AND k.to_at IS NULL
JOIN account a ON a.id = s.account_id
JOIN project p ON p.id = s.project_id
LEFT JOIN server_seed d ON d.server_id = s.id
LEFT JOIN server_credential c ON c.server_id = s.id
WHERE s.id = $1;

-- Pages, in order of name; of one name in several projects, of id. A search
-- ends at a name, so that a page looks at so many rows and no more; the first of
-- each two statements finds it.

-- name: server_scan
SELECT name_key FROM server
WHERE project_id = $1 AND name_key > $2
ORDER BY name_key LIMIT 1 OFFSET $3;

-- name: server_list
SELECT s.id, s.account_id, s.project_id, a.slug || '/' || p.slug, s.name,
	s.created_by, s.hostname, s.fqdn, s.reported_from, k.pair_id,
	k.pair_name, k.type, k.comment, k.from_by, d.first_from, c.id, k.blob,
	k.bits, k.from_at,
	CASE WHEN EXISTS (SELECT 1 FROM key_pair q WHERE q.id = k.pair_id)
		THEN 0 ELSE 1 END,
	s.created_at, LENGTH(s.user_data), s.reported_at, d.created_at,
	d.expires_at, d.first_at, d.enrolled_at, d.closed_at, c.created_at,
	s.name_key
FROM server s
JOIN server_key k ON k.server_id = s.id AND k.to_at IS NULL
JOIN account a ON a.id = s.account_id
JOIN project p ON p.id = s.project_id
LEFT JOIN server_seed d ON d.server_id = s.id
LEFT JOIN server_credential c ON c.server_id = s.id
WHERE s.project_id = $1 AND s.name_key > $2 AND s.name_key <= $4
	AND s.name_key LIKE '%' || $5 || '%'
ORDER BY s.name_key LIMIT $3;

-- name: server_scan_trusts
SELECT name_key FROM server_key
WHERE digest = $4 AND to_at IS NULL AND project_id = $1 AND name_key > $2
ORDER BY name_key LIMIT 1 OFFSET $3;

-- name: server_list_trusts
SELECT s.id, s.account_id, s.project_id, a.slug || '/' || p.slug, s.name,
	s.created_by, s.hostname, s.fqdn, s.reported_from, k.pair_id,
	k.pair_name, k.type, k.comment, k.from_by, d.first_from, c.id, k.blob,
	k.bits, k.from_at,
	CASE WHEN EXISTS (SELECT 1 FROM key_pair q WHERE q.id = k.pair_id)
		THEN 0 ELSE 1 END,
	s.created_at, LENGTH(s.user_data), s.reported_at, d.created_at,
	d.expires_at, d.first_at, d.enrolled_at, d.closed_at, c.created_at,
	s.name_key
FROM server_key k
JOIN server s ON s.id = k.server_id
JOIN account a ON a.id = s.account_id
JOIN project p ON p.id = s.project_id
LEFT JOIN server_seed d ON d.server_id = s.id
LEFT JOIN server_credential c ON c.server_id = s.id
WHERE k.digest = $6 AND k.to_at IS NULL AND k.project_id = $1
	AND k.name_key > $2 AND k.name_key <= $4
	AND k.name_key LIKE '%' || $5 || '%'
ORDER BY k.name_key LIMIT $3;

-- name: server_scan_account
SELECT name_key, server_id FROM server_key
WHERE digest = $4 AND to_at IS NULL AND account_id = $1
	AND (name_key, server_id) > ($2, $5)
ORDER BY name_key, server_id LIMIT 1 OFFSET $3;

-- name: server_list_account
SELECT s.id, s.account_id, s.project_id, a.slug || '/' || p.slug, s.name,
	s.created_by, s.hostname, s.fqdn, s.reported_from, k.pair_id,
	k.pair_name, k.type, k.comment, k.from_by, d.first_from, c.id, k.blob,
	k.bits, k.from_at,
	CASE WHEN EXISTS (SELECT 1 FROM key_pair q WHERE q.id = k.pair_id)
		THEN 0 ELSE 1 END,
	s.created_at, LENGTH(s.user_data), s.reported_at, d.created_at,
	d.expires_at, d.first_at, d.enrolled_at, d.closed_at, c.created_at,
	s.name_key
FROM server_key k
JOIN server s ON s.id = k.server_id
JOIN account a ON a.id = s.account_id
JOIN project p ON p.id = s.project_id
LEFT JOIN server_seed d ON d.server_id = s.id
LEFT JOIN server_credential c ON c.server_id = s.id
WHERE k.digest = $6 AND k.to_at IS NULL AND k.account_id = $1
	AND (k.name_key, k.server_id) > ($2, $7)
	AND (k.name_key, k.server_id) <= ($4, $8)
	AND k.name_key LIKE '%' || $5 || '%'
ORDER BY k.name_key, k.server_id LIMIT $3;

-- The first boot.

-- name: server_seed_insert
INSERT INTO server_seed (id, server_id, digest, created_by, created_at,
	expires_at)
VALUES ($1, $2, $3, $4, $5, $6);

-- name: server_seed_end
DELETE FROM server_seed WHERE server_id = $1;

-- name: server_seed_state
SELECT d.id, d.expires_at, d.first_from, d.first_at, d.enrolled_at, d.closed_at,
	a.slug || '/' || p.slug || '/' || s.name, s.hostname, s.fqdn
FROM server_seed d
JOIN server s ON s.id = d.server_id
JOIN account a ON a.id = s.account_id
JOIN project p ON p.id = s.project_id
WHERE d.server_id = $1;

-- name: server_seed_first
UPDATE server_seed SET first_at = $2, first_from = $3
WHERE server_id = $1 AND first_at IS NULL;

-- name: server_seed_enrolled
UPDATE server_seed SET enrolled_at = $2 WHERE server_id = $1;

-- name: server_seed_close
UPDATE server_seed SET closed_at = $2 WHERE server_id = $1;

-- name: server_boot
SELECT s.id, s.name, k.pair_id, k.pair_name, k.type, k.comment, k.from_by,
	k.blob, k.bits, k.from_at, s.user_data
FROM server s
JOIN server_key k ON k.server_id = s.id AND k.to_at IS NULL
WHERE s.id = $1;

-- name: server_credential_of
SELECT id FROM server_credential WHERE server_id = $1;

-- name: server_credential_end
DELETE FROM server_credential WHERE server_id = $1;

-- name: server_credential_insert
INSERT INTO server_credential (id, server_id, digest, created_at, created_from)
VALUES ($1, $2, $3, $4, $5);

-- name: server_reported
UPDATE server SET hostname = $2, fqdn = $3, reported_at = $4, reported_from = $5
WHERE id = $1;

-- name: server_host_keys
SELECT type, blob FROM server_host_key WHERE server_id = $1 ORDER BY type;

-- name: server_host_keys_drop
DELETE FROM server_host_key WHERE server_id = $1;

-- name: server_host_key_insert
INSERT INTO server_host_key (server_id, type, blob) VALUES ($1, $2, $3);

-- What a machine trusts now: no more than that is read.

-- name: server_follow
SELECT s.id, s.name, k.pair_id, k.pair_name, k.type, k.comment, k.from_by,
	k.blob, k.bits, k.from_at
FROM server s
JOIN server_key k ON k.server_id = s.id AND k.to_at IS NULL
WHERE s.id = $1;
