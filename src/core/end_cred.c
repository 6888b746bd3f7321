/*
 * One end for whatever somebody has in hand. Each kind ends by the function and
 * the verb that it has anyway, as if its own door had been used; what has no
 * door of its own ends here.
 */
#include "core/find_inner.h"

#include "base/clock.h"
#include "core/access.h"
#include "core/api_key.h"
#include "core/audit.h"
#include "core/cred_settle.h"
#include "core/group.h"
#include "core/policy.h"
#include "core/pubkey.h"
#include "core/regtoken.h"
#include "core/server.h"
#include "core/service_id.h"
#include "core/session.h"
#include "core/sql.h"
#include "core/user.h"
#include "json/json.h"

struct ending {
	struct visit v; /* for the kind's own verb */
	const struct found_cred *f;
	struct note *note;
};

/* --- what has no other end --- */

static int
trail(struct db_at *at, const struct visit *v, const char *kind, struct str id,
      const char *why)
{
	CLEAN(buf_clear) struct buf detail = BUF_INIT;
	char thing[AUDIT_THING_MAX];
	struct jw w = JW(&detail);

	jw_object(&w, NULL);
	if (why != NULL)
		jw_c(&w, "why", why);
	jw_end(&w);
	if (buf_err(&detail) != 0)
		return FAIL(buf_err(&detail));
	(void)snprintf(thing, sizeof(thing), "%s:%.*s", kind, STR_ARG(id));
	return audit_change(at, v, str_c(thing), buf_str(&detail));
}

static int
gone(struct db_at *at, const struct ending *e, int r, int64_t changed)
{
	if (r != 0)
		return FOLD(r);
	if (changed == 0)
		return OUT_ABSENT;
	gate_changed(at);
	return trail(at, &e->v, found_kind_name(e->f->kind), e->f->id, NULL);
}

static int
access_write_end(struct db_at *at, void *arg)
{
	const struct ending *e = arg;
	int r = access_end(at, e->f->id, e->f->expires_at);

	return gone(at, e, r, 1);
}

static int
identity_token_write_end(struct db_at *at, void *arg)
{
	const struct ending *e = arg;
	int64_t n = 0;
	int r = db_exec(at, SQL_identity_token_delete, &n, "s", e->f->id);

	return gone(at, e, r, n);
}

static int
seed_write_end(struct db_at *at, void *arg)
{
	const struct ending *e = arg;
	int64_t n = 0;
	int r = db_exec(at, SQL_server_seed_delete, &n, "ss", e->f->id,
			str_c(e->v.object));

	return gone(at, e, r, n);
}

static int
invitation_write_end(struct db_at *at, void *arg)
{
	const struct ending *e = arg;
	int64_t n = 0;
	int r = db_exec(at, SQL_invitation_withdraw, &n, "ss", e->f->id,
			str_c(e->v.account));

	return gone(at, e, r, n);
}

/* --- each kind --- */

static int
end_api_key(struct ending *e)
{
	return api_key_delete(&e->v, e->f->id);
}

static int
end_session(struct ending *e)
{
	return session_end(&e->v, e->f->id);
}

static int
end_access_token(struct ending *e)
{
	return gate_write(&e->v, access_write_end, e);
}

static int
end_registry_token(struct ending *e)
{
	return regtoken_remove(&e->v, e->v.thing.region, e->f->id);
}

static int
end_identity_token(struct ending *e)
{
	return gate_write(&e->v, identity_token_write_end, e);
}

static int
end_user_key(struct ending *e)
{
	return user_key_remove(&e->v, e->f->id);
}

static int
end_access_key(struct ending *e)
{
	uint64_t id;

	return str_u64(e->f->id, INT64_MAX, &id) != 0
		   ? OUT_ABSENT
		   : access_key_remove(&e->v, (int64_t)id);
}

/* Unreachable by the gate: a pair opens nothing here, and what trusts it is not
 * ours to reach into. */
static int
end_key_pair(struct ending *e)
{
	return note_set(e->note, OUT_UNSUPPORTED,
			"servers may trust a key pair: give each another one "
			"(latchkey server set-key), then delete the pair");
}

static int
end_machine(struct ending *e)
{
	return server_credential_end(&e->v, e->f->id);
}

static int
end_seed(struct ending *e)
{
	return gate_write(&e->v, seed_write_end, e);
}

static int
end_user(struct ending *e)
{
	return user_disable(&e->v, e->f->id, true);
}

static int
end_service_id(struct ending *e)
{
	return service_id_disable(&e->v, e->f->id, true);
}

static int
end_policy(struct ending *e)
{
	return policy_delete(&e->v, e->f->id, e->note);
}

static int
end_group(struct ending *e)
{
	return group_delete(&e->v, e->f->id, true);
}

static int
end_invitation(struct ending *e)
{
	return gate_write(&e->v, invitation_write_end, e);
}

