#include "core/server.h"
#include "door/api/inner.h"

static int
list_reply(struct call *call, struct server_filter *filter,
	   struct http_reply *reply)
{
	struct jw w = JW(&reply->body);
	struct str next = STR_NONE;
	struct server *list = NULL;
	struct page page;
	size_t n = 0;
	int r = list_page_read(call, &page);

	if (r != 0)
		return r;
	filter->search = page.search;
	filter->after = page.after;
	filter->limit = (int64_t)page.limit;
	r = server_list(call->core, filter, call->arena, &list, &n, &next);
	if (r != 0)
		return r;
	jw_object(&w, NULL);
	jw_array(&w, "servers");
	for (size_t i = 0; i < n && r == 0; i++) {
		r = server_write(call, &w, &list[i], STR_NONE);
		jw_end(&w);
	}
	jw_end(&w);
	if (next.n > 0)
		jw_str(&w, "next", next);
	jw_end(&w);
	return r != 0 ? r : json_done(call, reply, 200);
}

int
servers_show(struct call *call, struct http_reply *reply)
{
	struct server_filter filter = {.project = str_c(call->visit.object),
				       .account = str_c(call->visit.account)};
	uint8_t digest[SHA256_LEN];
	struct str trusts = STR_NONE;
	int r = call_once(call, "trusts", &trusts);

	if (r == 0 && trusts.p != NULL) {
		if (sshkey_fingerprint_parse(trusts, digest) != 0)
			return note_set(
			    &call->note, OUT_MALFORMED,
			    "'trusts' must be a fingerprint such as "
			    "SHA256:...");
		filter.trusts =
		    (struct str){(const char *)digest, sizeof(digest)};
	}
	return r != 0 ? r : list_reply(call, &filter, reply);
}

int
servers_of(struct call *call, struct str blob, bool all,
	   struct http_reply *reply)
{
	struct server_filter filter = {.account = str_c(call->visit.account)};
	char print[SSHKEY_SHA256_LEN + 1];
	uint8_t digest[SHA256_LEN];
	int r = sshkey_fingerprint(blob, print);

	if (r == 0)
		r = sshkey_fingerprint_parse(str_c(print), digest);
	if (r != 0)
		return FOLD(r);
	filter.trusts = (struct str){(const char *)digest, sizeof(digest)};
	if (!all)
		filter.project = str_c(call->visit.object);
	return list_reply(call, &filter, reply);
}
