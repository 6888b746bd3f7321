#include "door/bitbucket/inner.h"

#include <errno.h>

#define AFTER_MAX (SLUG_MAX + 1 + GITREPO_SLUG_MAX)

/* What a list is asked to show. */
struct pick {
	enum verb verb; /* what the caller must be able to do to each */
	bool owned, removed, contains;
	struct str slug, name; /* of a query; p NULL: any */
	struct str project;
};
struct walk {
	struct call *call;
	struct jw *w;
	struct page page;
	struct pick pick;
	const struct account *account;
	struct arena scratch;	   /* of one batch */
	char after[AFTER_MAX + 1]; /* "account/slug" of the last one shown */
};

static int
role_read(struct call *call, struct pick *pick)
{
	static const struct {
		struct str role;
		enum verb verb;
	} roles[] = {
	    {STR_INIT("member"), VERB_GIT_SHOW},
	    {STR_INIT("contributor"), VERB_GIT_PUSH},
	    {STR_INIT("admin"), VERB_GIT_UPDATE},
	    {STR_INIT("owner"), VERB_GIT_SHOW},
	};
	struct str role = STR_NONE;
	int r = call_once(call, "role", &role);

	pick->verb = VERB_GIT_SHOW;
	if (r != 0 || role.p == NULL)
		return r;
	for (size_t i = 0; i < nitems(roles); i++) {
		if (!str_eq(role, roles[i].role))
			continue;
		pick->verb = roles[i].verb;
		pick->owned = str_eq(role, STR("owner"));
		return 0;
	}
	return bb_bad(call, "role",
		      "'role' is member, contributor, admin or owner.");
}

/* A member, an operator and a text in quotes, off the front of a query. */
static bool
condition_cut(struct str *rest, struct str *member, char *op, struct str *text)
{
	struct str s = *rest;
	size_t at = 0, n = 1;

	while (at < s.n && s.p[at] != '=' && s.p[at] != '~')
		at++;
	if (at == s.n)
		return false;
	*member = str_trim(str_sub(s, 0, at));
	*op = s.p[at];
	s = str_trim(str_sub(s, at + 1, SIZE_MAX));
	if (s.n < 2 || s.p[0] != '"')
		return false;
	while (n < s.n && s.p[n] != '"')
		n++;
	if (n == s.n)
		return false;
	*text = str_sub(s, 1, n - 1);
	*rest = str_trim(str_sub(s, n + 1, SIZE_MAX));
	return true;
}

/* slug = "x", name = "x", name ~ "x", project.key = "x", each once. */
static bool
condition_take(struct pick *pick, struct str member, char op, struct str text)
{
	struct str *place = NULL;

	if (str_eq(member, STR("name")))
		place = &pick->name;
	else if (str_eq(member, STR("slug")) && op == '=')
		place = &pick->slug;
	else if (str_eq(member, STR("project.key")) && op == '=')
		place = &pick->project;
	if (place == NULL || place->p != NULL)
		return false;
	if (place == &pick->name)
		pick->contains = op == '~';
	*place = text;
	return true;
}

static bool
conditions_take(struct pick *pick, struct str q)
{
	struct str member, text;
	char op;

	for (;;) {
		if (!condition_cut(&q, &member, &op, &text) ||
		    !condition_take(pick, member, op, text))
			return false;
		if (q.n == 0)
			return true;
		if (!str_starts(q, STR("AND ")))
			return false;
		q = str_sub(q, 4, SIZE_MAX);
	}
}

static int
query_read(struct call *call, struct pick *pick)
{
	struct str q = STR_NONE;
	int r = call_once(call, "q", &q);

	if (r != 0 || q.n == 0 || conditions_take(pick, q))
		return r;
	return bb_bad(call, "q",
		      "'q' is one or more of slug = \"X\", name = \"X\", "
		      "name ~ \"X\" and project.key = \"X\" here, with AND "
		      "between them.");
}

static int
removed_read(struct call *call, struct pick *pick)
{
	struct str text = STR_NONE;
	int r = call_once(call, "removed", &text);

	if (r != 0 || text.p == NULL)
		return r;
	pick->removed = str_eq(text, STR("true"));
	return pick->removed || str_eq(text, STR("false"))
		   ? 0
		   : bb_bad(call, "removed", "'removed' is true or false.");
}

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool
has_nocase(struct str s, struct str part)
{
	for (size_t i = 0; i + part.n <= s.n; i++)
		if (str_eq_nocase(str_sub(s, i, part.n), part))
			return true;
	return false;
}

static bool
matches(const struct walk *k, const struct gitrepo *r)
{
	const struct pick *p = &k->pick;

	if (p->slug.p != NULL && !str_eq_nocase(p->slug, r->slug))
		return false;
	if (p->name.p == NULL)
		return true;
	return p->contains ? has_nocase(r->name, p->name)
			   : str_eq(r->name, p->name);
}

static bool
may(const struct walk *k, const struct gitrepo *r)
{
	const struct call *call = k->call;
	struct thing thing = {.kind = THING_GITREPO, .account = r->account};
	char name[2 * GITREPO_ID_LEN + 2];

	if (k->pick.removed || k->pick.verb == VERB_GIT_SHOW)
		return true; /* looked at when the list was made */
	(void)snprintf(name, sizeof(name), "%.*s/%.*s", STR_ARG(r->account),
		       STR_ARG(r->id));
	thing.name = str_c(name);
	return gate_may(call->core, &call->visit.who, k->pick.verb, &thing);
}

