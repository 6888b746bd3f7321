-- What nobody uses.

-- name: activity_idle_keys
SELECT k.id, k.name, '', k.identity_id, u.at
FROM api_key k LEFT JOIN last_use u ON u.cred = 'api-key:' || k.id
WHERE k.account_id = $1 AND k.id > $3 AND k.created_at < $2
	AND COALESCE(u.at, 0) < $2
ORDER BY k.id LIMIT $4;

-- An identity was there when anything of it was: a key, a session, an SSH key.

-- name: activity_idle_identities
SELECT id, name, email, '', at FROM (
	SELECT i.id AS id, i.name AS name, i.email AS email, (
		SELECT MAX(u.at) FROM last_use u WHERE u.cred IN (
			SELECT 'api-key:' || k.id FROM api_key k
			WHERE k.identity_id = i.id
			UNION ALL SELECT 'session:' || s.id FROM session s
			WHERE s.identity_id = i.id
			UNION ALL SELECT 'ssh-key:' || p.id FROM user_key p
			WHERE p.identity_id = i.id)) AS at
	FROM identity i
	WHERE i.account_id = $1 AND i.id > $3 AND i.created_at < $2
		AND i.state = 'active') found
WHERE COALESCE(at, 0) < $2
ORDER BY id LIMIT $4;

-- Long-lived credentials: the columns of expiry.sql, and when they were made.

-- name: activity_unused
SELECT e.id, e.account, e.identity, e.place, e.name, e.ends, 1, e.thing,
	e.region, e.other, e.kind, l.at, e.made
FROM (
	SELECT 'api-key' AS kind, k.id AS id, k.account_id AS account,
		k.identity_id AS identity, '' AS place, k.name AS name,
		k.expires_at AS ends, k.identity_id AS thing, '' AS region,
		0 AS other, 'api-key:' || k.id AS word, k.created_at AS made
	FROM api_key k
	WHERE k.account_id = $1 AND k.disabled = 0
	UNION ALL
	SELECT 'registry-token', t.id, t.account_id, '', t.region,
		t.description,
		CASE WHEN t.ends_at IS NULL OR t.expires_at < t.ends_at
			THEN t.expires_at ELSE t.ends_at END,
		t.id, t.region, 0, 'registry-token:' || t.id, t.created_at
	FROM registry_token t
	WHERE t.account_id = $1
	UNION ALL
	SELECT 'ssh-key', u.id, i.account_id, u.identity_id, '', u.label,
		u.expires_at, u.identity_id, '', 0, 'ssh-key:' || u.id,
		u.created_at
	FROM identity i JOIN user_key u ON u.identity_id = i.id
	WHERE i.account_id = $1
	UNION ALL
	SELECT 'access-key', CAST(x.id AS TEXT), x.account_id, '',
		a.slug || '/' || COALESCE(g.slug, p.slug), x.label,
		x.expires_at,
		x.account_id || '/' || COALESCE(x.repo_id, x.project_id), '',
		CASE WHEN x.repo_id IS NULL THEN 1 ELSE 0 END,
		'access-key:' || x.id, x.created_at
	FROM access_key x
	JOIN account a ON a.id = x.account_id
	LEFT JOIN git_repo g ON g.id = x.repo_id
	LEFT JOIN project p ON p.id = x.project_id
	WHERE x.account_id = $1
) e
LEFT JOIN last_use l ON l.cred = e.word
WHERE (e.ends IS NULL OR e.ends > $4)
	AND (l.at < $2 OR l.at IS NULL AND e.made < $3)
ORDER BY COALESCE(l.at, 0), e.made, e.kind, e.id LIMIT $5;
