#include "core/git_inner.h"

#include "base/clock.h"
#include "core/audit.h"
#include "core/sql.h"
#include "crypt/rand.h"
#include "wire/gitcmd.h"
#include "json/json.h"

#include <errno.h>

/* What can be created can be asked for. */
_Static_assert(GITREPO_SLUG_MAX == GITCMD_NAME_MAX, "one rule for names");
_Static_assert(SLUG_MAX <= GITCMD_NAME_MAX, "accounts as well");

static const char *const force_names[] = {
    [FORCE_ALLOW] = "allow",
    [FORCE_PROTECT] = "protect",
    [FORCE_DENY] = "deny",
};
_Static_assert(nitems(force_names) == FORCE_RULES, "each rule has a name");

const char *
force_push_name(enum force_push rule)
{
	return rule < FORCE_RULES ? force_names[rule] : "";
}

int
force_push_parse(struct str s, enum force_push *ret)
{
	for (int i = 0; i < FORCE_RULES; i++)
		if (str_eq(s, str_c(force_names[i]))) {
			*ret = (enum force_push)i;
			return 0;
		}
	return OUT_MALFORMED;
}

bool
gitrepo_is_slug(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			    (c >= '0' && c <= '9') || c == '_';

		if (!word && (i == 0 || (c != '.' && c != '-')))
			return false;
	}
	return s.n > 0 && s.n <= GITREPO_SLUG_MAX &&
	       (s.n < 4 || !str_eq_nocase(str_sub(s, s.n - 4, 4), STR(".git")));
}

static bool
component_ok(struct str s)
{
	return s.n > 0 && s.p[0] != '.' && !str_ends(s, STR(".lock"));
}

bool
gitrepo_is_branch(struct str s)
{
	struct str rest = s, part;

	if (s.n == 0 || s.n > GITREPO_BRANCH_MAX || !str_is_text(s) ||
	    s.p[0] == '-' || s.p[s.n - 1] == '.' || str_eq(s, STR("HEAD")))
		return false;
	for (size_t i = 0; i < s.n; i++) {
		char next = i + 1 < s.n ? s.p[i + 1] : '\0';

		if (strchr(" ~^:?*[\\", s.p[i]) != NULL ||
		    (s.p[i] == '.' && next == '.') ||
		    (s.p[i] == '@' && next == '{'))
			return false;
	}
	while (str_next(&rest, '/', &part))
		if (!component_ok(part))
			return false;
	return true;
}

int
gitrepo_id(char ret[GITREPO_ID_LEN + 1])
{
	return rand_hex(ret, GITREPO_ID_LEN);
}

int
gitrepo_look(struct db_rows *rows, struct gitrepo *ret)
{
	struct str *const texts[] = {&ret->id,		 &ret->account,
				     &ret->account_slug, &ret->project,
				     &ret->project_slug, &ret->slug,
				     &ret->name,	 &ret->description,
				     &ret->main_branch,	 &ret->created_by};

	for (size_t i = 0; i < nitems(texts); i++)
		*texts[i] = db_str(rows, (int)i);
	if (force_push_parse(db_str(rows, 10), &ret->force_push) != 0)
		return FAIL(-EUCLEAN);
	ret->size = db_int(rows, 11);
	ret->created_at = db_int(rows, 12);
	ret->modified_at = db_int(rows, 13);
	ret->pushed_at = db_int(rows, 14);
	ret->removed_at = db_int(rows, 15);
	return 0;
}

int
gitrepo_keep(struct arena *a, const struct gitrepo *from, struct gitrepo *ret)
{
	struct gitrepo kept = *from;
	struct str *const texts[] = {&kept.id,		 &kept.account,
				     &kept.account_slug, &kept.project,
				     &kept.project_slug, &kept.slug,
				     &kept.name,	 &kept.description,
				     &kept.main_branch,	 &kept.created_by};

	for (size_t i = 0; i < nitems(texts); i++) {
		*texts[i] = arena_str(a, *texts[i]);
		if (texts[i]->p == NULL)
			return FAIL(-ENOMEM);
	}
	*ret = kept;
	return 0;
}

int
gitrepo_of_visit(struct db_at *at, const struct visit *by, struct str id,
		 bool removed, struct db_rows *rows, struct gitrepo *ret)
{
	int r = db_one(at, SQL_gitrepo_by_id, rows, "s", id);

	if (r == 0)
		r = gitrepo_look(rows, ret);
	if (r != 0)
		return r;
	return visit_is_for(by, ret->account, THING_GITREPO, ret->id) &&
		       (ret->removed_at != 0) == removed
		   ? 0
		   : OUT_ABSENT;
}

