/* Servers as people make, change and see them. */
#include "core/server_world.h"

static struct project lab;
static struct str good; /* the id of a pair */

static int64_t
counted(struct world *w, struct str project)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;

	must(db_view_begin(w->core->db, &view), "view");
	must(db_one(view, SQL_server_room, &rows, "ss", project,
		    str_c(w->owner.account)),
	     "room");
	return db_int(&rows, 0);
}

static void
test_names(void)
{
	static const char *const fine[] = {"a",	    "7",    "web-1",
					   "WEB-1", "a--b", "0123456789abcdef"};
	static const char *const wrong[] = {
	    "",	   "-",	  "-a",	 "a-",		 "a.b", "a_b",
	    "a b", "a/b", "a\n", "web-\xc3\xa4", "a:",	"%"};
	char text[SERVER_NAME_MAX + 1];

	for (size_t i = 0; i < nitems(fine); i++)
		ok(server_name_ok(str_c(fine[i])), "'%s'", fine[i]);
	for (size_t i = 0; i < nitems(wrong); i++)
		ok(!server_name_ok(str_c(wrong[i])), "not '%s'", wrong[i]);
	ok(!server_name_ok((struct str){"a\0b", 3}), "no NUL");
	memset(text, 'a', sizeof(text));
	for (size_t n = SERVER_NAME_MAX - 1; n <= SERVER_NAME_MAX + 1; n++)
		is_int(server_name_ok((struct str){text, n}),
		       n <= SERVER_NAME_MAX, "of %zu bytes", n);
}

static void
test_create(struct world *w)
{
	struct sshkey key = key_of(1);
	struct server_ask ask = {.name = STR("Web-1"),
				 .keypair = STR("WEB-key"),
				 .user_data = STR("#!/bin/sh\nsecret-of-boot")};
	int64_t before = counted(w, str_c(w->owner.account)), now = clock_now();
	struct made m;
	struct server s;
	struct audit_row row;

	is_int(server_try(w, OWN, &ask, &m), 0, "made");
	s = server_now(w, m.server.id);
	is_str(s.name, STR("Web-1"), "its name as written");
	is_str(s.place, STR("Own/default"), "its place");
	is_str(s.project, str_c(w->owner.account), "its project");
	is_str(s.created_by, str_c(w->owner.who.identity), "by whom");
	is_int(s.user_data_len, ask.user_data.n, "bytes of its user data");
	is_str(s.key.pair, good, "the pair");
	is_str(s.key.pair_name, STR("Web-Key"), "the pair's name");
	is_str(s.key.type, STR("ssh-ed25519"), "the type");
	is_str(s.key.blob, blob_of(&key), "the key");
	is_str(s.key.comment, STR("a comment"), "the comment");
	is_int(s.key.bits, 256, "the bits");
	ok(!s.key.pair_gone && s.key.to_at == 0, "trusted now");
	ok(s.seed.is && s.seed.first_at == 0 && s.seed.closed_at == 0 &&
	       s.seed.enrolled_at == 0,
	   "an unused seed");
	ok(s.seed.expires_at >= now + SEED_LIFE_S * SECOND_MS &&
	       s.seed.expires_at <= clock_now() + SEED_LIFE_S * SECOND_MS,
	   "that lives for a day");
	ok(s.follows_since == 0 && s.credential.n == 0, "it cannot follow yet");
	ok(token_looks(TOKEN_SEED, m.token), "the token");
	is_int(counted(w, s.project), before + 1, "counted");
	row = trail_last(w, s.account, "server.create");
	is_str(row.thing, STR("server:Own/default/Web-1"), "in the trail");
	ok(str_has(row.detail, STR("\"key_pair\":\"Web-Key\"")), "the pair");
	ok(str_has(row.detail, STR("\"fingerprint\":\"SHA256:")), "its print");
	ok(str_has(row.detail, STR("\"seed_expires_at\":")), "the seed's end");
	ok(!str_has(row.detail, m.token) &&
	       !str_has(row.detail, STR("secret-of-boot")),
	   "and nothing that is secret");
}

