/* Key pairs: how they come, what becomes of their private halves, how they are
 * found, and what verify says of all that. */
#include "core/git_world.h"
#include "core/keypair.h"
#include "core/server.h"

enum {
	RAW_COUNT,
	RAW_PAIRS,
	RAW_STATE,
	RAW_BLOB,
	RAW_ACCOUNT,
	RAW_KEY,
	RAW_TRUST,
	RAW_MOVE,
	RAWS
};
static const struct db_sql raws[RAWS] = {
    {"count", "UPDATE project SET key_pairs = $2 WHERE id = $1"},
    {"pairs",
     "INSERT INTO key_pair (id, account_id, project_id, name, name_key, "
     "origin, state, type, bits, blob, digest, comment, created_by, "
     "created_at) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 "
     "FROM n WHERE i < $3) SELECT printf('%08x', i) || substr($2, 1, 24), $1, "
     "$2, "
     "printf('N%07d-x', i), printf('n%07d-x', i), 'made', $6, 'ssh-ed25519', "
     "256, $4, $5, '', 'me', 1 FROM n"},
    {"state", "UPDATE key_pair SET state = $2, origin = $3 WHERE id = $1"},
    {"blob", "UPDATE key_pair SET blob = $2 WHERE id = $1"},
    {"account", "UPDATE key_pair SET account_id = $2 WHERE id = $1"},
    {"key", "UPDATE server_key SET name_key = $2 WHERE server_id = $1"},
    {"trust", "UPDATE server_key SET to_at = CASE WHEN $2 = 'no' THEN 1 END "
	      "WHERE server_id = $1"},
    {"move", "UPDATE server SET account_id = $2 WHERE id = $1"},
};

struct raw {
	int sql;
	struct str id, text, other;
	struct sshkey key;
	int64_t n;
};

static int
raw_write(struct db_at *at, void *arg)
{
	const struct raw *raw = arg;

	if (raw->sql == RAW_COUNT)
		return db_exec(at, raw->sql, NULL, "si", raw->id, raw->n);
	if (raw->sql == RAW_PAIRS)
		return db_exec(at, raw->sql, NULL, "ssibbs", raw->id, raw->text,
			       raw->n, blob_of(&raw->key), digest_of(&raw->key),
			       raw->other);
	if (raw->sql == RAW_BLOB)
		return db_exec(at, raw->sql, NULL, "sb", raw->id,
			       blob_of(&raw->key));
	if (raw->sql == RAW_STATE)
		return db_exec(at, raw->sql, NULL, "sss", raw->id, raw->text,
			       raw->other);
	return db_exec(at, raw->sql, NULL, "ss", raw->id, raw->text);
}

/* What no room does, while the daemon is down. */
static void
raw(struct world *w, struct raw what)
{
	static struct db_schema schema;
	struct db_conf conf = {.schema = &schema};
	struct db *db = NULL;
	char path[128];

	world_shut(w);
	(void)snprintf(path, sizeof(path), "%s/latchkey.db", w->dir);
	conf.path = path;
	schema = sql_schema;
	schema.statements = raws;
	schema.n_statements = RAWS;
	must(db_open(&conf, &db, NULL), "db_open");
	must(db_write(db, raw_write, &what), "raw");
	db_free(db);
	must(world_open(w, false), "world_open");
}
#define RAW(w, ...) raw((w), (struct raw){__VA_ARGS__})

static struct visit
creates(struct world *w, const char *project)
{
	return on_project(w, w->key, VERB_KEYPAIR_CREATE, project);
}

static int
try(struct world *w, const struct visit *by, const char *name, unsigned number,
    bool made, struct keypair *ret, struct note *note)
{
	struct sshkey key = key_of(number);
	struct keypair_ask ask = {.name = str_c(name),
				  .type = STR("ssh-ed25519"),
				  .blob = blob_of(&key),
				  .bits = 256,
				  .comment = str_c(name),
				  .made = made};

	*note = (struct note){""};
	return keypair_add(by, &ask, &w->arena, ret, note);
}

