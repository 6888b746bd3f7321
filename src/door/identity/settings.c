/* What an account demands of its credentials, in the members that IBM's clients
 * know and those that only we have. All of them are strings. */
#include "core/rules.h"
#include "door/identity/inner.h"

#define NOT_SET STR("NOT_SET")

static const struct number {
	const char *name;
	size_t at;
	bool never; /* 0 is said as NOT_SET */
} numbers[] = {
    {"system_access_token_expiration_in_seconds",
     offsetof(struct rules, access_life_s), false},
    {"system_refresh_token_expiration_in_seconds",
     offsetof(struct rules, refresh_life_s), false},
    {"session_expiration_in_seconds", offsetof(struct rules, session_life_s),
     false},
    {"session_invalidation_in_seconds", offsetof(struct rules, session_idle_s),
     false},
    {"max_sessions_per_identity", offsetof(struct rules, sessions_max), true},
    {"api_key_max_days", offsetof(struct rules, api_key_days), true},
    {"registry_token_max_days", offsetof(struct rules, registry_token_days),
     true},
    {"access_key_max_days", offsetof(struct rules, access_key_days), true},
    {"ssh_key_max_days", offsetof(struct rules, ssh_key_days), true},
};

static const struct flag {
	const char *name;
	size_t at;
	struct str yes, no;
} flags[] = {
    {"restrict_create_service_id", offsetof(struct rules, restrict_service_id),
     STR_INIT("RESTRICTED"), STR_INIT("NOT_RESTRICTED")},
    {"restrict_create_platform_apikey",
     offsetof(struct rules, restrict_api_key), STR_INIT("RESTRICTED"),
     STR_INIT("NOT_RESTRICTED")},
    {"endless_credentials", offsetof(struct rules, endless), STR_INIT("true"),
     STR_INIT("false")},
};

/* What the original has and we do not: taken as long as it asks for nothing. */
static const struct {
	const char *name;
	struct str is;
} fixed[] = {
    {"mfa", STR_INIT("NONE")},
    {"allowed_ip_addresses", STR_INIT("")},
};

static int64_t *
number_at(struct rules *r, const struct number *n)
{
	return (int64_t *)(void *)((char *)r + n->at);
}

static bool *
flag_at(struct rules *r, const struct flag *f)
{
	return (bool *)(void *)((char *)r + f->at);
}

/* One that was never set has the first tag. */
static struct str
rules_tag(struct call *call, const struct rules *rules)
{
	return identity_tag(call, rules->version + 1, call->thing.account);
}

static int
settings_reply(struct call *call, struct http_reply *reply, struct rules *rules)
{
	struct jw w = JW(&reply->body);
	struct str tag = rules_tag(call, rules);
	int r = 0;

	jw_object(&w, NULL);
	jw_str(&w, "account_id", call->thing.account);
	jw_str(&w, "entity_tag", tag);
	for (size_t i = 0; i < nitems(flags); i++)
		jw_str(&w, flags[i].name,
		       *flag_at(rules, &flags[i]) ? flags[i].yes : flags[i].no);
	for (size_t i = 0; i < nitems(numbers); i++) {
		int64_t v = *number_at(rules, &numbers[i]);

		jw_str(&w, numbers[i].name,
		       v == 0 && numbers[i].never
			   ? NOT_SET
			   : arena_strf(call->arena, "%lld", (long long)v));
	}
	for (size_t i = 0; i < nitems(fixed); i++)
		jw_str(&w, fixed[i].name, fixed[i].is);
	jw_array(&w, "user_mfa");
	jw_end(&w);
	jw_array(&w, "restrict_user_domains");
	jw_end(&w);
	if (asked(call, "include_history"))
		r = history_write(call, &w, call->thing.account,
				  arena_strf(call->arena, "account:%.*s",
					     STR_ARG(call->thing.account)));
	jw_end(&w);
	if (r != 0)
		return r;
	if (buf_err(&reply->body) != 0)
		return buf_err(&reply->body);
	http_head(reply, "ETag", tag);
	return reply_json(reply, 200);
}

int
settings_aim(struct call *call)
{
	call->thing.kind = THING_ACCOUNT;
	call->thing.account = call->params[0];
	return 0;
}

int
settings_show(struct call *call, struct http_reply *reply)
{
	struct rules rules;
	int r = rules_of(call->core, call->thing.account, call->arena, &rules);

	return r != 0 ? r : settings_reply(call, reply, &rules);
}

static int
number_read(struct call *call, const struct number *n, struct rules *rules,
	    const struct rules *dflt)
{
	struct str text = STR_NONE;
	const struct text_member member = {n->name, false, &text};
	uint64_t v;
	int r = member_texts(call, call->json, &member, 1);

	if (r != 0 || text.p == NULL)
		return r;
	if (str_eq(text, NOT_SET))
		*number_at(rules, n) =
		    *number_at((struct rules *)(uintptr_t)dflt, n);
	else if (str_u64(text, INT32_MAX, &v) != 0)
		return bad_member(call, n->name);
	else
		*number_at(rules, n) = (int64_t)v;
	return 0;
}

static int
flag_take(struct call *call, const struct flag *f, struct rules *rules,
	  const struct rules *dflt)
{
	struct str text = STR_NONE;
	const struct text_member member = {f->name, false, &text};
	int r = member_texts(call, call->json, &member, 1);

	if (r != 0 || text.p == NULL)
		return r;
	if (str_eq(text, NOT_SET))
		*flag_at(rules, f) =
		    *flag_at((struct rules *)(uintptr_t)dflt, f);
	else if (!str_eq(text, f->yes) && !str_eq(text, f->no))
		return bad_member(call, f->name);
	else
		*flag_at(rules, f) = str_eq(text, f->yes);
	return 0;
}

static int
fixed_check(struct call *call)
{
	for (size_t i = 0; i < nitems(fixed); i++) {
		struct str text = STR_NONE;
		const struct text_member member = {fixed[i].name, false, &text};
		int r = member_texts(call, call->json, &member, 1);

		if (r != 0)
			return r;
		if (text.n > 0 && !str_eq(text, fixed[i].is) &&
		    !str_eq(text, NOT_SET))
			return note_set(&call->note, OUT_UNSUPPORTED,
					"Property '%s' is not supported here.",
					fixed[i].name);
	}
	return 0;
}

static int
body_apply(struct call *call, struct rules *rules)
{
	struct rules dflt;
	int r = body_is_object(call, call->json);

	rules_default(&dflt);
	if (r == 0)
		r = fixed_check(call);
	for (size_t i = 0; r == 0 && i < nitems(numbers); i++)
		r = number_read(call, &numbers[i], rules, &dflt);
	for (size_t i = 0; r == 0 && i < nitems(flags); i++)
		r = flag_take(call, &flags[i], rules, &dflt);
	return r;
}

int
settings_put(struct call *call, struct http_reply *reply)
{
	struct rules rules;
	int64_t version = 0;
	int r = rules_of(call->core, call->thing.account, call->arena, &rules);

	if (r == 0)
		r = body_apply(call, &rules);
	if (r == 0)
		r = identity_match(call, rules.version + 1, call->thing.account,
				   &version);
	if (r == 0)
		r = rules_set(&call->visit, version - 1, &rules, call->arena,
			      &rules, &call->note);
	return r != 0 ? r : settings_reply(call, reply, &rules);
}