static int
create_try(struct world *w, const char *name, const char *pair, struct made *m)
{
	struct server_ask ask = {.name = str_c(name), .keypair = str_c(pair)};
	int64_t before = counted(w, str_c(w->owner.account));
	int r = server_try(w, OWN, &ask, m);

	is_int(counted(w, str_c(w->owner.account)), before + (r == 0),
	       "counted when it is made");
	return r;
}

static void
refuse(struct world *w, const char *name, const char *pair, int want,
       const char *what)
{
	struct made m;

	is_int(create_try(w, name, pair, &m), want, "%s", what);
	ok(m.note.text[0] != '\0', "with a note: %s", m.note.text);
}

static void
test_refused(struct world *w)
{
	struct str there = pair_put(w, lab.id, "lab-key", "alive", 2);
	struct made m;

	pair_put(w, str_c(w->owner.account), "on-its-way", "pending", 3);
	pair_put(w, str_c(w->owner.account), "never", "dead", 4);
	refuse(w, "WEB-1", "web-key", OUT_CONFLICT, "the name is taken");
	refuse(w, "bad_name", "web-key", OUT_MALFORMED, "not a name");
	refuse(w, "0123456789abcdef0123456789abcdef", "web-key", OUT_MALFORMED,
	       "what reads as an id");
	refuse(w, "0123456789ABCDEF0123456789abcdef", "web-key", OUT_MALFORMED,
	       "however it is written");
	is_int(create_try(w, "0123456789abcdef0123456789abcde", "web-key", &m),
	       0, "a digit less is a name");
	is_int(
	    create_try(w, "0123456789abcdef0123456789abcdefg", "web-key", &m),
	    0, "so is anything longer");
	refuse(w, "other", "", OUT_MALFORMED, "no pair");
	refuse(w, "other", "web-kez", OUT_MISSING_PART, "no such pair");
	refuse(w, "other", "0123456789012345678901234567890123",
	       OUT_MISSING_PART, "longer than an id");
	refuse(w, "other", "lab-key", OUT_MISSING_PART,
	       "a pair of another project");
	refuse(w, "other", there.p, OUT_MISSING_PART, "by its id as well");
	refuse(w, "other", "on-its-way", OUT_CONFLICT, "a pending pair");
	refuse(w, "other", "never", OUT_CONFLICT, "a dead pair");
	is_int(create_try(w, "other", good.p, &m), 0, "by its id");
}

static void
test_user_data(struct world *w)
{
	static char data[USER_DATA_MAX + 1];
	struct server_ask ask = {.keypair = STR("web-key")};
	char name[32];
	struct made m;

	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (char)(i * 7 + i / 251);
	for (size_t n = USER_DATA_MAX - 1; n <= USER_DATA_MAX + 1; n++) {
		bool fits = n <= USER_DATA_MAX;
		struct server_boot boot;
		struct visit v;

		(void)snprintf(name, sizeof(name), "data-%zu", n);
		ask.name = str_c(name);
		ask.user_data = (struct str){data, n};
		is_int(server_try(w, OWN, &ask, &m), fits ? 0 : OUT_TOO_LARGE,
		       "%zu bytes", n);
		if (!fits)
			continue;
		is_int(m.server.user_data_len, n, "as many are there");
		v = let_in(w, PROOF_SEED, m.token, VERB_SEED_READ, "192.0.2.1");
		must(server_boot(&v, &w->arena, &boot), "boot");
		ok(str_eq(boot.user_data, ask.user_data), "byte for byte");
	}
	ask.name = STR("data-none");
	ask.user_data = STR_NONE;
	is_int(server_try(w, OWN, &ask, &m), 0, "none at all");
	is_int(m.server.user_data_len, 0, "is nothing");
}

