#include "core/image.h"

#include "base/clock.h"
#include "blob/blob.h"
#include "core/absent.h"
#include "core/collect.h"
#include "core/quota.h"
#include "core/sql.h"
#include "wire/ociref.h"
#include "json/json.h"

#include <errno.h>
#include <unistd.h>

static bool
is_half_over(const struct core *core, int64_t unneeded_at)
{
	return clock_now() - unneeded_at >= core->grace_ms / 2;
}

int
image_blob(struct core *core, const struct place *p, struct str digest,
	   struct blob_row *ret)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	struct str key;
	int r = db_view_begin(core->db, &view);

	if (r == 0)
		r = db_one(view, SQL_blob_in_repo, &rows, "ssss", p->region,
			   p->name, digest, ociref_namespace(p->name));
	if (r != 0)
		return r;
	key = db_str(&rows, 1);
	if (key.n != BLOB_KEY_LEN)
		return FAIL(-EUCLEAN);
	/* Whoever is told that it is here may be about to push a manifest that
	 * needs it. Most are needed already. */
	if (!db_null(&rows, 2) && is_half_over(core, db_int(&rows, 2)))
		collect_seen(core, db_int(&rows, 3), db_int(&rows, 4));
	ret->size = (uint64_t)db_int(&rows, 0);
	memcpy(ret->key, key.p, key.n);
	ret->key[key.n] = '\0';
	return 0;
}

/* Between the row and its file, collection may take both: then the row tells,
 * which may be that of another push. */
static int
read_again(struct core *core, const struct place *p, struct str digest,
	   struct blob_row *ret, int *ret_fd, uint64_t *ret_size)
{
	char before[sizeof(ret->key)] = "";
	int r = image_blob(core, p, digest, ret);

	while (r == 0) {
		r = blob_read(core->blobs, str_c(ret->key), ret_fd, ret_size);
		if (r != OUT_ABSENT || strcmp(before, ret->key) == 0)
			return FOLD(r);
		memcpy(before, ret->key, sizeof(before));
		r = image_blob(core, p, digest, ret);
	}
	return r;
}

int
image_blob_open(struct core *core, const struct place *p, struct str digest,
		int *ret_fd, uint64_t *ret_size)
{
	struct blob_row row;
	uint64_t size;
	int fd, r = read_again(core, p, digest, &row, &fd, &size);

	if (r != 0)
		return r;
	if (size != row.size) {
		(void)close(fd);
		return FAIL(-EUCLEAN);
	}
	*ret_fd = fd;
	*ret_size = size;
	return 0;
}

struct change {
	const struct visit *by;
	const struct place *at;
	struct str digest, from;
	int64_t now;
};

static int
trail(struct db_at *at, const struct change *c, const char *verb)
{
	CLEAN(buf_clear) struct buf detail = BUF_INIT;
	struct jw w = JW(&detail);

	jw_object(&w, NULL);
	jw_str(&w, verb, c->digest);
	if (c->from.n > 0)
		jw_str(&w, "from", c->from);
	jw_end(&w);
	return repo_trail(at, c->by, c->at, &detail);
}

static int
one_id(struct db_rows *rows, int r, int64_t *ret)
{
	if (r == 0)
		*ret = db_int(rows, 0);
	return r;
}

static int
linked(struct db_at *at, int64_t repo, struct str digest, int64_t *ret)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;

	return one_id(
	    &rows, db_one(at, SQL_blob_linked, &rows, "si", digest, repo), ret);
}

static int
unlink_write(struct db_at *at, void *arg)
{
	struct change *c = arg;
	struct link_home home = {.account = str_c(c->by->account),
				 .region = c->at->region};
	int64_t blob;
	int r = repo_own(at, c->by, c->at, &home.repo);

	if (r == 0)
		r = linked(at, home.repo, c->digest, &blob);
	if (r == 0)
		r = link_end(at, &home, blob, c->now);
	if (r == 0)
		quota_binned(c->by->core, home.account, home.region);
	return r != 0 ? r : trail(at, c, "unlinked");
}

