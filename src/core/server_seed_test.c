/* Servers as they see themselves: first boots, and what comes after. */
#include "core/server_world.h"

#include <pthread.h>

#define HERE  "192.0.2.1"
#define THERE "192.0.2.2"

static struct server_boot
boot(struct world *w, struct str token, int want, const char *what)
{
	struct visit v = let_in(w, PROOF_SEED, token, VERB_SEED_READ, HERE);
	struct server_boot told = {.name = STR("")};

	is_int(server_boot(&v, &w->arena, &told), want, "%s", what);
	return told;
}

static int64_t
writes(struct world *w)
{
	struct db_stats stats;

	must(audit_flush(w->core), "flush");
	db_stats(w->core->db, &stats);
	return stats.writes;
}

static void
test_boot(struct world *w)
{
	struct sshkey key = key_of(1);
	struct made m = server_make(w, OWN, "boots", "first");
	struct visit elsewhere =
	    let_in(w, PROOF_SEED, m.token, VERB_SEED_READ, THERE);
	struct server_boot told = boot(w, m.token, 0, "the first fetch");
	struct audit_row *rows;
	struct server s;
	int64_t before;
	size_t n;

	is_str(told.id, m.server.id, "its id");
	is_str(told.name, STR("boots"), "its name");
	is_str(told.user_data, STR(""), "no user data");
	is_str(told.key.blob, blob_of(&key), "its key");
	is_str(told.key.type, STR("ssh-ed25519"), "the type of it");
	is_str(told.key.pair_name, STR("first"), "the pair of it");
	s = server_now(w, m.server.id);
	ok(s.seed.first_at >= s.seed.created_at, "it began");
	is_str(s.seed.first_from, STR(HERE), "from here");
	n = trail_of(w, "done", "seed.read", &rows);
	ok(n == 1 && str_has(rows[0].detail, STR(HERE)),
	   "which is in the trail");
	is_str(rows[0].thing, STR("server:Own/default/boots"), "by its name");
	(void)boot(w, m.token, 0, "a second fetch");
	before = writes(w);
	(void)boot(w, m.token, 0, "a third");
	is_int(server_now(w, m.server.id).seed.first_at, s.seed.first_at,
	       "does not begin again");
	{
		struct db_stats stats;

		db_stats(w->core->db, &stats);
		/* The trail's own flush may have come in between, no more. */
		ok(stats.writes <= before + 1, "and is a read");
	}
	is_int(trail_of(w, "done", "seed.read", &rows), 1, "one row for that");
	n = trail_of(w, "used", "seed.read", &rows);
	ok(n > 0 && str_eq(rows[0].thing, STR("server:Own/default/boots")),
	   "every fetch is a record");
	is_int(server_boot(&elsewhere, &w->arena, &told), OUT_DENIED,
	       "another address comes too late");
	is_int(
	    knock(w, PROOF_SEED, m.token, VERB_SERVER_FOLLOW, HERE, &elsewhere),
	    OUT_DENIED, "a token opens no more than the first boot");
	n = trail_of(w, "refused", "seed.read", &rows);
	ok(n == 1 && str_eq(rows[0].addr, STR(THERE)), "a refusal is told");
	is_str(rows[0].thing, STR("server:Own/default/boots"), "of which");
}

