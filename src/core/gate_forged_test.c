/*
 * Tokens whose signature is right and whose claims are not as this program
 * writes them: what another version of it, or a fault of its own, would leave.
 * None opens more than it says, and what it does not say opens nothing.
 */
#include "core/access.h"
#include "core/core_world.h"
#include "core/gate_inner.h"
#include "core/service_id.h"
#include "crypt/mac.h"
#include "crypt/vault.h"
#include "wire/jwt.h"

#include <errno.h>

#define APP    "birds/app"
#define HOUR_S 3600

static long long
now_s(void)
{
	return (long long)(clock_now() / SECOND_MS);
}

/* The text with what its marks stand for: "@" a key's id, "#" its identity, "$"
 * its account, "~" a second ago, "^" in an hour. */
static struct str
filled(struct world *w, const char *text)
{
	const struct subject *me = &w->owner.who;
	CLEAN(buf_clear) struct buf b = BUF_INIT;

	for (; *text != '\0'; text++) {
		if (*text == '@')
			buf_addf(&b, "%s", me->cred_id);
		else if (*text == '#')
			buf_addf(&b, "%s", me->identity);
		else if (*text == '$')
			buf_addf(&b, "%s", me->account);
		else if (*text == '~')
			buf_addf(&b, "%lld", now_s() - 1);
		else if (*text == '^')
			buf_addf(&b, "%lld", now_s() + HOUR_S);
		else
			buf_addc(&b, *text);
	}
	return keep(w, buf_str(&b));
}

static struct str
bearer_of(struct world *w, struct str payload)
{
	const struct gate *gate = w->core->gate;
	struct str key = {(const char *)gate->bearer_key, BEARER_KEY_LEN};
	CLEAN(buf_clear) struct buf token = BUF_INIT;
	uint8_t mac[MAC_LEN];
	char header[80];

	(void)snprintf(header, sizeof(header),
		       "{\"alg\":\"HS256\",\"kid\":\"%s\"}", gate->bearer_kid);
	must(jwt_input(&token, str_c(header), payload), "input");
	must(mac_sha256(key, buf_str(&token), mac), "mac");
	must(jwt_seal(&token, mac, sizeof(mac)), "seal");
	return keep(w, buf_str(&token));
}

static struct str
access_of(struct world *w, struct str payload)
{
	CLEAN(buf_clear) struct buf token = BUF_INIT;
	char header[80 + VAULT_KID_MAX], kid[VAULT_KID_MAX + 1];
	uint8_t signature[VAULT_ES256_LEN];

	vault_access_kid(w->core->vault, kid);
	(void)snprintf(header, sizeof(header),
		       "{\"kid\":\"%s\",\"alg\":\"ES256\"}", kid);
	must(jwt_input(&token, str_c(header), payload), "input");
	must(vault_access_sign(w->core->vault, kid, buf_str(&token), signature),
	     "sign");
	must(jwt_seal(&token, signature, sizeof(signature)), "seal");
	return keep(w, buf_str(&token));
}

/* --- bearers --- */

#define AUD    "\"aud\":\"registry\""
#define ISS    "\"iss\":\"here\""
#define REGION "\"latchkey_region\":\"local\""
#define ENTRY                                                                  \
	"{\"type\":\"repository\",\"name\":\"birds/"                           \
	"app\",\"actions\":[\"pull\"]}"
#define ACCESS "\"access\":[" ENTRY "]"
#define CRED   "\"latchkey_cred\":\"api-key:@\""
#define GOOD   AUD "," ISS "," REGION ","

