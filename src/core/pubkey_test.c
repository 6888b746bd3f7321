#include "core/git_world.h"

#include "core/git_inner.h"
#include "core/service_id.h"

#define TAKEN	"Someone has already registered that SSH key."
#define LINGERS "deleted keys may take up to 30 days to be removed"
#define DAY	INT64_C(86400000)

static struct account other;
static struct str other_key;
static unsigned number;

static struct sshkey
fresh(void)
{
	return key_of(++number);
}

static int
user_try(struct world *w, struct str as, struct str identity,
	 const struct sshkey *key, struct user_key *ret, struct note *note)
{
	struct visit by =
	    visit_of(w, as, VERB_USERKEY_CREATE,
		     (struct thing){.kind = THING_IDENTITY, .name = identity});
	struct user_key_ask ask = {
	    .identity = identity, .key = key, .label = STR("laptop")};

	return user_key_add(&by, &ask, &w->arena, ret, note);
}

static struct str
me(struct world *w)
{
	return str_c(w->owner.who.identity);
}

static int
access_try(struct world *w, struct str as, struct access_key_ask ask,
	   struct access_key *ret, struct note *note)
{
	struct visit by = on_account(w, as, VERB_ACCESSKEY_CREATE);

	if (ask.label.p == NULL)
		ask.label = STR("web-1");
	return access_key_add(&by, &ask, &w->arena, ret, note);
}

static struct access_key
access_make(struct world *w, const struct gitrepo *repo,
	    const struct sshkey *key)
{
	struct access_key made;

	must(access_try(w, w->key,
			(struct access_key_ask){.repo = repo->id, .key = key},
			&made, NULL),
	     "access_key_add");
	return made;
}

static size_t
stands(struct world *w, struct access_key_filter f, struct access_key **ret)
{
	size_t n = 0;

	must(access_key_list(w->core, &f, &w->arena, ret, &n), "list");
	return n;
}

static int64_t
in_use(struct world *w, const struct sshkey *key)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;

	must(db_view_begin(w->core->db, &view), "view");
	return db_one(view, SQL_pubkey_use, &rows, "b", digest_of(key)) == 0;
}

static void
test_labels(struct world *w)
{
	static const char *const bad[] = {
	    "", "  ", "a\nb", "a\x1b[2J", "\xff", "a\x7f", "\xe2\x80\xae x"};
	char longest[KEY_LABEL_MAX + 2];
	struct str label;

	(void)w;
	memset(longest, 'l', sizeof(longest));
	for (size_t i = 0; i < nitems(bad); i++) {
		struct note note = {""};

		is_int(key_label(str_c(bad[i]), &label, &note), OUT_MALFORMED,
		       "'%s'", bad[i]);
		ok(note.text[0] != '\0', "%s", note.text);
	}
	is_int(key_label(STR(" \tweb 1 "), &label, NULL), 0, "with blanks");
	is_str(label, STR("web 1"), "which go");
	is_int(key_label(STR("\xec\x84\x9c\xeb\xb2\x84"), &label, NULL), 0,
	       "Korean");
	is_int(key_label((struct str){longest, KEY_LABEL_MAX}, &label, NULL), 0,
	       "of %d bytes", KEY_LABEL_MAX);
	is_int(
	    key_label((struct str){longest, KEY_LABEL_MAX + 1}, &label, NULL),
	    OUT_MALFORMED, "of one more");
}

static void
test_user_key(struct world *w)
{
	struct sshkey key = fresh(), second = fresh();
	struct user_key made, got, *list;
	struct note note = {""};
	struct audit_row row;
	size_t n;

	must(user_try(w, w->key, me(w), &key, &made, NULL), "add");
	is_int(made.id.n, 36, "a uuid");
	is_str(made.identity, me(w), "whose");
	is_str(made.label, STR("laptop"), "label");
	is_str(made.comment, STR("deploy@web-1"), "the key's comment");
	is_str(made.type, STR("ssh-ed25519"), "type");
	is_int(made.bits, 256, "bits");
	is_str(made.blob, blob_of(&key), "blob");
	is_str(made.created_by, me(w), "by");
	is_int(made.expires_at, 0, "for good");
	row = trail_last(w, str_c(w->owner.account), "sshkey.create");
	is_str(row.thing, arena_strf(&w->arena, "ssh-key:%s", made.id.p),
	       "in the trail");
	ok(strstr(row.detail.p, "\"fingerprint\":\"SHA256:") != NULL, "%s",
	   row.detail.p);
	is_int(user_try(w, w->key, me(w), &key, &got, &note), OUT_CONFLICT,
	       "not twice");
	is_str(str_c(note.text), STR(TAKEN), "and said");
	is_int(user_try(w, other_key, other.owner, &key, &got, &note),
	       OUT_CONFLICT, "not by anybody else");
	is_str(str_c(note.text), STR(TAKEN), "without saying whose");
	clock_test_shift(5);
	must(user_try(w, w->key, me(w), &second, &got, NULL), "second");
	must(user_key_list(w->core, me(w), &w->arena, &list, &n), "list");
	is_int(n, 2, "two");
	is_str(list[0].id, made.id, "the older first");
	must(user_key_list(w->core, other.owner, &w->arena, &list, &n), "list");
	is_int(n, 0, "others have theirs");
	is_int(user_key_get(w->core, STR("x"), &w->arena, &got), OUT_ABSENT,
	       "no such key");
}

static struct visit
on_keys_of(struct world *w, struct str as, enum verb verb, struct str identity)
{
	return visit_of(
	    w, as, verb,
	    (struct thing){.kind = THING_IDENTITY, .name = identity});
}

