-- Long-lived credentials that end: the columns of find_cred.sql, what kind it is,
-- and when it was used last.

-- name: expiry_soon
SELECT e.id, e.account, e.identity, e.place, e.name, e.ends, 1, e.thing,
	e.region, e.other, e.kind, l.at
FROM (
	SELECT 'api-key' AS kind, k.id AS id, k.account_id AS account,
		k.identity_id AS identity, '' AS place, k.name AS name,
		k.expires_at AS ends, k.identity_id AS thing, '' AS region,
		0 AS other, 'api-key:' || k.id AS word
	FROM api_key k
	WHERE k.disabled = 0 AND k.expires_at < $2
		AND k.account_id = $1
	UNION ALL
	SELECT 'registry-token', t.id, t.account_id, '', t.region,
		t.description,
		CASE WHEN t.expires_at IS NULL OR t.ends_at < t.expires_at
			THEN t.ends_at ELSE t.expires_at END,
		t.id, t.region, 0, 'registry-token:' || t.id
	FROM registry_token t
	WHERE (t.expires_at < $2 OR t.ends_at < $2)
		AND t.account_id = $1
	UNION ALL
	SELECT 'ssh-key', u.id, i.account_id, u.identity_id, '', u.label,
		u.expires_at, u.identity_id, '', 0, 'ssh-key:' || u.id
	FROM user_key u JOIN identity i ON i.id = u.identity_id
	WHERE u.expires_at < $2 AND i.account_id = $1
	UNION ALL
	SELECT 'access-key', CAST(x.id AS TEXT), x.account_id, '',
		a.slug || '/' || COALESCE(g.slug, p.slug), x.label,
		x.expires_at,
		x.account_id || '/' || COALESCE(x.repo_id, x.project_id), '',
		CASE WHEN x.repo_id IS NULL THEN 1 ELSE 0 END,
		'access-key:' || x.id
	FROM access_key x
	JOIN account a ON a.id = x.account_id
	LEFT JOIN git_repo g ON g.id = x.repo_id
	LEFT JOIN project p ON p.id = x.project_id
	WHERE x.expires_at < $2 AND x.account_id = $1
) e
LEFT JOIN last_use l ON l.cred = e.word
ORDER BY e.ends, e.id LIMIT $3;

-- Made before the account had its rules, and living longer than they let a new one.

-- name: expiry_against
SELECT e.id, e.account, e.identity, e.place, e.name, e.ends, 1, e.thing,
	e.region, e.other, e.kind, l.at
FROM (
	SELECT 'api-key' AS kind, k.id AS id, k.account_id AS account,
		k.identity_id AS identity, '' AS place, k.name AS name,
		k.expires_at AS ends, k.identity_id AS thing, '' AS region,
		0 AS other, 'api-key:' || k.id AS word
	FROM api_key k
	JOIN account_rules r ON r.account_id = k.account_id
	WHERE k.account_id = $1 AND k.disabled = 0
		AND (k.expires_at IS NULL AND (r.endless = 0 OR r.api_key_days > 0)
		OR r.api_key_days > 0
			AND k.expires_at > k.created_at + r.api_key_days * 86400000)
	UNION ALL
	SELECT 'registry-token', t.id, t.account_id, '', t.region,
		t.description,
		CASE WHEN t.expires_at IS NULL OR t.ends_at < t.expires_at
			THEN t.ends_at ELSE t.expires_at END,
		t.id, t.region, 0, 'registry-token:' || t.id
	FROM registry_token t
	JOIN account_rules r ON r.account_id = t.account_id
	WHERE t.account_id = $1 AND t.ends_at IS NULL
		AND (t.expires_at IS NULL AND (r.endless = 0 OR r.registry_token_days > 0)
		OR r.registry_token_days > 0
			AND t.expires_at > t.created_at + r.registry_token_days * 86400000)
	UNION ALL
	SELECT 'ssh-key', u.id, i.account_id, u.identity_id, '', u.label,
		u.expires_at, u.identity_id, '', 0, 'ssh-key:' || u.id
	FROM user_key u JOIN identity i ON i.id = u.identity_id
	JOIN account_rules r ON r.account_id = i.account_id
	WHERE i.account_id = $1
		AND (u.expires_at IS NULL AND (r.endless = 0 OR r.ssh_key_days > 0)
		OR r.ssh_key_days > 0
			AND u.expires_at > u.created_at + r.ssh_key_days * 86400000)
	UNION ALL
	SELECT 'access-key', CAST(x.id AS TEXT), x.account_id, '',
		a.slug || '/' || COALESCE(g.slug, p.slug), x.label,
		x.expires_at,
		x.account_id || '/' || COALESCE(x.repo_id, x.project_id), '',
		CASE WHEN x.repo_id IS NULL THEN 1 ELSE 0 END,
		'access-key:' || x.id
	FROM access_key x
	JOIN account a ON a.id = x.account_id
	LEFT JOIN git_repo g ON g.id = x.repo_id
	LEFT JOIN project p ON p.id = x.project_id
	JOIN account_rules r ON r.account_id = x.account_id
	WHERE x.account_id = $1
		AND (x.expires_at IS NULL AND (r.endless = 0 OR r.access_key_days > 0)
		OR r.access_key_days > 0
			AND x.expires_at > x.created_at + r.access_key_days * 86400000)
) e
LEFT JOIN last_use l ON l.cred = e.word
ORDER BY e.id LIMIT $2;

-- Those that end between two moments, account by account: how many, how many of
-- them were used since a third, and when the first of them ends.

-- name: expiry_sum
SELECT e.account, a.slug, COUNT(*),
	SUM(CASE WHEN l.at >= $3 THEN 1 ELSE 0 END), MIN(e.ends)
FROM (
	SELECT k.account_id AS account, k.expires_at AS ends,
		'api-key:' || k.id AS word
	FROM api_key k
	WHERE k.disabled = 0 AND k.expires_at >= $1 AND k.expires_at < $2
	UNION ALL
	SELECT t.account_id, t.expires_at, 'registry-token:' || t.id
	FROM registry_token t
	WHERE t.expires_at >= $1 AND t.expires_at < $2
		AND t.expires_at - t.created_at > $4
		AND (t.ends_at IS NULL OR t.ends_at >= t.expires_at)
	UNION ALL
	SELECT t.account_id, t.ends_at, 'registry-token:' || t.id
	FROM registry_token t
	WHERE t.ends_at >= $1 AND t.ends_at < $2
		AND (t.expires_at IS NULL OR t.ends_at < t.expires_at)
	UNION ALL
	SELECT i.account_id, u.expires_at, 'ssh-key:' || u.id
	FROM user_key u JOIN identity i ON i.id = u.identity_id
	WHERE u.expires_at >= $1 AND u.expires_at < $2
	UNION ALL
	SELECT x.account_id, x.expires_at, 'access-key:' || x.id
	FROM access_key x
	WHERE x.expires_at >= $1 AND x.expires_at < $2
) e
JOIN account a ON a.id = e.account
LEFT JOIN last_use l ON l.cred = e.word
GROUP BY e.account, a.slug
ORDER BY 5, e.account;
