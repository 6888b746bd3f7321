#include "door/oci/inner.h"

#include "core/quota.h"

#include <assert.h>

struct word {
	int status;
	const char *code;
};

/* What an outcome is called when the noun has no word of its own for it. */
static const struct word words[] = {
    [OUT_OK] = {200, "OK"},
    [OUT_ABSENT] = {404, "NAME_UNKNOWN"},
    [OUT_DENIED] = {403, "DENIED"},
    [OUT_UNPROVEN] = {401, "UNAUTHORIZED"},
    [OUT_EXPIRED] = {401, "UNAUTHORIZED"},
    [OUT_MALFORMED] = {400, "NAME_INVALID"},
    [OUT_CONFLICT] = {409, "DENIED"},
    [OUT_STALE] = {409, "DENIED"},
    [OUT_TOO_LARGE] = {413, "SIZE_INVALID"},
    [OUT_TOO_MANY] = {429, "TOOMANYREQUESTS"},
    [OUT_QUOTA] = {403, "DENIED"},
    [OUT_UNSUPPORTED] = {400, "UNSUPPORTED"},
    [OUT_RANGE] = {416, "RANGE_INVALID"},
    [OUT_MISMATCH] = {400, "DIGEST_INVALID"},
    [OUT_MISSING_PART] = {400, "MANIFEST_BLOB_UNKNOWN"},
    [OUT_BUSY] = {503, "UNAVAILABLE"},
};
static_assert(nitems(words) == OUT_MAX, "a word for each outcome");

static const struct {
	enum noun noun;
	int outcome;
	struct word word;
} special[] = {
    {NOUN_MANIFEST, OUT_ABSENT, {404, "MANIFEST_UNKNOWN"}},
    {NOUN_MANIFEST, OUT_MALFORMED, {400, "MANIFEST_INVALID"}},
    {NOUN_MANIFEST, OUT_TOO_MANY, {400, "MANIFEST_INVALID"}},
    {NOUN_TAG, OUT_CONFLICT, {403, "DENIED"}},
    {NOUN_BLOB, OUT_ABSENT, {404, "BLOB_UNKNOWN"}},
    {NOUN_BLOB, OUT_MALFORMED, {400, "DIGEST_INVALID"}},
    {NOUN_UPLOAD, OUT_ABSENT, {404, "BLOB_UPLOAD_UNKNOWN"}},
    {NOUN_UPLOAD, OUT_MALFORMED, {400, "BLOB_UPLOAD_INVALID"}},
    {NOUN_UPLOAD, OUT_RANGE, {416, "BLOB_UPLOAD_INVALID"}},
    {NOUN_LOGIN, OUT_MALFORMED, {400, "UNSUPPORTED"}},
    {NOUN_LOGIN, OUT_UNSUPPORTED, {401, "UNSUPPORTED"}},
    {NOUN_LOGIN, OUT_DENIED, {401, "UNAUTHORIZED"}},
    {NOUN_GRANT, OUT_MALFORMED, {400, "UNSUPPORTED"}},
    {NOUN_GRANT, OUT_UNSUPPORTED, {401, "UNSUPPORTED"}},
    {NOUN_GRANT, OUT_DENIED, {401, "UNAUTHORIZED"}},
};

static const struct word statuses[] = {
    {400, "UNSUPPORTED"},     {403, "DENIED"},	     {404, "UNSUPPORTED"},
    {405, "UNSUPPORTED"},     {413, "SIZE_INVALID"}, {415, "UNSUPPORTED"},
    {429, "TOOMANYREQUESTS"}, {501, "UNSUPPORTED"},  {503, "UNAVAILABLE"},
};

struct oci *
oci_of(const struct call *call)
{
	static _Thread_local struct oci none;

	if (call->own != NULL)
		return call->own;
	none = (struct oci){.noun = NOUN_NAME};
	return &none;
}

static const struct verb_row *
asked(const struct call *call)
{
	return call->route == NULL ? NULL : verb_row(call->route->verb);
}

/* Nobody was let in, and the reason is the user name of Basic. */
static bool
is_bad_user(const struct call *call, int outcome)
{
	enum noun noun = oci_of(call)->noun;

	if (outcome != OUT_UNSUPPORTED)
		return false;
	return noun == NOUN_LOGIN || noun == NOUN_GRANT ||
	       (call->proof == PROOF_BASIC &&
		call->visit.who.cred == CRED_NONE);
}

/* The bearer says less than its holder may: a new one with that scope helps. */
static bool
is_narrow_bearer(const struct call *call, int outcome)
{
	return outcome == OUT_DENIED && call->proof == PROOF_BEARER &&
	       call->route != NULL &&
	       gate_may(call->core, &call->visit.who, call->route->verb,
			&call->thing);
}

