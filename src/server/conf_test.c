#include "server/conf.h"

#include "base/test.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What a file's text leads to: "" when it is taken, else the complaint. */
static const char *
parse(struct conf *conf, const char *text, size_t n, struct note *note)
{
	struct opt_value none[CONF_OPTS] = {0};
	char *copy = calloc(1, n + 1);
	int r;

	*conf = (struct conf){.file = "f"};
	*note = (struct note){0};
	if (copy == NULL)
		return "no memory";
	memcpy(copy, text, n);
	conf->text = copy;
	r = conf_parse(conf, copy, n, note);
	if (r == 0)
		r = conf_load(conf, none, note);
	return r == 0 ? "" : note->text;
}

static const struct {
	const char *text, *want; /* want: how the complaint begins */
} files[] = {
    {"", ""},
    {"# nothing\n\n   \n", ""},
    {"http = 127.0.0.1:1", ""},
    {"http=127.0.0.1:1\n", ""},
    {"  http   =   127.0.0.1:1  \n", ""},
    {"behind-tls-proxy = true\n", ""},
    {"region = a\nregion = b\n", ""},
    {"connections-max = 16\n", ""},
    {"connections-max = 1000000\n", ""},
    {"public-url = https://reg.example\n", ""},
    {"public-url = http://[::1]:8080\n", ""},
    {"trusted-proxy = 10.0.0.1\ntrusted-proxy = fe80::1\n", ""},
    {"ssh = none\n", ""},
    {"ssh-host = git.example\n", ""},
    {"ssh-host = git.example:22\n", ""},
    {"ssh-host = [2001:db8::1]:22\n", ""},
    {"push-max = 1024\n", ""},
    {"push-max = 1k\n", ""},
    {"push-max = 1t\n", ""},
    {"push-max = 1099511627776\n", ""},
    {"ssh-unproven-max = 2\n", ""},
    {"ssh-sessions-max = 1000\n", ""},
    {"git-running-max = 4096\n", ""},

    {"nonsense = 1\n", "f:1: unknown key nonsense"},
    {"\n\nHTTP = 127.0.0.1:1\n", "f:3: unknown key HTTP"},
    {"config = other\n", "f:1: unknown key config"},
    {"http = a:1\nhttp = b:1\n", "f:2: http was given already in line 1"},
    {"http\n", "f:1: not of the form"},
    {"[http]\n", "f:1: not of the form"},
    {"= x\n", "f:1: unknown key"},
    {"http =\n", "f:1: http: has no value"},
    {"http\t= x\n", "f:1: has a control character"},
    {"http = x\r\n", "f:1: has a control character"},
    {"http = \x1b[31m\n", "f:1: has a control character"},
    {"http = \xff\n", "f:1: has a control character"},
    {"\xef\xbb\xbfhttp = x\n", "f:1: begins with a byte order mark"},
    {"include = f\n", "f:1: unknown key include"},

    {"connections-max = 15\n", "f:1: connections-max: must be a number"},
    {"connections-max = 1000001\n", "f:1: connections-max: must be a number"},
    {"connections-max = 0\n", "f:1: connections-max: must be a number"},
    {"connections-max = -1\n", "f:1: connections-max: must be a number"},
    {"connections-max = +16\n", "f:1: connections-max: must be a number"},
    {"connections-max = 016\n", "f:1: connections-max: must be a number"},
    {"connections-max = 0x10\n", "f:1: connections-max: must be a number"},
    {"connections-max = 16k\n", "f:1: connections-max: must be a number"},
    {"connections-max = 18446744073709551616\n",
     "f:1: connections-max: must be a number"},
    {"push-max = 1023\n", "f:1: push-max: must be a number of bytes"},
    {"push-max = 1099511627777\n", "f:1: push-max: must be a number of bytes"},
    {"push-max = 2t\n", "f:1: push-max: must be a number of bytes"},
    {"push-max = 18014398509481985k\n",
     "f:1: push-max: must be a number of bytes"},
    {"push-max = k\n", "f:1: push-max: must be a number of bytes"},
    {"push-max = 1K\n", "f:1: push-max: must be a number of bytes"},
    {"push-max = 4 g\n", "f:1: push-max: must be a number of bytes"},
    {"push-max = -4g\n", "f:1: push-max: must be a number of bytes"},
    {"push-max = 4gb\n", "f:1: push-max: must be a number of bytes"},
    {"push-max = 0\n", "f:1: push-max: must be a number of bytes"},
    {"ssh-unproven-max = 1\n", "f:1: ssh-unproven-max: must be a number"},
    {"ssh-sessions-max = 1001\n", "f:1: ssh-sessions-max: must be a number"},
    {"git-running-max = 4097\n", "f:1: git-running-max: must be a number"},
    {"ssh-grace = 0\n", "f:1: ssh-grace: must be a number"},
    {"ssh-idle = 43201\n", "f:1: ssh-idle: must be a number"},
    {"ssh-host = git@git.example\n", "f:1: ssh-host: must be a host name"},
    {"ssh-host = git.example:0\n", "f:1: ssh-host: must be a host name"},
    {"ssh-host = ssh://git.example\n", "f:1: ssh-host: must be a host name"},
    {"ssh-host = -oProxyCommand=x\n", "f:1: ssh-host: must be a host name"},
    {"ssh-host = -x\n", "f:1: ssh-host: must be a host name"},
    {"behind-tls-proxy = yes\n", "f:1: behind-tls-proxy: must be true or"},
    {"log-level = loud\n", "f:1: log-level: must be"},
    {"tls-cert = c\n", "tls-cert and tls-key belong together"},
    {"tls-key = c\n", "tls-cert and tls-key belong together"},
    {"trusted-proxy = proxy.example\n", "f:1: trusted-proxy: must be an"},
    {"trusted-proxy = 10.0.0.0/8\n", "f:1: trusted-proxy: must be an"},

    {"public-url = reg.example\n", "f:1: public-url: must"},
    {"public-url = ftp://reg.example\n", "f:1: public-url: must"},
    {"public-url = https://reg.example/\n", "f:1: public-url: must"},
    {"public-url = https://u@reg.example\n", "f:1: public-url: must"},
    {"public-url = https://reg.example:0\n", "f:1: public-url: must"},
    {"public-url = https://reg.example:65536\n", "f:1: public-url: must"},
    {"public-url = https://\n", "f:1: public-url: must"},
    {"public-url = https://a b\n", "f:1: public-url: must"},

    {"region = a\nregion = a\n", "f:2: region: the name a is used twice"},
    {"region = a,b\nregion = b\n", "f:2: region: the name b is used twice"},
    {"region = a\nregion = c,a\n", "f:2: region: the name a is used twice"},
    {"region = a=h\nregion = b=H\n", "f:2: region: the host h is used"},
};

