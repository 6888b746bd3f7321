#include "door/bitbucket/inner.h"

#include "base/clock.h"

int
bb_body(struct call *call, bool must)
{
	if (call->json == NULL && !must)
		return 0;
	if (json_kind(call->json) != JSON_OBJECT)
		return note_set(&call->note, OUT_MALFORMED,
				"The body must be a JSON object.");
	return 0;
}

int
bb_text(struct call *call, const struct json *object, const char *name,
	struct str *ret)
{
	const struct json *value = json_get(object, name);

	*ret = STR_NONE;
	if (json_kind(value) == JSON_NULL || json_str(value, ret))
		return 0;
	return bb_bad(call, name, "'%s' must be a string.", name);
}

int
bb_text_in(struct call *call, const char *name, const char *member,
	   struct str *ret)
{
	const struct json *value = json_get(call->json, name);

	*ret = STR_NONE;
	if (json_kind(value) == JSON_NULL)
		return 0;
	if (json_kind(value) == JSON_OBJECT &&
	    json_str(json_get(value, member), ret))
		return 0;
	return bb_bad(call, name, "'%s' must be {\"%s\": \"...\"}.", name,
		      member);
}

int
bb_moment(struct call *call, const char *name, struct when *ret)
{
	struct when when = {.given = json_get(call->json, name) != NULL};
	struct str text;
	int r = bb_text(call, call->json, name, &text);

	if (r != 0)
		return r;
	if (text.p != NULL && bb_when_read(text, &when.ms) != 0)
		return bb_bad(call, name,
			      "'%s' must be a time such as "
			      "2026-11-21T10:20:30Z, or a date.",
			      name);
	if (text.p != NULL && when.ms <= clock_now())
		return bb_bad(call, name, "'%s' is over already.", name);
	*ret = when;
	return 0;
}

static int
prefixes_join(struct call *call, const char *name, const struct json *list,
	      struct buf *ret)
{
	for (size_t i = 0; i < json_size(list); i++) {
		struct str one;

		if (!json_str(json_at(list, i), &one) || one.n == 0 ||
		    memchr(one.p, ' ', one.n) != NULL ||
		    memchr(one.p, ',', one.n) != NULL)
			return bb_bad(call, name,
				      "'%s' must be a list of addresses and "
				      "prefixes such as \"192.0.2.0/24\".",
				      name);
		if (i > 0)
			buf_addc(ret, ' ');
		buf_addstr(ret, one);
	}
	return buf_err(ret);
}

int
bb_cidrs(struct call *call, const char *name, struct buf *ret, bool *ret_given)
{
	CLEAN(buf_clear) struct buf text = BUF_INIT;
	const struct json *list = json_get(call->json, name);
	struct note note = {""};
	int r;

	*ret_given = list != NULL;
	if (json_kind(list) == JSON_NULL)
		return 0;
	if (json_kind(list) != JSON_ARRAY)
		return bb_bad(call, name, "'%s' must be a list.", name);
	r = prefixes_join(call, name, list, &text);
	if (r == 0)
		r = cidr_list_parse(buf_str(&text), ret, &note);
	if (r == OUT_TOO_MANY || (r == OUT_MALFORMED && note.text[0] != '\0'))
		return bb_bad(call, name, "%s",
			      note.text[0] != '\0' ? note.text : out_text(r));
	return r;
}

/* Whole when its lines are joined: what a terminal made of one long line. */
static bool
is_wrapped(struct str text)
{
	CLEAN(buf_clear) struct buf line = BUF_INIT;
	enum sshkey_why why;
	struct sshkey key;

	return memchr(str_trim(text).p, '\n', str_trim(text).n) != NULL &&
	       sshkey_join(text, &line) == 0 &&
	       sshkey_parse(buf_str(&line), &key, &why) == 0;
}

int
bb_key(struct call *call, struct str text, struct sshkey *ret)
{
	enum sshkey_why why = SSHKEY_FINE;
	int r;

	if (text.p == NULL)
		return bb_bad(call, "key", "'key' is missing.");
	r = sshkey_parse(text, ret, &why);
	if (r <= 0)
		return r;
	if (why != SSHKEY_PRIVATE && is_wrapped(text))
		return bb_blame(call, r, "key", sshkey_why_word(why),
				"This is one key broken over several lines. "
				"Join them into one, without blanks inside: "
				"tr -d '\\r\\n' < FILE does it.");
	return bb_blame(call, r, "key", sshkey_why_word(why),
			sshkey_why_text(why));
}

int
bb_json(struct http_reply *reply, int status)
{
	if (buf_err(&reply->body) != 0)
		return buf_err(&reply->body);
	return reply_json(reply, status);
}

/* A published client reads the type of every reply, and takes an empty body
 * only for text. */
int
bb_done(struct http_reply *reply)
{
	http_head(reply, "Content-Type", STR("text/html; charset=utf-8"));
	return reply_empty(reply, 204);
}
