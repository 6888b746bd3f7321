/* What `latchkey login` keeps between runs. */
#include "cli/cli.h"

#include "base/i18n.h"
#include "base/secret.h"

#include <stdlib.h>
#include <string.h>

#define SESSION_FILE "session.json"
#define SESSION_MAX  (64 * KIB)

static const struct {
	const char *name;
	size_t at;
} members[] = {
    {"url", offsetof(struct session, url)},
    {"ca_file", offsetof(struct session, ca_file)},
    {"account", offsetof(struct session, account)},
    {"account_name", offsetof(struct session, account_name)},
    {"region", offsetof(struct session, region)},
    {"registry", offsetof(struct session, registry)},
    {"user", offsetof(struct session, user)},
    {"access_token", offsetof(struct session, access_token)},
    {"refresh_token", offsetof(struct session, refresh_token)},
};

static char **
member_of(struct session *s, size_t i)
{
	return (char **)(void *)((char *)s + members[i].at);
}

void
session_set(char **member, struct str value)
{
	if (*member != NULL)
		mem_wipe(*member, strlen(*member));
	free(*member);
	*member = value.p == NULL ? NULL : str_dup(value);
}

void
session_clear(struct session *s)
{
	for (size_t i = 0; i < nitems(members); i++)
		session_set(member_of(s, i), STR_NONE);
	s->expires_at = 0;
}

static int
session_read(struct session *s, struct str text, struct note *note)
{
	CLEAN(json_freep) struct json *j = NULL;
	int r = json_parse(text, &j, note);

	if (r != 0)
		return r;
	for (size_t i = 0; i < nitems(members); i++) {
		struct str value;

		if (json_str(json_get(j, members[i].name), &value))
			session_set(member_of(s, i), value);
	}
	if (!json_int(json_get(j, "expires_at"), &s->expires_at))
		s->expires_at = 0;
	return 0;
}

int
session_load(struct cli *cli)
{
	CLEAN(buf_clear) struct buf path = BUF_INIT;
	CLEAN(buf_clear) struct buf text = BUF_INIT;
	struct session *s = &cli->session;
	int r;

	if (cli->loaded)
		return 0;
	r = home_path(SESSION_FILE, &path, &cli->note);
	if (r == 0)
		r = file_read(path.p, SESSION_MAX, &text, &cli->note);
	if (r == 0)
		r = session_read(s, buf_str(&text), &cli->note);
	if (r == OUT_ABSENT ||
	    (r == 0 && (s->url == NULL || s->access_token == NULL)))
		return note_set(
		    &cli->note, OUT_UNPROVEN,
		    _("not logged in: run 'latchkey login -a URL' first"));
	if (r == OUT_MALFORMED)
		return note_set(&cli->note, OUT_UNPROVEN,
				_("%s is damaged: run 'latchkey login' again"),
				path.p);
	cli->loaded = r == 0;
	return r;
}

int
session_save(struct cli *cli)
{
	CLEAN(buf_clear) struct buf path = BUF_INIT;
	CLEAN(buf_clear) struct buf text = BUF_INIT;
	struct jw w = JW(&text);
	int r = home_path(SESSION_FILE, &path, &cli->note);

	if (r != 0)
		return r;
	jw_object(&w, NULL);
	for (size_t i = 0; i < nitems(members); i++) {
		const char *value = *member_of(&cli->session, i);

		if (value != NULL)
			jw_c(&w, members[i].name, value);
	}
	jw_int(&w, "expires_at", cli->session.expires_at);
	jw_end(&w);
	(void)buf_addc(&text, '\n');
	if (buf_err(&text) != 0)
		return buf_err(&text);
	return file_replace(path.p, buf_str(&text), &cli->note);
}