static void
test_user_change(struct world *w)
{
	struct sshkey key = fresh();
	struct user someone = world_user(w, "change@example.org", ROLE_READER);
	struct api_key api;
	struct str as = world_key(w, someone.id, 0, &api);
	struct visit mine = on_keys_of(w, as, VERB_USERKEY_UPDATE, someone.id);
	struct visit theirs = on_keys_of(w, w->key, VERB_USERKEY_UPDATE, me(w));
	struct visit foreign =
	    on_keys_of(w, other_key, VERB_USERKEY_UPDATE, other.owner);
	struct user_key made, got;
	struct note note = {""};

	must(user_try(w, as, someone.id, &key, &made, NULL), "add");
	is_int(user_key_update(&mine, made.id, STR(" New "), STR_NONE, NULL), 0,
	       "a new label");
	must(user_key_get(w->core, made.id, &w->arena, &got), "get");
	is_str(got.label, STR("New"), "trimmed");
	is_str(got.comment, STR("deploy@web-1"), "the comment as it was");
	is_int(user_key_update(&mine, made.id, STR_NONE, STR("c"), NULL), 0,
	       "a new comment");
	is_int(user_key_update(&mine, made.id, STR_NONE, STR("a\nb"), &note),
	       OUT_MALFORMED, "of two lines");
	is_int(user_key_update(&mine, made.id, STR(""), STR_NONE, &note),
	       OUT_MALFORMED, "no label");
	is_int(user_key_update(&theirs, made.id, STR("x"), STR_NONE, NULL),
	       OUT_ABSENT, "not of whom the gate was asked about");
	is_int(user_key_update(&foreign, made.id, STR("x"), STR_NONE, NULL),
	       OUT_ABSENT, "not another tenant's");
	must(user_key_get(w->core, made.id, &w->arena, &got), "get");
	is_str(got.label, STR("New"), "label");
	is_str(got.comment, STR("c"), "comment");
	is_int(user_key_remove(&theirs, made.id), OUT_ABSENT,
	       "not removed for another");
	is_int(user_key_remove(&foreign, made.id), OUT_ABSENT,
	       "nor by another tenant");
	is_int(in_use(w, &key), 1, "still there");
	is_int(user_key_remove(&mine, made.id), 0, "removed");
	is_int(in_use(w, &key), 0, "and the key with it");
	is_int(user_key_remove(&mine, made.id), OUT_ABSENT, "only once");
	is_int(user_try(w, as, someone.id, &key, &made, NULL), 0,
	       "it can be added again");
}

/* A key opens what its holder may: nobody gives it who may less. */
static void
test_user_rise(struct world *w)
{
	struct user admin =
	    world_user(w, "admin@example.org", ROLE_ADMINISTRATOR);
	struct user all =
	    world_user(w, "all@example.org", ROLE_ADMINISTRATOR | ROLE_MANAGER);
	struct user plain = world_user(w, "plain@example.org", ROLE_READER);
	struct api_key api;
	struct str as_admin = world_key(w, admin.id, 0, &api);
	struct str as_all = world_key(w, all.id, 0, &api);
	struct sshkey key = fresh();
	struct user_key got;
	struct note note = {""};

	is_int(user_try(w, as_admin, plain.id, &key, &got, &note), OUT_DENIED,
	       "not by an administrator who may not do everything");
	ok(note.text[0] != '\0', "%s", note.text);
	is_int(user_try(w, as_all, me(w), &key, &got, NULL), OUT_DENIED,
	       "nor for the owner");
	is_int(in_use(w, &key), 0, "nothing was kept");
	is_int(user_try(w, as_admin, admin.id, &key, &got, NULL), 0,
	       "for oneself");
	key = fresh();
	is_int(user_try(w, as_all, plain.id, &key, &got, NULL), 0,
	       "by who may do everything");
	is_str(got.created_by, all.id, "which is kept");
	key = fresh();
	struct visit by = on_account(w, w->key, VERB_USERKEY_CREATE);
	struct user_key_ask ask = {
	    .identity = other.owner, .key = &key, .label = STR("l")};
	is_int(user_key_add(&by, &ask, &w->arena, &got, NULL), OUT_ABSENT,
	       "somebody of another account");
	ask.identity = STR("IBMid-NOBODY");
	is_int(user_key_add(&by, &ask, &w->arena, &got, NULL), OUT_ABSENT,
	       "nobody");
}

/* They are for people; a machine stands on what it is to read. */
static void
test_user_service_id(struct world *w)
{
	struct service_id_ask ask = {.name = STR("robot")};
	struct visit by = on_account(w, w->key, VERB_SERVICEID_CREATE);
	struct service_id robot;
	struct thing itself = {.kind = THING_IDENTITY};
	struct api_key api;
	struct sshkey key = fresh();
	struct user_key made;
	struct note note = {""};
	struct str as;

	must(service_id_create(&by, &ask, &w->arena, &robot, NULL, NULL, NULL),
	     "service ID");
	is_int(user_try(w, w->key, robot.iam_id, &key, &made, &note),
	       OUT_MALFORMED, "a service ID has none of its own");
	ok(strstr(note.text, "only people") != NULL, "%s", note.text);
	is_int(in_use(w, &key), 0, "nothing was kept");
	itself.name = robot.iam_id;
	as = world_key(w, robot.iam_id, 0, &api);
	is_int(pass(w, basic("iamapikey", as), VERB_USERKEY_CREATE, itself),
	       OUT_DENIED, "nor does it make one for itself");
}

static void
test_user_limit(struct world *w)
{
	struct user many = world_user(w, "many@example.org", ROLE_READER);
	struct api_key api;
	struct str as = world_key(w, many.id, 0, &api);
	struct visit by = on_keys_of(w, as, VERB_USERKEY_CREATE, many.id);
	struct user_key_ask ask = {.identity = many.id, .label = STR("l")};
	struct sshkey key;
	struct user_key got = {0};
	int r = 0;

	ask.key = &key;
	for (int i = 0; i < USER_KEYS_MAX && r == 0; i++) {
		key = fresh();
		r = user_key_add(&by, &ask, &w->arena, &got, NULL);
	}
	is_int(r, 0, "%d keys", USER_KEYS_MAX);
	key = fresh();
	is_int(user_key_add(&by, &ask, &w->arena, &got, NULL), OUT_TOO_MANY,
	       "one more");
	must(user_key_remove(&by, got.id), "remove");
	is_int(user_key_add(&by, &ask, &w->arena, &got, NULL), 0,
	       "in its place");
	must(user_key_remove(&by, got.id), "remove");
	ask.expires_at = clock_now() - 1;
	is_int(user_key_add(&by, &ask, &w->arena, &got, NULL), OUT_MALFORMED,
	       "one that has ended");
	ask.expires_at = clock_now() + DAY;
	is_int(user_key_add(&by, &ask, &w->arena, &got, NULL), 0,
	       "one that will");
	is_int(got.expires_at, ask.expires_at, "then");
}

