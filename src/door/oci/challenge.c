#include "door/oci/inner.h"

static const char *
actions_of(enum verb verb)
{
	switch (verb) {
	case VERB_IMAGE_PULL:
		return "pull";
	case VERB_IMAGE_PUSH:
		return "pull,push";
	case VERB_IMAGE_DELETE:
		return "delete";
	default:
		return NULL;
	}
}

/* Names were checked against a grammar without quotes before they come here. */
static void
put_scope(const struct call *call, struct buf *b)
{
	const struct oci *o = oci_of(call);
	const char *actions = NULL;

	if (o->catalog)
		buf_adds(b, ",scope=\"registry:catalog:*\"");
	if (call->route != NULL)
		actions = actions_of(call->route->verb);
	if (actions == NULL || o->at.name.n == 0)
		return;
	buf_addf(b, ",scope=\"repository:%.*s:%s", STR_ARG(o->at.name),
		 actions);
	if (o->from.n > 0)
		buf_addf(b, " repository:%.*s:pull", STR_ARG(o->from));
	buf_addc(b, '"');
}

void
oci_challenge(const struct call *call, const char *error, struct buf *b)
{
	enum noun noun = oci_of(call)->noun;

	if (noun == NOUN_LOGIN || noun == NOUN_GRANT) {
		buf_adds(b, "Basic realm=\"" OCI_SERVICE "\"");
		return;
	}
	buf_addf(b, "Bearer realm=\"%.*s/oauth/token\",service=\"%s\"",
		 STR_ARG(call->base), OCI_SERVICE);
	put_scope(call, b);
	if (error != NULL)
		buf_addf(b, ",error=\"%s\"", error);
}
