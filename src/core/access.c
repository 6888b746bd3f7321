#include "core/access.h"

#include "base/clock.h"
#include "core/gate_inner.h"
#include "crypt/rand.h"
#include "crypt/vault.h"
#include "wire/jwt.h"
#include "json/json.h"

#include <errno.h>

#define SKEW_S 60

static const struct str user_prefix = STR_INIT("IBMid-");
static const struct str service_prefix = STR_INIT("iam-ServiceId-");
static const struct str service_realm = STR_INIT("iam-");

#define ISSUER_TAIL "/identity"
#define ISSUER_ROOM                                                            \
	(sizeof(((struct core *)NULL)->public_url) + sizeof(ISSUER_TAIL))

static void
issuer_put(const struct core *core, char ret[ISSUER_ROOM])
{
	(void)snprintf(ret, ISSUER_ROOM, "%s" ISSUER_TAIL, core->public_url);
}

static void
write_person(struct jw *w, const struct user *u)
{
	struct str given = u->name, family = STR_NONE;

	(void)str_cut(u->name, ' ', &given, &family);
	jw_plain(w, "realmid", STR("IBMid"));
	jw_str(w, "identifier", str_sub(u->id, user_prefix.n, u->id.n));
	jw_str(w, "given_name", given);
	jw_str(w, "family_name", family);
	jw_str(w, "name", u->name);
	jw_str(w, "email", u->email);
	jw_str(w, "sub", u->email);
}

static void
write_machine(struct jw *w, const struct user *u)
{
	struct str id = str_sub(u->id, service_realm.n, u->id.n);

	jw_plain(w, "realmid", STR("iam"));
	jw_str(w, "identifier", id);
	jw_str(w, "name", u->name);
	jw_str(w, "sub", id);
	jw_plain(w, "sub_type", STR("ServiceId"));
}

static void
write_account(struct jw *w, const struct access *a)
{
	jw_object(w, "account");
	jw_bool(w, "valid", true);
	jw_c(w, "bss", a->account);
	jw_bool(w, "frozen", true);
	jw_end(w);
}

static int
payload_write(const struct access_ask *ask, const char *issuer, struct buf *to)
{
	const struct access *a = ask->access;
	char jti[UUID_LEN + 1], cred[CRED_WORD_MAX];
	struct jw w = JW(to);
	int r = rand_uuid(jti);

	if (r != 0)
		return r;
	cred_word(a->cred, a->cred_id, cred);
	jw_object(&w, NULL);
	jw_str(&w, "iam_id", ask->user->id);
	jw_str(&w, "id", ask->user->id);
	if (str_starts(ask->user->id, service_prefix))
		write_machine(&w, ask->user);
	else
		write_person(&w, ask->user);
	jw_c(&w, "jti", jti);
	write_account(&w, a);
	jw_int(&w, "iat", a->issued_at / SECOND_MS);
	jw_int(&w, "exp", a->expires_at / SECOND_MS);
	jw_c(&w, "iss", issuer);
	jw_str(&w, "grant_type", ask->grant_type);
	jw_plain(&w, "scope", STR("ibm openid"));
	jw_str(&w, "client_id",
	       ask->client_id.n > 0 ? ask->client_id : STR("default"));
	jw_int(&w, "acr", 1);
	jw_array(&w, "amr");
	jw_plain(&w, NULL, STR("pwd"));
	jw_end(&w);
	if (ask->session_id.n > 0) {
		jw_str(&w, "session_id", ask->session_id);
		jw_int(&w, "session_exp_max", ask->session_ends_at / SECOND_MS);
		jw_int(&w, "session_exp_next", ask->session_next / SECOND_MS);
	}
	jw_c(&w, "latchkey_cred", cred);
	jw_end(&w);
	return buf_err(to) != 0 ? FAIL(buf_err(to)) : 0;
}

int
access_write(struct core *core, const struct access_ask *ask, struct buf *token)
{
	CLEAN(buf_clear) struct buf payload = BUF_INIT;
	char header[80 + VAULT_KID_MAX], kid[VAULT_KID_MAX + 1];
	char issuer[ISSUER_ROOM];
	uint8_t signature[VAULT_ES256_LEN];
	size_t start = token->n;
	int r;

	issuer_put(core, issuer);
	r = payload_write(ask, issuer, &payload);
	if (r != 0)
		return r;
	vault_access_kid(core->vault, kid);
	(void)snprintf(header, sizeof(header),
		       "{\"kid\":\"%s\",\"typ\":\"JWT\",\"alg\":\"ES256\"}",
		       kid);
	r = jwt_input(token, str_c(header), buf_str(&payload));
	if (r == 0)
		r = vault_access_sign(core->vault, kid,
				      str_sub(buf_str(token), start, token->n),
				      signature);
	return r != 0 ? r : jwt_seal(token, signature, sizeof(signature));
}

static int
claims_read(struct core *core, const struct json *claims, struct access *ret)
{
	const struct json *account = json_get(claims, "account");
	char issuer[ISSUER_ROOM];
	int64_t iat;
	int r = jwt_times(claims, clock_now(), SKEW_S, &ret->expires_at);

	if (r != 0)
		return r == OUT_MALFORMED ? OUT_UNPROVEN : r;
	issuer_put(core, issuer);
	if (!str_eq(json_text(claims, "iss"), str_c(issuer)) ||
	    !json_int(json_get(claims, "iat"), &iat) ||
	    cred_word_parse(json_text(claims, "latchkey_cred"), &ret->cred,
			    ret->cred_id) != 0)
		return OUT_UNPROVEN;
	ret->issued_at = iat * SECOND_MS;
	if (json_text(claims, "jti").n == 0)
		return OUT_UNPROVEN;
	r = FIELD_PUT(ret->account, json_text(account, "bss"));
	if (r == 0)
		r = FIELD_PUT(ret->identity, json_text(claims, "iam_id"));
	if (r == 0)
		r = FIELD_PUT(ret->jti, json_text(claims, "jti"));
	if (r != 0)
		return r;
	return ret->expires_at <= clock_now() ? OUT_EXPIRED : 0;
}

int
access_read(struct core *core, struct str token, struct access *ret)
{
	CLEAN(jwt_clear) struct jwt jwt = JWT_INIT;
	int r = jwt_parse(token, &jwt);

	if (r == 0 && !str_eq(jwt.alg, STR("ES256")))
		r = OUT_MALFORMED;
	if (r != 0)
		return r == OUT_MALFORMED ? OUT_UNPROVEN : r;
	r = vault_access_verify(core->vault, jwt.kid, jwt.input,
				buf_str(&jwt.signature));
	return r != 0 ? r : claims_read(core, jwt.payload, ret);
}

int
access_look(struct core *core, struct str token, struct subject *ret)
{
	struct proof proof = {.kind = PROOF_ACCESS, .secret = token};

	return gate_known(core, &proof, ret);
}
