/* scan: are there secrets of ours in these files, and do they open anything? */
#include "cli/scan.h"

#include "base/i18n.h"
#include "cli/cli.h"
#include "cli/pairs.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LOOK_MAX 100 /* values that the server looks at in one call */

enum { SCAN_OFFLINE, SCAN_REPORT, SCAN_FORCE };
static const struct opt opts[] = {
    {"offline", 0, OPT_FLAG, NULL, N_("do not ask the server which are live")},
    {"report", 0, OPT_FLAG, NULL,
     N_("report live API keys as leaked: what their owner chose happens")},
    {"force", 'f', OPT_FLAG, NULL, N_("do not ask before reporting")},
};

struct verdict {
	bool known, live;
	char id[64], name[64];
};

static void
copy(char *to, size_t size, struct str s)
{
	if (str_is_text(s))
		(void)snprintf(to, size, "%.*s", STR_ARG(s));
}

static void
verdict_read(const struct json *row, struct verdict *ret)
{
	ret->known = json_bool(json_get(row, "live"), &ret->live);
	copy(ret->id, sizeof(ret->id), json_text(row, "id"));
	copy(ret->name, sizeof(ret->name), json_text(row, "name"));
}

static int
look(struct cli *cli, const struct scan_found *found, size_t n,
     struct verdict *ret)
{
	CLEAN(buf_clear) struct buf body = BUF_INIT;
	CLEAN(json_freep) struct json *j = NULL;
	struct ask ask = {"POST", "/latchkey/v1/look", STR_NONE};
	struct jw w = JW(&body);
	int r;

	jw_object(&w, NULL);
	jw_array(&w, "values");
	for (size_t i = 0; i < n; i++)
		jw_c(&w, NULL, found[i].value);
	jw_end(&w);
	jw_end(&w);
	if (buf_err(&body) != 0)
		return buf_err(&body);
	ask.body = buf_str(&body);
	r = client_json(cli, &ask, &j);
	for (size_t i = 0; r == 0 && i < n; i++)
		verdict_read(json_at(json_get(j, "found"), i), &ret[i]);
	return r;
}

static int
look_all(struct cli *cli, const struct scan *s, struct verdict *ret)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < s->n; i += LOOK_MAX)
		r = look(cli, s->found + i,
			 s->n - i < LOOK_MAX ? s->n - i : LOOK_MAX, ret + i);
	return r;
}

/* No more of the secret than tells one from another. */
static void
hit_text(const struct scan_found *f, const struct verdict *v, struct buf *ret)
{
	(void)buf_addf(ret, "%s:%zu: %s %.*s...", f->path, f->line,
		       _(scan_kind_name(f->kind)), SCAN_SHOWN, f->value);
	(void)buf_adds(ret, "  ");
	(void)buf_adds(ret, !v->known ? _("(not asked)")
			    : v->live ? _("LIVE")
				      : _("opens nothing"));
	if (v->name[0] != '\0')
		(void)buf_addf(ret, "  %s", v->name);
	if (v->id[0] != '\0')
		(void)buf_addf(ret, "  %s", v->id);
}

static void
hits_print(const struct scan *s, const struct verdict *v)
{
	for (size_t i = 0; i < s->n; i++) {
		CLEAN(buf_clear) struct buf line = BUF_INIT;

		hit_text(&s->found[i], &v[i], &line);
		print_text(buf_str(&line));
		(void)putchar('\n');
	}
	printf(_("Secrets: %zu; files looked through: %zu"), s->n, s->files);
	if (s->skipped > 0)
		printf(_("; not read: %zu"), s->skipped);
	(void)putchar('\n');
}

