/* The hooks' side of a push, played by hand. */
#include "door/git/git_side_test.h"

#include "core/audit.h"

#define ZERO "0000000000000000000000000000000000000000"
#define ONE  "1111111111111111111111111111111111111111"
#define TWO  "2222222222222222222222222222222222222222"

static struct side s;

struct hooks {
	int fd;
	pthread_t thread;
	struct push_ask ask;
	struct visit visit;
};

static void *
serve(void *arg)
{
	push_serve(arg);
	return NULL;
}

static struct visit
pushes(struct str key, const char *name)
{
	return visit_of(&s.c.w, key, VERB_GIT_PUSH, git(name));
}

static void
begin(struct hooks *h, struct visit visit)
{
	int pair[2];

	must(push_pair(pair), "push_pair");
	h->fd = pair[0];
	h->visit = visit;
	h->ask = (struct push_ask){.core = s.c.w.core,
				   .git = s.git,
				   .visit = &h->visit,
				   .fd = pair[1]};
	if (pthread_create(&h->thread, NULL, serve, &h->ask) != 0)
		abort();
}

static void
end(struct hooks *h)
{
	(void)close(h->fd);
	(void)pthread_join(h->thread, NULL);
}

static bool
say(struct hooks *h, enum desk_word word, const char *lines)
{
	return tell(h->fd, word, 0, PARTS(str_c(lines)), NO_FDS);
}

/* One push of these lines by the owner: what is said to it. */
static void
says(const char *name, const char *repo, const char *lines, const char *refusal)
{
	struct hooks h;

	begin(&h, pushes(s.c.w.key, repo));
	(void)say(&h, DESK_PUSH, lines);
	if (refusal == NULL)
		ok(hear(h.fd) == DESK_YES, "%s: yes", name);
	else
		ok(hear(h.fd) == DESK_REFUSED && heard_has(refusal),
		   "%s: refused", name);
	end(&h);
}

static void
rule_set(const struct gitrepo *repo, enum force_push rule)
{
	struct visit by;
	struct gitrepo_change change = {.force_push = &rule};
	char name[80];

	(void)snprintf(name, sizeof(name), "Own/%.*s", STR_ARG(repo->slug));
	by = visit_of(&s.c.w, s.c.w.key, VERB_GIT_UPDATE, git(name));
	must(gitrepo_update(&by, repo->id, &change, NULL), "rule");
}

static void
test_names(void)
{
	says("a branch", "Own/tools", ZERO " " ONE " refs/heads/main\n", NULL);
	says("nothing", "Own/tools", "", NULL);
	says("a reserved place", "Own/tools",
	     ZERO " " ONE " refs/heads/main\n" ZERO " " ONE " refs/replace/" ONE
		  "\n",
	     "refs/replace/" ONE ": this place is not for pushing to.");
	says("HEAD", "Own/tools", ZERO " " ONE " HEAD\n", "only names below");
	says("one name twice", "Own/tools",
	     ZERO " " ONE " refs/heads/x\n" ZERO " " TWO " refs/heads/x\n",
	     "refs/heads/x is there more than once.");
	says("the main branch", "Own/tools", ONE " " ZERO " refs/heads/main\n",
	     "choose another main branch");
}

/* What may not be rewound is named in the YES; what may not be removed is
 * refused here. */
static void
forward(const char *name, struct str key, const char *lines, const char *want)
{
	struct hooks h;

	begin(&h, pushes(key, "Own/tools"));
	(void)say(&h, DESK_PUSH, lines);
	is_int(hear(h.fd), DESK_YES, "%s: yes", name);
	is_str(heard_text(), str_c(want), "%s: only forward", name);
	end(&h);
}