static const struct {
	const char *text;
	const char *name;  /* NULL: refused */
	const char *shown; /* aliases, then hosts, each with a blank before */
} regions[] = {
    {"us-south", "us-south", ""},
    {"us-south=us.icr.io,registry.ng.bluemix.net", "us-south",
     " us.icr.io registry.ng.bluemix.net"},
    {"uk-south,eu-gb=registry.eu-gb.bluemix.net", "uk-south",
     " eu-gb registry.eu-gb.bluemix.net"},
    {"eu-central,eu-de=Registry.EU-DE.bluemix.net:5000", "eu-central",
     " eu-de registry.eu-de.bluemix.net:5000"},
    {"ap-south,au-syd=[::1]:5000", "ap-south", " au-syd [::1]:5000"},
    {"a=1,2,3,4", "a", " 1 2 3 4"},
    {"a=1,2,3,4,5", NULL, ""},
    {"", NULL, ""},
    {"=h", NULL, ""},
    {"a=", NULL, ""},
    {"a=h,", NULL, ""},
    {"a,=h", NULL, ""},
    {"A", NULL, ""},
    {"-a", NULL, ""},
    {"a b", NULL, ""},
    {"a/b", NULL, ""},
    {"a=h/x", NULL, ""},
    {"a=h:0", NULL, ""},
    {"a=h:65536", NULL, ""},
    {"a=[::1", NULL, ""},
    {"a=[::1]x", NULL, ""},
    {"a=h:1:2", NULL, ""},
    {"abcdefghijklmnopqrstuvwxyz012345", "abcdefghijklmnopqrstuvwxyz012345",
     ""},
    {"abcdefghijklmnopqrstuvwxyz0123456", NULL, ""},
    {"a,1,2,3,4,5,6,7,8", "a", " 1 2 3 4 5 6 7 8"},
    {"a,1,2,3,4,5,6,7,8,9", NULL, ""},
};

static void
region_show(const struct region *r, char *ret, size_t n)
{
	size_t at = 0;

	ret[0] = '\0';
	for (size_t i = 0; i < r->n_alias; i++)
		at += (size_t)snprintf(ret + at, n - at, " %s", r->alias[i]);
	for (size_t i = 0; i < r->n_host; i++)
		at += (size_t)snprintf(ret + at, n - at, " %s", r->host[i]);
}

static void
test_files(void)
{
	for (size_t i = 0; i < nitems(files); i++) {
		static struct conf conf;
		struct note note;
		const char *got =
		    parse(&conf, files[i].text, strlen(files[i].text), &note);

		if (files[i].want[0] == '\0')
			is_str(str_c(got), STR(""), "taken: row %zu", i);
		else
			is_str(str_sub(str_c(got), 0, strlen(files[i].want)),
			       str_c(files[i].want), "refused: row %zu", i);
		conf_clear(&conf);
	}
}

static void
test_regions(void)
{
	for (size_t i = 0; i < nitems(regions); i++) {
		struct region region = {.name = "untouched"};
		char shown[512];
		int r = conf_region(str_c(regions[i].text), &region, NULL);

		if (regions[i].name == NULL) {
			is_int(r, OUT_MALFORMED, "refused: %s",
			       regions[i].text);
			is_str(str_c(region.name), STR("untouched"),
			       "and nothing filled in");
			continue;
		}
		is_int(r, 0, "taken: %s", regions[i].text);
		region_show(&region, shown, sizeof(shown));
		is_str(str_c(region.name), str_c(regions[i].name), "its name");
		is_str(str_c(shown), str_c(regions[i].shown), "its words");
	}
}