static int
hits_json(const struct scan *s, const struct verdict *v)
{
	CLEAN(buf_clear) struct buf text = BUF_INIT;
	CLEAN(json_freep) struct json *j = NULL;
	struct jw w = JW(&text);

	jw_array(&w, NULL);
	for (size_t i = 0; i < s->n; i++) {
		const struct scan_found *f = &s->found[i];

		jw_object(&w, NULL);
		jw_str(&w, "file",
		       str_is_text(str_c(f->path)) ? str_c(f->path) : STR("?"));
		jw_int(&w, "line", (int64_t)f->line);
		jw_c(&w, "kind", scan_kind_name(f->kind));
		jw_str(&w, "begins", str_sub(str_c(f->value), 0, SCAN_SHOWN));
		if (v[i].known)
			jw_bool(&w, "live", v[i].live);
		if (v[i].id[0] != '\0')
			jw_c(&w, "id", v[i].id);
		jw_end(&w);
	}
	jw_end(&w);
	if (buf_err(&text) != 0)
		return buf_err(&text);
	if (json_parse(buf_str(&text), &j, NULL) == 0)
		print_json(j);
	return 0;
}

static int
report(struct cli *cli, const struct scan_found *f)
{
	CLEAN(buf_clear) struct buf body = BUF_INIT;
	CLEAN(json_freep) struct json *j = NULL;
	struct jw w = JW(&body);
	int r;

	jw_object(&w, NULL);
	jw_c(&w, "value", f->value);
	jw_end(&w);
	r = rest_send(cli, "POST", "/latchkey/v1/leaked", &body, &j);
	if (r == 0)
		print_step(cli, _("Reported %.*s...: %.*s\n"), SCAN_SHOWN,
			   f->value, STR_ARG(json_text(j, "action")));
	return r;
}

/* Only keys have an owner who chose what is to happen. */
static int
report_all(struct cli *cli, const struct args *a, const struct scan *s,
	   const struct verdict *v)
{
	int r = 0;

	if (!a->v[SCAN_FORCE].given &&
	    !prompt_yes(_("Keys may be disabled or deleted by that, and their "
			  "logins end. Report?")))
		return note_set(
		    &cli->note, OUT_DENIED,
		    _("nothing done: not confirmed (-f does not ask)"));
	for (size_t i = 0; r == 0 && i < s->n; i++)
		if (v[i].live && s->found[i].kind == SCAN_API_KEY)
			r = report(cli, &s->found[i]);
	return r;
}

static int
scan_judge(struct cli *cli, const struct args *a, const struct scan *s,
	   struct verdict *v)
{
	bool offline = a->v[SCAN_OFFLINE].given;
	size_t live = 0;
	int r = offline || s->n == 0 ? 0 : look_all(cli, s, v);

	if (r != 0)
		return r;
	if (!cli->json)
		hits_print(s, v);
	else
		r = hits_json(s, v);
	for (size_t i = 0; i < s->n; i++)
		live += v[i].live || !v[i].known;
	if (r == 0 && live > 0 && a->v[SCAN_REPORT].given)
		r = report_all(cli, a, s, v);
	if (r == 0 && live > 0)
		return note_set(
		    &cli->note, OUT_CONFLICT,
		    offline ? _("secrets are there: 'latchkey revoke' ends one")
			    : _("live secrets are there: 'latchkey revoke' "
				"ends one"));
	if (r == 0)
		print_step(cli, "%s", _("\nOK\n"));
	return r;
}

static int
scan(struct cli *cli, const struct args *a)
{
	CLEAN(scan_clear) struct scan s = {0};
	struct verdict *v;
	int r;

	if (a->v[SCAN_OFFLINE].given && a->v[SCAN_REPORT].given)
		return usage_set(
		    cli, _("--offline and --report exclude each other"));
	r = scan_path(&s, a->rest[0], &cli->note);
	if (r != 0)
		return r;
	v = calloc(s.n > 0 ? s.n : 1, sizeof(*v));
	if (v == NULL)
		return FAIL(-ENOMEM);
	r = scan_judge(cli, a, &s, v);
	free(v);
	return r;
}

static const struct command rows[] = {
    {"", "scan", NULL, opts, nitems(opts), "FILE|FOLDER|-", 1, 1, scan,
     N_("find secrets of this server in files"),
     N_("Recognises them by their form and checksum on this machine, then "
	"asks the\nserver which of them still open something. Never prints "
	"more than the first\n8 characters of one. Exit status 0: none is "
	"live; 1: one is, or may be.\nFiles of more than 64 MiB and git's "
	"packed objects are passed over; for history:\n"
	"    git log -p --all | latchkey scan -\n")},
};
const struct command_set commands_scan = {rows, nitems(rows)};