static void
test_seed_life(struct world *w)
{
	static const struct {
		int64_t life;
		int want;
	} cases[] = {{SEED_LIFE_MIN_S - 1, OUT_MALFORMED},
		     {SEED_LIFE_MIN_S, 0},
		     {SEED_LIFE_MIN_S + 1, 0},
		     {SEED_LIFE_MAX_S - 1, 0},
		     {SEED_LIFE_MAX_S, 0},
		     {SEED_LIFE_MAX_S + 1, OUT_MALFORMED},
		     {-1, OUT_MALFORMED},
		     {INT64_MAX, OUT_MALFORMED},
		     {INT64_MIN, OUT_MALFORMED}};
	struct server_ask ask = {.keypair = STR("web-key")};
	char name[32];
	struct made m;

	for (size_t i = 0; i < nitems(cases); i++) {
		(void)snprintf(name, sizeof(name), "life-%zu", i);
		ask.name = str_c(name);
		ask.seed_life_s = cases[i].life;
		is_int(server_try(w, OWN, &ask, &m), cases[i].want,
		       "%lld seconds", (long long)cases[i].life);
		if (cases[i].want == 0)
			is_int(m.server.seed.expires_at -
				   m.server.seed.created_at,
			       cases[i].life * SECOND_MS, "so long");
	}
}

static void
test_room(struct world *w)
{
	struct raw raw = {.sql = RAW_COUNT,
			  .id = str_c(w->owner.account),
			  .n = SERVERS_MAX - 2};
	int64_t before = counted(w, raw.id);
	struct made m;
	struct visit v;

	raw_do(w, &raw);
	is_int(create_try(w, "room-1", "web-key", &m), 0, "one below");
	is_int(create_try(w, "room-2", "web-key", &m), 0, "the last");
	refuse(w, "room-3", "web-key", OUT_TOO_MANY, "one above");
	v = at_server(w, VERB_SERVER_DELETE, &m.server);
	is_int(server_delete(&v), 0, "one goes");
	is_int(create_try(w, "room-3", "web-key", &m), 0, "one comes");
	raw.n = before + 2;
	raw_do(w, &raw);
}

/* What was allowed at the door counts for nothing at the commit. */
static void
test_rights(struct world *w)
{
	struct user u = world_user(w, "writer@example.org", ROLE_WRITER);
	struct user admin =
	    world_user(w, "admin@example.org", ROLE_ADMINISTRATOR);
	struct api_key key, admin_key;
	struct str value = world_key(w, u.id, 0, &key);
	struct str admin_value = world_key(w, admin.id, 0, &admin_key);
	struct visit by = on_project(w, value, VERB_SERVER_CREATE, OWN);
	struct thing web = {.kind = THING_SERVER,
			    .name = STR("own/default/web-1")};
	struct visit set = visit_of(w, admin_value, VERB_SERVER_SET_KEY, web);
	struct visit seed = visit_of(w, admin_value, VERB_SERVER_SEED, web);
	struct visit gone = visit_of(w, admin_value, VERB_SERVER_DELETE, web);
	struct server_ask ask = {.name = STR("late"),
				 .keypair = STR("web-key")};
	struct proof proof = basic("iamapikey", value);
	CLEAN(secret_clear) struct secret token = SECRET_INIT;
	struct visit out = w->owner;
	struct server s;

	is_int(gate_pass(w->core, &proof, VERB_SERVER_SET_KEY, &web, &out),
	       OUT_DENIED, "who may make one may not change it");
	out = w->owner;
	out.verb = VERB_USER_UPDATE;
	must(user_disable(&out, u.id, true), "disable");
	must(user_disable(&out, admin.id, true), "disable");
	is_int(server_create(&by, &ask, &w->arena, &s, &token, NULL),
	       OUT_UNPROVEN, "create");
	is_int(server_set_key(&set, STR("web-key"), NULL), OUT_UNPROVEN,
	       "set_key");
	is_int(server_seed_renew(&seed, 0, &w->arena, &s, &token, NULL),
	       OUT_UNPROVEN, "renew");
	is_int(server_delete(&gone), OUT_UNPROVEN, "delete");
	ok(token.slot == NULL, "no token");
	must(user_disable(&out, u.id, false), "enable");
}

