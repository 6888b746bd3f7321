#include "core/gate_inner.h"

#include "base/clock.h"
#include "base/enc.h"
#include "core/access.h"
#include "crypt/mac.h"
#include "crypt/rand.h"
#include "wire/jwt.h"
#include "json/json.h"

#include <errno.h>

/* Clocks do not run backwards far; exp gets no grace at all. */
#define SKEW_S 60

static const struct {
	enum scope_action bit;
	struct str word;
	enum verb verb;
} actions[] = {
    {SCOPE_PULL, STR_INIT("pull"), VERB_IMAGE_PULL},
    {SCOPE_PUSH, STR_INIT("push"), VERB_IMAGE_PUSH},
    {SCOPE_DELETE, STR_INIT("delete"), VERB_IMAGE_DELETE},
};

static unsigned
granted(struct core *core, const struct subject *who,
	const struct region *region, const struct scope *scope)
{
	struct thing thing = {.kind = THING_REPO,
			      .region = str_c(region->name),
			      .name = scope->name};
	unsigned got = 0;

	if (scope->name.n == 0) {
		thing.kind = THING_NONE;
		return (scope->actions & SCOPE_ALL_CATALOG) != 0 &&
			       gate_may(core, who, VERB_IMAGE_LIST, &thing)
			   ? SCOPE_ALL_CATALOG
			   : 0;
	}
	for (size_t i = 0; i < nitems(actions); i++)
		if ((scope->actions & actions[i].bit) != 0 &&
		    gate_may(core, who, actions[i].verb, &thing))
			got |= actions[i].bit;
	return got;
}

static void
write_entry(struct jw *w, const struct scope *scope)
{
	bool catalog = scope->name.n == 0;

	if (scope->actions == 0)
		return;
	jw_object(w, NULL);
	jw_plain(w, "type", catalog ? STR("registry") : STR("repository"));
	jw_str(w, "name", catalog ? STR("catalog") : scope->name);
	jw_array(w, "actions");
	if (catalog)
		jw_plain(w, NULL, STR("*"));
	for (size_t i = 0; i < nitems(actions); i++)
		if ((scope->actions & actions[i].bit) != 0)
			jw_plain(w, NULL, actions[i].word);
	jw_end(w);
	jw_end(w);
}

struct bearer {
	const struct subject *who;
	const struct region *region;
	struct str issuer;
	const struct scope *scopes;
	size_t n;
	int64_t now_s, exp_s;
};

static int
payload_write(const struct bearer *b, struct buf *to)
{
	char jti[UUID_LEN + 1], cred[CRED_WORD_MAX];
	struct jw w = JW(to);
	int r = rand_uuid(jti);

	if (r != 0)
		return r;
	cred_word(b->who->cred, b->who->cred_id, cred);
	jw_object(&w, NULL);
	jw_str(&w, "iss", b->issuer);
	jw_c(&w, "sub", b->who->identity[0] != '\0' ? b->who->identity : cred);
	jw_c(&w, "aud", BEARER_AUDIENCE);
	jw_int(&w, "exp", b->exp_s);
	jw_int(&w, "nbf", b->now_s);
	jw_int(&w, "iat", b->now_s);
	jw_c(&w, "jti", jti);
	jw_array(&w, "access");
	for (size_t i = 0; i < b->n; i++)
		write_entry(&w, &b->scopes[i]);
	jw_end(&w);
	jw_c(&w, "latchkey_cred", cred);
	jw_c(&w, "latchkey_region", b->region->name);
	if (b->who->jti[0] != '\0')
		jw_c(&w, "latchkey_token", b->who->jti);
	jw_end(&w);
	return buf_err(to) != 0 ? FAIL(buf_err(to)) : 0;
}

static struct str
key_of(const struct core *core)
{
	return (struct str){(const char *)core->gate->bearer_key,
			    sizeof(core->gate->bearer_key)};
}

static int
token_sign(struct core *core, struct str payload, struct buf *token)
{
	char header[80];
	uint8_t mac[MAC_LEN];
	size_t start = token->n;
	int r;

	(void)snprintf(header, sizeof(header),
		       "{\"alg\":\"HS256\",\"typ\":\"JWT\",\"kid\":\"%s\"}",
		       core->gate->bearer_kid);
	r = jwt_input(token, str_c(header), payload);
	if (r == 0)
		r = FOLD(mac_sha256(key_of(core),
				    str_sub(buf_str(token), start, token->n),
				    mac));
	return r != 0 ? r : jwt_seal(token, mac, sizeof(mac));
}

