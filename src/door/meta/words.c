#include "door/meta/inner.h"

#include <assert.h>

#define NOT_HERE                                                               \
	{                                                                      \
		404, META_UNKNOWN, "There is nothing here, or not any more."   \
	}

/* Whoever guesses learns from none of the first four which it was. */
const struct meta_word meta_words[] = {
    [OUT_OK] = {200, "ok", ""},
    [OUT_ABSENT] = NOT_HERE,
    [OUT_DENIED] = NOT_HERE,
    [OUT_UNPROVEN] = NOT_HERE,
    [OUT_EXPIRED] = NOT_HERE,
    [OUT_MALFORMED] = {400, "malformed", "The request is not well formed."},
    [OUT_CONFLICT] = {409, "conflict", "This was done before."},
    [OUT_STALE] = {409, "conflict", "This was done before."},
    [OUT_TOO_LARGE] = {413, "too_large", "The body is too large."},
    [OUT_TOO_MANY] = {429, "often", "Too many requests."},
    [OUT_QUOTA] = {409, "conflict", "The account is over its quota."},
    [OUT_UNSUPPORTED] = {400, "malformed", "The request is not supported."},
    [OUT_RANGE] = {400, "malformed", "The request is out of range."},
    [OUT_MISMATCH] = {409, "conflict", "This is of another server."},
    [OUT_MISSING_PART] = {409, "conflict", "This server has no key."},
    [OUT_BUSY] = {503, "busy", "Not now, try again later."},
};
static_assert(nitems(meta_words) == OUT_MAX, "a word for each outcome");

static const struct meta_word failure = {500, "failed", "The server failed."};
struct meta_word meta_forwarded = {
    403, "forwarded", "A proxy that is not trusted passed this on."};
struct meta_word meta_browser = {403, "browser", "This is not for browsers."};
struct meta_word meta_no_credential = {
    401, "credential", "A credential is needed: Authorization: Bearer ..."};

/* Of the frame and the engine; what is not among them is the request's fault.
 */
static const struct meta_word statuses[] = {
    {403, "clear_text", ""}, {404, "address", ""},   {405, "method", ""},
    {413, "too_large", ""},  {414, "too_large", ""}, {415, "type", ""},
    {421, "host", ""},	     {431, "too_large", ""}, {500, "failed", ""},
    {503, "busy", ""},
};

static void
speak(const struct call *call, const struct meta_word *word, const char *text,
      struct http_reply *reply)
{
	reply->status = word->status;
	buf_addf(&reply->body, "%s %s\n# %s\n", META_REFUSED, word->word, text);
	reply_advice(call, "Bearer", reply);
	http_head(reply, "Content-Type", STR("text/plain; charset=utf-8"));
}

void
meta_say(struct call *call, int outcome, struct http_reply *reply)
{
	const struct meta_word *word = &failure;
	const char *note = call->note.text;

	if (outcome > 0 && outcome < OUT_MAX)
		word = call->own != NULL ? call->own : &meta_words[outcome];
	/* A note is for those who were let in. */
	if (note[0] == '\0' || word->status == 404 || word->status == 500)
		note = word->text;
	speak(call, word, note, reply);
}

void
meta_say_status(struct call *call, int status, const char *why,
		struct http_reply *reply)
{
	struct meta_word word = {status, "malformed", ""};

	for (size_t i = 0; i < nitems(statuses); i++)
		if (statuses[i].status == status)
			word = statuses[i];
	speak(call, &word, why, reply);
}

/* A reply that is to be wiped has it from the engine. */
void
meta_stamp(const struct call *call, struct http_reply *reply)
{
	(void)call;
	if (!reply->wipe)
		http_head(reply, "Cache-Control", STR("no-store"));
}
