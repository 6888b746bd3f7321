#include "core/find_cred.h"
#include "door/api/inner.h"

struct revoke_body {
	struct str what;
	struct body_flag dry_run;
};

#define AT(member) offsetof(struct revoke_body, member)
const struct field revoke_post_fields[] = {
    {"what", JSON_STR, true, AT(what)},
    {"dry_run", JSON_BOOL, false, AT(dry_run)},
};

void
found_write(struct jw *w, const struct found_cred *f)
{
	jw_c(w, "kind", found_kind_name(f->kind));
	jw_str(w, "id", f->id);
	jw_str(w, "account", f->account);
	if (f->identity.n > 0)
		jw_str(w, "identity", f->identity);
	jw_str(w, "name", f->name);
	jw_str(w, "place", f->place);
	jw_bool(w, "live", f->live);
	if (f->expires_at != 0)
		time_write(w, "expires_at", f->expires_at);
}

/* What became of one of them. A failure of the machine ends the whole call:
 * what was ended before it is in the trail. */
static int
end_one(struct call *call, const struct found_cred *f, bool dry, struct jw *w)
{
	struct note why = {""};
	int r = dry ? 0 : end_cred(&call->visit, f, &why);

	if (r < 0 || r == OUT_UNPROVEN || r == OUT_BUSY)
		return r;
	jw_object(w, NULL);
	found_write(w, f);
	if (r == 0)
		jw_c(w, "result", dry ? "found" : "ended");
	else
		jw_c(w, "result", own_words[r].code);
	if (why.text[0] != '\0')
		jw_c(w, "why", why.text);
	jw_end(w);
	return 0;
}

static int
end_all(struct call *call, const struct found_cred *list, size_t n, bool dry,
	struct jw *w)
{
	bool any = false;
	int r = 0;

	for (size_t i = 0; r == 0 && i < n; i++) {
		if (!found_may(call->core, &call->visit.who, &list[i]))
			continue;
		any = true;
		r = end_one(call, &list[i], dry, w);
	}
	return r == 0 && !any ? OUT_ABSENT : r;
}

static int
nothing(struct call *call, int r)
{
	return r == OUT_ABSENT && call->note.text[0] == '\0'
		   ? note_set(&call->note, r,
			      "nothing here that you may know of is meant by "
			      "that")
		   : r;
}

int
revoke_post(struct call *call, struct http_reply *reply)
{
	struct revoke_body body = {.what = STR_NONE};
	struct found_cred *list = NULL;
	struct jw w = JW(&reply->body);
	size_t n = 0;
	int r = body_read(call, revoke_post_fields, nitems(revoke_post_fields),
			  &body);

	if (r == 0)
		r = find_cred(call->core, body.what, call->arena, &list, &n,
			      &call->note);
	if (r != 0)
		return nothing(call, r);
	jw_object(&w, NULL);
	jw_array(&w, "ended");
	r = end_all(call, list, n, body.dry_run.is, &w);
	if (r != 0) {
		buf_reset(&reply->body);
		call->note.text[0] = '\0';
		return nothing(call, r);
	}
	jw_end(&w);
	if (call->note.text[0] != '\0')
		jw_c(&w, "note", call->note.text);
	jw_end(&w);
	return json_done(call, reply, 200);
}