static struct server_key *
history(struct world *w, struct str id, size_t *n)
{
	struct server_key *list = NULL;

	must(server_history(w->core, id, &w->arena, &list, n), "history");
	return list;
}

static void
test_set_key(struct world *w)
{
	struct sshkey key = key_of(5);
	struct str next =
	    pair_put(w, str_c(w->owner.account), "next", "alive", 5);
	struct made m = server_make(w, OWN, "set", "web-key");
	struct visit v = at_server(w, VERB_SERVER_SET_KEY, &m.server);
	struct note note = {""};
	struct server_key *list;
	struct audit_row *rows;
	struct audit_row row;
	size_t n, changes;

	is_int(server_set_key(&v, STR("nothing"), &note), OUT_MISSING_PART,
	       "no such pair: %s", note.text);
	is_int(server_set_key(&v, STR("lab-key"), &note), OUT_MISSING_PART,
	       "of another project");
	is_int(server_set_key(&v, STR("on-its-way"), &note), OUT_CONFLICT,
	       "pending");
	is_int(server_set_key(&v, STR("never"), &note), OUT_CONFLICT, "dead");
	is_int(server_set_key(&v, STR("NEXT"), &note), 0, "another key");
	is_str(server_now(w, m.server.id).key.blob, blob_of(&key), "it has it");
	row = trail_last(w, m.server.account, "server.setkey");
	is_str(row.thing, STR("server:Own/default/set"), "in the trail");
	ok(str_has(row.detail, STR("\"key_pair\":\"next\"")) &&
	       str_has(row.detail, STR("\"key_pair_before\":\"Web-Key\"")),
	   "from which to which");
	list = history(w, m.server.id, &n);
	is_int(n, 2, "two keys in all");
	is_str(list[0].pair, next, "the newest first");
	ok(list[0].to_at == 0 && list[0].to_by.n == 0, "which is trusted");
	is_str(list[1].pair, good, "and the older one");
	ok(list[1].to_at >= list[1].from_at && list[1].to_at <= list[0].from_at,
	   "until then");
	is_str(list[1].to_by, str_c(w->owner.who.identity), "by whom");
	changes = trail_rows(w, m.server.account, "server.setkey", &rows);
	is_int(server_set_key(&v, next, &note), 0, "the same by id");
	(void)history(w, m.server.id, &n);
	is_int(n, 2, "changes nothing");
	is_int(trail_rows(w, m.server.account, "server.setkey", &rows), changes,
	       "and nothing is told");
}

static void
test_pair_gone(struct world *w)
{
	struct str id =
	    pair_put(w, str_c(w->owner.account), "brief", "alive", 6);
	struct sshkey key = key_of(6);
	struct made m = server_make(w, OWN, "gone", "brief");
	struct server s;
	struct visit v;
	struct server_key *list;
	size_t n;

	pair_drop(w, id);
	s = server_now(w, m.server.id);
	is_str(s.key.blob, blob_of(&key), "the snapshot stays");
	ok(s.key.pair_gone, "and says that the pair is gone");
	pair_put(w, str_c(w->owner.account), "brief", "alive", 7);
	ok(server_now(w, m.server.id).key.pair_gone,
	   "another of that name is not that one");
	v = at_server(w, VERB_SERVER_SET_KEY, &m.server);
	must(server_set_key(&v, STR("brief"), NULL), "set");
	list = history(w, m.server.id, &n);
	ok(n == 2 && !list[0].pair_gone && list[1].pair_gone,
	   "each of the history for itself");
}

