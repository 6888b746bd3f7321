-- Keys whose files may exist: 30 digits, and how many keys the last two count.
-- The row is durable before the first file is made. The oldest is settled first.
CREATE TABLE key_range (
	base TEXT PRIMARY KEY,
	n BIGINT NOT NULL,
	made_at BIGINT NOT NULL
);
CREATE INDEX key_range_made ON key_range (made_at, base);
