#include "core/decide.h"

#include "core/account_inner.h"
#include "core/image.h"
#include "core/sql.h"
#include "wire/ociref.h"

#include <errno.h>
#include <stdlib.h>

struct owner {
	struct cached cached;
	char account[ACCOUNT_ID_LEN + 1];
};

static void
owner_free(struct cached *cached)
{
	free(cached);
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

	if (ask->at != NULL)
		return namespace_owner(ask->core, ask->at, ask->thing.region,
				       name, ask->account);
	cache_key(cache, parts, nitems(parts), key);
	owner = (struct owner *)cache_get(cache, key, ask->least);
	if (owner == NULL)
		return owner_make(ask, name, seen, key);
	memcpy(ask->account, owner->account, sizeof(ask->account));
	cached_unref(&owner->cached);
	return 0;
}

/* For who asks why. Always 0. */
static int
by(struct ask *ask, enum explain_by why)
{
	if (ask->why != NULL)
		ask->why->by = why;
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

static bool
has_place(const struct ask *ask)
{
	return ask->thing.kind == THING_GITREPO ||
	       ask->thing.kind == THING_PROJECT ||
	       ask->thing.kind == THING_KEYPAIR ||
	       ask->thing.kind == THING_SERVER;
}

static int
view_begin(const struct ask *ask, struct db_at **view)
{
	return ask->at == NULL ? db_view_begin(ask->core->db, view) : 0;
}

/* For who asks why: what is not there would have the names that are asked for;
 * in an account that is not there, it would be nobody's. */
static int
place_suppose(struct ask *ask)
{
	struct str account, project, name;
	bool repo = ask->thing.kind == THING_GITREPO;

	if (!str_cut(ask->thing.name, '/', &account, &name))
		return OUT_ABSENT;
	if (!str_cut(name, '/', &project, &name))
		project = name;
	if (project.n > FOUND_NAME_MAX)
		return OUT_ABSENT;
	text_lower(project, repo ? ask->found.slug : ask->found.project_slug);
	return 0;
}

/* Such a thing is where its name says, whoever asks. */
int
decide_place(struct ask *ask)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	bool again = ask->found.id[0] != '\0';
	struct str given = ask->thing.account;
	struct db_at *at;
	int r = view_begin(ask, &view);

	if (r != 0)
		return r;
	at = ask->at != NULL ? ask->at : view;
	r = again ? gate_find_again(at, &ask->thing, ask->verb, &ask->found)
		  : gate_find(at, &ask->thing, ask->verb, &ask->found);
	if (r == OUT_ABSENT && ask->why != NULL)
		r = place_suppose(ask);
	memcpy(ask->account, ask->found.account, sizeof(ask->account));
	ask->thing.account = str_c(ask->account);
	if (r == 0 && given.n > 0 && !str_eq(given, ask->thing.account))
		r = OUT_DENIED;
	return r == OUT_ABSENT ? OUT_DENIED : r;
}

/* Of an IDENTITY. */
static bool
is_self(const struct ask *ask)
{
	return str_eq(ask->thing.name, str_c(ask->who->identity));
}

/* An identity is a thing of the accounts that it belongs to; who has not come
 * yet can be looked after and does nothing of their own. */
static int
decide_identity(struct ask *ask)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r = view_begin(ask, &view);

	if (r == 0)
		r = db_one(ask->at != NULL ? ask->at : view, SQL_find_identity,
			   &rows, "ss", str_c(ask->account), ask->thing.name);
	if (r == OUT_ABSENT)
		return ask->why != NULL ? 0 : OUT_DENIED;
	if (r != 0)
		return r;
	if (verb_row(ask->verb)->rule == RULE_SELF && db_int(&rows, 2) == 0)
		return OUT_DENIED;
	return str_eq(db_str(&rows, 0), STR("service"))
		   ? FIELD_PUT(ask->found.created_by, db_str(&rows, 1))
		   : 0;
}

/* Who an SSH key is at this thing. */
static int
asker_find(struct ask *ask)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	enum cred_kind cred = ask->who->cred;
	struct db_at *at;
	int r;

	if (cred != CRED_ACCESS_KEY &&
	    (cred != CRED_USER_KEY ||
	     strcmp(ask->account, ask->who->account) == 0))
		return 0;
	if (cred == CRED_ACCESS_KEY && ask->thing.kind != THING_GITREPO)
		return OUT_DENIED;
	r = view_begin(ask, &view);
	if (r != 0)
		return r;
	at = ask->at != NULL ? ask->at : view;
	ask->as = *ask->who;
	r = cred == CRED_USER_KEY
		? gate_ssh_join(at, &ask->as, ask->account)
		: gate_ssh_stand(at, &ask->as, &ask->found, &ask->settle);
	if (r == 0)
		ask->who = &ask->as;
	return r == OUT_ABSENT ? OUT_DENIED : r;
}

/* A key for git opens git, and says who somebody is; what the registry hands
 * out opens nothing of git, of key pairs or of servers. */
static bool
cred_reaches(const struct ask *ask)
{
	const struct verb_row *row = verb_row(ask->verb);
	bool git = str_eq(row->service, STR("git"));
	bool apart = git || str_eq(row->service, STR("key-pair")) ||
		     str_eq(row->service, STR("server"));

	switch (ask->who->cred) {
	case CRED_ACCESS_KEY:
		return ask->verb == VERB_GIT_READ;
	case CRED_USER_KEY:
		return git || row->rule == RULE_PROVEN;
	case CRED_REGISTRY_TOKEN:
	case CRED_IDENTITY_TOKEN:
		return !apart;
	case CRED_API_KEY:
	case CRED_SESSION:
		return !apart || !ask->who->bearer;
	case CRED_SEED:
	case CRED_MACHINE:
		return row->rule == RULE_MACHINE;
	case CRED_NONE:
	case CRED_KINDS:
		break;
	}
	return false;
}

