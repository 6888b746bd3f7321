-- Projects of an account.

-- name: project_insert
INSERT INTO project (id, account_id, slug, slug_key, name, description,
	created_at, modified_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $7);

-- name: project_count
SELECT COUNT(*) FROM project WHERE account_id = $1;

-- name: project_by_id
SELECT p.id, p.account_id, a.slug, p.slug, p.name, p.description, p.created_at,
	p.modified_at
FROM project p JOIN account a ON a.id = p.account_id
WHERE p.account_id = $1 AND p.id = $2;

-- name: project_by_slug
SELECT p.id, p.account_id, a.slug, p.slug, p.name, p.description, p.created_at,
	p.modified_at
FROM project p JOIN account a ON a.id = p.account_id
WHERE p.account_id = $1 AND p.slug_key = $2;

-- name: project_list
SELECT p.id, p.account_id, a.slug, p.slug, p.name, p.description, p.created_at,
	p.modified_at
FROM project p JOIN account a ON a.id = p.account_id
WHERE p.account_id = $1 AND p.slug_key > $2
ORDER BY p.slug_key LIMIT $3;

-- name: project_update
UPDATE project SET slug = $2, slug_key = $3, name = $4, description = $5,
	modified_at = $6
WHERE id = $1;

-- name: project_repos
SELECT COUNT(*), COUNT(removed_at) FROM git_repo WHERE project_id = $1;

-- name: project_machines
SELECT key_pairs, servers FROM project WHERE id = $1;

-- name: project_delete
DELETE FROM project WHERE id = $1;
