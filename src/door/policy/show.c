#include "door/policy/inner.h"

#include <errno.h>

const char *
role_text(enum role role)
{
	switch (role) {
	case ROLE_READER:
		return "May look at what a service holds and fetch it.";
	case ROLE_WRITER:
		return "May also put things into a service and change them.";
	case ROLE_MANAGER:
		return "May do everything in a service.";
	case ROLE_VIEWER:
		return "May look at what is there.";
	case ROLE_OPERATOR:
		return "May look at what is there and operate it.";
	case ROLE_EDITOR:
		return "May make, change and remove what is there.";
	case ROLE_ADMINISTRATOR:
		return "May do everything, and give access to others.";
	}
	return "";
}

static int
custom_find(struct shower *s, struct str crn, const struct custom_role **ret)
{
	int r = 0;

	*ret = NULL;
	if (!s->read)
		r = role_list(s->call->core, str_c(s->call->visit.account),
			      STR_NONE, s->call->arena, &s->roles, &s->n_roles);
	s->read = r == 0;
	for (size_t i = 0; r == 0 && i < s->n_roles; i++)
		if (str_eq(s->roles[i].crn, crn))
			*ret = &s->roles[i];
	return r;
}

static int
role_write(struct shower *s, struct jw *w, struct str crn)
{
	unsigned role = role_parse(crn);
	const struct custom_role *own = NULL;
	int r = 0;

	jw_object(w, NULL);
	jw_str(w, "role_id", crn);
	if (s->version == POLICY_V1 || s->display) {
		if (role == 0)
			r = custom_find(s, crn, &own);
		if (role != 0) {
			jw_c(w, "display_name", role_name((enum role)role));
			jw_c(w, "description", role_text((enum role)role));
		} else if (own != NULL) {
			jw_str(w, "display_name", own->display_name);
			jw_str(w, "description", own->description);
		}
	}
	jw_end(w);
	return r;
}

static int
roles_write(struct shower *s, struct jw *w, const struct policy_text *t)
{
	int r = 0;

	jw_array(w, "roles");
	for (size_t i = 0; r == 0 && i < t->n_roles; i++)
		r = role_write(s, w, t->roles[i]);
	jw_end(w);
	return r;
}

static void
attribute_write(const struct shower *s, struct jw *w,
		const struct policy_attr *a)
{
	jw_object(w, NULL);
	jw_str(w, s->version == POLICY_V1 ? "name" : "key", a->name);
	if (a->said || s->version == POLICY_V2)
		jw_str(w, "operator", a->op);
	if (a->form == POLICY_TEXT)
		jw_str(w, "value", a->value);
	else
		jw_raw(w, "value", a->value);
	jw_end(w);
}

/* A list cannot be said in the first version. */
static void
attributes_write(const struct shower *s, struct jw *w, const char *name,
		 const struct policy_attr *list, size_t n)
{
	jw_array(w, name);
	for (size_t i = 0; i < n; i++)
		if (s->version == POLICY_V2 || list[i].form != POLICY_LIST)
			attribute_write(s, w, &list[i]);
	jw_end(w);
}

static void
subject_write(const struct shower *s, struct jw *w, const char *name,
	      const struct policy_text *t)
{
	const struct policy_attr a = {
	    .name = t->subject_kind == POLICY_GROUP ? STR("access_group_id")
						    : STR("iam_id"),
	    .op = t->subject_op.n > 0 ? t->subject_op : STR("stringEquals"),
	    .said = t->subject_op.n > 0,
	    .value = t->subject};

	jw_object(w, name);
	attributes_write(s, w, "attributes", &a, 1);
	jw_end(w);
}

static void
resource_write(const struct shower *s, struct jw *w, const char *name,
	       const struct policy_text *t)
{
	jw_object(w, name);
	attributes_write(s, w, "attributes", t->resources, t->n_resources);
	if (t->n_tags > 0)
		attributes_write(s, w, "tags", t->tags, t->n_tags);
	jw_end(w);
}

static int
first_write(struct shower *s, struct jw *w, const struct policy_text *t)
{
	jw_array(w, "subjects");
	subject_write(s, w, NULL, t);
	jw_end(w);
	jw_array(w, "resources");
	resource_write(s, w, NULL, t);
	jw_end(w);
	return roles_write(s, w, t);
}

static int
second_write(struct shower *s, struct jw *w, const struct policy_text *t)
{
	int r;

	subject_write(s, w, "subject", t);
	resource_write(s, w, "resource", t);
	if (t->pattern.p != NULL)
		jw_str(w, "pattern", t->pattern);
	if (t->rule.p != NULL)
		jw_raw(w, "rule", t->rule);
	jw_object(w, "control");
	jw_object(w, "grant");
	r = roles_write(s, w, t);
	jw_end(w);
	jw_end(w);
	return r;
}

int
policy_write(struct shower *s, struct jw *w, const struct policy *p)
{
	const struct call *call = s->call;
	int r;

	jw_object(w, NULL);
	jw_str(w, "id", p->id);
	jw_str(w, "type", p->text.type);
	if (p->text.description.n > 0)
		jw_str(w, "description", p->text.description);
	r = s->version == POLICY_V1 ? first_write(s, w, &p->text)
				    : second_write(s, w, &p->text);
	jw_str(w, "href",
	       arena_strf(call->arena, "%.*s/v%d/policies/%.*s",
			  STR_ARG(call->base), (int)s->version,
			  STR_ARG(p->id)));
	moment_write(w, "created_at", p->created_at);
	jw_str(w, "created_by_id", p->created_by);
	moment_write(w, "last_modified_at", p->modified_at);
	jw_str(w, "last_modified_by_id", p->modified_by);
	jw_c(w, "state", p->deleted ? "deleted" : "active");
	jw_end(w);
	return r;
}
