/*
 * How doors speak that have no protocol to follow: one word and one sentence in
 * JSON, as frame.h has it.
 */
#include "door/frame/inner.h"

#include <assert.h>

const struct own_word own_words[] = {
    [OUT_OK] = {200, "ok"},
    [OUT_ABSENT] = {404, "not_found"},
    [OUT_DENIED] = {403, "forbidden"},
    [OUT_UNPROVEN] = {401, "unauthorized"},
    [OUT_EXPIRED] = {401, "expired"},
    [OUT_MALFORMED] = {400, "invalid_request"},
    [OUT_CONFLICT] = {409, "conflict"},
    [OUT_STALE] = {412, "stale"},
    [OUT_TOO_LARGE] = {413, "too_large"},
    [OUT_TOO_MANY] = {409, "limit_reached"},
    [OUT_QUOTA] = {403, "over_quota"},
    [OUT_UNSUPPORTED] = {400, "unsupported"},
    [OUT_RANGE] = {400, "out_of_range"},
    [OUT_MISMATCH] = {409, "mismatch"},
    [OUT_MISSING_PART] = {409, "missing_part"},
    [OUT_BUSY] = {503, "busy"},
};
static_assert(nitems(own_words) == OUT_MAX, "a word for each outcome");

static const struct own_word statuses[] = {
    {400, "bad_request"},
    {403, "forbidden"},
    {404, "not_found"},
    {405, "method_not_allowed"},
    {408, "timeout"},
    {413, "too_large"},
    {414, "target_too_long"},
    {415, "unsupported_media_type"},
    {417, "expectation_failed"},
    {421, "misdirected"},
    {431, "fields_too_large"},
    {500, "internal"},
    {501, "not_implemented"},
    {503, "busy"},
    {505, "version_not_supported"},
};

void
reply_error(struct call *call, int status, const char *code,
	    const char *message, struct http_reply *reply)
{
	struct jw w = JW(&reply->body);

	jw_object(&w, NULL);
	jw_object(&w, "error");
	jw_c(&w, "code", code);
	jw_c(&w, "message", message);
	jw_c(&w, "request_id", call->request_id);
	jw_end(&w);
	jw_end(&w);
	buf_addc(&reply->body, '\n');
	(void)reply_json(reply, status);
	reply_advice(call, "Bearer", reply);
}

const char *
own_status(int status)
{
	for (size_t i = 0; i < nitems(statuses); i++)
		if (statuses[i].status == status)
			return statuses[i].code;
	return "error";
}
