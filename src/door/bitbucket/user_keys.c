#include "base/clock.h"
#include "core/audit.h"
#include "door/bitbucket/inner.h"

static void
last_use_put(struct call *call, struct jw *w, const struct user_key *k)
{
	struct last_use use = {0};

	if (audit_last_use(call->core, CRED_USER_KEY, k->id, call->arena,
			   &use) != 0)
		use.at = 0;
	bb_when_put(w, "last_used", use.at);
	if (use.at != 0)
		jw_str(w, "last_used_from", use.addr);
	else
		jw_null(w, "last_used_from");
}

static void
links_put(struct call *call, struct jw *w, const struct user_key *k)
{
	char uuid[BB_UUID_LEN + 1];

	bb_uuid_of_identity(k->identity, uuid);
	bb_links_open(call, w, "/2.0/users/%%7B%.*s%%7D/ssh-keys/%.*s",
		      STR_ARG(str_sub(str_c(uuid), 1, BB_UUID_LEN - 2)),
		      STR_ARG(k->id));
	jw_end(w);
}

static int
key_put(struct call *call, struct jw *w, const struct user_key *k)
{
	CLEAN(buf_clear) struct buf text = BUF_INIT;
	char sha[SSHKEY_SHA256_LEN + 1], md5[SSHKEY_MD5_LEN + 1];
	int r = sshkey_fingerprint(k->blob, sha);

	if (r == 0)
		r = sshkey_fingerprint_md5(k->blob, md5);
	if (r != 0)
		return FOLD(r);
	sshkey_text(k->type, k->blob, &text);
	jw_object(w, NULL);
	jw_c(w, "type", "ssh_key");
	jw_str(w, "uuid", arena_strf(call->arena, "{%.*s}", STR_ARG(k->id)));
	jw_str(w, "key", buf_str(&text));
	jw_str(w, "label", k->label);
	jw_str(w, "comment", k->comment);
	bb_when_put(w, "created_on", k->created_at);
	bb_when_put(w, "expires_on", k->expires_at);
	last_use_put(call, w, k);
	jw_c(w, "fingerprint", sha);
	jw_c(w, "fingerprint_sha256", sha);
	jw_c(w, "fingerprint_md5", md5);
	jw_str(w, "key_type", k->type);
	jw_int(w, "key_bits", k->bits);
	bb_show_user(call, w, "owner", k->identity);
	links_put(call, w, k);
	jw_end(w);
	return buf_err(&text);
}

static int
key_reply(struct call *call, const struct user_key *k, int status,
	  struct http_reply *reply)
{
	struct jw w = JW(&reply->body);
	int r = key_put(call, &w, k);

	return r != 0 ? r : bb_json(reply, status);
}

int
bb_user_keys(struct call *call, struct http_reply *reply)
{
	static const char *const sorts[] = {"created_on", NULL};
	struct jw w = JW(&reply->body);
	struct user_key *list = NULL;
	struct page page;
	size_t n = 0;
	int r = bb_page_read(call, true, sorts, &page);

	if (r == 0)
		r = user_key_list(call->core, call->thing.name, call->arena,
				  &list, &n);
	if (r != 0)
		return r;
	bb_page_open(&w, &page);
	for (size_t i = 0; r == 0 && i < n; i++)
		if (bb_page_take(&page) == PAGE_HERE)
			r = key_put(call, &w, &list[i]);
	return r != 0 ? r : bb_page_close(call, &w, &page, STR_NONE, reply);
}

/* What a key is called when nobody says: by its comment, or by its kind. */
static struct str
label_of(struct str given, const struct sshkey *key)
{
	if (given.p != NULL)
		return given;
	return key->comment[0] != '\0' ? str_c(key->comment)
				       : sshkey_type_name(key->type);
}

/* Bitbucket has the end in the query; ours may also be in the body. */
static int
end_read(struct call *call, int64_t *ret)
{
	struct str text = STR_NONE;
	struct when when;
	int r = bb_moment(call, "expires_on", &when);

	if (r == 0 && !when.given)
		r = call_once(call, "expires_on", &text);
	if (r == 0 && text.p != NULL &&
	    (bb_when_read(text, &when.ms) != 0 || when.ms <= clock_now()))
		r = bb_bad(call, "expires_on",
			   "'expires_on' must be a time to come.");
	if (r == 0)
		*ret = when.ms;
	return r;
}

static int
ask_read(struct call *call, struct user_key_ask *ask, struct sshkey *key)
{
	struct str text = STR_NONE, label = STR_NONE;
	int r = bb_body(call, true);

	if (r == 0)
		r = bb_text(call, call->json, "key", &text);
	if (r == 0)
		r = bb_text(call, call->json, "label", &label);
	if (r == 0)
		r = end_read(call, &ask->expires_at);
	if (r == 0)
		r = bb_key(call, text, key);
	if (r != 0)
		return r;
	ask->identity = call->thing.name;
	ask->key = key;
	ask->label = label_of(label, key);
	ask->comment = str_c(key->comment);
	return 0;
}

int
bb_user_key_add(struct call *call, struct http_reply *reply)
{
	struct user_key_ask ask = {0};
	struct user_key made;
	struct sshkey key;
	int r = ask_read(call, &ask, &key);

	if (r == 0)
		r = user_key_add(&call->visit, &ask, call->arena, &made,
				 &call->note);
	if (r == OUT_CONFLICT)
		return bb_blame(call, r, "key", "key_in_use", NULL);
	if (r == OUT_TOO_MANY)
		return note_set(&call->note, r,
				"A user has %d SSH keys at most.",
				USER_KEYS_MAX);
	return r != 0 ? r : key_reply(call, &made, 201, reply);
}

/* One of this user's; anybody else's is not there. */
static int
key_find(struct call *call, struct user_key *ret)
{
	struct str id = call->params[1];
	struct user_key key;
	int r;

	if (id.n > 2 && id.p[0] == '{' && id.p[id.n - 1] == '}')
		id = str_sub(id, 1, id.n - 2);
	r = user_key_get(call->core, id, call->arena, &key);
	if (r == 0 && !str_eq(key.identity, call->thing.name))
		r = OUT_ABSENT;
	if (r == OUT_ABSENT)
		return note_set(&call->note, r, "The user has no such key.");
	if (r == 0)
		*ret = key;
	return r;
}

int
bb_user_key_show(struct call *call, struct http_reply *reply)
{
	struct user_key key;
	int r = key_find(call, &key);

	return r != 0 ? r : key_reply(call, &key, 200, reply);
}

int
bb_user_key_update(struct call *call, struct http_reply *reply)
{
	struct str label = STR_NONE, comment = STR_NONE;
	struct user_key key;
	int r = bb_body(call, false);

	if (r == 0)
		r = key_find(call, &key);
	if (r == 0)
		r = bb_text(call, call->json, "label", &label);
	if (r == 0)
		r = bb_text(call, call->json, "comment", &comment);
	if (r == 0 && (label.p != NULL || comment.p != NULL))
		r = user_key_update(&call->visit, key.id, label, comment,
				    &call->note);
	return r != 0 ? r : bb_user_key_show(call, reply);
}

int
bb_user_key_drop(struct call *call, struct http_reply *reply)
{
	struct user_key key;
	int r = key_find(call, &key);

	if (r == 0)
		r = user_key_remove(&call->visit, key.id);
	return r != 0 ? r : bb_done(reply);
}
