-- Times are milliseconds since 1970 (UTC). Ids are chosen by the program.
-- Booleans are 0 or 1. Text compares by bytes.

CREATE TABLE account (
	id TEXT PRIMARY KEY,                -- 32 hex digits
	slug TEXT NOT NULL,                 -- as written
	slug_key TEXT NOT NULL UNIQUE,      -- lower case: how it is matched
	name TEXT NOT NULL,
	owner_id TEXT NOT NULL,             -- an identity; holds every right in it
	created_at BIGINT NOT NULL
);

-- Users (IBMid-...) and service IDs (iam-ServiceId-...).
CREATE TABLE identity (
	id TEXT PRIMARY KEY,
	account_id TEXT NOT NULL REFERENCES account (id),
	kind TEXT NOT NULL CHECK (kind IN ('user', 'service')),
	name TEXT NOT NULL,
	description TEXT NOT NULL DEFAULT '',
	email TEXT,
	email_key TEXT UNIQUE,
	password TEXT,                      -- argon2id string
	operator BIGINT NOT NULL DEFAULT 0, -- runs the server
	disabled BIGINT NOT NULL DEFAULT 0,
	locked BIGINT NOT NULL DEFAULT 0,
	version BIGINT NOT NULL DEFAULT 1,
	created_at BIGINT NOT NULL,
	modified_at BIGINT NOT NULL
);
CREATE INDEX identity_account ON identity (account_id, kind, id);

-- Which identities belong to an account beyond the one they were made in.
CREATE TABLE member (
	account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
	identity_id TEXT NOT NULL REFERENCES identity (id) ON DELETE CASCADE,
	added_at BIGINT NOT NULL,
	PRIMARY KEY (account_id, identity_id)
);
CREATE INDEX member_identity ON member (identity_id);

CREATE TABLE api_key (
	id TEXT PRIMARY KEY,                -- ApiKey-<uuid>
	account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
	identity_id TEXT NOT NULL REFERENCES identity (id) ON DELETE CASCADE,
	name TEXT NOT NULL,
	description TEXT NOT NULL DEFAULT '',
	digest BYTEA NOT NULL UNIQUE,       -- keyed; the value is stored nowhere
	locked BIGINT NOT NULL DEFAULT 0,
	disabled BIGINT NOT NULL DEFAULT 0,
	support_sessions BIGINT NOT NULL DEFAULT 0,
	action_when_leaked TEXT NOT NULL DEFAULT 'none',
	expires_at BIGINT,
	version BIGINT NOT NULL DEFAULT 1,
	created_by TEXT NOT NULL,
	created_at BIGINT NOT NULL,
	modified_at BIGINT NOT NULL
);
CREATE INDEX api_key_identity ON api_key (identity_id, id);
CREATE INDEX api_key_account ON api_key (account_id, id);

-- A login that refresh tokens belong to. Ends with its row.
CREATE TABLE session (
	id TEXT PRIMARY KEY,                -- C-<uuid>
	account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
	identity_id TEXT NOT NULL REFERENCES identity (id) ON DELETE CASCADE,
	api_key_id TEXT REFERENCES api_key (id) ON DELETE CASCADE,
	client_id TEXT NOT NULL,
	grant_type TEXT NOT NULL,
	created_at BIGINT NOT NULL,
	expires_at BIGINT NOT NULL
);
CREATE INDEX session_identity ON session (identity_id);
CREATE INDEX session_api_key ON session (api_key_id);
CREATE INDEX session_expires ON session (expires_at);

-- Rotation: the replaced token works for a grace minute; a replay after that
-- ends the session.
CREATE TABLE refresh_token (
	digest BYTEA PRIMARY KEY,
	session_id TEXT NOT NULL REFERENCES session (id) ON DELETE CASCADE,
	issued_at BIGINT NOT NULL,
	expires_at BIGINT NOT NULL,
	replaced_at BIGINT,
	delegated BIGINT NOT NULL DEFAULT 0 -- for another receiver: never rotated
);
CREATE INDEX refresh_token_session ON refresh_token (session_id);
CREATE INDEX refresh_token_expires ON refresh_token (expires_at);

CREATE TABLE registry_token (
	id TEXT PRIMARY KEY,                -- uuid, the token's jti
	account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
	region TEXT NOT NULL,
	description TEXT NOT NULL DEFAULT '',
	may_write BIGINT NOT NULL,
	issuer TEXT NOT NULL,               -- the iss claim, to sign it again
	key_version BIGINT NOT NULL,
	created_by TEXT NOT NULL,
	created_at BIGINT NOT NULL,
	expires_at BIGINT                   -- NULL: until it is removed
);
CREATE INDEX registry_token_account
	ON registry_token (account_id, region, created_at, id);
