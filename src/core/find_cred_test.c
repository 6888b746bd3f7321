/* What somebody has in hand: each form of it is found, by whoever may know; and
 * ends once, by the verb of its kind. */
#include "core/find_cred.h"
#include "core/machine_world.h"
#include "core/service_id.h"
#include "core/sql.h"
#include "wire/sshkey.h"

#define A_KEY                                                                  \
	"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINda"                             \
	"mAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea"

struct set {
	struct cast c;
	struct planted web, pair;
	struct user reader;
	struct api_key key;
	struct str value;
	struct visit reads; /* who may look at images, and no more */
};

static struct visit
ender(struct set *s, struct str key)
{
	return visit_of(&s->c.w, key, VERB_CREDENTIAL_END,
			(struct thing){.kind = THING_NONE});
}

static void
set_make(struct set *s)
{
	const char *own;

	cast_new(&s->c);
	s->web = planted_new(&s->c);
	s->pair = planted_new(&s->c);
	own = s->c.w.owner.account;
	plant(&s->c,
	      (struct plant[]){{&s->web, false, own, own, "web-1", "nobody"},
			       {&s->pair, true, own, own, "mine", "nobody"}},
	      2);
	s->reader = world_user(&s->c.w, "reads@example.org", ROLE_READER);
	s->value = world_key(&s->c.w, s->reader.id, 0, &s->key);
	s->reads = ender(s, s->value);
}

/* How many things it means; *ret is the first. */
static int
finds(struct set *s, struct str what, struct found_cred *ret)
{
	struct found_cred *list = NULL;
	struct note note = {""};
	size_t n = 0;
	int r = find_cred(s->c.w.core, what, &s->c.w.arena, &list, &n, &note);

	*ret = (struct found_cred){.kind = FOUND_KINDS};
	if (r != 0)
		return -r;
	*ret = list[0];
	return (int)n;
}

static void
is_found(struct set *s, struct str what, enum found_kind kind, struct str id,
	 const char *text)
{
	struct found_cred f;

	is_int(finds(s, what, &f), 1, "%s", text);
	is_str(str_c(f.kind < FOUND_KINDS ? found_kind_name(f.kind) : ""),
	       str_c(found_kind_name(kind)), "  its kind");
	is_str(f.id, id, "  its id");
	ok(f.live, "  alive");
}

static void
test_values(struct set *s)
{
	struct login login = world_session(&s->c.w, s->value);
	struct regtoken token;
	struct str value = world_token(&s->c.w, true, true, &token);
	struct found_cred f;

	is_found(s, s->value, FOUND_API_KEY, s->key.id, "an API key");
	is_found(s, s->key.id, FOUND_API_KEY, s->key.id, "  by id");
	is_found(s, login.refresh, FOUND_SESSION, str_c(login.session),
		 "a refresh token is of its session");
	is_found(s, login.access, FOUND_SESSION, str_c(login.session),
		 "and so is an access token");
	is_found(s, str_c(login.session), FOUND_SESSION, str_c(login.session),
		 "  by id");
	is_found(s, value, FOUND_REGISTRY_TOKEN, token.id, "a registry token");
	is_found(s, token.id, FOUND_REGISTRY_TOKEN, token.id, "  by id");
	is_found(s, s->web.token, FOUND_MACHINE, str_c(s->web.credential),
		 "a machine's own");
	is_found(s, s->web.seed_token, FOUND_SEED, str_c(s->web.seed),
		 "a first boot's");
	is_found(s, s->reader.id, FOUND_USER, s->reader.id, "a person");
	is_int(finds(s, STR("  \n"), &f), -OUT_MALFORMED,
	       "nothing is no value");
	is_int(finds(s, STR("ApiKey-none"), &f), -OUT_ABSENT, "no such id");
	is_int(finds(s,
		     STR("lk_a_0000000000000000000000000000000000000000000"
			 "000000"),
		     &f),
	       -OUT_ABSENT, "a value that nobody has");
}

/* Only the key behind it, no session: it is found as itself. */
static void
test_access(struct set *s)
{
	struct grant_ask ask = {
	    .kind = GRANT_API_KEY, .api_key = s->value, .addr = ADDR};
	struct proof proof;
	struct found_cred f;
	struct visit inside;
	struct login login;
	struct thing app;
	struct str bearer;

	must(world_login(&s->c.w, &ask, &login), "login");
	proof = plain(PROOF_ACCESS, login.access);
	is_int(pulls(&s->c.w, proof, "birds/app"), 0, "an access token opens");
	is_int(finds(s, login.access, &f), 1, "it is found");
	is_int(f.kind, FOUND_ACCESS_TOKEN, "  as itself");
	ok(f.live && f.value, "  alive, by its value");
	bearer = world_bearer(&s->c.w, proof, "birds/app", SCOPE_PULL);
	is_int(pulls(&s->c.w, plain(PROOF_BEARER, bearer), "birds/app"), 0,
	       "  and so does a bearer that it was changed into");
	app = repo("birds/app");
	must(gate_pass(s->c.w.core, &proof, VERB_IMAGE_PULL, &app, &inside),
	     "pass");
	is_int(end_cred(&s->reads, &f, NULL), 0, "it ends");
	ok(!gate_still(s->c.w.core, &inside), "  a transfer with it is cut");
	is_int(pulls(&s->c.w, plain(PROOF_BEARER, bearer), "birds/app"),
	       OUT_UNPROVEN, "  its bearer is refused");
	is_int(pulls(&s->c.w, proof, "birds/app"), OUT_UNPROVEN,
	       "  and opens nothing");
	is_int(pulls(&s->c.w, basic("iamapikey", s->value), "birds/app"), 0,
	       "  its key does");
	is_int(finds(s, login.access, &f), 1, "it is still known");
	ok(!f.live, "  as dead");
}

