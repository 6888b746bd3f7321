-- Key pairs, the servers they were applied to, and how a machine follows its
-- key. The private half of a pair is nowhere in here.

-- So that a limit costs nothing to look at.
ALTER TABLE project ADD COLUMN key_pairs BIGINT NOT NULL DEFAULT 0;
ALTER TABLE project ADD COLUMN servers BIGINT NOT NULL DEFAULT 0;

CREATE TABLE key_pair (
	id TEXT PRIMARY KEY,                -- 32 hex digits, never given twice
	account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
	project_id TEXT NOT NULL REFERENCES project (id),
	name TEXT NOT NULL,
	name_key TEXT NOT NULL,             -- lower case: how it is matched
	origin TEXT NOT NULL CHECK (origin IN ('made', 'imported')),
	-- pending: the private half is on its way out; dead: it never arrived.
	state TEXT NOT NULL CHECK (state IN ('pending', 'alive', 'dead')),
	type TEXT NOT NULL,                 -- ssh-ed25519, ...
	bits BIGINT NOT NULL,
	blob BYTEA NOT NULL,                -- RFC 4253 6.6
	digest BYTEA NOT NULL,              -- SHA-256 of blob
	comment TEXT NOT NULL,
	created_by TEXT NOT NULL,           -- identity
	created_at BIGINT NOT NULL,
	UNIQUE (project_id, name_key)
);
CREATE INDEX key_pair_digest ON key_pair (digest);
CREATE INDEX key_pair_pending ON key_pair (created_at) WHERE state = 'pending';

CREATE TABLE server (
	id TEXT PRIMARY KEY,                -- 32 hex digits: the instance id
	account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
	project_id TEXT NOT NULL REFERENCES project (id),
	name TEXT NOT NULL,
	name_key TEXT NOT NULL,
	created_by TEXT NOT NULL,
	created_at BIGINT NOT NULL,
	-- What its first boot reported.
	hostname TEXT NOT NULL DEFAULT '',
	fqdn TEXT NOT NULL DEFAULT '',
	reported_at BIGINT,
	reported_from TEXT NOT NULL DEFAULT '',
	-- For cloud-init, as it came. Last, so that a list does not read it.
	user_data BYTEA NOT NULL,
	UNIQUE (project_id, name_key)
);

-- Which public key a server trusts, and which it trusted: a snapshot of the
-- pair, which may be gone. The row without an end is the present one.
CREATE TABLE server_key (
	server_id TEXT NOT NULL REFERENCES server (id) ON DELETE CASCADE,
	seq BIGINT NOT NULL,                -- 1, 2, ...
	pair_id TEXT NOT NULL,              -- not a reference
	pair_name TEXT NOT NULL,
	type TEXT NOT NULL,
	bits BIGINT NOT NULL,
	blob BYTEA NOT NULL,
	digest BYTEA NOT NULL,
	comment TEXT NOT NULL,
	from_at BIGINT NOT NULL,
	from_by TEXT NOT NULL,
	to_at BIGINT,
	to_by TEXT,
	-- Of the server, which keeps them: so that those who trust a key are
	-- found in order, however many there are.
	account_id TEXT NOT NULL,
	project_id TEXT NOT NULL,
	name_key TEXT NOT NULL,
	PRIMARY KEY (server_id, seq)
);
CREATE UNIQUE INDEX server_key_now ON server_key (server_id)
	WHERE to_at IS NULL;
-- With to_at, so that they alone are read.
CREATE INDEX server_key_trusts
	ON server_key (digest, account_id, name_key, server_id, to_at)
	WHERE to_at IS NULL;
CREATE INDEX server_key_trusts_here
	ON server_key (digest, project_id, name_key, to_at)
	WHERE to_at IS NULL;

-- The door of the first boot: one a server.
CREATE TABLE server_seed (
	id TEXT PRIMARY KEY,                -- 32 hex digits
	server_id TEXT NOT NULL UNIQUE REFERENCES server (id) ON DELETE CASCADE,
	digest BYTEA NOT NULL UNIQUE,       -- the vault's, of the token
	created_by TEXT NOT NULL,
	created_at BIGINT NOT NULL,
	expires_at BIGINT NOT NULL,
	first_at BIGINT,                    -- first fetch
	first_from TEXT NOT NULL DEFAULT '', -- and from where: nobody else may
	enrolled_at BIGINT,                 -- the machine has its credential
	closed_at BIGINT                    -- the first boot is over
);

-- What a machine asks with for the keys it is to trust.
CREATE TABLE server_credential (
	id TEXT PRIMARY KEY,                -- 32 hex digits
	server_id TEXT NOT NULL UNIQUE REFERENCES server (id) ON DELETE CASCADE,
	digest BYTEA NOT NULL UNIQUE,
	created_at BIGINT NOT NULL,
	created_from TEXT NOT NULL
);

-- The machine's own host keys, as it reported them.
CREATE TABLE server_host_key (
	server_id TEXT NOT NULL REFERENCES server (id) ON DELETE CASCADE,
	type TEXT NOT NULL,
	blob BYTEA NOT NULL,
	PRIMARY KEY (server_id, type)
);