/* "@" is the id of a key that is good. */
static const struct {
	const char *claims, *what;
	int want;
} bearers[] = {
    {GOOD ACCESS "," CRED, "as it is written", 0},
    {ISS "," REGION "," ACCESS "," CRED, "for nobody", OUT_UNPROVEN},
    {"\"aud\":\"Registry\"," ISS "," REGION "," ACCESS "," CRED,
     "for somebody else", OUT_UNPROVEN},
    {AUD "," REGION "," ACCESS "," CRED, "by nobody", OUT_UNPROVEN},
    {GOOD "\"access\":{}," CRED, "access that is no list", OUT_UNPROVEN},
    {GOOD CRED, "no access", OUT_UNPROVEN},
    {GOOD ACCESS, "of no credential", OUT_UNPROVEN},
    {GOOD ACCESS ",\"latchkey_cred\":\"@\"", "of none of any kind",
     OUT_UNPROVEN},
    {GOOD ACCESS ",\"latchkey_cred\":\"api-key:\"", "of an empty one",
     OUT_UNPROVEN},
    {GOOD ACCESS ",\"latchkey_cred\":\"none:@\"", "of no kind", OUT_UNPROVEN},
    {GOOD ACCESS ",\"latchkey_cred\":\"apikey:@\"", "of an unknown kind",
     OUT_UNPROVEN},
    {GOOD ACCESS ",\"latchkey_cred\":\"api-key:@x\"",
     "of one that is not there", OUT_UNPROVEN},
    {GOOD ACCESS ",\"latchkey_cred\":\"api-key:@x\",\"latchkey_token\":\"a-1\"",
     "of one that is not there, with a token that goes on", OUT_UNPROVEN},
    {GOOD ACCESS ",\"latchkey_cred\":\"api-key:"
		 "0123456789012345678901234567890123456789012345678901234567890"
		 "@\"",
     "of one whose name is too long", OUT_UNPROVEN},
    /* What an entry does not say opens nothing. */
    {GOOD "\"access\":[]," CRED, "an empty list", OUT_DENIED},
    {GOOD
     "\"access\":[{\"type\":\"registry\",\"name\":\"birds/app\",\"actions\":"
     "[\"pull\"]}]," CRED,
     "a registry of that name", OUT_DENIED},
    {GOOD "\"access\":[{\"type\":\"Repository\",\"name\":\"birds/app\","
	  "\"actions\":[\"pull\"]}]," CRED,
     "another type", OUT_DENIED},
    {GOOD "\"access\":[{\"name\":\"birds/app\",\"actions\":[\"pull\"]}]," CRED,
     "no type", OUT_DENIED},
    {GOOD "\"access\":[{\"type\":\"repository\",\"actions\":[\"pull\"]}]," CRED,
     "no name", OUT_DENIED},
    {GOOD "\"access\":[{\"type\":\"repository\",\"name\":\"birds/app\","
	  "\"actions\":[\"*\"]}]," CRED,
     "all actions", OUT_DENIED},
    {GOOD "\"access\":[{\"type\":\"repository\",\"name\":\"birds/app\","
	  "\"actions\":[\"push\"]}]," CRED,
     "another action", OUT_DENIED},
    {GOOD "\"access\":[{\"type\":\"repository\",\"name\":\"birds/app\","
	  "\"actions\":[\"pull\",7]}]," CRED,
     "an action that is no word", OUT_DENIED},
    {GOOD "\"access\":[{\"type\":\"repository\",\"name\":\"birds/app\"}]," CRED,
     "no actions", OUT_DENIED},
    {GOOD "\"access\":[7," ENTRY "]," CRED, "an entry that is none, and one",
     0},
};

static int
opens(struct world *w, long long away_s, const char *claims)
{
	struct str body = filled(w, claims);
	struct str payload = arena_strf(&w->arena, "{\"exp\":%lld,%.*s}",
					now_s() + away_s, STR_ARG(body));

	return pulls(w, plain(PROOF_BEARER, bearer_of(w, payload)), APP);
}

static void
test_bearers(struct world *w)
{
	for (size_t i = 0; i < nitems(bearers); i++)
		is_int(opens(w, 200, bearers[i].claims), bearers[i].want,
		       "a bearer: %s", bearers[i].what);
}

static void
test_bearer_times(struct world *w)
{
	static const struct {
		int away, want;
	} rows[] = {{200, 0},
		    {1, 0},
		    {0, OUT_EXPIRED},
		    {-59, OUT_EXPIRED},
		    {-100, OUT_EXPIRED}};
	struct str payload = filled(w, "{" GOOD ACCESS "," CRED "}");

	for (size_t i = 0; i < nitems(rows); i++)
		is_int(opens(w, rows[i].away, GOOD ACCESS "," CRED),
		       rows[i].want, "a bearer that ends in %d s",
		       rows[i].away);
	is_int(opens(w, 0, GOOD ACCESS ",\"latchkey_cred\":\"api-key:@x\""),
	       OUT_EXPIRED, "one that is over is not looked into");
	is_int(pulls(w, plain(PROOF_BEARER, bearer_of(w, payload)), APP),
	       OUT_UNPROVEN, "a bearer without an end");
	is_int(opens(w, 99999999, GOOD ACCESS "," CRED ",\"nbf\":^"),
	       OUT_EXPIRED, "a bearer that is not good yet");
}

