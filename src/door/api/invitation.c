/* Taking up an invitation: the code is the credential. */
#include "core/invite.h"
#include "door/api/inner.h"

#define AT(member) offsetof(struct accept_ask, member)
const struct field invitation_accept_fields[] = {
    {"code", JSON_STR, true, AT(code)},
    {"name", JSON_STR, false, AT(name)},
    {"password", JSON_STR, true, AT(password)},
};
#undef AT

int
invitation_accept(struct call *call, struct http_reply *reply)
{
	struct accept_ask ask = {.addr = call->addr};
	struct jw w = JW(&reply->body);
	struct accepted got;
	int r = body_read(call, invitation_accept_fields,
			  nitems(invitation_accept_fields), &ask);

	if (r == 0)
		r = invite_accept(call->core, &ask, call->arena, &got,
				  &call->wait_s, &call->note);
	if (r == OUT_UNPROVEN && call->note.text[0] == '\0')
		return note_set(&call->note, r,
				"no such invitation, or it has ended");
	if (r != 0)
		return r;
	jw_object(&w, NULL);
	jw_str(&w, "id", got.user.id);
	jw_str(&w, "email", got.user.email);
	jw_str(&w, "name", got.user.name);
	jw_c(&w, "account", got.account);
	jw_str(&w, "home", got.user.account);
	jw_end(&w);
	return json_done(call, reply, 200);
}