static void
test_access_key(struct world *w)
{
	struct gitrepo one = repo_make(w, w->key, "One");
	struct gitrepo two = repo_make(w, w->key, "Two");
	struct gitrepo far = repo_make(w, other_key, "Far");
	struct project p = project_make(w, w->key, "Proj");
	struct sshkey key = fresh();
	struct access_key made = access_make(w, &one, &key), got, *list;
	struct access_key_ask ask = {.repo = one.id, .key = &key};
	struct note note = {""};
	struct audit_row row;

	is_str(made.account, one.account, "its account");
	is_str(made.repo, one.id, "its repository");
	is_str(made.project, STR(""), "no project");
	is_str(made.place, STR("Own/One"), "its place");
	is_str(made.label, STR("web-1"), "label");
	is_str(made.comment, STR("deploy@web-1"), "comment");
	is_str(made.type, STR("ssh-ed25519"), "type");
	is_str(made.created_by, me(w), "by");
	is_int(made.removed_at, 0, "on what is there");
	row = trail_last(w, one.account, "accesskey.create");
	is_str(row.thing, arena_strf(&w->arena, "access-key:%d", (int)made.id),
	       "in the trail");
	ok(strstr(row.detail.p, "\"place\":\"git:Own/One\"") != NULL, "%s",
	   row.detail.p);
	is_int(access_try(w, w->key, ask, &got, &note), OUT_CONFLICT,
	       "not twice on one place");
	is_str(str_c(note.text), STR(TAKEN), "and said");
	ask.repo = two.id;
	ask.label = STR("other label");
	is_int(access_try(w, w->key, ask, &got, NULL), 0,
	       "the same key on another");
	is_int(got.id, made.id + 1, "the next number");
	ask.repo = STR_NONE;
	ask.project = p.id;
	is_int(access_try(w, w->key, ask, &got, NULL), 0, "and on a project");
	is_str(got.place, STR("Own/Proj"), "which is named");
	is_str(got.repo, STR(""), "no repository");
	ask.project = STR_NONE;
	ask.repo = far.id;
	is_int(access_try(w, other_key, ask, &got, NULL), 0,
	       "and in another account");
	is_int(access_try(w, w->key, ask, &got, NULL), OUT_ABSENT,
	       "but not on a place of somebody else's");
	ask.repo = one.id;
	ask.project = p.id;
	is_int(access_try(w, w->key, ask, &got, &note), OUT_MALFORMED,
	       "on both");
	ask.repo = ask.project = STR_NONE;
	is_int(access_try(w, w->key, ask, &got, &note), OUT_MALFORMED,
	       "on none");
	is_int(stands(w,
		      (struct access_key_filter){.account = one.account,
						 .digest = digest_of(&key)},
		      &list),
	       3, "where does it stand in this account");
	is_int(stands(w,
		      (struct access_key_filter){.account = other.id,
						 .digest = digest_of(&key)},
		      &list),
	       1, "and in that");
	is_str(list[0].place, STR("Else/Far"), "there");
	is_int(stands(w, (struct access_key_filter){.repo = two.id}, &list), 1,
	       "on one repository");
	is_str(list[0].label, STR("other label"), "with a label of its own");
	is_int(stands(w, (struct access_key_filter){.project = p.id}, &list), 1,
	       "on the project");
	is_int(stands(w,
		      (struct access_key_filter){.account = other.id,
						 .repo = two.id},
		      &list),
	       0, "not in an account that it is not of");
	is_int(stands(w,
		      (struct access_key_filter){.account = one.account,
						 .repo = two.id,
						 .digest = digest_of(&key)},
		      &list),
	       1, "this key on this repository");
	is_int(stands(w,
		      (struct access_key_filter){
			  .account = one.account, .after = made.id, .limit = 1},
		      &list),
	       1, "a page");
	is_int(list[0].id, made.id + 1, "the next");
}

static void
test_clash(struct world *w)
{
	struct gitrepo repo = repo_make(w, w->key, "Clash");
	struct visit gone = on_account(w, w->key, VERB_GIT_DELETE);
	struct sshkey machine = fresh(), person = fresh();
	struct access_key stands_here = access_make(w, &repo, &machine), got;
	struct visit drop = on_account(w, w->key, VERB_ACCESSKEY_DELETE);
	struct access_key_ask ask = {.repo = repo.id, .key = &person};
	struct user_key mine;
	struct note note = {""};

	is_int(user_try(w, w->key, me(w), &machine, &mine, &note), OUT_CONFLICT,
	       "a machine's key is no person's");
	is_str(str_c(note.text), STR(TAKEN), "and said");
	is_int(user_try(w, other_key, other.owner, &machine, &mine, &note),
	       OUT_CONFLICT, "in no account");
	must(user_try(w, w->key, me(w), &person, &mine, NULL), "person");
	is_int(access_try(w, w->key, ask, &got, &note), OUT_CONFLICT,
	       "a person's key is no machine's");
	is_str(str_c(note.text), STR(TAKEN), "and said");
	must(gitrepo_remove(&gone, repo.id), "remove");
	is_int(user_try(w, w->key, me(w), &machine, &mine, &note), OUT_CONFLICT,
	       "not while its repository may come back");
	ok(strstr(note.text, LINGERS) != NULL, "%s", note.text);
	must(access_key_get(w->core, stands_here.id, &w->arena, &got), "get");
	ok(got.removed_at > 0, "it is seen to sleep");
	is_int(access_key_remove(&drop, got.id), 0, "and can be removed");
	is_int(user_try(w, w->key, me(w), &machine, &mine, NULL), 0,
	       "then it is free");
}

