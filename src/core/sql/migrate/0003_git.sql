-- Git repositories, the projects they belong to, and the public keys that open
-- them.

-- Numbers that are never given twice.
CREATE TABLE counter (
	name TEXT PRIMARY KEY,
	value BIGINT NOT NULL
);
INSERT INTO counter (name, value) VALUES ('access_key', 0);

-- Smart HTTP may be closed for an account: its repositories are for SSH then.
ALTER TABLE account ADD COLUMN git_http BIGINT NOT NULL DEFAULT 1;

CREATE TABLE project (
	id TEXT PRIMARY KEY,                -- 32 hex digits
	account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
	slug TEXT NOT NULL,                 -- as written; Bitbucket's "key"
	slug_key TEXT NOT NULL,             -- lower case: how it is matched
	name TEXT NOT NULL,
	description TEXT NOT NULL DEFAULT '',
	created_at BIGINT NOT NULL,
	modified_at BIGINT NOT NULL,
	UNIQUE (account_id, slug_key)
);
-- Each account has one; its id is the account's.
INSERT INTO project (id, account_id, slug, slug_key, name, created_at,
	modified_at)
SELECT id, id, 'default', 'default', 'default', created_at, created_at
FROM account;

CREATE TABLE git_repo (
	id TEXT PRIMARY KEY,                -- 32 hex digits: the folder's name
	account_id TEXT NOT NULL REFERENCES account (id),
	project_id TEXT NOT NULL REFERENCES project (id),
	slug TEXT NOT NULL,
	slug_key TEXT NOT NULL,
	name TEXT NOT NULL,
	description TEXT NOT NULL DEFAULT '',
	main_branch TEXT NOT NULL,          -- without refs/heads/
	force_push TEXT NOT NULL DEFAULT 'protect'
		CHECK (force_push IN ('allow', 'protect', 'deny')),
	size BIGINT NOT NULL DEFAULT 0,     -- bytes on disk after the last push
	pushes BIGINT NOT NULL DEFAULT 0,   -- since the last maintenance
	created_by TEXT NOT NULL,
	created_at BIGINT NOT NULL,
	modified_at BIGINT NOT NULL,
	pushed_at BIGINT,
	removed_at BIGINT                   -- in its grace period
);
CREATE UNIQUE INDEX git_repo_name ON git_repo (account_id, slug_key)
	WHERE removed_at IS NULL;
CREATE INDEX git_repo_project ON git_repo (project_id, slug_key, id);
CREATE INDEX git_repo_removed ON git_repo (removed_at)
	WHERE removed_at IS NOT NULL;
CREATE INDEX git_repo_removed_name ON git_repo (account_id, slug_key, id)
	WHERE removed_at IS NOT NULL;
CREATE INDEX git_repo_pushes ON git_repo (pushes) WHERE pushes > 0;

-- A public key that is in use, and what for: a person's, or a machine's to
-- read repositories with; never both. Found by the digest of its blob, however
-- many there are. Goes with the last row that refers to it.
CREATE TABLE public_key (
	digest BYTEA PRIMARY KEY,           -- SHA-256 of blob
	usage TEXT NOT NULL CHECK (usage IN ('user', 'access')),
	type TEXT NOT NULL,                 -- ssh-ed25519, ...
	bits BIGINT NOT NULL,
	blob BYTEA NOT NULL,                -- RFC 4253 6.6, as on the wire
	created_at BIGINT NOT NULL
);

-- A person's own key.
CREATE TABLE user_key (
	id TEXT PRIMARY KEY,                -- uuid
	digest BYTEA NOT NULL UNIQUE REFERENCES public_key (digest),
	identity_id TEXT NOT NULL REFERENCES identity (id) ON DELETE CASCADE,
	label TEXT NOT NULL,
	comment TEXT NOT NULL,
	created_by TEXT NOT NULL,
	created_at BIGINT NOT NULL,
	expires_at BIGINT
);
CREATE INDEX user_key_identity ON user_key (identity_id, created_at, id);
CREATE INDEX user_key_expires ON user_key (expires_at)
	WHERE expires_at IS NOT NULL;

-- Where an access key stands: on one repository or one project. The same key
-- may stand in many places; each is a row with a label of its own.
CREATE TABLE access_key (
	id BIGINT PRIMARY KEY,              -- from counter
	digest BYTEA NOT NULL REFERENCES public_key (digest),
	account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
	repo_id TEXT REFERENCES git_repo (id) ON DELETE CASCADE,
	project_id TEXT REFERENCES project (id) ON DELETE CASCADE,
	label TEXT NOT NULL,
	comment TEXT NOT NULL,
	cidrs TEXT NOT NULL DEFAULT '',     -- blank-separated, "" : from anywhere
	replaces BIGINT,                    -- the row that ends when this is used
	created_by TEXT NOT NULL,
	created_at BIGINT NOT NULL,
	expires_at BIGINT,
	CHECK ((repo_id IS NULL) <> (project_id IS NULL)),
	UNIQUE (repo_id, digest),
	UNIQUE (project_id, digest)
);
CREATE INDEX access_key_digest ON access_key (digest, id);
CREATE INDEX access_key_account ON access_key (account_id, id);
CREATE INDEX access_key_repo ON access_key (repo_id, id);
CREATE INDEX access_key_project ON access_key (project_id, id);
CREATE INDEX access_key_expires ON access_key (expires_at)
	WHERE expires_at IS NOT NULL;
CREATE INDEX access_key_replaces ON access_key (replaces)
	WHERE replaces IS NOT NULL;