static void
test_end(struct world *w)
{
	struct server_ask ask = {.name = STR("ends"),
				 .keypair = STR("first"),
				 .seed_life_s = SEED_LIFE_MIN_S};
	CLEAN(secret_clear) struct secret machine = SECRET_INIT;
	struct server_report said = {.hostname = STR("ends")};
	struct visit read, enrol, report, late;
	struct server_boot told;
	struct audit_row *rows;
	struct made m;

	must(server_try(w, OWN, &ask, &m), "make");
	read = let_in(w, PROOF_SEED, m.token, VERB_SEED_READ, HERE);
	enrol = let_in(w, PROOF_SEED, m.token, VERB_SEED_ENROL, HERE);
	report = let_in(w, PROOF_SEED, m.token, VERB_SEED_REPORT, HERE);
	clock_test_shift((SEED_LIFE_MIN_S - 5) * SECOND_MS);
	(void)boot(w, m.token, 0, "shortly before");
	clock_test_shift(5 * SECOND_MS);
	is_int(knock(w, PROOF_SEED, m.token, VERB_SEED_READ, HERE, &late),
	       OUT_EXPIRED, "at the end");
	is_int(server_boot(&read, &w->arena, &told), OUT_EXPIRED,
	       "who was let in before");
	is_int(server_enrol(&enrol, &machine), OUT_EXPIRED, "cannot enrol");
	ok(machine.slot == NULL, "and gets nothing");
	is_int(server_report(&report, &said, NULL), OUT_EXPIRED, "nor report");
	is_int(trail_of(w, "refused", "seed.read", &rows), 2, "a refusal");
	is_int(trail_of(w, "refused", "seed.enrol", &rows), 1, "each");
	is_int(trail_of(w, "refused", "seed.report", &rows), 1, "of them");
	is_int(server_now(w, m.server.id).reported_at, 0, "nothing changed");
	ok(server_now(w, m.server.id).seed.is, "and it is still known of");
}

struct racer {
	struct world *w;
	pthread_t thread;
	pthread_barrier_t *start;
	struct visit by;
	struct secret token;
	int r;
};

static void *
race_boot(void *arg)
{
	struct racer *me = arg;
	struct server_boot told;
	struct arena a;

	arena_init(&a, MIB);
	(void)pthread_barrier_wait(me->start);
	me->r = server_boot(&me->by, &a, &told);
	arena_clear(&a);
	return NULL;
}

static void *
race_enrol(void *arg)
{
	struct racer *me = arg;

	(void)pthread_barrier_wait(me->start);
	me->r = server_enrol(&me->by, &me->token);
	return NULL;
}

static void
race(struct racer *r, size_t n, void *(*run)(void *))
{
	pthread_barrier_t start;

	must(-pthread_barrier_init(&start, NULL, (unsigned)n), "barrier");
	for (size_t i = 0; i < n; i++) {
		r[i].start = &start;
		must(-pthread_create(&r[i].thread, NULL, run, &r[i]), "thread");
	}
	for (size_t i = 0; i < n; i++)
		(void)pthread_join(r[i].thread, NULL);
	(void)pthread_barrier_destroy(&start);
}

static struct str
renew(struct world *w, const struct server *s)
{
	CLEAN(secret_clear) struct secret token = SECRET_INIT;
	struct visit v = at_server(w, VERB_SERVER_SEED, s);
	struct server now;

	must(server_seed_renew(&v, 0, &w->arena, &now, &token, NULL), "renew");
	return keep(w, secret_reveal(&token));
}

/* Two addresses at once: one of them gets it. */
static void
test_first_race(struct world *w)
{
	struct made m = server_make(w, OWN, "raced", "first");
	size_t won[2] = {0, 0};
	bool one = true, told = true;

	for (int round = 0; round < 40; round++) {
		struct str token = renew(w, &m.server);
		struct racer r[2] = {
		    {.w = w,
		     .by = let_in(w, PROOF_SEED, token, VERB_SEED_READ, HERE)},
		    {.w = w,
		     .by =
			 let_in(w, PROOF_SEED, token, VERB_SEED_READ, THERE)}};
		size_t winner;

		race(r, 2, race_boot);
		winner = r[0].r == 0 ? 0 : 1;
		won[winner]++;
		one = one && r[winner].r == 0 && r[1 - winner].r == OUT_DENIED;
		told =
		    told && str_eq(server_now(w, m.server.id).seed.first_from,
				   str_c(winner == 0 ? HERE : THERE));
	}
	ok(one, "one address wins, the other is denied (%zu, %zu)", won[0],
	   won[1]);
	ok(told, "and it is the one that is written down");
}

