#include "core/session.h"

#include "base/clock.h"
#include "core/audit.h"
#include "core/sql.h"
#include "crypt/rand.h"
#include "crypt/vault.h"
#include "db/db.h"

#include <errno.h>

struct issue {
	struct core *core;
	const struct subject *who;
	struct visit by; /* for another look, and for the trail */
	struct str region;
	char id[UUID_LEN + 1];
	uint8_t digest[VAULT_DIGEST_LEN];
	int64_t now, expires_at;
};

static struct str
parent(const struct issue *i, enum cred_kind kind)
{
	return i->who->cred == kind ? str_c(i->who->cred_id) : STR_NONE;
}

/* The oldest of that many give way: whoever logs in again and again keeps what
 * they have now, and what a credential takes along when it ends is bounded. */
static int
make_room(struct db_at *at, const struct issue *i)
{
	int64_t gone = 0;
	int r =
	    FOLD(db_exec(at, SQL_identity_token_make_room, &gone, "si",
			 str_c(i->who->cred_id), (int64_t)IDENTITY_TOKENS_MAX));

	if (gone > 0)
		gate_changed(at);
	return r;
}

static int
issue_write(struct db_at *at, void *arg)
{
	const struct issue *i = arg;
	char thing[CRED_ID_MAX + 24];
	struct str jti = i->who->jti[0] != '\0' ? str_c(i->who->jti) : STR_NONE;
	int r = db_exec(
	    at, SQL_identity_token_insert, NULL, "sbsSSSsiiS", str_c(i->id),
	    (struct str){(const char *)i->digest, sizeof(i->digest)},
	    str_c(i->who->account), parent(i, CRED_API_KEY),
	    parent(i, CRED_SESSION), parent(i, CRED_REGISTRY_TOKEN), i->region,
	    i->now, i->expires_at, jti);

	/* The parent has gone in the meantime. */
	if (r == OUT_CONFLICT)
		return OUT_UNPROVEN;
	if (r != 0)
		return r;
	r = make_room(at, i);
	if (r != 0)
		return r;
	(void)snprintf(thing, sizeof(thing), "%s:%s",
		       cred_kind_name(CRED_IDENTITY_TOKEN), i->id);
	return audit_change(at, &i->by, str_c(thing), STR("{}"));
}

int
identity_token_issue(struct core *core, const struct subject *who,
		     struct str region, struct secret *ret)
{
	CLEAN(secret_clear) struct secret value = SECRET_INIT;
	struct issue i = {
	    .core = core, .who = who, .region = region, .now = clock_now()};
	int r;

	if (who->bearer || who->cred == CRED_IDENTITY_TOKEN ||
	    who->cred == CRED_NONE ||
	    (who->region[0] != '\0' && !str_eq(str_c(who->region), region)))
		return OUT_DENIED;
	i.by = (struct visit){
	    .core = core, .who = *who, .verb = VERB_LOGIN, .at = i.now};
	memcpy(i.by.account, who->account, sizeof(i.by.account));
	/* No longer than what it was asked for with, be it an access token. */
	i.expires_at = i.now + (int64_t)IDENTITY_TOKEN_LIFE_S * SECOND_MS;
	if (who->expires_at < i.expires_at)
		i.expires_at = who->expires_at;
	r = rand_uuid(i.id);
	if (r == 0)
		r = rand_token(TOKEN_IDENTITY, &value);
	if (r == 0)
		r = vault_digest(core->vault, secret_reveal(&value), i.digest);
	if (r == 0)
		r = gate_write(&i.by, issue_write, &i);
	if (r == 0)
		ret->slot = TAKE(value.slot);
	return r;
}
