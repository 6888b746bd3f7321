/* Policies as options say them, in both forms that the server reads. */
#include "cli/git.h"
#include "cli/policy.h"

#include "base/i18n.h"

#include <stdio.h>
#include <string.h>

#define POLICY_FILE_MAX (1 * MIB)

const struct opt policy_opts[POLICY_OPTS] = {
    [POLICY_FILE] = {"file", 0, OPT_TEXT, "@JSON|FILE",
		     N_("the policy as JSON, instead of what follows")},
    [POLICY_ROLES] = {"roles", 'r', OPT_TEXT, "ROLE,...",
		      N_("roles by their names; 'iam roles' lists them")},
    [POLICY_SERVICE_NAME] = {"service-name", 0, OPT_TEXT, "SERVICE",
			     N_("container-registry, git, key-pair, server, "
				"...; default: all")},
    [POLICY_SERVICE_INSTANCE] = {"service-instance", 0, OPT_TEXT, "GUID",
				 N_("one instance of the service")},
    [POLICY_REGION] = {"region", 0, OPT_TEXT, "REGION",
		       N_("in this region only")},
    [POLICY_RESOURCE_TYPE] = {"resource-type", 0, OPT_TEXT, "TYPE",
			      N_("namespace, repository, project, ...")},
    [POLICY_RESOURCE] = {"resource", 0, OPT_TEXT, "NAME",
			 N_("the one called so; * and ? match more")},
    [POLICY_RESOURCE_GROUP] = {"resource-group-id", 0, OPT_TEXT, "ID",
			       N_("what is in this resource group")},
    [POLICY_ATTRIBUTES] = {"attributes", 0, OPT_TEXT, "NAME=VALUE,...",
			   N_("further attributes of the resource")},
    [POLICY_API_VERSION] = {"api-version", 0, OPT_TEXT, "v1|v2",
			    N_("which API's form of JSON; default: v1")},
    [POLICY_QUIET] = {"quiet", 'q', OPT_FLAG, NULL,
		      N_("print the policy's UUID only")},
    [POLICY_FORCE] = {"force", 'f', OPT_FLAG, NULL, N_("do not ask")},
};

static const struct {
	const char *name;
	int opt;
} members[] = {
    {"serviceName", POLICY_SERVICE_NAME},
    {"serviceInstance", POLICY_SERVICE_INSTANCE},
    {"region", POLICY_REGION},
    {"resourceType", POLICY_RESOURCE_TYPE},
    {"resource", POLICY_RESOURCE},
    {"resourceGroupId", POLICY_RESOURCE_GROUP},
};

static void
attribute_write(struct jw *w, struct str name, struct str value, bool v2)
{
	bool pattern = memchr(value.p, '*', value.n) != NULL ||
		       memchr(value.p, '?', value.n) != NULL;

	jw_object(w, NULL);
	jw_str(w, v2 ? "key" : "name", name);
	jw_c(w, "operator", pattern ? "stringMatch" : "stringEquals");
	jw_str(w, "value", value);
	jw_end(w);
}

int
policy_attributes(struct cli *cli, struct jw *w, const char *text, bool v2)
{
	struct str rest = str_c(text), one, name, value;

	while (iam_list_next(&rest, &one)) {
		if (!str_cut(one, '=', &name, &value) ||
		    str_trim(name).n == 0 || str_trim(value).n == 0)
			return usage_set(cli, _("--attributes are "
						"NAME=VALUE,NAME=VALUE"));
		attribute_write(w, str_trim(name), str_trim(value), v2);
	}
	return 0;
}

/* --- roles --- */

static const struct json *
role_find(const struct json *roles, struct str word)
{
	static const char *const lists[] = {"service_roles", "system_roles",
					    "custom_roles"};

	for (size_t l = 0; l < nitems(lists); l++) {
		const struct json *rows = json_get(roles, lists[l]);

		for (size_t i = 0; i < json_size(rows); i++) {
			const struct json *row = json_at(rows, i);

			if (str_eq_nocase(json_text(row, "display_name"), word))
				return row;
		}
	}
	return NULL;
}

int
policy_roles_get(struct cli *cli, const char *service, struct json **ret)
{
	CLEAN(buf_clear) struct buf path = BUF_INIT;
	const char *account = NULL;
	int r = iam_account(cli, &account);

	if (r != 0)
		return r;
	(void)buf_adds(&path, "/v2/roles?");
	form_add(&path, "account_id", str_c(account));
	if (service != NULL)
		form_add(&path, "service_name", str_c(service));
	return buf_err(&path) != 0 ? buf_err(&path)
				   : iam_get(cli, path.p, ret, NULL);
}