static void
test_enrol(struct world *w)
{
	struct made m = server_make(w, OWN, "enrols", "first");
	struct visit by = let_in(w, PROOF_SEED, m.token, VERB_SEED_ENROL, HERE);
	struct visit late =
	    let_in(w, PROOF_SEED, m.token, VERB_SEED_READ, THERE);
	CLEAN(secret_clear) struct secret first = SECRET_INIT;
	CLEAN(secret_clear) struct secret second = SECRET_INIT;
	struct audit_row row, *rows;
	struct server_boot told;
	struct server s;
	struct visit v;

	is_int(server_enrol(&by, &first), 0, "enrolled");
	ok(token_looks(TOKEN_MACHINE, secret_reveal(&first)), "the credential");
	s = server_now(w, m.server.id);
	ok(s.follows_since > 0 && s.credential.n == CRED_ID_MAX - 16,
	   "it can follow");
	ok(s.seed.enrolled_at > 0, "the seed knows");
	is_str(s.seed.first_from, STR(HERE), "and is bound to the address");
	is_int(server_boot(&late, &w->arena, &told), OUT_DENIED,
	       "no other may use it");
	row = trail_last(w, m.server.account, "seed.enrol");
	is_str(row.thing, STR("server:Own/default/enrols"), "in the trail");
	ok(str_has(row.detail, s.credential), "which credential it got");
	ok(!str_has(row.detail, STR("replaces")), "its first");
	ok(!str_has(row.detail, secret_reveal(&first)), "not its secret");
	is_int(server_enrol(&by, &second), OUT_CONFLICT, "once only");
	ok(second.slot == NULL, "nothing comes of it");
	is_int(trail_of(w, "refused", "seed.enrol", &rows), 2,
	       "but a refusal in the trail");
	v = let_in(w, PROOF_MACHINE, secret_reveal(&first), VERB_SERVER_FOLLOW,
		   HERE);
	is_int(server_follow(&v, &w->arena, &told), 0, "it follows");
	by = let_in(w, PROOF_SEED, renew(w, &m.server), VERB_SEED_ENROL, HERE);
	is_int(knock(w, PROOF_MACHINE, secret_reveal(&first),
		     VERB_SERVER_FOLLOW, HERE, &v),
	       0, "and goes on until it enrols again");
	is_int(server_enrol(&by, &second), 0, "with another seed");
	is_int(knock(w, PROOF_MACHINE, secret_reveal(&first),
		     VERB_SERVER_FOLLOW, HERE, &v),
	       OUT_UNPROVEN, "then the older credential is dead");
	is_int(knock(w, PROOF_MACHINE, secret_reveal(&second),
		     VERB_SERVER_FOLLOW, THERE, &v),
	       0, "and the newer one lives");
	row = trail_last(w, m.server.account, "seed.enrol");
	ok(str_has(row.detail, STR("\"replaces\":\"machine:")) &&
	       str_has(row.detail, s.credential),
	   "the trail says what it replaced");
}

static void
test_enrol_race(struct world *w)
{
	struct made m = server_make(w, OWN, "crowd", "first");
	struct racer r[16];
	size_t won = 0, lost = 0, alive = 0;
	struct visit v;

	for (size_t i = 0; i < nitems(r); i++)
		r[i] = (struct racer){
		    .w = w,
		    .by = let_in(w, PROOF_SEED, m.token, VERB_SEED_ENROL, HERE),
		    .token = SECRET_INIT};
	race(r, nitems(r), race_enrol);
	for (size_t i = 0; i < nitems(r); i++) {
		won += r[i].r == 0;
		lost += r[i].r == OUT_CONFLICT && r[i].token.slot == NULL;
		if (r[i].r == 0)
			alive +=
			    knock(w, PROOF_MACHINE, secret_reveal(&r[i].token),
				  VERB_SERVER_FOLLOW, HERE, &v) == 0;
		secret_clear(&r[i].token);
	}
	is_int(won, 1, "one credential for 16 that ask");
	is_int(lost, nitems(r) - 1, "and a conflict for all others");
	is_int(alive, 1, "it is good");
}

/* A key of each type: the form is the parser's business, not the report's. */
static void
keys_fill(struct sshkey *keys, size_t n, unsigned number)
{
	for (size_t i = 0; i < n; i++) {
		keys[i] = key_of(number + (unsigned)i);
		keys[i].type = (enum sshkey_type)(i % SSHKEY_TYPES);
	}
}