static int
orphan_write(struct db_at *at, void *arg)
{
	const struct sshkey *key = arg;

	return db_exec(at, SQL_pubkey_insert, NULL, "bssibi", digest_of(key),
		       STR("user"), STR("ssh-ed25519"), (int64_t)256,
		       blob_of(key), (int64_t)1);
}

static void
test_orphans(struct world *w)
{
	struct gitrepo repo = repo_make(w, w->key, "Orphan");
	struct sshkey first = fresh(), second = fresh();

	must(db_write(w->core->db, orphan_write, &first), "orphan");
	must(db_write(w->core->db, orphan_write, &second), "orphan");
	(void)access_make(w, &repo, &first);
	is_int(in_use(w, &first), 1,
	       "what nobody refers to is in nobody's way");
	is_int(in_use(w, &second), 1, "the other is there");
	must(core_tidy(w->core), "tidy");
	is_int(in_use(w, &first), 1, "tidying leaves what is in use");
	is_int(in_use(w, &second), 0, "and takes the rest");
}

static void
test_access_change(struct world *w)
{
	struct gitrepo repo = repo_make(w, w->key, "Change");
	struct gitrepo next = repo_make(w, w->key, "Next");
	struct sshkey key = fresh();
	struct access_key made = access_make(w, &repo, &key), got;
	struct visit by =
	    on_repo(w, w->key, VERB_ACCESSKEY_UPDATE, "Own/Change");
	struct visit wrong =
	    on_repo(w, w->key, VERB_ACCESSKEY_UPDATE, "Own/Next");
	struct visit project =
	    on_project(w, w->key, VERB_ACCESSKEY_UPDATE, "Own/default");
	struct visit foreign = on_account(w, other_key, VERB_ACCESSKEY_UPDATE);
	struct visit *const nobody[] = {&wrong, &project, &foreign};
	int64_t soon = clock_now() + DAY, never = 0, past = clock_now() - 1;
	struct access_key_change to = {.label = STR("new"),
				       .cidrs = STR("192.0.2.0/24"),
				       .expires_at = &soon};
	struct note note = {""};

	for (size_t i = 0; i < nitems(nobody); i++) {
		is_int(access_key_update(nobody[i], made.id, &to, NULL),
		       OUT_ABSENT, "not changed through another thing");
		is_int(access_key_remove(nobody[i], made.id), OUT_ABSENT,
		       "nor removed");
	}
	is_int(access_key_update(&by, made.id, &to, NULL), 0, "changed");
	must(access_key_get(w->core, made.id, &w->arena, &got), "get");
	is_str(got.label, STR("new"), "label");
	is_str(got.comment, made.comment, "the comment as it was");
	is_str(got.cidrs, STR("192.0.2.0/24"), "addresses");
	is_int(got.expires_at, soon, "end");
	to = (struct access_key_change){.comment = STR("")};
	must(access_key_update(&by, made.id, &to, NULL), "update");
	must(access_key_get(w->core, made.id, &w->arena, &got), "get");
	is_str(got.comment, STR(""), "no comment");
	is_int(got.expires_at, soon, "the end as it was");
	is_str(got.cidrs, STR("192.0.2.0/24"), "and the addresses");
	to = (struct access_key_change){.expires_at = &never, .cidrs = STR("")};
	must(access_key_update(&by, made.id, &to, NULL), "update");
	must(access_key_get(w->core, made.id, &w->arena, &got), "get");
	is_int(got.expires_at, 0, "no end");
	is_str(got.cidrs, STR(""), "from anywhere");
	to = (struct access_key_change){.expires_at = &past};
	is_int(access_key_update(&by, made.id, &to, &note), OUT_MALFORMED,
	       "an end in the past");
	to = (struct access_key_change){.label = STR("a\x1b")};
	is_int(access_key_update(&by, made.id, &to, &note), OUT_MALFORMED,
	       "a label that steers");
	to = (struct access_key_change){.cidrs = STR("a\nb")};
	is_int(access_key_update(&by, made.id, &to, &note), OUT_MALFORMED,
	       "addresses of two lines");
	is_int(access_key_update(&by, 999999, &to, &note), OUT_MALFORMED,
	       "before anything is looked for");
	to = (struct access_key_change){.label = STR("x")};
	is_int(access_key_update(&by, 999999, &to, &note), OUT_ABSENT,
	       "no such row");
	is_int(access_key_remove(&by, made.id), 0, "removed");
	is_int(in_use(w, &key), 0, "with its key");
	is_int(access_key_remove(&by, made.id), OUT_ABSENT, "only once");
	got = access_make(w, &next, &key);
	ok(got.id > made.id, "its number is never given again");
}

static void
test_access_bad(struct world *w)
{
	struct gitrepo repo = repo_make(w, w->key, "Bad");
	struct sshkey key = fresh();
	static char text[2048];
	struct access_key_ask base = {
	    .repo = repo.id, .key = &key, .label = STR("l")};
	struct access_key_ask asks[6];
	struct access_key got, *list;

	memset(text, 'x', sizeof(text));
	for (size_t i = 0; i < nitems(asks); i++)
		asks[i] = base;
	asks[0].label = STR(" ");
	asks[1].comment = (struct str){text, SSHKEY_COMMENT_MAX + 1};
	asks[2].cidrs = (struct str){text, sizeof(text)};
	asks[3].expires_at = clock_now() - 1;
	asks[4].until = clock_now() + DAY;
	asks[5].replaces = 1;
	asks[5].until = clock_now() - 1;
	for (size_t i = 0; i < nitems(asks); i++) {
		struct note note = {""};

		is_int(access_try(w, w->key, asks[i], &got, &note),
		       OUT_MALFORMED, "ask %zu", i);
		ok(note.text[0] != '\0', "%s", note.text);
	}
	is_int(in_use(w, &key), 0, "no key was kept");
	is_int(stands(w, (struct access_key_filter){.repo = repo.id}, &list), 0,
	       "and no row");
}