int
image_blob_unlink(const struct visit *by, const struct place *at,
		  struct str digest)
{
	struct change c = {
	    .by = by, .at = at, .digest = digest, .now = clock_now()};

	return gate_write(by, unlink_write, &c);
}

/* --- mount --- */

/* The blob, if from is still of this account and links it. */
static int
held(struct db_at *at, const struct change *c, int64_t *ret)
{
	struct place from = {.region = c->at->region, .name = c->from};
	int64_t repo;
	int r = repo_own(at, c->by, &from, &repo);

	return r != 0 ? r : linked(at, repo, c->digest, ret);
}

static int
mount_write(struct db_at *at, void *arg)
{
	struct change *c = arg;
	struct link_home home = {.account = str_c(c->by->account),
				 .region = c->at->region};
	int64_t blob;
	int r = held(at, c, &blob);

	if (r == 0)
		r = repo_make(at, c->by, c->at, &home.repo);
	if (r == 0)
		r = link_make(at, &home, blob, c->now,
			      c->now + c->by->core->grace_ms);
	if (r == 0)
		r = absent_blob_comes(at, &home, c->digest, c->now);
	return r != 0 ? r : trail(at, c, "mounted");
}

static bool
may_pull_from(const struct change *c)
{
	char account[ACCOUNT_ID_LEN + 1];
	struct thing thing = {
	    .kind = THING_REPO, .region = c->at->region, .name = c->from};

	if (namespace_owner(c->by->core, NULL, thing.region,
			    ociref_namespace(c->from), account) != 0)
		return false;
	thing.account = str_c(account);
	return gate_may(c->by->core, &c->by->who, VERB_IMAGE_PULL, &thing);
}

/* One answer of the gate per namespace: its links come in any order, but those
 * of one account have few namespaces. */
struct holder {
	char root[NAMESPACE_LEN_MAX + 2];
	bool may;
};

static bool
may_pull_root(const struct change *c, struct str namespace, struct holder *last)
{
	struct str known = str_c(last->root);

	if (known.n > 0 && str_eq(str_sub(known, 0, known.n - 1), namespace))
		return last->may;
	(void)snprintf(last->root, sizeof(last->root), "%.*s/",
		       STR_ARG(namespace));
	last->may =
	    repo_root_may(c->by->core, &c->by->who, VERB_IMAGE_PULL,
			  str_c(c->by->who.account), c->at->region, last->root);
	return last->may;
}

/* A repository of the subject's account that holds the blob and that it may
 * pull from. */
static int
find_holder(const struct change *c, struct buf *name)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	struct holder last = {.root = ""};
	int r = db_view_begin(c->by->core->db, &view);

	if (r == 0)
		r = db_query(view, SQL_blob_holders, &rows, "sss", c->digest,
			     str_c(c->by->who.account), c->at->region);
	while (r == 0 && (r = db_next(&rows)) == 0)
		if (may_pull_root(c, db_str(&rows, 0), &last))
			return buf_addstr(name, db_str(&rows, 1));
	return r;
}

int
image_blob_mount(const struct visit *by, const struct place *at,
		 struct str digest, struct str from)
{
	CLEAN(buf_clear) struct buf found = BUF_INIT;
	struct change c = {.by = by,
			   .at = at,
			   .digest = digest,
			   .from = from,
			   .now = clock_now()};
	int r = 0;

	if (!quota_may_push(by->core, str_c(by->account), at->region))
		return OUT_QUOTA;
	if (from.n == 0) {
		r = find_holder(&c, &found);
		c.from = buf_str(&found);
	} else if (str_eq(from, at->name) || !ociref_is_name(from) ||
		   !may_pull_from(&c))
		r = OUT_ABSENT;
	return r != 0 ? r : gate_write(by, mount_write, &c);
}