static void
test_rules(void)
{
	static const char both[] =
	    ONE " " TWO " refs/heads/main\n" ONE " " TWO
		" refs/heads/side\n" ZERO " " TWO " refs/heads/fresh\n";
	static const char gone[] = ONE " " ZERO " refs/heads/side\n";
	struct user writer =
	    world_user(&s.c.w, "writer@example.org", ROLE_WRITER);
	struct api_key row;
	struct str key = world_key(&s.c.w, writer.id, 0, &row);

	forward("protect, a manager", s.c.w.key, both, "");
	forward("protect, a writer", key, both, "refs/heads/main\n");
	forward("protect, a writer removes", key, gone, "");
	rule_set(&s.c.tools, FORCE_DENY);
	forward("deny, a manager", s.c.w.key, both,
		"refs/heads/main\nrefs/heads/side\n");
	says("deny: removing", "Own/tools", gone,
	     "refs/heads/side: you may not remove it, by the rule \"deny\"");
	rule_set(&s.c.tools, FORCE_ALLOW);
	forward("allow, a writer", key, both, "");
	rule_set(&s.c.tools, FORCE_PROTECT);
}

static void
test_order(void)
{
	static const char lines[] = ZERO " " ONE " refs/heads/main\n";
	struct hooks h;

	begin(&h, pushes(s.c.w.key, "Own/test"));
	(void)say(&h, DESK_COMMIT, lines);
	ok(hear(h.fd) == DESK_WORDS, "nothing is committed unasked");
	end(&h);

	begin(&h, pushes(s.c.w.key, "Own/test"));
	(void)say(&h, DESK_PUSH, ZERO " " ONE " refs/meta/x\n");
	is_int(hear(h.fd), DESK_REFUSED, "refused");
	(void)say(&h, DESK_COMMIT, ZERO " " ONE " refs/meta/x\n");
	ok(hear(h.fd) == DESK_WORDS, "  and not to be committed");
	end(&h);

	begin(&h, pushes(s.c.w.key, "Own/test"));
	(void)say(&h, DESK_PUSH, lines);
	is_int(hear(h.fd), DESK_YES, "a push");
	(void)say(&h, DESK_COMMIT, ZERO " " ONE " refs/heads/other\n");
	ok(hear(h.fd) == DESK_REFUSED && heard_has("not what was asked"),
	   "  of one name commits no other");
	(void)say(&h, DESK_COMMIT, ZERO " " TWO " refs/heads/main\n");
	is_int(hear(h.fd), DESK_REFUSED, "  nor another value");
	(void)say(&h, DESK_PUSH, lines);
	ok(hear(h.fd) == DESK_WORDS, "  and is asked about once");
	end(&h);

	begin(&h, pushes(s.c.w.key, "Own/test"));
	(void)say(&h, DESK_DONE, lines);
	ok(hear(h.fd) == DESK_WORDS, "nothing is done that was not committed");
	end(&h);

	begin(&h, pushes(s.c.w.key, "Own/test"));
	(void)say(&h, DESK_PUSH, "no line\n");
	ok(hear(h.fd) == DESK_WORDS, "what is no line ends it");
	end(&h);

	begin(&h, pushes(s.c.w.key, "Own/test"));
	(void)say(&h, DESK_GREET, "");
	ok(hear(h.fd) == DESK_WORDS, "so does a session's word");
	end(&h);
}

static size_t
rows_of(const char *outcome, const char *thing)
{
	struct audit_filter filter = {.account = str_c(s.c.w.owner.account),
				      .verb = STR("repository.push"),
				      .outcome = str_c(outcome),
				      .limit = PAGE_MAX};
	struct audit_row *all = NULL;
	size_t n = 0, found = 0;

	must(audit_list(s.c.w.core, &filter, &s.c.w.arena, &all, &n), "trail");
	for (size_t i = 0; i < n; i++)
		found += strstr(all[i].detail.p, thing) != NULL;
	return found;
}

static size_t
rows(const char *thing)
{
	return rows_of("done", thing);
}

