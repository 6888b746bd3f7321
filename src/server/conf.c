#include "server/conf.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

const struct conf_row conf_rows[CONF_KEYS] = {
#define X(kind, field, key, preset, arg, min, max, text)                       \
	{CONF_##kind, key, preset, arg, min, max, text},
    CONFIG(X)
#undef X
};

static const enum opt_kind opt_kinds[] = {
    [CONF_PATH] = OPT_TEXT,  [CONF_TEXT] = OPT_TEXT,
    [CONF_URL] = OPT_TEXT,   [CONF_ADDR] = OPT_MANY,
    [CONF_FLAG] = OPT_FLAG,  [CONF_REGION] = OPT_MANY,
    [CONF_LEVEL] = OPT_TEXT, [CONF_NUMBER] = OPT_NUMBER,
    [CONF_HOST] = OPT_TEXT,  [CONF_BYTES] = OPT_TEXT,
};

void
conf_opts(struct opt ret[CONF_OPTS])
{
	for (size_t i = 0; i < CONF_KEYS; i++) {
		const struct conf_row *row = &conf_rows[i];

		ret[i] = (struct opt){row->key, 0, opt_kinds[row->kind],
				      row->arg, row->text};
	}
	ret[CONF_KEYS] = (struct opt){"config", 0, OPT_TEXT, "FILE",
				      "read settings from FILE too"};
}

#define SSH_HOST_MAX 255 /* core->ssh_host holds it */

/* --- one value of each kind --- */

static int
host_ok(struct str host)
{
	struct str name = host, port = STR_NONE;
	uint64_t number;

	if (host.n > 0 && host.p[0] == '[') {
		if (!str_rcut(host, ']', &name, &port))
			return OUT_MALFORMED;
		name = str_sub(name, 1, SIZE_MAX);
		if (port.n > 0 && port.p[0] != ':')
			return OUT_MALFORMED;
		port = port.n > 0 ? str_sub(port, 1, SIZE_MAX) : STR_NONE;
		if (port.p == NULL)
			port = STR_NONE;
	} else if (!str_cut(host, ':', &name, &port)) {
		port = STR_NONE;
	}
	if (name.n == 0 || name.n > 253)
		return OUT_MALFORMED;
	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		      (c >= '0' && c <= '9') || c == '-' || c == '.' ||
		      (c == ':' && host.p[0] == '[')))
			return OUT_MALFORMED;
	}
	if (port.p == NULL)
		return 0;
	return str_u64(port, 65535, &number) != 0 || number == 0 ? OUT_MALFORMED
								 : 0;
}

static int
url_set(struct conf *conf, struct str url, struct note *note)
{
	struct str scheme, host;

	if (!str_cut(url, ':', &scheme, &host) ||
	    !(str_eq(scheme, STR("http")) || str_eq(scheme, STR("https"))) ||
	    !str_starts(host, STR("//")))
		return note_set(note, OUT_MALFORMED,
				"must begin with http:// or https://");
	host = str_sub(host, 2, SIZE_MAX);
	if (url.n > 255 || host_ok(host) != 0)
		return note_set(note, OUT_MALFORMED,
				"must be scheme and host (and port), without "
				"path, user or slash at the end");
	conf->public_url = url.p;
	return 0;
}

static int
addr_add(struct conf *conf, const char *text, struct note *note)
{
	struct in6_addr six;
	struct in_addr four;

	if (inet_pton(AF_INET, text, &four) != 1 &&
	    inet_pton(AF_INET6, text, &six) != 1)
		return note_set(note, OUT_MALFORMED,
				"must be an IPv4 or IPv6 address");
	conf->trusted_proxy[conf->n_trusted++] = text;
	return 0;
}

static bool
region_name_ok(struct str s)
{
	if (s.n == 0 || s.n > REGION_NAME_MAX || s.p[0] == '-')
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!((s.p[i] >= 'a' && s.p[i] <= 'z') ||
		      (s.p[i] >= '0' && s.p[i] <= '9') || s.p[i] == '-'))
			return false;
	return true;
}

static int
region_hosts(struct str hosts, struct region *ret, struct note *note)
{
	struct str host;

	while (str_next(&hosts, ',', &host)) {
		char *to = ret->host[ret->n_host];

		if (ret->n_host == CONF_HOSTS_MAX)
			return note_set(note, OUT_MALFORMED,
					"at most %d hosts in a region",
					CONF_HOSTS_MAX);
		if (host.n >= sizeof(ret->host[0]) || host_ok(host) != 0)
			return note_set(note, OUT_MALFORMED,
					"\"%.*s\" is no host name",
					STR_ARG(host));
		for (size_t i = 0; i < host.n; i++)
			to[i] = (char)(host.p[i] >= 'A' && host.p[i] <= 'Z'
					   ? host.p[i] - 'A' + 'a'
					   : host.p[i]);
		ret->n_host++;
	}
	return 0;
}