CREATE INDEX registry_token_expires
	ON registry_token (expires_at) WHERE expires_at IS NOT NULL;

-- What docker keeps after a login; reusable until it or its parent ends.
-- Exactly one parent is set, so that deleting the parent deletes it.
CREATE TABLE identity_token (
	id TEXT PRIMARY KEY,                -- uuid
	digest BYTEA NOT NULL UNIQUE,
	account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
	api_key_id TEXT REFERENCES api_key (id) ON DELETE CASCADE,
	session_id TEXT REFERENCES session (id) ON DELETE CASCADE,
	registry_token_id TEXT REFERENCES registry_token (id) ON DELETE CASCADE,
	region TEXT NOT NULL,
	created_at BIGINT NOT NULL,
	expires_at BIGINT NOT NULL
);
CREATE INDEX identity_token_api_key ON identity_token (api_key_id);
CREATE INDEX identity_token_session ON identity_token (session_id);
CREATE INDEX identity_token_registry ON identity_token (registry_token_id);
CREATE INDEX identity_token_expires ON identity_token (expires_at);

CREATE TABLE policy (
	id TEXT PRIMARY KEY,                -- uuid
	account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
	type TEXT NOT NULL CHECK (type IN ('access', 'authorization')),
	subject_kind TEXT NOT NULL CHECK (subject_kind IN ('iam_id', 'access_group_id')),
	subject_id TEXT NOT NULL,
	description TEXT NOT NULL DEFAULT '',
	pattern TEXT,
	rule TEXT,                          -- JSON, opaque here
	state TEXT NOT NULL DEFAULT 'active',
	version BIGINT NOT NULL DEFAULT 1,
	created_by TEXT NOT NULL,
	created_at BIGINT NOT NULL,
	modified_by TEXT NOT NULL,
	modified_at BIGINT NOT NULL
);
CREATE INDEX policy_subject ON policy (subject_id, account_id);
CREATE TABLE policy_role (
	policy_id TEXT NOT NULL REFERENCES policy (id) ON DELETE CASCADE,
	position BIGINT NOT NULL,
	role TEXT NOT NULL,                 -- the role's CRN as it was sent
	PRIMARY KEY (policy_id, position)
);
CREATE TABLE policy_attribute (
	policy_id TEXT NOT NULL REFERENCES policy (id) ON DELETE CASCADE,
	position BIGINT NOT NULL,
	name TEXT NOT NULL,
	operator TEXT NOT NULL DEFAULT 'stringEquals',
	value TEXT NOT NULL,
	PRIMARY KEY (policy_id, position)
);

CREATE TABLE namespace (
	region TEXT NOT NULL,
	name TEXT NOT NULL,
	account_id TEXT NOT NULL REFERENCES account (id),
	created_at BIGINT NOT NULL,
	updated_at BIGINT NOT NULL,
	PRIMARY KEY (region, name)
);
CREATE INDEX namespace_account ON namespace (account_id, region, name);

CREATE TABLE repo (
	id BIGINT PRIMARY KEY,
	region TEXT NOT NULL,
	name TEXT NOT NULL,                 -- whole: namespace/...
	namespace TEXT NOT NULL,
	created_at BIGINT NOT NULL,
	UNIQUE (region, name),
	FOREIGN KEY (region, namespace) REFERENCES namespace (region, name)
);
CREATE INDEX repo_namespace ON repo (region, namespace, name, id);

-- Bytes at rest: which key of the blob store holds a digest.
CREATE TABLE blob (
	id BIGINT PRIMARY KEY,
	digest TEXT NOT NULL UNIQUE,
	size BIGINT NOT NULL,
	key TEXT NOT NULL UNIQUE,
	created_at BIGINT NOT NULL,
	review_at BIGINT                    -- when to look whether it is still linked
);
CREATE INDEX blob_review ON blob (review_at) WHERE review_at IS NOT NULL;

-- Membership: a blob is readable in a repository only through this row.
CREATE TABLE repo_blob (
	repo_id BIGINT NOT NULL REFERENCES repo (id),
	blob_id BIGINT NOT NULL REFERENCES blob (id),
	account_id TEXT NOT NULL,           -- the repository's
	linked_at BIGINT NOT NULL,
	PRIMARY KEY (repo_id, blob_id)
);
-- How long it takes to find an account's links must not tell of others'.
CREATE INDEX repo_blob_blob ON repo_blob (blob_id, account_id, repo_id);

