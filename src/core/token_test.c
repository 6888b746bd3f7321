/* Tokens that somebody made, altered or mixed up: none of them opens. */
#include "core/core_world.h"

#include "base/enc.h"
#include "core/gate_inner.h"
#include "crypt/mac.h"
#include "crypt/vault.h"
#include "wire/jwt.h"

#define APP "birds/app"

/* The parts of a good token, to be changed one at a time. */
struct claims {
	const char *header; /* NULL: the right one */
	char exp[64], nbf[64], iat[64], more[256];
	const char *aud, *iss, *access, *cred;
};

static struct claims
good(void)
{
	struct claims c = {.aud = "\"registry\"", .iss = "\"" URL "\""};
	long long now = (long long)(clock_now() / SECOND_MS);

	c.access = "[{\"type\":\"repository\",\"name\":\"birds/app\","
		   "\"actions\":[\"pull\"]}]";
	(void)snprintf(c.exp, sizeof(c.exp), ",\"exp\":%lld", now + 300);
	(void)snprintf(c.nbf, sizeof(c.nbf), ",\"nbf\":%lld", now);
	(void)snprintf(c.iat, sizeof(c.iat), ",\"iat\":%lld", now);
	return c;
}

static void
at(char to[64], const char *name, int64_t from_now_s)
{
	(void)snprintf(to, 64, ",\"%s\":%lld", name,
		       (long long)(clock_now() / SECOND_MS + from_now_s));
}

static struct str
seal(struct world *w, struct str header, struct str payload, struct str key)
{
	CLEAN(buf_clear) struct buf token = BUF_INIT;
	uint8_t mac[MAC_LEN];

	must(jwt_input(&token, header, payload), "input");
	must(mac_sha256(key, buf_str(&token), mac), "mac");
	must(jwt_seal(&token, mac, sizeof(mac)), "seal");
	return keep(w, buf_str(&token));
}

static struct str
bearer_key(struct world *w)
{
	return (struct str){(char *)w->core->gate->bearer_key, BEARER_KEY_LEN};
}

static struct str
bearer_header(struct world *w)
{
	return arena_strf(&w->arena,
			  "{\"alg\":\"HS256\",\"typ\":\"JWT\",\"kid\":\"%s\"}",
			  w->core->gate->bearer_kid);
}

static struct str
bearer_payload(struct world *w, const struct claims *c)
{
	return arena_strf(
	    &w->arena,
	    "{\"iss\":%s,\"sub\":\"x\",\"aud\":%s%s%s%s,\"jti\":\"1\","
	    "\"access\":%s,\"latchkey_cred\":\"api-key:%s\","
	    "\"latchkey_region\":\"local\"%s}",
	    c->iss, c->aud, c->exp, c->nbf, c->iat, c->access,
	    c->cred != NULL ? c->cred : w->owner.who.cred_id, c->more);
}

static int
bearer_says(struct world *w, const struct claims *c)
{
	struct str header =
	    c->header != NULL ? str_c(c->header) : bearer_header(w);
	struct str token = seal(w, header, bearer_payload(w, c), bearer_key(w));

	return pulls(w, plain(PROOF_BEARER, token), APP);
}

static void
test_times(struct world *w)
{
	struct claims c = good();
	static const char *const odd[] = {
	    "",
	    ",\"exp\":9223372036854775808",
	    ",\"exp\":-1",
	    ",\"exp\":0",
	    ",\"exp\":\"4102444800\"",
	    ",\"exp\":4102444800.5",
	    ",\"exp\":1e400",
	    ",\"exp\":NaN",
	    ",\"exp\":null",
	    ",\"exp\":true",
	    ",\"exp\":[4102444800]",
	    ",\"exp\":4102444800,\"exp\":4102444800",
	};

	is_int(bearer_says(w, &c), 0, "a good one passes");
	for (size_t i = 0; i < nitems(odd); i++) {
		int r;

		(void)snprintf(c.exp, sizeof(c.exp), "%s", odd[i]);
		r = bearer_says(w, &c);
		ok(r == OUT_UNPROVEN || r == OUT_EXPIRED, "exp as '%s' (%d)",
		   odd[i], r);
	}
	at(c.iat, "iat", -300);
	at(c.nbf, "nbf", -300);
	at(c.exp, "exp", -1);
	is_int(bearer_says(w, &c), OUT_EXPIRED, "past by a second");
	at(c.exp, "exp", -61);
	is_int(bearer_says(w, &c), OUT_EXPIRED, "past by 61");
	c = good();
	at(c.nbf, "nbf", 61);
	ok(bearer_says(w, &c) != 0, "not before a minute");
	c = good();
	at(c.iat, "iat", 61);
	ok(bearer_says(w, &c) != 0, "issued in the future");
	c = good();
	at(c.iat, "iat", 0);
	at(c.nbf, "nbf", 0);
	is_int(bearer_says(w, &c), 0, "and again a good one");
}

