-- The console's sessions: rows of session with a secret of their own.

ALTER TABLE session ADD COLUMN cookie BYTEA;     -- keyed digest; a browser has it
ALTER TABLE session ADD COLUMN stayed_at BIGINT; -- when its end was last moved
CREATE UNIQUE INDEX session_cookie ON session (cookie) WHERE cookie IS NOT NULL;

-- What the trail counts, by quarters of an hour: every time zone's hours and days
-- are made of whole ones. What was written before is counted here, once.
CREATE TABLE audit_quarter (
	account_id TEXT NOT NULL,           -- of the thing, or ''; '*': all together
	at BIGINT NOT NULL,                 -- when the quarter begins
	logins BIGINT NOT NULL,
	refused_logins BIGINT NOT NULL,
	uses BIGINT NOT NULL,
	refusals BIGINT NOT NULL,
	changes BIGINT NOT NULL,
	unconfirmed BIGINT NOT NULL,
	PRIMARY KEY (account_id, at)
);
INSERT INTO audit_quarter (account_id, at, logins, refused_logins, uses, refusals,
	changes, unconfirmed)
SELECT account_id, at - at % 900000,
	SUM(CASE WHEN verb = 'login' AND outcome IN ('used', 'done')
		THEN count ELSE 0 END),
	SUM(CASE WHEN verb = 'login' AND outcome = 'refused'
		THEN count ELSE 0 END),
	SUM(CASE WHEN verb <> 'login' AND outcome = 'used'
		THEN count ELSE 0 END),
	SUM(CASE WHEN verb <> 'login' AND outcome = 'refused'
		THEN count ELSE 0 END),
	SUM(CASE WHEN verb <> 'login' AND outcome = 'done'
		THEN count ELSE 0 END),
	SUM(CASE WHEN outcome = 'unconfirmed' THEN count ELSE 0 END)
FROM audit GROUP BY account_id, at - at % 900000;
INSERT INTO audit_quarter (account_id, at, logins, refused_logins, uses, refusals,
	changes, unconfirmed)
SELECT '*', at, SUM(logins), SUM(refused_logins), SUM(uses), SUM(refusals),
	SUM(changes), SUM(unconfirmed)
FROM audit_quarter GROUP BY at;
