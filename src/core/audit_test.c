#include "core/core_world.h"

#include "core/sql.h"
#include "db/db.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#define APP "birds/app"

static size_t
rows_of(struct world *w, const struct audit_filter *filter,
	struct audit_row **ret)
{
	size_t n = 0;

	must(audit_flush(w->core), "flush");
	must(audit_list(w->core, filter, &w->arena, ret, &n), "list");
	return n;
}

static int64_t
count_of(struct world *w, const struct audit_filter *filter)
{
	struct audit_row *rows;
	size_t n = rows_of(w, filter, &rows);
	int64_t count = 0;

	for (size_t i = 0; i < n; i++)
		count += rows[i].count;
	return count;
}

static void
test_uses(struct world *w)
{
	struct regtoken token;
	struct proof mark = basic("token", world_token(w, false, true, &token));
	struct audit_filter pulled = {
	    .cred =
		arena_strf(&w->arena, "registry-token:%.*s", STR_ARG(token.id)),
	    .verb = STR("image.pull")};
	struct last_use use;
	struct audit_row *rows;

	is_int(audit_last_use(w->core, CRED_REGISTRY_TOKEN, token.id, &w->arena,
			      &use),
	       OUT_ABSENT, "never used");
	for (int i = 0; i < 5; i++)
		must(pulls(w, mark, APP), "pull");
	is_int(audit_last_use(w->core, CRED_REGISTRY_TOKEN, token.id, &w->arena,
			      &use),
	       0, "seen before it is written");
	is_int(use.count, 5, "five times");
	is_int(rows_of(w, &pulled, &rows), 1, "one record");
	is_int(rows[0].count, 5, "with a count");
	is_str(rows[0].outcome, STR("used"), "used");
	is_str(rows[0].thing, STR("repo:" APP), "what");
	is_str(rows[0].addr, ADDR, "from where");
	is_str(rows[0].account, str_c(w->owner.account), "whose");
	must(pulls(w, mark, APP), "pull");
	must(pulls(w, mark, "birds/two"), "pull");
	is_int(count_of(w, &pulled), 7, "counts add up");
	is_int(audit_last_use(w->core, CRED_REGISTRY_TOKEN, token.id, &w->arena,
			      &use),
	       0, "seen when it is written");
	is_int(use.count, 7, "seven times");
	is_str(use.thing, STR("repo:birds/two"), "the last thing");
	is_str(use.verb, STR("image.pull"), "and how");
}

static void
test_refusals(struct world *w)
{
	struct regtoken token;
	struct proof mark = basic("token", world_token(w, false, true, &token));
	struct audit_filter refused = {
	    .cred =
		arena_strf(&w->arena, "registry-token:%.*s", STR_ARG(token.id)),
	    .outcome = STR("refused")};
	struct audit_row *rows;
	struct last_use use;

	is_int(pass(w, mark, VERB_IMAGE_PUSH, repo(APP)), OUT_DENIED, "push");
	is_int(rows_of(w, &refused, &rows), 1, "one refusal");
	is_str(rows[0].verb, STR("image.push"), "of what");
	is_str(rows[0].detail, STR("{\"why\":\"not permitted\"}"), "why");
	is_int(audit_last_use(w->core, CRED_REGISTRY_TOKEN, token.id, &w->arena,
			      &use),
	       OUT_ABSENT, "a refusal is no use");
	refused = (struct audit_filter){.outcome = STR("refused"),
					.verb = STR("login")};
	is_int(count_of(w, &refused), 0, "no refused login yet");
	(void)!pulls(w, basic("iamapikey", STR("wrong")), APP);
	is_int(count_of(w, &refused), 1, "and now one");
	must(regtoken_remove(&w->owner, LOCAL, token.id), "remove");
	(void)!pulls(w, mark, APP);
	is_int(count_of(w, &refused), 2, "a removed token is one, too");
}

