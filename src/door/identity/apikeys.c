/* The list of API keys, and making one. */
#include "core/invite.h"
#include "door/identity/inner.h"

#include <errno.h>

/* Somebody who belongs to the account that is meant: the one that is named,
 * else the visitor's own. Who does not is told apart from nobody by no answer.
 */
static int
owner_aim(struct call *call, struct str identity, struct str account,
	  struct thing *ret)
{
	struct member member;
	struct user user;
	int r;

	if (account.n == 0)
		account =
		    arena_str(call->arena, str_c(call->visit.who.account));
	if (account.p == NULL)
		return FAIL(-ENOMEM);
	*ret = (struct thing){
	    .kind = THING_IDENTITY, .account = account, .name = identity};
	if (str_starts(identity, STR("iam-"))) {
		r = user_get(call->core, identity, call->arena, &user);
		if (r == 0 && !str_eq(user.account, account))
			r = OUT_ABSENT;
	} else
		r = member_get(call->core, account, identity, call->arena,
			       &member);
	return r;
}

static int
owner_pass(struct call *call, enum verb verb, const struct thing *thing)
{
	bool service = str_starts(thing->name, STR("iam-"));

	return pass_seen(call, verb,
			 service ? VERB_SERVICEID_GET : VERB_USER_LIST, thing);
}

static int
account_aim(struct call *call, struct str wanted, struct thing *ret)
{
	struct account account;
	int r;

	*ret = (struct thing){.kind = THING_ACCOUNT};
	if (wanted.n == 0) {
		ret->account =
		    arena_str(call->arena, str_c(call->visit.who.account));
		return ret->account.p == NULL ? FAIL(-ENOMEM) : 0;
	}
	r = account_get(call->core, wanted, call->arena, &account);
	if (r == 0)
		ret->account = account.id;
	return r == OUT_ABSENT ? OUT_DENIED : r;
}

static int
list_pass(struct call *call, struct page *page, struct thing *ret)
{
	struct str wanted = STR_NONE;
	int r = account_aim(call, page->account, ret);

	if (r == 0 && page->whole)
		return call_pass(call, VERB_APIKEY_LIST, ret);
	if (r == 0 && page->identity.n == 0) {
		page->identity =
		    arena_str(call->arena, str_c(call->visit.who.identity));
		if (page->identity.p == NULL)
			return FAIL(-ENOMEM);
	}
	wanted = ret->account;
	if (r == 0)
		r = owner_aim(call, page->identity, wanted, ret);
	return r != 0 ? r : owner_pass(call, VERB_APIKEY_LIST, ret);
}

static struct page_place
place_of(const struct page *page, const struct api_key *k)
{
	return (struct page_place){.text = api_key_sort_text(k, page->sort.by),
				   .number =
				       api_key_sort_number(k, page->sort.by),
				   .id = k->id};
}

static int
list_reply(struct call *call, struct http_reply *reply, const struct page *page,
	   struct api_key *list, size_t n)
{
	struct page_place first, last;
	struct jw w = JW(&reply->body);
	bool more;
	int r = 0;

	n = page_turn(page, list, n, sizeof(*list), &more);
	if (n > 0) {
		first = place_of(page, &list[0]);
		last = place_of(page, &list[n - 1]);
	}
	jw_object(&w, NULL);
	page_links(call, page, more, n > 0 ? &first : NULL,
		   n > 0 ? &last : NULL, &w);
	jw_array(&w, "apikeys");
	for (size_t i = 0; r == 0 && i < n; i++)
		r = apikey_write(call, &w, NULL, &list[i], NULL, page->history);
	jw_end(&w);
	jw_end(&w);
	if (r != 0)
		return r;
	return buf_err(&reply->body) != 0 ? buf_err(&reply->body)
					  : reply_json(reply, 200);
}

static enum api_key_owners
owners_of(const struct page *page)
{
	if (page->type.n == 0)
		return OWNERS_ALL;
	return str_eq(page->type, STR("user")) ? OWNERS_USERS : OWNERS_SERVICES;
}

int
apikeys_list(struct call *call, struct http_reply *reply)
{
	struct api_key_filter filter = {0};
	struct api_key *list = NULL;
	struct thing thing = {0};
	struct page page;
	size_t n = 0;
	int r = page_read(call, PAGE_API_KEYS, &page);

	if (r == 0)
		r = list_pass(call, &page, &thing);
	if (r != 0)
		return r;
	filter.account = thing.account;
	filter.identity = page.whole ? STR_NONE : thing.name;
	filter.owners = owners_of(&page);
	filter.sort = page_sort(&page);
	/* One more than is shown: then there is a next page. */
	filter.limit = (int64_t)page.size + 1;
	if (!page.elsewhere)
		r = api_key_list(call->core, &filter, call->arena, &list, &n);
	return r != 0 ? r : list_reply(call, reply, &page, list, n);
}

/* --- making one --- */

static int
ask_read(struct call *call, struct api_key_ask *ask)
{
	const struct text_member texts[] = {
	    {"iam_id", true, &ask->identity},
	    {"account_id", false, &ask->account},
	};
	int r = key_members_read(call, call->json, ask);

	if (r == 0)
		r = member_texts(call, call->json, texts, nitems(texts));
	if (r == 0)
		r = field_flag(call, "entity-lock", &ask->locked);
	if (r == 0)
		r = field_flag(call, "entity-disable", &ask->disabled);
	return r;
}

/* Who came with a key may have a new one in its place; the core looks at
 * whether that is what is asked. */
static bool
replaces_own(const struct call *call, const struct api_key_ask *ask)
{
	const struct subject *who = &call->visit.who;

	return ask->replaces.n > 0 && who->cred == CRED_API_KEY &&
	       str_eq(ask->replaces, str_c(who->cred_id)) &&
	       str_eq(ask->identity, str_c(who->identity)) &&
	       (ask->account.n == 0 ||
		str_eq(ask->account, str_c(who->account)));
}

int
apikey_add(struct call *call, struct http_reply *reply)
{
	CLEAN(secret_clear) struct secret value = SECRET_INIT;
	struct api_key_ask ask = {.action_when_leaked = STR("none")};
	struct thing thing = {0};
	struct api_key made;
	int r = ask_read(call, &ask);

	if (r == 0)
		r = owner_aim(call, ask.identity, ask.account, &thing);
	/* Who may make keys anyway is not held to what may be had without. */
	if (r == 0 &&
	    (!replaces_own(call, &ask) || gate_may(call->core, &call->visit.who,
						   VERB_APIKEY_CREATE, &thing)))
		r = owner_pass(call, VERB_APIKEY_CREATE, &thing);
	if (r != 0)
		return r;
	ask.account = thing.account;
	r = api_key_create(&call->visit, &ask, call->arena, &made, &value,
			   &call->note);
	return r != 0 ? r : apikey_reply(call, reply, 201, &made, &value);
}
