-- What an account may hold and pull in a region, and what it does.

-- name: quota_all
SELECT account_id, region, storage_limit, traffic_limit, traffic_used,
	traffic_month
FROM registry_account;

-- name: quota_get
SELECT storage_limit, traffic_limit, storage_used FROM registry_account
WHERE account_id = $1 AND region = $2;

-- What is used, and what uploads have received that are not finished: at most
-- UPLOADS_MAX rows of an account.
-- name: quota_room
SELECT CAST(COALESCE((SELECT storage_used FROM registry_account
		WHERE account_id = $1 AND region = $2), 0) AS BIGINT),
	CAST(COALESCE((SELECT SUM(u.received) FROM upload u
		JOIN repo r ON r.id = u.repo_id
		WHERE u.account_id = $1 AND r.region = $2), 0) AS BIGINT);

-- name: quota_set
INSERT INTO registry_account (account_id, region, storage_limit, traffic_limit)
VALUES ($1, $2, COALESCE($3, -1), COALESCE($4, -1))
ON CONFLICT (account_id, region) DO UPDATE SET
	storage_limit = COALESCE($3, registry_account.storage_limit),
	traffic_limit = COALESCE($4, registry_account.traffic_limit);

-- One process counts, so that what it says is the whole.
-- name: quota_traffic
INSERT INTO registry_account (account_id, region, traffic_used, traffic_month)
VALUES ($1, $2, $3, $4)
ON CONFLICT (account_id, region) DO UPDATE SET
	traffic_used = excluded.traffic_used,
	traffic_month = excluded.traffic_month;