static void
test_claims(struct world *w)
{
	static const char *const auds[] = {"\"\"",
					   "\"registry2\"",
					   "\"registr\"",
					   "\"Registry\"",
					   "[\"registry\"]",
					   "null",
					   "\"registry\",\"aud\":\"registry\""};
	struct claims c;

	for (size_t i = 0; i < nitems(auds); i++) {
		c = good();
		c.aud = auds[i];
		is_int(bearer_says(w, &c), OUT_UNPROVEN, "aud %s", auds[i]);
	}
	c = good();
	c.iss = "\"\"";
	is_int(bearer_says(w, &c), OUT_UNPROVEN, "no issuer");
	c = good();
	c.cred = "ApiKey-00000000-0000-4000-8000-000000000000";
	is_int(bearer_says(w, &c), OUT_UNPROVEN, "a root that never was");
	c = good();
	c.cred = "";
	is_int(bearer_says(w, &c), OUT_UNPROVEN, "no root");
	c = good();
	(void)snprintf(c.more, sizeof(c.more), ",\"access\":[]");
	is_int(bearer_says(w, &c), OUT_UNPROVEN, "access twice");
}

/* Signed well, and still nothing is granted. */
static void
test_access(struct world *w)
{
	static const char *const odd[] = {
	    "[]",
	    "[{\"type\":\"repository\",\"name\":\"birds/app\",\"actions\":[]}]",
	    "[{\"type\":\"repository\",\"name\":\"birds/app\","
	    "\"actions\":[\"*\"]}]",
	    "[{\"type\":\"repository\",\"name\":\"birds/app\","
	    "\"actions\":[\"pull \"]}]",
	    "[{\"type\":\"repository\",\"name\":\"birds/app\","
	    "\"actions\":\"pull\"}]",
	    "[{\"type\":\"Repository\",\"name\":\"birds/app\","
	    "\"actions\":[\"pull\"]}]",
	    "[{\"type\":\"registry\",\"name\":\"birds/app\","
	    "\"actions\":[\"pull\"]}]",
	    "[{\"type\":\"repository\",\"name\":\"birds/../birds/app\","
	    "\"actions\":[\"pull\"]}]",
	    "[{\"type\":\"repository\",\"name\":\"birds/*\","
	    "\"actions\":[\"pull\"]}]",
	    "[{\"type\":\"repository\",\"name\":\"*\","
	    "\"actions\":[\"pull\"]}]",
	    "[{\"type\":\"repository\",\"name\":\"birds\","
	    "\"actions\":[\"pull\"]}]",
	    "[[\"repository\",\"birds/app\",\"pull\"]]",
	    "[null]",
	};
	struct claims c = good();

	for (size_t i = 0; i < nitems(odd); i++) {
		c.access = odd[i];
		is_int(bearer_says(w, &c), OUT_DENIED, "access %s", odd[i]);
	}
	c.access = "{}";
	is_int(bearer_says(w, &c), OUT_UNPROVEN, "access is no list");
	c.access = "\"pull\"";
	is_int(bearer_says(w, &c), OUT_UNPROVEN, "access is a text");
}

