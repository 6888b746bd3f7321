/* Access keys come, change, are replaced and go. */
#include "door/bitbucket/inner.h"
#include "door/bitbucket/keys.h"

static void
place_set(const struct call *call, struct access_key_ask *ask)
{
	if (call->thing.kind == THING_GITREPO)
		ask->repo = str_c(call->visit.object);
	else
		ask->project = str_c(call->visit.object);
}

/* Does it stand here already, or is it somebody's? Whose is not said. */
static int
conflict(struct call *call, const struct access_key_ask *ask)
{
	struct access_key_filter filter = {
	    .account = str_c(call->visit.account),
	    .repo = ask->repo,
	    .project = ask->project,
	    .digest = {(const char *)ask->key->digest, SHA256_LEN},
	    .limit = 1,
	};
	struct access_key *list = NULL;
	size_t n = 0;
	int r = access_key_list(call->core, &filter, call->arena, &list, &n);

	if (r != 0)
		return r;
	if (n > 0)
		return bb_blame(call, OUT_CONFLICT, "key", "key_is_here",
				"This key is an access key here already.");
	return bb_blame(call, OUT_CONFLICT, "key", "key_in_use", NULL);
}

static int
told(struct call *call, const struct access_key_ask *ask, int r)
{
	if (r == OUT_CONFLICT)
		return conflict(call, ask);
	if (r == OUT_TOO_MANY)
		return note_set(&call->note, r,
				"There are %d access keys here, which is the "
				"limit.",
				ACCESS_KEYS_MAX);
	return r;
}

/* In the words of the core, with the member that is to blame. */
static int
label_check(struct call *call, struct str label)
{
	struct str trimmed;
	int r;

	if (label.p == NULL)
		return bb_bad(call, "label", "'label' is missing.");
	r = key_label(label, &trimmed, &call->note);
	return r == OUT_MALFORMED ? bb_blame(call, r, "label", NULL, NULL) : r;
}

static int
add(struct call *call, const struct access_key_ask *ask,
    struct http_reply *reply)
{
	struct access_key made;
	int r =
	    access_key_add(&call->visit, ask, call->arena, &made, &call->note);

	return r != 0 ? told(call, ask, r) : bb_key_reply(call, &made, reply);
}

int
bb_key_add(struct call *call, struct http_reply *reply)
{
	CLEAN(buf_clear) struct buf cidrs = BUF_INIT;
	struct access_key_ask ask = {0};
	struct str text = STR_NONE;
	struct sshkey key;
	struct when end;
	bool given;
	int r = bb_body(call, true);

	place_set(call, &ask);
	if (r == 0)
		r = bb_text(call, call->json, "key", &text);
	if (r == 0)
		r = bb_text(call, call->json, "label", &ask.label);
	if (r == 0)
		r = label_check(call, ask.label);
	if (r == 0)
		r = bb_moment(call, "expires_on", &end);
	if (r == 0)
		r = bb_cidrs(call, "allowed_cidrs", &cidrs, &given);
	if (r == 0)
		r = bb_key(call, text, &key);
	if (r != 0)
		return r;
	ask.key = &key;
	ask.cidrs = buf_str(&cidrs);
	ask.expires_at = end.ms;
	return add(call, &ask, reply);
}

/* The same material may be said again, with another comment. */
static int
same_key(struct call *call, const struct access_key *old, struct str text,
	 struct access_key_change *c)
{
	struct sshkey key;
	struct str comment;
	int r = bb_key(call, text, &key);

	if (r != 0)
		return r;
	if (!str_eq(old->blob,
		    (struct str){(const char *)key.blob, key.blob_len}))
		return bb_bad(call, "key",
			      "An access key stays the key that it is: remove "
			      "it and add another, or rotate it.");
	if (c->comment.p != NULL || key.comment[0] == '\0')
		return 0;
	comment = arena_str(call->arena, str_c(key.comment));
	c->comment = comment;
	return 0;
}

static int
change_read(struct call *call, const struct access_key *old,
	    struct access_key_change *c, struct when *end, struct buf *cidrs)
{
	struct str text = STR_NONE;
	bool given = false;
	int r = bb_text(call, call->json, "label", &c->label);

	if (r == 0 && c->label.p != NULL)
		r = label_check(call, c->label);
	if (r == 0)
		r = bb_text(call, call->json, "comment", &c->comment);
	if (r == 0)
		r = bb_text(call, call->json, "key", &text);
	if (r == 0 && text.p != NULL)
		r = same_key(call, old, text, c);
	if (r == 0)
		r = bb_moment(call, "expires_on", end);
	if (r == 0)
		r = bb_cidrs(call, "allowed_cidrs", cidrs, &given);
	c->cidrs = given ? buf_str(cidrs) : STR_NONE;
	c->expires_at = r == 0 && end->given ? &end->ms : NULL;
	return r;
}

int
bb_key_update(struct call *call, struct http_reply *reply)
{
	CLEAN(buf_clear) struct buf cidrs = BUF_INIT;
	struct access_key_change c = {0};
	struct access_key old;
	struct when end;
	int r = bb_body(call, false);

	if (r == 0)
		r = bb_key_find(call, &old);
	if (r == 0)
		r = change_read(call, &old, &c, &end, &cidrs);
	if (r == 0)
		r = access_key_update(&call->visit, old.id, &c, &call->note);
	return r != 0 ? r : bb_key_show(call, reply);
}

int
bb_key_drop(struct call *call, struct http_reply *reply)
{
	struct access_key key;
	int r = bb_key_find(call, &key);

	if (r == 0)
		r = access_key_remove(&call->visit, key.id);
	return r != 0 ? r : bb_done(reply);
}

/* Another key for the same place: label and addresses are handed on. */
int
bb_key_rotate(struct call *call, struct http_reply *reply)
{
	CLEAN(buf_clear) struct buf cidrs = BUF_INIT;
	struct access_key_ask ask = {0};
	struct str text = STR_NONE;
	struct when until, end;
	struct access_key old;
	struct sshkey key;
	bool given;
	int r = bb_body(call, true);

	place_set(call, &ask);
	if (r == 0)
		r = bb_key_find(call, &old);
	if (r == 0)
		r = bb_text(call, call->json, "key", &text);
	if (r == 0)
		r = bb_text(call, call->json, "label", &ask.label);
	if (r == 0 && ask.label.p == NULL)
		ask.label = old.label;
	if (r == 0)
		r = label_check(call, ask.label);
	if (r == 0)
		r = bb_moment(call, "until", &until);
	if (r == 0)
		r = bb_moment(call, "expires_on", &end);
	if (r == 0)
		r = bb_cidrs(call, "allowed_cidrs", &cidrs, &given);
	if (r == 0)
		r = bb_key(call, text, &key);
	if (r != 0)
		return r;
	ask.key = &key;
	ask.cidrs = given ? buf_str(&cidrs) : old.cidrs;
	ask.expires_at = end.ms;
	ask.replaces = old.id;
	ask.until = until.ms;
	return add(call, &ask, reply);
}
