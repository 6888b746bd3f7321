#include "core/quota.h"
#include "door/cr/inner.h"

#include <assert.h>

/* Codes known from the original stand as they are; the others are ours, in its
 * pattern: the address's letter and 06 with a number that stays. */
const struct cr_word cr_words[] = {
    [OUT_OK] = {200, "CR%c0600E"},
    [OUT_ABSENT] = {404, "CR%c0601E"},
    [OUT_DENIED] = {403, "CRG0020E"},
    [OUT_UNPROVEN] = {401, "CRG0014E"},
    [OUT_EXPIRED] = {401, "CRG0014E"},
    [OUT_MALFORMED] = {400, "CR%c0605E"},
    [OUT_CONFLICT] = {409, "CR%c0606E"},
    [OUT_STALE] = {409, "CR%c0607E"},
    [OUT_TOO_LARGE] = {413, "CR%c0608E"},
    [OUT_TOO_MANY] = {409, "CR%c0609E"},
    [OUT_QUOTA] = {403, "CRQ0615E"},
    [OUT_UNSUPPORTED] = {400, "CR%c0610E"},
    [OUT_RANGE] = {400, "CR%c0611E"},
    [OUT_MISMATCH] = {409, "CR%c0612E"},
    [OUT_MISSING_PART] = {409, "CRI0304E"},
    [OUT_BUSY] = {503, "CR%c0614E"},
};
static_assert(nitems(cr_words) == OUT_MAX, "a word for each outcome");

static char
letter(const struct call *call)
{
	static const struct {
		const char *head;
		char letter;
	} families[] = {
	    {"/api/v1/namespaces", 'N'}, {"/api/v1/images", 'I'},
	    {"/api/v1/tags", 'I'},	 {"/api/v1/tokens", 'T'},
	    {"/api/v1/trash", 'T'},	 {"/api/v1/retentions", 'R'},
	    {"/api/v1/quotas", 'Q'},
	};

	for (size_t i = 0; i < nitems(families); i++)
		if (str_starts(call->req->path, str_c(families[i].head)))
			return families[i].letter;
	return 'G';
}

/* A tag that is to be restored and is live. */
static bool
is_live_tag(const struct call *call, int outcome)
{
	return outcome == OUT_CONFLICT &&
	       str_starts(call->req->path, STR("/api/v1/trash"));
}

void
cr_code(const struct call *call, int outcome, char ret[16])
{
	const char *code =
	    is_live_tag(call, outcome) ? "CRT0500E" : cr_words[outcome].code;
	struct str head, tail;

	if (str_cut(str_c(code), '%', &head, &tail))
		(void)snprintf(ret, 16, "%.*s%c%s", STR_ARG(head), letter(call),
			       tail.p + 1);
	else
		(void)snprintf(ret, 16, "%s", code);
}

static void
envelope(struct call *call, int status, const char *code, const char *message,
	 struct http_reply *reply)
{
	struct jw w = JW(&reply->body);

	jw_object(&w, NULL);
	jw_c(&w, "code", code);
	jw_c(&w, "message", message);
	jw_c(&w, "request-id", call->request_id);
	jw_end(&w);
	(void)reply_json(reply, status);
	reply_advice(call, "Bearer", reply);
}

/* Denied because the header names an account that is not the caller's. */
static bool
is_foreign(const struct call *call)
{
	return call->thing.account.n > 0 &&
	       call->visit.who.account[0] != '\0' &&
	       !str_eq(call->thing.account, str_c(call->visit.who.account));
}

static void
denied(struct call *call, struct http_reply *reply)
{
	const struct visit *v = &call->visit;
	const struct verb_row *row = verb_row(v->verb);
	char text[512];

	if (is_foreign(call)) {
		envelope(call, 403, "CRG0009E",
			 "You are not authorized to use the account that the "
			 "request names.",
			 reply);
		return;
	}
	(void)snprintf(text, sizeof(text),
		       "You are not authorized: %s lacks %.*s.%.*s%s%.*s.",
		       v->who.identity, STR_ARG(row->service),
		       STR_ARG(row->action), v->thing.name.n > 0 ? " on " : "",
		       STR_ARG(v->thing.name));
	envelope(call, 403, "CRG0020E", text, reply);
}

void
cr_say(struct call *call, int outcome, struct http_reply *reply)
{
	const char *text;
	char code[16];

	if (outcome == OUT_QUOTA && call->note.text[0] == '\0')
		(void)!quota_refuse(call->core, str_c(call->visit.account),
				    str_c(call->region->name), QUOTA_STORAGE,
				    &call->note);
	text = call->note.text[0] != '\0' ? call->note.text : out_text(outcome);
	if (outcome < 0 || outcome >= OUT_MAX) {
		envelope(call, 500, "CRG0500E", "The server failed.", reply);
		return;
	}
	if (outcome == OUT_DENIED) {
		denied(call, reply);
		return;
	}
	if (outcome == OUT_TOO_MANY && call->wait_s > 0) {
		envelope(call, 429, "CRG0429E", "Too many failed attempts.",
			 reply);
		return;
	}
	cr_code(call, outcome, code);
	envelope(call, cr_words[outcome].status, code, text, reply);
}

void
cr_say_status(struct call *call, int status, const char *why,
	      struct http_reply *reply)
{
	char code[16];

	(void)snprintf(code, sizeof(code), "CRG0%03dE", status % 1000);
	envelope(call, status, code, why, reply);
}