static void
test_headers(struct world *w)
{
	static const char *const odd[] = {
	    "{\"alg\":\"none\",\"kid\":\"%s\"}",
	    "{\"alg\":\"None\",\"kid\":\"%s\"}",
	    "{\"alg\":\"hs256\",\"kid\":\"%s\"}",
	    "{\"alg\":\"HS512\",\"kid\":\"%s\"}",
	    "{\"alg\":\"ES256\",\"kid\":\"%s\"}",
	    "{\"kid\":\"%s\"}",
	    "{\"alg\":\"HS256\",\"kid\":\"%s0\"}",
	    "{\"alg\":\"HS256\",\"kid\":\"\",\"x\":\"%s\"}",
	    "{\"alg\":\"HS256\",\"x\":\"%s\"}",
	    "{\"alg\":\"HS256\",\"kid\":\"%s\",\"crit\":[\"exp\"]}",
	    "{\"alg\":\"HS256\",\"kid\":\"%s\",\"b64\":false}",
	    "{\"alg\":\"HS256\",\"kid\":\"%s\",\"zip\":\"DEF\"}",
	    "{\"alg\":\"HS256\",\"kid\":\"%s\",\"alg\":\"HS256\"}",
	};
	struct claims c = good();

	for (size_t i = 0; i < nitems(odd); i++) {
		struct str first, last, header;

		must(!str_cut(str_c(odd[i]), '%', &first, &last), "kid");
		header = arena_strf(&w->arena, "%.*s%s%.*s", STR_ARG(first),
				    w->core->gate->bearer_kid,
				    STR_ARG(str_sub(last, 1, last.n)));
		c.header = header.p;
		is_int(bearer_says(w, &c), OUT_UNPROVEN, "header %s", header.p);
	}
}

/* Signed with everything that is public or guessable. */
static void
test_keys(struct world *w)
{
	CLEAN(buf_clear) struct buf jwks = BUF_INIT;
	struct claims c = good();
	struct str payload = bearer_payload(w, &c), header = bearer_header(w);
	uint8_t zero[BEARER_KEY_LEN] = {0};
	struct str keys[] = {STR(""),
			     {(char *)zero, sizeof(zero)},
			     str_c(w->core->gate->bearer_kid),
			     header,
			     STR("secret"),
			     STR_NONE};

	must(vault_jwks(w->core->vault, &jwks), "jwks");
	keys[nitems(keys) - 1] = buf_str(&jwks);
	for (size_t i = 0; i < nitems(keys); i++)
		is_int(pulls(w,
			     plain(PROOF_BEARER,
				   seal(w, header, payload, keys[i])),
			     APP),
		       OUT_UNPROVEN, "key %zu", i);
}

/* Every single change of a character. */
static void
test_altered(struct world *w, const char *name, struct proof proof)
{
	char text[8192];
	size_t n = proof.secret.n;
	int opened = 0;

	must(n >= sizeof(text), "length");
	is_int(pulls(w, proof, APP), 0, "%s as it is", name);
	memcpy(text, proof.secret.p, n);
	proof.secret = (struct str){text, n};
	for (size_t i = 0; i < n; i++) {
		char was = text[i];

		text[i] = was == 'A' ? 'B' : 'A';
		opened += pulls(w, proof, APP) == 0;
		text[i] = was;
	}
	is_int(pulls(w, proof, APP), 0, "%s put right again", name);
	is_int(opened, 0, "%s with a character changed", name);
}