/* The table holds this many; one more is none of ours. */
static void
test_bearer_many(struct world *w)
{
	for (int over = 0; over < 2; over++) {
		CLEAN(buf_clear) struct buf claims = BUF_INIT;

		buf_addf(&claims, "%s", GOOD CRED ",\"access\":[");
		for (int i = 1; i < SCOPE_COUNT_MAX + over; i++)
			buf_addf(&claims, "7,");
		buf_addf(&claims, "%s", ENTRY "]");
		buf_addc(&claims, '\0');
		is_int(opens(w, 200, buf_str(&claims).p),
		       over ? OUT_UNPROVEN : 0, "%d entries",
		       SCOPE_COUNT_MAX + over);
	}
}

static void
test_bearer_catalog(struct world *w)
{
	static const struct {
		const char *type, *name, *action;
		int want;
	} rows[] = {
	    {"registry", "catalog", "*", 0},
	    {"registry", "catalog", "pull", OUT_DENIED},
	    {"registry", "catalogue", "*", OUT_DENIED},
	    {"registry", "", "*", OUT_DENIED},
	    {"repository", "catalog", "*", OUT_DENIED},
	    {"repository", "", "*", OUT_DENIED},
	};
	struct thing all = {.kind = THING_NONE, .region = LOCAL};
	struct str head = filled(w, "{\"exp\":^," GOOD CRED);

	for (size_t i = 0; i < nitems(rows); i++) {
		struct str payload = arena_strf(
		    &w->arena,
		    "%.*s,\"access\":[{\"type\":\"%s\",\"name\":\"%s\","
		    "\"actions\":[\"%s\"]}]}",
		    STR_ARG(head), rows[i].type, rows[i].name, rows[i].action);

		is_int(pass(w, plain(PROOF_BEARER, bearer_of(w, payload)),
			    VERB_IMAGE_LIST, all),
		       rows[i].want, "%s:%s:%s", rows[i].type, rows[i].name,
		       rows[i].action);
	}
}

/* A registry token is of a region, and a bearer of it says which. */
static void
test_bearer_region(struct world *w)
{
	struct regtoken token;
	static const struct {
		const char *region;
		int want;
	} rows[] = {{"local", 0}, {"eu-de", OUT_UNPROVEN}, {"", OUT_UNPROVEN}};

	(void)world_token(w, true, true, &token);
	for (size_t i = 0; i < nitems(rows); i++) {
		struct str payload = arena_strf(
		    &w->arena,
		    "{\"exp\":%lld," AUD "," ISS "," ACCESS
		    ",\"latchkey_region\":\"%s\",\"latchkey_cred\":"
		    "\"registry-token:%.*s\"}",
		    now_s() + 200, rows[i].region, STR_ARG(token.id));

		is_int(
		    pulls(w, plain(PROOF_BEARER, bearer_of(w, payload)), APP),
		    rows[i].want, "a token's bearer of region '%s'",
		    rows[i].region);
	}
}

/* --- what a bearer is given --- */

static unsigned
given(struct world *w, struct proof proof, const char *name, unsigned actions)
{
	struct scope scope = {.name = str_c(name), .actions = actions};
	CLEAN(buf_clear) struct buf token = BUF_INIT;
	struct subject who;
	int64_t life;

	must(gate_prove(w->core, &proof, &who), "prove");
	must(gate_bearer(w->core, &who, &w->core->regions[0], STR(URL),
			 STR(BEARER_AUDIENCE), &scope, 1, &token, &life),
	     "bearer");
	return scope.actions;
}

static void
test_given(struct world *w)
{
	const unsigned all = SCOPE_PULL | SCOPE_PUSH | SCOPE_DELETE;
	struct user reader = world_user(w, "reads@example.org", ROLE_READER);
	struct user nobody = world_user(w, "none@example.org", 0);
	struct api_key key;
	struct proof mine = basic("iamapikey", w->key);
	struct proof reads =
	    basic("iamapikey", world_key(w, reader.id, 0, &key));
	struct proof none =
	    basic("iamapikey", world_key(w, nobody.id, 0, &key));

	is_int(given(w, mine, APP, all), (int)all, "an owner's, all");
	is_int(given(w, mine, APP, SCOPE_PUSH), SCOPE_PUSH,
	       "no more than was asked for");
	is_int(given(w, reads, APP, all), SCOPE_PULL, "no more than may be");
	is_int(given(w, none, APP, all), 0, "nothing");
	is_int(given(w, mine, "", SCOPE_ALL_CATALOG), SCOPE_ALL_CATALOG,
	       "the catalogue");
	is_int(given(w, mine, "", SCOPE_PULL), 0,
	       "not for who did not ask for it");
	is_int(given(w, none, "", SCOPE_ALL_CATALOG), SCOPE_ALL_CATALOG,
	       "a list is for all, and has what each may see");
}