/* see: who may do this may know that it is there. */
static const struct {
	enum verb see, end;
	int (*run)(struct ending *);
} ends[] = {
    [FOUND_API_KEY] = {VERB_APIKEY_GET, VERB_APIKEY_DELETE, end_api_key},
    [FOUND_SESSION] = {VERB_SESSION_LIST, VERB_SESSION_END, end_session},
    [FOUND_ACCESS_TOKEN] = {VERB_SESSION_LIST, VERB_SESSION_END,
			    end_access_token},
    [FOUND_REGISTRY_TOKEN] = {VERB_REGISTRYTOKEN_LIST,
			      VERB_REGISTRYTOKEN_DELETE, end_registry_token},
    [FOUND_IDENTITY_TOKEN] = {VERB_SESSION_LIST, VERB_SESSION_END,
			      end_identity_token},
    [FOUND_USER_KEY] = {VERB_USERKEY_LIST, VERB_USERKEY_DELETE, end_user_key},
    [FOUND_ACCESS_KEY] = {VERB_ACCESSKEY_LIST, VERB_ACCESSKEY_DELETE,
			  end_access_key},
    [FOUND_KEY_PAIR] = {VERB_KEYPAIR_LIST, VERB_KEYPAIR_LIST, end_key_pair},
    [FOUND_MACHINE] = {VERB_SERVER_LIST, VERB_SERVER_SEED, end_machine},
    [FOUND_SEED] = {VERB_SERVER_LIST, VERB_SERVER_SEED, end_seed},
    [FOUND_USER] = {VERB_USER_LIST, VERB_USER_UPDATE, end_user},
    [FOUND_SERVICE_ID] = {VERB_SERVICEID_GET, VERB_SERVICEID_UPDATE,
			  end_service_id},
    [FOUND_POLICY] = {VERB_POLICY_LIST, VERB_POLICY_DELETE, end_policy},
    [FOUND_GROUP] = {VERB_GROUP_LIST, VERB_GROUP_DELETE, end_group},
    [FOUND_INVITATION] = {VERB_USER_LIST, VERB_USER_CREATE, end_invitation},
};
_Static_assert(nitems(ends) == FOUND_KINDS, "each kind has an end");

/* An identity token of a registry token is as good as that one. */
static enum verb
verb_of(const struct found_cred *f, bool end)
{
	if (f->kind == FOUND_IDENTITY_TOKEN && f->thing.kind == THING_TOKEN)
		return end ? VERB_REGISTRYTOKEN_DELETE
			   : VERB_REGISTRYTOKEN_LIST;
	return end ? ends[f->kind].end : ends[f->kind].see;
}

bool
found_may(struct core *core, const struct subject *who,
	  const struct found_cred *f)
{
	return f->value || gate_may(core, who, verb_of(f, false), &f->thing);
}

/* As the gate lets in for that verb; what is in a place is for its id. */
static int
visit_make(const struct visit *by, const struct found_cred *f,
	   struct visit *ret)
{
	struct str id = f->thing.name, head;
	struct visit v = {.core = by->core,
			  .who = by->who,
			  .verb = verb_of(f, true),
			  .thing = f->thing,
			  .at = clock_now()};
	int r = FIELD_PUT(v.account, f->account);

	while (str_cut(id, '/', &head, &id))
		;
	if (r == 0 &&
	    (f->thing.kind == THING_GITREPO || f->thing.kind == THING_PROJECT ||
	     f->thing.kind == THING_KEYPAIR || f->thing.kind == THING_SERVER))
		r = FIELD_PUT(v.object, id);
	if (r != 0)
		return r;
	*ret = v;
	return gate_may(v.core, &v.who, v.verb, &v.thing) ? 0 : OUT_DENIED;
}

int
end_cred(const struct visit *by, const struct found_cred *f, struct note *note)
{
	struct ending e = {.f = f, .note = note};
	int r;

	if (!found_may(by->core, &by->who, f))
		return OUT_ABSENT;
	r = visit_make(by, f, &e.v);
	if (r == 0)
		r = ends[f->kind].run(&e);
	else
		gate_refused(&e.v, r);
	if (r == OUT_CONFLICT && note != NULL && note->text[0] == '\0')
		return note_set(note, r, "it is locked: unlock it first");
	return r;
}

/* --- what has leaked --- */

struct leak {
	struct visit v;
	struct str id, word;
};

/* A reporter has no rights in the account, and the owner decided beforehand: so
 * nobody is asked, and the trail of the account says who it was. */
static int
leak_write(struct db_at *at, void *arg)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	static const struct str words[] = {
	    STR_INIT("none"), STR_INIT("disable"), STR_INIT("delete")};
	struct leak *l = arg;
	int r = db_one(at, SQL_leaked_key, &rows, "s", l->id);
	size_t i = 0;

	if (r != 0)
		return r;
	while (i < nitems(words) && !str_eq(words[i], db_str(&rows, 0)))
		i++;
	l->word = i < nitems(words) ? words[i] : words[0];
	if (i == 1 && db_int(&rows, 4) != 0)
		return 0;
	l->v.verb = i == 2 ? VERB_APIKEY_DELETE : VERB_APIKEY_UPDATE;
	if (i == 1)
		r = db_exec(at, SQL_leaked_key_disable, NULL, "si", l->id,
			    l->v.at);
	else if (i == 2) {
		r = cred_inherit(at, CRED_API_KEY, l->id);
		if (r == 0)
			r = db_exec(at, SQL_api_key_delete, NULL, "s", l->id);
	}
	if (r != 0)
		return FOLD(r);
	if (i == 1 || i == 2)
		gate_changed(at);
	return trail(at, &l->v, found_kind_name(FOUND_API_KEY), l->id,
		     "reported as leaked");
}

int
leaked_cred(const struct visit *by, const struct found_cred *f, struct str *ret)
{
	struct leak l = {.v = *by, .id = f->id, .word = STR_INIT("none")};
	int r;

	if (!f->value)
		return OUT_DENIED;
	l.v.at = clock_now();
	r = FIELD_PUT(l.v.account, f->account);
	if (r == 0 && f->kind == FOUND_API_KEY)
		r = db_write(by->core->db, leak_write, &l);
	if (r == 0)
		*ret = l.word;
	return r;
}
