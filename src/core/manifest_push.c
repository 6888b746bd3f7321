#include "core/manifest_inner.h"

#include "base/clock.h"
#include "core/hasher.h"
#include "core/quota.h"
#include "wire/ociref.h"
#include "json/json.h"

#include <errno.h>
#include <unistd.h>

/* Everything that the write needs, found out before it. */
struct push {
	const struct visit *by;
	const struct manifest_ask *ask;
	struct manifest_new new;
	char digest[DIGEST_TEXT_MAX];
	char principal[PRINCIPAL_MAX];
	struct str tags[MANIFEST_TAGS_MAX + 1];
	size_t n_tags;
	struct note *note;
};

/* --- before the write --- */

/* What goes by a tag alone has the digest that everybody can make. */
static int
check_ref(struct push *p)
{
	struct str ref = p->ask->ref;
	enum digest_kind kind;
	int r;

	if (ref.n == 0 || memchr(ref.p, ':', ref.n) == NULL) {
		hasher_text(DIGEST_SHA256, p->ask->body, p->digest);
		p->tags[p->n_tags++] = ref;
		return 0;
	}
	r = ociref_digest(ref, &kind);
	if (r != 0)
		return note_set(p->note, r, "not a digest that we know");
	hasher_text(kind, p->ask->body, p->digest);
	return str_eq(ref, str_c(p->digest)) ? 0 : OUT_MISMATCH;
}

static int
check_names(struct push *p)
{
	int r;

	if (p->ask->n_tags > MANIFEST_TAGS_MAX)
		return note_set(p->note, OUT_TOO_MANY,
				"at most %d tags in one push",
				MANIFEST_TAGS_MAX);
	r = check_ref(p);
	if (r != 0)
		return r;
	for (size_t i = 0; i < p->ask->n_tags; i++)
		p->tags[p->n_tags++] = p->ask->tags[i];
	for (size_t i = 0; i < p->n_tags; i++)
		if (!ociref_is_tag(p->tags[i]))
			return note_set(p->note, OUT_MALFORMED,
					"not of the form of a tag");
	return 0;
}

static void
closep(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
}

/* What lists show. A config that is not here is found missing in the write. */
static int
look_into_config(struct push *p)
{
	const struct manifest_read *read = p->new.read;
	CLEAN(closep) int fd = -1;
	uint64_t size;
	int r;

	if (!manifest_facts_known(read->config_type))
		return 0;
	r = image_blob_open(p->by->core, &p->ask->at, read->config, &fd, &size);
	if (r == OUT_ABSENT)
		return 0;
	return r != 0 ? r : manifest_facts_file(fd, size, &p->new.facts);
}

/* --- in the write --- */

static int
note_taken(struct push *p, struct str tag)
{
	struct str namespace = ociref_namespace(p->ask->at.name);

	return note_set(p->note, OUT_CONFLICT,
			"tag %.*s is there already, and the tags of namespace "
			"%.*s are immutable",
			STR_ARG(tag), STR_ARG(namespace));
}

static int
put_tags(struct db_at *at, struct push *p, struct jw *w)
{
	CLEAN(buf_clear) struct buf old = BUF_INIT;
	int r = 0;

	jw_array(w, "tags");
	for (size_t i = 0; r == 0 && i < p->n_tags; i++) {
		buf_reset(&old);
		r = tag_move(at, p->new.repo, p->tags[i], p->new.id, p->new.now,
			     &old);
		if (r == OUT_CONFLICT)
			return note_taken(p, p->tags[i]);
		jw_object(w, NULL);
		jw_str(w, "name", p->tags[i]);
		if (old.n > 0)
			jw_str(w, "old", buf_str(&old));
		jw_end(w);
	}
	jw_end(w);
	return r;
}

static int
push_write(struct db_at *at, void *arg)
{
	CLEAN(buf_clear) struct buf detail = BUF_INIT;
	struct jw w = JW(&detail);
	struct push *p = arg;
	int r = repo_make(at, p->by, &p->ask->at, &p->new.repo);

	if (r == 0)
		r = manifest_insert(at, &p->new);
	if (r != 0)
		return r;
	jw_object(&w, NULL);
	jw_str(&w, "digest", str_c(p->digest));
	r = put_tags(at, p, &w);
	jw_end(&w);
	return r != 0 ? r : repo_trail(at, p->by, &p->ask->at, &detail);
}

static int
answer(const struct push *p, struct arena *a, struct manifest_put *ret)
{
	struct manifest_put put = {
	    .digest = arena_str(a, str_c(p->digest)),
	    .subject = arena_str(a, p->new.read->subject),
	};

	if (put.digest.p == NULL || put.subject.p == NULL)
		return FAIL(-ENOMEM);
	*ret = put;
	return 0;
}

int
manifest_push(const struct visit *by, const struct manifest_ask *ask,
	      struct arena *a, struct manifest_put *ret, struct note *note)
{
	CLEAN(manifest_read_clear) struct manifest_read m = {0};
	int64_t now = clock_now();
	struct push p = {.by = by,
			 .ask = ask,
			 .note = note,
			 .new = {.read = &m,
				 .body = ask->body,
				 .account = str_c(by->account),
				 .region = ask->at.region,
				 .pushed_at = now,
				 .now = now,
				 .note = note}};
	int r = quota_may_push(by->core, str_c(by->account), ask->at.region)
		    ? manifest_read(ask->body, ask->media_type, &m, note)
		    : OUT_QUOTA;

	repo_principal(&by->who, p.principal);
	if (r == 0)
		r = check_names(&p);
	if (r == 0)
		r = look_into_config(&p);
	p.new.digest = str_c(p.digest);
	p.new.pushed_by = str_c(p.principal);
	if (r == 0)
		r = gate_write(by, push_write, &p);
	if (r == OUT_MISSING_PART) {
		ret->missing = arena_str(a, p.new.missing);
		return ret->missing.p == NULL ? FAIL(-ENOMEM) : r;
	}
	return r != 0 ? r : answer(&p, a, ret);
}
