#include "core/gate_inner.h"

#include "base/clock.h"
#include "core/audit.h"
#include "core/image.h"
#include "crypt/rand.h"
#include "db/db.h"
#include "wire/ociref.h"

#include <errno.h>
#include <stdlib.h>

/* One question under way. */
struct ask {
	struct core *core;
	const struct subject *who;
	const struct proven *proven; /* NULL: nothing narrows */
	enum verb verb;
	struct thing thing; /* account filled in on the way */
	char account[ACCOUNT_ID_LEN + 1];
	uint64_t least; /* what is remembered must have been true then */
	bool keep;	/* remember what is read now */
};

struct owner {
	struct cached cached;
	char account[ACCOUNT_ID_LEN + 1];
};

static void
owner_free(struct cached *cached)
{
	free(cached);
}

uint64_t
gate_generation(const struct core *core)
{
	return atomic_load(&core->gate->generation);
}

static void
raise_generation(void *arg)
{
	struct gate *gate = arg;

	atomic_fetch_add(&gate->generation, 1);
}

void
gate_changed(struct db_at *at)
{
	db_touch(at);
}

int
gate_open(struct core *core)
{
	struct gate *gate = calloc(1, sizeof(*gate));
	int r;

	if (gate == NULL)
		return FAIL(-ENOMEM);
	core->gate = gate;
	/* 0 is what was never seen. */
	atomic_init(&gate->generation, 1);
	r = cache_new(&gate->cache);
	if (r == 0)
		r = throttle_new(&gate->throttle);
	if (r == 0)
		r = rand_bytes(gate->bearer_key, sizeof(gate->bearer_key));
	if (r == 0)
		r = rand_hex(gate->bearer_kid, BEARER_KID_LEN);
	if (r == 0)
		db_on_touch(core->db, raise_generation, gate);
	return r;
}

void
gate_close(struct core *core)
{
	struct gate *gate = TAKE(core->gate);

	if (gate == NULL)
		return;
	cache_free(gate->cache);
	throttle_free(gate->throttle);
	mem_wipe(gate, sizeof(*gate));
	free(gate);
}

static int
owner_make(struct ask *ask, struct str name, uint64_t seen, const uint8_t *key)
{
	struct owner *owner;
	int r = namespace_owner(ask->core, NULL, ask->thing.region, name,
				ask->account);

	if (r != 0 || !ask->keep)
		return r;
	owner = calloc(1, sizeof(*owner));
	if (owner == NULL)
		return FAIL(-ENOMEM);
	atomic_init(&owner->cached.refs, 1);
	owner->cached.generation = seen;
	owner->cached.free = owner_free;
	memcpy(owner->account, ask->account, sizeof(owner->account));
	cache_put(ask->core->gate->cache, key, &owner->cached);
	cached_unref(&owner->cached);
	return 0;
}

/* Whose namespace is it? Into ask->account. 0, OUT_ABSENT, -errno. */
static int
owner_find(struct ask *ask)
{
	uint64_t seen = gate_generation(ask->core);
	struct cache *cache = ask->core->gate->cache;
	struct str name = ociref_namespace(ask->thing.name);
	const struct str parts[] = {STR_INIT("owner"), ask->thing.region, name};
	uint8_t key[CACHE_KEY_LEN];
	struct owner *owner;

	cache_key(cache, parts, nitems(parts), key);
	owner = (struct owner *)cache_get(cache, key, ask->least);
	if (owner == NULL)
		return owner_make(ask, name, seen, key);
	memcpy(ask->account, owner->account, sizeof(ask->account));
	cached_unref(&owner->cached);
	return 0;
}

static bool
needs_owner(const struct ask *ask)
{
	if (ask->thing.kind == THING_REPO)
		return true;
	return ask->thing.kind == THING_NAMESPACE &&
	       ask->verb != VERB_NAMESPACE_CREATE;
}

/*
 * Fill in the account of the thing. trusted: an account that is given is
 * believed. A namespace that is not there is nobody's and looks exactly like
 * somebody else's.
 */
static int
account_find(struct ask *ask, bool trusted)
{
	struct str given = ask->thing.account;
	int r;

	if (needs_owner(ask) && (given.n == 0 || !trusted)) {
		r = owner_find(ask);
		if (r != 0)
			return r == OUT_ABSENT ? OUT_DENIED : r;
		if (given.n > 0 && !str_eq(given, str_c(ask->account)))
			return OUT_DENIED;
	} else {
		if (given.n == 0)
			given = str_c(ask->who->account);
		if (given.n >= sizeof(ask->account))
			return OUT_DENIED;
		FIELD_CUT(ask->account, given);
	}
	ask->thing.account = str_c(ask->account);
	return 0;
}

