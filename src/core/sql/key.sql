-- Ranges of keys whose files were made, until all keys are settled.

-- name: key_range_put
INSERT INTO key_range (base, n, made_at) VALUES ($1, $2, $3);

-- name: key_range_list
SELECT base, n FROM key_range ORDER BY made_at, base LIMIT $1;

-- name: key_range_drop
DELETE FROM key_range WHERE base = $1;

-- The digits that follow are below g.
-- name: key_range_blobs
SELECT COUNT(*) FROM blob WHERE key >= $1 || '00' AND key < $1 || 'g';

-- name: key_known
SELECT 1 FROM blob WHERE key = $1
UNION ALL SELECT 1 FROM upload WHERE key = $1
UNION ALL SELECT 1 FROM trash WHERE key = $1
LIMIT 1;
