#include "follow/conf.h"

#include "follow/disk.h"

#include <string.h>

enum key {
	KEY_URL,
	KEY_USER,
	KEY_MAX_AGE,
	KEY_TIMEOUT,
	KEY_CA,
	KEY_CACHE,
	KEYS
};
static const char *const keys[KEYS] = {
    [KEY_URL] = "url",	       [KEY_USER] = "user", [KEY_MAX_AGE] = "max-age",
    [KEY_TIMEOUT] = "timeout", [KEY_CA] = "ca",	    [KEY_CACHE] = "cache",
};

struct reader {
	struct conf conf;
	const char *name;
	int line;
	bool given[KEYS];
	struct note *note;
};

static int
wrong(const struct reader *r, const char *what)
{
	return note_set(r->note, OUT_MALFORMED, "%.80s:%d: %s", r->name,
			r->line, what);
}

bool
conf_has_user(const struct conf *conf, struct str name)
{
	for (size_t i = 0; i < conf->n_users; i++)
		if (str_eq(str_c(conf->users[i]), name))
			return true;
	return false;
}

/* What useradd(8) takes, and adduser(8) of Debian, which is laxer. */
static bool
is_user(struct str s)
{
	if (s.n == 0 || s.n > CONF_USER_MAX || s.p[0] == '-')
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= ' ' || s.p[i] > '~' ||
		    strchr(":/,\\\"'#%*?[]", s.p[i]) != NULL)
			return false;
	return true;
}

int
conf_add_user(struct conf *conf, struct str name)
{
	if (!is_user(name))
		return OUT_MALFORMED;
	if (conf_has_user(conf, name))
		return 0;
	if (conf->n_users == CONF_USERS_MAX)
		return OUT_TOO_MANY;
	memcpy(conf->users[conf->n_users], name.p, name.n);
	conf->users[conf->n_users++][name.n] = '\0';
	return 0;
}

static int
url_take(struct reader *r, struct str value)
{
	if (url_parse(value, &r->conf.url) != 0)
		return wrong(r, "url must be of the form https://HOST[:PORT]");
	memcpy(r->conf.url_text, value.p, value.n);
	r->conf.url_text[value.n] = '\0';
	return 0;
}

static int
user_take(struct reader *r, struct str value)
{
	int n = conf_add_user(&r->conf, value);

	if (n == OUT_TOO_MANY)
		return wrong(r, "more than 16 users");
	return n != 0 ? wrong(r, "not the name of a user") : 0;
}

static int
seconds_take(struct reader *r, struct str value, int64_t max, int64_t *ret)
{
	uint64_t n = 0;

	if (str_u64(value, (uint64_t)max, &n) != 0 || n == 0)
		return note_set(r->note, OUT_MALFORMED,
				"%.80s:%d: not a number of seconds from 1 to "
				"%lld",
				r->name, r->line, (long long)max);
	*ret = (int64_t)n;
	return 0;
}

static int
path_take(struct reader *r, struct str value, char ret[CONF_PATH_MAX + 1])
{
	if (value.n == 0 || value.n > CONF_PATH_MAX || value.p[0] != '/')
		return wrong(r, "not an absolute path of 512 bytes or less");
	memcpy(ret, value.p, value.n);
	ret[value.n] = '\0';
	return 0;
}

static int
value_take(struct reader *r, enum key key, struct str value)
{
	switch (key) {
	case KEY_URL:
		return url_take(r, value);
	case KEY_USER:
		return user_take(r, value);
	case KEY_MAX_AGE:
		return seconds_take(r, value, CONF_AGE_MAX_S,
				    &r->conf.max_age_s);
	case KEY_TIMEOUT:
		return seconds_take(r, value, CONF_WAIT_MAX_S, &r->conf.wait_s);
	case KEY_CA:
		return path_take(r, value, r->conf.ca);
	case KEY_CACHE:
		return path_take(r, value, r->conf.cache);
	case KEYS:
		break;
	}
	return wrong(r, "unknown key");
}