static void
test_shapes(struct world *w, const char *name, struct proof proof)
{
	struct str token = proof.secret, head, mid, tail, rest;
	struct str odd[10];
	char dots[6000];

	must(!str_cut(token, '.', &head, &rest), "head");
	must(!str_cut(rest, '.', &mid, &tail), "tail");
	memset(dots, '.', sizeof(dots));
	odd[0] =
	    arena_strf(&w->arena, "%.*s.%.*s", STR_ARG(head), STR_ARG(mid));
	odd[1] =
	    arena_strf(&w->arena, "%.*s.%.*s.", STR_ARG(head), STR_ARG(mid));
	odd[2] = arena_strf(&w->arena, "%.*s.", STR_ARG(token));
	odd[3] =
	    arena_strf(&w->arena, "%.*s.%.*s", STR_ARG(token), STR_ARG(tail));
	odd[4] = arena_strf(&w->arena, "%.*s.%.*s.%.*s", STR_ARG(mid),
			    STR_ARG(head), STR_ARG(tail));
	odd[5] = arena_strf(&w->arena, "%.*s.%.*s.%.*s%.*s", STR_ARG(head),
			    STR_ARG(mid), STR_ARG(tail), STR_ARG(tail));
	odd[6] = arena_strf(&w->arena, " %.*s", STR_ARG(token));
	odd[7] = arena_strf(&w->arena, "%.*s=", STR_ARG(token));
	odd[8] = str_sub(token, 0, token.n - 2);
	odd[9] = (struct str){dots, sizeof(dots)};
	for (size_t i = 0; i < nitems(odd); i++) {
		proof.secret = odd[i];
		is_int(pulls(w, proof, APP), OUT_UNPROVEN, "%s in shape %zu",
		       name, i);
	}
}

/* --- IAM access tokens --- */

static const char *
kid_now(struct world *w)
{
	static char kid[VAULT_KID_MAX + 1];

	vault_access_kid(w->core->vault, kid);
	return kid;
}

static struct str
access_sign(struct world *w, struct str header, struct str payload)
{
	CLEAN(buf_clear) struct buf token = BUF_INIT;
	uint8_t sig[VAULT_ES256_LEN];

	must(jwt_input(&token, header, payload), "input");
	must(vault_access_sign(w->core->vault, kid_now(w), buf_str(&token),
			       sig),
	     "sign");
	must(jwt_seal(&token, sig, sizeof(sig)), "seal");
	return keep(w, buf_str(&token));
}

static struct str
access_payload(struct world *w, const struct claims *c, const char *account,
	       const char *identity)
{
	return arena_strf(&w->arena,
			  "{\"iam_id\":\"%s\",\"jti\":\"1\","
			  "\"account\":{\"bss\":\"%s\"},"
			  "\"iss\":%s%s%s,\"latchkey_cred\":\"api-key:%s\"%s}",
			  identity, account, c->iss, c->exp, c->iat,
			  w->owner.who.cred_id, c->more);
}

static int
access_says(struct world *w, const struct claims *c, const char *account,
	    const char *identity)
{
	struct str header = arena_strf(
	    &w->arena, "{\"kid\":\"%s\",\"typ\":\"JWT\",\"alg\":\"ES256\"}",
	    kid_now(w));

	if (c->header != NULL)
		header = str_c(c->header);
	return pass(w,
		    plain(PROOF_ACCESS,
			  access_sign(w, header,
				      access_payload(w, c, account, identity))),
		    VERB_WHOAMI, (struct thing){.kind = THING_NONE});
}

static void
test_access_claims(struct world *w)
{
	const char *account = w->owner.account, *id = w->owner.who.identity;
	struct claims c = good();

	c.iss = "\"" URL "/identity\"";
	is_int(access_says(w, &c, account, id), 0, "a good one passes");
	is_int(access_says(w, &c, "0123456789abcdef0123456789abcdef", id),
	       OUT_UNPROVEN, "another account than its root's");
	is_int(access_says(w, &c, account, "IBMid-0000000000"), OUT_UNPROVEN,
	       "another identity than its root's");
	c.exp[0] = '\0';
	is_int(access_says(w, &c, account, id), OUT_UNPROVEN, "no end");
	at(c.exp, "exp", 0);
	is_int(access_says(w, &c, account, id), OUT_EXPIRED, "at its end");
	at(c.exp, "exp", 10);
	at(c.iat, "iat", 61);
	is_int(access_says(w, &c, account, id), OUT_UNPROVEN,
	       "issued in the future");
	c = good();
	c.iss = "\"http://elsewhere:8080/identity\"";
	is_int(access_says(w, &c, account, id), OUT_UNPROVEN,
	       "another installation's name");
	c.iss = "\"" URL "/identity\"";
	c.header = "{\"kid\":\"none\",\"alg\":\"ES256\"}";
	is_int(access_says(w, &c, account, id), OUT_UNPROVEN, "unknown kid");
	c.header = arena_strf(&w->arena, "{\"kid\":\"%s\",\"alg\":\"RS256\"}",
			      kid_now(w))
		       .p;
	is_int(access_says(w, &c, account, id), OUT_UNPROVEN,
	       "the name of another algorithm");
	c.header = "{\"alg\":\"ES256\"}";
	is_int(access_says(w, &c, account, id), OUT_UNPROVEN, "no kid");
}