static int
rotate_try(struct world *w, const struct gitrepo *repo,
	   const struct sshkey *key, int64_t replaces, int64_t until,
	   struct access_key *ret)
{
	return access_try(w, w->key,
			  (struct access_key_ask){.repo = repo->id,
						  .key = key,
						  .replaces = replaces,
						  .until = until},
			  ret, NULL);
}

static void
test_rotation(struct world *w)
{
	struct gitrepo repo = repo_make(w, w->key, "Rotate");
	struct gitrepo away = repo_make(w, w->key, "Away");
	struct sshkey a = fresh(), b = fresh(), c = fresh(), d = fresh();
	struct access_key ka = access_make(w, &repo, &a), kb, kc, got;
	struct access_key there = access_make(w, &away, &a);
	int64_t until = clock_now() + DAY, sooner = clock_now() + 1000;
	struct visit by = on_account(w, w->key, VERB_ACCESSKEY_DELETE);
	struct audit_row row;

	is_int(rotate_try(w, &repo, &a, ka.id, 0, &kb), OUT_CONFLICT,
	       "not by itself");
	is_int(rotate_try(w, &repo, &b, there.id, until, &kb), OUT_ABSENT,
	       "not what stands elsewhere");
	is_int(rotate_try(w, &repo, &b, 999999, until, &kb), OUT_ABSENT,
	       "nor what is not");
	is_int(in_use(w, &b), 0, "nothing was kept");
	must(access_key_get(w->core, there.id, &w->arena, &got), "get");
	is_int(got.expires_at, 0, "and nothing ends");
	is_int(rotate_try(w, &repo, &b, ka.id, until, &kb), 0, "rotated");
	is_int(kb.replaces, ka.id, "which it says");
	must(access_key_get(w->core, ka.id, &w->arena, &got), "get");
	is_int(got.expires_at, until, "the old one ends then");
	is_int(rotate_try(w, &repo, &c, ka.id, until + DAY, &kc), 0,
	       "once more");
	must(access_key_get(w->core, ka.id, &w->arena, &got), "get");
	is_int(got.expires_at, until, "never later than before");
	must(access_key_remove(&by, kc.id), "remove");
	is_int(access_key_settle(w->core, kb.id), 0, "the new one is used");
	is_int(access_key_get(w->core, ka.id, &w->arena, &got), OUT_ABSENT,
	       "and the old one ends");
	row = trail_last(w, repo.account, "accesskey.delete");
	is_str(row.thing, arena_strf(&w->arena, "access-key:%d", (int)ka.id),
	       "in the trail");
	is_str(row.cred, arena_strf(&w->arena, "access-key:%d", (int)kb.id),
	       "by the use of the new one");
	is_int(in_use(w, &a), 1, "the key stands elsewhere still");
	must(access_key_get(w->core, kb.id, &w->arena, &got), "get");
	is_int(got.replaces, 0, "all is settled");
	is_int(access_key_settle(w->core, kb.id), 0, "a second time");
	is_int(access_key_settle(w->core, 999999), 0, "of nothing");
	must(access_key_get(w->core, there.id, &w->arena, &got), "get");
	is_int(got.expires_at, 0, "the one elsewhere as it was");
	must(rotate_try(w, &repo, &c, kb.id, 0, &kc), "rotate");
	must(access_key_get(w->core, kb.id, &w->arena, &got), "get");
	is_int(got.expires_at, 0, "without a date it ends by use only");
	must(rotate_try(w, &repo, &d, kc.id, sooner, &ka), "rotate again");
	is_int(access_key_settle(w->core, ka.id), 0, "the last is used first");
	is_int(access_key_get(w->core, kc.id, &w->arena, &got), OUT_ABSENT,
	       "what it replaced ends");
	is_int(access_key_get(w->core, kb.id, &w->arena, &got), OUT_ABSENT,
	       "and what that was to replace");
	is_int(in_use(w, &b) + in_use(w, &c), 0, "with their keys");
}

/* A use is told by the name that the repository has. */
static void
test_use(struct world *w)
{
	struct gitrepo repo = repo_make(w, w->key, "Used");
	struct sshkey key = fresh();
	struct access_key made = access_make(w, &repo, &key);
	struct str names[] = {STR("own/USED"), STR_NONE};
	struct proof proof = plain(PROOF_SSH_KEY, blob_of(&key));
	struct str row = arena_strf(&w->arena, "%d", (int)made.id);

	names[1] = arena_strf(&w->arena, "%s/%s", repo.account.p, repo.id.p);
	for (size_t i = 0; i < nitems(names); i++) {
		struct last_use use;

		must(pass(w, proof, VERB_GIT_READ,
			  (struct thing){.kind = THING_GITREPO,
					 .name = names[i]}),
		     "read");
		must(audit_last_use(w->core, CRED_ACCESS_KEY, row, &w->arena,
				    &use),
		     "last use");
		is_str(use.thing, STR("git:Own/Used"), "asked as %s",
		       names[i].p);
		is_int(use.count, (int64_t)i + 1, "counted");
		is_str(use.addr, ADDR, "from there");
	}
}

static struct visit
reading(struct world *w, const struct sshkey *key, const char *name)
{
	struct proof proof = plain(PROOF_SSH_KEY, blob_of(key));
	struct thing thing = {.kind = THING_GITREPO, .name = str_c(name)};
	struct visit v;

	must(gate_pass(w->core, &proof, VERB_GIT_READ, &thing, &v), "read");
	return v;
}