bool
gitrepo_may(struct core *core, const struct subject *who, enum verb verb,
	    const struct gitrepo *repo)
{
	char name[ACCOUNT_ID_LEN + 1 + GITREPO_ID_LEN + 1];
	struct thing thing = {.kind = THING_GITREPO, .account = repo->account};

	(void)snprintf(name, sizeof(name), "%.*s/%.*s", STR_ARG(repo->account),
		       STR_ARG(repo->id));
	thing.name = str_c(name);
	return gate_may(core, who, verb, &thing);
}

int
gitrepo_trail(struct db_at *at, const struct visit *by,
	      const struct gitrepo *repo, struct str detail)
{
	char name[PLACE_MAX + 1], text[AUDIT_THING_MAX];
	struct thing thing = {.kind = THING_GITREPO};

	(void)snprintf(name, sizeof(name), "%.*s/%.*s",
		       STR_ARG(repo->account_slug), STR_ARG(repo->slug));
	thing.name = str_c(name);
	return audit_change(at, by, audit_thing_text(&thing, text), detail);
}

/* The rows borrow from lower. */
static int
get_in(struct db_at *view, struct str account, struct str name,
       char lower[GITREPO_SLUG_MAX + 1], struct db_rows *rows,
       struct gitrepo *ret)
{
	int r = OUT_ABSENT;

	if (name.n > GITREPO_SLUG_MAX)
		return r;
	text_lower(name, lower);
	/* By id first: a slug that looks like another's id hides nothing but
	 * itself. */
	r = db_one(view, SQL_gitrepo_by_id, rows, "s", str_c(lower));
	if (r == 0)
		r = gitrepo_look(rows, ret);
	if (r < 0)
		return r;
	if (r == 0 && str_eq(ret->account, account) && ret->removed_at == 0)
		return 0;
	db_rows_clear(rows);
	r = db_one(view, SQL_gitrepo_by_slug, rows, "ss", account,
		   str_c(lower));
	return r != 0 ? r : gitrepo_look(rows, ret);
}

int
gitrepo_get(struct core *core, struct str account, struct str name,
	    struct arena *a, struct gitrepo *ret)
{
	char lower[GITREPO_SLUG_MAX + 1];
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	struct account owner;
	struct gitrepo got;
	int r = db_view_begin(core->db, &view);

	if (r == 0)
		r = account_get(core, account, a, &owner);
	if (r == 0)
		r = get_in(view, owner.id, name, lower, &rows, &got);
	return r != 0 ? r : gitrepo_keep(a, &got, ret);
}

int
gitrepo_by_id(struct core *core, struct str id, struct arena *a,
	      struct gitrepo *ret)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	struct gitrepo got;
	int r = db_view_begin(core->db, &view);

	if (r == 0)
		r = db_one(view, SQL_gitrepo_by_id, &rows, "s", id);
	if (r == 0)
		r = gitrepo_look(&rows, &got);
	return r != 0 ? r : gitrepo_keep(a, &got, ret);
}

void
gitrepo_ssh_url(const struct core *core, const struct gitrepo *repo,
		struct buf *to)
{
	struct str host = str_c(core->ssh_host);
	bool numeric = host.n > 0 && strchr(host.p, ':') != NULL;
	/* What is in brackets is so already. */
	bool bare = numeric && host.p[0] != '[';

	if (host.n == 0)
		return;
	if (core->ssh_port == 22 && !numeric) {
		buf_addf(to, "git@%.*s:", STR_ARG(host));
	} else {
		buf_addf(to, "ssh://git@%s%.*s%s", bare ? "[" : "",
			 STR_ARG(host), bare ? "]" : "");
		if (core->ssh_port != 22)
			buf_addf(to, ":%u", core->ssh_port);
		buf_addc(to, '/');
	}
	buf_addf(to, "%.*s/%.*s.git", STR_ARG(repo->account_slug),
		 STR_ARG(repo->slug));
}

void
gitrepo_http_url(const struct core *core, const struct gitrepo *repo,
		 struct buf *to)
{
	buf_addf(to, "%s/git/%.*s/%.*s.git", core->public_url,
		 STR_ARG(repo->account_slug), STR_ARG(repo->slug));
}
