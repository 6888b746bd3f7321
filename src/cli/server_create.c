/* server create and seed-url: how a fresh machine is told of its key. */
#include "cli/pairs.h"

#include "base/enc.h"
#include "base/i18n.h"

#include <stdio.h>
#include <string.h>

#define USER_DATA_MAX (64 * KIB)
#define SEED_LIFE_MIN 60
#define SEED_LIFE_MAX (30 * 24 * 3600)

enum {
	CREATE_KEYPAIR,
	CREATE_USER_DATA,
	CREATE_LIFE,
	CREATE_PLAIN,
	CREATE_PROJECT
};
const struct opt server_create_opts[SERVER_CREATE_OPTS] = {
    {"keypair", 'k', OPT_TEXT, "NAME",
     N_("the key pair that opens it (needed)")},
    {"user-data", 'u', OPT_TEXT, "FILE|-",
     N_("for cloud-init, as it is; at most 64 KiB")},
    {"seed-life", 0, OPT_TEXT, "TIME",
     N_("how long the seed URL is good: 30m, 24h (default), 7d")},
    {"plain", 0, OPT_FLAG, NULL,
     N_("no cloud-init there: print a line for authorized_keys and no seed")},
    {"project", 'p', OPT_TEXT, "[TEAM/]PROJECT",
     N_("whose; without it, the project 'default'")},
};
enum { SEED_LIFE, SEED_FORCE, SEED_PROJECT };
const struct opt server_seed_opts[SERVER_SEED_OPTS] = {
    {"seed-life", 0, OPT_TEXT, "TIME",
     N_("how long the seed URL is good: 30m, 24h (default), 7d")},
    {"force", 'f', OPT_FLAG, NULL, N_("do not ask")},
    {"project", 'p', OPT_TEXT, "[TEAM/]PROJECT",
     N_("whose; without it, the project 'default'")},
};

/* 0: the server's own. */
static int
life_read(struct cli *cli, const char *given, int64_t *ret)
{
	int r = 0;

	*ret = 0;
	if (given != NULL)
		r = when_span(cli, given, ret);
	if (r == 0 && given != NULL &&
	    (*ret < SEED_LIFE_MIN || *ret > SEED_LIFE_MAX))
		return usage_set(cli, _("--seed-life is from 1m to 30d"));
	return r;
}

static int
user_data_add(struct cli *cli, const char *file, struct jw *w)
{
	CLEAN(buf_clear) struct buf raw = BUF_INIT;
	CLEAN(buf_clear) struct buf text = BUF_INIT;
	int r;

	if (file == NULL)
		return 0;
	r = file_read(file, USER_DATA_MAX, &raw, &cli->note);
	if (r == 0)
		r = enc_b64(&text, buf_str(&raw));
	if (r == 0)
		jw_str(w, "user_data", buf_str(&text));
	return r;
}

/* A line of authorized_keys needs no seed; the one that is made all the same is
 * told to nobody and ends as soon as it may. */
static int
create_body(struct cli *cli, const struct args *a, struct buf *body)
{
	struct jw w = JW(body);
	int64_t life;
	int r = life_read(cli, a->v[CREATE_LIFE].text, &life);

	if (a->v[CREATE_PLAIN].given)
		life = SEED_LIFE_MIN;
	jw_object(&w, NULL);
	jw_c(&w, "name", a->rest[0]);
	jw_c(&w, "keypair", a->v[CREATE_KEYPAIR].text);
	if (r == 0)
		r = user_data_add(cli, a->v[CREATE_USER_DATA].text, &w);
	if (life != 0)
		jw_int(&w, "seed_life", life);
	jw_end(&w);
	return r != 0 ? r : buf_err(body);
}

static int
create_check(struct cli *cli, const struct args *a)
{
	const struct opt_value *v = a->v;

	if (!v[CREATE_KEYPAIR].given)
		return usage_set(cli, _("--keypair is needed: the key pair "
					"that opens the server"));
	if (v[CREATE_PLAIN].given &&
	    (v[CREATE_LIFE].given || v[CREATE_USER_DATA].given))
		return usage_set(cli, _("--plain has no seed: neither "
					"--seed-life nor --user-data"));
	return server_name_check(cli, a->rest[0]);
}

/* A machine elsewhere would ask itself. */
static void
loopback_warn(struct str url)
{
	static const struct str heads[] = {
	    STR_INIT("http://127."),	   STR_INIT("http://localhost"),
	    STR_INIT("http://[::1]"),	   STR_INIT("https://127."),
	    STR_INIT("https://localhost"), STR_INIT("https://[::1]")};

	for (size_t i = 0; i < nitems(heads); i++)
		if (str_starts(url, heads[i]))
			fprintf(stderr,
				_("Hint: this URL is of the latchkey server "
				  "itself, other machines do not reach\nit: "
				  "latchkeyd serve --public-url URL\n"));
}