/* What ends a key's right is felt by who is inside already. */
static void
test_ends(struct world *w)
{
	struct gitrepo repo = repo_make(w, w->key, "Ends");
	struct visit by = on_account(w, w->key, VERB_ACCESSKEY_UPDATE);
	struct visit mine = on_keys_of(w, w->key, VERB_USERKEY_DELETE, me(w));
	struct sshkey a = fresh(), b = fresh(), c = fresh();
	struct access_key ka = access_make(w, &repo, &a), kb;
	struct user_key person;
	struct visit in = reading(w, &a, "Own/Ends");
	int64_t soon = clock_now() + 1000, never = 0;
	struct access_key_change to = {.cidrs = STR("198.51.100.0/24")};

	ok(gate_still(w->core, &in), "reads");
	must(access_key_update(&by, ka.id, &to, NULL), "update");
	ok(!gate_still(w->core, &in), "not from this address any more");
	to.cidrs = STR("");
	must(access_key_update(&by, ka.id, &to, NULL), "update");
	in = reading(w, &a, "Own/Ends");
	to = (struct access_key_change){.expires_at = &soon};
	must(access_key_update(&by, ka.id, &to, NULL), "update");
	clock_test_shift(2000);
	ok(!gate_still(w->core, &in), "not after an end that came later");
	clock_test_shift(-2000);
	to.expires_at = &never;
	must(access_key_update(&by, ka.id, &to, NULL), "update");
	in = reading(w, &a, "Own/Ends");
	must(rotate_try(w, &repo, &b, ka.id, soon, &kb), "rotate");
	clock_test_shift(2000);
	ok(!gate_still(w->core, &in), "nor after a rotation's date");
	clock_test_shift(-2000);
	in = reading(w, &a, "Own/Ends");
	must(access_key_settle(w->core, kb.id), "settle");
	ok(!gate_still(w->core, &in), "nor when the new key was used");
	in = reading(w, &b, "Own/Ends");
	must(access_key_remove(&by, kb.id), "remove");
	ok(!gate_still(w->core, &in), "nor when it is removed");
	must(user_try(w, w->key, me(w), &c, &person, NULL), "person");
	in = reading(w, &c, "Own/Ends");
	must(user_key_remove(&mine, person.id), "remove");
	ok(!gate_still(w->core, &in), "nor a person's");
}

/* Whoever takes the new key away keeps the old one. */
static void
test_rotation_back(struct world *w)
{
	struct gitrepo repo = repo_make(w, w->key, "Back");
	struct sshkey a = fresh(), b = fresh(), c = fresh();
	struct access_key ka = access_make(w, &repo, &a), kb, kc, got;
	struct visit by = on_account(w, w->key, VERB_ACCESSKEY_DELETE);

	must(rotate_try(w, &repo, &b, ka.id, 0, &kb), "rotate");
	must(rotate_try(w, &repo, &c, kb.id, 0, &kc), "rotate");
	must(access_key_remove(&by, kb.id), "remove");
	must(access_key_get(w->core, kc.id, &w->arena, &got), "get");
	is_int(got.replaces, ka.id, "who replaced it replaces the first");
	must(access_key_remove(&by, kc.id), "remove");
	is_int(access_key_get(w->core, ka.id, &w->arena, &got), 0,
	       "which goes on");
	must(rotate_try(w, &repo, &b, ka.id, 0, &kb), "rotate");
	must(access_key_remove(&by, ka.id), "remove");
	must(access_key_get(w->core, kb.id, &w->arena, &got), "get");
	is_int(got.replaces, 0, "nothing is left to replace");
}

static void
print_of(const struct sshkey *key, char ret[CRED_ID_MAX + 1])
{
	char print[SSHKEY_SHA256_LEN + 1];

	must(sshkey_fingerprint(blob_of(key), print), "fingerprint");
	(void)snprintf(ret, CRED_ID_MAX + 1, "%s", print + strlen("SHA256:"));
}

static const char *
places(struct world *w, const struct sshkey *key, const char *addr, size_t *n,
       bool *more)
{
	struct subject who = {.cred = CRED_ACCESS_KEY};
	struct access_place *list;
	static char text[512];

	print_of(key, who.cred_id);
	(void)snprintf(who.addr, sizeof(who.addr), "%s", addr);
	must(access_key_places(w->core, &who, &w->arena, &list, n, more),
	     "places");
	text[0] = '\0';
	for (size_t i = 0; i < *n && i < 8; i++) {
		size_t at = strlen(text);

		(void)snprintf(text + at, sizeof(text) - at, "%s%s:%s",
			       at > 0 ? " " : "", list[i].repo.p,
			       list[i].label.p);
	}
	return text;
}

