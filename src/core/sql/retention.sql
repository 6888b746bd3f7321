-- Retention: how many images each repository of a namespace keeps.

-- name: retention_put
INSERT INTO retention (region, namespace, images_per_repo, retain_untagged,
	threshold_days, set_by, set_at, due_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $7)
ON CONFLICT (region, namespace) DO UPDATE SET
	images_per_repo = excluded.images_per_repo,
	retain_untagged = excluded.retain_untagged,
	threshold_days = excluded.threshold_days, set_by = excluded.set_by,
	set_at = excluded.set_at, due_at = excluded.due_at;

-- name: retention_delete
DELETE FROM retention WHERE region = $1 AND namespace = $2;

-- name: retention_get
SELECT namespace, images_per_repo, threshold_days, retain_untagged, set_at
FROM retention WHERE region = $1 AND namespace = $2;

-- name: retention_list
SELECT t.namespace, t.images_per_repo, t.threshold_days, t.retain_untagged,
	t.set_at
FROM namespace n
JOIN retention t ON t.region = n.region AND t.namespace = n.name
WHERE n.account_id = $1 AND n.region = $2 ORDER BY n.name;

-- name: retention_due
SELECT namespace, images_per_repo, threshold_days, retain_untagged, set_at,
	region
FROM retention WHERE due_at <= $1 ORDER BY due_at, region, namespace LIMIT 1;

-- Only of the policy that was carried out.
-- name: retention_done
UPDATE retention SET due_at = $1
WHERE region = $2 AND namespace = $3 AND set_at = $4;

-- name: retention_holds
SELECT 1 FROM retention WHERE region = $1 AND namespace = $2 AND set_at = $3;

-- What a plan looks at, one repository after the other.

-- name: retention_repo
SELECT id, name FROM repo
WHERE region = $1 AND namespace = $2 AND name > $3 ORDER BY name LIMIT 1;

-- name: retention_images
SELECT m.id, m.image_created, m.pushed_at, m.depth,
	(SELECT MAX(t.updated_at) FROM tag t WHERE t.manifest_id = m.id),
	CASE WHEN m.subject IS NOT NULL AND EXISTS (
		SELECT 1 FROM manifest s
		WHERE s.repo_id = m.repo_id AND s.digest = m.subject)
		THEN 1 ELSE 0 END
FROM manifest m WHERE m.repo_id = $1 ORDER BY m.id;

-- name: retention_entries
SELECT c.manifest_id, c.child_id
FROM manifest m JOIN manifest_child c ON c.manifest_id = m.id
WHERE m.repo_id = $1;

-- name: retention_digest
SELECT digest FROM manifest WHERE id = $1;

-- Is it still as the plan saw it, and needed by no index?
-- name: retention_image
SELECT m.digest FROM manifest m
WHERE m.id = $1 AND m.repo_id = $2
	AND COALESCE((SELECT MAX(t.updated_at) FROM tag t
		WHERE t.manifest_id = m.id), -1) = $3
	AND NOT EXISTS (SELECT 1 FROM manifest_child c WHERE c.child_id = m.id);