static int
report(struct world *w, struct str token, const struct server_report *said)
{
	struct visit v = let_in(w, PROOF_SEED, token, VERB_SEED_REPORT, HERE);

	return server_report(&v, said, NULL);
}

/* What was said once is not said differently with the same seed. */
static void
report_differs(struct world *w, struct str token,
	       const struct server_report *said, const struct sshkey *others)
{
	struct server_report other = *said;

	other.keys = others;
	is_int(report(w, token, &other), OUT_CONFLICT, "other keys");
	other = *said;
	other.n_keys = 1;
	is_int(report(w, token, &other), OUT_CONFLICT, "fewer keys");
	other.n_keys = 3;
	is_int(report(w, token, &other), OUT_CONFLICT, "more keys");
	other = *said;
	other.fqdn = STR("says.example.com");
	is_int(report(w, token, &other), OUT_CONFLICT, "another name");
	other = *said;
	other.hostname = STR("say");
	is_int(report(w, token, &other), OUT_CONFLICT, "or host name");
}

static void
test_report(struct world *w)
{
	static struct sshkey keys[3], others[3];
	struct made m = server_make(w, OWN, "says", "first");
	struct server_report said = {.hostname = STR("says"),
				     .fqdn = STR("says.example.org"),
				     .keys = keys,
				     .n_keys = 2};
	struct server_report other;
	CLEAN(secret_clear) struct secret machine = SECRET_INIT;
	char before[SSHKEY_SHA256_LEN + 1], after[SSHKEY_SHA256_LEN + 1];
	struct server_host_key *list = NULL;
	struct visit enrol;
	struct audit_row row, *rows;
	struct str token;
	struct server s;
	size_t n = 0;

	keys_fill(keys, nitems(keys), 100);
	keys_fill(others, nitems(others), 200);
	must(sshkey_fingerprint(blob_of(&keys[0]), before), "print");
	must(sshkey_fingerprint(blob_of(&others[0]), after), "print");
	is_int(report(w, m.token, &said), 0, "a report");
	s = server_now(w, m.server.id);
	is_str(s.hostname, said.hostname, "its name");
	is_str(s.fqdn, said.fqdn, "all of it");
	ok(s.reported_at > 0 && s.seed.closed_at > 0, "the seed is closed");
	is_str(s.reported_from, STR(HERE), "from here");
	must(server_host_keys(w->core, s.id, &w->arena, &list, &n), "keys");
	is_int(n, 2, "its host keys");
	is_str(list[0].type, STR("ssh-ed25519"), "in order of type");
	is_str(list[0].blob, blob_of(&keys[1]), "as they were said");
	(void)boot(w, m.token, OUT_DENIED, "a closed seed tells nothing");
	enrol = let_in(w, PROOF_SEED, m.token, VERB_SEED_ENROL, HERE);
	is_int(server_enrol(&enrol, &machine), OUT_DENIED, "and gives nothing");
	is_int(report(w, m.token, &said), 0, "the same again");
	is_int(trail_of(w, "done", "seed.report", &rows), 1, "is one report");
	report_differs(w, m.token, &said, others);
	ok(trail_of(w, "refused", "seed.report", &rows) > 1,
	   "refusals are told");
	token = renew(w, &m.server);
	is_int(server_now(w, s.id).reported_at, s.reported_at,
	       "what it said stays");
	other = said;
	other.keys = others;
	other.n_keys = 1;
	is_int(report(w, token, &other), 0, "until another first boot");
	must(server_host_keys(w->core, s.id, &w->arena, &list, &n), "keys");
	ok(n == 1 && str_eq(list[0].blob, blob_of(&others[0])),
	   "whose keys are there instead");
	row = trail_last(w, s.account, "seed.report");
	is_str(row.thing, STR("server:Own/default/says"), "the trail");
	ok(str_has(row.detail, str_c(before)) &&
	       str_has(row.detail, str_c(after)),
	   "names old and new");
}