static void
test_places(struct world *w)
{
	struct project p = project_make(w, w->key, "Places");
	struct gitrepo_ask in = {.project = p.id};
	struct gitrepo b, a, c, far = repo_make(w, other_key, "Place");
	struct sshkey key = fresh(), unknown = fresh();
	struct visit gone = on_account(w, w->key, VERB_GIT_DELETE);
	int64_t end = clock_now() + DAY;
	struct access_key got, on_a;
	struct access_key_ask ask = {.key = &key};
	struct subject row = {.cred = CRED_ACCESS_KEY};
	struct access_place *list;
	size_t n;
	bool more;

	in.slug = STR("pl-b");
	must(repo_try(w, w->key, in, &b, NULL), "b");
	in.slug = STR("PL-A");
	must(repo_try(w, w->key, in, &a, NULL), "a");
	c = repo_make(w, w->key, "pl-c");
	ask.project = p.id;
	ask.label = STR("all");
	must(access_try(w, w->key, ask, &got, NULL), "project");
	ask.project = STR_NONE;
	ask.repo = a.id;
	ask.label = STR("near");
	must(access_try(w, w->key, ask, &on_a, NULL), "near");
	ask.repo = c.id;
	ask.label = STR("office");
	ask.cidrs = STR("192.0.2.0/24");
	must(access_try(w, w->key, ask, &got, NULL), "office");
	ask.repo = far.id;
	ask.cidrs = STR("");
	ask.label = STR("far");
	ask.expires_at = end;
	must(access_try(w, other_key, ask, &got, NULL), "far");
	is_str(str_c(places(w, &key, "192.0.2.1", &n, &more)),
	       STR("Else/Place:far Own/PL-A:near Own/pl-b:all "
		   "Own/pl-c:office"),
	       "by name, the nearest row of each");
	ok(!more, "all of them");
	is_str(str_c(places(w, &key, "198.51.100.1", &n, &more)),
	       STR("Else/Place:far Own/PL-A:near Own/pl-b:all"),
	       "from another address");
	clock_test_shift(DAY + 1000);
	is_str(str_c(places(w, &key, "198.51.100.1", &n, &more)),
	       STR("Own/PL-A:near Own/pl-b:all"), "after its end");
	clock_test_shift(-DAY - 1000);
	must(gitrepo_remove(&gone, b.id), "remove");
	is_str(str_c(places(w, &key, "198.51.100.1", &n, &more)),
	       STR("Else/Place:far Own/PL-A:near"), "without what is removed");
	is_str(str_c(places(w, &unknown, "198.51.100.1", &n, &more)), STR(""),
	       "a key that stands nowhere");
	(void)snprintf(row.cred_id, sizeof(row.cred_id), "%d", (int)on_a.id);
	must(access_key_places(w->core, &row, &w->arena, &list, &n, &more),
	     "by row");
	is_int(n, 2, "the row stands for its key");
	row.cred = CRED_API_KEY;
	must(access_key_places(w->core, &row, &w->arena, &list, &n, &more),
	     "other");
	is_int(n, 0, "others have no places");
	/* Two are there already. */
	for (int i = 2; i < ACCESS_PLACES_MAX; i++) {
		in.slug = arena_strf(&w->arena, "zz%d", i);
		must(repo_try(w, w->key, in, &b, NULL), "many");
	}
	(void)places(w, &key, "198.51.100.1", &n, &more);
	is_int(n, ACCESS_PLACES_MAX, "as many as are said");
	ok(!more, "are all");
	in.slug = STR("zzz");
	must(repo_try(w, w->key, in, &b, NULL), "one more");
	(void)places(w, &key, "198.51.100.1", &n, &more);
	is_int(n, ACCESS_PLACES_MAX, "no more than that");
	ok(more, "and that there are");
}

static int
many_write(struct db_at *at, void *arg)
{
	const struct gitrepo *repo = arg;

	for (unsigned i = 0; i < ACCESS_KEYS_MAX - 1; i++) {
		struct sshkey key = key_of(500000 + i);

		must(db_exec(at, SQL_pubkey_insert, NULL, "bssibi",
			     digest_of(&key), STR("access"), STR("ssh-ed25519"),
			     (int64_t)256, blob_of(&key), (int64_t)1),
		     "key");
		must(db_exec(at, SQL_access_key_insert, NULL, "ibsSSsssIsiI",
			     (int64_t)500000 + i, digest_of(&key),
			     repo->account, repo->id, STR_NONE, STR("l"),
			     STR(""), STR(""), NULL, STR(""), (int64_t)1, NULL),
		     "row");
	}
	return 0;
}

static void
test_access_limit(struct world *w)
{
	struct gitrepo repo = repo_make(w, w->key, "Limit");
	struct visit by = on_account(w, w->key, VERB_GIT_DELETE);
	struct sshkey last = fresh(), over = fresh();
	struct access_key got = {0};
	struct access_key_ask ask = {.repo = repo.id, .key = &over};

	must(db_write(w->core->db, many_write, &repo), "many");
	(void)access_make(w, &repo, &last);
	ok(true, "%d keys", ACCESS_KEYS_MAX);
	is_int(access_try(w, w->key, ask, &got, NULL), OUT_TOO_MANY,
	       "one more");
	is_int(in_use(w, &over), 0, "nothing was kept");
	must(gitrepo_remove(&by, repo.id), "remove");
	clock_test_shift(GITREPO_GRACE_MS);
	is_int(gitrepo_forget(w->core, repo.id), 0, "all of them can go");
	clock_test_shift(-GITREPO_GRACE_MS);
	is_int(in_use(w, &last), 0, "with their keys");
}

static void
test_tidy(struct world *w)
{
	struct gitrepo repo = repo_make(w, w->key, "Tidy");
	struct sshkey person = fresh(), machine = fresh(), next = fresh();
	struct visit by = on_account(w, w->key, VERB_USERKEY_CREATE);
	struct user_key_ask user_ask = {.identity = me(w),
					.key = &person,
					.label = STR("l"),
					.expires_at = clock_now() + 1000};
	struct access_key_ask ask = {
	    .repo = repo.id, .key = &machine, .expires_at = clock_now() + 1000};
	int64_t away = KEYS_KEEP_MS;
	struct user_key u, *users;
	struct access_key k, kept, got, *list;
	struct audit_row row;
	size_t n;

	must(user_key_add(&by, &user_ask, &w->arena, &u, NULL), "user");
	must(access_try(w, w->key, ask, &k, NULL), "access");
	must(rotate_try(w, &repo, &next, k.id, 0, &kept), "rotate");
	clock_test_shift(away);
	must(core_tidy(w->core), "tidy");
	is_int(user_key_get(w->core, u.id, &w->arena, &u), 0,
	       "a person's stays for a while");
	must(user_key_list(w->core, me(w), &w->arena, &users, &n), "list");
	ok(n > 0 && users[n - 1].expires_at < clock_now(), "and is listed");
	is_int(stands(w, (struct access_key_filter){.repo = repo.id}, &list), 2,
	       "a machine's as well");
	clock_test_shift(2000);
	must(core_tidy(w->core), "tidy");
	is_int(user_key_get(w->core, u.id, &w->arena, &u), OUT_ABSENT,
	       "then it goes");
	is_int(access_key_get(w->core, k.id, &w->arena, &got), OUT_ABSENT,
	       "both do");
	clock_test_shift(-away - 2000);
	is_int(in_use(w, &person) + in_use(w, &machine), 0, "with their keys");
	must(access_key_get(w->core, kept.id, &w->arena, &got), "kept");
	is_int(got.replaces, 0, "who replaced it has nothing to replace");
	row = trail_last(w, repo.account, "sshkey.delete");
	is_str(row.thing, arena_strf(&w->arena, "ssh-key:%s", u.id.p),
	       "in the trail");
	is_str(row.cred, STR(""), "by the program");
	row = trail_last(w, repo.account, "accesskey.delete");
	is_str(row.thing, arena_strf(&w->arena, "access-key:%d", (int)k.id),
	       "both are");
}

