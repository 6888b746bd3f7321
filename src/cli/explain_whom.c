/* Whom somebody means who asks what they may do. */
#include "cli/explain.h"
#include "cli/git.h"
#include "cli/iam.h"
#include "cli/scan.h"

#include "base/i18n.h"

#include <stdio.h>
#include <string.h>

#define WHAT_MAX     (16 * KIB)
#define NAME_MAX_LEN 256

void
whom_clear(struct whom *w)
{
	buf_clear(&w->value);
}

static const struct iam_kind *
kind_of(const char *given)
{
	struct str word = str_c(given);

	if (strchr(given, '@') != NULL || str_starts(word, STR("IBMid-")))
		return &iam_user;
	if (str_starts(word, STR("ServiceId-")) ||
	    str_starts(word, STR("iam-ServiceId-")))
		return &iam_service_id;
	return NULL;
}

int
whom_read(struct cli *cli, const char *given, struct whom *ret)
{
	const struct iam_kind *kind;
	struct buf *text = &ret->value;
	int r;

	if (given == NULL)
		return 0;
	kind = kind_of(given);
	if (kind != NULL) {
		ret->member = "identity";
		ret->name = given;
		return iam_identity(cli, kind, given, text);
	}
	ret->member = "credential";
	r = strcmp(given, "-") == 0 ? file_read("-", WHAT_MAX, text, &cli->note)
				    : buf_adds(text, given);
	while (r == 0 && text->n > 0 &&
	       strchr(" \t\r\n", text->p[text->n - 1]) != NULL)
		text->p[--text->n] = '\0';
	return r;
}

bool
whom_is_name(const char *given)
{
	static const char *const heads[] = {"lk_",     "eyJ",	 "ssh-",
					    "ecdsa-",  "sk-",	 "-----",
					    "SHA256:", "ApiKey-"};
	struct str word = str_c(given);

	if (word.n == 0 || word.n > NAME_MAX_LEN || !str_is_text(word) ||
	    strcmp(given, "-") == 0)
		return false;
	for (size_t i = 0; i < nitems(heads); i++)
		if (strstr(given, heads[i]) != NULL)
			return false;
	return true;
}

struct search {
	struct str word;
	const struct iam_kind *kind;
	struct buf first, all;
	size_t n;
};

static bool
is_called(const struct search *s, const struct json *row)
{
	CLEAN(buf_clear) struct buf whole = BUF_INIT;
	struct str first = json_text(row, "firstname");
	struct str last = json_text(row, "lastname");

	if (s->kind == &iam_service_id)
		return str_eq(json_text(row, "name"), s->word);
	(void)buf_addstr(&whole, first);
	(void)buf_addf(&whole, "%s%.*s", last.n > 0 ? " " : "", STR_ARG(last));
	return buf_err(&whole) == 0 && str_eq_nocase(buf_str(&whole), s->word);
}

static bool
search_row(void *arg, const struct json *row)
{
	struct search *s = arg;
	struct str id = json_text(row, s->kind->id);

	if (!str_printable(id) || !is_called(s, row))
		return true;
	if (s->n++ == 0) {
		if (s->kind == &iam_service_id)
			(void)buf_adds(&s->first, "iam-");
		(void)buf_addstr(&s->first, id);
	}
	(void)buf_addf(&s->all, "\n    %.*s", STR_ARG(id));
	return true;
}

/* Who may not see a list has nobody in it to ask about. */
static int
search(struct cli *cli, struct search *s, const struct iam_kind *kind)
{
	CLEAN(buf_clear) struct buf path = BUF_INIT;
	int r = iam_list_path(cli, kind, STR_NONE, &path);

	s->kind = kind;
	if (r == 0 && kind == &iam_service_id)
		form_add(&path, "name", s->word);
	if (r == 0)
		r = buf_err(&path);
	if (r == 0)
		r = pages_each(cli, path.p, kind->member, search_row, s);
	return r == OUT_DENIED || r == OUT_ABSENT ? 0 : r;
}

int
whom_named(struct cli *cli, const char *given, struct whom *ret)
{
	struct search s = {
	    .word = str_c(given), .first = BUF_INIT, .all = BUF_INIT};
	int r = search(cli, &s, &iam_service_id);

	if (r == 0)
		r = search(cli, &s, &iam_user);
	if (r == 0 && s.n == 0)
		r = note_set(&cli->note, OUT_ABSENT,
			     _("nobody that you may see is called '%.100s', "
			       "and it is no credential that you may know of"),
			     given);
	if (r == 0 && s.n > 1)
		r = note_set(&cli->note, OUT_CONFLICT,
			     _("several are called '%.100s'; give an ID:%s"),
			     given, s.all.p);
	if (r == 0) {
		buf_clear(&ret->value);
		ret->member = "identity";
		ret->name = given;
		r = buf_addstr(&ret->value, buf_str(&s.first));
	}
	buf_clear(&s.first);
	buf_clear(&s.all);
	return r;
}
