#include "door/cr/inner.h"

#include <errno.h>

struct str
cr_host(const struct call *call)
{
	struct str scheme, rest;

	if (!str_cut(call->base, ':', &scheme, &rest))
		return STR_NONE;
	return str_sub(rest, 2, SIZE_MAX); /* behind the two slashes */
}

int
cr_own(const struct call *call)
{
	struct str named = call->thing.account;

	return named.n == 0 || str_eq(named, str_c(call->visit.who.account))
		   ? 0
		   : OUT_DENIED;
}

int
cr_flag(struct call *call, const char *name, bool dflt, bool *ret)
{
	struct str text = STR_NONE;
	int r = call_once(call, name, &text);

	if (r != 0)
		return r;
	if (text.p != NULL && !str_eq(text, STR("true")) &&
	    !str_eq(text, STR("false")))
		return note_set(&call->note, OUT_MALFORMED,
				"'%s' must be true or false.", name);
	*ret = text.p == NULL ? dflt : str_eq(text, STR("true"));
	return 0;
}

int
cr_json(struct http_reply *reply, int status)
{
	if (buf_err(&reply->body) != 0)
		return buf_err(&reply->body);
	return reply_json(reply, status);
}

int
ref_read(struct call *call, struct str text, struct image_ref *ret)
{
	struct ociref ref;

	if (ociref_parse(text, &ref) != 0 || !ociref_is_name(ref.name))
		return note_set(&call->note, OUT_MALFORMED,
				"An image is named [HOST/]NAMESPACE/REPOSITORY"
				"[:TAG] or ...@DIGEST.");
	if (ref.host.n > 0 &&
	    core_region_of_host(call->core, ref.host) != call->region)
		return note_set(&call->note, OUT_MALFORMED,
				"The image's host is not the registry that was "
				"asked.");
	*ret = (struct image_ref){
	    .at = {.region = str_c(call->region->name), .name = ref.name},
	    .tag = ref.digest.n > 0 ? STR_NONE : ref.tag,
	    .digest = ref.digest,
	    .ref = ref.digest.n > 0 ? ref.digest : ref.tag,
	};
	return 0;
}

int
ref_write(struct buf *b, const struct call *call, struct str repo,
	  struct str tag, struct str digest)
{
	buf_addstr(b, cr_host(call));
	buf_addc(b, '/');
	buf_addstr(b, repo);
	if (tag.n > 0) {
		buf_addc(b, ':');
		buf_addstr(b, tag);
	} else if (digest.n > 0) {
		buf_addc(b, '@');
		buf_addstr(b, digest);
	}
	return buf_err(b);
}

struct thing
ref_thing(const struct image_ref *ref)
{
	return (struct thing){
	    .kind = THING_REPO, .region = ref->at.region, .name = ref->at.name};
}

/* The header names an account by its id, or by its slug as people do. What is
 * not there is left to the gate, which refuses it like a stranger's. */
int
cr_aim_account(struct call *call)
{
	struct account account;
	size_t count = 0;
	struct str name = http_field_get(call->req, "account", &count);
	int r;

	call->thing.kind = THING_ACCOUNT;
	if (name.n == 0)
		return 0;
	if (count > 1)
		return note_set(&call->note, OUT_MALFORMED,
				"The header Account is there more than once.");
	call->thing.account = name;
	r = account_get(call->core, name, call->arena, &account);
	if (r == 0)
		call->thing.account = account.id;
	return r < 0 ? r : 0;
}

/* A namespace that is to be made, so that a refusal names it. */
int
cr_aim_namespace(struct call *call)
{
	int r = cr_aim_account(call);

	call->thing.kind = THING_NAMESPACE;
	call->thing.name = call->params[0];
	return r;
}

static int
aim_ref(struct call *call, struct str text)
{
	struct image_ref *ref = arena_get(call->arena, sizeof(*ref));
	int r;

	if (ref == NULL)
		return FAIL(-ENOMEM);
	r = cr_aim_account(call);
	if (r == 0)
		r = ref_read(call, text, ref);
	if (r != 0)
		return r;
	call->own = ref;
	call->thing.kind = THING_REPO;
	call->thing.name = ref->at.name;
	return 0;
}

int
cr_aim_image(struct call *call)
{
	return aim_ref(call, call->params[0]);
}

int
cr_aim_target(struct call *call)
{
	struct str text = STR_NONE;
	int r = call_once(call, "toimage", &text);

	if (r == 0 && text.n == 0)
		return note_set(&call->note, OUT_MALFORMED,
				"'toimage' is missing.");
	return r != 0 ? r : aim_ref(call, text);
}