/* Where the next page goes on. The list is in order of the slug without case.
 */
static void
mark(struct walk *k, const struct gitrepo *r)
{
	int n = snprintf(k->after, sizeof(k->after), "%.*s/%.*s",
			 STR_ARG(k->account->slug), STR_ARG(r->slug));

	for (int i = 0; i < n && i < AFTER_MAX; i++)
		k->after[i] = lower(k->after[i]);
}

/* What is kept of a walk is the reply; the rest goes with each batch. */
static bool
offer(struct walk *k, const struct gitrepo *r)
{
	enum page_spot spot;

	if (!matches(k, r) || !may(k, r))
		return true;
	spot = bb_page_take(&k->page);
	if (spot != PAGE_HERE)
		return spot == PAGE_BEFORE;
	mark(k, r);
	bb_show_repo(k->call, k->w, NULL, r, k->account);
	return true;
}

static int
batch(struct walk *k, struct gitrepo_filter *filter, bool *more)
{
	const struct subject *who =
	    k->pick.removed ? NULL : &k->call->visit.who;
	struct gitrepo *list = NULL;
	struct str last = STR_NONE;
	size_t n = 0;
	int r = gitrepo_list(k->call->core, who, filter, &k->scratch, &list, &n,
			     more, &last);

	for (size_t i = 0; r == 0 && i < n; i++)
		if (!offer(k, &list[i])) {
			*more = false;
			return 0;
		}
	if (r != 0 || !*more)
		return r;
	filter->after = arena_str(k->call->arena, last);
	return filter->after.p == NULL ? FAIL(-ENOMEM) : 0;
}

static int
project_find(struct walk *k, struct str *ret)
{
	struct project project;
	int r;

	if (k->pick.project.p == NULL)
		return 0;
	r = project_get(k->call->core, k->account->id, k->pick.project,
			k->call->arena, &project);
	if (r == 0)
		*ret = project.id;
	return r;
}

static int
walk_account(struct walk *k, struct str after)
{
	struct gitrepo_filter filter = {.account = k->account->id,
					.after = after,
					.removed = k->pick.removed,
					.limit = BB_BATCH};
	bool more = true;
	int r = project_find(k, &filter.project);

	if (r != 0)
		return r == OUT_ABSENT ? 0 : r;
	while (r == 0 && more && !k->page.more) {
		r = batch(k, &filter, &more);
		arena_reset(&k->scratch);
	}
	return r;
}

/* Is this account's place in the list before the mark's? Then it was on pages
 * before. */
static bool
is_before(const struct account *a, struct str mark_account)
{
	char text[SLUG_MAX + 1] = "";

	for (size_t i = 0; i < a->slug.n && i < SLUG_MAX; i++)
		text[i] = lower(a->slug.p[i]);
	return str_cmp(str_c(text), mark_account) < 0;
}

static int
walk_all(struct walk *k, const struct account *list, size_t n)
{
	struct str at = STR_NONE, slug = STR_NONE;
	int r = 0;

	if (k->page.after.n > 0 && !str_cut(k->page.after, '/', &at, &slug))
		return bb_bad(k->call, "after",
			      "'after' is what the link to a next page says.");
	for (size_t i = 0; r == 0 && i < n && !k->page.more; i++) {
		k->account = &list[i];
		if (k->pick.owned && !k->call->visit.who.owner)
			continue;
		if (!is_before(&list[i], at))
			r = walk_account(k, str_eq_nocase(list[i].slug, at)
						? slug
						: STR_NONE);
	}
	return r;
}

static int
list_write(struct call *call, const struct pick *pick,
	   const struct account *list, size_t n, struct http_reply *reply)
{
	static const char *const sorts[] = {"slug", "full_name", NULL};
	struct jw w = JW(&reply->body);
	struct walk k = {.call = call, .w = &w, .pick = *pick};
	int r = bb_page_read(call, false, sorts, &k.page);

	if (r != 0)
		return r;
	arena_init(&k.scratch, FRAME_ARENA_MAX);
	bb_page_open(&w, &k.page);
	r = walk_all(&k, list, n);
	if (r == 0)
		r = bb_page_close(call, &w, &k.page, str_c(k.after), reply);
	arena_clear(&k.scratch);
	return r;
}

/* What was removed is seen by those who may bring it back. */
static int
removed_pass(struct call *call)
{
	struct thing thing = call->thing;

	return call_pass(call, VERB_GIT_CREATE, &thing);
}

int
bb_repos(struct call *call, struct http_reply *reply)
{
	struct pick pick = {0};
	struct account account;
	int r = role_read(call, &pick);

	if (r == 0)
		r = query_read(call, &pick);
	if (r == 0)
		r = removed_read(call, &pick);
	if (r == 0 && pick.removed)
		r = removed_pass(call);
	if (r == 0)
		r = account_get(call->core, str_c(call->visit.account),
				call->arena, &account);
	return r != 0 ? r : list_write(call, &pick, &account, 1, reply);
}

int
bb_repos_all(struct call *call, struct http_reply *reply)
{
	struct pick pick = {0};
	struct account *list = NULL;
	size_t n = 0;
	int r = role_read(call, &pick);

	if (r == 0)
		r = query_read(call, &pick);
	if (r == 0)
		r = account_list(call->core, &call->visit.who, call->arena,
				 &list, &n);
	return r != 0 ? r : list_write(call, &pick, list, n, reply);
}
