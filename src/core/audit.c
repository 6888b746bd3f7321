#include "core/audit_inner.h"

#include "base/clock.h"
#include "base/enc.h"
#include "base/hush.h"
#include "core/sql.h"

#include <errno.h>

/* A chain begins with a predecessor of zeros. */
static const uint8_t genesis[SHA256_LEN];

static const char *const thing_words[] = {
    [THING_NONE] = "",
    [THING_ACCOUNT] = "account",
    [THING_NAMESPACE] = "namespace",
    [THING_REPO] = "repo",
    [THING_IDENTITY] = "identity",
    [THING_TOKEN] = "token",
    [THING_PROJECT] = "project",
    [THING_GITREPO] = "git",
    [THING_KEYPAIR] = "key-pair",
    [THING_SERVER] = "server",
    [THING_GROUP] = "group",
};
_Static_assert(nitems(thing_words) == THING_KINDS, "each kind has a word");

struct str
audit_thing_text(const struct thing *thing, char ret[AUDIT_THING_MAX])
{
	struct str name =
	    thing->kind == THING_ACCOUNT ? thing->account : thing->name;
	char quiet[AUDIT_THING_MAX - 32];
	int n;

	ret[0] = '\0';
	if (thing->kind == THING_NONE || thing->kind >= THING_KINDS)
		return str_c(ret);
	n = snprintf(ret, AUDIT_THING_MAX, "%s:%.*s", thing_words[thing->kind],
		     STR_ARG(hush(name, quiet, sizeof(quiet))));
	return (struct str){ret, n < 0 ? 0 : (size_t)n};
}

struct str
audit_thing(struct arena *a, const struct thing *thing)
{
	char text[AUDIT_THING_MAX];

	return arena_str(a, audit_thing_text(thing, text));
}

static void
hash_text(struct sha256 *hash, struct str s)
{
	uint8_t len[8];

	for (size_t i = 0; i < sizeof(len); i++)
		len[i] = (uint8_t)((uint64_t)s.n >> (56 - 8 * i));
	sha256_add(hash, len, sizeof(len));
	sha256_add(hash, s.p, s.n);
}

static void
hash_int(struct sha256 *hash, int64_t v)
{
	char text[24];
	int n = snprintf(text, sizeof(text), "%lld", (long long)v);

	hash_text(hash, (struct str){text, (size_t)n});
}

void
audit_hash(const struct audit_line *line, struct str node, int64_t seq,
	   struct str prev, uint8_t ret[SHA256_LEN])
{
	struct sha256 hash;

	sha256_start(&hash);
	sha256_add(&hash, prev.p, prev.n);
	hash_text(&hash, node);
	hash_int(&hash, seq);
	hash_int(&hash, line->at);
	hash_text(&hash, line->outcome);
	hash_text(&hash, line->verb);
	hash_text(&hash, line->account);
	hash_text(&hash, line->identity);
	hash_text(&hash, line->cred);
	hash_text(&hash, line->thing);
	hash_text(&hash, line->addr);
	hash_int(&hash, line->count);
	hash_text(&hash, line->detail);
	sha256_end(&hash, ret);
}

int
audit_begin(struct db_at *at, const struct core *core, struct audit_chain *ret)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	struct str node = str_c(core->node), hash;
	int r = db_one(at, SQL_audit_last, &rows, "s", node);

	if (r != 0 && r != OUT_ABSENT)
		return r;
	hash = r == 0 ? db_blob(&rows, 1)
		      : (struct str){(const char *)genesis, SHA256_LEN};
	if (hash.n != SHA256_LEN)
		return FAIL(-EUCLEAN);
	ret->node = node;
	ret->seq = r == 0 ? db_int(&rows, 0) : 0;
	memcpy(ret->hash, hash.p, SHA256_LEN);
	ret->sums.n = 0;
	return 0;
}

int
audit_append(struct db_at *at, struct audit_chain *c,
	     const struct audit_line *line)
{
	uint8_t hash[SHA256_LEN];
	struct str before = {(char *)c->hash, sizeof(c->hash)};
	struct str after = {(char *)hash, sizeof(hash)};
	int r;

	audit_hash(line, c->node, ++c->seq, before, hash);
	r = FOLD(db_exec(at, SQL_audit_insert, NULL, "siisssssssisbb", c->node,
			 c->seq, line->at, line->outcome, line->verb,
			 line->account, line->identity, line->cred, line->thing,
			 line->addr, line->count, line->detail, before, after));
	memcpy(c->hash, hash, sizeof(hash));
	return r == 0 ? traffic_gather(at, &c->sums, line->account, line->at,
				       line->outcome, line->verb, line->count)
		      : r;
}

int
audit_end(struct db_at *at, struct audit_chain *c)
{
	return traffic_put(at, &c->sums);
}

static int
line_write(struct db_at *at, const struct core *core,
	   const struct audit_line *line)
{
	struct audit_chain chain;
	int r = audit_begin(at, core, &chain);

	if (r == 0)
		r = audit_append(at, &chain, line);
	return r == 0 ? audit_end(at, &chain) : r;
}

static int
row_write(struct db_at *at, const struct visit *v, const char *outcome,
	  struct str thing, struct str detail)
{
	char cred[CRED_WORD_MAX];
	struct audit_line line = {.at = clock_now(),
				  .count = 1,
				  .outcome = str_c(outcome),
				  .verb = verb_row(v->verb)->action,
				  .account = str_c(v->account),
				  .identity = str_c(v->who.identity),
				  .thing = thing,
				  .addr = str_c(v->who.addr),
				  .detail = detail.n > 0 ? detail : STR("{}")};

