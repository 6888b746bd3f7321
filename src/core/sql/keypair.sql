-- Key pairs: what their public halves are, and what became of the private ones.

-- Where one may be made: how many there are, and the words of the place.

-- name: keypair_room
SELECT p.key_pairs, a.slug || '/' || p.slug
FROM project p JOIN account a ON a.id = p.account_id
WHERE p.id = $1 AND p.account_id = $2;

-- name: keypair_counted
UPDATE project SET key_pairs = key_pairs + $2 WHERE id = $1;

-- name: keypair_insert
INSERT INTO key_pair (id, account_id, project_id, name, name_key, origin, state,
	type, bits, blob, digest, comment, created_by, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14);

-- name: keypair_settle
UPDATE key_pair SET state = $2 WHERE id = $1 AND state = 'pending';

-- name: keypair_delete
DELETE FROM key_pair WHERE id = $1;

-- name: keypair_pending
SELECT id FROM key_pair WHERE state = 'pending' AND created_at <= $1
ORDER BY created_at LIMIT $2;

-- All that show pairs have the same columns.

-- name: keypair_by_id
SELECT k.id, k.account_id, k.project_id, a.slug || '/' || p.slug, k.name,
	k.origin, k.state, k.type, k.comment, k.created_by, k.blob, k.bits,
	k.created_at,
	(SELECT COUNT(*) FROM server_key s
		WHERE s.digest = k.digest AND s.account_id = k.account_id
			AND s.to_at IS NULL),
	k.name_key
FROM key_pair k
JOIN project p ON p.id = k.project_id
JOIN account a ON a.id = k.account_id
WHERE k.id = $1;

-- name: keypair_by_name
SELECT k.id, k.account_id, k.project_id, a.slug || '/' || p.slug, k.name,
	k.origin, k.state, k.type, k.comment, k.created_by, k.blob, k.bits,
	k.created_at,
	(SELECT COUNT(*) FROM server_key s
		WHERE s.digest = k.digest AND s.account_id = k.account_id
			AND s.to_at IS NULL),
	k.name_key
FROM key_pair k
JOIN project p ON p.id = k.project_id
JOIN account a ON a.id = k.account_id
WHERE k.project_id = $1 AND k.name_key = $2;

-- Pages count no more servers of a pair than is asked for: there is no end to
-- how many pairs with one key there may be, and servers that trust it.

-- name: keypair_list
SELECT k.id, k.account_id, k.project_id, a.slug || '/' || p.slug, k.name,
	k.origin, k.state, k.type, k.comment, k.created_by, k.blob, k.bits,
	k.created_at,
	(SELECT COUNT(*) FROM (SELECT 1 FROM server_key s
		WHERE s.digest = k.digest AND s.account_id = k.account_id
			AND s.to_at IS NULL LIMIT $4) few),
	k.name_key
FROM key_pair k
JOIN project p ON p.id = k.project_id
JOIN account a ON a.id = k.account_id
WHERE k.project_id = $1 AND k.name_key > $2
ORDER BY k.name_key LIMIT $3;

-- A search looks at so many names and no further: first where that ends, and
-- whether there is more behind.

-- name: keypair_search_end
SELECT name_key FROM key_pair
WHERE project_id = $1 AND name_key > $2
ORDER BY name_key LIMIT 2 OFFSET $3;

-- name: keypair_search
SELECT k.id, k.account_id, k.project_id, a.slug || '/' || p.slug, k.name,
	k.origin, k.state, k.type, k.comment, k.created_by, k.blob, k.bits,
	k.created_at,
	(SELECT COUNT(*) FROM (SELECT 1 FROM server_key s
		WHERE s.digest = k.digest AND s.account_id = k.account_id
			AND s.to_at IS NULL LIMIT $6) few),
	k.name_key
FROM key_pair k
JOIN project p ON p.id = k.project_id
JOIN account a ON a.id = k.account_id
WHERE k.project_id = $1 AND k.name_key > $2 AND k.name_key <= $4
	AND k.name_key LIKE '%' || $5 || '%'
ORDER BY k.name_key LIMIT $3;

-- name: verify_key_pairs
SELECT 'key pair ' || id, blob, digest, type, bits FROM key_pair
UNION ALL
SELECT 'server ' || server_id || ', key ' || seq, blob, digest, type, bits
FROM server_key;

-- name: verify_servers
SELECT (SELECT COUNT(*) FROM project p
		WHERE p.key_pairs <> (SELECT COUNT(*) FROM key_pair k
				WHERE k.project_id = p.id)
			OR p.servers <> (SELECT COUNT(*) FROM server s
				WHERE s.project_id = p.id)),
	(SELECT COUNT(*) FROM key_pair k
		LEFT JOIN project p ON p.id = k.project_id
			AND p.account_id = k.account_id
		WHERE p.id IS NULL),
	(SELECT COUNT(*) FROM server s
		LEFT JOIN project p ON p.id = s.project_id
			AND p.account_id = s.account_id
		WHERE p.id IS NULL),
	(SELECT COUNT(*) FROM server s
		WHERE 1 <> (SELECT COUNT(*) FROM server_key k
				WHERE k.server_id = s.id AND k.to_at IS NULL)),
	(SELECT COUNT(*) FROM server_key k
		JOIN server s ON s.id = k.server_id
		WHERE k.account_id <> s.account_id
			OR k.project_id <> s.project_id
			OR k.name_key <> s.name_key),
	(SELECT COUNT(*) FROM server_key k
		JOIN key_pair q ON q.id = k.pair_id
		WHERE q.state <> 'alive' OR q.digest <> k.digest),
	(SELECT COUNT(*) FROM key_pair
		WHERE state = 'pending' AND created_at < $1),
	(SELECT COUNT(*) FROM key_pair
		WHERE state <> 'alive' AND origin <> 'made');
