-- What refers to a digest, by digest.

-- name: referrer_page
SELECT digest, media_type, artifact_type, size, body FROM manifest
WHERE repo_id = $1 AND subject = $2 AND digest > $3
ORDER BY digest LIMIT $4;

-- name: referrer_page_of_type
SELECT digest, media_type, artifact_type, size, body FROM manifest
WHERE repo_id = $1 AND subject = $2 AND digest > $3 AND artifact_type = $4
ORDER BY digest LIMIT $5;