/* What a bearer's access must say for this to go on. */
static bool
narrow_allows(const struct ask *ask)
{
	struct str name = ask->thing.name;
	unsigned need = 0;

	if (ask->proven == NULL || !ask->proven->narrowed)
		return true;
	if (ask->verb == VERB_IMAGE_PULL)
		need = SCOPE_PULL;
	else if (ask->verb == VERB_IMAGE_PUSH)
		need = SCOPE_PUSH;
	else if (ask->verb == VERB_IMAGE_DELETE)
		need = SCOPE_DELETE;
	if (ask->verb == VERB_IMAGE_LIST && ask->thing.kind == THING_NONE) {
		need = SCOPE_ALL_CATALOG;
		name = STR_NONE;
	} else if (ask->thing.kind != THING_REPO)
		return false;
	for (size_t i = 0; need != 0 && i < ask->proven->n_access; i++)
		if ((ask->proven->access[i].actions & need) != 0 &&
		    str_eq(ask->proven->access[i].name, name))
			return true;
	return false;
}

/* The registry and nothing else of it than images: pull, push, and the list of
 * what may be pulled. */
static bool
registry_token_may(const struct ask *ask)
{
	bool image =
	    ask->thing.kind == THING_REPO || ask->thing.kind == THING_NAMESPACE;

	if (ask->verb == VERB_IMAGE_PULL)
		return image;
	if (ask->verb == VERB_IMAGE_PUSH)
		return image && ask->who->may_write;
	return ask->verb == VERB_IMAGE_LIST && ask->thing.kind == THING_NONE;
}

static int
granted(struct ask *ask)
{
	CLEAN(policy_unrefp) struct grants *grants = NULL;
	int r =
	    policy_load(ask->core, ask->who, ask->least, ask->keep, &grants);

	if (r != 0)
		return r;
	return policy_grants(grants, ask->core, ask->verb, &ask->thing)
		   ? 0
		   : OUT_DENIED;
}

static bool
is_self(const struct ask *ask)
{
	return ask->thing.kind == THING_IDENTITY &&
	       str_eq(ask->thing.name, str_c(ask->who->identity));
}

static int
decide_in_account(struct ask *ask)
{
	const struct subject *who = ask->who;

	if (!str_eq(ask->thing.account, str_c(who->account)))
		return OUT_DENIED;
	if (who->region[0] != '\0' &&
	    !str_eq(ask->thing.region, str_c(who->region)))
		return OUT_DENIED;
	if (who->identity[0] == '\0')
		return registry_token_may(ask) ? 0 : OUT_DENIED;
	if (who->owner)
		return 0;
	/* The catalogue shows to each what they may pull. */
	if (ask->verb == VERB_IMAGE_LIST && ask->thing.kind == THING_NONE)
		return 0;
	if (verb_row(ask->verb)->rule == RULE_SELF && is_self(ask))
		return 0;
	return granted(ask);
}

/* For who it is and not for what was granted; a thing that is said to be of
 * another account is not theirs even so. */
static int
decide_for_person(struct ask *ask, bool person)
{
	bool server = verb_row(ask->verb)->rule == RULE_SERVER;
	struct str given = ask->thing.account;

	FIELD_CUT(ask->account, str_c(ask->who->account));
	if (!person || (server && !ask->who->server))
		return OUT_DENIED;
	return server || given.n == 0 || str_eq(given, str_c(ask->account))
		   ? 0
		   : OUT_DENIED;
}

static int
decide(struct ask *ask, bool trusted)
{
	enum verb_rule rule = verb_row(ask->verb)->rule;
	bool person = ask->who->identity[0] != '\0' && !ask->who->bearer;
	int r;

	if (rule == RULE_PUBLIC)
		return 0;
	if (rule == RULE_PROVEN || rule == RULE_SERVER)
		return decide_for_person(ask, person);
	r = account_find(ask, trusted);
	if (r == 0 && !narrow_allows(ask))
		r = OUT_DENIED;
	return r != 0 ? r : decide_in_account(ask);
}

static void
proof_key(struct core *core, const struct proof *proof,
	  uint8_t key[CACHE_KEY_LEN])
{
	static const struct str kinds[] = {
	    [PROOF_NONE] = STR_INIT("none"),
	    [PROOF_BASIC] = STR_INIT("basic"),
	    [PROOF_ACCESS] = STR_INIT("access"),
	    [PROOF_BEARER] = STR_INIT("bearer"),
	    [PROOF_IDENTITY] = STR_INIT("identity"),
	};
	const struct str parts[] = {kinds[proof->kind], proof->user,
				    proof->secret};

	cache_key(core->gate->cache, parts, nitems(parts), key);
}

/* Is this proof one that can be guessed or tried over and over? Bearers and
 * access tokens are refused as a matter of course when they end. */
static bool
counts(const struct proof *proof)
{
	return proof->kind == PROOF_BASIC || proof->kind == PROOF_IDENTITY;
}