static void
indented(struct str s)
{
	printf("    ");
	print_text(s);
	(void)putchar('\n');
}

static void
seed_ways(struct str url, struct str kernel)
{
	printf(_("\nGive it to the machine in one of three ways.\n\n"
		 "As kernel argument (GRUB wants it in quotes):\n"));
	indented(kernel);
	printf(_("As serial number in SMBIOS, here as QEMU takes it:\n"));
	printf("    -smbios 'type=1,serial=");
	print_text(kernel);
	printf("'\n");
	printf(_("As file in its image, /etc/cloud/cloud.cfg.d/"
		 "99-latchkey.cfg:\n"));
	printf("    datasource_list: [NoCloud, None]\n"
	       "    datasource: {NoCloud: {seedfrom: \"");
	print_text(url);
	printf("\"}}\n");
}

static void
seed_print(const struct rest *project, const struct json *server)
{
	const struct json *seed = json_get(server, "seed");
	struct str name = rest_word(server, "name");
	struct str url = json_text(seed, "url");
	char when[32];

	printf(_("\nThe seed URL, for the first boot of this one machine, "
		 "until %.*s:\n\n"),
	       STR_ARG(when_text(rest_word(seed, "expires_at"), when)));
	indented(url);
	printf(_("\nWho has it first gets the machine's credentials: hand it "
		 "over like a key. It\nis shown this once; 'latchkey server "
		 "seed-url %.*s%s' makes another.\n"),
	       STR_ARG(name), project->again);
	seed_ways(url, json_text(seed, "kernel"));
	printf(_("\n'latchkey server show %.*s%s' says when it has booted. "
		 "Then, as the user of\nits image:\n\n"
		 "    latchkey server known-hosts %.*s%s >>~/.ssh/known_hosts\n"
		 "    ssh -i %.*s.pem debian@%.*s\n"),
	       STR_ARG(name), project->again, STR_ARG(name), project->again,
	       STR_ARG(rest_word(json_get(server, "key"), "keypair")),
	       STR_ARG(name));
	printf(_("\nOK\n"));
	(void)fflush(stdout);
	loopback_warn(url);
}

static int
created_show(struct cli *cli, const struct args *a, const struct rest *project,
	     const struct json *server)
{
	const struct json *key = json_get(server, "key");

	if (a->v[CREATE_PLAIN].given)
		return server_line_print(cli, server);
	if (cli->json) {
		print_json(server);
		return 0;
	}
	print_pair(_("Server"), json_text(server, "name"));
	print_pair(_("Key pair"), json_text(key, "keypair"));
	print_pair(_("Fingerprint"), json_text(key, "fingerprint_sha256"));
	seed_print(project, server);
	return 0;
}

int
server_create(struct cli *cli, const struct args *a)
{
	CLEAN(buf_clear) struct buf path = BUF_INIT;
	CLEAN(buf_clear) struct buf body = BUF_INIT;
	CLEAN(json_freep) struct json *server = NULL;
	struct rest project;
	int r = create_check(cli, a);

	if (r == 0)
		r = rest_project(cli, a->v[CREATE_PROJECT].text, &project);
	if (r == 0)
		r = create_body(cli, a, &body);
	if (r == 0)
		r = rest_path(&project, "servers", NULL, NULL, &path);
	if (r == 0)
		r = rest_send(cli, "POST", path.p, &body, &server);
	return r != 0 ? r : created_show(cli, a, &project, server);
}

static int
seed_ask(struct cli *cli, const struct args *a)
{
	if (a->v[SEED_FORCE].given ||
	    prompt_yes(_("Its seed URL so far ends at once. Make another?")))
		return 0;
	return note_set(&cli->note, OUT_DENIED,
			_("nothing changed: not confirmed (-f does not ask)"));
}

int
server_seed(struct cli *cli, const struct args *a)
{
	CLEAN(buf_clear) struct buf path = BUF_INIT;
	CLEAN(buf_clear) struct buf body = BUF_INIT;
	CLEAN(json_freep) struct json *server = NULL;
	struct rest project;
	struct jw w = JW(&body);
	int64_t life;
	int r = life_read(cli, a->v[SEED_LIFE].text, &life);

	if (r == 0)
		r = thing_name_check(cli, a->rest[0]);
	if (r == 0)
		r = rest_project(cli, a->v[SEED_PROJECT].text, &project);
	if (r == 0)
		r = seed_ask(cli, a);
	jw_object(&w, NULL);
	if (life != 0)
		jw_int(&w, "life", life);
	jw_end(&w);
	if (r == 0)
		r = rest_path(&project, "servers", a->rest[0], "seed", &path);
	if (r == 0)
		r = rest_send(cli, "POST", path.p, &body, &server);
	if (r != 0)
		return r;
	if (cli->json)
		print_json(server);
	else
		seed_print(&project, server);
	return 0;
}