static struct word
word_of(const struct call *call, int outcome)
{
	const struct oci *o = oci_of(call);
	struct word word;

	if (outcome < 0 || outcome >= OUT_MAX)
		return (struct word){500, "UNKNOWN"};
	word = words[outcome];
	/* Who is asked to wait is not told of the noun: it was not looked at.
	 */
	if (outcome == OUT_TOO_MANY && call->wait_s > 0)
		return word;
	for (size_t i = 0; i < nitems(special); i++)
		if (special[i].noun == o->noun && special[i].outcome == outcome)
			word = special[i].word;
	if (is_bad_user(call, outcome))
		word.status = 401;
	if (o->code != NULL)
		word.code = o->code;
	return word;
}

static void
put_challenge(const struct call *call, int outcome, struct http_reply *reply)
{
	CLEAN(buf_clear) struct buf text = BUF_INIT;
	const char *error = NULL;

	if (outcome == OUT_DENIED)
		error = "insufficient_scope";
	else if (call->proof == PROOF_BEARER)
		error = "invalid_token";
	oci_challenge(call, error, &text);
	http_head(reply, "WWW-Authenticate", buf_str(&text));
}

static struct str
namespace_of(struct str name)
{
	struct str head = name, rest;

	(void)str_cut(name, '/', &head, &rest);
	return head;
}

/* Who, for people: the identity, or the kind and id of what has none. */
static void
put_who(struct buf *b, const struct subject *who)
{
	if (who->identity[0] != '\0')
		buf_adds(b, who->identity);
	else
		buf_addf(b, "%s %s", cred_kind_name(who->cred), who->cred_id);
}

/* Why not, as far as it may be told: a namespace of others and one that does
 * not exist look the same. */
static const char *
why_denied(const struct subject *who, const struct verb_row *verb)
{
	if (who->identity[0] != '\0')
		return "no such namespace in the account, or no role there";
	if (!who->may_write && verb->trail == TRAIL_CHANGE)
		return "read-only";
	return "no such namespace in its account";
}

static void
put_denied(struct buf *b, const struct call *call)
{
	const struct verb_row *verb = asked(call);
	struct str namespace = namespace_of(call->thing.name);

	if (verb == NULL || namespace.n == 0) {
		buf_adds(b, call->note.text[0] != '\0' ? call->note.text
						       : out_text(OUT_DENIED));
		return;
	}
	buf_addf(b, "%.*s in namespace %.*s is not permitted to ",
		 STR_ARG(verb->action), STR_ARG(namespace));
	put_who(b, &call->visit.who);
	buf_addf(b, " (%s)", why_denied(&call->visit.who, verb));
}

static void
put_quota(struct buf *b, const struct call *call)
{
	const struct verb_row *verb = asked(call);
	bool pull = verb == verb_row(VERB_IMAGE_PULL);
	struct note note = {""};

	(void)!quota_refuse(call->core, str_c(call->visit.account),
			    str_c(call->region->name),
			    pull ? QUOTA_TRAFFIC : QUOTA_STORAGE, &note);
	buf_adds(b, note.text[0] != '\0' ? note.text : out_text(OUT_QUOTA));
}

static const char *
plain_text(const struct call *call, int outcome)
{
	enum noun noun = oci_of(call)->noun;

	if (outcome < 0)
		return "the server failed; its log has this request's id";
	if (is_bad_user(call, outcome))
		return "the user name says what the password is: iamapikey, "
		       "iambearer, iamrefresh or token";
	if (outcome == OUT_EXPIRED)
		return "the login is past its end date";
	if (outcome == OUT_UNPROVEN && call->proof == PROOF_NONE &&
	    noun != NOUN_GRANT)
		return "log in first";
	if (outcome == OUT_UNPROVEN)
		return "the login is not valid, or its account not active";
	if (call->note.text[0] != '\0')
		return call->note.text;
	return out_text(outcome);
}

static void
put_absent(struct buf *b, const struct oci *o)
{
	switch (o->noun) {
	case NOUN_MANIFEST:
		buf_addf(b, "no manifest %.*s in %.*s", STR_ARG(o->ref),
			 STR_ARG(o->at.name));
		break;
	case NOUN_BLOB:
		buf_addf(b, "no blob %.*s in %.*s", STR_ARG(o->ref),
			 STR_ARG(o->at.name));
		break;
	case NOUN_UPLOAD:
		buf_adds(b, "no such upload: it is over, or was never begun "
			    "here by you");
		break;
	case NOUN_NAME:
	case NOUN_TAG:
	case NOUN_LOGIN:
	case NOUN_GRANT:
	case NOUNS:
		buf_addf(b, "no repository %.*s", STR_ARG(o->at.name));
		break;
	}
}

