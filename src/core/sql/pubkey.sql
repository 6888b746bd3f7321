-- Public keys and what they open.

-- How it is in use: as what, whether a row refers to it, and whether one does
-- that is not on a removed repository only.

-- name: pubkey_use
SELECT usage,
	CASE WHEN EXISTS (SELECT 1 FROM user_key u WHERE u.digest = $1)
		OR EXISTS (SELECT 1 FROM access_key k WHERE k.digest = $1)
		THEN 1 ELSE 0 END,
	CASE WHEN EXISTS (SELECT 1 FROM user_key u WHERE u.digest = $1)
		OR EXISTS (SELECT 1 FROM access_key k
			LEFT JOIN git_repo g ON g.id = k.repo_id
			WHERE k.digest = $1 AND g.removed_at IS NULL)
		THEN 1 ELSE 0 END
FROM public_key WHERE digest = $1;

-- name: pubkey_insert
INSERT INTO public_key (digest, usage, type, bits, blob, created_at)
VALUES ($1, $2, $3, $4, $5, $6);

-- name: pubkey_drop
DELETE FROM public_key WHERE digest = $1
	AND NOT EXISTS (SELECT 1 FROM user_key u WHERE u.digest = $1)
	AND NOT EXISTS (SELECT 1 FROM access_key k WHERE k.digest = $1);

-- name: pubkey_drop_unused
DELETE FROM public_key WHERE digest IN (
	SELECT p.digest
	FROM (SELECT digest FROM public_key WHERE digest >= $1
		ORDER BY digest LIMIT 500) p
	WHERE NOT EXISTS (SELECT 1 FROM user_key u WHERE u.digest = p.digest)
		AND NOT EXISTS (SELECT 1 FROM access_key k
			WHERE k.digest = p.digest));

-- name: user_key_holder
SELECT i.account_id, i.kind, i.operator, a.owner_id
FROM identity i JOIN account a ON a.id = i.account_id WHERE i.id = $1;