/* A key for git is given nothing of the registry, not the list either. */
static void
test_given_git(struct world *w)
{
	struct scope scopes[] = {
	    {.name = STR_NONE, .actions = SCOPE_ALL_CATALOG},
	    {.name = STR(APP), .actions = SCOPE_PULL}};
	CLEAN(buf_clear) struct buf token = BUF_INIT;
	struct subject who = w->owner.who;
	int64_t life;

	who.cred = CRED_USER_KEY;
	must(gate_bearer(w->core, &who, &w->core->regions[0], STR(URL),
			 STR(BEARER_AUDIENCE), scopes, nitems(scopes), &token,
			 &life),
	     "bearer");
	is_int(scopes[0].actions, 0, "a key for git: no list");
	is_int(scopes[1].actions, 0, "and no image");
}

/* Nobody's audience, and no longer than what it was made from. */
static void
test_made(struct world *w)
{
	struct user user = world_user(w, "short@example.org", ROLE_READER);
	int64_t end = clock_now() + 100 * SECOND_MS, life = 0;
	struct api_key key;
	struct proof proof =
	    basic("iamapikey", world_key(w, user.id, end, &key));
	struct scope scope = {.name = STR(APP), .actions = SCOPE_PULL};
	CLEAN(buf_clear) struct buf token = BUF_INIT;
	struct subject who;

	must(gate_prove(w->core, &proof, &who), "prove");
	is_int(gate_bearer(w->core, &who, &w->core->regions[0], STR(URL),
			   STR("registry.example"), &scope, 1, &token, &life),
	       OUT_UNSUPPORTED, "another audience");
	must(gate_bearer(w->core, &who, &w->core->regions[0], STR(URL),
			 STR(BEARER_AUDIENCE), &scope, 1, &token, &life),
	     "bearer");
	ok(life >= 98 && life <= 100, "it ends with its key: %lld s",
	   (long long)life);
}

static struct json *
claims_of(struct str token)
{
	CLEAN(jwt_clear) struct jwt jwt = JWT_INIT;

	must(jwt_parse(token, &jwt), "parse");
	return TAKE(jwt.payload);
}

/* What others read in it: RFC 7519's names, and the specification's. */
static void
test_written(struct world *w)
{
	struct regtoken token;
	struct str value = world_token(w, false, true, &token);
	struct proof mine = basic("iamapikey", w->key);
	struct json *mark =
	    claims_of(world_bearer(w, basic("token", value), APP, SCOPE_PULL));
	struct json *all =
	    claims_of(world_bearer(w, mine, "", SCOPE_ALL_CATALOG));
	struct json *nothing =
	    claims_of(world_bearer(w, mine, "stranger/app", SCOPE_PULL));
	const struct json *entry = json_at(json_get(all, "access"), 0);

	ok(str_starts(json_text(mark, "sub"), STR("registry-token:")),
	   "a token is its own subject");
	is_str(json_text(all, "sub"), str_c(w->owner.who.identity),
	       "a person is theirs");
	is_int((long long)json_size(json_get(nothing, "access")), 0,
	       "what is not granted is not named");
	is_str(json_text(entry, "type"), STR("registry"),
	       "the catalogue's type");
	is_int((long long)json_size(json_get(entry, "actions")), 1,
	       "and its one action");
	json_free(mark);
	json_free(all);
	json_free(nothing);
}

/* Who reads an access token is told whether it is a person's. */
static void
test_written_access(struct world *w)
{
	struct service_id_ask ask = {.name = STR("robot")};
	struct visit by = visit_of(w, w->key, VERB_SERVICEID_CREATE,
				   (struct thing){.kind = THING_ACCOUNT});
	struct service_id robot;
	struct api_key key;
	struct json *mine, *its;
	struct str id;

	must(service_id_create(&by, &ask, &w->arena, &robot, NULL, NULL, NULL),
	     "robot");
	id = robot.iam_id;
	mine = claims_of(world_session(w, w->key).access);
	its = claims_of(world_session(w, world_key(w, id, 0, &key)).access);
	is_str(json_text(mine, "realmid"), STR("IBMid"), "a person's");
	is_str(json_text(mine, "sub"), STR("admin@localhost"), "their address");
	is_str(json_text(its, "realmid"), STR("iam"), "a service ID's");
	is_str(json_text(its, "sub_type"), STR("ServiceId"), "says so");
	is_str(json_text(its, "sub"), str_sub(id, strlen("iam-"), id.n),
	       "and which");
	ok(json_get(its, "email") == NULL, "it has no address");
	json_free(mine);
	json_free(its);
}

