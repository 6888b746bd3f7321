#include "core/keypair.h"
#include "core/server.h"
#include "door/api/inner.h"

#define AT(member) offsetof(struct keypair_body, member)
const struct field keypair_post_fields[] = {
    {"name", JSON_STR, true, AT(name)},
    {"type", JSON_STR, false, AT(type)},
    {"bits", JSON_INT, false, AT(bits)},
    {"format", JSON_STR, false, AT(format)},
    {"public_key", JSON_STR, false, AT(public_key)},
};

int
keypairs_show(struct call *call, struct http_reply *reply)
{
	struct keypair_filter filter = {.project = str_c(call->visit.object)};
	struct jw w = JW(&reply->body);
	struct keypair *list = NULL;
	struct who who = {.call = call};
	struct str next = STR_NONE;
	struct page page;
	size_t n = 0;
	int r = list_page_read(call, &page);

	if (r != 0)
		return r;
	filter.search = page.search;
	filter.after = page.after;
	filter.limit = (int64_t)page.limit;
	r = keypair_list(call->core, &filter, call->arena, &list, &n, &next);
	if (r != 0)
		return r;
	jw_object(&w, NULL);
	jw_array(&w, "keypairs");
	for (size_t i = 0; i < n && r == 0; i++) {
		r = keypair_write(&who, &w, &list[i], KEYPAIR_BRIEF);
		jw_end(&w);
	}
	jw_end(&w);
	if (next.n > 0)
		jw_str(&w, "next", next);
	jw_end(&w);
	return r != 0 ? r : json_done(call, reply, 200);
}

static int
keypair_reply(struct call *call, const struct keypair *k,
	      struct http_reply *reply, int status)
{
	struct jw w = JW(&reply->body);
	struct who who = {.call = call};
	int r = keypair_write(&who, &w, k, KEYPAIR_FULL);

	jw_end(&w);
	return r != 0 ? r : json_done(call, reply, status);
}

int
keypair_show(struct call *call, struct http_reply *reply)
{
	struct keypair k;
	int r =
	    keypair_get(call->core, str_c(call->visit.object), call->arena, &k);

	return r != 0 ? r : keypair_reply(call, &k, reply, 200);
}

int
keypair_remove(struct call *call, struct http_reply *reply)
{
	int r = keypair_delete(&call->visit);

	return r != 0 ? r : reply_empty(reply, 204);
}

/* Who may list all servers of the account sees all that trust the key; others
 * see those of the project. */
int
keypair_servers_show(struct call *call, struct http_reply *reply)
{
	struct thing place = {.kind = THING_PROJECT,
			      .region = call->thing.region};
	struct thing account = {.kind = THING_ACCOUNT,
				.region = call->thing.region};
	struct keypair k;
	struct str name;
	bool all;
	int r =
	    keypair_get(call->core, str_c(call->visit.object), call->arena, &k);

	if (r != 0)
		return r;
	(void)str_rcut(call->thing.name, '/', &place.name, &name);
	r = call_pass(call, VERB_SERVER_LIST, &place);
	if (r != 0)
		return r;
	account.account = k.account;
	all =
	    gate_may(call->core, &call->visit.who, VERB_SERVER_LIST, &account);
	return servers_of(call, k.blob, all, reply);
}

static int
import(struct call *call, const struct keypair_body *body,
       struct http_reply *reply)
{
	struct keypair_ask ask = {.name = body->name};
	enum sshkey_why why = SSHKEY_FINE;
	struct thing place = call->thing;
	struct sshkey key;
	struct keypair made;
	int r;

	if (body->type.p != NULL || body->bits.given || body->format.p != NULL)
		return note_set(
		    &call->note, OUT_MALFORMED,
		    "'type', 'bits' and 'format' are of a pair that "
		    "is made here, not of a 'public_key' that is "
		    "brought along");
	r = call_pass(call, VERB_KEYPAIR_IMPORT, &place);
	if (r != 0)
		return r;
	r = sshkey_parse(body->public_key, &key, &why);
	if (r > 0)
		return api_blame(call,
				 note_set(&call->note, r, "'public_key': %s",
					  sshkey_why_text(why)),
				 sshkey_why_word(why));
	if (r != 0)
		return r;
	ask.type = sshkey_type_name(key.type);
	ask.blob = (struct str){(const char *)key.blob, key.blob_len};
	ask.bits = key.bits;
	ask.comment = str_c(key.comment);
	r = keypair_add(&call->visit, &ask, call->arena, &made, &call->note);
	return r != 0 ? r : keypair_reply(call, &made, reply, 201);
}

int
keypair_post(struct call *call, struct http_reply *reply)
{
	struct keypair_body body = {.name = STR_NONE};
	int r = body_read(call, keypair_post_fields,
			  nitems(keypair_post_fields), &body);

	if (r != 0)
		return r;
	return body.public_key.p != NULL ? import(call, &body, reply)
					 : keypair_make(call, &body, reply);
}
