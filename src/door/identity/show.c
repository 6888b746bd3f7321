/* What several things of this door say of themselves, and how they are seen. */
#include "base/enc.h"
#include "core/audit.h"
#include "door/identity/inner.h"

#define TAG_DIGITS 32

void
minute_write(struct jw *w, const char *name, int64_t ms)
{
	char text[32];

	enc_time_iam(ms, text);
	jw_c(w, name, text);
}

/* The digits of "ApiKey-<uuid>", "ServiceId-<uuid>", or of an account. */
struct str
identity_tag(struct call *call, int64_t version, struct str id)
{
	struct str head, rest = id;
	char hex[TAG_DIGITS + 1];
	size_t n = 0;

	if (id.n > TAG_DIGITS && str_cut(id, '-', &head, &rest) &&
	    str_eq(head, STR("iam")))
		(void)str_cut(rest, '-', &head, &rest);
	for (size_t i = 0; i < rest.n && n < TAG_DIGITS; i++)
		if (rest.p[i] != '-')
			hex[n++] = rest.p[i];
	hex[n] = '\0';
	return arena_strf(call->arena, "%lld-%s", (long long)version, hex);
}

int
identity_match(struct call *call, int64_t version, struct str id,
	       int64_t *ret_version)
{
	struct str match = http_field_get(call->req, "if-match", NULL);

	if (match.n == 0)
		return note_set(&call->note, OUT_MALFORMED,
				"Missing header 'If-Match'.");
	*ret_version = str_eq(match, STR("*")) ? 0 : version;
	if (*ret_version == 0 || str_eq(match, identity_tag(call, version, id)))
		return 0;
	return OUT_STALE;
}

int
pass_seen(struct call *call, enum verb verb, enum verb see,
	  const struct thing *thing)
{
	int r = call_pass(call, verb, thing);

	if (r != OUT_DENIED)
		return r;
	return verb != see && gate_may(call->core, &call->visit.who, see, thing)
		   ? r
		   : OUT_ABSENT;
}

bool
asked(struct call *call, const char *name)
{
	return str_eq(call_query(call, name), STR("true"));
}

/* What a change's row tells, as "name=value". */
static void
params_write(struct call *call, struct jw *w, struct str detail)
{
	CLEAN(json_freep) struct json *j = NULL;
	const struct json *value;
	struct str name, text;
	void *iter = NULL;
	int64_t number;
	bool flag;

	jw_array(w, "params");
	if (json_parse(detail, &j, NULL) == 0)
		while (json_each(j, &iter, &name, &value)) {
			if (json_str(value, &text))
				text = arena_strf(call->arena, "%.*s=%.*s",
						  STR_ARG(name), STR_ARG(text));
			else if (json_bool(value, &flag))
				text = arena_strf(call->arena, "%.*s=%s",
						  STR_ARG(name),
						  flag ? "true" : "false");
			else if (json_int(value, &number))
				text = arena_strf(call->arena, "%.*s=%lld",
						  STR_ARG(name),
						  (long long)number);
			else
				continue;
			jw_str(w, NULL, text);
		}
	jw_end(w);
}

int
history_write(struct call *call, struct jw *w, struct str account,
	      struct str thing)
{
	struct audit_row *rows = NULL;
	size_t n = 0;
	int r =
	    audit_history(call->core, account, thing, call->arena, &rows, &n);

	if (r != 0)
		return r;
	jw_array(w, "history");
	for (size_t i = 0; i < n; i++) {
		jw_object(w, NULL);
		minute_write(w, "timestamp", rows[i].at);
		jw_str(w, "iam_id", rows[i].identity);
		jw_str(w, "iam_id_account", rows[i].account);
		jw_str(w, "action", rows[i].verb);
		params_write(call, w, rows[i].detail);
		jw_str(w, "message", rows[i].verb);
		jw_end(w);
	}
	jw_end(w);
	return 0;
}

void
activity_write(struct call *call, struct jw *w, const struct api_key *keys,
	       size_t n)
{
	int64_t last = 0, count = 0;

	for (size_t i = 0; i < n; i++) {
		struct last_use use;

		if (audit_last_use(call->core, CRED_API_KEY, keys[i].id,
				   call->arena, &use) != 0)
			continue;
		last = use.at > last ? use.at : last;
		count += use.count;
	}
	jw_object(w, "activity");
	if (last != 0)
		minute_write(w, "last_authn", last);
	jw_int(w, "authn_count", count);
	jw_end(w);
}
