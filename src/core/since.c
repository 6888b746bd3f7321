#include "core/since_inner.h"

#include "core/sql.h"

#include <errno.h>

struct walk {
	struct core *copy;
	struct db *later;
	bool repeat;
	since_each_fn *each;
	void *arg;
	struct since_sum sum;
	struct note *note;
};

const char *
since_state_name(enum since_state state)
{
	switch (state) {
	case SINCE_GONE:
		return "gone";
	case SINCE_LIVES:
		return "lives again";
	case SINCE_REPEATED:
		return "taken away again";
	case SINCE_BY_HAND:
		return "by hand";
	case SINCE_FAILED:
		return "FAILED";
	}
	return "";
}

/* --- where the two trails part --- */

/* "" when there is no such row. */
static int
hash_at(struct db *db, const char *node, int64_t seq, struct buf *ret)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r = db_view_begin(db, &view);

	buf_reset(ret);
	if (r == 0)
		r = db_one(view, SQL_since_hash, &rows, "si", str_c(node), seq);
	if (r == 0)
		r = buf_addstr(ret, db_blob(&rows, 0));
	return r == OUT_ABSENT ? 0 : r;
}

static int
last_of(struct db *db, const char *node, int64_t *ret_seq, int64_t *ret_at)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r = db_view_begin(db, &view);

	if (r == 0)
		r = FOLD(db_one(view, SQL_since_last, &rows, "s", str_c(node)));
	if (r != 0)
		return r;
	*ret_seq = db_int(&rows, 0);
	*ret_at = db_int(&rows, 1);
	return 0;
}

int
since_moment(struct core *copy, int64_t *ret_seq, int64_t *ret_at)
{
	return last_of(copy->db, copy->node, ret_seq, ret_at);
}

static int
same_at(struct walk *w, int64_t seq, bool *ret)
{
	CLEAN(buf_clear) struct buf one = BUF_INIT;
	CLEAN(buf_clear) struct buf other = BUF_INIT;
	int r = hash_at(w->copy->db, w->copy->node, seq, &one);

	if (r == 0)
		r = hash_at(w->later, w->copy->node, seq, &other);
	if (r == 0)
		*ret = one.n > 0 && str_eq(buf_str(&one), buf_str(&other));
	return r;
}

/* Each hash covers all before it: what is equal at one row is so up to there,
 * and what differs never meets again. */
static int
part_find(struct walk *w)
{
	int64_t low = 0, high, here = 0, there = 0, at;
	int r = last_of(w->copy->db, w->copy->node, &here, &at);

	if (r == 0)
		r = last_of(w->later, w->copy->node, &there, &at);
	high = here < there ? here : there;
	while (r == 0 && low < high) {
		int64_t mid = low + (high - low + 1) / 2;
		bool same = false;

		r = same_at(w, mid, &same);
		if (same)
			low = mid;
		else
			high = mid - 1;
	}
	w->sum.copy_seq = low;
	if (r == 0 && low == 0)
		return note_set(w->note, OUT_MISMATCH,
				"the later data are of another installation: "
				"the two trails have nothing in common");
	return r;
}

/* --- rows --- */

/* What one of the two says of the thing; "" when it has none. */
static int
value_of(struct db *db, const struct since_kind *k, const struct since_one *one,
	 struct buf *ret)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r = db_view_begin(db, &view);

	buf_reset(ret);
	if (r == 0)
		r = k->second != NULL || k->in_account
			? db_one(view, k->value, &rows, "ss", one->id,
				 k->in_account ? one->account : one->second)
			: db_one(view, k->value, &rows, "s", one->id);
	/* As text, whatever the column is. */
	if (r == 0)
		r = buf_addstr(ret, db_blob(&rows, 0));
	return r == OUT_ABSENT ? 0 : r;
}

/* It is there in the copy, and not, or not as now, in the later data. */
static bool
lives_again(const struct since_kind *k, const struct since_one *one)
{
	if (one->here.n == 0)
		return false;
	return k->lives != NULL ? k->lives(one->here, one->there)
				: !str_eq(one->here, one->there);
}

