/* Lines for files of OpenSSH: what a server trusts, and how it is known. */
#include "cli/pairs.h"

#include "base/i18n.h"

#include <stdio.h>
#include <string.h>

#define HOST_MAX 255

enum { HOSTS_HOST, HOSTS_PROJECT };
const struct opt server_hosts_opts[SERVER_HOSTS_OPTS] = {
    {"host", 0, OPT_MANY, "HOST",
     N_("what you call it: a name, an address, [HOST]:PORT; may be given more "
	"than once. Default: the server's name")},
    {"project", 'p', OPT_TEXT, "[TEAM/]PROJECT",
     N_("whose; without it, the project 'default'")},
};
enum { LINE_PROJECT };
const struct opt server_line_opts[SERVER_LINE_OPTS] = {
    {"project", 'p', OPT_TEXT, "[TEAM/]PROJECT",
     N_("whose; without it, the project 'default'")},
};

/* "type base64" of a key that the server says: nothing else comes into a file
 * by this way, a second line least of all. */
static int
key_text(struct cli *cli, struct str line, struct buf *ret)
{
	enum sshkey_why why;
	struct sshkey key;
	int r = sshkey_parse(line, &key, &why);

	if (r > 0)
		return note_set(&cli->note, OUT_MALFORMED,
				_("the server's answer has no public key"));
	if (r != 0)
		return r;
	sshkey_text(sshkey_type_name(key.type),
		    (struct str){(const char *)key.blob, key.blob_len}, ret);
	return buf_err(ret);
}

/* A line needs no seed: the URL of one is told to nobody. */
static int
line_json(const struct json *server, struct str line)
{
	CLEAN(buf_clear) struct buf text = BUF_INIT;
	struct jw w = JW(&text);
	const struct json *value;
	struct str name;
	void *iter = NULL;

	jw_object(&w, NULL);
	while (json_each(server, &iter, &name, &value)) {
		if (str_eq(name, STR("seed")))
			continue;
		jw_key(&w, name);
		jw_json(&w, NULL, value);
	}
	jw_str(&w, "authorized_key", line);
	jw_end(&w);
	return rest_print(&text);
}

int
server_line_print(struct cli *cli, const struct json *server)
{
	CLEAN(buf_clear) struct buf line = BUF_INIT;
	const struct json *key = json_get(server, "key");
	int r = key_text(cli, json_text(key, "public_key"), &line);

	(void)buf_addf(&line, " %.*s", STR_ARG(rest_word(key, "keypair")));
	if (r == 0)
		r = buf_err(&line);
	if (r != 0)
		return r;
	if (cli->json)
		r = line_json(server, buf_str(&line));
	else
		printf("%s\n", line.p);
	if (r != 0)
		return r;
	(void)fflush(stdout);
	fprintf(stderr,
		_("This line is for ~/.ssh/authorized_keys on '%.*s'. It "
		  "follows nothing: when the\nserver's key pair is changed "
		  "here, change the line by hand.\n"),
		STR_ARG(rest_word(server, "name")));
	return 0;
}

int
server_authorized_key(struct cli *cli, const struct args *a)
{
	CLEAN(json_freep) struct json *server = NULL;
	int r = rest_thing_get(cli, a->v[LINE_PROJECT].text, "servers",
			       a->rest[0], &server);

	return r != 0 ? r : server_line_print(cli, server);
}

/* No pattern, no list, no mark, no blank: one host. */
static bool
is_host(struct str s)
{
	static const char extra[] = ".-_:[]%";

	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if ((c < '0' || c > '9') && (c < 'a' || c > 'z') &&
		    (c < 'A' || c > 'Z') &&
		    (c == '\0' || strchr(extra, c) == NULL))
			return false;
	}
	return s.n > 0 && s.n <= HOST_MAX;
}

/*
 * The names that the lines are for: as the user says, or the name that the
 * server was made under. What a machine calls itself is not taken: it could
 * call itself anything, and the user's ssh would believe it of others.
 */
static int
hosts_join(struct cli *cli, const struct args *a, const struct json *server,
	   struct buf *ret)
{
	const struct opt_value *v = &a->v[HOSTS_HOST];

	for (size_t i = 0; i < v->count; i++) {
		if (!is_host(str_c(v->many[i])))
			return usage_set(cli,
					 _("--host is one name or address, or "
					   "[HOST]:PORT"));
		(void)buf_addf(ret, "%s%s", i > 0 ? "," : "", v->many[i]);
	}
	if (v->count == 0) {
		if (!is_host(json_text(server, "name")))
			return note_set(&cli->note, OUT_MALFORMED,
					_("give its name with --host"));
		(void)buf_addstr(ret, json_text(server, "name"));
	}
	return buf_err(ret);
}

static int
hosts_write(struct cli *cli, struct str hosts, const struct json *keys,
	    struct buf *ret)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < json_size(keys); i++) {
		(void)buf_addf(ret, "%.*s ", STR_ARG(hosts));
		r = key_text(cli, json_text(json_at(keys, i), "public_key"),
			     ret);
		(void)buf_addc(ret, '\n');
	}
	return r != 0 ? r : buf_err(ret);
}

static void
called_hint(const struct json *server)
{
	struct str fqdn = rest_word(server, "fqdn");

	if (fqdn.n == 0)
		fqdn = rest_word(server, "hostname");
	if (fqdn.n > 0 && !str_eq(fqdn, json_text(server, "name")))
		fprintf(stderr,
			_("Hint: it calls itself %.*s. If that is what you "
			  "call it too: --host NAME\n"),
			STR_ARG(fqdn));
}

static int
hosts_print(struct cli *cli, const struct args *a, const struct json *server)
{
	CLEAN(buf_clear) struct buf hosts = BUF_INIT;
	CLEAN(buf_clear) struct buf lines = BUF_INIT;
	const struct json *keys = json_get(server, "host_keys");
	int r = hosts_join(cli, a, server, &hosts);

	if (r != 0)
		return r;
	if (json_size(keys) == 0)
		return note_set(&cli->note, OUT_ABSENT,
				_("'%.63s' has not reported its host keys: its "
				  "first boot does"),
				a->rest[0]);
	r = hosts_write(cli, buf_str(&hosts), keys, &lines);
	if (r != 0)
		return r;
	if (cli->json) {
		print_json(keys);
		return 0;
	}
	printf("%s", lines.p);
	(void)fflush(stdout);
	if (a->v[HOSTS_HOST].count == 0)
		called_hint(server);
	return 0;
}

int
server_known_hosts(struct cli *cli, const struct args *a)
{
	CLEAN(json_freep) struct json *server = NULL;
	int r = rest_thing_get(cli, a->v[HOSTS_PROJECT].text, "servers",
			       a->rest[0], &server);

	return r != 0 ? r : hosts_print(cli, a, server);
}
