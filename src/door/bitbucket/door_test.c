/* Requests through the whole frame, a real core and git's folders, without a
 * socket. */
#include "core/api_key.h"
#include "door/bitbucket/inner.h"

#include "base/clock.h"
#include "base/enc.h"
#include "base/log.h"
#include "base/test.h"
#include "base/test_disk.h"

#include <errno.h>
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

#define HOST "127.0.0.1:8080"
#define URL  "http://" HOST

/* Made for this test; nobody has kept the private halves. */
#define ED "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI"
static const char *const keys[] = {
    ED "CxRZQBETP+nSYJnSFO+cPfgMdNSqNC2flA8iJN0/OhI",
    ED "NHUsy9CC6iemKmKBcDRIGLWBtW1Zrvw3OGx/ovBxG1F",
    ED "JlOmulolLTa9Aud4DVbqqxD3lkYQncjT78p+Zaci7L/",
    ED "GHCk+pV/6GJIXsb5/7dT367gzL98dMjjfZDhq07FDp6",
    ED "P9lSDE0bQqQ6Q0FHRvB7kON8MHALiSXIvUYsNb5Fisi",
    ED "DuSnMPeXJLjsCvPBE7FtTv0LocSANUaAdYLjVG7/hae",
};
#define WEAK                                                                   \
	"ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQDHc0lTlV5JafIMu5EJBHoV2gltoa6"  \
	"izRI6SvbaHF1zQJR4zGF/MNPsGrGJso88WeXHXYXr48QLpGymUavdrDJU1uiqRe4FrOS" \
	"N6VrIZY5KtnJPE2k9xiKCWU1TLnuNwb0oY7tvDDJjOdENYzEyowSWUxxziQZD4a9x7Ru" \
	"vd8cu7Q== w1"

enum { OWNER, READER, NOBODY, STRANGER, PEOPLE };
static struct {
	char dir[64];
	struct core *core;
	struct git_store *git;
	struct bitbucket door;
	struct frame *frame;
	struct arena arena;
	struct str key[PEOPLE]; /* API keys */
	struct str id[PEOPLE];
	struct http_reply reply;
	struct json *json;
} w = {.reply = {.head = BUF_INIT, .body = BUF_INIT, .fd = -1}};

static void
must(int r, const char *what)
{
	if (r == 0)
		return;
	printf("Bail out! %s: %d %s\n", what, r, r < 0 ? fail_place() : "");
	exit(1);
}

/* --- one request --- */

struct want {
	const char *query, *body;
	const char *auth; /* whole; NULL: the API key of who */
	int who;
};

static void
auth_put(const struct want *want, struct buf *auth)
{
	CLEAN(buf_clear) struct buf pair = BUF_INIT;

	if (want->auth != NULL) {
		buf_adds(auth, want->auth);
		return;
	}
	buf_addf(&pair, "any.name@example.org:%.*s", STR_ARG(w.key[want->who]));
	buf_adds(auth, "Basic ");
	enc_b64(auth, buf_str(&pair));
}