/* A NUL in the middle, and lines at the limit. */
static void
test_bytes(void)
{
	static const char nul[] = "http = a\0b\n";
	static char line[CONF_LINE_MAX + 2];
	static struct conf conf;
	struct note note;

	ok(parse(&conf, nul, sizeof(nul) - 1, &note)[0] != '\0',
	   "a NUL is refused");
	conf_clear(&conf);
	memset(line, 'x', sizeof(line));
	line[0] = '#';
	is_str(str_c(parse(&conf, line, CONF_LINE_MAX, &note)), STR(""),
	       "a line of the limit");
	conf_clear(&conf);
	is_str(
	    str_sub(str_c(parse(&conf, line, CONF_LINE_MAX + 1, &note)), 0, 17),
	    STR("f:1: longer than "), "a line one longer");
	conf_clear(&conf);
}

/* Things that are no files must be said so at once. */
static void
test_paths(void)
{
	char dir[] = "/tmp/conf_test.XXXXXX", fifo[64], big[64];
	const char *const paths[] = {"/dev/zero", "/nonexistent/x", dir, fifo,
				     big};
	FILE *f;

	ok(mkdtemp(dir) != NULL, "a directory to work in");
	(void)snprintf(fifo, sizeof(fifo), "%s/fifo", dir);
	(void)snprintf(big, sizeof(big), "%s/big", dir);
	ok(mkfifo(fifo, 0600) == 0, "a FIFO");
	f = fopen(big, "w");
	ok(f != NULL && ftruncate(fileno(f), CONF_FILE_MAX + 1) == 0,
	   "a file that is too large");
	if (f != NULL)
		(void)fclose(f);
	for (size_t i = 0; i < nitems(paths); i++) {
		static struct conf conf;
		struct note note = {0};

		is_int(conf_file(&conf, paths[i], &note), OUT_MALFORMED,
		       "no configuration: row %zu", i);
		ok(str_starts(str_c(note.text), str_c(paths[i])),
		   "and it is named");
		conf_clear(&conf);
	}
	(void)unlink(fifo);
	(void)unlink(big);
	(void)rmdir(dir);
}

static void
test_precedence(void)
{
	static struct opt_value values[CONF_OPTS];
	static struct conf conf;
	struct note note;

	(void)parse(&conf, "http = a:1\nregion = x\nregion = y\n", 33, &note);
	is_int(conf.n_regions, 2, "both regions of the file");
	is_str(str_c(conf.http), STR("a:1"), "the file beats the default");
	conf_clear(&conf);
	values[CONF_KEY_region] =
	    (struct opt_value){.given = true, .many = {"z"}, .count = 1};
	values[CONF_KEY_http] =
	    (struct opt_value){.given = true, .text = "b:2"};
	conf = (struct conf){.file = "f"};
	conf.given[CONF_KEY_http] =
	    (struct conf_given){.text = {"a:1"}, .line = {1}, .count = 1};
	is_int(conf_load(&conf, values, &note), 0, "options are taken");
	is_str(str_c(conf.http), STR("b:2"), "an option beats the file");
	is_str(str_c(conf.regions[0].name), STR("z"), "regions of options");
	is_int((long long)conf.number[CONF_KEY_pool_max], 64, "a default");
	conf_clear(&conf);
}

static void
test_bytes_of(void)
{
	static const struct {
		const char *text;
		uint64_t want;
	} rows[] = {
	    {"push-max = 1500\n", 1500},
	    {"push-max = 3k\n", 3 * KIB},
	    {"push-max = 300m\n", 300 * MIB},
	    {"push-max = 4g\n", UINT64_C(4) << 30},
	    {"push-max = 1t\n", UINT64_C(1) << 40},
	    {"", UINT64_C(4) << 30},
	};

	for (size_t i = 0; i < nitems(rows); i++) {
		static struct conf conf;
		struct note note;

		(void)parse(&conf, rows[i].text, strlen(rows[i].text), &note);
		ok(conf.number[CONF_KEY_push_max] == rows[i].want,
		   "bytes of '%.*s'", (int)strcspn(rows[i].text, "\n"),
		   rows[i].text);
		conf_clear(&conf);
	}
}

/* Every row has its manual text, and every default is a value it takes. */
static void
test_rows(void)
{
	for (size_t i = 0; i < CONF_KEYS; i++) {
		const struct conf_row *row = &conf_rows[i];

		ok(row->text != NULL && row->text[0] != '\0', "%s has a text",
		   row->key);
		ok((row->kind == CONF_FLAG) == (row->arg == NULL),
		   "%s names its value", row->key);
	}
}

int
main(void)
{
	test_rows();
	test_files();
	test_regions();
	test_bytes();
	test_bytes_of();
	test_paths();
	test_precedence();
	return done_testing();
}