int
conf_region(struct str text, struct region *ret, struct note *note)
{
	struct str names = text, hosts = STR_NONE, name;
	struct region region = {0};
	bool first = true;

	if (str_cut(text, '=', &names, &hosts) && hosts.n == 0)
		return note_set(note, OUT_MALFORMED, "no host after '='");
	if (names.n == 0)
		return note_set(note, OUT_MALFORMED, "a region needs a name");
	for (; str_next(&names, ',', &name); first = false) {
		char *to = first ? region.name : region.alias[region.n_alias];

		if (!first && region.n_alias == REGION_WORDS_MAX)
			return note_set(note, OUT_MALFORMED,
					"at most %d other names of a region",
					REGION_WORDS_MAX);
		if (!region_name_ok(name))
			return note_set(note, OUT_MALFORMED,
					"\"%.*s\" is no region name: up to %d "
					"of a-z, 0-9 and -",
					STR_ARG(name), REGION_NAME_MAX);
		memcpy(to, name.p, name.n);
		region.n_alias += first ? 0 : 1;
	}
	if (region_hosts(hosts, &region, note) != 0)
		return OUT_MALFORMED;
	*ret = region;
	return 0;
}

static_assert(OPT_VALUES_MAX <= REGIONS_MAX, "each one given has its place");

static bool
region_has_name(const struct region *r, const char *name)
{
	bool has = strcmp(r->name, name) == 0;

	for (size_t i = 0; i < r->n_alias; i++)
		has = has || strcmp(r->alias[i], name) == 0;
	return has;
}

static int
region_clash(const struct region *a, const struct region *b, struct note *note)
{
	for (size_t i = 0; i < b->n_alias; i++)
		if (region_has_name(a, b->alias[i]))
			return note_set(note, OUT_MALFORMED,
					"the name %s is used twice",
					b->alias[i]);
	if (region_has_name(a, b->name))
		return note_set(note, OUT_MALFORMED,
				"the name %s is used twice", b->name);
	for (size_t i = 0; i < a->n_host; i++)
		for (size_t k = 0; k < b->n_host; k++)
			if (strcmp(a->host[i], b->host[k]) == 0)
				return note_set(note, OUT_MALFORMED,
						"the host %s is used twice",
						b->host[k]);
	return 0;
}

static int
region_add(struct conf *conf, struct str text, struct note *note)
{
	struct region *region = &conf->regions[conf->n_regions];
	int r = conf_region(text, region, note);

	for (size_t i = 0; r == 0 && i < conf->n_regions; i++)
		r = region_clash(&conf->regions[i], region, note);
	if (r == 0)
		conf->n_regions++;
	return r;
}

static int
level_set(struct conf *conf, struct str text, struct note *note)
{
	static const struct {
		struct str name;
		enum log_level level;
	} levels[] = {
	    {STR_INIT("error"), LOG_ERROR},
	    {STR_INIT("warn"), LOG_WARN},
	    {STR_INIT("info"), LOG_INFO},
	    {STR_INIT("debug"), LOG_DEBUG},
	};

	for (size_t i = 0; i < nitems(levels); i++)
		if (str_eq(levels[i].name, text)) {
			conf->log_level = levels[i].level;
			return 0;
		}
	return note_set(note, OUT_MALFORMED,
			"must be error, warn, info or debug");
}

static int
flag_set(struct conf *conf, struct str text, struct note *note)
{
	if (!str_eq(text, STR("true")) && !str_eq(text, STR("false")))
		return note_set(note, OUT_MALFORMED, "must be true or false");
	conf->behind_tls_proxy = str_eq(text, STR("true"));
	return 0;
}

static int
number_set(struct conf *conf, enum conf_key key, struct str text,
	   struct note *note)
{
	const struct conf_row *row = &conf_rows[key];
	uint64_t n;

	if (str_u64(text, row->max, &n) != 0 || n < row->min)
		return note_set(
		    note, OUT_MALFORMED, "must be a number from %llu to %llu",
		    (unsigned long long)row->min, (unsigned long long)row->max);
	conf->number[key] = n;
	return 0;
}

/* "4096", "4k", "1g": powers of 1024, as git's own settings read them. */
static int
bytes_set(struct conf *conf, enum conf_key key, struct str text,
	  struct note *note)
{
	static const char units[] = "kmgt";
	const struct conf_row *row = &conf_rows[key];
	const char *unit = strchr(units, text.p[text.n - 1]);
	unsigned shift = unit == NULL ? 0 : 10 * (unsigned)(unit - units + 1);
	uint64_t n;

	if (str_u64(str_sub(text, 0, text.n - (unit != NULL)),
		    row->max >> shift, &n) != 0 ||
	    n << shift < row->min)
		return note_set(note, OUT_MALFORMED,
				"must be a number of bytes from %llu to %llu; "
				"k, m, g or t may follow it",
				(unsigned long long)row->min,
				(unsigned long long)row->max);
	conf->number[key] = n << shift;
	return 0;
}