/* The public key as an HMAC key, in every form in which it is published. */
static void
test_confusion(struct world *w)
{
	CLEAN(buf_clear) struct buf jwks = BUF_INIT;
	CLEAN(buf_clear) struct buf raw = BUF_INIT;
	struct claims c = good();
	struct str payload, header, keys[3];
	CLEAN(json_freep) struct json *root = NULL;
	const struct json *key;

	c.iss = "\"" URL "/identity\"";
	payload =
	    access_payload(w, &c, w->owner.account, w->owner.who.identity);
	header = arena_strf(&w->arena, "{\"kid\":\"%s\",\"alg\":\"HS256\"}",
			    kid_now(w));
	must(vault_jwks(w->core->vault, &jwks), "jwks");
	must(json_parse(buf_str(&jwks), &root, NULL), "json");
	key = json_at(json_get(root, "keys"), 0);
	must(dec_b64url(&raw, json_text(key, "x")), "x");
	must(dec_b64url(&raw, json_text(key, "y")), "y");
	keys[0] = buf_str(&jwks);
	keys[1] = json_text(key, "x");
	keys[2] = buf_str(&raw);
	for (size_t i = 0; i < nitems(keys); i++)
		is_int(
		    pass(w,
			 plain(PROOF_ACCESS, seal(w, header, payload, keys[i])),
			 VERB_WHOAMI, (struct thing){.kind = THING_NONE}),
		    OUT_UNPROVEN, "HS256 with public form %zu", i);
}

/* An installation with equal names has other keys. */
static void
test_elsewhere(struct world *w)
{
	struct world other;
	struct regtoken token;
	struct proof key, mark, access, bearer;

	world_make(&other);
	key = basic("iamapikey", keep(w, other.key));
	mark = basic("token", keep(w, world_token(&other, true, true, &token)));
	access = plain(PROOF_ACCESS,
		       keep(w, world_session(&other, other.key).access));
	bearer = plain(PROOF_BEARER,
		       keep(w, world_bearer(&other, key, APP, SCOPE_PULL)));
	is_int(pulls(&other, mark, APP), 0, "good there");
	is_int(pulls(w, key, APP), OUT_UNPROVEN, "API key");
	is_int(pulls(w, mark, APP), OUT_UNPROVEN, "registry token");
	is_int(pulls(w, access, APP), OUT_UNPROVEN, "access token");
	is_int(pulls(w, bearer, APP), OUT_UNPROVEN, "bearer");
	world_end(&other);
}

int
main(void)
{
	struct world w;
	struct regtoken token;
	struct proof key, bearer, access, mark;

	world_make(&w);
	key = basic("iamapikey", w.key);
	bearer = plain(PROOF_BEARER, world_bearer(&w, key, APP, SCOPE_PULL));
	access = plain(PROOF_ACCESS, world_session(&w, w.key).access);
	mark = basic("token", world_token(&w, true, true, &token));
	subtest("times") test_times(&w);
	subtest("claims") test_claims(&w);
	subtest("access") test_access(&w);
	subtest("headers") test_headers(&w);
	subtest("keys") test_keys(&w);
	subtest("altered")
	{
		test_altered(&w, "bearer", bearer);
		test_altered(&w, "access token", access);
		test_altered(&w, "registry token", mark);
		world_from = "192.0.2.8";
		mark.addr = ADDR;
	}
	subtest("shapes")
	{
		test_shapes(&w, "bearer", bearer);
		test_shapes(&w, "access token", access);
		test_shapes(&w, "registry token", mark);
	}
	subtest("access token") test_access_claims(&w);
	subtest("confusion") test_confusion(&w);
	subtest("elsewhere") test_elsewhere(&w);
	world_end(&w);
	return done_testing();
}
