-- Identities, what they are granted, and how their rights end.

-- pending: invited, and has not come yet; opens nothing.
ALTER TABLE identity ADD COLUMN state TEXT NOT NULL DEFAULT 'active'
	CHECK (state IN ('pending', 'active'));
ALTER TABLE identity ADD COLUMN created_by TEXT NOT NULL DEFAULT '';
ALTER TABLE identity ADD COLUMN instances TEXT NOT NULL DEFAULT '[]'; -- CRNs, JSON
CREATE INDEX identity_name ON identity (account_id, kind, name, id);
CREATE INDEX identity_created ON identity (account_id, kind, created_at, id);
CREATE INDEX identity_modified ON identity (account_id, kind, modified_at, id);

ALTER TABLE member ADD COLUMN state TEXT NOT NULL DEFAULT 'active'
	CHECK (state IN ('pending', 'active'));

-- What an invited person shows: once, and until it ends.
CREATE TABLE invitation (
	id TEXT PRIMARY KEY,                -- uuid
	digest BYTEA NOT NULL UNIQUE,       -- keyed
	account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
	identity_id TEXT NOT NULL REFERENCES identity (id) ON DELETE CASCADE,
	created_by TEXT NOT NULL,
	created_at BIGINT NOT NULL,
	expires_at BIGINT NOT NULL,
	UNIQUE (account_id, identity_id)
);
CREATE INDEX invitation_identity ON invitation (identity_id);
CREATE INDEX invitation_expires ON invitation (expires_at);

-- Rotation: the row that ends when this one is used for the first time. What ends
-- at a moment instead has that moment in its own expires_at.
ALTER TABLE api_key ADD COLUMN replaces TEXT;
CREATE INDEX api_key_replaces ON api_key (replaces) WHERE replaces IS NOT NULL;
CREATE INDEX api_key_expires ON api_key (expires_at)
	WHERE expires_at IS NOT NULL;
-- What of one account ends soon.
CREATE INDEX api_key_ends ON api_key (account_id, expires_at)
	WHERE expires_at IS NOT NULL;
CREATE INDEX access_key_ends ON access_key (account_id, expires_at)
	WHERE expires_at IS NOT NULL;
CREATE INDEX api_key_name ON api_key (account_id, name, id);
CREATE INDEX api_key_created ON api_key (account_id, created_at, id);
CREATE INDEX api_key_modified ON api_key (account_id, modified_at, id);
CREATE INDEX api_key_creator ON api_key (account_id, created_by, id);
ALTER TABLE registry_token ADD COLUMN replaces TEXT;
-- What a token says of its end is in its value and can not be moved: this one
-- counts as well.
ALTER TABLE registry_token ADD COLUMN ends_at BIGINT;
CREATE INDEX registry_token_ends
	ON registry_token (ends_at) WHERE ends_at IS NOT NULL;
CREATE INDEX registry_token_replaces ON registry_token (replaces)
	WHERE replaces IS NOT NULL;

-- A session ends at ends_at whatever is refreshed; addr and agent are where it
-- began, for people.
ALTER TABLE session ADD COLUMN ends_at BIGINT;
ALTER TABLE session ADD COLUMN addr TEXT NOT NULL DEFAULT '';
ALTER TABLE session ADD COLUMN agent TEXT NOT NULL DEFAULT '';
-- What it was begotten by, with a passcode or for another account, and ends with.
ALTER TABLE session ADD COLUMN parent_id TEXT
	REFERENCES session (id) ON DELETE CASCADE;
CREATE INDEX session_parent ON session (parent_id);
CREATE INDEX session_of ON session (account_id, identity_id, created_at, id);
CREATE INDEX session_account ON session (account_id, created_at, id);
-- Of the access token that it was made from, which may end by itself.
ALTER TABLE identity_token ADD COLUMN jti TEXT;

-- A one-time code that logs in whom its session is of.
CREATE TABLE passcode (
	digest BYTEA PRIMARY KEY,           -- keyed
	session_id TEXT NOT NULL REFERENCES session (id) ON DELETE CASCADE,
	expires_at BIGINT NOT NULL
);
CREATE INDEX passcode_session ON passcode (session_id);
CREATE INDEX passcode_expires ON passcode (expires_at);