	cred_word(v->who.cred, v->who.cred_id, cred);
	line.cred = str_c(cred);
	return line_write(at, v->core, &line);
}

int
audit_change(struct db_at *at, const struct visit *v, struct str thing,
	     struct str detail)
{
	return row_write(at, v, "done", thing, detail);
}

int
audit_unconfirmed(struct db_at *at, const struct visit *v, struct str thing,
		  struct str detail)
{
	return row_write(at, v, AUDIT_UNCONFIRMED, thing, detail);
}

static int
row_text(struct arena *a, struct db_rows *rows, int col, struct str *ret)
{
	*ret = arena_str(a, db_str(rows, col));
	return ret->p == NULL ? FAIL(-ENOMEM) : 0;
}

static int
row_read(struct arena *a, struct db_rows *rows, struct audit_row *ret)
{
	struct str *const texts[] = {&ret->outcome,  &ret->verb, &ret->account,
				     &ret->identity, &ret->cred, &ret->thing,
				     &ret->addr};
	struct str hash = db_blob(rows, 12);
	int r = row_text(a, rows, 0, &ret->node);

	for (size_t i = 0; r == 0 && i < nitems(texts); i++)
		r = row_text(a, rows, 3 + (int)i, texts[i]);
	if (r == 0)
		r = row_text(a, rows, 11, &ret->detail);
	ret->seq = db_int(rows, 1);
	ret->at = db_int(rows, 2);
	ret->count = db_int(rows, 10);
	if (r == 0 && hash.n == SHA256_LEN)
		enc_hex(hash.p, hash.n, ret->hash);
	return r;
}

int
audit_history(struct core *core, struct str account, struct str thing,
	      struct arena *a, struct audit_row **ret, size_t *n)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	struct audit_row *list =
	    arena_get(a, AUDIT_HISTORY_MAX * sizeof(*list));
	size_t at = AUDIT_HISTORY_MAX;
	int r = list == NULL ? FAIL(-ENOMEM) : db_view_begin(core->db, &view);

	if (r == 0)
		r = db_query(view, SQL_audit_history, &rows, "ssi", thing,
			     account, (int64_t)AUDIT_HISTORY_MAX);
	/* They come with the latest first. */
	while (r == 0 && at > 0 && (r = db_next(&rows)) == 0)
		r = row_read(a, &rows, &list[--at]);
	if (r != 0 && r != OUT_ABSENT)
		return r;
	*ret = &list[at];
	*n = AUDIT_HISTORY_MAX - at;
	return 0;
}

int
audit_list(struct core *core, const struct audit_filter *f, struct arena *a,
	   struct audit_row **ret, size_t *n)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int64_t limit = page_bound(f->limit);
	int64_t from = f->after_seq;
	struct audit_row *list;
	size_t count = 0;
	int r = db_view_begin(core->db, &view);

	if (r != 0)
		return r;
	if (f->newest_first && from <= 0)
		from = INT64_MAX;
	list = arena_get(a, (size_t)limit * sizeof(*list));
	if (list == NULL)
		return FAIL(-ENOMEM);
	r = db_query(view,
		     f->newest_first ? SQL_audit_newest : SQL_audit_oldest,
		     &rows, "sisssssiiis", str_c(core->node), from, f->account,
		     f->cred, f->verb, f->outcome, f->thing, f->since,
		     f->until > 0 ? f->until : INT64_MAX, limit, f->identity);
	while (r == 0 && count < (size_t)limit && (r = db_next(&rows)) == 0)
		r = row_read(a, &rows, &list[count++]);
	if (r != 0 && r != OUT_ABSENT)
		return r;
	*ret = list;
	*n = count;
	return 0;
}

/* Where the walk along the chains is. */
struct walk {
	char node[33];
	int64_t seq;
	uint8_t prev[SHA256_LEN];
};

static bool
walk_step(struct walk *w, struct db_rows *rows)
{
	struct audit_line line = {.at = db_int(rows, 2),
				  .outcome = db_str(rows, 3),
				  .verb = db_str(rows, 4),
				  .account = db_str(rows, 5),
				  .identity = db_str(rows, 6),
				  .cred = db_str(rows, 7),
				  .thing = db_str(rows, 8),
				  .addr = db_str(rows, 9),
				  .count = db_int(rows, 10),
				  .detail = db_str(rows, 11)};
	struct str node = db_str(rows, 0), prev = {(char *)w->prev, SHA256_LEN};
	uint8_t hash[SHA256_LEN];

	if (!str_eq(node, str_c(w->node))) {
		*w = (struct walk){.seq = 0};
		if (FIELD_PUT(w->node, node) != 0)
			return false;
	}
	if (db_int(rows, 1) != w->seq + 1 || !str_eq(db_blob(rows, 12), prev))
		return false;
	audit_hash(&line, node, ++w->seq, prev, hash);
	memcpy(w->prev, hash, sizeof(hash));
	return str_eq(db_blob(rows, 13), prev);
}

int
audit_verify(struct core *core, int64_t *ret_rows, struct note *note)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	struct walk walk = {.seq = 0};
	int64_t count = 0;
	int r = db_view_begin(core->db, &view);

	if (r == 0)
		r = db_query(view, SQL_audit_walk, &rows, "");
	while (r == 0 && (r = db_next(&rows)) == 0) {
		if (!walk_step(&walk, &rows))
			return note_set(note, OUT_MISMATCH,
					"row %lld of node %.*s",
					(long long)db_int(&rows, 1),
					STR_ARG(db_str(&rows, 0)));
		count++;
	}
	if (r != OUT_ABSENT)
		return r;
	*ret_rows = count;
	return 0;
}