static int
host_name(struct world *w, struct server_report *said, struct str name,
	  bool fqdn)
{
	struct made m = server_make(w, OWN, "hosts", "first");
	struct visit v = at_server(w, VERB_SERVER_DELETE, &m.server);
	int r;

	said->hostname = fqdn ? STR_NONE : name;
	said->fqdn = fqdn ? name : STR_NONE;
	r = report(w, m.token, said);
	is_int(server_now(w, m.server.id).seed.closed_at != 0, r == 0,
	       "closed when it is fine");
	must(server_delete(&v), "delete");
	return r;
}

static void
test_report_limits(struct world *w)
{
	static struct sshkey keys[SERVER_HOST_KEYS_MAX + 1];
	static const char *const wrong[] = {"a..b", ".a",      "a.",  "-a.b",
					    "a-.b", "a b",     "a_b", "a/b",
					    "a\nb", "\xc3\xa4"};
	struct server_report said = {.keys = keys};
	char name[SERVER_HOSTNAME_MAX + 1];

	keys_fill(keys, nitems(keys), 300);
	for (said.n_keys = SERVER_HOST_KEYS_MAX - 1;
	     said.n_keys <= SERVER_HOST_KEYS_MAX + 1; said.n_keys++)
		is_int(host_name(w, &said, STR("fine"), false),
		       said.n_keys <= SERVER_HOST_KEYS_MAX ? 0 : OUT_MALFORMED,
		       "%zu keys", said.n_keys);
	keys[1].type = keys[0].type;
	said.n_keys = 2;
	is_int(host_name(w, &said, STR("fine"), false), OUT_MALFORMED,
	       "two of one type");
	said.n_keys = 0;
	is_int(host_name(w, &said, STR("fine"), true), 0, "no keys");
	is_int(host_name(w, &said, STR("Web-1.example.org"), true), 0,
	       "a long name");
	is_int(host_name(w, &said, STR(""), true), 0, "or none");
	for (size_t i = 0; i < nitems(wrong); i++)
		is_int(host_name(w, &said, str_c(wrong[i]), i % 2 == 0),
		       OUT_MALFORMED, "'%s'", wrong[i]);
	for (size_t i = 0; i < sizeof(name); i++)
		name[i] = i % 2 == 0 ? 'a' : '.';
	for (size_t n = SERVER_HOSTNAME_MAX - 2; n <= SERVER_HOSTNAME_MAX + 2;
	     n++)
		is_int(host_name(w, &said, (struct str){name, n}, true),
		       n % 2 == 1 && n <= SERVER_HOSTNAME_MAX ? 0
							      : OUT_MALFORMED,
		       "of %zu bytes", n);
	memset(name, 'a', sizeof(name));
	for (size_t n = SERVER_NAME_MAX - 1; n <= SERVER_NAME_MAX + 1; n++)
		is_int(host_name(w, &said, (struct str){name, n}, false),
		       n <= SERVER_NAME_MAX ? 0 : OUT_MALFORMED,
		       "a label of %zu bytes", n);
}

