#include "core/keypair.h"
#include "door/api/inner.h"

#include <stdio.h>

int
pubkey_write(struct jw *w, struct str type, struct str blob, struct str comment,
	     bool md5)
{
	CLEAN(buf_clear) struct buf line = BUF_INIT;
	char sha256[SSHKEY_SHA256_LEN + 1], old[SSHKEY_MD5_LEN + 1];
	int r = sshkey_fingerprint(blob, sha256);

	if (r == 0 && md5)
		r = sshkey_fingerprint_md5(blob, old);
	sshkey_text(type, blob, &line);
	if (comment.n > 0)
		(void)buf_addf(&line, " %.*s", STR_ARG(comment));
	if (r == 0)
		r = buf_err(&line);
	if (r != 0)
		return FOLD(r);
	jw_str(w, "public_key", buf_str(&line));
	jw_c(w, "fingerprint_sha256", sha256);
	if (md5)
		jw_c(w, "fingerprint_md5", old);
	return 0;
}

static void
who_find(struct who *who, struct str id)
{
	struct user user;

	if (who->id.n > 0 && str_eq(who->id, id))
		return;
	who->id = id;
	who->name = STR_NONE;
	if (user_get(who->call->core, id, who->call->arena, &user) == 0)
		who->name = user.email.n > 0 ? user.email : user.name;
}

void
who_write(struct who *who, struct jw *w, const char *member, struct str id)
{
	char named[32];

	jw_str(w, member, id);
	who_find(who, id);
	if (who->name.n == 0)
		return;
	(void)snprintf(named, sizeof(named), "%s_name", member);
	jw_str(w, named, who->name);
}

static int
art_write(struct jw *w, const struct keypair *k)
{
	CLEAN(buf_clear) struct buf art = BUF_INIT;
	enum sshkey_type type;
	unsigned bits;
	int r = sshkey_blob(k->blob, &type, &bits);

	if (r == 0)
		r = sshkey_randomart(k->blob, sshkey_type_word(type), bits,
				     &art);
	if (r != 0)
		return FOLD(r);
	jw_str(w, "randomart", buf_str(&art));
	return 0;
}

int
keypair_write(struct who *who, struct jw *w, const struct keypair *k,
	      enum keypair_detail detail)
{
	int r;

	jw_object(w, NULL);
	jw_str(w, "id", k->id);
	jw_str(w, "name", k->name);
	jw_str(w, "project", k->place);
	jw_str(w, "origin", k->origin);
	jw_str(w, "state", k->state);
	jw_str(w, "type", k->type);
	jw_int(w, "bits", k->bits);
	r = pubkey_write(w, k->type, k->blob, k->comment, true);
	jw_str(w, "comment", k->comment);
	if (r == 0 && detail == KEYPAIR_FULL)
		r = art_write(w, k);
	jw_int(w, "servers", k->servers);
	who_write(who, w, "created_by", k->created_by);
	time_write(w, "created_at", k->created_at);
	return r;
}
