-- For whoever watches: nothing here depends on how much is stored.

-- name: stats
SELECT (SELECT COUNT(*) FROM upload),
	(SELECT COALESCE(SUM(storage_used), 0) FROM registry_account),
	(SELECT COUNT(*) FROM bin),
	(SELECT COALESCE(MAX(seq), 0) FROM audit WHERE node = $1);