CREATE TABLE manifest (
	id BIGINT PRIMARY KEY,
	repo_id BIGINT NOT NULL REFERENCES repo (id),
	digest TEXT NOT NULL,
	media_type TEXT NOT NULL,
	artifact_type TEXT,
	subject TEXT,                       -- digest; need not exist
	depth BIGINT NOT NULL,              -- 0: an image; indexes: 1 + deepest child
	config TEXT,                        -- digest of the config blob
	image_size BIGINT NOT NULL,         -- config and layers, bytes
	image_created BIGINT,               -- seconds, from the config
	platform TEXT,                      -- os/arch, from the config
	pushed_by TEXT NOT NULL,
	pushed_at BIGINT NOT NULL,
	size BIGINT NOT NULL,               -- of body
	body BYTEA NOT NULL,                -- byte-exact; last, since it is long
	UNIQUE (repo_id, digest)
);
CREATE INDEX manifest_subject ON manifest (repo_id, subject)
	WHERE subject IS NOT NULL;

-- What a manifest needs. RESTRICT is what makes collection safe.
CREATE TABLE manifest_blob (
	manifest_id BIGINT NOT NULL REFERENCES manifest (id) ON DELETE CASCADE,
	repo_id BIGINT NOT NULL,
	blob_id BIGINT NOT NULL,
	PRIMARY KEY (manifest_id, blob_id),
	FOREIGN KEY (repo_id, blob_id) REFERENCES repo_blob (repo_id, blob_id)
);
CREATE INDEX manifest_blob_link ON manifest_blob (repo_id, blob_id);
CREATE TABLE manifest_child (
	manifest_id BIGINT NOT NULL REFERENCES manifest (id) ON DELETE CASCADE,
	child_id BIGINT NOT NULL REFERENCES manifest (id),
	PRIMARY KEY (manifest_id, child_id)
);
CREATE INDEX manifest_child_child ON manifest_child (child_id);

CREATE TABLE tag (
	repo_id BIGINT NOT NULL REFERENCES repo (id),
	name TEXT NOT NULL,
	manifest_id BIGINT NOT NULL REFERENCES manifest (id),
	updated_at BIGINT NOT NULL,
	PRIMARY KEY (repo_id, name)
);
CREATE INDEX tag_manifest ON tag (manifest_id);

-- An upload under way. Its key is written here before the first byte exists.
-- boot: the kernel's boot id; bytes of another boot may not have reached the
-- disk, so such a session is gone rather than shorter.
CREATE TABLE upload (
	id TEXT PRIMARY KEY,                -- 32 hex digits
	repo_id BIGINT NOT NULL REFERENCES repo (id),
	account_id TEXT NOT NULL,           -- the repository's; counts against it
	principal TEXT NOT NULL,            -- who may go on with it
	key TEXT NOT NULL UNIQUE,
	received BIGINT NOT NULL,
	state BYTEA NOT NULL,               -- saved SHA-256
	version BIGINT NOT NULL,            -- counts writers; one at a time
	boot TEXT NOT NULL,
	started_at BIGINT NOT NULL,
	expires_at BIGINT NOT NULL
);
CREATE INDEX upload_expires ON upload (expires_at);
CREATE INDEX upload_account ON upload (account_id);
CREATE INDEX upload_repo ON upload (repo_id);

-- Keys whose bytes nobody links any more, and from when they may be removed.
CREATE TABLE trash (
	key TEXT PRIMARY KEY,
	after BIGINT NOT NULL
);
CREATE INDEX trash_after ON trash (after);

-- The trail. One chain per node: hash covers the row and prev.
CREATE TABLE audit (
	node TEXT NOT NULL,
	seq BIGINT NOT NULL,
	at BIGINT NOT NULL,
	outcome TEXT NOT NULL,              -- done, used, refused
	verb TEXT NOT NULL,
	account_id TEXT NOT NULL,           -- of the thing, or ''
	identity_id TEXT NOT NULL,          -- who, or ''
	cred TEXT NOT NULL,                 -- kind:id, or ''
	thing TEXT NOT NULL,
	addr TEXT NOT NULL,
	count BIGINT NOT NULL,
	detail TEXT NOT NULL,               -- JSON object
	prev BYTEA NOT NULL,
	hash BYTEA NOT NULL,
	PRIMARY KEY (node, seq)
);
CREATE INDEX audit_account ON audit (account_id, at);
CREATE INDEX audit_cred ON audit (cred, at);

-- When a credential was last used, from where and on what.
CREATE TABLE last_use (
	cred TEXT PRIMARY KEY,              -- kind:id
	at BIGINT NOT NULL,
	addr TEXT NOT NULL,
	thing TEXT NOT NULL,
	verb TEXT NOT NULL,
	count BIGINT NOT NULL
);