static void
test_bearer(struct set *s)
{
	struct str bearer = world_bearer(&s->c.w, basic("iamapikey", s->value),
					 "birds/app", SCOPE_PULL);
	struct found_cred *list = NULL;
	struct note note = {""};
	size_t n = 0;

	must(find_cred(s->c.w.core, bearer, &s->c.w.arena, &list, &n, &note),
	     "find");
	is_int(n, 1, "a bearer is of its credential");
	is_str(list[0].id, s->key.id, "  by id");
	ok(!list[0].value, "  whose value is not in hand");
	ok(strstr(note.text, "ends within") != NULL, "  and that is said");
}

static void
test_keys(struct set *s)
{
	struct sshkey key, mine;
	struct str blob;
	enum sshkey_why why;
	char sha[SSHKEY_SHA256_LEN + 1], md5[SSHKEY_MD5_LEN + 1];
	CLEAN(buf_clear) struct buf line = BUF_INIT;
	struct user_key row;
	struct found_cred f;
	struct str wrapped;

	must(sshkey_parse(STR(A_KEY), &key, &why), "key");
	blob = (struct str){(const char *)key.blob, key.blob_len};
	(void)STAND(&s->c, &key, .repo = s->c.test.id);
	(void)STAND(&s->c, &key, .project = s->c.web.id);
	must(sshkey_fingerprint(blob, sha), "print");
	must(sshkey_fingerprint_md5(blob, md5), "print");
	sshkey_text(sshkey_type_name(key.type), blob, &line);
	is_int(finds(s, buf_str(&line), &f), 2, "a line: each place of it");
	is_int(f.kind, FOUND_ACCESS_KEY, "  an access key");
	is_str(f.place, STR("Own/test"), "  where");
	is_int(finds(s, str_c(sha), &f), 2, "its fingerprint");
	is_int(finds(s, str_c(md5), &f), 2, "its old fingerprint");
	wrapped = arena_strf(&s->c.w.arena, "%.*s\r\n%.*s\n",
			     STR_ARG(str_sub(buf_str(&line), 0, 40)),
			     STR_ARG(str_sub(buf_str(&line), 40, SIZE_MAX)));
	is_int(finds(s, wrapped, &f), 2, "a paste that was wrapped");
	mine = user_key(&s->c, s->reader.id, 0, &row);
	must(sshkey_fingerprint(
		 (struct str){(const char *)mine.blob, mine.blob_len}, sha),
	     "print");
	is_found(s, str_c(sha), FOUND_USER_KEY, row.id, "a person's");
	is_found(s, row.id, FOUND_USER_KEY, row.id, "  by id");
	is_int(finds(s, STR("ssh-ed25519 AAAA"), &f), -OUT_MALFORMED,
	       "a key that is none");
}

static int
keys_fill(struct db_at *at, void *arg)
{
	int r = 0;

	(void)arg;
	for (int i = 0; r == 0 && i < FIND_MD5_MAX; i++) {
		char digest[SHA256_LEN + 1];

		(void)snprintf(digest, sizeof(digest), "%032d", i);
		r = db_exec(at, SQL_pubkey_insert, NULL, "bssibi",
			    str_c(digest), STR("user"), STR("ssh-ed25519"),
			    (int64_t)256, str_c(digest), (int64_t)0);
	}
	return r;
}

/* Nobody makes this server hash all the keys that there are. */
static void
test_md5_bound(struct set *s)
{
	char md5[SSHKEY_MD5_LEN + 1], sha[SSHKEY_SHA256_LEN + 1];
	struct user_key row;
	struct found_cred f, *list;
	struct note note = {""};
	struct sshkey key;
	struct str blob;
	size_t n;

	must(db_write(s->c.w.core->db, keys_fill, NULL), "fill");
	key = user_key(&s->c, s->reader.id, 0, &row);
	blob = (struct str){(const char *)key.blob, key.blob_len};
	must(sshkey_fingerprint_md5(blob, md5), "print");
	must(sshkey_fingerprint(blob, sha), "print");
	is_int(
	    find_cred(s->c.w.core, str_c(md5), &s->c.w.arena, &list, &n, &note),
	    OUT_ABSENT, "behind as many as are compared");
	ok(strstr(note.text, "SHA256") != NULL, "  which is said");
	is_int(finds(s, str_c(sha), &f), 1, "  and not so by SHA256");
}

