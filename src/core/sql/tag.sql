-- Tags: a name in a repository that points at one of its manifests.

-- name: tag_put
INSERT INTO tag (repo_id, name, manifest_id, updated_at) VALUES ($1, $2, $3, $4)
ON CONFLICT (repo_id, name) DO UPDATE SET
	manifest_id = excluded.manifest_id, updated_at = excluded.updated_at;

-- name: tag_delete
DELETE FROM tag WHERE repo_id = $1 AND name = $2;

-- name: tag_delete_of_manifest
DELETE FROM tag WHERE manifest_id = $1;

-- name: tag_of_manifest
SELECT name FROM tag WHERE manifest_id = $1 ORDER BY name;

-- name: tag_page
SELECT name FROM tag WHERE repo_id = $1 AND name > $2 ORDER BY name LIMIT $3;