/* A refusal concerns one thing; a failure of the machine ends the walk. */
static int
row_repeat(struct walk *w, const struct since_kind *k,
	   const struct since_one *one, enum since_state *ret)
{
	int r = 0;

	w->sum.lives++;
	*ret = k->repeat == NULL ? SINCE_BY_HAND : SINCE_LIVES;
	if (k->repeat == NULL)
		w->sum.by_hand++;
	if (k->repeat == NULL || !w->repeat)
		return 0;
	r = k->repeat(one);
	*ret = r == 0 ? SINCE_REPEATED : SINCE_FAILED;
	w->sum.repeated += r == 0;
	w->sum.failed += r != 0;
	return r < 0 || r == OUT_BUSY ? r : 0;
}

/* false: this row takes nothing of this kind away that we could name. */
static bool
one_read(struct walk *w, const struct since_kind *k,
	 const struct since_row *row, const struct json *detail,
	 struct since_one *ret)
{
	struct str word = STR_NONE, rest = STR_NONE;
	bool set = k->flag == NULL;

	*ret = (struct since_one){.core = w->copy, .account = row->account};
	(void)str_cut(row->thing, ':', &word, &rest);
	if ((k->word != NULL && !str_eq(word, str_c(k->word))) ||
	    (!set && (!json_bool(json_get(detail, k->flag), &set) || !set)))
		return false;
	ret->id = k->id != NULL ? json_text(detail, k->id) : rest;
	if (k->second != NULL)
		ret->second = json_text(detail, k->second);
	return ret->id.n > 0 && (k->second == NULL || ret->second.n > 0);
}

static int
one_look(struct walk *w, const struct since_kind *k, struct since_one *one,
	 struct since_row *row)
{
	CLEAN(buf_clear) struct buf here = BUF_INIT;
	CLEAN(buf_clear) struct buf there = BUF_INIT;
	int r = value_of(w->copy->db, k, one, &here);

	if (r == 0 && here.n > 0)
		r = value_of(w->later, k, one, &there);
	one->here = buf_str(&here);
	one->there = buf_str(&there);
	row->state = SINCE_GONE;
	row->hand = k->hand;
	w->sum.found++;
	if (r == 0 && lives_again(k, one))
		r = row_repeat(w, k, one, &row->state);
	return r != 0 ? r : w->each(w->arg, row);
}

static bool
is_verb(const struct since_kind *k, struct str verb)
{
	return str_eq(verb_row(k->verb)->action, verb);
}

static int
row_look(struct walk *w, struct since_row *row, struct str text)
{
	CLEAN(json_freep) struct json *detail = NULL;
	struct since_one one;
	int r = 0;

	for (size_t i = 0; i < n_since_kinds; i++) {
		const struct since_kind *k = &since_kinds[i];

		if (!is_verb(k, row->verb))
			continue;
		if (detail == NULL)
			r = json_parse(text, &detail, w->note);
		if (r != 0)
			return FOLD(r);
		if (one_read(w, k, row, detail, &one))
			return one_look(w, k, &one, row);
	}
	return 0;
}

static int
rows_walk(struct walk *w)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r = db_view_begin(w->later, &view);

	if (r == 0)
		r = db_query(view, SQL_since_rows, &rows, "si",
			     str_c(w->copy->node), w->sum.copy_seq);
	while (r == 0 && (r = db_next(&rows)) == 0) {
		struct since_row row = {.seq = db_int(&rows, 0),
					.at = db_int(&rows, 1),
					.verb = db_str(&rows, 2),
					.account = db_str(&rows, 3),
					.identity = db_str(&rows, 4),
					.thing = db_str(&rows, 5)};

		r = row_look(w, &row, db_str(&rows, 6));
	}
	return r == OUT_ABSENT ? 0 : r;
}

int
since_walk(struct core *copy, const char *later, bool repeat,
	   since_each_fn *each, void *arg, struct since_sum *ret,
	   struct note *note)
{
	CLEAN(db_freep) struct db *db = NULL;
	struct db_conf conf = {.path = later, .schema = &sql_schema};
	struct walk w = {.copy = copy,
			 .repeat = repeat,
			 .each = each,
			 .arg = arg,
			 .note = note};
	int r = db_open(&conf, &db, note);

	w.later = db;
	if (r == 0)
		r = part_find(&w);
	if (r == 0)
		r = rows_walk(&w);
	if (r == 0)
		*ret = w.sum;
	return r;
}