static int
line_take(struct reader *r, struct str line)
{
	struct str name, value;
	size_t key = 0;

	if (line.n > CONF_LINE_MAX)
		return wrong(r, "longer than 1024 bytes");
	if (!str_is_text(line))
		return wrong(r, "has a control character (a tab or a carriage "
				"return?) or is not UTF-8");
	line = str_trim(line);
	if (line.n == 0 || line.p[0] == '#')
		return 0;
	if (!str_cut(line, '=', &name, &value))
		return wrong(r, "not of the form \"key = value\"");
	name = str_trim(name);
	while (key < KEYS && !str_eq(str_c(keys[key]), name))
		key++;
	if (key == KEYS)
		return wrong(r, "unknown key");
	if (r->given[key] && key != KEY_USER)
		return wrong(r, "given a second time");
	r->given[key] = true;
	return value_take(r, (enum key)key, str_trim(value));
}

int
conf_parse(struct conf *conf, const char *name, struct str text,
	   struct note *note)
{
	struct reader r = {.conf = {.max_age_s = CONF_AGE_S,
				    .wait_s = CONF_WAIT_S,
				    .cache = CONF_CACHE},
			   .name = name,
			   .note = note};
	struct str line;

	while (text.n > 0 && str_next(&text, '\n', &line)) {
		int n;

		r.line++;
		n = line_take(&r, line);
		if (n != 0)
			return n;
	}
	if (!r.given[KEY_URL] || !r.given[KEY_USER])
		return note_set(note, OUT_MALFORMED, "%.80s: there is no %s",
				name,
				keys[r.given[KEY_URL] ? KEY_USER : KEY_URL]);
	*conf = r.conf;
	return 0;
}

int
conf_load(struct conf *conf, const char *path, struct note *note)
{
	CLEAN(buf_clear) struct buf text = BUF_INIT;
	int r = disk_read(path, CONF_FILE_MAX, &text, note);

	return r != 0 ? r : conf_parse(conf, path, buf_str(&text), note);
}

void
conf_print(const struct conf *conf, struct buf *b)
{
	(void)buf_addf(b, "url = %s\n", conf->url_text);
	for (size_t i = 0; i < conf->n_users; i++)
		(void)buf_addf(b, "user = %s\n", conf->users[i]);
	(void)buf_addf(b, "max-age = %lld\ntimeout = %lld\n",
		       (long long)conf->max_age_s, (long long)conf->wait_s);
	if (conf->ca[0] != '\0')
		(void)buf_addf(b, "ca = %s\n", conf->ca);
	if (strcmp(conf->cache, CONF_CACHE) != 0)
		(void)buf_addf(b, "cache = %s\n", conf->cache);
}

bool
conf_token_ok(char kind, struct str s)
{
	if (s.n < 20 || s.n > CONF_TOKEN_MAX || !str_starts(s, STR("lk_")) ||
	    s.p[3] != kind || s.p[4] != '_')
		return false;
	for (size_t i = 5; i < s.n; i++)
		if (!((s.p[i] >= '0' && s.p[i] <= '9') ||
		      (s.p[i] >= 'a' && s.p[i] <= 'z') ||
		      (s.p[i] >= 'A' && s.p[i] <= 'Z')))
			return false;
	return true;
}

void
conf_key_path(const char *conf_path, struct buf *ret)
{
	struct str dir, name;

	if (str_rcut(str_c(conf_path), '/', &dir, &name))
		(void)buf_addf(ret, "%.*s/", STR_ARG(dir));
	(void)buf_adds(ret, CONF_KEY_NAME);
}

int
conf_key(const char *conf_path, struct buf *ret, struct note *note)
{
	CLEAN(buf_clear) struct buf path = BUF_INIT;
	int r;

	conf_key_path(conf_path, &path);
	if (buf_err(&path) != 0)
		return buf_err(&path);
	r = disk_read(path.p, CONF_TOKEN_MAX + 1, ret, note);
	if (r != 0)
		return r;
	if (ret->n > 0 && ret->p[ret->n - 1] == '\n')
		ret->p[--ret->n] = '\0';
	if (!conf_token_ok('m', buf_str(ret)))
		return note_set(note, OUT_MALFORMED,
				"%.200s holds no credential of a machine",
				path.p);
	return 0;
}