static int
ask(enum http_method method, const char *path, struct want want)
{
	const struct http_app *app = frame_app(w.frame);
	CLEAN(buf_clear) struct buf auth = BUF_INIT;
	struct http_field fields[2];
	struct arena arena;
	struct http_req req = {
	    .method = method,
	    .path = str_c(path),
	    .query = str_c(want.query),
	    .host = STR(HOST),
	    .fields = fields,
	    .peer = "127.0.0.1",
	    .loopback = true,
	    .body = str_c(want.body),
	    .arena = &arena,
	    .began_ms = clock_mono(),
	};
	uint64_t body_max = 0;

	auth_put(&want, &auth);
	if (auth.n > 0)
		fields[req.n_fields++] =
		    (struct http_field){STR("authorization"), buf_str(&auth)};
	if (want.body != NULL)
		fields[req.n_fields++] =
		    (struct http_field){STR("content-type"),
					STR("application/json; charset=utf-8")};
	req.length = req.body.n;
	req.has_length = req.body.n > 0;
	buf_reset(&w.reply.head);
	buf_reset(&w.reply.body);
	w.reply = (struct http_reply){
	    .head = w.reply.head, .body = w.reply.body, .fd = -1};
	arena_init(&arena, FRAME_ARENA_MAX);
	if (app->begin(app->arg, &req, &w.reply, &body_max) != HTTP_ANSWER)
		app->run(app->arg, &req, &w.reply);
	app->done(app->arg, &req, w.reply.status, 0, w.reply.body.n);
	arena_clear(&arena);
	json_free(TAKE(w.json));
	(void)!json_parse(buf_str(&w.reply.body), &w.json, NULL);
	return w.reply.status;
}
#define ASK(method, path, ...)                                                 \
	ask(HTTP_##method, path, (struct want){__VA_ARGS__})

/* "a.b.0.c" of the reply, as text. */
static struct str
at(const char *path)
{
	static char text[4096];
	CLEAN(buf_clear) struct buf b = BUF_INIT;
	const struct json *j = w.json;
	struct str rest = str_c(path), part, s;
	uint64_t i;

	while (str_next(&rest, '.', &part)) {
		char name[64];

		(void)snprintf(name, sizeof(name), "%.*s", STR_ARG(part));
		if (json_kind(j) == JSON_ARRAY)
			j = str_u64(part, 1000, &i) == 0 ? json_at(j, i) : NULL;
		else
			j = json_get(j, name);
	}
	if (j == NULL)
		return STR("(none)");
	if (!json_str(j, &s)) {
		(void)json_write(&b, j);
		s = buf_str(&b);
	}
	(void)snprintf(text, sizeof(text), "%.*s", STR_ARG(s));
	return str_c(text);
}
#define IS(path, want) is_str(at(path), str_c(want), "  " path)

static bool
head_has(const char *text)
{
	return strstr(w.reply.head.p, text) != NULL;
}

/* --- the world --- */

static void
hooks_make(char hooks[96])
{
	static const char *const names[] = {"pre-receive",
					    "reference-transaction"};
	char path[160];

	(void)snprintf(hooks, 96, "%s/hooks", w.dir);
	must(mkdir(hooks, 0700), "mkdir");
	for (size_t i = 0; i < nitems(names); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", hooks, names[i]);
		must(symlink("/bin/true", path), "symlink");
	}
}

static void
git_make_store(void)
{
	char hooks[96], dir[96];
	struct git_conf conf = {.dir = dir, .hooks = hooks};
	struct note note = {""};

	hooks_make(hooks);
	(void)snprintf(dir, sizeof(dir), "%s/git", w.dir);
	must(git_open(&conf, &w.git, &note), note.text);
}

static struct str
kept(struct str s)
{
	struct str copy = arena_str(&w.arena, s);

	must(copy.p == NULL, "memory");
	return copy;
}

static struct visit
visit_of(struct str key, enum verb verb)
{
	struct proof proof = {.kind = PROOF_BASIC,
			      .user = STR("iamapikey"),
			      .secret = key,
			      .addr = STR("127.0.0.1")};
	struct thing thing = {.kind = THING_ACCOUNT};
	struct visit visit;

	must(gate_pass(w.core, &proof, verb, &thing, &visit), "visit");
	return visit;
}

static void
person_make(int who, const char *email, unsigned roles)
{
	struct visit by = visit_of(w.key[OWNER], VERB_USER_CREATE);
	struct user_ask ask = {.email = str_c(email), .roles = roles};
	CLEAN(secret_clear) struct secret value = SECRET_INIT;
	struct api_key_ask key = {.account = str_c(by.account),
				  .name = STR("key")};
	struct api_key made;
	struct user user;

	must(user_create(&by, &ask, &w.arena, &user, NULL), "user_create");
	by = visit_of(w.key[OWNER], VERB_APIKEY_CREATE);
	key.identity = user.id;
	must(api_key_create(&by, &key, &w.arena, &made, &value, NULL),
	     "api_key_create");
	w.key[who] = kept(secret_reveal(&value));
	w.id[who] = user.id;
}

static void
stranger_make(void)
{
	struct visit by = visit_of(w.key[OWNER], VERB_USER_LIST);
	struct account_ask ask = {.slug = STR("Else"),
				  .owner_email = STR("else@example.org")};
	CLEAN(secret_clear) struct secret value = SECRET_INIT;
	struct account account;

	must(account_create(&by, &ask, &w.arena, &account, &value, NULL),
	     "account_create");
	w.key[STRANGER] = kept(secret_reveal(&value));
	w.id[STRANGER] = account.owner;
}

static int
known_hosts(void *arg, struct buf *b)
{
	buf_adds(b, arg);
	return 0;
}

static void
world_open(void)
{
	static char lines[] = "[127.0.0.1]:2222 ssh-ed25519 AAAA\n";
	struct core_conf conf = {
	    .data_dir = w.dir, .public_url = URL, .make = true};
	static const struct door *doors[1];
	struct frame_conf frame = {.doors = doors, .n_doors = 1};
	struct first first = {.slug = STR("Team"),
			      .email = STR("owl@example.org"),
			      .key_name = STR("first")};
	CLEAN(secret_clear) struct secret key = SECRET_INIT;
	struct note note = {""};

	log_set_level(LOG_ERROR);
	(void)snprintf(w.dir, sizeof(w.dir), "/tmp/latchkey-bb-XXXXXX");
	must(mkdtemp(w.dir) == NULL ? -errno : 0, "mkdtemp");
	arena_init(&w.arena, 16 * MIB);
	must(core_open(&conf, &w.core, &note), note.text);
	core_add_host(w.core, HOST);
	(void)snprintf(w.core->ssh_host, sizeof(w.core->ssh_host),
		       "git.example");
	w.core->ssh_port = 22;
	must(account_first(w.core, &first, &key), "account_first");
	w.key[OWNER] = kept(secret_reveal(&key));
	w.id[OWNER] =
	    kept(str_c(visit_of(w.key[OWNER], VERB_USER_LIST).who.identity));
	person_make(READER, "reader@example.org", ROLE_READER);
	person_make(NOBODY, "nobody@example.org", 0);
	stranger_make();
	git_make_store();
	bitbucket_init(&w.door,
		       &(struct bitbucket_host){.git = w.git,
						.known_hosts = known_hosts,
						.arg = lines});
	doors[0] = &w.door.door;
	frame.core = w.core;
	must(frame_new(&frame, &w.frame), "frame_new");
}

static int
remove_one(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
	(void)st;
	(void)kind;
	(void)ftw;
	return remove(path);
}

static void
world_close(void)
{
	json_free(w.json);
	buf_clear(&w.reply.head);
	buf_clear(&w.reply.body);
	frame_free(w.frame);
	git_free(w.git);
	core_free(w.core);
	arena_clear(&w.arena);
	(void)nftw(w.dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* --- tests --- */

static void
test_table(void)
{
	static const struct {
		const char *path;
		bool ours;
	} owned[] = {{"/2.0", true},	    {"/2.0/", true},
		     {"/2.0/x", true},	    {"/site/ssh", true},
		     {"/site/ssh/", true},  {"/site", false},
		     {"/site/sshx", false}, {"/2.01", false},
		     {"/2", false},	    {"/", false}};
	struct note note = {""};

	ok(frame_check(&w.door.door, &note) == 0, "the table holds %s",
	   note.text);
	for (size_t i = 0; i < nitems(owned); i++)
		is_int(w.door.door.owns(str_c(owned[i].path)), owned[i].ours,
		       "whose is %s", owned[i].path);
}

static void
test_proof(void)
{
	CLEAN(buf_clear) struct buf bearer = BUF_INIT;

	is_int(ASK(GET, "/2.0/user", .who = OWNER), 200, "an API key");
	IS("type", "user");
	IS("username", "owl@example.org");
	is_str(at("account_id"), w.id[OWNER], "  account_id");
	is_int(ASK(GET, "/2.0/user", .auth = ""), 401, "nothing");
	ok(head_has("WWW-Authenticate: Basic realm=\"latchkey\""),
	   "  asks for Basic");
	IS("type", "error");
	is_int(ASK(GET, "/2.0/user", .auth = "Basic eDp5"), 401,
	       "a wrong password");
	is_int(ASK(GET, "/2.0/user", .auth = "Basic ####"), 401, "nonsense");
	is_int(ASK(GET, "/2.0/user", .auth = "Digest x"), 401,
	       "another scheme");
	buf_addf(&bearer, "Bearer %.*s", STR_ARG(w.key[OWNER]));
	is_int(ASK(GET, "/2.0/user", .auth = bearer.p), 401,
	       "an API key is no bearer");
	is_int(ASK(GET, "/site/ssh", .auth = ""), 200, "host keys are public");
	is_str(buf_str(&w.reply.body),
	       STR("[127.0.0.1]:2222 ssh-ed25519 AAAA\n"), "  as lines");
	ok(head_has("Content-Type: text/plain"), "  of text");
	is_int(ASK(GET, "/2.0/nothing", .who = OWNER), 404, "no address");
	is_int(ASK(PATCH, "/2.0/user", .who = OWNER), 405, "no method");
	IS("type", "error");
}

#define REPO	   "/2.0/repositories/Team/app"
#define JSON(text) .body = text

static bool
folder_is(const char *id)
{
	char text[GITREPO_ID_LEN + 1];

	return bb_uuid_read(str_c(id), text) == 0 &&
	       git_check(w.git, str_c(text)) == 0;
}

static void
test_repo_made(void)
{
	is_int(ASK(POST, REPO, .who = OWNER,
		   JSON("{\"scm\":\"git\",\"description\":\"d\",\"x\":1,"
			"\"mainbranch\":{\"name\":\"trunk\"}}")),
	       200, "a repository is made");
	IS("type", "repository");
	IS("full_name", "Team/app");
	IS("name", "app");
	IS("slug", "app");
	IS("description", "d");
	IS("scm", "git");
	IS("is_private", "true");
	IS("force_push", "protect");
	IS("mainbranch.name", "trunk");
	IS("mainbranch.type", "branch");
	IS("project.key", "default");
	IS("owner.username", "Team");
	IS("workspace.slug", "Team");
	IS("pushed_on", "null");
	IS("links.self.href", URL REPO);
	IS("links.clone.0.name", "https");
	IS("links.clone.0.href", URL "/git/Team/app.git");
	IS("links.clone.1.name", "ssh");
	IS("links.clone.1.href", "git@git.example:Team/app.git");
	ok(folder_is(at("uuid").p), "  its folder is there");
	is_int((long long)at("created_on").n, BB_WHEN_LEN, "  created_on");
}

static void
test_repo_names(void)
{
	char path[128];
	char uuid[64];

	(void)snprintf(uuid, sizeof(uuid), "%s", at("uuid").p);
	(void)snprintf(path, sizeof(path),
		       "/2.0/repositories/TEAM/%%7B%.36s%%7D/", uuid + 1);
	is_int(ASK(GET, path, .who = OWNER), 200, "by uuid, and a slash");
	IS("slug", "app");
	is_int(ASK(GET, "/2.0/repositories/team/APP", .who = OWNER), 200,
	       "without case");
	IS("full_name", "Team/app");
	is_int(ASK(POST, "/2.0/repositories/team/App", .who = OWNER), 400,
	       "its name is taken");
	IS("error.fields.slug.0", "The workspace has a repository of this name "
				  "already.");
}

static const struct {
	const char *path, *body, *field;
	int status;
} bad_repos[] = {
    {"a.git", "{}", "slug", 400},
    {"-a", "{}", "slug", 400},
    {".a", "{}", "slug", 400},
    {"a%20b", "{}", "slug", 400},
    {"a%3Bb", "{}", "slug", 400},
    {"a%2Fb", "{}", NULL, 400},
    {"%2e%2e", "{}", NULL, 400},
    {"new", "[]", NULL, 400},
    {"new", "{", NULL, 400},
    {"new", "{\"a\":1,\"a\":2}", NULL, 400},
    {"new", "{\"scm\":\"hg\"}", "scm", 400},
    {"new", "{\"is_private\":false}", "is_private", 400},
    {"new", "{\"name\":1}", "name", 400},
    {"new", "{\"force_push\":\"yes\"}", "force_push", 400},
    {"new", "{\"mainbranch\":\"x\"}", "mainbranch", 400},
    {"new", "{\"mainbranch\":{\"name\":\"a..b\"}}", "mainbranch", 400},
    {"new", "{\"mainbranch\":{\"name\":\"-x\"}}", "mainbranch", 400},
    {"new", "{\"project\":{\"key\":\"none\"}}", "project", 400},
    {"new", "{\"project\":\"default\"}", "project", 400},
};

static int
count_one(void *arg, struct str id)
{
	(void)id;
	++*(size_t *)arg;
	return 0;
}

static size_t
folders(void)
{
	size_t n = 0;

	must(git_each(w.git, count_one, &n), "git_each");
	return n;
}

static void
test_repo_refused(void)
{
	size_t before = folders();

	for (size_t i = 0; i < nitems(bad_repos); i++) {
		char path[128];

		(void)snprintf(path, sizeof(path), "/2.0/repositories/Team/%s",
			       bad_repos[i].path);
		is_int(
		    ask(HTTP_POST, path,
			(struct want){.who = OWNER, .body = bad_repos[i].body}),
		    bad_repos[i].status, "%s %s", bad_repos[i].path,
		    bad_repos[i].body);
		IS("type", "error");
		if (bad_repos[i].field == NULL)
			continue;
		ok(json_size(
		       json_get(json_get(json_get(w.json, "error"), "fields"),
				bad_repos[i].field)) == 1,
		   "  blames %s", bad_repos[i].field);
	}
	is_int(ASK(GET, "/2.0/repositories/Team", .who = OWNER), 200,
	       "nothing was made");
	is_int((long long)json_size(json_get(w.json, "values")), 1, "  rows");
	is_int((long long)folders(), (long long)before, "  folders");
}

static void
test_repo_change(void)
{
	char head[64], path[192], line[64] = "";
	char id[GITREPO_ID_LEN + 1] = "";
	FILE *f;

	is_int(ASK(PUT, REPO, .who = OWNER,
		   JSON("{\"description\":\"e\",\"force_push\":\"deny\","
			"\"mainbranch\":{\"name\":\"main\"}}")),
	       200, "a repository is changed");
	IS("description", "e");
	IS("force_push", "deny");
	IS("mainbranch.name", "main");
	IS("name", "app");
	(void)!bb_uuid_read(at("uuid"), id);
	(void)snprintf(path, sizeof(path), "%s/git/%s/HEAD", w.dir, id);
	(void)snprintf(head, sizeof(head), "ref: refs/heads/main\n");
	f = fopen(path, "re");
	if (f != NULL) {
		(void)!fgets(line, sizeof(line), f);
		(void)fclose(f);
	}
	is_str(str_c(line), str_c(head), "  and HEAD with it");
	is_int(ASK(PUT, REPO, .who = OWNER, JSON("{\"name\":\"My app\"}")), 200,
	       "renamed by its name");
	IS("full_name", "Team/My-app");
	IS("name", "My app");
	is_int(ASK(PUT, "/2.0/repositories/Team/my-app", .who = OWNER,
		   JSON("{\"slug\":\"app\",\"name\":\"app\"}")),
	       200, "and back");
	IS("full_name", "Team/app");
	is_int(ASK(PUT, REPO, .who = OWNER, JSON("{\"name\":\"app\"}")), 200,
	       "the same name");
	IS("full_name", "Team/app");
	is_int(ASK(PUT, REPO, .who = OWNER, JSON("{\"name\":\"***\"}")), 400,
	       "a name that leaves no address");
	is_int(ASK(PUT, REPO, .who = OWNER, JSON("{\"slug\":\"x.git\"}")), 400,
	       "a slug that cannot be");
	is_int(ASK(PUT, "/2.0/repositories/Team/fresh", .who = OWNER), 200,
	       "PUT makes what is not there");
	IS("full_name", "Team/fresh");
}

static void
test_repo_removed(void)
{
	char path[160], uuid[64];

	is_int(ASK(GET, "/2.0/repositories/Team/fresh", .who = OWNER), 200,
	       "it is there");
	(void)snprintf(uuid, sizeof(uuid), "%s", at("uuid").p);
	is_int(ASK(DELETE, "/2.0/repositories/Team/fresh", .who = OWNER), 204,
	       "it is removed");
	is_int((long long)w.reply.body.n, 0, "  without a body");
	ok(head_has("Content-Type: text/html; charset=utf-8"), "  of text");
	is_int(ASK(GET, "/2.0/repositories/Team/fresh", .who = OWNER), 404,
	       "it is not found");
	is_int(ASK(DELETE, "/2.0/repositories/Team/fresh", .who = OWNER), 404,
	       "and not removed again");
	is_int(ASK(GET, "/2.0/repositories/Team", .query = "removed=true",
		   .who = OWNER),
	       200, "those that may come back");
	IS("values.0.slug", "fresh");
	is_int((long long)at("values.0.purged_on").n, BB_WHEN_LEN,
	       "  with an end");
	is_int(ASK(GET, "/2.0/repositories/Team", .query = "removed=true",
		   .who = READER),
	       403, "are not a reader's to see");
	is_int(ASK(GET, "/2.0/repositories/Team", .query = "removed=1",
		   .who = OWNER),
	       400, "removed=1");
	(void)snprintf(path, sizeof(path),
		       "/2.0/repositories/Team/%%7B%.36s%%7D/restore",
		       uuid + 1);
	is_int(ask(HTTP_POST, path, (struct want){.who = READER}), 404,
	       "nor to bring back");
	is_int(ask(HTTP_POST, path, (struct want){.who = STRANGER}), 404,
	       "still less somebody else's");
	is_int(ask(HTTP_POST, path,
		   (struct want){.who = OWNER, .body = "{\"slug\":\"APP\"}"}),
	       400, "not over another");
	is_int(ask(HTTP_POST, path,
		   (struct want){.who = OWNER, .body = "{\"slug\":\"zoo\"}"}),
	       200, "under another name");
	IS("full_name", "Team/zoo");
	IS("purged_on", "(none)");
	is_int(ask(HTTP_POST, path, (struct want){.who = OWNER}), 404,
	       "and once only");
	is_int(
	    ASK(POST, "/2.0/repositories/Team/nothing/restore", .who = OWNER),
	    404, "what never was is not restored");
}

static void
queries(void)
{
	static const struct {
		const char *q, *first;
		int status;
	} rows[] = {
	    {"project.key+%3D+%22default%22+AND+name+~+%22PP%22", "app", 200},
	    {"name~%22FRE%22AND+slug%3D%22zoo%22", "zoo", 200},
	    {"name+~+%22app%22+AND+slug+%3D+%22zoo%22", "(none)", 200},
	    {"project.key%3D%22none%22+AND+name~%22app%22", "(none)", 200},
	    {"name+~+%22a%3Db%22", "(none)", 200},
	    {"updated_on+%3E+2020", NULL, 400},
	    {"name", NULL, 400},
	    {"name+~", NULL, 400},
	    {"name+~+%22", NULL, 400},
	    {"name+~+%22app", NULL, 400},
	    {"slug+~+%22app%22", NULL, 400},
	    {"name+~+%22a%22+AND+", NULL, 400},
	    {"name+~+%22a%22+AND+name+~+%22p%22", NULL, 400},
	    {"name+~+%22a%22+OR+slug+%3D+%22zoo%22", NULL, 400},
	    {"name+~+%22a%22+slug+%3D+%22zoo%22", NULL, 400},
	};

	for (size_t i = 0; i < nitems(rows); i++) {
		char query[128];

		(void)snprintf(query, sizeof(query), "q=%s", rows[i].q);
		is_int(ask(HTTP_GET, "/2.0/repositories/team",
			   (struct want){.query = query, .who = OWNER}),
		       rows[i].status, "%s", rows[i].q);
		if (rows[i].first != NULL)
			IS("values.0.slug", rows[i].first);
	}
}

static void
test_repo_list(void)
{
	const char *list = "/2.0/repositories/Team";

	is_int(ASK(GET, list, .query = "pagelen=1", .who = OWNER), 200,
	       "a list of one");
	IS("values.0.slug", "app");
	IS("next", URL "/2.0/repositories/Team?page=2&pagelen=1&after="
		       "team%2Fapp");
	IS("pagelen", "1");
	IS("page", "1");
	is_int(ASK(GET, list, .query = "pagelen=1&page=2&after=team%2Fapp",
		   .who = OWNER),
	       200, "goes on");
	IS("values.0.slug", "zoo");
	IS("next", "(none)");
	is_int(ASK(GET, list, .query = "pagelen=1&page=2", .who = OWNER), 200,
	       "also by number");
	IS("values.0.slug", "zoo");
	IS("values.1.slug", "(none)");
	IS("next", "(none)");
	is_int(ASK(GET, list, .query = "after=zoo", .who = OWNER), 400,
	       "a mark of another kind");
	is_int(ASK(GET, list, .query = "q=name+~+%22PP%22", .who = OWNER), 200,
	       "part of a name");
	IS("values.0.slug", "app");
	IS("values.1.slug", "(none)");
	is_int(ASK(GET, list, .query = "q=slug%3D%22ZOO%22", .who = OWNER), 200,
	       "a slug");
	IS("values.0.slug", "zoo");
	is_int(ASK(GET, list, .query = "q=project.key+%3D+%22none%22",
		   .who = OWNER),
	       200, "a project that is not there");
	IS("values", "[]");
	queries();
	is_int(ASK(GET, list, .query = "sort=-updated_on", .who = OWNER), 400,
	       "an order that there is not");
	is_int(ASK(GET, "/2.0/repositories", .query = "role=member",
		   .who = READER),
	       200, "all that a reader sees");
	IS("values.1.slug", "zoo");
	is_int(ASK(GET, list, .query = "role=admin", .who = READER), 200,
	       "those that a reader administers");
	IS("values", "[]");
	is_int(ASK(GET, list, .query = "role=owner", .who = OWNER), 200,
	       "those that an owner owns");
	IS("values.0.slug", "app");
	is_int(ASK(GET, list, .query = "role=king", .who = OWNER), 400,
	       "a role that there is not");
	is_int(ASK(GET, list, .who = NOBODY), 200, "who may nothing");
	IS("values", "[]");
	is_int(ASK(GET, list, .who = STRANGER), 404, "a stranger");
	is_int(ASK(GET, "/2.0/repositories", .who = STRANGER), 200,
	       "  has none");
	IS("values", "[]");
}

static void
test_projects(void)
{
	const char *all = "/2.0/workspaces/Team/projects";

	is_int(ASK(POST, all, .who = OWNER,
		   JSON("{\"key\":\"WEB\",\"name\":\"Web\"}")),
	       201, "a project is made");
	IS("type", "project");
	IS("key", "WEB");
	IS("name", "Web");
	IS("links.self.href", URL "/2.0/workspaces/Team/projects/WEB");
	is_int(ASK(POST, all, .who = OWNER, JSON("{\"key\":\"web\"}")), 400,
	       "once only");
	is_int(ASK(POST, all, .who = OWNER, JSON("{\"key\":\"1\"}")), 400,
	       "a key that cannot be");
	is_int(ASK(POST, all, .who = OWNER, JSON("{}")), 400, "none");
	is_int(ASK(POST, all, .who = READER, JSON("{\"key\":\"R\"}")), 403,
	       "a reader may not");
	is_int(ASK(POST, all, .who = STRANGER, JSON("{\"key\":\"R\"}")), 404,
	       "a stranger finds nothing");
	is_int(ASK(GET, all, .who = READER), 200, "the list");
	IS("size", "2");
	IS("values.0.key", "default");
	IS("values.1.key", "WEB");
	is_int(ASK(GET, all, .who = NOBODY), 200, "the list of nobody");
	IS("size", "0");
	is_int(ASK(PUT, "/2.0/workspaces/Team/projects/web", .who = OWNER,
		   JSON("{\"description\":\"d\"}")),
	       200, "a project is changed");
	IS("description", "d");
	IS("name", "Web");
	is_int(ASK(PUT, "/2.0/workspaces/Team/projects/OPS", .who = OWNER,
		   JSON("{\"name\":\"Ops\"}")),
	       201, "PUT makes what is not there");
	IS("key", "OPS");
	is_int(ASK(PUT, "/2.0/workspaces/Team/projects/NEW", .who = READER),
	       403, "not for a reader");
	is_int(ASK(PUT, "/2.0/workspaces/Team/projects/NEW", .who = NOBODY),
	       404, "nor for nobody");
	is_int(ASK(PUT, "/2.0/workspaces/Team/projects/WEB", .who = NOBODY),
	       404, "  who sees no difference");
	is_int(ASK(DELETE, "/2.0/workspaces/Team/projects/ops", .who = OWNER),
	       204, "a project is removed");
	is_int(ASK(GET, "/2.0/workspaces/Team/projects/OPS", .who = OWNER), 404,
	       "it is gone");
	is_int(
	    ASK(DELETE, "/2.0/workspaces/Team/projects/default", .who = OWNER),
	    400, "the first project stays");
}

static void
test_workspaces(void)
{
	is_int(ASK(GET, "/2.0/workspaces", .who = READER), 200, "workspaces");
	IS("size", "1");
	IS("values.0.slug", "Team");
	is_int(
	    ASK(GET, "/2.0/workspaces", .query = "role=owner", .who = READER),
	    200, "those that a reader owns");
	IS("size", "0");
	is_int(ASK(GET, "/2.0/workspaces/TEAM", .who = NOBODY), 200, "one");
	IS("type", "workspace");
	is_int(ASK(GET, "/2.0/workspaces/Else", .who = READER), 404,
	       "somebody else's");
	is_int(ASK(GET, "/2.0/workspaces/Nowhere", .who = READER), 404,
	       "nobody's");
}

/* {"key": ..., "label": ...} with more members. */
static const char *
key_body(const char *key, const char *label, const char *more)
{
	static char text[4096];

	(void)snprintf(text, sizeof(text),
		       "{\"key\":\"%s\",\"label\":\"%s\"%s}", key, label, more);
	return text;
}
#define KEY(i, label) .body = key_body(keys[i], label, "")
#define DEPLOY	      REPO "/deploy-keys"
#define WEB	      "/2.0/workspaces/Team/projects/WEB/deploy-keys"

static void
test_key_added(void)
{
	char text[512], href[128];

	(void)snprintf(text, sizeof(text), "%s deploy@web-1", keys[0]);
	is_int(ask(HTTP_POST, DEPLOY "/",
		   (struct want){
		       .who = OWNER,
		       .body = key_body(text, " web-1 ",
					",\"expires_on\":\"9999-01-01\","
					"\"allowed_cidrs\":[\"192.0.2.0/24\","
					"\"::1\"],\"more\":{}")}),
	       200, "an access key, with a slash at the end");
	IS("type", "deploy_key");
	is_str(at("key"), str_c(keys[0]), "  the key alone");
	IS("comment", "deploy@web-1");
	IS("label", "web-1");
	IS("last_used", "null");
	IS("last_used_from", "null");
	IS("last_used_on", "null");
	IS("replaces", "null");
	IS("expires_on", "9999-01-01T00:00:00.000000+00:00");
	IS("allowed_cidrs.0", "192.0.2.0/24");
	IS("key_type", "ssh-ed25519");
	IS("key_bits", "256");
	IS("repository.full_name", "Team/app");
	is_str(at("owner.account_id"), w.id[OWNER], "  owner");
	is_str(at("created_by.account_id"), w.id[OWNER], "  created_by");
	is_int((long long)at("added_on").n, BB_WHEN_LEN, "  added_on");
	ok(str_starts(at("fingerprint_sha256"), STR("SHA256:")), "  SHA256");
	ok(str_starts(at("fingerprint_md5"), STR("MD5:")), "  MD5");
	(void)snprintf(href, sizeof(href), URL DEPLOY "/%s", at("id").p);
	is_str(at("links.self.href"), str_c(href), "  ends with its id");
	is_int(ask(HTTP_GET, href + strlen(URL), (struct want){.who = OWNER}),
	       200, "it is found there");
}

static void
test_key_unique(void)
{
	is_int(ASK(POST, DEPLOY, .who = OWNER, KEY(0, "again")), 400,
	       "not twice in one place");
	IS("error.data.reason", "key_is_here");
	IS("error.fields.key.0", "This key is an access key here already.");
	is_int(ASK(POST, "/2.0/repositories/Team/zoo/deploy-keys", .who = OWNER,
		   KEY(0, "web-1")),
	       200, "but in another");
	is_int(ASK(POST, WEB, .who = OWNER, KEY(0, "web-1")), 200,
	       "and on a project");
	IS("type", "project_deploy_key");
	IS("project.key", "WEB");
	is_int(
	    ASK(POST, "/2.0/users/me/ssh-keys", .who = OWNER, KEY(0, "mine")),
	    400, "not as anybody's own");
	IS("error.message", "Someone has already registered that SSH key.");
	is_int(ASK(POST, "/2.0/users/me/ssh-keys", .who = STRANGER,
		   KEY(1, "mine")),
	       201, "a stranger's own key");
	is_int(ASK(POST, DEPLOY, .who = OWNER, KEY(1, "taken")), 400,
	       "is nobody's access key");
	IS("error.message", "Someone has already registered that SSH key.");
	IS("error.data.reason", "key_in_use");
}

static const struct {
	const char *body, *field, *reason;
	int status;
} bad_keys[] = {
    {NULL, NULL, NULL, 400},
    {"[]", NULL, NULL, 400},
    {"{}", "label", NULL, 400},
    {"{\"label\":\"x\"}", "key", NULL, 400},
    {"{\"label\":1,\"key\":\"x\"}", "label", NULL, 400},
    {"{\"label\":\"x\",\"key\":1}", "key", NULL, 400},
    {"{\"label\":\"x\",\"key\":\"" WEAK "\"}", "key", "weak_key", 400},
    {"{\"label\":\"x\",\"key\":\"" WEAK "\\n" WEAK "\"}", "key", "several_keys",
     400},
    {"{\"label\":\"x\",\"key\":\"-----BEGIN RSA PRIVATE KEY-----\\nMIIE\"}",
     "key", "private_key_given", 400},
    {"{\"label\":\"x\",\"key\":\"---- BEGIN SSH2 PUBLIC KEY ----\"}", "key",
     "unsupported_format", 400},
    {"{\"label\":\"x\",\"key\":\"command=\\\"x\\\" " WEAK "\"}", "key",
     "options_given", 400},
    {"{\"label\":\"x\",\"key\":\"" ED
     "CxRZQBETP+nSYJnSFO+cPfgMdNSqNC2flA8iJN0/OhI\","
     "\"expires_on\":\"2001-01-01\"}",
     "expires_on", NULL, 400},
    {"{\"label\":\"x\",\"key\":\"" ED
     "CxRZQBETP+nSYJnSFO+cPfgMdNSqNC2flA8iJN0/OhI\","
     "\"allowed_cidrs\":[\"10.0.0.1/8\"]}",
     "allowed_cidrs", NULL, 400},
    {"{\"label\":\"a\\u0007b\",\"key\":\"x\"}", "label", NULL, 400},
    {"{\"label\":\"  \",\"key\":\"x\"}", "label", NULL, 400},
};

static void
test_key_refused(void)
{
	for (size_t i = 0; i < nitems(bad_keys); i++) {
		const char *body = bad_keys[i].body;

		is_int(ask(HTTP_POST, DEPLOY,
			   (struct want){.who = OWNER, .body = body}),
		       bad_keys[i].status, "%.60s",
		       body == NULL ? "nothing" : body);
		IS("type", "error");
		if (bad_keys[i].field != NULL)
			ok(json_size(json_get(
			       json_get(json_get(w.json, "error"), "fields"),
			       bad_keys[i].field)) == 1,
			   "  blames %s", bad_keys[i].field);
		if (bad_keys[i].reason != NULL)
			is_str(at("error.data.reason"),
			       str_c(bad_keys[i].reason), "  says why");
		ok(strstr(w.reply.body.p, "MIIE") == NULL, "  echoes nothing");
	}
	is_int(ASK(GET, DEPLOY, .who = OWNER), 200, "nothing was added");
	IS("size", "1");
}

static void
test_label_limit(void)
{
	char label[KEY_LABEL_MAX + 2];

	memset(label, 'x', sizeof(label));
	label[KEY_LABEL_MAX + 1] = '\0';
	is_int(ASK(POST, DEPLOY, .who = OWNER, KEY(2, label)), 400,
	       "a label beyond the limit");
	label[KEY_LABEL_MAX] = '\0';
	is_int(ASK(POST, DEPLOY, .who = OWNER, KEY(2, label)), 200,
	       "a label at the limit");
	is_int((long long)at("label").n, KEY_LABEL_MAX, "  is kept whole");
}

/* The id of the key with this label in the list. */
static long long
id_of(const char *list, const char *label)
{
	int64_t id = 0;

	(void)ask(HTTP_GET, list, (struct want){.who = OWNER});
	for (size_t i = 0; i < json_size(json_get(w.json, "values")); i++) {
		const struct json *one = json_at(json_get(w.json, "values"), i);

		if (str_eq(json_text(one, "label"), str_c(label)))
			(void)json_int(json_get(one, "id"), &id);
	}
	return id;
}

static void
test_key_changed(void)
{
	char path[128], text[512];

	(void)snprintf(path, sizeof(path), DEPLOY "/%lld",
		       id_of(DEPLOY, "web-1"));
	is_int(ask(HTTP_PUT, path,
		   (struct want){.who = OWNER,
				 .body = "{\"label\":\"web-2\","
					 "\"expires_on\":null,"
					 "\"allowed_cidrs\":[]}"}),
	       200, "label, end and addresses change");
	IS("label", "web-2");
	IS("expires_on", "null");
	IS("allowed_cidrs", "[]");
	IS("comment", "deploy@web-1");
	(void)snprintf(text, sizeof(text), "{\"key\":\"%s other\"}", keys[0]);
	is_int(ask(HTTP_PUT, path, (struct want){.who = OWNER, .body = text}),
	       200, "the same key with another comment");
	IS("comment", "other");
	(void)snprintf(text, sizeof(text), "{\"key\":\"%s\"}", keys[3]);
	is_int(ask(HTTP_PUT, path, (struct want){.who = OWNER, .body = text}),
	       400, "but no other key");
	is_int(ask(HTTP_PUT, path, (struct want){.who = OWNER}), 200,
	       "nothing to change");
	IS("label", "web-2");
	is_str(at("key"), str_c(keys[0]), "  and nothing changed");
}

static void
test_key_elsewhere(void)
{
	char path[128];
	long long id = id_of(DEPLOY, "web-2");
	static const char *const others[] = {
	    "/2.0/repositories/Team/zoo/deploy-keys", WEB};

	for (size_t i = 0; i < nitems(others); i++) {
		(void)snprintf(path, sizeof(path), "%s/%lld", others[i], id);
		is_int(ask(HTTP_GET, path, (struct want){.who = OWNER}), 404,
		       "%s", path);
		is_int(ask(HTTP_PUT, path,
			   (struct want){.who = OWNER,
					 .body = "{\"label\":\"evil\"}"}),
		       404, "  not changed");
		is_int(ask(HTTP_DELETE, path, (struct want){.who = OWNER}), 404,
		       "  not removed");
	}
	is_int(ASK(GET, DEPLOY "/0", .who = OWNER), 404, "0");
	is_int(ASK(GET, DEPLOY "/x", .who = OWNER), 404, "x");
	is_int(ASK(GET, DEPLOY "/99999999999999999999", .who = OWNER), 404,
	       "too large");
	is_int(id_of(DEPLOY, "web-2"), id, "it stays as it was");
}

static void
test_key_rights(void)
{
	char path[128];
	long long id = id_of(DEPLOY, "web-2");

	(void)snprintf(path, sizeof(path), DEPLOY "/%lld", id);
	is_int(ASK(GET, DEPLOY, .who = READER), 403, "a reader lists none");
	is_int(ASK(POST, DEPLOY, .who = READER, KEY(4, "x")), 403,
	       "and adds none");
	is_int(ask(HTTP_DELETE, path, (struct want){.who = READER}), 403,
	       "and removes none");
	is_int(ASK(GET, DEPLOY, .who = NOBODY), 404, "nobody sees nothing");
	is_int(ASK(GET, REPO, .who = NOBODY), 404, "  not even the repository");
	is_int(ASK(GET, DEPLOY, .who = STRANGER), 404, "a stranger neither");
	is_int(ASK(POST, DEPLOY, .who = STRANGER, KEY(4, "x")), 404,
	       "  adds nothing");
	is_int(ask(HTTP_DELETE, path, (struct want){.who = STRANGER}), 404,
	       "  removes nothing");
	is_int(ASK(PUT, REPO, .who = STRANGER, JSON("{\"slug\":\"x\"}")), 404,
	       "  renames nothing");
	is_int(ASK(DELETE, REPO, .who = STRANGER), 404, "  deletes nothing");
	is_int(ASK(DELETE, REPO, .who = READER), 403, "a reader neither");
	is_int(id_of(DEPLOY, "web-2"), id, "all is as it was");
}

static void
test_key_rotated(void)
{
	char path[160], want[32];
	long long old = id_of(DEPLOY, "web-2");

	(void)snprintf(path, sizeof(path), DEPLOY "/%lld/rotate/", old);
	(void)snprintf(want, sizeof(want), "%lld", old);
	is_int(
	    ask(HTTP_POST, path,
		(struct want){.who = OWNER,
			      .body = key_body(keys[3], "web-3",
					       ",\"until\":\"9999-01-01\"")}),
	    200, "a key is replaced");
	is_str(at("replaces"), str_c(want), "  replaces");
	IS("label", "web-3");
	(void)snprintf(path, sizeof(path), DEPLOY "/%lld", old);
	is_int(ask(HTTP_GET, path, (struct want){.who = OWNER}), 200,
	       "the old one is still there");
	IS("expires_on", "9999-01-01T00:00:00.000000+00:00");
	(void)snprintf(path, sizeof(path),
		       "/2.0/repositories/Team/zoo/deploy-keys/%lld/rotate",
		       old);
	is_int(ask(HTTP_POST, path,
		   (struct want){.who = OWNER,
				 .body = key_body(keys[4], "x", "")}),
	       404, "not from another repository");
}

/* Where does the first of the keys stand? The plus sign of base64 is a blank in
 * a query. */
static void
test_key_places(void)
{
	CLEAN(buf_clear) struct buf query = BUF_INIT;

	(void)ASK(GET, WEB, .who = OWNER);
	buf_adds(&query, "pagelen=2&fingerprint=");
	enc_percent(&query, at("values.0.fingerprint_sha256"));
	is_int(ASK(GET, "/2.0/workspaces/Team/deploy-keys", .query = query.p,
		   .who = OWNER),
	       200, "where a key stands");
	IS("values.0.repository.full_name", "Team/app");
	IS("values.1.repository.full_name", "Team/zoo");
	ok(str_ends(at("next"), STR("&after=2")), "  and more");
	buf_adds(&query, "&page=2&after=2");
	is_int(ASK(GET, "/2.0/workspaces/Team/deploy-keys", .query = query.p,
		   .who = OWNER),
	       200, "the rest of it");
	IS("values.0.project.key", "WEB");
	IS("values.1.id", "(none)");
	IS("next", "(none)");
}

static void
test_key_search(void)
{
	is_int(ASK(GET, "/2.0/workspaces/Team/deploy-keys",
		   .query = "fingerprint=nonsense", .who = OWNER),
	       400, "no fingerprint");
	is_int(ASK(GET, "/2.0/workspaces/Team/deploy-keys", .who = OWNER,
		   .query = "pagelen=2"),
	       200, "all keys of an account");
	ok(at("next").n > 10, "  in pages");
	is_int(ASK(GET, "/2.0/workspaces/Team/deploy-keys", .who = OWNER,
		   .query = "pagelen=2&page=3"),
	       200, "the last of them, by number");
	IS("values.1.id", "(none)");
	IS("next", "(none)");
	is_int(ASK(GET, "/2.0/workspaces/Team/deploy-keys", .who = READER), 403,
	       "not for a reader");
	is_int(ASK(GET, "/2.0/workspaces/Team/deploy-keys", .who = STRANGER),
	       404, "still less a stranger");
}

static void
test_key_removed(void)
{
	char path[128];
	long long id = id_of(DEPLOY, "web-2");

	(void)snprintf(path, sizeof(path), DEPLOY "/%lld/", id);
	is_int(ask(HTTP_DELETE, path, (struct want){.who = OWNER}), 204,
	       "a key is removed");
	ok(head_has("Content-Type: text/html; charset=utf-8"), "  of text");
	is_int(ask(HTTP_GET, path, (struct want){.who = OWNER}), 404,
	       "it is gone");
	is_int(ask(HTTP_DELETE, path, (struct want){.who = OWNER}), 404,
	       "once only");
	is_int(ASK(POST, DEPLOY, .who = OWNER, KEY(0, "web-1")), 200,
	       "it may come again");
	ok(id_of(DEPLOY, "web-1") > id, "  under another number");
}

/* A key that was lost must not wait for its repository to come back. */
static void
test_key_of_removed(void)
{
	static const char *const repo = "/2.0/repositories/Team/asleep";
	char path[160], keys_path[128], uuid[64];
	long long id;

	is_int(ask(HTTP_POST, repo, (struct want){.who = OWNER}), 200,
	       "a repository");
	(void)snprintf(uuid, sizeof(uuid), "%s", at("uuid").p);
	is_int(ASK(POST, "/2.0/repositories/Team/asleep/deploy-keys",
		   .who = OWNER, KEY(5, "lost")),
	       200, "with a key");
	id = strtoll(at("id").p, NULL, 10);
	is_int(ask(HTTP_DELETE, repo, (struct want){.who = OWNER}), 204,
	       "is removed");
	is_int(ask(HTTP_POST, repo, (struct want){.who = OWNER}), 200,
	       "another takes its name");
	(void)snprintf(keys_path, sizeof(keys_path),
		       "/2.0/repositories/Team/%%7B%.36s%%7D/deploy-keys",
		       uuid + 1);
	(void)snprintf(path, sizeof(path), "%s/%lld", keys_path, id);
	is_int(ask(HTTP_GET, path, (struct want){.who = OWNER}), 200,
	       "the key is seen");
	ok(at("repository.removed_on").n == BB_WHEN_LEN, "  to sleep");
	ok(str_ends(at("links.self.href"), str_c(path)), "  under its id");
	is_int(ask(HTTP_GET, keys_path, (struct want){.who = OWNER}), 200,
	       "and listed");
	IS("values.0.label", "lost");
	is_int(ask(HTTP_GET, keys_path, (struct want){.who = READER}), 404,
	       "not for a reader");
	is_int(ask(HTTP_DELETE, path, (struct want){.who = READER}), 404,
	       "who ends nothing");
	is_int(ask(HTTP_DELETE, path, (struct want){.who = STRANGER}), 404,
	       "nor does a stranger");
	is_int(ask(HTTP_POST, keys_path,
		   (struct want){.who = OWNER, KEY(4, "more")}),
	       404, "none is added");
	is_int(ask(HTTP_PUT, path,
		   (struct want){.who = OWNER, .body = "{\"label\":\"x\"}"}),
	       404, "none is changed");
	is_int(ask(HTTP_DELETE, path, (struct want){.who = OWNER}), 204,
	       "but it is ended");
	is_int(ask(HTTP_GET, path, (struct want){.who = OWNER}), 404,
	       "for good");
}

static void
test_user_keys(void)
{
	char path[128], uuid[BB_UUID_LEN + 1];
	const char *mine = "/2.0/users/me/ssh-keys";

	is_int(ASK(POST, mine, .who = READER, KEY(5, "laptop")), 201,
	       "a key of one's own");
	IS("type", "ssh_key");
	IS("label", "laptop");
	is_str(at("owner.account_id"), w.id[READER], "  owner");
	(void)snprintf(path, sizeof(path), "%s/%.36s", mine, at("uuid").p + 1);
	is_int(ask(HTTP_GET, path, (struct want){.who = READER}), 200,
	       "it is found");
	is_int(
	    ask(HTTP_PUT, path,
		(struct want){.who = READER, .body = "{\"comment\":\"new\"}"}),
	    200, "its comment changes");
	IS("comment", "new");
	IS("label", "laptop");
	is_int(ask(HTTP_GET, path, (struct want){.who = OWNER}), 404,
	       "it is not the owner's");
	bb_uuid_of_identity(w.id[READER], uuid);
	(void)snprintf(path, sizeof(path), "/2.0/users/%%7B%.36s%%7D/ssh-keys",
		       uuid + 1);
	is_int(ask(HTTP_GET, path, (struct want){.who = OWNER}), 200,
	       "but the owner sees it there");
	IS("size", "1");
	is_int(ask(HTTP_GET, path, (struct want){.who = NOBODY}), 403,
	       "a colleague does not");
	is_int(ask(HTTP_GET, path, (struct want){.who = STRANGER}), 404,
	       "a stranger finds nobody");
	is_int(ASK(GET, "/2.0/users/IBMid-0000000000/ssh-keys", .who = OWNER),
	       404, "nor does anybody who is not there");
	is_int(ASK(GET, mine, .auth = ""), 401, "me is somebody");
	(void)ASK(GET, mine, .who = READER);
	(void)snprintf(path, sizeof(path), "%s/%.36s", mine,
		       at("values.0.uuid").p + 1);
	is_int(ask(HTTP_DELETE, path, (struct want){.who = READER}), 204,
	       "it is removed");
	is_int(ask(HTTP_DELETE, path, (struct want){.who = READER}), 404,
	       "once only");
}

/* A row whose commit failed may be found at the next start: then it needs its
 * folder. The database takes nothing any more afterwards. */
static void
test_commit_fails(void)
{
	size_t before = folders();
	int status;

	must(test_disk_break(), "test_disk_break");
	status = ASK(POST, "/2.0/repositories/Team/unsure", .who = OWNER);
	is_int(status, 500, "a commit that fails");
	ok(folders() == before + 1, "  leaves the folder");
}

int
main(void)
{
	world_open();
	test_table();
	test_proof();
	test_repo_made();
	test_repo_names();
	test_repo_refused();
	test_repo_change();
	test_repo_removed();
	test_repo_list();
	test_projects();
	test_workspaces();
	test_key_added();
	test_key_unique();
	test_key_refused();
	test_label_limit();
	test_key_changed();
	test_key_elsewhere();
	test_key_rights();
	test_key_rotated();
	test_key_places();
	test_key_search();
	test_key_removed();
	test_key_of_removed();
	test_user_keys();
	test_commit_fails();
	world_close();
	return done_testing();
}
