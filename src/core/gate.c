#include "core/decide.h"

#include "base/clock.h"
#include "core/audit.h"
#include "core/grants_inner.h"
#include "crypt/rand.h"
#include "db/db.h"

#include <errno.h>
#include <stdlib.h>

uint64_t
gate_generation(const struct core *core)
{
	return atomic_load(&core->gate->generation);
}

static unsigned
slot_of(struct str account)
{
	uint32_t hash = GRANT_HASH_START;

	for (size_t i = 0; i < account.n; i++)
		hash = grant_hash(hash, account.p[i]);
	return hash % GRANTED_SLOTS;
}

#define TOUCH_ANY 1
static uint64_t
touch_of(unsigned slot)
{
	return (uint64_t)2 << slot;
}

uint64_t
gate_granted_at(const struct core *core, struct str account)
{
	return atomic_load(&core->gate->granted[slot_of(account)]);
}

/* Only the writer's thread comes here. Who reads a generation must find in the
 * slots all that it counts, so it is raised last. */
static void
raise_generation(void *arg, uint64_t what)
{
	struct gate *gate = arg;
	uint64_t next = atomic_load(&gate->generation) + 1;

	for (unsigned i = 0; i < GRANTED_SLOTS; i++)
		if ((what & touch_of(i)) != 0)
			atomic_store(&gate->granted[i], next);
	atomic_store(&gate->generation, next);
}

void
gate_changed(struct db_at *at)
{
	db_touch(at, TOUCH_ANY);
}

void
gate_granted(struct db_at *at, struct str account)
{
	db_touch(at, account.p == NULL
			 ? UINT64_MAX
			 : TOUCH_ANY | touch_of(slot_of(account)));
}

bool
gate_grants_now(struct db_at *at, struct str account)
{
	return (db_touched(at) & touch_of(slot_of(account))) != 0;
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
	    [PROOF_SSH_KEY] = STR_INIT("ssh-key"),
	    [PROOF_SEED] = STR_INIT("seed"),
	    [PROOF_MACHINE] = STR_INIT("machine"),
	    [PROOF_COOKIE] = STR_INIT("cookie"),
	};
	const struct str parts[] = {kinds[proof->kind], proof->user,
				    proof->secret};

	cache_key(core->gate->cache, parts, nitems(parts), key);
}

/* Is this proof one that can be guessed or tried over and over? Bearers, access
 * tokens and what a browser sends by itself are refused as a matter of course
 * when they end: a page that was left open must not keep its reader from
 * signing in again. */
static bool
counts(const struct proof *proof)
{
	switch (proof->kind) {
	case PROOF_BASIC:
	case PROOF_IDENTITY:
	case PROOF_SSH_KEY:
	case PROOF_SEED:
	case PROOF_MACHINE:
		return true;
	case PROOF_NONE:
	case PROOF_ACCESS:
	case PROOF_BEARER:
	case PROOF_COOKIE:
		break;
	}
	return false;
}

/* A machine whose credential ended asks again at each login that somebody tries
 * there: that must not shut out the people behind its address, and it must hear
 * that it has ended, whoever guesses from there. */
static bool
is_throttled(const struct proof *proof)
{
	return counts(proof) && proof->kind != PROOF_MACHINE;
}

static int
refuse(struct core *core, const struct proof *proof, const struct subject *who,
       int r)
{
	int64_t wait;
	int bitten = 0;

	if (is_throttled(proof)) {
		bitten = gate_throttle(core, proof->addr, STR_NONE, &wait);
		if (r == OUT_UNPROVEN)
			gate_throttle_fail(core, proof->addr, STR_NONE);
	} else if (!counts(proof) && r == OUT_EXPIRED)
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
know(struct core *core, const struct proof *proof, struct proven **ret,
     struct subject *who)
{
	uint8_t key[CACHE_KEY_LEN];
	struct cache *cache = core->gate->cache;
	int64_t now = clock_now();
	int r = 0;

	*who = (struct subject){.cred = CRED_NONE};
	addr_put(who, proof->addr);
	if (proof->secret.n == 0)
		return OUT_UNPROVEN;
	if (counts(proof) && !audit_works(core))
		return OUT_BUSY;
	proof_key(core, proof, key);
	*ret = (struct proven *)cache_get(cache, key, gate_generation(core));
	if (*ret == NULL) {
		r = proof_resolve(core, proof, ret, who);
		if (r == 0 && !(*ret)->once)
			cache_put(cache, key, &(*ret)->cached);
	}
	if (r == 0)
		*who = (*ret)->who;
	addr_put(who, proof->addr);
	if (r == 0 && ((*ret)->until <= now || who->expires_at <= now))
		r = OUT_EXPIRED;
	return r;
}

static int
prove(struct core *core, const struct proof *proof, struct proven **ret,
      struct subject *who)
{
	int r = know(core, proof, ret, who);

	return r == OUT_EXPIRED || (r == OUT_UNPROVEN && proof->secret.n > 0)
		   ? refuse(core, proof, who, r)
		   : r;
}

int
gate_known(struct core *core, const struct proof *proof, struct subject *ret)
{
	CLEAN(proven_unrefp) struct proven *proven = NULL;

	return know(core, proof, &proven, ret);
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

/* What was let in or turned away, for the trail. Of what is there its own name
 * is told, however the visitor wrote it; a no is told as it was asked for. */
static void
trail(const struct visit *v, const struct found *found, int r)
{
	char text[AUDIT_THING_MAX];
	struct thing named = v->thing;
	struct str thing;
	enum verb_trail kind = verb_row(v->verb)->trail;

	if (r == 0 && found->shown[0] != '\0')
		named.name = str_c(found->shown);
	thing = audit_thing_text(&named, text);
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
	if (ask.who != &v.who)
		v.who = *ask.who;
	if (r == 0) {
		memcpy(v.object, ask.found.id, sizeof(v.object));
		v.settle = ask.settle;
		v.timed = ask.timed;
	}
	trail(&v, &ask.found, r);
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