static void
test_renew(struct world *w)
{
	struct made m = server_make(w, OWN, "again", "first");
	struct visit v = at_server(w, VERB_SERVER_SEED, &m.server);
	struct visit held =
	    let_in(w, PROOF_SEED, m.token, VERB_SEED_READ, HERE);
	struct visit enrol =
	    let_in(w, PROOF_SEED, m.token, VERB_SEED_ENROL, HERE);
	CLEAN(secret_clear) struct secret token = SECRET_INIT;
	CLEAN(secret_clear) struct secret machine = SECRET_INIT;
	struct note note = {""};
	struct server_boot told;
	struct audit_row row;
	struct server s;
	struct visit no;

	(void)boot(w, m.token, 0, "a boot that goes wrong");
	is_int(server_seed_renew(&v, SEED_LIFE_MAX_S + 1, &w->arena, &s, &token,
				 &note),
	       OUT_MALFORMED, "too long: %s", note.text);
	is_int(server_seed_renew(&v, SEED_LIFE_MIN_S - 1, &w->arena, &s, &token,
				 &note),
	       OUT_MALFORMED, "too short");
	(void)boot(w, m.token, 0, "nothing happened");
	is_int(server_seed_renew(&v, 3600, &w->arena, &s, &token, &note), 0,
	       "a new seed");
	is_str(s.id, m.server.id, "the id stays");
	ok(s.seed.first_at == 0 && s.seed.first_from.n == 0, "it is unused");
	is_int(s.seed.expires_at - s.seed.created_at, 3600 * SECOND_MS,
	       "and counts from now");
	ok(!str_eq(secret_reveal(&token), m.token), "with a token of its own");
	is_int(knock(w, PROOF_SEED, m.token, VERB_SEED_READ, HERE, &no),
	       OUT_UNPROVEN, "the old token is dead");
	is_int(server_boot(&held, &w->arena, &told), OUT_UNPROVEN,
	       "also for who was let in");
	is_int(server_enrol(&enrol, &machine), OUT_UNPROVEN, "in any way");
	is_int(server_now(w, s.id).seed.first_at, 0, "and takes no address");
	row = trail_last(w, s.account, "server.seed");
	is_str(row.thing, STR("server:Own/default/again"), "in the trail");
	ok(str_has(row.detail, STR("\"seed_expires_at\":")) &&
	       !str_has(row.detail, secret_reveal(&token)),
	   "without the token");
	held =
	    let_in(w, PROOF_SEED, secret_reveal(&token), VERB_SEED_READ, THERE);
	is_int(server_boot(&held, &w->arena, &told), 0,
	       "another address may begin");
}

static void
test_follow(struct world *w)
{
	struct sshkey key = key_of(2);
	struct made m = server_make(w, OWN, "follows", "first");
	struct visit enrol =
	    let_in(w, PROOF_SEED, m.token, VERB_SEED_ENROL, HERE);
	struct visit v, by = at_server(w, VERB_SERVER_SET_KEY, &m.server);
	CLEAN(secret_clear) struct secret machine = SECRET_INIT;
	struct server_boot told;
	struct audit_row *rows;
	struct last_use use;

	must(server_enrol(&enrol, &machine), "enrol");
	v = let_in(w, PROOF_MACHINE, secret_reveal(&machine),
		   VERB_SERVER_FOLLOW, HERE);
	is_int(server_follow(&v, &w->arena, &told), 0, "what it trusts");
	is_str(told.id, m.server.id, "its id");
	is_str(told.name, STR("follows"), "its name");
	is_str(told.key.pair_name, STR("first"), "the pair");
	is_int(told.user_data.n, 0, "no user data");
	must(server_set_key(&by, STR("second"), NULL), "set");
	is_int(server_follow(&v, &w->arena, &told), 0, "and then");
	is_str(told.key.blob, blob_of(&key), "the new one, at once");
	must(audit_last_use(w->core, CRED_MACHINE,
			    server_now(w, m.server.id).credential, &w->arena,
			    &use),
	     "last use");
	is_str(use.addr, STR(HERE), "when it asked is known");
	ok(trail_of(w, "used", "server.follow", &rows) > 0, "and in the trail");
	is_int(knock(w, PROOF_MACHINE, secret_reveal(&machine), VERB_SEED_ENROL,
		     HERE, &v),
	       OUT_DENIED, "it opens nothing else");
}

static void
line_print(void *arg, const char *line)
{
	(void)arg;
	printf("# %s\n", line);
}

int
main(void)
{
	struct world w;

	world_make(&w);
	w.arena.max = 512 * MIB;
	pair_put(&w, str_c(w.owner.account), "first", "alive", 1);
	pair_put(&w, str_c(w.owner.account), "second", "alive", 2);
	subtest("boot") test_boot(&w);
	subtest("end") test_end(&w);
	subtest("first race") test_first_race(&w);
	subtest("enrol") test_enrol(&w);
	subtest("enrol race") test_enrol_race(&w);
	subtest("report") test_report(&w);
	subtest("report limits") test_report_limits(&w);
	subtest("renew") test_renew(&w);
	subtest("follow") test_follow(&w);
	is_int(core_verify(w.core, true, line_print, NULL), 0,
	       "after all this every invariant holds");
	world_end(&w);
	return done_testing();
}