int
policy_roles_pick(const struct json *all, const char *roles,
		  struct buf *ret_crns, struct note *note)
{
	struct str rest = str_c(roles), word;

	while (iam_list_next(&rest, &word)) {
		struct str crn = json_text(role_find(all, word), "crn");

		if (str_starts(word, STR("crn:")))
			crn = word;
		if (crn.n == 0)
			return note_set(note, OUT_ABSENT,
					_("no role is called '%.*s' here: "
					  "'latchkey iam roles' lists them"),
					str_is_text(word) ? (int)word.n : 0,
					word.p);
		if (ret_crns->n > 0)
			(void)buf_addc(ret_crns, ',');
		(void)buf_addstr(ret_crns, crn);
	}
	return buf_err(ret_crns);
}

int
policy_roles(struct cli *cli, const char *service, const char *roles,
	     struct buf *ret_crns)
{
	CLEAN(json_freep) struct json *all = NULL;
	int r = policy_roles_get(cli, service, &all);

	return r != 0 ? r : policy_roles_pick(all, roles, ret_crns, &cli->note);
}

static void
roles_write(struct jw *w, struct str crns)
{
	struct str crn;

	jw_array(w, "roles");
	while (iam_list_next(&crns, &crn)) {
		jw_object(w, NULL);
		jw_str(w, "role_id", crn);
		jw_end(w);
	}
	jw_end(w);
}

/* --- one of a file --- */

static int
file_json(struct cli *cli, const char *given, struct json **ret)
{
	CLEAN(buf_clear) struct buf text = BUF_INIT;
	const char *path = given[0] == '@' ? given + 1 : given;
	int r = given[0] == '{'
		    ? buf_adds(&text, given)
		    : file_read(path, POLICY_FILE_MAX, &text, &cli->note);

	if (r != 0)
		return r;
	r = json_parse(buf_str(&text), ret, &cli->note);
	if (r != 0 || json_kind(*ret) != JSON_OBJECT)
		return note_set(&cli->note, OUT_MALFORMED,
				_("%.100s is no policy as JSON"),
				str_is_text(str_c(path)) ? path : "?");
	return 0;
}

static void
subject_write(struct jw *w, const struct policy_subject *s, bool v2)
{
	if (v2)
		jw_object(w, "subject");
	else {
		jw_array(w, "subjects");
		jw_object(w, NULL);
	}
	jw_array(w, "attributes");
	jw_object(w, NULL);
	jw_c(w, v2 ? "key" : "name", s->attribute);
	if (v2)
		jw_c(w, "operator", "stringEquals");
	jw_str(w, "value", s->value);
	jw_end(w);
	jw_end(w);
	jw_end(w);
	if (!v2)
		jw_end(w);
}

/* Whom it is for, the command says; the rest is as it is in the file. */
static int
body_of_file(struct cli *cli, const char *given, const struct policy_subject *s,
	     struct buf *ret, bool *ret_v2)
{
	CLEAN(json_freep) struct json *j = NULL;
	struct jw w = JW(ret);
	const struct json *value;
	struct str name;
	void *at = NULL;
	int r = file_json(cli, given, &j);

	if (r != 0)
		return r;
	*ret_v2 = json_get(j, "control") != NULL;
	jw_object(&w, NULL);
	jw_c(&w, "type", "access");
	subject_write(&w, s, *ret_v2);
	while (json_each(j, &at, &name, &value)) {
		if (str_eq(name, STR("type")) || str_eq(name, STR("subject")) ||
		    str_eq(name, STR("subjects")))
			continue;
		jw_key(&w, name);
		jw_json(&w, NULL, value);
	}
	jw_end(&w);
	return buf_err(ret);
}

/* --- one of options --- */

static bool
resource_given(const struct opt_value *v)
{
	bool given = v[POLICY_ATTRIBUTES].given;

	for (size_t i = 0; i < nitems(members); i++)
		given = given || v[members[i].opt].given;
	return given;
}

