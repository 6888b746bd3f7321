/* Access keys, which Bitbucket calls deploy keys, on repositories and projects:
 * what is there. */
#include "door/bitbucket/keys.h"
#include "core/audit.h"
#include "door/bitbucket/inner.h"

#include <errno.h>

static void
last_use_put(struct call *call, struct jw *w, const struct access_key *k)
{
	struct last_use use = {0};
	struct str kind, place;
	char id[24];

	(void)snprintf(id, sizeof(id), "%lld", (long long)k->id);
	if (audit_last_use(call->core, CRED_ACCESS_KEY, str_c(id), call->arena,
			   &use) != 0 ||
	    use.at == 0) {
		jw_null(w, "last_used");
		jw_null(w, "last_used_from");
		jw_null(w, "last_used_on");
		return;
	}
	if (!str_cut(use.thing, ':', &kind, &place))
		place = use.thing;
	bb_when_put(w, "last_used", use.at);
	jw_str(w, "last_used_from", use.addr);
	jw_str(w, "last_used_on", place);
}

static void
cidrs_put(struct jw *w, struct str list)
{
	struct str rest = list, one;

	jw_array(w, "allowed_cidrs");
	while (list.n > 0 && str_next(&rest, ' ', &one))
		jw_str(w, NULL, one);
	jw_end(w);
}

/* Where it stands, as Bitbucket shows it inside of a key. */
static void
place_put(struct call *call, struct jw *w, const struct access_key *k)
{
	struct gitrepo repo;
	struct project project;

	if (k->repo.n > 0 &&
	    gitrepo_by_id(call->core, k->repo, call->arena, &repo) == 0)
		bb_show_repo_inside(call, w, "repository", &repo);
	if (k->project.n > 0 && project_get(call->core, k->account, k->project,
					    call->arena, &project) == 0)
		bb_show_project(call, w, "project", &project, NULL);
}

static void
links_put(struct call *call, struct jw *w, const struct access_key *k)
{
	struct str account = k->place, slug = STR_NONE;
	char uuid[BB_UUID_LEN + 1];

	(void)str_cut(k->place, '/', &account, &slug);
	/* The name of what was removed may be another's. */
	if (k->removed_at != 0) {
		bb_uuid(k->repo, uuid);
		slug = arena_strf(call->arena, "%%7B%.*s%%7D", BB_UUID_LEN - 2,
				  uuid + 1);
	}
	if (k->repo.n > 0)
		bb_links_open(call, w,
			      "/2.0/repositories/%.*s/%.*s/deploy-keys"
			      "/%lld",
			      STR_ARG(account), STR_ARG(slug),
			      (long long)k->id);
	else
		bb_links_open(call, w,
			      "/2.0/workspaces/%.*s/projects/%.*s"
			      "/deploy-keys/%lld",
			      STR_ARG(account), STR_ARG(slug),
			      (long long)k->id);
	jw_end(w);
}

static int
material_put(struct jw *w, const struct access_key *k)
{
	CLEAN(buf_clear) struct buf text = BUF_INIT;
	char sha[SSHKEY_SHA256_LEN + 1], md5[SSHKEY_MD5_LEN + 1];
	int r = sshkey_fingerprint(k->blob, sha);

	if (r == 0)
		r = sshkey_fingerprint_md5(k->blob, md5);
	if (r != 0)
		return FOLD(r);
	sshkey_text(k->type, k->blob, &text);
	jw_str(w, "key", buf_str(&text));
	jw_str(w, "key_type", k->type);
	jw_int(w, "key_bits", k->bits);
	jw_c(w, "fingerprint_sha256", sha);
	jw_c(w, "fingerprint_md5", md5);
	return buf_err(&text);
}

int
bb_key_put(struct call *call, struct jw *w, const struct access_key *k)
{
	int r;

	jw_object(w, NULL);
	jw_c(w, "type", k->repo.n > 0 ? "deploy_key" : "project_deploy_key");
	jw_int(w, "id", k->id);
	r = material_put(w, k);
	if (r != 0)
		return r;
	jw_str(w, "label", k->label);
	jw_str(w, "comment", k->comment);
	bb_when_put(w, "created_on", k->created_at);
	bb_when_put(w, "added_on", k->created_at);
	bb_when_put(w, "expires_on", k->expires_at);
	last_use_put(call, w, k);
	cidrs_put(w, k->cidrs);
	if (k->replaces != 0)
		jw_int(w, "replaces", k->replaces);
	else
		jw_null(w, "replaces");
	place_put(call, w, k);
	bb_show_user(call, w, "owner", k->created_by);
	bb_show_user(call, w, "created_by", k->created_by);
	links_put(call, w, k);
	jw_end(w);
	return 0;
}