static struct keypair
pair_make(struct world *w, const char *name, unsigned number, bool made)
{
	struct visit by = creates(w, "Own/default");
	struct keypair k;
	struct note note;

	must(try(w, &by, name, number, made, &k, &note), name);
	return k;
}

static struct keypair
pair_get(struct world *w, struct str id)
{
	struct keypair k;

	must(keypair_get(w->core, id, &w->arena, &k), "keypair_get");
	return k;
}

static struct visit
deletes(struct world *w, const char *name)
{
	struct thing thing = {.kind = THING_KEYPAIR, .name = str_c(name)};

	return visit_of(w, w->key, VERB_KEYPAIR_DELETE, thing);
}

static void
pair_delete(struct world *w, const char *name)
{
	struct visit by = deletes(w, name);

	must(keypair_delete(&by), name);
}

/* What core_verify says of key pairs and servers. */
static void
verify_line(void *arg, const char *line)
{
	char *said = arg;

	if (strstr(line, "key pairs, servers") != NULL)
		(void)snprintf(said, 256, "%s", line);
}

static void
verify_says(struct world *w, int want, const char *part, const char *what)
{
	char said[256] = "";

	is_int(core_verify(w->core, false, verify_line, said), want, "%s",
	       what);
	ok(strstr(said, part) != NULL, "  %s", said);
}

static void
detail_has(struct world *w, const char *verb, const char *part,
	   const char *what)
{
	struct audit_row row = trail_last(w, str_c(w->owner.account), verb);
	char text[1024];

	(void)snprintf(text, sizeof(text), "%.*s", STR_ARG(row.detail));
	ok(strstr(text, part) != NULL, "%s: %s", what, text);
}

/* --- adding --- */

static void
test_names(void)
{
	static const struct {
		const char *name;
		bool want;
	} cases[] = {
	    {"abc", true},
	    {"Web-Key-1", true},
	    {"---", true},
	    {"12345678901234567890", true},
	    {"", false},
	    {"ab", false},
	    {"123456789012345678901", false},
	    {"web_key", false},
	    {"web key", false},
	    {"web.key", false},
	    {"w/k", false},
	    {"webk\xc3\xa9y", false},
	    {"a\nb", false},
	    {"../..", false},
	};

	for (size_t i = 0; i < nitems(cases); i++)
		is_int(keypair_name_ok(str_c(cases[i].name)), cases[i].want,
		       "'%s'", cases[i].name);
	ok(!keypair_name_ok((struct str){"abc\0d", 5}), "a NUL");
	ok(strstr(keypair_name_rule, "3 to 20") != NULL, "the rule: %s",
	   keypair_name_rule);
}

static void
test_import(struct world *w)
{
	struct sshkey key = key_of(1);
	struct visit by = creates(w, "own/DEFAULT");
	struct keypair k, again;
	struct note note;

	is_int(try(w, &by, "Web-Key", 1, false, &k, &note), 0, "imported");
	is_str(k.name, STR("Web-Key"), "as written");
	is_str(k.place, STR("Own/default"), "where");
	is_str(k.origin, STR("imported"), "how");
	is_str(k.state, STR("alive"), "at once alive");
	is_str(k.type, STR("ssh-ed25519"), "what");
	is_int(k.bits, 256, "how long");
	is_str(k.comment, STR("Web-Key"), "its comment");
	is_str(k.created_by, str_c(w->owner.who.identity), "by whom");
	is_str(k.account, str_c(w->owner.account), "whose");
	is_str(k.project, str_c(w->owner.account), "in which project");
	is_int(k.servers, 0, "nothing trusts it yet");
	ok(str_eq(k.blob, blob_of(&key)), "the key");
	is_int((long long)k.id.n, KEYPAIR_ID_LEN, "an id");
	is_str(trail_last(w, k.account, "keypair.create").thing,
	       STR("key-pair:Own/default/Web-Key"), "the trail names it");
	detail_has(w, "keypair.create", "\"origin\":\"imported\"",
		   "says how it came");
	detail_has(w, "keypair.create",
		   "\"fingerprint\":\"SHA256:", "which key it is");
	detail_has(w, "keypair.create", "\"bits\":256", "and what");
	is_int(try(w, &by, "wEB-kEY", 2, false, &again, &note), OUT_CONFLICT,
	       "the name is taken, however it is written");
	ok(note.text[0] != '\0', "which is said: %s", note.text);
	is_int(keypair_may_add(&by, STR("WEB-KEY"), &note), OUT_CONFLICT,
	       "and beforehand");
	is_int(keypair_may_add(&by, STR("web-kez"), &note), 0, "one is free");
	is_int(keypair_may_add(&by, STR("we"), &note), OUT_MALFORMED,
	       "one is no name");
	is_str(str_c(note.text), str_c(keypair_name_rule), "as the rule says");
	is_int(try(w, &by, "same-key", 1, false, &again, &note), 0,
	       "the same key by another name");
	pair_delete(w, "Own/default/same-key");
	verify_says(w, 0, "ok", "all is well");
}