/* Without a service all of them are meant, which has to be said. */
static int
resource_write(struct cli *cli, struct jw *w, const struct opt_value *v,
	       bool v2)
{
	const char *account = NULL;
	int r = iam_account(cli, &account);

	if (r != 0)
		return r;
	jw_array(w, "attributes");
	attribute_write(w, STR("accountId"), str_c(account), v2);
	if (!v[POLICY_SERVICE_NAME].given && !v[POLICY_RESOURCE_GROUP].given &&
	    !v[POLICY_ATTRIBUTES].given)
		attribute_write(w, STR("serviceType"), STR("service"), v2);
	for (size_t i = 0; i < nitems(members); i++)
		if (v[members[i].opt].given)
			attribute_write(w, str_c(members[i].name),
					str_c(v[members[i].opt].text), v2);
	if (v[POLICY_ATTRIBUTES].given)
		r = policy_attributes(cli, w, v[POLICY_ATTRIBUTES].text, v2);
	jw_end(w);
	return r;
}

static int
resource_member(struct cli *cli, struct jw *w, const struct opt_value *v,
		bool v2)
{
	int r;

	if (v2)
		jw_object(w, "resource");
	else {
		jw_array(w, "resources");
		jw_object(w, NULL);
	}
	r = resource_write(cli, w, v, v2);
	jw_end(w);
	if (!v2)
		jw_end(w);
	return r;
}

/* What the changed policy says beside its roles and resource. */
static void
rest_write(struct jw *w, const struct json *now)
{
	static const char *const kept[] = {"pattern", "rule", "description"};

	for (size_t i = 0; i < nitems(kept); i++)
		if (json_get(now, kept[i]) != NULL)
			jw_json(w, kept[i], json_get(now, kept[i]));
}

static void
control_write(struct jw *w, const struct json *now, struct str crns)
{
	const struct json *grant = json_get(json_get(now, "control"), "grant");
	const struct json *rows = json_get(grant, "roles");

	jw_object(w, "control");
	jw_object(w, "grant");
	if (crns.n > 0) {
		roles_write(w, crns);
	} else {
		jw_array(w, "roles");
		for (size_t i = 0; i < json_size(rows); i++) {
			jw_object(w, NULL);
			jw_str(w, "role_id",
			       json_text(json_at(rows, i), "role_id"));
			jw_end(w);
		}
		jw_end(w);
	}
	jw_end(w);
	jw_end(w);
}

static int
body_of_options(struct cli *cli, const struct opt_value *v,
		const struct policy_subject *s, const struct json *now,
		struct buf *ret, bool v2)
{
	CLEAN(buf_clear) struct buf crns = BUF_INIT;
	struct jw w = JW(ret);
	int r = 0;

	if (v[POLICY_ROLES].given)
		r = policy_roles(cli, v[POLICY_SERVICE_NAME].text,
				 v[POLICY_ROLES].text, &crns);
	if (r != 0)
		return r;
	jw_object(&w, NULL);
	jw_c(&w, "type", "access");
	subject_write(&w, s, v2);
	if (v2)
		control_write(&w, now, buf_str(&crns));
	else
		roles_write(&w, buf_str(&crns));
	if (now == NULL || resource_given(v))
		r = resource_member(cli, &w, v, v2);
	else
		jw_json(&w, "resource", json_get(now, "resource"));
	if (now != NULL)
		rest_write(&w, now);
	jw_end(&w);
	return r != 0 ? r : buf_err(ret);
}

int
policy_body(struct cli *cli, const struct opt_value *v,
	    const struct policy_subject *s, const struct json *now,
	    struct buf *ret, bool *ret_v2)
{
	const char *version = v[POLICY_API_VERSION].text;
	bool file = v[POLICY_FILE].given;

	if (version != NULL && strcmp(version, "v1") != 0 &&
	    strcmp(version, "v2") != 0)
		return usage_set(cli, _("--api-version is v1 or v2"));
	if (file && (v[POLICY_ROLES].given || resource_given(v)))
		return usage_set(cli, _("--file says it all: no roles and "
					"attributes beside it"));
	if (file)
		return body_of_file(cli, v[POLICY_FILE].text, s, ret, ret_v2);
	if (now == NULL && !v[POLICY_ROLES].given)
		return usage_set(cli, _("--roles or --file is needed"));
	if (now != NULL && !v[POLICY_ROLES].given && !resource_given(v))
		return usage_set(cli, _("nothing to change: give --roles, "
					"attributes, or --file"));
	*ret_v2 =
	    now != NULL || (version != NULL && strcmp(version, "v2") == 0);
	return body_of_options(cli, v, s, now, ret, *ret_v2);
}