/* For who asks why: a namespace that is not there would be theirs. */
static int
account_suppose(struct ask *ask, struct str given)
{
	if (given.n == 0)
		given = str_c(ask->who->account);
	return FIELD_PUT(ask->account, given);
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

	if (has_place(ask))
		return decide_place(ask);
	if (needs_owner(ask) && (given.n == 0 || !trusted)) {
		r = owner_find(ask);
		if (r == OUT_ABSENT && ask->why != NULL)
			r = account_suppose(ask, given);
		if (r != 0)
			return r == OUT_ABSENT ? OUT_DENIED : r;
		if (given.n > 0 && !str_eq(given, str_c(ask->account)))
			return OUT_DENIED;
	} else {
		if (given.n == 0)
			given = str_c(ask->who->account);
		/* What is longer than any account is nobody's. */
		if (given.n < sizeof(ask->account))
			FIELD_CUT(ask->account, given);
	}
	ask->thing.account = str_c(ask->account);
	return ask->thing.kind == THING_IDENTITY && !is_self(ask)
		   ? decide_identity(ask)
		   : 0;
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
	for (size_t i = 0; i < ask->proven->n_access; i++)
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

static bool
made_it(const struct ask *ask)
{
	return verb_row(ask->verb)->rule == RULE_OWN &&
	       ask->found.created_by[0] != '\0' &&
	       strcmp(ask->found.created_by, ask->who->identity) == 0;
}

static int
granted(struct ask *ask)
{
	CLEAN(grants_unrefp) struct grants *grants = NULL;
	struct grants_ask want = {.core = ask->core,
				  .verb = ask->verb,
				  .thing = &ask->thing,
				  .found = &ask->found,
				  .made_it = made_it(ask)};
	int r;

	if (ask->why != NULL)
		r = ask->why->load(ask, &grants, &want);
	else
		r = grants_load(ask->core, ask->at, ask->who, ask->least,
				ask->keep, &grants);
	if (r != 0)
		return r;
	if (!grants_allow(grants, &want))
		return OUT_DENIED;
	ask->timed = want.timed;
	return by(ask, EXPLAIN_POLICY);
}

/*
 * One's own: oneself, and the service IDs that one made. A service ID looks at
 * itself and changes nothing of itself: a key of it that leaked must not be
 * able to make another.
 */
static bool
is_own(const struct ask *ask)
{
	const struct verb_row *row = verb_row(ask->verb);
	struct str me = str_c(ask->who->identity);

	if (row->rule != RULE_SELF || ask->thing.kind != THING_IDENTITY)
		return false;
	if (is_self(ask))
		return !str_starts(me, STR(SERVICE_ID_HEAD)) ||
		       row->trail == TRAIL_NONE;
	return str_eq(str_c(ask->found.created_by), me);
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
	/* asker_find and cred_reaches said all there is. */
	if (who->cred == CRED_ACCESS_KEY)
		return by(ask, EXPLAIN_ACCESS_KEY);
	if (who->identity[0] == '\0')
		return registry_token_may(ask) ? by(ask, EXPLAIN_TOKEN)
					       : OUT_DENIED;
	if (who->owner)
		return by(ask, EXPLAIN_OWNER);
	/* The catalogue shows to each what they may pull. */
	if (ask->verb == VERB_IMAGE_LIST && ask->thing.kind == THING_NONE)
		return by(ask, EXPLAIN_ANYBODY);
	if (is_own(ask))
		return by(ask, EXPLAIN_SELF);
	return granted(ask);
}

/* For who it is and not for what was granted; a thing that is said to be of
 * another account is not theirs even so. */
static int
decide_for_person(struct ask *ask, bool person)
{
	bool server = verb_row(ask->verb)->rule == RULE_OPERATOR;
	struct str given = ask->thing.account;

	FIELD_CUT(ask->account, str_c(ask->who->account));
	if (!person || !cred_reaches(ask)) {
		(void)by(ask, EXPLAIN_CREDENTIAL);
		return OUT_DENIED;
	}
	if (server && !ask->who->server)
		return OUT_DENIED;
	(void)by(ask, server ? EXPLAIN_OPERATOR : EXPLAIN_ANYBODY);
	return server || given.n == 0 || str_eq(given, str_c(ask->account))
		   ? 0
		   : OUT_DENIED;
}

int
decide(struct ask *ask, bool trusted)
{
	enum verb_rule rule = verb_row(ask->verb)->rule;
	bool person = ask->who->identity[0] != '\0' && !ask->who->bearer;
	int r;

	if (rule == RULE_PUBLIC)
		return by(ask, EXPLAIN_ANYBODY);
	if (rule == RULE_PROVEN || rule == RULE_OPERATOR)
		return decide_for_person(ask, person);
	if (rule == RULE_MACHINE)
		return decide_machine(ask);
	r = account_find(ask, trusted);
	if (r == 0)
		r = asker_find(ask);
	if (r == 0 && (!narrow_allows(ask) || !cred_reaches(ask))) {
		(void)by(ask, EXPLAIN_CREDENTIAL);
		r = OUT_DENIED;
	}
	return r != 0 ? r : decide_in_account(ask);
}