-- name: user_key_insert
INSERT INTO user_key (id, digest, identity_id, label, comment, created_by,
	created_at, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- name: user_key_count
SELECT COUNT(*) FROM user_key WHERE identity_id = $1;

-- name: user_key_by_id
SELECT u.id, u.identity_id, u.label, u.comment, p.type, u.created_by, p.blob,
	p.bits, u.created_at, u.expires_at, u.digest, i.account_id
FROM user_key u
JOIN public_key p ON p.digest = u.digest
JOIN identity i ON i.id = u.identity_id
WHERE u.id = $1;

-- name: user_key_list
SELECT u.id, u.identity_id, u.label, u.comment, p.type, u.created_by, p.blob,
	p.bits, u.created_at, u.expires_at, u.digest, i.account_id
FROM user_key u
JOIN public_key p ON p.digest = u.digest
JOIN identity i ON i.id = u.identity_id
WHERE u.identity_id = $1
ORDER BY u.created_at, u.id;

-- name: user_key_update
UPDATE user_key SET label = $2, comment = $3 WHERE id = $1;

-- name: user_key_delete
DELETE FROM user_key WHERE id = $1;

-- name: user_key_over
SELECT id FROM user_key WHERE expires_at IS NOT NULL AND expires_at <= $1
ORDER BY expires_at LIMIT $2;

-- name: access_key_next_id
UPDATE counter SET value = value + 1 WHERE name = 'access_key'
RETURNING value;

-- What a key may stand on, for the account and the words of it.

-- name: access_key_on_repo
SELECT g.account_id, a.slug, g.slug
FROM git_repo g JOIN account a ON a.id = g.account_id
WHERE g.id = $1 AND g.removed_at IS NULL;

-- name: access_key_on_project
SELECT p.account_id, a.slug, p.slug
FROM project p JOIN account a ON a.id = p.account_id
WHERE p.id = $1;

-- name: access_key_count_repo
SELECT COUNT(*) FROM access_key WHERE repo_id = $1;

-- name: access_key_count_project
SELECT COUNT(*) FROM access_key WHERE project_id = $1;

-- name: access_key_insert
INSERT INTO access_key (id, digest, account_id, repo_id, project_id, label,
	comment, cidrs, replaces, created_by, created_at, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12);

-- name: access_key_by_id
SELECT k.account_id, k.repo_id, k.project_id, a.slug, COALESCE(g.slug, p.slug),
	k.label, k.comment, pk.type, k.cidrs, k.created_by, pk.blob, k.id,
	pk.bits, k.created_at, k.expires_at, k.replaces, g.removed_at, k.digest
FROM access_key k
JOIN public_key pk ON pk.digest = k.digest
JOIN account a ON a.id = k.account_id
LEFT JOIN git_repo g ON g.id = k.repo_id
LEFT JOIN project p ON p.id = k.project_id
WHERE k.id = $1;

-- name: access_key_list_repo
SELECT k.account_id, k.repo_id, k.project_id, a.slug, COALESCE(g.slug, p.slug),
	k.label, k.comment, pk.type, k.cidrs, k.created_by, pk.blob, k.id,
	pk.bits, k.created_at, k.expires_at, k.replaces, g.removed_at, k.digest
FROM access_key k
JOIN public_key pk ON pk.digest = k.digest
JOIN account a ON a.id = k.account_id
LEFT JOIN git_repo g ON g.id = k.repo_id
LEFT JOIN project p ON p.id = k.project_id
WHERE k.repo_id = $1 AND k.id > $2 AND ($3 = '' OR k.account_id = $3)
ORDER BY k.id LIMIT $4;

-- name: access_key_list_project
SELECT k.account_id, k.repo_id, k.project_id, a.slug, COALESCE(g.slug, p.slug),
	k.label, k.comment, pk.type, k.cidrs, k.created_by, pk.blob, k.id,
	pk.bits, k.created_at, k.expires_at, k.replaces, g.removed_at, k.digest
FROM access_key k
JOIN public_key pk ON pk.digest = k.digest
JOIN account a ON a.id = k.account_id
LEFT JOIN git_repo g ON g.id = k.repo_id
LEFT JOIN project p ON p.id = k.project_id
WHERE k.project_id = $1 AND k.id > $2 AND ($3 = '' OR k.account_id = $3)
ORDER BY k.id LIMIT $4;

-- name: access_key_list_account
SELECT k.account_id, k.repo_id, k.project_id, a.slug, COALESCE(g.slug, p.slug),
	k.label, k.comment, pk.type, k.cidrs, k.created_by, pk.blob, k.id,
	pk.bits, k.created_at, k.expires_at, k.replaces, g.removed_at, k.digest
FROM access_key k
JOIN public_key pk ON pk.digest = k.digest
JOIN account a ON a.id = k.account_id
LEFT JOIN git_repo g ON g.id = k.repo_id
LEFT JOIN project p ON p.id = k.project_id
WHERE k.account_id = $1 AND k.id > $2
ORDER BY k.id LIMIT $3;

-- Where one key stands.

-- name: access_key_list_digest
SELECT k.account_id, k.repo_id, k.project_id, a.slug, COALESCE(g.slug, p.slug),
	k.label, k.comment, pk.type, k.cidrs, k.created_by, pk.blob, k.id,
	pk.bits, k.created_at, k.expires_at, k.replaces, g.removed_at, k.digest
FROM access_key k
JOIN public_key pk ON pk.digest = k.digest
JOIN account a ON a.id = k.account_id
LEFT JOIN git_repo g ON g.id = k.repo_id
LEFT JOIN project p ON p.id = k.project_id
WHERE k.digest = $1 AND k.id > $2 AND ($3 = '' OR k.account_id = $3)
	AND ($5 = '' OR k.repo_id = $5) AND ($6 = '' OR k.project_id = $6)
ORDER BY k.id LIMIT $4;

-- name: access_key_update
UPDATE access_key SET label = $2, comment = $3, cidrs = $4, expires_at = $5
WHERE id = $1;

-- name: access_key_end
UPDATE access_key SET expires_at = $2
WHERE id = $1 AND (expires_at IS NULL OR expires_at > $2);

-- Who replaces this one will then replace what this one was to replace.

-- name: access_key_inherit
UPDATE access_key SET replaces = $2 WHERE replaces = $1;

-- name: access_key_settled
UPDATE access_key SET replaces = NULL WHERE id = $1;

-- name: access_key_delete
DELETE FROM access_key WHERE id = $1;

-- name: access_key_over
SELECT id FROM access_key WHERE expires_at IS NOT NULL AND expires_at <= $1
ORDER BY expires_at LIMIT $2;

-- name: access_key_of_repo
SELECT id FROM access_key WHERE repo_id = $1;

-- name: access_key_of_project
SELECT id FROM access_key WHERE project_id = $1;

-- name: access_key_digest
SELECT digest FROM access_key WHERE id = $1;

-- What a key opens, by name; a repository may be in it twice, then the row that
-- is for it alone comes first.

-- name: access_key_places
SELECT a.slug, g.slug, k.label, k.comment, k.cidrs, a.slug_key AS team,
	g.slug_key AS repo, 0 AS far, k.id AS row_id
FROM access_key k
JOIN git_repo g ON g.id = k.repo_id
JOIN account a ON a.id = g.account_id
WHERE k.digest = $1 AND (k.expires_at IS NULL OR k.expires_at > $2)
	AND g.removed_at IS NULL
UNION ALL
SELECT a.slug, g.slug, k.label, k.comment, k.cidrs, a.slug_key AS team,
	g.slug_key AS repo, 1 AS far, k.id AS row_id
FROM access_key k
JOIN git_repo g ON g.project_id = k.project_id
JOIN account a ON a.id = g.account_id
WHERE k.digest = $1 AND (k.expires_at IS NULL OR k.expires_at > $2)
	AND g.removed_at IS NULL
ORDER BY team, repo, far, row_id;
