-- What the trail counts, by quarters of an hour. '*' is all accounts together, so
-- that a picture of the whole server reads as few rows as one of an account.

-- name: traffic_add
INSERT INTO audit_quarter (account_id, at, logins, refused_logins, uses, refusals,
	changes, unconfirmed)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8), ('*', $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (account_id, at) DO UPDATE SET
	logins = audit_quarter.logins + excluded.logins,
	refused_logins = audit_quarter.refused_logins + excluded.refused_logins,
	uses = audit_quarter.uses + excluded.uses,
	refusals = audit_quarter.refusals + excluded.refusals,
	changes = audit_quarter.changes + excluded.changes,
	unconfirmed = audit_quarter.unconfirmed + excluded.unconfirmed;

-- The steps of $4 milliseconds from $2 on, until $3, by number.

-- name: traffic_steps
SELECT (at - $2) / $4 AS step, SUM(logins), SUM(refused_logins), SUM(uses),
	SUM(refusals), SUM(changes), SUM(unconfirmed)
FROM audit_quarter WHERE account_id = $1 AND at >= $2 AND at < $3
GROUP BY step;
