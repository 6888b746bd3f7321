/* What people write is the thing that the doors ask about. */
#include "door/api/explain.h"

#include "base/test.h"

#include <stdlib.h>

static const struct {
	const char *action, *resource; /* NULL: none */
	enum thing_kind kind;	       /* NONE: it is refused */
	const char *name;
} rows[] = {
    {"container-registry.image.pull", NULL, THING_ACCOUNT, ""},
    {"container-registry.image.pull", "{}", THING_ACCOUNT, ""},
    {"container-registry.image.pull", "{'name':'birds'}", THING_NAMESPACE,
     "birds"},
    {"container-registry.image.pull", "{'name':'birds/app'}", THING_REPO,
     "birds/app"},
    {"container-registry.image.pull", "{'name':'birds/a/b'}", THING_REPO,
     "birds/a/b"},
    {"container-registry.image.pull", "{'type':'namespace','name':'birds/a'}",
     THING_REPO, "birds/a"},
    {"container-registry.image.pull", "{'type':'project','name':'birds'}",
     THING_NONE, ""},
    {"container-registry.image.pull", "{'type':'song','name':'birds'}",
     THING_NONE, ""},
    {"container-registry.image.pull", "{'service':'git','name':'birds'}",
     THING_NONE, ""},
    {"container-registry.image.pull", "{'name':1}", THING_NONE, ""},
    {"container-registry.image.pull", "{'colour':'red'}", THING_NONE, ""},
    {"container-registry.quota.set", "{'name':'birds'}", THING_ACCOUNT, ""},
    {"container-registry.registrytoken.get", "{'name':'1-2'}", THING_TOKEN,
     "1-2"},
    {"git.repository.read", "{'name':'Team/repo'}", THING_GITREPO, "Team/repo"},
    {"git.repository.read", "{'name':'repo'}", THING_GITREPO, "own/repo"},
    {"git.repository.read", "{'name':'a/b/c'}", THING_NONE, ""},
    {"git.repository.create", "{'name':'Team/project'}", THING_PROJECT,
     "Team/project"},
    {"git.accesskey.list", "{'type':'project','name':'Team/p'}", THING_PROJECT,
     "Team/p"},
    {"key-pair.keypair.list", "{'name':'Team/p/pair'}", THING_KEYPAIR,
     "Team/p/pair"},
    {"key-pair.keypair.list", "{'name':'Team/p'}", THING_PROJECT, "Team/p"},
    {"key-pair.keypair.create", "{'name':'Team/p/pair'}", THING_PROJECT,
     "Team/p"},
    {"key-pair.keypair.list", "{'name':'pair'}", THING_NONE, ""},
    {"key-pair.keypair.list", "{'name':'a/b/c/d'}", THING_NONE, ""},
    {"server.server.list", "{'name':'Team/p/web'}", THING_SERVER, "Team/p/web"},
    {"iam-identity.apikey.list", "{'name':'ServiceId-1'}", THING_IDENTITY,
     "iam-ServiceId-1"},
    {"iam-identity.apikey.list", "{'name':'IBMid-1'}", THING_IDENTITY,
     "IBMid-1"},
    {"iam-groups.member.add", "{'name':'AccessGroupId-1'}", THING_GROUP,
     "AccessGroupId-1"},
    {"iam-groups.group.create", "{'name':'watchers'}", THING_ACCOUNT, ""},
    {"audit.read", "{'name':'anything'}", THING_ACCOUNT, ""},
    {"sing", NULL, THING_NONE, ""},
    {"", NULL, THING_NONE, ""},
};

/* Written with ' for ". */
static struct json *
json_of(const char *text)
{
	struct json *j = NULL;
	struct note note;
	char copy[128];

	if (text == NULL)
		return NULL;
	(void)snprintf(copy, sizeof(copy), "%s", text);
	for (char *p = copy; *p != '\0'; p++)
		if (*p == '\'')
			*p = '"';
	if (json_parse(str_c(copy), &j, &note) != 0)
		abort();
	return j;
}

static void
test_row(size_t i)
{
	CLEAN(json_freep) struct json *resource = json_of(rows[i].resource);
	CLEAN(arena_clear) struct arena arena;
	struct region region = {.name = "local"};
	struct call call = {.region = &region, .arena = &arena};
	struct thing thing = {.kind = THING_NONE};
	enum verb verb;
	int r;

	arena_init(&arena, MIB);
	(void)snprintf(call.visit.who.account, sizeof(call.visit.who.account),
		       "own");
	r = explain_aim(&call, str_c(rows[i].action), resource, &verb, &thing);
	is_int(r, rows[i].kind == THING_NONE ? OUT_MALFORMED : 0, "%s %s",
	       rows[i].action,
	       rows[i].resource == NULL ? "" : rows[i].resource);
	if (rows[i].kind == THING_NONE) {
		ok(call.note.text[0] != '\0', "  says why");
		return;
	}
	is_int(thing.kind, rows[i].kind, "  its kind");
	is_str(thing.name, str_c(rows[i].name), "  its name");
	is_str(thing.region, STR("local"), "  the region that Host names");
}

int
main(void)
{
	for (size_t i = 0; i < nitems(rows); i++)
		test_row(i);
	return done_testing();
}