-- Access tokens that were ended by themselves, until they would have ended anyway.
CREATE TABLE ended_token (
	jti TEXT PRIMARY KEY,
	expires_at BIGINT NOT NULL
);
CREATE INDEX ended_token_expires ON ended_token (expires_at);

-- What an account demands of its credentials. An account without a row has the
-- defaults of core/rules.h. 0 days: no cap.
CREATE TABLE account_rules (
	account_id TEXT PRIMARY KEY REFERENCES account (id) ON DELETE CASCADE,
	access_life_s BIGINT NOT NULL,
	refresh_life_s BIGINT NOT NULL,
	session_life_s BIGINT NOT NULL,
	session_idle_s BIGINT NOT NULL,
	sessions_max BIGINT NOT NULL,       -- per identity; 0: no limit
	api_key_days BIGINT NOT NULL,
	registry_token_days BIGINT NOT NULL,
	access_key_days BIGINT NOT NULL,
	ssh_key_days BIGINT NOT NULL,
	endless BIGINT NOT NULL,            -- may a credential have no end?
	restrict_service_id BIGINT NOT NULL, -- only by those with a role for it
	restrict_api_key BIGINT NOT NULL,
	version BIGINT NOT NULL,
	modified_by TEXT NOT NULL,
	modified_at BIGINT NOT NULL
);

-- digest: SHA-256 of subject, roles, resource and condition in one canonical form;
-- no two active policies of an account are the same. NULL: from before there was
-- one.
ALTER TABLE policy ADD COLUMN digest BYTEA;
ALTER TABLE policy ADD COLUMN subject_operator TEXT NOT NULL DEFAULT ''; -- as sent
CREATE UNIQUE INDEX policy_same ON policy (account_id, digest)
	WHERE state = 'active' AND digest IS NOT NULL;
DROP INDEX policy_subject;
CREATE INDEX policy_subject
	ON policy (subject_id, account_id, state, type, subject_kind, id);
CREATE INDEX policy_account ON policy (account_id, state, id);
CREATE INDEX policy_deleted ON policy (modified_at) WHERE state = 'deleted';
-- A value is a text, a flag ("true"), or a list of texts (a JSON array). said: the
-- operator was in what was sent, so that what is given back is what was given.
ALTER TABLE policy_attribute ADD COLUMN part TEXT NOT NULL DEFAULT 'resource'
	CHECK (part IN ('resource', 'tag'));
ALTER TABLE policy_attribute ADD COLUMN form TEXT NOT NULL DEFAULT 'text'
	CHECK (form IN ('text', 'flag', 'list'));
ALTER TABLE policy_attribute ADD COLUMN said BIGINT NOT NULL DEFAULT 1;

CREATE TABLE custom_role (
	id TEXT PRIMARY KEY,                -- 32 hex digits
	account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
	service TEXT NOT NULL,              -- serviceName
	name TEXT NOT NULL,                 -- the last part of its CRN
	display_name TEXT NOT NULL,
	description TEXT NOT NULL DEFAULT '',
	actions TEXT NOT NULL,              -- JSON: ["container-registry.image.pull"]
	version BIGINT NOT NULL DEFAULT 1,
	created_by TEXT NOT NULL,
	created_at BIGINT NOT NULL,
	modified_by TEXT NOT NULL,
	modified_at BIGINT NOT NULL,
	UNIQUE (account_id, service, name)
);

CREATE TABLE access_group (
	id TEXT PRIMARY KEY,                -- AccessGroupId-<uuid>
	account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
	name TEXT NOT NULL,
	name_key TEXT NOT NULL,             -- lower case
	description TEXT NOT NULL DEFAULT '',
	version BIGINT NOT NULL DEFAULT 1,
	created_by TEXT NOT NULL,
	created_at BIGINT NOT NULL,
	modified_by TEXT NOT NULL,
	modified_at BIGINT NOT NULL,
	UNIQUE (account_id, name_key)
);
CREATE TABLE access_group_member (
	group_id TEXT NOT NULL REFERENCES access_group (id) ON DELETE CASCADE,
	identity_id TEXT NOT NULL REFERENCES identity (id) ON DELETE CASCADE,
	added_by TEXT NOT NULL,
	added_at BIGINT NOT NULL,
	PRIMARY KEY (group_id, identity_id)
);
CREATE INDEX access_group_member_of ON access_group_member (identity_id, group_id);

-- The history of one thing.
CREATE INDEX audit_thing ON audit (thing, at) WHERE outcome = 'done';
