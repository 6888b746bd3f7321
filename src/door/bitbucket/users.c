#include "door/bitbucket/inner.h"

int
bb_user_self(struct call *call, struct http_reply *reply)
{
	struct jw w = JW(&reply->body);
	char uuid[BB_UUID_LEN + 1];
	struct user user;
	int r = user_get(call->core, str_c(call->visit.who.identity),
			 call->arena, &user);

	if (r != 0)
		return r;
	bb_uuid_of_identity(user.id, uuid);
	jw_object(&w, NULL);
	jw_c(&w, "type", "user");
	jw_str(&w, "username", user.email.n > 0 ? user.email : user.name);
	jw_str(&w, "display_name", user.name);
	jw_str(&w, "nickname", user.name);
	jw_c(&w, "uuid", uuid);
	jw_str(&w, "account_id", user.id);
	jw_c(&w, "account_status", "active");
	bb_when_put(&w, "created_on", user.created_at);
	bb_links_open(call, &w, "/2.0/user");
	bb_link(call, &w, "ssh_keys", "/2.0/users/%%7B%.*s%%7D/ssh-keys",
		STR_ARG(str_sub(str_c(uuid), 1, BB_UUID_LEN - 2)));
	jw_end(&w);
	jw_end(&w);
	return bb_json(reply, 200);
}

/* Whoever is in the same account, as they stand beside what they made. */
int
bb_user_show(struct call *call, struct http_reply *reply)
{
	struct jw w = JW(&reply->body);
	struct user user;
	int r = user_get(call->core, call->thing.name, call->arena, &user);

	if (r == 0)
		bb_show_user(call, &w, NULL, user.id);
	return r != 0 ? r : bb_json(reply, 200);
}

int
bb_site_ssh(struct call *call, struct http_reply *reply)
{
	const struct bitbucket_host *host = bb_host(call);
	int r = host->known_hosts == NULL
		    ? OUT_ABSENT
		    : host->known_hosts(host->arg, &reply->body);

	if (r == OUT_ABSENT)
		return note_set(&call->note, r,
				"This server does not speak SSH.");
	if (r == 0)
		r = buf_err(&reply->body);
	if (r != 0)
		return r;
	reply->status = 200;
	http_head(reply, "Content-Type", STR("text/plain; charset=utf-8"));
	return 0;
}
