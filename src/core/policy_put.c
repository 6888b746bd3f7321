#include "core/policy_inner.h"

#include "core/sql.h"

#include <errno.h>
#include <stdlib.h>

#include "json/json.h"

const char *
policy_subject_word(enum policy_subject kind)
{
	return kind == POLICY_GROUP ? "access_group_id" : "iam_id";
}

static const char *
form_word(enum policy_form form)
{
	switch (form) {
	case POLICY_FLAG:
		return "flag";
	case POLICY_LIST:
		return "list";
	case POLICY_TEXT:
		break;
	}
	return "text";
}

/* --- one canonical form --- */

static int
by_bytes(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

/* Each text behind its length, so that no two lists run together alike. */
static void
add_text(struct buf *b, struct str s)
{
	buf_addf(b, "%zu:", s.n);
	buf_addstr(b, s);
}

static int
add_sorted(struct buf *b, struct str *list, size_t n)
{
	qsort(list, n, sizeof(*list), by_bytes);
	for (size_t i = 0; i < n; i++)
		if (i == 0 || !str_eq(list[i - 1], list[i]))
			add_text(b, list[i]);
	buf_addc(b, ';');
	return buf_err(b);
}

/* The fixed roles have several names each. */
static int
add_roles(struct buf *b, const struct policy_text *t)
{
	struct str roles[POLICY_ROLES_MAX];

	if (t->n_roles > nitems(roles))
		return FAIL(-EINVAL);
	for (size_t i = 0; i < t->n_roles; i++) {
		unsigned role = role_parse(t->roles[i]);

		roles[i] =
		    role != 0 ? str_c(role_name((enum role)role)) : t->roles[i];
	}
	return add_sorted(b, roles, t->n_roles);
}

static int
add_list(struct buf *b, struct str text)
{
	CLEAN(json_freep) struct json *json = NULL;
	struct str values[POLICY_VALUES_MAX];
	size_t n;
	int r = json_parse(text, &json, NULL);

	if (r != 0)
		return FOLD(r);
	n = json_size(json);
	if (n > nitems(values))
		return FAIL(-EINVAL);
	for (size_t i = 0; i < n; i++)
		if (!json_str(json_at(json, i), &values[i]))
			return FAIL(-EINVAL);
	return add_sorted(b, values, n);
}

static int
add_attribute(struct buf *b, char part, const struct policy_attr *a)
{
	buf_addc(b, part);
	add_text(b, a->name);
	add_text(b, a->op);
	add_text(b, str_c(form_word(a->form)));
	if (a->form == POLICY_LIST)
		return add_list(b, a->value);
	add_text(b, a->value);
	return buf_err(b);
}

static int
add_attributes(struct buf *b, char part, const struct policy_attr *list,
	       size_t n)
{
	struct buf each[POLICY_ATTRS_MAX];
	struct str texts[POLICY_ATTRS_MAX];
	int r = 0;

	if (n > nitems(each))
		return FAIL(-EINVAL);
	for (size_t i = 0; i < n; i++)
		each[i] = (struct buf)BUF_INIT;
	for (size_t i = 0; r == 0 && i < n; i++) {
		r = add_attribute(&each[i], part, &list[i]);
		texts[i] = buf_str(&each[i]);
	}
	if (r == 0)
		r = add_sorted(b, texts, n);
	for (size_t i = 0; i < n; i++)
		buf_clear(&each[i]);
	return r;
}

int
policy_digest(const struct policy_text *t, uint8_t ret[SHA256_LEN])
{
	CLEAN(buf_clear) struct buf b = BUF_INIT;
	int r;

	add_text(&b, t->type);
	add_text(&b, str_c(policy_subject_word(t->subject_kind)));
	add_text(&b, t->subject);
	add_text(&b, t->pattern);
	add_text(&b, t->rule);
	r = add_roles(&b, t);
	if (r == 0)
		r = add_attributes(&b, 'r', t->resources, t->n_resources);
	if (r == 0)
		r = add_attributes(&b, 't', t->tags, t->n_tags);
	if (r == 0)
		r = buf_err(&b);
	return r != 0 ? r : digest_sha256(buf_str(&b), ret);
}

/* --- rows --- */

static int
put_attribute(struct db_at *at, struct str id, int64_t position,
	      const char *part, const struct policy_attr *a)
{
	return FOLD(db_exec(at, SQL_policy_attribute_insert, NULL, "sisssiss",
			    id, position, str_c(part), a->name, a->op,
			    (int64_t)a->said, str_c(form_word(a->form)),
			    a->value));
}

int
policy_put_parts(struct db_at *at, struct str id, const struct policy_text *t)
{
	int64_t position = 0;
	int r = 0;

	for (size_t i = 0; r == 0 && i < t->n_roles; i++)
		r = FOLD(db_exec(at, SQL_policy_role_insert, NULL, "sis", id,
				 (int64_t)i, t->roles[i]));
	for (size_t i = 0; r == 0 && i < t->n_resources; i++)
		r = put_attribute(at, id, position++, "resource",
				  &t->resources[i]);
	for (size_t i = 0; r == 0 && i < t->n_tags; i++)
		r = put_attribute(at, id, position++, "tag", &t->tags[i]);
	return r;
}

int
policy_put(struct db_at *at, const struct visit *by, struct str id,
	   const struct policy_text *t)
{
	uint8_t digest[SHA256_LEN];
	int r = policy_digest(t, digest);

	if (r != 0)
		return r;
	r = FOLD(db_exec(at, SQL_policy_insert, NULL, "sssssssSSbsi", id,
			 str_c(by->account), t->type,
			 str_c(policy_subject_word(t->subject_kind)),
			 t->subject, t->subject_op, t->description, t->pattern,
			 t->rule, (struct str){(char *)digest, sizeof(digest)},
			 str_c(by->who.identity), by->at));
	if (r == 0)
		r = policy_put_parts(at, id, t);
	gate_granted(at, str_c(by->account));
	return r;
}

/* One policy for both types of service: a pattern says so. */
int
policy_give_account(struct db_at *at, const struct visit *by,
		    struct str identity, unsigned roles, const char *id)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	const struct policy_attr all[] = {
	    {.name = STR("accountId"),
	     .op = STR("stringEquals"),
	     .said = true,
	     .value = str_c(by->account)},
	    {.name = STR("serviceType"),
	     .op = STR("stringMatch"),
	     .said = true,
	     .value = STR("*")},
	};
	struct str crns[POLICY_ROLES_MAX];
	struct policy_text text = {.type = STR("access"),
				   .subject = identity,
				   .roles = crns,
				   .resources = all,
				   .n_resources = nitems(all)};
	uint8_t digest[SHA256_LEN];
	int r;

	for (unsigned role = 1; role <= ROLE_ADMINISTRATOR; role <<= 1)
		if ((roles & role) != 0)
			crns[text.n_roles++] = str_c(role_crn((enum role)role));
	r = policy_digest(&text, digest);
	if (r == 0)
		r = db_one(at, SQL_policy_same, &rows, "sb", str_c(by->account),
			   (struct str){(char *)digest, sizeof(digest)});
	/* Given already: then there is nothing to do. */
	return r == OUT_ABSENT ? policy_put(at, by, str_c(id), &text) : FOLD(r);
}

int
policy_end_subject(struct db_at *at, struct str account, struct str subject)
{
	gate_granted(at, account);
	return FOLD(
	    db_exec(at, SQL_policy_end_subject, NULL, "ss", subject, account));
}
