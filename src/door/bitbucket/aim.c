#include "door/bitbucket/inner.h"

#include <errno.h>

#define NOBODYS_ACCOUNT "-" /* no account has such an id */

/* What is not there is left to the gate, which says no to it as to everything
 * that is somebody else's. */
int
bb_aim_account(struct call *call)
{
	struct str name = bb_uuid_or_slug(call->arena, call->params[0]);
	struct account account;
	int r;

	if (name.p == NULL)
		return FAIL(-ENOMEM);
	call->thing.kind = THING_ACCOUNT;
	call->thing.account = name;
	r = account_get(call->core, name, call->arena, &account);
	if (r == 0)
		call->thing.account = account.id;
	return r < 0 ? r : 0;
}

/* "account/name", as the gate wants repositories and projects. */
static int
aim_two(struct call *call, enum thing_kind kind)
{
	struct str account = bb_uuid_or_slug(call->arena, call->params[0]);
	struct str name = bb_uuid_or_slug(call->arena, call->params[1]);

	if (account.p == NULL || name.p == NULL)
		return FAIL(-ENOMEM);
	call->thing.kind = kind;
	call->thing.name = arena_strf(call->arena, "%.*s/%.*s",
				      STR_ARG(account), STR_ARG(name));
	return call->thing.name.p == NULL ? FAIL(-ENOMEM) : 0;
}

int
bb_aim_project(struct call *call)
{
	return aim_two(call, THING_PROJECT);
}

int
bb_aim_repo(struct call *call)
{
	return aim_two(call, THING_GITREPO);
}

/* PUT changes what is there and makes what is not. */
int
bb_aim_project_or_account(struct call *call)
{
	struct project project;
	struct str name = bb_uuid_or_slug(call->arena, call->params[1]);
	int r = bb_aim_account(call);

	if (r == 0 && name.p == NULL)
		r = FAIL(-ENOMEM);
	if (r == 0)
		r = project_get(call->core, call->thing.account, name,
				call->arena, &project);
	if (r == 0)
		return bb_aim_project(call);
	return r < 0 ? r : 0;
}

int
bb_aim_repo_or_account(struct call *call)
{
	struct gitrepo repo;
	struct str name = bb_uuid_or_slug(call->arena, call->params[1]);
	int r = bb_aim_account(call);

	if (r == 0 && name.p == NULL)
		r = FAIL(-ENOMEM);
	if (r == 0)
		r = gitrepo_get(call->core, call->thing.account, name,
				call->arena, &repo);
	if (r == 0)
		return bb_aim_repo(call);
	return r < 0 ? r : 0;
}

/* Whoever asks. */
static int
who_asks(struct call *call, struct str *ret)
{
	CLEAN(buf_clear) struct buf decoded = BUF_INIT_MAX(HTTP_HEAD_MAX);
	struct proof proof = {.kind = PROOF_NONE};
	struct subject who;
	int r = call_proof(call, &proof, &decoded);

	if (r != 0)
		return r;
	proof.addr = call->addr;
	r = gate_prove(call->core, &proof, &who);
	if (r == OUT_TOO_MANY)
		(void)!gate_throttle(call->core, proof.addr, STR_NONE,
				     &call->wait_s);
	if (r != 0)
		return r;
	*ret = arena_str(call->arena, str_c(who.identity));
	return ret->p == NULL ? FAIL(-ENOMEM) : 0;
}

int
bb_aim_user(struct call *call)
{
	struct str id = bb_uuid_or_identity(call->arena, call->params[0]);
	struct user user = {.account = STR(NOBODYS_ACCOUNT)};
	int r = id.p == NULL ? FAIL(-ENOMEM) : 0;

	if (r == 0 && str_eq(id, STR("me")))
		r = who_asks(call, &id);
	if (r != 0)
		return r;
	user.id = id;
	r = memchr(id.p, '@', id.n) != NULL
		? user_by_email(call->core, id, call->arena, &user)
		: user_get(call->core, id, call->arena, &user);
	call->thing.kind = THING_IDENTITY;
	call->thing.name = user.id;
	call->thing.account = user.account;
	return r < 0 ? r : 0;
}