static void
test_commit(void)
{
	struct gitrepo repo;
	struct hooks h;

	begin(&h, pushes(s.c.w.key, "Own/test"));
	(void)say(&h, DESK_PUSH,
		  ZERO " " ONE " refs/heads/main\n" ZERO " " TWO
		       " refs/heads/row\n");
	is_int(hear(h.fd), DESK_YES, "asked");
	is_int((long long)rows("refs/heads/row"), 0, "the trail waits");
	(void)say(&h, DESK_COMMIT,
		  ZERO " " ONE " HEAD\n" ZERO " " ONE " refs/heads/main\n");
	is_int(hear(h.fd), DESK_YES, "one of the two, with HEAD beside it");
	is_int((long long)rows("refs/heads/row"), 0, "  only that");
	(void)say(&h, DESK_DONE, ZERO " " ONE " refs/heads/main\n");
	(void)say(&h, DESK_COMMIT, ZERO " " TWO " refs/heads/row\n");
	is_int(hear(h.fd), DESK_YES, "then the other");
	is_int((long long)rows("refs/heads/row"), 1, "the trail has it");
	is_int((long long)rows("HEAD"), 0, "and not HEAD");
	is_int((long long)rows_of("unconfirmed", "row"), 0, "nothing doubted");
	end(&h);
	is_int((long long)rows_of("unconfirmed", "refs/heads/main"), 0,
	       "what is on disk is sure");
	is_int((long long)rows_of("unconfirmed", "refs/heads/row"), 1,
	       "what git did not come to say is not");
	is_int((long long)rows("refs/heads/row"), 1, "beside its own row");
	must(gitrepo_by_id(s.c.w.core, s.c.test.id, &s.c.w.arena, &repo),
	     "repo");
	ok(repo.pushed_at > 0 && repo.size > 0, "measured at the end");
}

static void
test_taken_away(void)
{
	struct user gone = world_user(&s.c.w, "gone@example.org", ROLE_WRITER);
	struct api_key row;
	struct str key = world_key(&s.c.w, gone.id, 0, &row);
	struct hooks h;

	begin(&h, pushes(key, "Own/test"));
	(void)say(&h, DESK_PUSH, ZERO " " ONE " refs/heads/late\n");
	is_int(hear(h.fd), DESK_YES, "asked in time");
	disable(&s.c, gone.id, true);
	(void)say(&h, DESK_COMMIT, ZERO " " ONE " refs/heads/late\n");
	ok(hear(h.fd) == DESK_REFUSED && heard_has("has ended"),
	   "and committed too late");
	is_int((long long)rows("refs/heads/late"), 0, "nothing was written");
	end(&h);
	is_int((long long)rows_of("unconfirmed", "refs/heads/late"), 0,
	       "nor doubted");
	disable(&s.c, gone.id, false);

	begin(&h, pushes(key, "Own/test"));
	(void)say(&h, DESK_PUSH, ZERO " " ONE " refs/heads/cut\n");
	is_int(hear(h.fd), DESK_YES, "asked");
	(void)say(&h, DESK_COMMIT, ZERO " " ONE " refs/heads/cut\n");
	is_int(hear(h.fd), DESK_YES, "and committed");
	disable(&s.c, gone.id, true);
	end(&h);
	is_int((long long)rows_of("unconfirmed", "refs/heads/cut"), 1,
	       "who was cut then is in doubt");
}

/* Many references take many packets, both ways. */
static void
test_many(size_t n, bool fine)
{
	CLEAN(buf_clear) struct buf lines = BUF_INIT;
	struct hooks h;
	size_t names = 0;

	rule_set(&s.c.site, FORCE_DENY);
	begin(&h, pushes(s.c.w.key, "Own/site"));
	for (size_t i = 0; i < n; i++) {
		buf_addf(&lines, "%s %s refs/heads/a-name-of-some-length/%zu\n",
			 ONE, TWO, i);
		if (lines.n < 40 * KIB && i + 1 < n)
			continue;
		(void)tell(h.fd, DESK_PUSH, i + 1 < n, PARTS(buf_str(&lines)),
			   NO_FDS);
		buf_reset(&lines);
	}
	while (hear(h.fd) == DESK_YES) {
		for (size_t i = 0; i < heard_text().n; i++)
			names += heard_text().p[i] == '\n';
		if (heard.m.number == 0)
			break;
	}
	if (fine)
		is_int((long long)names, (long long)n, "%zu names come back",
		       n);
	else
		ok(heard.m.word == DESK_REFUSED && heard_has("more than"),
		   "%zu are too many", n);
	end(&h);
}

