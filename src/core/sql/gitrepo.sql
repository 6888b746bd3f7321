-- Git repositories. Those with removed_at are in their grace period: nothing
-- but the list of the removed and house-keeping looks at them.

-- name: gitrepo_insert
INSERT INTO git_repo (id, account_id, project_id, slug, slug_key, name,
	description, main_branch, force_push, created_by, created_at,
	modified_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11);

-- Two counts, so that each has an index of its own.

-- name: gitrepo_count
SELECT (SELECT COUNT(*) FROM git_repo
		WHERE account_id = $1 AND removed_at IS NULL)
	+ (SELECT COUNT(*) FROM git_repo
		WHERE account_id = $1 AND removed_at IS NOT NULL);

-- name: gitrepo_by_id
SELECT g.id, g.account_id, a.slug, g.project_id, p.slug, g.slug, g.name,
	g.description, g.main_branch, g.created_by, g.force_push, g.size,
	g.created_at, g.modified_at, g.pushed_at, g.removed_at, g.slug_key
FROM git_repo g
JOIN account a ON a.id = g.account_id
JOIN project p ON p.id = g.project_id
WHERE g.id = $1;

-- name: gitrepo_by_slug
SELECT g.id, g.account_id, a.slug, g.project_id, p.slug, g.slug, g.name,
	g.description, g.main_branch, g.created_by, g.force_push, g.size,
	g.created_at, g.modified_at, g.pushed_at, g.removed_at, g.slug_key
FROM git_repo g
JOIN account a ON a.id = g.account_id
JOIN project p ON p.id = g.project_id
WHERE g.account_id = $1 AND g.slug_key = $2 AND g.removed_at IS NULL;

-- name: gitrepo_list
SELECT g.id, g.account_id, a.slug, g.project_id, p.slug, g.slug, g.name,
	g.description, g.main_branch, g.created_by, g.force_push, g.size,
	g.created_at, g.modified_at, g.pushed_at, g.removed_at, g.slug_key
FROM git_repo g
JOIN account a ON a.id = g.account_id
JOIN project p ON p.id = g.project_id
WHERE g.account_id = $1 AND g.slug_key > $2 AND g.removed_at IS NULL
ORDER BY g.slug_key LIMIT $3;

-- name: gitrepo_list_project
SELECT g.id, g.account_id, a.slug, g.project_id, p.slug, g.slug, g.name,
	g.description, g.main_branch, g.created_by, g.force_push, g.size,
	g.created_at, g.modified_at, g.pushed_at, g.removed_at, g.slug_key
FROM git_repo g
JOIN account a ON a.id = g.account_id
JOIN project p ON p.id = g.project_id
WHERE g.project_id = $4 AND g.account_id = $1 AND g.slug_key > $2
	AND g.removed_at IS NULL
ORDER BY g.slug_key LIMIT $3;

-- Of the removed, several may have had one name.

-- name: gitrepo_list_removed
SELECT g.id, g.account_id, a.slug, g.project_id, p.slug, g.slug, g.name,
	g.description, g.main_branch, g.created_by, g.force_push, g.size,
	g.created_at, g.modified_at, g.pushed_at, g.removed_at, g.slug_key
FROM git_repo g
JOIN account a ON a.id = g.account_id
JOIN project p ON p.id = g.project_id
WHERE g.account_id = $1 AND (g.slug_key, g.id) > ($2, $5)
	AND g.removed_at IS NOT NULL AND ($4 = '' OR g.project_id = $4)
ORDER BY g.slug_key, g.id LIMIT $3;

-- name: gitrepo_update
UPDATE git_repo SET slug = $2, slug_key = $3, name = $4, description = $5,
	main_branch = $6, project_id = $7, force_push = $8, modified_at = $9
WHERE id = $1;

-- name: gitrepo_remove
UPDATE git_repo SET removed_at = $2, modified_at = $2 WHERE id = $1;

-- name: gitrepo_restore
UPDATE git_repo SET removed_at = NULL, slug = $2, slug_key = $3,
	modified_at = $4
WHERE id = $1;

-- name: gitrepo_push
UPDATE git_repo SET pushed_at = $2 WHERE id = $1;

-- name: gitrepo_pushed
UPDATE git_repo SET size = $2, pushed_at = $3, pushes = pushes + 1
WHERE id = $1;

-- name: gitrepo_worn
SELECT id FROM git_repo
WHERE pushes >= $1 AND pushes > 0 AND removed_at IS NULL
ORDER BY pushes DESC, id LIMIT $2;

-- name: gitrepo_maintained
UPDATE git_repo SET size = $2, pushes = 0 WHERE id = $1;

-- name: gitrepo_over
SELECT id FROM git_repo WHERE removed_at IS NOT NULL AND removed_at <= $1
ORDER BY removed_at, id LIMIT $2;

-- name: gitrepo_forget
DELETE FROM git_repo WHERE id = $1;

-- name: gitrepo_is
SELECT id FROM git_repo WHERE id = $1;