static struct found_cred
one(struct set *s, struct str what)
{
	struct found_cred f;

	must(finds(s, what, &f) != 1, "one");
	f.value = false;
	return f;
}

/* What is another's: to who may not know of it, it is not there. */
static void
test_rights(struct set *s)
{
	struct regtoken token;
	struct str value = world_token(&s->c.w, true, true, &token);
	struct found_cred f = one(s, token.id), seen;
	struct api_key other;
	struct visit far = ender(s, s->c.other_key);
	struct note note = {""};

	(void)value;
	is_int(end_cred(&s->reads, &f, &note), OUT_ABSENT,
	       "a reader may not know of a registry token");
	is_int(end_cred(&far, &f, &note), OUT_ABSENT,
	       "nor the owner of another account");
	ok(finds(s, value, &seen) == 1 && seen.value, "who has the value");
	is_int(end_cred(&far, &seen, &note), OUT_DENIED,
	       "  knows, and may not end it");
	is_int(end_cred(&s->c.w.owner, &f, &note), 0, "the owner ends it");
	is_int(pulls(&s->c.w, basic("token", value), "birds/app"), OUT_UNPROVEN,
	       "  it opens nothing");
	is_int(end_cred(&s->c.w.owner, &f, &note), OUT_ABSENT, "  once");
	(void)world_key(&s->c.w, str_c(s->c.w.owner.who.identity), 0, &other);
	f = one(s, other.id);
	is_int(end_cred(&s->reads, &f, &note), OUT_ABSENT,
	       "somebody else's key is not there");
	f = one(s, s->reads.who.identity[0] ? s->reader.id : STR_NONE);
	is_int(end_cred(&s->reads, &f, &note), OUT_ABSENT,
	       "a reader disables nobody");
}

static void
test_machines(struct set *s)
{
	struct found_cred f = one(s, s->web.token);
	struct visit owner = ender(s, s->c.w.key);
	struct note note = {""};

	is_int(f.kind, FOUND_MACHINE, "a machine's own is found");
	f = one(s, s->web.seed_token);
	is_int(end_cred(&owner, &f, &note), 0, "a first boot's ends");
	is_int(pass(&s->c.w, seed_of(&s->web), VERB_SEED_READ,
		    (struct thing){.kind = THING_SERVER}),
	       OUT_UNPROVEN, "  it reads nothing");
	f = one(s, str_c(s->pair.id));
	is_int(f.kind, FOUND_KEY_PAIR, "a pair is found");
	is_int(end_cred(&owner, &f, &note), OUT_UNSUPPORTED, "  and not ended");
	ok(note.text[0] != '\0', "  with the reason");
}

static void
test_leaked(struct set *s)
{
	static const char *const words[] = {"none", "disable", "delete"};
	struct visit far = ender(s, s->c.other_key);

	for (size_t i = 0; i < nitems(words); i++) {
		struct api_key_ask ask = {
		    .identity = s->reader.id,
		    .account = str_c(s->c.w.owner.account),
		    .name = STR("leaky"),
		    .action_when_leaked = str_c(words[i])};
		CLEAN(secret_clear) struct secret value = SECRET_INIT;
		struct str did = STR_NONE;
		struct found_cred f;
		struct api_key key;
		int r;

		must(api_key_create(&s->c.w.owner, &ask, &s->c.w.arena, &key,
				    &value, NULL),
		     "key");
		must(finds(s, secret_reveal(&value), &f) != 1, "find");
		is_int(leaked_cred(&far, &f, &did), 0, "anybody may report");
		is_str(did, str_c(words[i]), "  what was chosen happens");
		r = pulls(&s->c.w, basic("iamapikey", secret_reveal(&value)),
			  "birds/app");
		is_int(r, i == 0 ? 0 : OUT_UNPROVEN, "  %s", words[i]);
		f.value = false;
		is_int(leaked_cred(&far, &f, &did), OUT_DENIED,
		       "  an id is not enough");
	}
}

static void
test_person(struct set *s)
{
	struct found_cred f = one(s, s->reader.id);
	struct visit owner = ender(s, s->c.w.key);

	is_int(end_cred(&owner, &f, NULL), 0, "a person is disabled");
	is_int(pulls(&s->c.w, basic("iamapikey", s->value), "birds/app"),
	       OUT_UNPROVEN, "  all of theirs is refused");
	is_int(finds(s, s->value, &f), 1, "their key is known");
	ok(!f.live, "  as dead");
}

int
main(void)
{
	struct set s;

	set_make(&s);
	test_values(&s);
	test_access(&s);
	test_bearer(&s);
	test_keys(&s);
	test_rights(&s);
	test_machines(&s);
	test_leaked(&s);
	test_person(&s);
	test_md5_bound(&s);
	world_end(&s.c.w);
	return done_testing();
}