static void
test_history_limit(struct world *w)
{
	struct made m = server_make(w, OWN, "often", "web-key");
	struct visit v = at_server(w, VERB_SERVER_SET_KEY, &m.server);
	struct server_key *list;
	struct audit_row *rows;
	size_t n = 1;

	for (size_t i = 2; i <= SERVER_KEYS_MAX + 1; i++) {
		must(server_set_key(
			 &v, i % 2 == 0 ? STR("next") : STR("web-key"), NULL),
		     "set");
		if (i < SERVER_KEYS_MAX - 1)
			continue;
		list = history(w, m.server.id, &n);
		is_int(n, i < SERVER_KEYS_MAX ? i : SERVER_KEYS_MAX,
		       "after %zu keys", i);
		is_str(list[n - 1].pair_name,
		       i <= SERVER_KEYS_MAX ? STR("Web-Key") : STR("next"),
		       "the first of them goes when there is no room");
	}
	is_int(trail_rows(w, m.server.account, "server.setkey", &rows),
	       PAGE_MAX, "the trail has them all");
	is_int(raw_left(w, m.server.id), SERVER_KEYS_MAX + 2,
	       "they are gone: it has the others, itself and a seed");
	n = 0;
	is_int(server_history(w->core, STR("nothing"), &w->arena, &list, &n),
	       OUT_ABSENT, "no server, no history");
}

static void
test_delete(struct world *w)
{
	struct made m = server_make(w, OWN, "away", "web-key");
	int64_t before = counted(w, m.server.project);
	struct visit boot =
	    let_in(w, PROOF_SEED, m.token, VERB_SEED_READ, "192.0.2.9");
	struct visit enrol =
	    let_in(w, PROOF_SEED, m.token, VERB_SEED_ENROL, "192.0.2.9");
	struct visit report =
	    let_in(w, PROOF_SEED, m.token, VERB_SEED_REPORT, "192.0.2.9");
	struct visit v = at_server(w, VERB_SERVER_DELETE, &m.server), follow;
	CLEAN(secret_clear) struct secret machine = SECRET_INIT;
	struct sshkey key = key_of(70);
	struct server_report said = {.keys = &key, .n_keys = 1};
	struct server_boot told;
	struct server s;
	struct audit_row row;

	must(server_enrol(&enrol, &machine), "enrol");
	must(server_report(&report, &said, NULL), "report");
	follow = let_in(w, PROOF_MACHINE, secret_reveal(&machine),
			VERB_SERVER_FOLLOW, "192.0.2.9");
	is_int(server_follow(&follow, &w->arena, &told), 0, "it follows");
	is_int(server_delete(&v), 0, "deleted");
	is_int(server_follow(&follow, &w->arena, &told), OUT_ABSENT,
	       "who was let in finds nothing");
	is_int(server_boot(&boot, &w->arena, &told), OUT_UNPROVEN,
	       "nor does a boot");
	is_int(knock(w, PROOF_SEED, m.token, VERB_SEED_READ, "192.0.2.9", &v),
	       OUT_UNPROVEN, "the seed is dead");
	is_int(knock(w, PROOF_MACHINE, secret_reveal(&machine),
		     VERB_SERVER_FOLLOW, "192.0.2.9", &v),
	       OUT_UNPROVEN, "the credential as well");
	is_int(server_get(w->core, m.server.id, &w->arena, &s), OUT_ABSENT,
	       "it is absent");
	is_int(counted(w, m.server.project), before - 1, "counted");
	row = trail_last(w, m.server.account, "server.delete");
	is_str(row.thing, STR("server:Own/default/away"), "in the trail");
	ok(str_has(row.detail, m.server.id), "with its id");
	is_int(raw_left(w, m.server.id), 0, "no row is left");
	m = server_make(w, OWN, "away", "web-key");
	is_int(raw_left(w, m.server.id), 3, "another of that name begins anew");
}

int
main(void)
{
	struct world w;

	world_make(&w);
	lab = project_make(&w, w.key, "lab");
	good = pair_put(&w, str_c(w.owner.account), "Web-Key", "alive", 1);
	subtest("names") test_names();
	subtest("create") test_create(&w);
	subtest("refused") test_refused(&w);
	subtest("user data") test_user_data(&w);
	subtest("seed life") test_seed_life(&w);
	subtest("room") test_room(&w);
	subtest("rights") test_rights(&w);
	subtest("set key") test_set_key(&w);
	subtest("pair gone") test_pair_gone(&w);
	subtest("history limit") test_history_limit(&w);
	subtest("delete") test_delete(&w);
	world_end(&w);
	return done_testing();
}
