-- The registry whole: options of namespaces, what images need and no longer
-- need, what was deleted and can come back, limits, retention.

ALTER TABLE namespace ADD COLUMN immutable_tags BIGINT NOT NULL DEFAULT 0;
ALTER TABLE namespace ADD COLUMN allow_sparse BIGINT NOT NULL DEFAULT 0;

-- Since when a namespace is gone for everybody, while what was in it is being
-- removed: until nothing is left, nobody can take its name.
ALTER TABLE namespace ADD COLUMN ended_at BIGINT;
CREATE INDEX namespace_ended ON namespace (ended_at)
	WHERE ended_at IS NOT NULL;

-- Is there anything that was pushed to it? So that a list of repositories looks at
-- nothing else.
ALTER TABLE repo ADD COLUMN filled BIGINT NOT NULL DEFAULT 0;
UPDATE repo SET filled = 1 WHERE EXISTS (
	SELECT 1 FROM manifest m WHERE m.repo_id = repo.id);
CREATE INDEX repo_filled ON repo (region, namespace, name) WHERE filled = 1;

-- An upload hashes with the algorithm that its digest will have.
ALTER TABLE upload ADD COLUMN algorithm TEXT NOT NULL DEFAULT 'sha256';

-- A link knows its region, so that what an account holds in it can be counted
-- as links come and go. dropped_at: since when no manifest of the repository
-- needs the blob any more; NULL: one does, or none has yet. A dropped link does
-- not count against the account; it is there for whoever saw it a moment ago.
-- unneeded_at: NULL while a manifest needs it; otherwise from when its time
-- counts, after which it is taken away.
ALTER TABLE repo_blob ADD COLUMN region TEXT NOT NULL DEFAULT '';
ALTER TABLE repo_blob ADD COLUMN dropped_at BIGINT;
ALTER TABLE repo_blob ADD COLUMN unneeded_at BIGINT;
UPDATE repo_blob SET region = (
	SELECT r.region FROM repo r WHERE r.id = repo_blob.repo_id);
UPDATE repo_blob SET unneeded_at = linked_at WHERE NOT EXISTS (
	SELECT 1 FROM manifest_blob m WHERE m.repo_id = repo_blob.repo_id
		AND m.blob_id = repo_blob.blob_id);
CREATE INDEX repo_blob_unneeded ON repo_blob (blob_id, unneeded_at)
	WHERE unneeded_at IS NOT NULL;
-- Nothing was collected so far: somebody is to look at each of these.
UPDATE blob SET review_at = 0 WHERE NOT EXISTS (
		SELECT 1 FROM repo_blob l WHERE l.blob_id = blob.id)
	OR EXISTS (
		SELECT 1 FROM repo_blob l WHERE l.blob_id = blob.id
			AND l.unneeded_at IS NOT NULL);
DROP INDEX repo_blob_blob;
CREATE INDEX repo_blob_blob ON repo_blob (blob_id, account_id, region, repo_id);

-- What a manifest names and was not there when it was pushed, in a namespace
-- that allows it, or a layer that others distribute. When it comes, it becomes a
-- row of manifest_child or manifest_blob.
CREATE TABLE manifest_absent (
	manifest_id BIGINT NOT NULL REFERENCES manifest (id) ON DELETE CASCADE,
	repo_id BIGINT NOT NULL,
	digest TEXT NOT NULL,
	kind TEXT NOT NULL,                 -- manifest, blob, either, foreign
	PRIMARY KEY (manifest_id, digest)
);
CREATE INDEX manifest_absent_digest ON manifest_absent (repo_id, digest);

-- Referrers come in pages, by digest, and often of one type.
DROP INDEX manifest_subject;
CREATE INDEX manifest_subject ON manifest (
	repo_id, subject, digest, artifact_type) WHERE subject IS NOT NULL;

-- Deleted images, for as long as they can be restored. Theirs is the body, and
-- their blobs are not collected; nobody can pull them. By names, not by ids:
-- the repository may have gone meanwhile.
CREATE TABLE bin (
	id BIGINT PRIMARY KEY,
	region TEXT NOT NULL,
	repo TEXT NOT NULL,                 -- whole name
	namespace TEXT NOT NULL,
	account_id TEXT NOT NULL,
	digest TEXT NOT NULL,
	media_type TEXT NOT NULL,
	pushed_by TEXT NOT NULL,
	pushed_at BIGINT NOT NULL,
	deleted_by TEXT NOT NULL,           -- a principal; '' for retention
	deleted_at BIGINT NOT NULL,
	expires_at BIGINT NOT NULL,
	body BYTEA NOT NULL,
	UNIQUE (region, repo, digest)
);
CREATE INDEX bin_namespace ON bin (region, namespace, repo, digest);
CREATE INDEX bin_expires ON bin (expires_at);
CREATE TABLE bin_tag (
	bin_id BIGINT NOT NULL REFERENCES bin (id) ON DELETE CASCADE,
	name TEXT NOT NULL,
	PRIMARY KEY (bin_id, name)
);
CREATE TABLE bin_blob (
	bin_id BIGINT NOT NULL REFERENCES bin (id) ON DELETE CASCADE,
	blob_id BIGINT NOT NULL REFERENCES blob (id),
	PRIMARY KEY (bin_id, blob_id)
);
CREATE INDEX bin_blob_blob ON bin_blob (blob_id);

-- What an account may hold and pull in a region, and what it does. Limits: -1
-- is none. traffic_month counts months since 1970; another month begins at 0.
CREATE TABLE registry_account (
	account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
	region TEXT NOT NULL,
	storage_limit BIGINT NOT NULL DEFAULT -1,
	traffic_limit BIGINT NOT NULL DEFAULT -1,
	storage_used BIGINT NOT NULL DEFAULT 0,
	traffic_used BIGINT NOT NULL DEFAULT 0,
	traffic_month BIGINT NOT NULL DEFAULT 0,
	PRIMARY KEY (account_id, region)
);
INSERT INTO registry_account (account_id, region, storage_used)
SELECT u.account_id, u.region, SUM(b.size) FROM (
	SELECT DISTINCT account_id, region, blob_id FROM repo_blob) u
JOIN blob b ON b.id = u.blob_id
GROUP BY u.account_id, u.region;

CREATE TABLE retention (
	region TEXT NOT NULL,
	namespace TEXT NOT NULL,
	images_per_repo BIGINT NOT NULL,    -- -1: all
	retain_untagged BIGINT NOT NULL,
	threshold_days BIGINT NOT NULL,     -- only images older than that
	set_by TEXT NOT NULL,
	set_at BIGINT NOT NULL,
	due_at BIGINT NOT NULL,
	PRIMARY KEY (region, namespace),
	FOREIGN KEY (region, namespace) REFERENCES namespace (region, name)
		ON DELETE CASCADE
);
CREATE INDEX retention_due ON retention (due_at);