/* --- access tokens --- */

#define WHO   "\"iam_id\":\"#\",\"account\":{\"bss\":\"$\"}"
#define KEY   "\"latchkey_cred\":\"api-key:@\""
#define HERE  "\"iss\":\"" URL "/identity\""
#define TIMES "\"iat\":~,\"exp\":^"
#define JTI   "\"jti\":\"a-1\""

static const struct {
	const char *payload, *what;
	int want;
} tokens[] = {
    {"{" WHO "," KEY "," HERE "," TIMES "," JTI "}", "as it is written", 0},
    {"{" WHO "," KEY "," TIMES "," JTI "}", "by nobody", OUT_UNPROVEN},
    {"{" WHO "," KEY ",\"iss\":\"" URL "\"," TIMES "," JTI "}",
     "by somebody else", OUT_UNPROVEN},
    {"{" WHO "," KEY "," HERE "," TIMES "}", "without an id", OUT_UNPROVEN},
    {"{" WHO "," KEY "," HERE "," TIMES ",\"jti\":\"\"}", "an empty id",
     OUT_UNPROVEN},
    {"{" WHO "," KEY "," HERE "," JTI ",\"exp\":^}", "no beginning",
     OUT_UNPROVEN},
    {"{" WHO "," KEY "," HERE "," JTI ",\"iat\":\"~\",\"exp\":^}",
     "a beginning that is no number", OUT_UNPROVEN},
    {"{" WHO "," KEY "," HERE "," JTI ",\"iat\":~}", "no end", OUT_UNPROVEN},
    {"{" WHO "," HERE "," TIMES "," JTI ",\"latchkey_cred\":\"@\"}",
     "of none of any kind", OUT_UNPROVEN},
    {"{" WHO "," HERE "," TIMES "," JTI "}", "of no credential", OUT_UNPROVEN},
};

static void
test_access(struct world *w)
{
	for (size_t i = 0; i < nitems(tokens); i++) {
		struct str token = access_of(w, filled(w, tokens[i].payload));
		struct access access;

		is_int(access_read(w->core, token, &access), tokens[i].want,
		       "an access token: %s", tokens[i].what);
		is_int(pulls(w, plain(PROOF_ACCESS, token), APP),
		       tokens[i].want, "and what it opens");
	}
}

/* What is signed and cannot be is a fault of ours, and nobody. */
static void
test_access_long(struct world *w)
{
	static const char *const payloads[] = {
	    "{\"iam_id\":\"#\",\"account\":{\"bss\":\"$$\"}," KEY "," HERE
	    "," TIMES "," JTI "}",
	    "{\"iam_id\":\"####\",\"account\":{\"bss\":\"$\"}," KEY "," HERE
	    "," TIMES "," JTI "}",
	    "{" WHO "," KEY "," HERE "," TIMES ",\"jti\":\"####\"}",
	};
	struct access access;

	for (size_t i = 0; i < nitems(payloads); i++) {
		struct str token = access_of(w, filled(w, payloads[i]));

		is_int(access_read(w->core, token, &access), -EUCLEAN,
		       "too long, row %zu", i);
		is_int(pulls(w, plain(PROOF_ACCESS, token), APP), -EUCLEAN,
		       "and opens nothing");
	}
}

/* A token that another kind of key has signed, or none, is none. */
static void
test_other_kind(struct world *w)
{
	struct login login = world_session(w, w->key);
	struct str bearer =
	    world_bearer(w, basic("iamapikey", w->key), APP, SCOPE_PULL);

	is_int(pulls(w, plain(PROOF_ACCESS, bearer), APP), OUT_UNPROVEN,
	       "a bearer as access token");
	is_int(pulls(w, plain(PROOF_BEARER, login.access), APP), OUT_UNPROVEN,
	       "an access token as bearer");
	is_int(pulls(w, plain(PROOF_ACCESS, STR("a.b")), APP), OUT_UNPROVEN,
	       "two parts");
	is_int(pulls(w, plain(PROOF_BEARER, STR("a.b")), APP), OUT_UNPROVEN,
	       "two parts of a bearer");
}

int
main(void)
{
	struct world w;

	world_make(&w);
	test_bearers(&w);
	test_bearer_times(&w);
	test_bearer_many(&w);
	test_bearer_catalog(&w);
	test_bearer_region(&w);
	test_given(&w);
	test_given_git(&w);
	test_made(&w);
	test_written(&w);
	test_written_access(&w);
	test_access(&w);
	test_access_long(&w);
	test_other_kind(&w);
	world_end(&w);
	return done_testing();
}
