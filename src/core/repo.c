#include "core/repo.h"

#include "base/clock.h"
#include "core/audit.h"
#include "core/sql.h"
#include "crypt/rand.h"
#include "wire/ociref.h"

#include <errno.h>

int
repo_find(struct db_at *at, const struct place *p, int64_t *ret)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r = db_one(at, SQL_repo_find, &rows, "sss", p->region, p->name,
			   ociref_namespace(p->name));

	if (r == 0)
		*ret = db_int(&rows, 0);
	return r;
}

/* A namespace may have been given up and taken by another account since the
 * gate was asked. */
static int
namespace_held(struct db_at *at, const struct visit *by, const struct place *p)
{
	char account[ACCOUNT_ID_LEN + 1];
	int r = namespace_owner(by->core, at, p->region,
				ociref_namespace(p->name), account);

	if (r != 0)
		return r;
	return str_eq(str_c(account), str_c(by->account)) ? 0 : OUT_ABSENT;
}

int
repo_own(struct db_at *at, const struct visit *by, const struct place *p,
	 int64_t *ret)
{
	int r = namespace_held(at, by, p);

	return r != 0 ? r : repo_find(at, p, ret);
}

int
repo_make(struct db_at *at, const struct visit *by, const struct place *p,
	  int64_t *ret)
{
	int r = namespace_held(at, by, p);
	int64_t id;

	if (r != 0)
		return r;
	r = repo_find(at, p, ret);
	if (r != OUT_ABSENT)
		return r;
	r = rand_id(&id);
	if (r != 0)
		return r;
	r = db_exec(at, SQL_repo_insert, NULL, "isssi", id, p->region, p->name,
		    ociref_namespace(p->name), clock_now());
	if (r == 0)
		*ret = id;
	return FOLD(r);
}

int
repo_fill(struct db_at *at, int64_t repo)
{
	return FOLD(db_exec(at, SQL_repo_fill, NULL, "i", repo));
}

void
repo_principal(const struct subject *who, char ret[PRINCIPAL_MAX])
{
	if (who->identity[0] != '\0')
		(void)snprintf(ret, PRINCIPAL_MAX, "%s", who->identity);
	else
		(void)snprintf(ret, PRINCIPAL_MAX, "%s:%s",
			       cred_kind_name(who->cred), who->cred_id);
}

int
repo_trail(struct db_at *at, const struct visit *by, const struct place *p,
	   const struct buf *detail)
{
	CLEAN(buf_clear) struct buf thing = BUF_INIT;

	buf_adds(&thing, "repo:");
	buf_addstr(&thing, p->name);
	if (buf_err(&thing) != 0)
		return FAIL(buf_err(&thing));
	if (buf_err(detail) != 0)
		return FAIL(buf_err(detail));
	return audit_change(at, by, buf_str(&thing), buf_str(detail));
}

static int
root_cmp(const void *a, const void *b)
{
	return strcmp(a, b);
}

int
repo_roots(struct db_at *at, struct str account, struct str region,
	   struct repo_roots *ret)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r = db_query(at, SQL_namespace_list, &rows, "ss", account, region);

	ret->n = 0;
	while (r == 0 && (r = db_next(&rows)) == 0) {
		struct str name = db_str(&rows, 0);

		if (ret->n == NAMESPACES_MAX || name.n > NAMESPACE_LEN_MAX)
			return FAIL(-EUCLEAN);
		(void)snprintf(ret->name[ret->n++], sizeof(ret->name[0]),
			       "%.*s/", STR_ARG(name));
	}
	if (r != OUT_ABSENT)
		return r;
	qsort(ret->name, ret->n, sizeof(ret->name[0]), root_cmp);
	return 0;
}

bool
repo_root_may(struct core *core, const struct subject *who, enum verb verb,
	      struct str account, struct str region, const char *root)
{
	struct str name = str_c(root);
	struct thing thing = {.kind = THING_NAMESPACE,
			      .account = account,
			      .region = region,
			      .name = str_sub(name, 0, name.n - 1)};

	return gate_may(core, who, verb, &thing);
}