static int
ssh_host_set(struct conf *conf, struct str host, struct note *note)
{
	/* A name that begins with "-" would be an option to ssh. */
	if (host.n > SSH_HOST_MAX || host.p[0] == '-' || host_ok(host) != 0)
		return note_set(note, OUT_MALFORMED,
				"must be a host name or address, and :PORT "
				"where it is not the one that is bound");
	conf->ssh_host = host.p;
	return 0;
}

bool
conf_has_ssh(const struct conf *conf)
{
	return strcmp(conf->ssh, "none") != 0;
}

static void
text_set(struct conf *conf, enum conf_key key, const char *text)
{
	const char **const to[CONF_KEYS] = {
	    [CONF_KEY_data] = &conf->data,
	    [CONF_KEY_http] = &conf->http,
	    [CONF_KEY_tls_cert] = &conf->tls_cert,
	    [CONF_KEY_tls_key] = &conf->tls_key,
	    [CONF_KEY_ssh] = &conf->ssh,
	    [CONF_KEY_ssh_user] = &conf->ssh_user,
	    [CONF_KEY_git] = &conf->git,
	};

	*to[key] = text;
}

static int
value_set(struct conf *conf, enum conf_key key, const char *text,
	  struct note *note)
{
	if (text[0] == '\0')
		return note_set(note, OUT_MALFORMED, "has no value");
	switch (conf_rows[key].kind) {
	case CONF_PATH:
	case CONF_TEXT:
		text_set(conf, key, text);
		return 0;
	case CONF_URL:
		return url_set(conf, str_c(text), note);
	case CONF_ADDR:
		return addr_add(conf, text, note);
	case CONF_FLAG:
		return flag_set(conf, str_c(text), note);
	case CONF_REGION:
		return region_add(conf, str_c(text), note);
	case CONF_LEVEL:
		return level_set(conf, str_c(text), note);
	case CONF_NUMBER:
		return number_set(conf, key, str_c(text), note);
	case CONF_HOST:
		return ssh_host_set(conf, str_c(text), note);
	case CONF_BYTES:
		return bytes_set(conf, key, str_c(text), note);
	}
	return FAIL(-EINVAL);
}

/* --- all of them --- */

static int
key_apply(struct conf *conf, enum conf_key key, struct note *note)
{
	const struct conf_given *given = &conf->given[key];
	struct note why = {0};

	if (given->count == 0 && conf_rows[key].preset != NULL)
		return FOLD(value_set(conf, key, conf_rows[key].preset, note));
	for (size_t i = 0; i < given->count; i++) {
		if (value_set(conf, key, given->text[i], &why) == 0)
			continue;
		if (given->line[i] > 0)
			return note_set(note, OUT_MALFORMED, "%s:%d: %s: %s",
					conf->file, given->line[i],
					conf_rows[key].key, why.text);
		return note_set(note, OUT_MALFORMED, "--%s: %s",
				conf_rows[key].key, why.text);
	}
	return 0;
}

/* What no single setting can know of another. */
static int
conf_whole(struct conf *conf, struct note *note)
{
	const char *service = getenv("STATE_DIRECTORY");

	if ((conf->tls_cert == NULL) != (conf->tls_key == NULL))
		return note_set(note, OUT_MALFORMED,
				"tls-cert and tls-key belong together");
	if (conf->data == NULL)
		conf->data = service != NULL && service[0] == '/' &&
				     strchr(service, ':') == NULL
				 ? service
				 : "./latchkey-data";
	if (conf->n_regions == 0)
		return FOLD(region_add(conf, STR("local"), note));
	return 0;
}

static void
options_take(struct conf *conf, const struct opt_value *opts)
{
	for (size_t i = 0; i < CONF_KEYS; i++) {
		const struct opt_value *v = &opts[i];
		struct conf_given *given = &conf->given[i];

		if (!v->given)
			continue;
		/* The command line replaces what the file says. */
		*given = (struct conf_given){0};
		given->count = v->count > 0 ? v->count : 1;
		for (size_t k = 0; k < v->count; k++)
			given->text[k] = v->many[k];
		if (v->count == 0)
			given->text[0] =
			    conf_rows[i].kind == CONF_FLAG ? "true" : v->text;
	}
}

int
conf_load(struct conf *conf, const struct opt_value *opts, struct note *note)
{
	int r = 0;

	if (opts[CONF_KEYS].given)
		r = conf_file(conf, opts[CONF_KEYS].text, note);
	if (r == 0)
		options_take(conf, opts);
	for (size_t i = 0; r == 0 && i < CONF_KEYS; i++)
		r = key_apply(conf, (enum conf_key)i, note);
	return r != 0 ? r : conf_whole(conf, note);
}

void
conf_clear(struct conf *conf)
{
	free(conf->text);
	*conf = (struct conf){0};
}