static void
put_text(struct buf *b, const struct call *call, int outcome)
{
	const struct oci *o = oci_of(call);

	if (outcome == OUT_DENIED && o->noun != NOUN_LOGIN &&
	    o->noun != NOUN_GRANT)
		put_denied(b, call);
	else if (outcome == OUT_QUOTA)
		put_quota(b, call);
	else if (outcome == OUT_ABSENT)
		put_absent(b, o);
	else if (outcome == OUT_MISSING_PART && o->missing.n > 0)
		buf_addf(b, "%.*s is not in this repository",
			 STR_ARG(o->missing));
	else
		buf_adds(b, plain_text(call, outcome));
}

static void
put_detail(struct jw *w, const struct call *call, int outcome)
{
	const struct oci *o = oci_of(call);
	const struct verb_row *verb = asked(call);

	if (outcome == OUT_MISSING_PART && o->missing.n > 0) {
		jw_object(w, "detail");
		jw_str(w, "digest", o->missing);
		jw_end(w);
	}
	if (outcome == OUT_DENIED && verb != NULL && o->at.name.n > 0) {
		jw_object(w, "detail");
		jw_str(w, "namespace", namespace_of(o->at.name));
		jw_str(w, "repository", o->at.name);
		jw_str(w, "action", verb->action);
		jw_end(w);
	}
}

static void
put_errors(struct jw *w, const struct call *call, int outcome, const char *code,
	   struct str text)
{
	jw_array(w, "errors");
	jw_object(w, NULL);
	jw_c(w, "code", code);
	jw_str(w, "message", text);
	if (outcome != 0)
		put_detail(w, call, outcome);
	jw_end(w);
	jw_end(w);
}

/* RFC 6749 section 5.2, for POST; docker's clients read "errors". */
static void
put_grant_error(struct jw *w, const struct call *call, int status,
		struct str text)
{
	const char *code = oci_of(call)->code;

	if (code == NULL && status == 400)
		code = "invalid_request";
	if (code == NULL)
		code =
		    status == 401 ? "invalid_grant" : "temporarily_unavailable";
	jw_c(w, "error", code);
	jw_str(w, "error_description", text);
}

static void
say_word(const struct call *call, int outcome, struct word word,
	 struct str text, struct http_reply *reply)
{
	struct jw w = JW(&reply->body);

	(void)!reply_json(reply, word.status);
	http_headf(reply, "X-Request-ID", "%s", call->request_id);
	jw_object(&w, NULL);
	if (oci_of(call)->noun == NOUN_GRANT) {
		put_grant_error(&w, call, word.status, text);
		if (oci_of(call)->code != NULL)
			word.code = "UNSUPPORTED";
	}
	put_errors(&w, call, outcome, word.code, text);
	jw_end(&w);
}

/* Where an upload stands, or how long the blob is: beside a 416. */
static void
put_range(const struct call *call, struct http_reply *reply)
{
	const struct oci *o = oci_of(call);
	unsigned long long size = o->size;

	if (o->noun == NOUN_BLOB)
		http_headf(reply, "Content-Range", "bytes */%llu", size);
	if (o->noun != NOUN_UPLOAD)
		return;
	http_headf(reply, "Range", "0-%llu", size > 0 ? size - 1 : 0);
	http_headf(reply, "Location", "/v2/%.*s/blobs/uploads/%.*s",
		   STR_ARG(o->at.name), STR_ARG(o->ref));
}

void
oci_say(struct call *call, int outcome, struct http_reply *reply)
{
	CLEAN(buf_clear) struct buf text = BUF_INIT;
	struct word word = word_of(call, outcome);

	if (is_narrow_bearer(call, outcome)) {
		word = words[OUT_UNPROVEN];
		buf_adds(&text, "this bearer is for less; the token service "
				"gives one for the scope of the challenge");
	} else {
		put_text(&text, call, outcome);
	}
	say_word(call, outcome, word, buf_str(&text), reply);
	if (word.status == 401)
		put_challenge(call, outcome, reply);
	if (outcome == OUT_RANGE)
		put_range(call, reply);
	if (outcome == OUT_TOO_MANY && word.status == 429)
		http_headf(reply, "Retry-After", "%lld",
			   (long long)(call->wait_s > 0 ? call->wait_s : 1));
	if (outcome == OUT_BUSY)
		http_head(reply, "Retry-After", STR("1"));
}

void
oci_say_status(struct call *call, int status, const char *why,
	       struct http_reply *reply)
{
	struct word word = {status, status == 500 ? "UNKNOWN" : "UNSUPPORTED"};

	for (size_t i = 0; i < nitems(statuses); i++)
		if (statuses[i].status == status)
			word = statuses[i];
	say_word(call, 0, word, str_c(why), reply);
}

void
oci_stamp(const struct call *call, struct http_reply *reply)
{
	(void)call;
	http_head(reply, "Docker-Distribution-Api-Version",
		  STR("registry/2.0"));
}
