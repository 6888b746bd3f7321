#include "core/git_inner.h"

#include "base/clock.h"
#include "core/sql.h"

#include <errno.h>

static int
row_read(struct db_rows *rows, struct arena *a, struct access_key *ret)
{
	static const int cols[] = {0, 1, 2, 5, 6, 7, 8, 9};
	struct str *const texts[] = {
	    &ret->account, &ret->repo, &ret->project, &ret->label,
	    &ret->comment, &ret->type, &ret->cidrs,   &ret->created_by};

	for (size_t i = 0; i < nitems(texts); i++) {
		*texts[i] = arena_str(a, db_str(rows, cols[i]));
		if (texts[i]->p == NULL)
			return FAIL(-ENOMEM);
	}
	ret->place = arena_strf(a, "%.*s/%.*s", STR_ARG(db_str(rows, 3)),
				STR_ARG(db_str(rows, 4)));
	ret->blob = arena_str(a, db_blob(rows, 10));
	if (ret->place.p == NULL || ret->blob.p == NULL)
		return FAIL(-ENOMEM);
	ret->id = db_int(rows, 11);
	ret->bits = db_int(rows, 12);
	ret->created_at = db_int(rows, 13);
	ret->expires_at = db_int(rows, ACCESS_KEY_COL_EXPIRES);
	ret->replaces = db_int(rows, ACCESS_KEY_COL_REPLACES);
	ret->removed_at = db_int(rows, 16);
	return 0;
}

int
access_key_get(struct core *core, int64_t id, struct arena *a,
	       struct access_key *ret)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	struct access_key got;
	int r = db_view_begin(core->db, &view);

	if (r == 0)
		r = db_one(view, SQL_access_key_by_id, &rows, "i", id);
	if (r == 0)
		r = row_read(&rows, a, &got);
	if (r == 0)
		*ret = got;
	return r;
}

static int
list_query(struct db_at *at, const struct access_key_filter *f, int64_t limit,
	   struct db_rows *ret)
{
	if (f->digest.n > 0)
		return db_query(at, SQL_access_key_list_digest, ret, "bisiss",
				f->digest, f->after, f->account, limit, f->repo,
				f->project);
	if (f->repo.n > 0)
		return db_query(at, SQL_access_key_list_repo, ret, "sisi",
				f->repo, f->after, f->account, limit);
	if (f->project.n > 0)
		return db_query(at, SQL_access_key_list_project, ret, "sisi",
				f->project, f->after, f->account, limit);
	return db_query(at, SQL_access_key_list_account, ret, "sii", f->account,
			f->after, limit);
}

int
access_key_list(struct core *core, const struct access_key_filter *f,
		struct arena *a, struct access_key **ret, size_t *n)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int64_t limit = page_bound(f->limit);
	struct access_key *list;
	size_t count = 0;
	int r = db_view_begin(core->db, &view);

	if (r != 0)
		return r;
	list = arena_get(a, (size_t)limit * sizeof(*list));
	if (list == NULL)
		return FAIL(-ENOMEM);
	r = list_query(view, f, limit, &rows);
	while (r == 0 && count < (size_t)limit && (r = db_next(&rows)) == 0)
		r = row_read(&rows, a, &list[count++]);
	if (r != 0 && r != OUT_ABSENT)
		return r;
	*ret = list;
	*n = count;
	return 0;
}

/* The subject is the fingerprint, or the row that opened something already. */
static int
digest_of(struct db_at *at, const struct subject *who, uint8_t ret[SHA256_LEN])
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	struct str id = str_c(who->cred_id);
	uint64_t number;
	int r;

	if (who->cred != CRED_ACCESS_KEY)
		return OUT_ABSENT;
	if (str_u64(id, INT64_MAX, &number) != 0)
		return sshkey_fingerprint_parse(id, ret) == 0 ? 0 : OUT_ABSENT;
	r = db_one(at, SQL_access_key_digest, &rows, "i", (int64_t)number);
	if (r != 0)
		return r;
	if (db_blob(&rows, 0).n != SHA256_LEN)
		return FAIL(-EUCLEAN);
	memcpy(ret, db_blob(&rows, 0).p, SHA256_LEN);
	return 0;
}

struct places {
	struct arena *arena;
	struct access_place *list;
	size_t n;
};

static int
place_add(struct places *p, struct db_rows *rows, struct str name)
{
	struct access_place *to = &p->list[p->n];

	to->repo = arena_str(p->arena, name);
	to->label = arena_str(p->arena, db_str(rows, 2));
	to->comment = arena_str(p->arena, db_str(rows, 3));
	if (to->repo.p == NULL || to->label.p == NULL || to->comment.p == NULL)
		return FAIL(-ENOMEM);
	p->n++;
	return 0;
}

/* Rows come by name, and of one repository the nearest first. */
static int
places_read(struct places *p, struct db_rows *rows, struct str addr,
	    bool *ret_more)
{
	int r;

	while ((r = db_next(rows)) == 0) {
		char text[PLACE_MAX + 1];
		struct str name;

		if (!cidr_list_has(db_str(rows, 4), addr))
			continue;
		(void)snprintf(text, sizeof(text), "%.*s/%.*s",
			       STR_ARG(db_str(rows, 0)),
			       STR_ARG(db_str(rows, 1)));
		name = str_c(text);
		if (p->n > 0 && str_eq(p->list[p->n - 1].repo, name))
			continue;
		if (p->n == ACCESS_PLACES_MAX) {
			*ret_more = true;
			return 0;
		}
		r = place_add(p, rows, name);
		if (r != 0)
			return r;
	}
	return r == OUT_ABSENT ? 0 : r;
}

int
access_key_places(struct core *core, const struct subject *who, struct arena *a,
		  struct access_place **ret, size_t *n, bool *ret_more)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	struct places p = {.arena = a};
	uint8_t digest[SHA256_LEN];
	bool more = false;
	int r = db_view_begin(core->db, &view);

	if (r == 0)
		r = digest_of(view, who, digest);
	if (r != 0 && r != OUT_ABSENT)
		return r;
	p.list = arena_get(a, ACCESS_PLACES_MAX * sizeof(*p.list));
	if (p.list == NULL)
		return FAIL(-ENOMEM);
	if (r == 0)
		r = db_query(view, SQL_access_key_places, &rows, "bi",
			     (struct str){(char *)digest, sizeof(digest)},
			     clock_now());
	if (r == 0)
		r = places_read(&p, &rows, str_c(who->addr), &more);
	if (r < 0)
		return r;
	*ret = p.list;
	*n = p.n;
	*ret_more = more;
	return 0;
}