/* An API key pasted where an id belongs does not stay in the trail. */
static void
test_pasted(struct world *w)
{
	struct audit_filter f = {.newest_first = true,
				 .thing = STR("identity:"),
				 .outcome = STR("refused")};
	struct thing thing = {
	    .kind = THING_IDENTITY, .account = STR("-"), .name = w->key};
	struct audit_row *rows;

	is_int(pass(w, basic("iamapikey", w->key), VERB_APIKEY_DELETE, thing),
	       OUT_DENIED, "a key is nobody's id");
	must(audit_flush(w->core), "audit_flush");
	ok(rows_of(w, &f, &rows) > 0, "the trail knows of it");
	is_str(rows[0].thing, STR("identity:*"), "but not of the key");
}

static void
test_filters(struct world *w)
{
	struct audit_filter f = {.thing = STR("token:")};
	struct audit_row *rows;
	size_t n = rows_of(w, &f, &rows);

	ok(n >= 3, "changes of tokens by prefix");
	for (size_t i = 0; i < n; i++)
		ok(str_starts(rows[i].thing, STR("token:")), "row %zu", i);
	f = (struct audit_filter){.limit = 2};
	is_int(rows_of(w, &f, &rows), 2, "two at a time");
	is_int(rows[0].seq, 1, "the oldest first");
	f.after_seq = rows[1].seq;
	is_int(rows_of(w, &f, &rows), 2, "two more");
	is_int(rows[0].seq, 3, "from where it stopped");
	f = (struct audit_filter){.newest_first = true, .limit = 1};
	is_int(rows_of(w, &f, &rows), 1, "the newest");
	f.after_seq = rows[0].seq;
	is_int(rows_of(w, &f, &rows), 1, "and the one before");
	is_int(rows[0].seq, f.after_seq - 1, "in order");
	f = (struct audit_filter){.account = STR("nobody's")};
	is_int(rows_of(w, &f, &rows), 0, "nothing of another account");
	f = (struct audit_filter){.identity = str_c(w->owner.who.identity)};
	n = rows_of(w, &f, &rows);
	ok(n > 0, "what somebody did");
	for (size_t i = 0; i < n; i++)
		is_str(rows[i].identity, f.identity, "row %zu", i);
	f = (struct audit_filter){.identity = STR("nobody")};
	is_int(rows_of(w, &f, &rows), 0, "nothing of nobody");
	f = (struct audit_filter){.since = clock_now() + 1000};
	is_int(rows_of(w, &f, &rows), 0, "nothing of the future");
	f = (struct audit_filter){.until = 1};
	is_int(rows_of(w, &f, &rows), 0, "nothing of long ago");
}

/* No secret is in any row. */
static void
test_no_secret(struct world *w)
{
	struct audit_filter all = {.limit = PAGE_MAX};
	struct audit_row *rows;
	size_t n = rows_of(w, &all, &rows);

	for (size_t i = 0; i < n; i++) {
		struct str d = rows[i].detail;

		ok(memmem(d.p, d.n, w->key.p, w->key.n) == NULL &&
		       memmem(d.p, d.n, "eyJ", 3) == NULL,
		   "row %zu holds no secret", i);
	}
}

/* --- somebody changes the file --- */

enum { EDIT, DROP, SWAP, LINK, NUMBER };
static const struct db_sql edits[] = {
    {"edit", "UPDATE audit SET addr = '192.0.2.99' WHERE seq = 3"},
    {"drop", "DELETE FROM audit WHERE seq = 2"},
    {"swap", "UPDATE audit SET detail = '{}', hash = prev WHERE seq = 4"},
    {"link", "UPDATE audit SET prev = zeroblob(32) WHERE seq = 3"},
    {"number", "UPDATE audit SET seq = 99 WHERE seq = (SELECT MAX(seq) FROM "
	       "audit)"},
};

static int
edit(struct db_at *at, void *arg)
{
	return db_exec(at, *(const int *)arg, NULL, "");
}

static void
tamper(struct world *w, int which)
{
	struct db_schema schema = sql_schema;
	char path[128];
	struct db_conf conf = {.path = path, .schema = &schema};
	CLEAN(db_freep) struct db *db = NULL;

	schema.statements = edits;
	schema.n_statements = nitems(edits);
	(void)snprintf(path, sizeof(path), "%s/latchkey.db", w->dir);
	must(db_open(&conf, &db, NULL), "db_open");
	must(db_write(db, edit, &which), "edit");
}

