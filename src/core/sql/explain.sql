-- Who there is to ask about.

-- name: explain_subject
SELECT i.kind, i.name, i.operator, a.owner_id,
	CASE WHEN i.disabled = 0 AND i.state = 'active'
		AND (i.account_id = a.id OR a.owner_id = i.id
		OR m.state = 'active') THEN 1 ELSE 0 END
FROM identity i
JOIN account a ON a.id = $1
LEFT JOIN member m ON m.account_id = a.id AND m.identity_id = i.id
WHERE i.id = $2 AND (i.account_id = a.id OR a.owner_id = i.id
	OR m.identity_id IS NOT NULL);

-- name: explain_owner
SELECT owner_id FROM account WHERE id = $1;

-- name: explain_everybody
SELECT id FROM identity WHERE account_id = $1
UNION SELECT identity_id FROM member WHERE account_id = $1
ORDER BY 1 LIMIT $2;

-- name: explain_operators
SELECT id FROM identity WHERE operator <> 0 ORDER BY id LIMIT $1;

-- name: explain_members
SELECT identity_id FROM access_group_member WHERE group_id = $1
ORDER BY identity_id LIMIT $2;

-- name: explain_tokens
SELECT id, description FROM registry_token
WHERE account_id = $1 AND region = $2 ORDER BY created_at, id LIMIT $3;

-- name: explain_stands
SELECT id, label FROM access_key
WHERE (repo_id = $1 OR project_id = $2)
	AND (expires_at IS NULL OR expires_at > $3)
ORDER BY id LIMIT $4;

-- Where an access key stands, by its row or by its digest.

-- name: explain_places
SELECT CASE WHEN k.repo_id IS NULL THEN 'project' ELSE 'repository' END,
	COALESCE(r.slug, p.slug)
FROM access_key k
LEFT JOIN git_repo r ON r.id = k.repo_id
LEFT JOIN project p ON p.id = k.project_id
WHERE (k.id = $1 OR k.digest = $2)
	AND (k.expires_at IS NULL OR k.expires_at > $3)
ORDER BY k.id LIMIT $4;
