-- The trail.

-- name: audit_last
SELECT seq, hash FROM audit WHERE node = $1 ORDER BY seq DESC LIMIT 1;

-- name: audit_insert
INSERT INTO audit (node, seq, at, outcome, verb, account_id, identity_id, cred,
	thing, addr, count, detail, prev, hash)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14);

-- name: audit_walk
SELECT node, seq, at, outcome, verb, account_id, identity_id, cred, thing, addr,
	count, detail, prev, hash
FROM audit ORDER BY node, seq;

-- Empty text means any; thing is a prefix.

-- name: audit_oldest
SELECT node, seq, at, outcome, verb, account_id, identity_id, cred, thing, addr,
	count, detail, hash
FROM audit
WHERE node = $1 AND seq > $2
	AND ($3 = '' OR account_id = $3) AND ($4 = '' OR cred = $4)
	AND ($5 = '' OR verb = $5) AND ($6 = '' OR outcome = $6)
	AND ($7 = '' OR substr(thing, 1, length($7)) = $7)
	AND at >= $8 AND at < $9 AND ($11 = '' OR identity_id = $11)
ORDER BY seq LIMIT $10;

-- name: audit_newest
SELECT node, seq, at, outcome, verb, account_id, identity_id, cred, thing, addr,
	count, detail, hash
FROM audit
WHERE node = $1 AND seq < $2
	AND ($3 = '' OR account_id = $3) AND ($4 = '' OR cred = $4)
	AND ($5 = '' OR verb = $5) AND ($6 = '' OR outcome = $6)
	AND ($7 = '' OR substr(thing, 1, length($7)) = $7)
	AND at >= $8 AND at < $9 AND ($11 = '' OR identity_id = $11)
ORDER BY seq DESC LIMIT $10;

-- name: audit_history
SELECT node, seq, at, outcome, verb, account_id, identity_id, cred, thing, addr,
	count, detail, hash
FROM audit WHERE thing = $1 AND outcome = 'done' AND account_id = $2
ORDER BY at DESC LIMIT $3;

-- name: last_use_put
INSERT INTO last_use (cred, at, addr, thing, verb, count)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (cred) DO UPDATE SET
	count = last_use.count + excluded.count,
	addr = CASE WHEN excluded.at < last_use.at THEN last_use.addr
		ELSE excluded.addr END,
	thing = CASE WHEN excluded.at < last_use.at THEN last_use.thing
		ELSE excluded.thing END,
	verb = CASE WHEN excluded.at < last_use.at THEN last_use.verb
		ELSE excluded.verb END,
	at = CASE WHEN excluded.at < last_use.at THEN last_use.at
		ELSE excluded.at END;

-- name: last_use_get
SELECT at, addr, thing, verb, count FROM last_use WHERE cred = $1;
