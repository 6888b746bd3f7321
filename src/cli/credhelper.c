/*
 * docker-credential-latchkey: docker's credential helper protocol. Logins that
 * docker hands us are kept in CONFIG/registries.json, 0600; for the server of
 * `latchkey login` that session answers when nothing else is stored.
 */
#include "cli/cr.h"

#include <stdio.h>
#include <string.h>

#define REGISTRIES_FILE "registries.json"
#define INPUT_MAX	(64 * KIB)
/* Docker's client compares this text. */
#define NOT_FOUND "credentials not found in native keychain"

struct helper {
	struct cli cli;
	struct buf path;
	struct json *stored; /* host -> {Username, Secret} */
};

static int
helper_fail(const char *why)
{
	printf("%s\n", why);
	return 1;
}

/* "https://host:port/v1/" and "host:port" are the same server. */
static struct str
host_of(struct str url)
{
	struct str host = url, rest;

	if (str_starts(host, STR("https://")))
		host = str_sub(host, 8, host.n);
	else if (str_starts(host, STR("http://")))
		host = str_sub(host, 7, host.n);
	if (str_cut(host, '/', &url, &rest))
		host = url;
	return host;
}

static int
stored_load(struct helper *h)
{
	CLEAN(buf_clear) struct buf text = BUF_INIT;
	int r = home_path(REGISTRIES_FILE, &h->path, &h->cli.note);

	if (r == 0)
		r = file_read(h->path.p, INPUT_MAX, &text, &h->cli.note);
	if (r == OUT_ABSENT)
		return 0;
	return r != 0 ? r : json_parse(buf_str(&text), &h->stored, NULL);
}

/* All entries but host's, and then entry when it is not NULL. */
static int
stored_save(struct helper *h, struct str host, const struct json *entry)
{
	CLEAN(buf_clear) struct buf out = BUF_INIT;
	struct jw w = JW(&out);
	const struct json *value;
	struct str name;
	void *iter = NULL;

	jw_object(&w, NULL);
	while (json_each(h->stored, &iter, &name, &value)) {
		if (str_eq(name, host))
			continue;
		jw_key(&w, name);
		jw_json(&w, NULL, value);
	}
	if (entry != NULL) {
		jw_key(&w, host);
		jw_object(&w, NULL);
		jw_str(&w, "Username", json_text(entry, "Username"));
		jw_str(&w, "Secret", json_text(entry, "Secret"));
		jw_end(&w);
	}
	jw_end(&w);
	if (buf_err(&out) != 0)
		return buf_err(&out);
	return file_replace(h->path.p, buf_str(&out), &h->cli.note);
}

static const struct json *
stored_find(const struct helper *h, struct str host)
{
	const struct json *value;
	struct str name;
	void *iter = NULL;

	while (json_each(h->stored, &iter, &name, &value))
		if (str_eq(name, host))
			return value;
	return NULL;
}

static int
answer(struct str url, struct str user, struct str secret)
{
	CLEAN(buf_clear) struct buf out = BUF_INIT;
	struct jw w = JW(&out);

	jw_object(&w, NULL);
	jw_str(&w, "ServerURL", url);
	jw_str(&w, "Username", user);
	jw_str(&w, "Secret", secret);
	jw_end(&w);
	if (buf_err(&out) != 0)
		return helper_fail("out of memory");
	printf("%s\n", out.p);
	return 0;
}

/* The host that was logged in to, or that of the region which is targeted. */
static bool
is_ours(const struct session *s, struct str host)
{
	return str_eq(url_host(s->url), host) ||
	       str_eq(session_registry(s), host);
}

static int
helper_get(struct helper *h, struct str url)
{
	struct str host = host_of(url);
	const struct json *entry = stored_find(h, host);
	struct session *s = &h->cli.session;

	if (entry != NULL)
		return answer(url, json_text(entry, "Username"),
			      json_text(entry, "Secret"));
	/* Docker asks for every registry: only ours is worth a call. */
	if (session_load(&h->cli) != 0 || !is_ours(s, host) ||
	    client_token(&h->cli) != 0)
		return helper_fail(NOT_FOUND);
	/* An access token, renewed as needed: it cannot be used for longer than
	 * this login lives. */
	return answer(url, STR("iambearer"), str_c(s->access_token));
}

static int
helper_store(struct helper *h, struct str input)
{
	CLEAN(json_freep) struct json *j = NULL;
	struct str url;

	if (json_parse(input, &j, NULL) != 0 ||
	    !json_str(json_get(j, "ServerURL"), &url) || url.n == 0)
		return helper_fail("not a login to store");
	if (stored_save(h, host_of(url), j) != 0)
		return helper_fail(h->cli.note.text);
	return 0;
}

static int
helper_erase(struct helper *h, struct str url)
{
	if (stored_find(h, host_of(url)) == NULL)
		return 0;
	return stored_save(h, host_of(url), NULL) == 0
		   ? 0
		   : helper_fail(h->cli.note.text);
}

static int
helper_list(struct helper *h)
{
	CLEAN(buf_clear) struct buf out = BUF_INIT;
	struct jw w = JW(&out);
	const struct json *value;
	struct str name, host;
	void *iter = NULL;

	jw_object(&w, NULL);
	while (json_each(h->stored, &iter, &name, &value)) {
		jw_key(&w, name);
		jw_str(&w, NULL, json_text(value, "Username"));
	}
	if (session_load(&h->cli) == 0) {
		host = session_registry(&h->cli.session);
		if (stored_find(h, host) == NULL) {
			jw_key(&w, host);
			jw_str(&w, NULL, STR("iambearer"));
		}
	}
	jw_end(&w);
	if (buf_err(&out) != 0)
		return helper_fail("out of memory");
	printf("%s\n", out.p);
	return 0;
}

static int
helper_run(struct helper *h, const char *word)
{
	CLEAN(buf_clear) struct buf input = BUF_INIT;
	struct str text, line, rest;

	if (strcmp(word, "list") == 0)
		return helper_list(h);
	if (file_read("-", INPUT_MAX, &input, &h->cli.note) != 0)
		return helper_fail(h->cli.note.text);
	text = buf_str(&input);
	line = str_cut(text, '\n', &line, &rest) ? line : text;
	if (strcmp(word, "store") == 0)
		return helper_store(h, text);
	if (strcmp(word, "get") == 0)
		return helper_get(h, str_trim(line));
	if (strcmp(word, "erase") == 0)
		return helper_erase(h, str_trim(line));
	return helper_fail("usage: docker-credential-latchkey "
			   "get|store|erase|list");
}

int
credhelper_main(int argc, char **argv)
{
	struct helper h = {.path = BUF_INIT};
	int status;

	if (argc != 2)
		return helper_fail("usage: docker-credential-latchkey "
				   "get|store|erase|list");
	if (stored_load(&h) != 0)
		status = helper_fail("the stored logins cannot be read");
	else
		status = helper_run(&h, argv[1]);
	json_free(h.stored);
	buf_clear(&h.path);
	session_clear(&h.cli.session);
	return status;
}