int
gate_bearer(struct core *core, const struct subject *who,
	    const struct region *region, struct str issuer, struct str audience,
	    struct scope *scopes, size_t n, struct buf *ret_token,
	    int64_t *ret_expires_in_s)
{
	CLEAN(buf_clear) struct buf payload = BUF_INIT;
	struct bearer b = {.who = who,
			   .region = region,
			   .issuer = issuer,
			   .scopes = scopes,
			   .n = n,
			   .now_s = clock_now() / SECOND_MS};
	int r;

	if (!str_eq(audience, STR(BEARER_AUDIENCE)))
		return OUT_UNSUPPORTED;
	if (who->region[0] != '\0' && strcmp(who->region, region->name) != 0)
		return OUT_UNPROVEN;
	b.exp_s = b.now_s + BEARER_LIFE_S;
	if (who->expires_at / SECOND_MS < b.exp_s)
		b.exp_s = who->expires_at / SECOND_MS;
	for (size_t i = 0; i < n; i++)
		scopes[i].actions = granted(core, who, region, &scopes[i]);
	r = payload_write(&b, &payload);
	if (r == 0)
		r = token_sign(core, buf_str(&payload), ret_token);
	if (r == 0)
		*ret_expires_in_s = b.exp_s - b.now_s;
	return r;
}

static unsigned
entry_actions(const struct json *list)
{
	unsigned got = 0;
	struct str word;

	for (size_t i = 0; i < json_size(list); i++) {
		if (!json_str(json_at(list, i), &word))
			return 0;
		if (str_eq(word, STR("*")))
			got |= SCOPE_ALL_CATALOG;
		for (size_t j = 0; j < nitems(actions); j++)
			if (str_eq(word, actions[j].word))
				got |= actions[j].bit;
	}
	return got;
}

/* What does not look exactly as write_entry leaves it grants nothing. */
static struct scope
entry_read(const struct json *entry)
{
	struct str type = json_text(entry, "type");
	struct scope got = {.name = json_text(entry, "name")};
	bool catalog = str_eq(type, STR("registry"));

	if (got.name.n == 0 || (!catalog && !str_eq(type, STR("repository"))) ||
	    (catalog && !str_eq(got.name, STR("catalog"))))
		return (struct scope){.actions = 0};
	got.actions = entry_actions(json_get(entry, "actions"));
	if (catalog)
		got.name = STR_NONE;
	return got;
}

static int
claims_read(struct core *core, struct db_at *at, const struct json *claims,
	    struct proven **ret, struct subject *who)
{
	const struct json *access = json_get(claims, "access");
	struct str region = json_text(claims, "latchkey_region");
	struct str token = json_text(claims, "latchkey_token");
	struct scope scopes[SCOPE_COUNT_MAX];
	char id[CRED_ID_MAX + 1];
	enum cred_kind kind;
	int64_t exp_ms;
	size_t n = json_size(access);
	int r = jwt_times(claims, clock_now(), SKEW_S, &exp_ms);

	if (r != 0)
		return r == OUT_MALFORMED ? OUT_UNPROVEN : r;
	if (!str_eq(json_text(claims, "aud"), STR(BEARER_AUDIENCE)) ||
	    json_text(claims, "iss").n == 0 ||
	    json_kind(access) != JSON_ARRAY || n > nitems(scopes) ||
	    cred_word_parse(json_text(claims, "latchkey_cred"), &kind, id) != 0)
		return OUT_UNPROVEN;
	if (exp_ms <= clock_now())
		return OUT_EXPIRED;
	r = cred_load(core, at, kind, str_c(id), who);
	if (r != 0)
		return r;
	if (who->region[0] != '\0' && !str_eq(str_c(who->region), region))
		return OUT_UNPROVEN;
	if (token.n > 0)
		r = cred_jti(at, token, who);
	if (r == 0)
		r = FIELD_PUT(who->region, region);
	if (r != 0)
		return r;
	who->bearer = true;
	for (size_t i = 0; i < n; i++)
		scopes[i] = entry_read(json_at(access, i));
	*ret = proven_new(who, exp_ms, true, scopes, n);
	return *ret == NULL ? FAIL(-ENOMEM) : 0;
}

int
bearer_read(struct core *core, struct db_at *at, struct str token,
	    struct proven **ret, struct subject *known)
{
	CLEAN(jwt_clear) struct jwt jwt = JWT_INIT;
	uint8_t mac[MAC_LEN];
	int r = jwt_parse(token, &jwt);

	if (r == 0 && (!str_eq(jwt.alg, STR("HS256")) ||
		       !str_eq(jwt.kid, str_c(core->gate->bearer_kid))))
		r = OUT_MALFORMED;
	if (r != 0)
		return r == OUT_MALFORMED ? OUT_UNPROVEN : r;
	r = FOLD(mac_sha256(key_of(core), jwt.input, mac));
	if (r == 0 && !mem_equal(buf_str(&jwt.signature),
				 (struct str){(char *)mac, sizeof(mac)}))
		r = OUT_UNPROVEN;
	return r != 0 ? r : claims_read(core, at, jwt.payload, ret, known);
}
