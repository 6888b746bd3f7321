/* iam {service,user,access-group}-policy-*: what somebody is granted. */
#include "cli/git.h"
#include "cli/policy.h"

#include "base/enc.h"
#include "base/i18n.h"

#include <stdio.h>

/* All of a subject's are in v2; v1 has no conditions. */
#define LIST_VERSION "/v2/policies"
enum { LIST_UUID };
static const struct opt list_opts[] = {
    {"uuid", 0, OPT_FLAG, NULL, N_("show the UUIDs only")},
};

/* Who is meant by the first operand. */
struct who {
	struct buf id;
	struct policy_subject subject;
};

static int
who_find(struct cli *cli, const struct iam_kind *kind, const char *word,
	 struct who *ret)
{
	CLEAN(iam_thing_clear) struct iam_thing g = IAM_THING_INIT;
	bool group = kind == &iam_group;
	int r = group ? iam_find(cli, kind, STR_NONE, word, &g)
		      : iam_identity(cli, kind, word, &ret->id);

	if (r == 0 && group)
		r = buf_addstr(&ret->id, buf_str(&g.id));
	ret->subject = (struct policy_subject){
	    group ? "access_group_id" : "iam_id", buf_str(&ret->id)};
	return r;
}

static void
policy_said(const struct cli *cli, const struct opt_value *v,
	    const struct json *j)
{
	if (v[POLICY_QUIET].given && !cli->json) {
		print_text(json_text(j, "id"));
		(void)putchar('\n');
	} else {
		iam_said(cli, j, policy_print);
	}
}

static int
policy_create(struct cli *cli, const struct args *a,
	      const struct iam_kind *kind)
{
	CLEAN(buf_clear) struct buf body = BUF_INIT;
	CLEAN(json_freep) struct json *j = NULL;
	struct who who = {BUF_INIT, {NULL, STR_NONE}};
	struct ask ask = {"POST", NULL, STR_NONE};
	bool v2 = false;
	int r = who_find(cli, kind, a->rest[0], &who);

	if (r == 0)
		r = policy_body(cli, a->v, &who.subject, NULL, &body, &v2);
	ask.path = v2 ? "/v2/policies" : "/v1/policies";
	ask.body = buf_str(&body);
	if (r == 0)
		r = client_json(cli, &ask, &j);
	if (r == 0)
		policy_said(cli, a->v, j);
	buf_clear(&who.id);
	return r;
}

static void
policy_row(struct table *t, const struct json *row)
{
	CLEAN(buf_clear) struct buf roles = BUF_INIT;
	CLEAN(buf_clear) struct buf resource = BUF_INIT;

	policy_roles_text(row, &roles);
	policy_resource_text(row, &resource);
	table_add(t, json_text(row, "id"));
	table_add(t, buf_str(&roles));
	table_add(t, buf_str(&resource));
	table_add(t, json_text(row, "pattern"));
}

static void
uuid_row(struct table *t, const struct json *row)
{
	table_add(t, json_text(row, "id"));
}

static int
policy_list(struct cli *cli, const struct args *a, const struct iam_kind *kind)
{
	static const struct column columns[] = {{N_("Policy ID"), false},
						{N_("Roles"), false},
						{N_("Resource"), false},
						{N_("Condition"), false}};
	static const struct column only[] = {{N_("Policy ID"), false}};
	CLEAN(buf_clear) struct buf path = BUF_INIT;
	struct who who = {BUF_INIT, {NULL, STR_NONE}};
	bool uuids = a->v[LIST_UUID].given;
	struct listing list = {NULL, "policies", uuids ? only : columns,
			       uuids ? nitems(only) : nitems(columns),
			       uuids ? uuid_row : policy_row};
	int r = who_find(cli, kind, a->rest[0], &who);

	if (r == 0) {
		(void)buf_adds(&path, LIST_VERSION "?limit=" IAM_PAGE);
		form_add(&path, "account_id", str_c(cli->session.account));
		form_add(&path, who.subject.attribute, who.subject.value);
		list.path = path.p;
		r = buf_err(&path) != 0 ? buf_err(&path)
					: pages_show(cli, &list);
	}
	buf_clear(&who.id);
	return r;
}

/* A policy of somebody else is none of theirs: what is meant for one is not
 * done to another by a slip. */
static int
policy_get(struct cli *cli, const struct args *a, const struct iam_kind *kind,
	   struct who *who, struct iam_thing *ret, struct json **ret_json,
	   struct buf *ret_tag)
{
	int r = who_find(cli, kind, a->rest[0], who);

	if (r != 0)
		return r;
	(void)buf_adds(&ret->path, LIST_VERSION "/");
	(void)enc_percent(&ret->path, str_c(a->rest[1]));
	r = buf_err(&ret->path) != 0
		? buf_err(&ret->path)
		: iam_get(cli, ret->path.p, ret_json, ret_tag);
	if (r == OUT_ABSENT ||
	    (r == 0 &&
	     !str_eq(policy_subject_value(*ret_json), buf_str(&who->id))))
		return note_set(&cli->note, OUT_ABSENT,
				_("'%.60s' has no policy '%.60s'"), a->rest[0],
				a->rest[1]);
	return r;
}