static void
test_tampered(int which, int64_t row)
{
	struct world w;
	struct note note = {""};
	char want[32];
	int64_t rows;

	world_make(&w);
	for (int i = 0; i < 4; i++)
		must(pulls(&w, basic("iamapikey", w.key), APP), "pull");
	must(audit_flush(w.core), "flush");
	is_int(audit_verify(w.core, &rows, &note), 0, "whole");
	world_shut(&w);
	tamper(&w, which);
	must(world_open(&w, false), "open");
	is_int(audit_verify(w.core, &rows, &note), OUT_MISMATCH, "not whole");
	(void)snprintf(want, sizeof(want), "row %lld of", (long long)row);
	ok(strstr(note.text, want) != NULL, "says where: %s", note.text);
	world_end(&w);
}

/* --- it cannot be written --- */

static void
limit_files(const char *dir, bool on)
{
	struct rlimit limit;
	char path[128];
	struct stat st;

	must(getrlimit(RLIMIT_FSIZE, &limit), "getrlimit");
	(void)snprintf(path, sizeof(path), "%s/latchkey.db-wal", dir);
	must(stat(path, &st), "stat");
	limit.rlim_cur = on ? (rlim_t)st.st_size : limit.rlim_max;
	must(setrlimit(RLIMIT_FSIZE, &limit), "setrlimit");
}

static void
test_closed(void)
{
	struct world w;
	struct grant_ask ask = {.kind = GRANT_API_KEY, .addr = ADDR};
	struct regtoken_ask token_ask = {.region = LOCAL,
					 .issuer = STR("localhost")};
	CLEAN(buf_clear) struct buf value = BUF_INIT;
	struct regtoken token, *list;
	struct login login;
	struct subject who;
	struct proof key, bearer;
	size_t n;

	world_make(&w);
	key = basic("iamapikey", w.key);
	bearer = plain(PROOF_BEARER, world_bearer(&w, key, APP, SCOPE_PULL));
	ask.api_key = w.key;
	must(pulls(&w, key, APP), "pull");
	ok(audit_works(w.core), "works");
	limit_files(w.dir, true);
	ok(audit_flush(w.core) != 0, "cannot be written");
	ok(!audit_works(w.core), "is known");
	is_int(gate_prove(w.core, &key, &who), OUT_BUSY, "no token service");
	is_int(pulls(&w, key, APP), OUT_BUSY, "no login at the registry");
	is_int(world_login(&w, &ask, &login), OUT_BUSY, "no access token");
	is_int(pulls(&w, bearer, APP), 0, "who has come in goes on");
	ok(regtoken_add(&w.owner, &token_ask, &w.arena, &token, &value) != 0,
	   "no change either");
	is_int(value.n, 0, "and no secret");
	limit_files(w.dir, false);
	world_shut(&w);
	must(world_open(&w, false), "open");
	is_int(pulls(&w, key, APP), 0, "a new start works again");
	must(regtoken_list(w.core, str_c(w.owner.account), LOCAL, &w.arena,
			   &list, &n),
	     "list");
	is_int(n, 0, "nothing was made");
	world_end(&w);
}

int
main(void)
{
	struct world w;
	struct note note;
	int64_t rows;

	(void)signal(SIGXFSZ, SIG_IGN);
	world_make(&w);
	test_uses(&w);
	test_refusals(&w);
	test_filters(&w);
	test_pasted(&w);
	test_no_secret(&w);
	is_int(audit_verify(w.core, &rows, &note), 0, "the chain holds");
	world_end(&w);
	subtest("edited") test_tampered(EDIT, 3);
	subtest("dropped") test_tampered(DROP, 3);
	subtest("forged") test_tampered(SWAP, 4);
	subtest("unlinked") test_tampered(LINK, 3);
	subtest("numbered") test_tampered(NUMBER, 99);
	subtest("closed") test_closed();
	return done_testing();
}