static void
test_nonsense(struct world *w)
{
	struct visit by = creates(w, "Own/default");
	struct sshkey key = key_of(3);
	struct str blob = blob_of(&key);
	char longer[SSHKEY_COMMENT_MAX + 2];
	static char huge[KEYPAIR_BLOB_MAX + 1];
	struct keypair_ask good = {.name = STR("abc"),
				   .type = STR("ssh-ed25519"),
				   .blob = blob,
				   .bits = 256};
	struct keypair_ask asks[8];
	struct keypair k;
	struct note note = {""};

	memset(longer, 'c', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	for (size_t i = 0; i < nitems(asks); i++)
		asks[i] = good;
	asks[0].name = STR("a b");
	asks[1].type = STR("ssh-rsa");
	asks[2].bits = 255;
	asks[3].blob = str_sub(blob, 0, blob.n - 1);
	asks[4].blob = STR_NONE;
	asks[5].blob = (struct str){huge, sizeof(huge)};
	asks[6].comment = STR("a\nb");
	asks[7].comment = str_c(longer);
	for (size_t i = 0; i < nitems(asks); i++) {
		is_int(keypair_add(&by, &asks[i], &w->arena, &k, &note),
		       OUT_MALFORMED, "nonsense %zu", i);
		ok(note.text[0] != '\0', "  %s", note.text);
	}
	by = on_account(w, w->key, VERB_KEYPAIR_CREATE);
	is_int(keypair_add(&by, &good, &w->arena, &k, &note), OUT_ABSENT,
	       "no project");
}

static void
put_string(struct buf *b, struct str s)
{
	const char length[] = {0, 0, (char)(s.n >> 8), (char)(s.n & 255)};

	must(buf_add(b, length, sizeof(length)), "length");
	must(buf_addstr(b, s), "string");
}

/* A key of FIDO, whose owner chooses how long its application's name is. */
static void
test_long(struct world *w)
{
	static char name[KEYPAIR_BLOB_MAX];
	struct sshkey key = key_of(5);
	struct visit by = creates(w, "Own/default");
	struct keypair k;
	struct note note;

	memset(name, 'a', sizeof(name));
	for (size_t n = KEYPAIR_BLOB_MAX - 1; n <= KEYPAIR_BLOB_MAX + 1; n++) {
		CLEAN(buf_clear) struct buf b = BUF_INIT;
		struct keypair_ask ask = {.name = STR("long"),
					  .type =
					      STR("sk-ssh-ed25519@openssh.com"),
					  .bits = 256};
		bool fits = n <= KEYPAIR_BLOB_MAX;

		put_string(&b, ask.type);
		put_string(
		    &b, (struct str){(const char *)key.blob + key.blob_len - 32,
				     32});
		put_string(&b, (struct str){name, n - b.n - 4});
		ask.blob = buf_str(&b);
		is_int((long long)ask.blob.n, (long long)n, "a long key");
		is_int(keypair_add(&by, &ask, &w->arena, &k, &note),
		       fits ? 0 : OUT_MALFORMED, "of %zu bytes", n);
		if (fits)
			pair_delete(w, "Own/default/long");
	}
}

/* --- the private half --- */

static void
test_delivered(struct world *w)
{
	struct visit by = creates(w, "Own/default");
	struct keypair k, other;
	struct note note;

	is_int(try(w, &by, "made", 10, true, &k, &note), 0, "made");
	is_str(k.state, STR("pending"), "on its way");
	is_str(k.origin, STR("made"), "here");
	detail_has(w, "keypair.create", "\"state\":\"pending\"", "the trail");
	is_int(try(w, &by, "MADE", 11, true, &other, &note), OUT_CONFLICT,
	       "its name is taken already");
	is_int(keypair_delivered(&by, k.id), 0, "delivered");
	is_str(pair_get(w, k.id).state, STR("alive"), "alive");
	detail_has(w, "keypair.create", "\"state\":\"alive\"", "the trail");
	is_int(keypair_delivered(&by, k.id), OUT_ABSENT, "once");
	is_int(keypair_lost(&by, k.id, "late"), OUT_ABSENT,
	       "it cannot be lost any more");
	is_str(pair_get(w, k.id).state, STR("alive"), "and is not");
	is_int(keypair_delivered(&by, STR("none")), OUT_ABSENT, "no pair");
	pair_delete(w, "Own/default/made");
}

static void
test_lost(struct world *w)
{
	struct visit by = creates(w, "Own/default");
	struct keypair k, next;
	struct note note;

	must(try(w, &by, "Gone", 12, true, &k, &note), "made");
	is_int(keypair_lost(&by, k.id, "the client left"), 0, "lost");
	is_str(pair_get(w, k.id).state, STR("dead"), "dead");
	detail_has(w, "keypair.create", "\"state\":\"dead\"", "the trail");
	detail_has(w, "keypair.create", "\"why\":\"the client left\"", "why");
	detail_has(w, "keypair.create", w->owner.who.identity, "and whose");
	is_int(keypair_delivered(&by, k.id), OUT_ABSENT, "for good");
	is_int(keypair_may_add(&by, STR("gone"), &note), 0, "its name is free");
	is_int(try(w, &by, "gonE", 13, true, &next, &note), 0, "and is taken");
	ok(!str_eq(k.id, next.id), "by another pair");
	is_int(keypair_get(w->core, k.id, &w->arena, &k), OUT_ABSENT,
	       "the dead one is no more");
	detail_has(w, "keypair.delete", "\"why\":\"dead, and its name",
		   "which the trail tells");
	is_str(trail_last(w, str_c(w->owner.account), "keypair.delete").thing,
	       STR("key-pair:Own/default/Gone"), "of the dead one");
	is_int(keypair_lost(&by, k.id, "again"), OUT_ABSENT,
	       "the old one's end is none of the new one's");
	is_str(pair_get(w, next.id).state, STR("pending"), "it is on its way");
	verify_says(w, 0, "ok", "the count is right");
	must(keypair_lost(&by, next.id, "test"), "lost");
	pair_delete(w, "Own/default/gone");
}

/* Who may not any more at the moment of delivery gets a pair that is dead. */
static void
test_revoked(struct world *w)
{
	struct str owner = str_c(w->owner.who.identity);
	struct visit by, other;
	struct api_key ending;
	struct str value = world_key(w, owner, 0, &ending);
	struct keypair k;
	struct audit_row row;
	struct note note;

	by = on_project(w, value, VERB_KEYPAIR_CREATE, "Own/default");
	must(try(w, &by, "revoked", 14, true, &k, &note), "made");
	other = on_account(w, w->key, VERB_APIKEY_DELETE);
	must(api_key_delete(&other, ending.id), "the key ends");
	is_int(keypair_delivered(&by, k.id), OUT_UNPROVEN, "not to them");
	is_str(pair_get(w, k.id).state, STR("pending"), "still on its way");
	is_int(keypair_lost(&by, k.id, "not permitted any more"), 0, "lost");
	is_str(pair_get(w, k.id).state, STR("dead"), "dead");
	row = trail_last(w, str_c(w->owner.account), "keypair.create");
	is_str(row.identity, STR(""), "by nobody but the program");
	is_str(row.thing, STR("key-pair:Own/default/revoked"), "that pair");
	is_int(try(w, &by, "revoked", 15, true, &k, &note), OUT_UNPROVEN,
	       "they make no other");
	pair_delete(w, "Own/default/revoked");
}

static void
test_tidy(struct world *w)
{
	struct keypair old, young;

	old = pair_make(w, "old", 16, true);
	clock_test_shift(KEYPAIR_PENDING_MS);
	young = pair_make(w, "young", 17, true);
	must(core_tidy(w->core), "tidy");
	is_str(pair_get(w, old.id).state, STR("dead"), "the old one is dead");
	is_str(pair_get(w, young.id).state, STR("pending"), "one is not old");
	detail_has(w, "keypair.create", "\"why\":\"not delivered\"", "why");
	clock_test_shift(-KEYPAIR_PENDING_MS);
	world_shut(w);
	must(world_open(w, false), "world_open");
	is_str(pair_get(w, young.id).state, STR("dead"),
	       "a start knows of none, even of the future");
	pair_delete(w, "Own/default/old");
	pair_delete(w, "Own/default/young");
}

/* --- going --- */

static void
server_make(struct world *w, const char *name, const char *pair,
	    struct server *ret)
{
	CLEAN(secret_clear) struct secret token = SECRET_INIT;
	struct visit by =
	    on_project(w, w->key, VERB_SERVER_CREATE, "Own/default");
	struct server_ask ask = {.name = str_c(name), .keypair = str_c(pair)};
	struct note note = {""};

	must(server_create(&by, &ask, &w->arena, ret, &token, &note),
	     note.text);
}

static void
server_end(struct world *w, const char *name)
{
	struct thing thing = {.kind = THING_SERVER, .name = str_c(name)};
	struct visit by = visit_of(w, w->key, VERB_SERVER_DELETE, thing);

	must(server_delete(&by), name);
}

static void
test_delete(struct world *w)
{
	struct keypair k = pair_make(w, "applied", 20, false), again;
	struct server one, two, got;
	struct visit by, twice;

	server_make(w, "one", "applied", &one);
	server_make(w, "two", "APPLIED", &two);
	is_int(pair_get(w, k.id).servers, 2, "two trust it");
	by = twice = deletes(w, "own/default/APPLIED");
	is_int(keypair_delete(&by), 0, "deleted");
	is_int(keypair_get(w->core, k.id, &w->arena, &k), OUT_ABSENT, "gone");
	detail_has(w, "keypair.delete", "\"servers\":2", "the trail");
	is_int(keypair_delete(&twice), OUT_ABSENT, "once");
	must(server_get(w->core, one.id, &w->arena, &got), "server");
	is_str(got.key.pair_name, STR("applied"), "a server keeps what it has");
	ok(got.key.pair_gone, "and knows");
	again = pair_make(w, "applied", 21, false);
	ok(!str_eq(again.id, k.id), "the same name is a new pair");
	is_int(again.servers, 0, "that nobody trusts");
	server_end(w, "Own/default/one");
	server_end(w, "Own/default/two");
	pair_delete(w, "Own/default/applied");
	verify_says(w, 0, "ok", "all is well");
}

/* Of the pair of that name, in a page of all and in one of a search. */
static void
listed(struct world *w, const char *name, int64_t want)
{
	struct keypair_filter filter = {.project = str_c(w->owner.account),
					.limit = PAGE_MAX};
	struct keypair *list;
	struct str next;
	size_t n = 0;

	for (int i = 0; i < 2; i++) {
		filter.search = i == 0 ? STR_NONE : str_c(name);
		must(
		    keypair_list(w->core, &filter, &w->arena, &list, &n, &next),
		    "list");
		for (size_t j = 0; j < n; j++)
			if (str_eq(list[j].name, str_c(name)))
				is_int(list[j].servers, want, "a list counts");
	}
}

static void
test_counted(struct world *w)
{
	struct keypair k = pair_make(w, "counted", 23, false);
	struct server one;
	char name[32];
	int64_t n;

	for (n = 1; n <= KEYPAIR_SERVERS_MAX + 1; n++) {
		(void)snprintf(name, sizeof(name), "s%d", (int)n);
		server_make(w, name, "counted", &one);
		if (n < KEYPAIR_SERVERS_MAX - 1)
			continue;
		is_int(pair_get(w, k.id).servers, n, "as many trust it");
		listed(w, "counted",
		       n < KEYPAIR_SERVERS_MAX ? n : KEYPAIR_SERVERS_MAX);
	}
	while (--n > 0) {
		(void)snprintf(name, sizeof(name), "Own/default/s%d", (int)n);
		server_end(w, name);
	}
	listed(w, "counted", 0);
	pair_delete(w, "Own/default/counted");
}

static void
test_project(struct world *w)
{
	struct project p = project_make(w, w->key, "short");
	struct visit by = creates(w, "Own/short");
	struct visit away =
	    on_project(w, w->key, VERB_PROJECT_DELETE, "Own/short");
	struct keypair k;
	struct note note;

	must(try(w, &by, "inside", 22, true, &k, &note), "pair");
	is_int(project_delete(&away, p.id, &note), OUT_CONFLICT,
	       "a project with a pair stays");
	ok(strstr(note.text, "1 key pairs and 0 servers") != NULL, "  %s",
	   note.text);
	must(keypair_lost(&by, k.id, "test"), "lost");
	is_int(project_delete(&away, p.id, &note), OUT_CONFLICT,
	       "with a dead one, too");
	pair_delete(w, "Own/short/inside");
	is_int(project_delete(&away, p.id, &note), 0, "without it goes");
	is_int(try(w, &by, "inside", 23, true, &k, &note), OUT_DENIED,
	       "and nothing comes into it any more");
}

static void
test_limit(struct world *w)
{
	struct str project = str_c(w->owner.account);
	struct visit by;
	struct keypair k;
	struct note note;

	k = pair_make(w, "dead-one", 30, true);
	RAW(w, .sql = RAW_COUNT, .id = project, .n = KEYPAIRS_MAX);
	by = creates(w, "Own/default");
	is_int(keypair_may_add(&by, STR("one-more"), &note), OUT_TOO_MANY,
	       "full");
	is_int(try(w, &by, "one-more", 31, false, &k, &note), OUT_TOO_MANY,
	       "no more");
	ok(note.text[0] != '\0', "  %s", note.text);
	is_int(keypair_may_add(&by, STR("dead-one"), &note), 0,
	       "but in the place of a dead one");
	is_int(try(w, &by, "dead-one", 31, false, &k, &note), 0, "there is");
	verify_says(w, OUT_MISMATCH, "count their key pairs", "a wrong count");
	RAW(w, .sql = RAW_COUNT, .id = project, .n = 2);
	pair_delete(w, "Own/default/dead-one");
}

/* --- lists --- */

static void
lists(struct world *w, struct keypair_filter f, const char *want,
      const char *next, const char *what)
{
	struct keypair *list = NULL;
	struct str more = STR("unset");
	char got[512] = "";
	size_t n = 0, at = 0;

	f.project = str_c(w->owner.account);
	must(keypair_list(w->core, &f, &w->arena, &list, &n, &more), "list");
	for (size_t i = 0; i < n && at < sizeof(got); i++)
		at += (size_t)snprintf(got + at, sizeof(got) - at, "%s%.*s",
				       i > 0 ? " " : "", STR_ARG(list[i].name));
	is_str(str_c(got), str_c(want), "%s", what);
	is_str(more, str_c(next), "%s: what comes next", what);
}
#define LISTS(w, want, next, what, ...)                                        \
	lists((w), (struct keypair_filter){__VA_ARGS__}, (want), (next), (what))

static void
test_list(struct world *w)
{
	static const char *const names[] = {"delta", "Alpha", "web-1", "WEB-2",
					    "beta"};
	struct visit by;
	struct keypair k;
	struct note note;

	(void)project_make(w, w->key, "apart");
	by = creates(w, "Own/apart");
	pair_delete(w, "Own/default/Web-Key");
	LISTS(w, "", "", "nothing", .limit = 1);
	for (unsigned i = 0; i < nitems(names); i++)
		(void)pair_make(w, names[i], 40 + i, i % 2 == 0);
	must(try(w, &by, "elsewhere", 50, false, &k, &note), "elsewhere");
	LISTS(w, "Alpha beta delta web-1 WEB-2", "", "all", .limit = 0);
	LISTS(w, "Alpha beta delta web-1 WEB-2", "", "exactly all", .limit = 5);
	LISTS(w, "Alpha beta", "beta", "a page", .limit = 2);
	LISTS(w, "delta web-1", "web-1", "the next", .limit = 2,
	      .after = STR("BETA"));
	LISTS(w, "WEB-2", "", "the last", .limit = 2, .after = STR("web-1"));
	LISTS(w, "delta web-1 WEB-2", "", "behind what is not there",
	      .after = STR("c"));
	LISTS(w, "", "", "behind all", .after = STR("zzzzzzzzzzzzzzzzzzzz"));
	LISTS(w, "web-1 WEB-2", "", "a part of the name", .search = STR("Eb-"));
	LISTS(w, "web-1", "web-1", "by page", .search = STR("WEB"), .limit = 1);
	LISTS(w, "WEB-2", "", "and on", .search = STR("WEB"), .limit = 1,
	      .after = STR("web-1"));
	LISTS(w, "Alpha beta delta", "", "in the middle", .search = STR("a"));
	LISTS(w, "", "", "no pattern", .search = STR("%"));
	LISTS(w, "", "", "of any kind", .search = STR("w_b"));
	LISTS(w, "", "", "longer than a name",
	      .search = STR("aaaaaaaaaaaaaaaaaaaaa"));
	LISTS(w, "", "", "what nobody has", .search = STR("xyz"));
	pair_delete(w, "Own/apart/elsewhere");
	for (unsigned i = 0; i < nitems(names); i++) {
		char name[64];

		(void)snprintf(name, sizeof(name), "Own/default/%s", names[i]);
		pair_delete(w, name);
	}
}

/* A search looks at so many and says where to go on. */
static void
test_scan(struct world *w)
{
	struct str own = str_c(w->owner.account);
	const int64_t all = 2 * KEYPAIR_SCAN_MAX;
	char last[32], found[32], number[8];

	RAW(w, .sql = RAW_PAIRS, .id = own, .text = own, .n = all,
	    .key = key_of(60), .other = STR("alive"));
	RAW(w, .sql = RAW_COUNT, .id = own, .n = all);
	(void)snprintf(number, sizeof(number), "%07d", (int)all);
	(void)snprintf(last, sizeof(last), "n%07d-x", KEYPAIR_SCAN_MAX);
	(void)snprintf(found, sizeof(found), "N%07d-x", (int)all);
	LISTS(w, "", last, "not found so far", .search = str_c(number));
	LISTS(w, found, "", "found", .search = str_c(number),
	      .after = str_c(last));
	LISTS(w, "", "", "not found at all", .search = STR("none"),
	      .after = str_c(last));
	LISTS(w, "N0000001-x", "n0000001-x", "a full page ends sooner",
	      .search = STR("-x"), .limit = 1);
	verify_says(w, 0, "ok", "all are well");
}

/* A start makes all dead that were under way, in as many rounds as it takes. */
static void
test_rounds(struct world *w)
{
	struct str own = str_c(w->owner.account);
	struct project p = project_make(w, w->key, "rounds");
	struct keypair_filter f = {.project = p.id, .limit = PAGE_MAX};
	struct keypair *list;
	struct str next;
	size_t n = 0, dead = 0;

	RAW(w, .sql = RAW_PAIRS, .id = own, .text = p.id, .n = 250,
	    .key = key_of(61), .other = STR("pending"));
	RAW(w, .sql = RAW_COUNT, .id = p.id, .n = 250);
	must(keypair_list(w->core, &f, &w->arena, &list, &n, &next), "list");
	for (size_t i = 0; i < n; i++)
		dead += str_eq(list[i].state, STR("dead"));
	is_int((long long)dead, 250, "all of them");
	is_int((long long)n, 250, "and there are no others");
}

/* --- what verify finds --- */

static void
test_verify(struct world *w)
{
	struct str own = str_c(w->owner.account);
	struct keypair k = pair_make(w, "verified", 70, false);
	struct account other;
	struct server s;

	(void)world_other(w, &other);
	server_make(w, "checked", "verified", &s);
	verify_says(w, 0, "ok", "all is well");
	RAW(w, .sql = RAW_STATE, .id = k.id, .text = STR("dead"),
	    .other = STR("made"));
	verify_says(w, OUT_MISMATCH, "1 servers' keys of pairs",
		    "a server trusts what was never delivered");
	RAW(w, .sql = RAW_STATE, .id = k.id, .text = STR("dead"),
	    .other = STR("imported"));
	server_end(w, "Own/default/checked");
	verify_says(w, OUT_MISMATCH, "never made", "an import is not dead");
	RAW(w, .sql = RAW_STATE, .id = k.id, .text = STR("alive"),
	    .other = STR("imported"));
	verify_says(w, 0, "ok", "as it was");
	RAW(w, .sql = RAW_BLOB, .id = k.id, .key = key_of(71));
	verify_says(w, OUT_MISMATCH, "kept as another key", "another key");
	RAW(w, .sql = RAW_BLOB, .id = k.id, .key = key_of(70));
	RAW(w, .sql = RAW_ACCOUNT, .id = k.id, .text = other.id);
	verify_says(w, OUT_MISMATCH, "1 key pairs in a project of another",
		    "another account's");
	RAW(w, .sql = RAW_ACCOUNT, .id = k.id, .text = own);
	server_make(w, "checked", "verified", &s);
	RAW(w, .sql = RAW_KEY, .id = s.id, .text = STR("chequed"));
	verify_says(w, OUT_MISMATCH, "kept as another server's",
		    "a name that is not the server's");
	RAW(w, .sql = RAW_KEY, .id = s.id, .text = STR("checked"));
	RAW(w, .sql = RAW_TRUST, .id = s.id, .text = STR("no"));
	verify_says(w, OUT_MISMATCH, "exactly one key", "it trusts none");
	RAW(w, .sql = RAW_TRUST, .id = s.id, .text = STR("yes"));
	RAW(w, .sql = RAW_MOVE, .id = s.id, .text = other.id);
	verify_says(w, OUT_MISMATCH, "servers in a project of another",
		    "a server of another account");
	RAW(w, .sql = RAW_MOVE, .id = s.id, .text = own);
	verify_says(w, 0, "ok", "as it was");
	(void)pair_make(w, "pending", 72, true);
	verify_says(w, 0, "ok", "one may be under way");
	clock_test_shift(KEYPAIR_PENDING_MS + 2 * MINUTE_MS);
	verify_says(w, OUT_MISMATCH, "under way for too long", "not forever");
	must(core_tidy(w->core), "tidy");
	verify_says(w, 0, "ok", "which is put right");
	clock_test_shift(-(KEYPAIR_PENDING_MS + 2 * MINUTE_MS));
	server_end(w, "Own/default/checked");
	pair_delete(w, "Own/default/verified");
	pair_delete(w, "Own/default/pending");
}

int
main(void)
{
	struct world w;

	test_names();
	world_make(&w);
	test_import(&w);
	test_nonsense(&w);
	test_long(&w);
	test_delivered(&w);
	test_lost(&w);
	test_revoked(&w);
	test_tidy(&w);
	test_delete(&w);
	test_counted(&w);
	test_project(&w);
	test_limit(&w);
	test_list(&w);
	test_verify(&w);
	test_rounds(&w);
	test_scan(&w);
	world_end(&w);
	return done_testing();
}