static void
say(void *arg, const char *line)
{
	struct str *bad = arg;

	if (strncmp(line, "FAILED", 6) == 0)
		(void)snprintf((char *)bad->p, bad->n, "%s", line);
}

static const char *
verified(struct world *w)
{
	static char text[512];
	struct str bad = {text, sizeof(text)};
	int r;

	text[0] = '\0';
	r = core_verify(w->core, false, say, &bad);
	ok(r == (text[0] == '\0' ? 0 : OUT_MISMATCH), "verify says %d", r);
	return text;
}

static int
wrong_digest_write(struct db_at *at, void *arg)
{
	struct sshkey key = *(const struct sshkey *)arg;

	key.digest[0] ^= 1;
	return orphan_write(at, &key);
}

static int
wrong_use_write(struct db_at *at, void *arg)
{
	const struct sshkey *key = arg;

	return db_exec(at, SQL_user_key_insert, NULL, "sbssssiI", STR("wrong"),
		       digest_of(key), other.owner, STR("l"), STR(""), STR(""),
		       (int64_t)1, NULL);
}

static int
unwrong_write(struct db_at *at, void *arg)
{
	(void)arg;
	return db_exec(at, SQL_user_key_delete, NULL, "s", STR("wrong"));
}

/* A number that the counter has not given yet. */
static int
wrong_number_write(struct db_at *at, void *arg)
{
	const struct access_key *key = arg;
	uint8_t digest[SHA256_LEN];

	must(digest_sha256(key->blob, digest), "digest");
	return db_exec(at, SQL_access_key_insert, NULL, "ibsSSsssIsiI",
		       (int64_t)400000,
		       (struct str){(const char *)digest, sizeof(digest)},
		       key->account, STR_NONE, key->account, STR("l"), STR(""),
		       STR(""), NULL, STR(""), (int64_t)1, NULL);
}

static int
right_number_write(struct db_at *at, void *arg)
{
	(void)arg;
	return db_exec(at, SQL_access_key_delete, NULL, "i", (int64_t)400000);
}

static int
no_default_write(struct db_at *at, void *arg)
{
	const struct account *account = arg;

	return db_exec(at, SQL_project_delete, NULL, "s", account->id);
}

static int
default_write(struct db_at *at, void *arg)
{
	const struct account *account = arg;

	return db_exec(at, SQL_project_insert, NULL, "ssssssi", account->id,
		       account->id, STR("default"), STR("default"),
		       STR("default"), STR(""), (int64_t)1);
}

static void
test_verify_places(struct world *w)
{
	struct account_ask ask = {.slug = STR("Third"),
				  .owner_email = STR("third@example.org")};
	CLEAN(secret_clear) struct secret value = SECRET_INIT;
	struct gitrepo repo = repo_make(w, w->key, "Verify-2");
	struct sshkey key = fresh();
	struct access_key made = access_make(w, &repo, &key);
	struct account third;

	must(account_create(&w->owner, &ask, &w->arena, &third, &value, NULL),
	     "account");
	must(db_write(w->core->db, wrong_number_write, &made), "number");
	ok(strstr(verified(w), "1 access keys with a number") != NULL,
	   "a number that is yet to come");
	must(db_write(w->core->db, right_number_write, NULL), "undo");
	must(db_write(w->core->db, no_default_write, &third), "default");
	ok(strstr(verified(w), "1 accounts without") != NULL,
	   "an account without its project");
	must(db_write(w->core->db, default_write, &third), "undo");
	is_str(str_c(verified(w)), STR(""), "all is well again");
}

static void
test_verify(struct world *w)
{
	struct gitrepo repo = repo_make(w, w->key, "Verify");
	struct sshkey key = fresh(), odd = fresh();

	(void)access_make(w, &repo, &key);
	is_str(str_c(verified(w)), STR(""), "all is well");
	must(db_write(w->core->db, wrong_digest_write, &odd), "digest");
	ok(strstr(verified(w), "kept as another") != NULL, "a wrong digest");
	must(core_tidy(w->core), "tidy");
	is_str(str_c(verified(w)), STR(""), "which nobody used");
	must(db_write(w->core->db, wrong_use_write, &key), "use");
	ok(strstr(verified(w), "more than \"access\"") != NULL,
	   "a machine's key that is a person's");
	must(db_write(w->core->db, unwrong_write, NULL), "undo");
	is_str(str_c(verified(w)), STR(""), "all is well again");
}

int
main(void)
{
	struct world w;

	world_make(&w);
	w.arena.max = 256 * MIB;
	other_key = world_other(&w, &other);
	subtest("labels") test_labels(&w);
	subtest("user key") test_user_key(&w);
	subtest("user key, change") test_user_change(&w);
	subtest("user key, rise") test_user_rise(&w);
	subtest("user key, service ID") test_user_service_id(&w);
	subtest("user key, limit") test_user_limit(&w);
	subtest("access key") test_access_key(&w);
	subtest("clash") test_clash(&w);
	subtest("orphans") test_orphans(&w);
	subtest("access key, change") test_access_change(&w);
	subtest("access key, bad") test_access_bad(&w);
	subtest("rotation") test_rotation(&w);
	subtest("rotation, back") test_rotation_back(&w);
	subtest("use") test_use(&w);
	subtest("ends") test_ends(&w);
	subtest("places") test_places(&w);
	subtest("verify") test_verify(&w);
	subtest("verify, places") test_verify_places(&w);
	subtest("tidy") test_tidy(&w);
	subtest("access key, limit") test_access_limit(&w);
	world_end(&w);
	return done_testing();
}