int
bb_key_reply(struct call *call, const struct access_key *k,
	     struct http_reply *reply)
{
	struct jw w = JW(&reply->body);
	int r = bb_key_put(call, &w, k);

	return r != 0 ? r : bb_json(reply, 200);
}

struct walk {
	struct call *call;
	struct jw *w;
	struct page page;
	struct access_key_filter filter;
	int64_t last; /* shown */
};

static int
offer(struct walk *k, const struct access_key *key, bool *ret_end)
{
	enum page_spot spot = bb_page_take(&k->page);

	*ret_end = spot == PAGE_BEHIND && !k->page.counts;
	if (spot != PAGE_HERE)
		return 0;
	k->last = key->id;
	return bb_key_put(k->call, k->w, key);
}

static int
walk_run(struct walk *k, struct arena *scratch)
{
	size_t n = BB_BATCH;
	bool end = false;
	int r = 0;

	k->filter.limit = BB_BATCH;
	while (r == 0 && !end && n == BB_BATCH) {
		struct access_key *list = NULL;

		r = access_key_list(k->call->core, &k->filter, scratch, &list,
				    &n);
		for (size_t i = 0; r == 0 && !end && i < n; i++) {
			k->filter.after = list[i].id;
			r = offer(k, &list[i], &end);
		}
		arena_reset(scratch);
	}
	return r;
}

static int
list_write(struct call *call, struct walk *k, struct http_reply *reply)
{
	CLEAN(arena_clear) struct arena scratch;
	struct jw w = JW(&reply->body);
	char after[24];
	int r;

	arena_init(&scratch, FRAME_ARENA_MAX);
	k->call = call;
	k->w = &w;
	bb_page_open(&w, &k->page);
	r = walk_run(k, &scratch);
	(void)snprintf(after, sizeof(after), "%lld", (long long)k->last);
	return r != 0 ? r
		      : bb_page_close(call, &w, &k->page,
				      k->page.counts ? STR_NONE : str_c(after),
				      reply);
}

static const char *const sorts[] = {"created_on", "id", NULL};

int
bb_keys(struct call *call, struct http_reply *reply)
{
	struct walk k = {.filter = {.account = str_c(call->visit.account)}};
	int r = bb_page_read(call, true, sorts, &k.page);

	if (call->thing.kind == THING_GITREPO)
		k.filter.repo = str_c(call->visit.object);
	else
		k.filter.project = str_c(call->visit.object);
	return r != 0 ? r : list_write(call, &k, reply);
}

/* Over a whole account: where does this key stand? */
int
bb_keys_of_account(struct call *call, struct http_reply *reply)
{
	struct walk k = {.filter = {.account = str_c(call->visit.account)}};
	struct str print = STR_NONE;
	uint8_t digest[SHA256_LEN];
	uint64_t after = 0;
	int r = bb_page_read(call, false, sorts, &k.page);

	if (r == 0)
		r = call_once(call, "fingerprint", &print);
	if (r == 0 && print.p != NULL &&
	    sshkey_fingerprint_parse(print, digest) != 0)
		return bb_bad(call, "fingerprint",
			      "'fingerprint' is SHA256: and 43 characters, as "
			      "ssh-keygen -l prints it.");
	if (r == 0 && k.page.after.n > 0 &&
	    str_u64(k.page.after, INT64_MAX, &after) != 0)
		return bb_bad(call, "after",
			      "'after' is what the link to a next page says.");
	if (r != 0)
		return r;
	if (print.p != NULL)
		k.filter.digest = (struct str){(char *)digest, sizeof(digest)};
	k.filter.after = (int64_t)after;
	return list_write(call, &k, reply);
}

int
bb_key_find(struct call *call, struct access_key *ret)
{
	bool repo = call->thing.kind == THING_GITREPO;
	struct access_key key;
	uint64_t id = 0;
	int r = str_u64(call->params[2], INT64_MAX, &id);

	r = r != 0 ? OUT_ABSENT
		   : access_key_get(call->core, (int64_t)id, call->arena, &key);
	if (r == 0 &&
	    !str_eq(repo ? key.repo : key.project, str_c(call->visit.object)))
		r = OUT_ABSENT; /* somebody else's number */
	if (r == OUT_ABSENT)
		return note_set(&call->note, r,
				"There is no access key of this id here.");
	if (r == 0)
		*ret = key;
	return r;
}

int
bb_key_show(struct call *call, struct http_reply *reply)
{
	struct access_key key;
	int r = bb_key_find(call, &key);

	return r != 0 ? r : bb_key_reply(call, &key, reply);
}