enum todo { SHOW, UPDATE, DELETE };
static int
policy_put(struct cli *cli, const struct args *a, const struct who *who,
	   const struct iam_thing *t, const struct json *now,
	   const struct buf *tag)
{
	CLEAN(buf_clear) struct buf body = BUF_INIT;
	CLEAN(buf_clear) struct buf path = BUF_INIT;
	CLEAN(json_freep) struct json *j = NULL;
	struct ask ask = {"PUT", NULL, STR_NONE};
	bool v2 = true;
	int r = policy_body(cli, a->v, &who->subject, now, &body, &v2);

	if (r != 0)
		return r;
	(void)buf_adds(&path, t->path.p);
	if (buf_err(&path) != 0)
		return buf_err(&path);
	if (!v2)
		path.p[2] = '1'; /* "/v1/policies/..." */
	ask.path = path.p;
	ask.body = buf_str(&body);
	r = iam_change(cli, &ask, tag, &j);
	if (r == 0)
		policy_said(cli, a->v, j);
	return r;
}

static int
policy_do(struct cli *cli, const struct args *a, const struct iam_kind *kind,
	  enum todo todo)
{
	CLEAN(iam_thing_clear) struct iam_thing t = IAM_THING_INIT;
	CLEAN(json_freep) struct json *j = NULL;
	CLEAN(buf_clear) struct buf tag = BUF_INIT;
	struct who who = {BUF_INIT, {NULL, STR_NONE}};
	int r = 0;

	if (todo == DELETE)
		r = iam_confirm(cli, a->v[IAM_DELETE_FORCE].given,
				_("What it grants ends at once. Delete?"));
	if (r == 0)
		r = policy_get(cli, a, kind, &who, &t, &j, &tag);
	if (r == 0 && todo == UPDATE)
		r = policy_put(cli, a, &who, &t, j, &tag);
	else if (r == 0 && todo == DELETE)
		r = iam_act(cli, &t, IAM_DELETE);
	else if (r == 0)
		iam_said(cli, j, policy_print);
	buf_clear(&who.id);
	return r;
}

/* The same five commands of each kind of subject. */
#define COMMANDS(word, kind)                                                   \
	static int word##_create(struct cli *cli, const struct args *a)        \
	{                                                                      \
		return policy_create(cli, a, kind);                            \
	}                                                                      \
	static int word##_list(struct cli *cli, const struct args *a)          \
	{                                                                      \
		return policy_list(cli, a, kind);                              \
	}                                                                      \
	static int word##_show(struct cli *cli, const struct args *a)          \
	{                                                                      \
		return policy_do(cli, a, kind, SHOW);                          \
	}                                                                      \
	static int word##_update(struct cli *cli, const struct args *a)        \
	{                                                                      \
		return policy_do(cli, a, kind, UPDATE);                        \
	}                                                                      \
	static int word##_delete(struct cli *cli, const struct args *a)        \
	{                                                                      \
		return policy_do(cli, a, kind, DELETE);                        \
	}
COMMANDS(service, &iam_service_id)
COMMANDS(user, &iam_user)
COMMANDS(group, &iam_group)

static const char advice[] =
    N_("Roles add up over all policies; nothing forbids. In one namespace:\n"
       "    --roles Reader,Writer --service-name container-registry \\\n"
       "        --resource-type namespace --resource birds\n"
       "A file has what the API has: conditions by time, and lists of "
       "values.\n");

#define ROWS(head, list, who, word)                                            \
	{"iam",                                                                \
	 head "-policy-create",                                                \
	 NULL,                                                                 \
	 policy_opts,                                                          \
	 POLICY_OPTS,                                                          \
	 who,                                                                  \
	 1,                                                                    \
	 1,                                                                    \
	 word##_create,                                                        \
	 N_("grant roles on something"),                                       \
	 advice},                                                              \
	    {"iam", list, NULL, list_opts,   nitems(list_opts),                \
	     who,   1,	  1,	word##_list, N_("list what was granted"),      \
	     NULL},                                                            \
	    {"iam",	  head "-policy",      NULL, NULL,                     \
	     0,		  who " POLICY",       2,    2,                        \
	     word##_show, N_("show a policy"), NULL},                          \
	    {"iam",                                                            \
	     head "-policy-update",                                            \
	     NULL,                                                             \
	     policy_opts,                                                      \
	     POLICY_OPTS,                                                      \
	     who " POLICY",                                                    \
	     2,                                                                \
	     2,                                                                \
	     word##_update,                                                    \
	     N_("change its roles or what they are for"),                      \
	     advice},                                                          \
	{                                                                      \
		"iam", head "-policy-delete", NULL, iam_delete_opts,           \
		    IAM_DELETE_OPTS, who " POLICY", 2, 2, word##_delete,       \
		    N_("take it back; felt at once"), NULL                     \
	}

static const struct command rows[] = {
    ROWS("service", "service-policies", "SERVICE", service),
    ROWS("user", "user-policies", "USER", user),
    ROWS("access-group", "access-group-policies", "GROUP", group),
};
const struct command_set commands_policy = {rows, nitems(rows)};
