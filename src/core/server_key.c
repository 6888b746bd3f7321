/*
 * Which key a server trusts, and which ones it trusted before.
 */
#include "core/server_inner.h"

#include "base/clock.h"
#include "core/sql.h"
#include "json/json.h"

#include <errno.h>

/* By id first, as the gate finds things. */
static int
pair_row(struct db_at *at, struct str project, struct str key, char *lower,
	 struct db_rows *rows)
{
	int r;

	if (key.n > KEYPAIR_ID_LEN)
		return OUT_ABSENT;
	text_lower(key, lower);
	r = db_one(at, SQL_server_pair_by_id, rows, "ss", project,
		   str_c(lower));
	if (r != OUT_ABSENT)
		return r;
	db_rows_clear(rows);
	return db_one(at, SQL_server_pair_by_name, rows, "ss", project,
		      str_c(lower));
}

int
server_pair_find(struct db_at *at, struct str project, struct str key,
		 struct db_rows *rows, struct server_pair *ret,
		 struct note *note)
{
	int r = pair_row(at, project, key, ret->asked, rows);
	struct str state;

	if (r == OUT_ABSENT)
		return note_set(note, OUT_MISSING_PART,
				"there is no such key pair in the project");
	if (r != 0)
		return r;
	state = db_str(rows, 2);
	if (str_eq(state, STR("pending")))
		return note_set(note, OUT_CONFLICT,
				"the private key of that key pair is still on "
				"its way to whoever made it");
	if (!str_eq(state, STR("alive")))
		return note_set(note, OUT_CONFLICT,
				"the private key of that key pair never "
				"arrived: delete it and make another");
	ret->id = db_str(rows, 0);
	ret->name = db_str(rows, 1);
	ret->type = db_str(rows, 3);
	ret->bits = db_int(rows, 4);
	ret->blob = db_blob(rows, 5);
	ret->digest = db_blob(rows, 6);
	ret->comment = db_str(rows, 7);
	return 0;
}

int
server_key_put(struct db_at *at, const struct visit *by,
	       const struct server_spot *spot, int64_t seq,
	       const struct server_pair *pair)
{
	return FOLD(db_exec(at, SQL_server_key_insert, NULL, "sisssibbsissss",
			    spot->id, seq, pair->id, pair->name, pair->type,
			    pair->bits, pair->blob, pair->digest, pair->comment,
			    clock_now(), str_c(by->who.identity), spot->account,
			    spot->project, spot->name_key));
}

struct change {
	const struct visit *by;
	struct str keypair;
	struct note *note;
};

static int
change_trail(struct db_at *at, const struct visit *by, struct db_rows *now,
	     const struct server_pair *pair)
{
	CLEAN(buf_clear) struct buf detail = BUF_INIT;
	struct jw w = JW(&detail);

	jw_object(&w, NULL);
	jw_c(&w, "id", by->object);
	jw_str(&w, "key_pair", pair->name);
	server_print(&w, "fingerprint", pair->digest);
	jw_str(&w, "key_pair_before", db_str(now, SERVER_NOW_PAIR));
	server_print(&w, "fingerprint_before", db_blob(now, SERVER_NOW_DIGEST));
	jw_end(&w);
	return server_trail(at, by, db_str(now, SERVER_NOW_PLACE), &detail);
}

/*
 * The history is bounded, and an administrator must always be able to take a
 * key away: so the oldest rows make room. The trail keeps what they said.
 */
static int
replace(struct db_at *at, const struct visit *by, struct db_rows *now,
	const struct server_pair *pair)
{
	int64_t seq = db_int(now, SERVER_NOW_SEQ) + 1;
	struct server_spot spot = {.id = str_c(by->object),
				   .account = db_str(now, SERVER_NOW_ACCOUNT),
				   .project = db_str(now, SERVER_NOW_PROJECT),
				   .name_key =
				       db_str(now, SERVER_NOW_NAME_KEY)};
	int r = FOLD(db_exec(at, SQL_server_key_close, NULL, "sis", spot.id,
			     clock_now(), str_c(by->who.identity)));

	if (r == 0)
		r = server_key_put(at, by, &spot, seq, pair);
	return r != 0 ? r
		      : FOLD(db_exec(at, SQL_server_key_forget, NULL, "si",
				     spot.id, seq - SERVER_KEYS_MAX));
}

/* No generation is raised: what a machine is told is remembered nowhere. */
static int
set_write(struct db_at *at, void *arg)
{
	struct server_pair pair;
	CLEAN(db_rows_clear) struct db_rows now = DB_ROWS_INIT;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	const struct change *c = arg;
	int r = server_of_visit(at, c->by, &now);

	if (r == 0)
		r = server_pair_find(at, db_str(&now, SERVER_NOW_PROJECT),
				     c->keypair, &rows, &pair, c->note);
	if (r != 0)
		return r;
	if (str_eq(pair.digest, db_blob(&now, SERVER_NOW_DIGEST)))
		return 0;
	r = replace(at, c->by, &now, &pair);
	return r != 0 ? r : change_trail(at, c->by, &now, &pair);
}

int
server_set_key(const struct visit *by, struct str keypair, struct note *note)
{
	struct change c = {.by = by, .keypair = keypair, .note = note};

	return gate_write(by, set_write, &c);
}

/* --- history --- */

static int
history_row(struct db_rows *rows, struct arena *a, struct server_key *ret)
{
	struct str *const texts[] = {&ret->pair,    &ret->pair_name,
				     &ret->type,    &ret->comment,
				     &ret->from_by, &ret->to_by};

	for (size_t i = 0; i < nitems(texts); i++) {
		*texts[i] = arena_str(a, db_str(rows, (int)i));
		if (texts[i]->p == NULL)
			return FAIL(-ENOMEM);
	}
	ret->blob = arena_str(a, db_blob(rows, 6));
	if (ret->blob.p == NULL)
		return FAIL(-ENOMEM);
	ret->bits = db_int(rows, 7);
	ret->from_at = db_int(rows, 8);
	ret->to_at = db_int(rows, 9);
	ret->pair_gone = db_int(rows, 10) != 0;
	return 0;
}

int
server_history(struct core *core, struct str id, struct arena *a,
	       struct server_key **ret, size_t *n)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	struct server_key *list;
	size_t count = 0;
	int r = db_view_begin(core->db, &view);

	if (r != 0)
		return r;
	list = arena_get(a, SERVER_KEYS_MAX * sizeof(*list));
	if (list == NULL)
		return FAIL(-ENOMEM);
	r = db_query(view, SQL_server_history, &rows, "si", id,
		     (int64_t)SERVER_KEYS_MAX);
	while (r == 0 && count < SERVER_KEYS_MAX && (r = db_next(&rows)) == 0)
		r = history_row(&rows, a, &list[count++]);
	if (r != 0 && r != OUT_ABSENT)
		return r;
	if (count == 0)
		return OUT_ABSENT;
	*ret = list;
	*n = count;
	return 0;
}