/* Whose push made this the main branch? */
static void
adopted_by(const struct gitrepo *repo, struct str key)
{
	struct visit by = visit_of(&s.c.w, key, VERB_QUOTA_GET,
				   (struct thing){.kind = THING_ACCOUNT});
	struct audit_filter filter = {.account = repo->account,
				      .verb = STR("repository.update"),
				      .newest_first = true,
				      .limit = 1};
	struct audit_row *row = NULL;
	size_t n = 0;

	must(audit_list(s.c.w.core, &filter, &s.c.w.arena, &row, &n), "trail");
	ok(n == 1 && strstr(row->detail.p, "main_branch") != NULL,
	   "the trail has it");
	is_str(n == 1 ? row->identity : STR_NONE, str_c(by.who.identity),
	       "  by whom");
	is_str(n == 1 ? row->addr : STR_NONE, str_c(by.who.addr),
	       "  from where");
}

static void
head_is(const char *name, const struct gitrepo *repo, const char *branch)
{
	char path[256], text[256] = "", want[256];
	struct gitrepo now;
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/%.*s/HEAD", s.dir,
		       STR_ARG(repo->id));
	(void)snprintf(want, sizeof(want), "ref: refs/heads/%s\n", branch);
	f = fopen(path, "re");
	if (f == NULL || fgets(text, sizeof(text), f) == NULL)
		abort();
	(void)fclose(f);
	is_str(str_c(text), str_c(want), "%s: HEAD", name);
	must(gitrepo_by_id(s.c.w.core, repo->id, &s.c.w.arena, &now), "repo");
	is_str(now.main_branch, str_c(branch), "%s: the row", name);
}

/* The branch that an empty repository gets first is its main one, unless the
 * one it was made with comes along. */
static void
test_first_branch(void)
{
	struct hooks h;

	begin(&h, pushes(s.c.other_key, "Else/far"));
	(void)say(&h, DESK_PUSH,
		  ZERO " " ONE " refs/tags/v1\n" ZERO " " ONE
		       " refs/heads/trunk\n" ZERO " " ONE " refs/heads/also\n");
	is_int(hear(h.fd), DESK_YES, "another branch than main");
	head_is("before", &s.c.far, "main");
	(void)say(&h, DESK_COMMIT, ZERO " " ONE " refs/tags/v1\n");
	(void)hear(h.fd);
	head_is("after a tag", &s.c.far, "main");
	(void)say(&h, DESK_COMMIT, ZERO " " ONE " refs/heads/trunk\n");
	is_int(hear(h.fd), DESK_YES, "  is taken");
	head_is("after the branch", &s.c.far, "trunk");
	adopted_by(&s.c.far, s.c.other_key);
	end(&h);

	begin(&h, pushes(s.c.other_key, "Else/far"));
	(void)say(&h, DESK_PUSH, ZERO " " ONE " refs/heads/third\n");
	is_int(hear(h.fd), DESK_YES, "a later push");
	(void)say(&h, DESK_COMMIT, ZERO " " ONE " refs/heads/third\n");
	is_int(hear(h.fd), DESK_YES, "  is taken");
	end(&h);
	head_is("and changes nothing", &s.c.far, "trunk");

	begin(&h, pushes(s.c.w.key, "Own/site"));
	(void)say(&h, DESK_PUSH,
		  ZERO " " ONE " refs/heads/develop\n" ZERO " " ONE
		       " refs/heads/master\n" ZERO " " ONE " refs/heads/zoo\n");
	is_int(hear(h.fd), DESK_YES, "several branches");
	(void)say(&h, DESK_COMMIT, ZERO " " ONE " refs/heads/develop\n");
	(void)hear(h.fd);
	head_is("not the first", &s.c.site, "main");
	(void)say(&h, DESK_COMMIT, ZERO " " ONE " refs/heads/master\n");
	is_int(hear(h.fd), DESK_YES, "  are taken");
	end(&h);
	head_is("but the one with a usual name", &s.c.site, "master");
	head_is("nor did main first", &s.c.test, "main");
}

int
main(void)
{
	side_new(&s, 4);
	test_names();
	test_rules();
	test_order();
	test_commit();
	test_taken_away();
	test_many(REF_CHANGES_MAX, true);
	test_many(REF_CHANGES_MAX + 1, false);
	test_first_branch();
	buf_clear(&heard.packet);
	side_end(&s);
	return done_testing();
}