static int
refuse(struct core *core, const struct proof *proof, const struct subject *who,
       int r)
{
	int64_t wait;
	int bitten = 0;

	if (counts(proof)) {
		bitten = gate_throttle(core, proof->addr, STR_NONE, &wait);
		if (r == OUT_UNPROVEN)
			gate_throttle_fail(core, proof->addr, STR_NONE);
	} else if (r == OUT_EXPIRED)
		return r;
	audit_refusal(core, who, VERB_LOGIN, str_c(who->account), STR_NONE,
		      out_text(r));
	return bitten != 0 && r == OUT_UNPROVEN ? bitten : r;
}

static void
addr_put(struct subject *who, struct str addr)
{
	FIELD_CUT(who->addr, addr);
}

/* The proof, from memory or anew; *who with the address in any case. */
static int
prove(struct core *core, const struct proof *proof, struct proven **ret,
      struct subject *who)
{
	uint8_t key[CACHE_KEY_LEN];
	struct cache *cache = core->gate->cache;
	int64_t now = clock_now();
	int r = 0;

	*who = (struct subject){.cred = CRED_NONE};
	addr_put(who, proof->addr);
	if (proof->kind == PROOF_NONE || proof->secret.n == 0)
		return OUT_UNPROVEN;
	if (counts(proof) && !audit_works(core))
		return OUT_BUSY;
	proof_key(core, proof, key);
	*ret = (struct proven *)cache_get(cache, key, gate_generation(core));
	if (*ret == NULL) {
		r = proof_resolve(core, proof, ret, who);
		if (r == 0)
			cache_put(cache, key, &(*ret)->cached);
	}
	if (r == 0)
		*who = (*ret)->who;
	addr_put(who, proof->addr);
	if (r == 0 && ((*ret)->until <= now || who->expires_at <= now))
		r = OUT_EXPIRED;
	if (r == OUT_UNPROVEN || r == OUT_EXPIRED)
		r = refuse(core, proof, who, r);
	return r;
}

int
gate_prove(struct core *core, const struct proof *proof, struct subject *ret)
{
	CLEAN(proven_unrefp) struct proven *proven = NULL;
	struct subject who;
	int r = prove(core, proof, &proven, &who);

	if (r != 0)
		return r;
	audit_use(core, &who, VERB_LOGIN, str_c(who.account), STR_NONE);
	*ret = who;
	return 0;
}

/* What was let in or turned away, for the trail. */
static void
trail(const struct visit *v, int r)
{
	char text[AUDIT_THING_MAX];
	struct str thing = audit_thing_text(&v->thing, text);
	enum verb_trail kind = verb_row(v->verb)->trail;

	if (r == OUT_DENIED && kind != TRAIL_NONE)
		audit_refusal(v->core, &v->who, v->verb, str_c(v->account),
			      thing, out_text(r));
	else if (r == 0 && kind == TRAIL_USE)
		audit_use(v->core, &v->who, v->verb, str_c(v->account), thing);
	else if (r == 0)
		audit_touch(v->core, &v->who, v->verb, thing);
}

int
gate_pass(struct core *core, const struct proof *proof, enum verb verb,
	  const struct thing *thing, struct visit *ret)
{
	CLEAN(proven_unrefp) struct proven *proven = NULL;
	struct ask ask = {.core = core, .verb = verb, .keep = true};
	struct visit v = {.core = core, .verb = verb, .at = clock_now()};
	int r;

	if (thing != NULL)
		v.thing = *thing;
	if (verb_row(verb)->rule == RULE_PUBLIC) {
		addr_put(&v.who, proof->addr);
		*ret = v;
		return 0;
	}
	r = prove(core, proof, &proven, &v.who);
	if (r != 0)
		return r;
	ask.who = &v.who;
	ask.proven = proven;
	ask.thing = v.thing;
	ask.least = v.who.seen;
	r = decide(&ask, false);
	memcpy(v.account, ask.account, sizeof(v.account));
	trail(&v, r);
	if (r == 0 || r == OUT_DENIED)
		*ret = v;
	return r;
}

bool
gate_may(struct core *core, const struct subject *who, enum verb verb,
	 const struct thing *thing)
{
	/* The caller may be inside a view older than the latest change: what
	 * is read there must not be remembered as newer. */
	struct ask ask = {.core = core,
			  .who = who,
			  .verb = verb,
			  .thing = *thing,
			  .least = who->seen};

	return decide(&ask, true) == 0;
}

bool
gate_still(struct core *core, const struct visit *v)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	struct subject now;
	struct ask ask = {
	    .core = core, .who = &now, .verb = v->verb, .thing = v->thing};
	uint64_t seen = gate_generation(core);

	if (verb_row(v->verb)->rule == RULE_PUBLIC)
		return true;
	if (v->who.expires_at <= clock_now())
		return false;
	if (v->who.seen == seen)
		return true;
	if (db_view_begin(core->db, &view) != 0 ||
	    cred_load(core, view, v->who.cred, str_c(v->who.cred_id), &now) !=
		0)
		return false;
	db_view_end(TAKE(view));
	memcpy(now.region, v->who.region, sizeof(now.region));
	now.bearer = v->who.bearer;
	ask.least = now.seen = seen;
	return decide(&ask, false) == 0;
}
