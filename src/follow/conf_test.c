#include "follow/conf.h"

#include "base/test.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BASE "url = https://keys.example\nuser = debian\n"

static struct conf conf;
static struct note note;

static int
parse(const char *text)
{
	note.text[0] = '\0';
	return conf_parse(&conf, "m", str_c(text), &note);
}

static void
test_good(void)
{
	CLEAN(buf_clear) struct buf text = BUF_INIT;
	struct conf again;

	is_int(parse(BASE), 0, "the least");
	is_int(conf.max_age_s, 3600, "  an hour");
	is_int(conf.wait_s, 2, "  two seconds");
	is_str(str_c(conf.cache), STR(CONF_CACHE), "  where it is kept");
	is_str(str_c(conf.ca), STR(""), "  whom the system trusts");
	is_int(parse("# all\n\n url=http://127.0.0.1:8080/x/ \nuser = a\n"
		     "user = b\nuser = a\nmax-age = 604800\ntimeout = 30\n"
		     "ca = /a b.pem\ncache = /c"),
	       0, "everything");
	is_int((long long)conf.n_users, 2, "  users, each once");
	ok(conf_has_user(&conf, STR("b")) && !conf_has_user(&conf, STR("B")) &&
	       !conf_has_user(&conf, STR("")),
	   "  by name");
	is_str(str_c(conf.url.path), STR("/x"), "  the path");
	is_str(str_c(conf.url.port), STR("8080"), "  the port");
	conf_print(&conf, &text);
	is_int(conf_parse(&again, "m", buf_str(&text), &note), 0, "printed");
	ok(memcmp(&again, &conf, sizeof(conf)) == 0, "  it reads the same");
}

static const struct {
	const char *text, *says;
} bad[] = {
    {"", "m: there is no url"},
    {"url = https://a\n", "m: there is no user"},
    {BASE "nonsense\n", "m:3: not of the form"},
    {BASE "colour = blue\n", "m:3: unknown key"},
    {BASE "URL = https://b\n", "m:3: unknown key"},
    {BASE "url = https://b\n", "m:3: given a second time"},
    {BASE "max-age = 0\n", "m:3: not a number of seconds from 1 to 604800"},
    {BASE "max-age = 604801\n", "m:3: not a number"},
    {BASE "max-age = -1\n", "m:3: not a number"},
    {BASE "max-age = 1h\n", "m:3: not a number"},
    {BASE "timeout = 31\n", "m:3: not a number of seconds from 1 to 30"},
    {BASE "timeout = 0x1\n", "m:3: not a number"},
    {BASE "ca = rel/ative\n", "m:3: not an absolute path"},
    {BASE "cache =\n", "m:3: not an absolute path"},
    {BASE "user = a b\n", "m:3: not the name of a user"},
    {BASE "user = -a\n", "m:3: not the name of a user"},
    {BASE "user = a%u\n", "m:3: not the name of a user"},
    {BASE "user = abcdefghijklmnopqrstuvwxyz1234567\n", "m:3: not the name"},
    {BASE "\tca = /a\n", "m:3: has a control character"},
    {BASE "ca = /a\r\n", "m:3: has a control character"},
    {"\xef\xbb\xbf" BASE, "m:1:"},
    {"url = ftp://a\nuser = a\n", "m:1: url must be"},
};

static void
test_bad(void)
{
	char text[2048] = BASE "ca = /";
	size_t n = strlen(text);

	for (size_t i = 0; i < nitems(bad); i++) {
		is_int(parse(bad[i].text), OUT_MALFORMED, "%s", bad[i].text);
		ok(str_starts(str_c(note.text), str_c(bad[i].says)),
		   "  says: %s", note.text);
	}
	memset(text + n, 'x', CONF_PATH_MAX - 1);
	is_int(parse(text), 0, "a path of 512 bytes");
	text[n + CONF_PATH_MAX - 1] = 'x';
	is_int(parse(text), OUT_MALFORMED, "and of 513");
	memset(text + n, 'x', CONF_LINE_MAX);
	is_int(parse(text), OUT_MALFORMED, "a line of more than 1024");
	ok(strstr(note.text, "longer than 1024") != NULL, "  is said");
}

static void
test_users(void)
{
	char text[1024] = "url = https://a\n";
	size_t n = strlen(text);

	for (int i = 0; i < CONF_USERS_MAX; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n,
				      "user = u%d\n", i);
	is_int(parse(text), 0, "16 users");
	(void)snprintf(text + n, sizeof(text) - n, "user = more\n");
	is_int(parse(text), OUT_MALFORMED, "17 are too many");
}

static const char *const good_urls[] = {
    "http://a",	    "https://a.example:1/",   "https://[::1]:8443/a/b",
    "http://[::1]", "http://127.0.0.1:65535",
};
static const char *const bad_urls[] = {
    "",
    "a",
    "//a",
    "HTTP://a",
    "http:/a",
    "http://",
    "http:///a",
    "http://:80",
    "http://a:",
    "http://a:0",
    "http://a:65536",
    "http://a:08",
    "http://u@a",
    "http://a/?q",
    "http://a/#f",
    "http://a//b",
    "http://a/%2f",
    "http://a b",
    "http://a\r\nX: y",
    "http://[::1",
    "http://[::1]x",
    "http://[a]",
    "http://-a",
    "http://.a",
    "http://a_b",
    "http://a/\xc3\xa4",
};

static void
test_urls(void)
{
	char text[URL_MAX + 2] = "http://a/";
	size_t n = strlen(text);
	struct url url;

	for (size_t i = 0; i < nitems(good_urls); i++)
		is_int(url_parse(str_c(good_urls[i]), &url), 0, "%s",
		       good_urls[i]);
	for (size_t i = 0; i < nitems(bad_urls); i++)
		is_int(url_parse(str_c(bad_urls[i]), &url), OUT_MALFORMED,
		       "not %s", bad_urls[i]);
	memset(text + n, 'x', URL_MAX + 1 - n);
	is_int(url_parse((struct str){text, URL_MAX}, &url), 0, "512 bytes");
	is_int(url_parse((struct str){text, URL_MAX + 1}, &url), OUT_TOO_LARGE,
	       "513 bytes");
	is_int(url_parse(STR("https://[2001:db8::1]/x"), &url), 0, "IPv6");
	is_str(str_c(url.host), STR("2001:db8::1"), "  the host");
	is_str(str_c(url.name), STR("[2001:db8::1]"), "  the field");
	is_str(str_c(url.port), STR("443"), "  the port");
	ok(!url_is_loopback(&url), "  is elsewhere");
	is_int(url_parse(STR("http://127.8.0.1:1"), &url), 0, "loopback");
	ok(url_is_loopback(&url), "  is here");
	is_int(url_parse(STR("http://127.8.0.1.evil.example"), &url), 0,
	       "what only begins so");
	ok(!url_is_loopback(&url), "  is not");
}

#define TOKEN "lk_m_oBlpsRDUlEMPNeqCSKJpXjSIuSHWfdRfBR3OuCBBkKS22Zhc5"

static int
key_of(const char *dir, const char *text, struct buf *ret)
{
	CLEAN(buf_clear) struct buf path = BUF_INIT;
	FILE *f;

	(void)buf_addf(&path, "%s/machine.key", dir);
	f = fopen(path.p, "w");
	if (f == NULL || fputs(text, f) < 0 || fclose(f) != 0)
		return -1;
	buf_reset(&path);
	(void)buf_addf(&path, "%s/machine.conf", dir);
	buf_reset(ret);
	return conf_key(path.p, ret, &note);
}

static void
test_key(void)
{
	CLEAN(buf_clear) struct buf key = BUF_INIT;
	char dir[] = "/tmp/latchkey-conf-XXXXXX", path[64];

	if (mkdtemp(dir) == NULL)
		return;
	is_int(key_of(dir, TOKEN "\n", &key), 0, "machine.key");
	is_str(buf_str(&key), STR(TOKEN), "  without its end");
	is_int(key_of(dir, "", &key), OUT_MALFORMED, "an empty one");
	is_int(key_of(dir, TOKEN "\r\n", &key), OUT_MALFORMED, "a CR");
	is_int(key_of(dir, TOKEN " ", &key), OUT_MALFORMED, "a blank");
	is_int(key_of(dir, "lk_s_oBlpsRDUlEMPNeqCSKJpXj", &key), OUT_MALFORMED,
	       "of a seed");
	ok(strstr(note.text, "oBlps") == NULL, "  is not shown");
	is_int(key_of(dir, TOKEN TOKEN, &key), OUT_TOO_LARGE, "too much");
	(void)snprintf(path, sizeof(path), "%s/machine.key", dir);
	(void)unlink(path);
	buf_reset(&key);
	(void)snprintf(path, sizeof(path), "%s/machine.conf", dir);
	is_int(conf_key(path, &key, &note), OUT_ABSENT, "none");
	is_int(conf_load(&conf, path, &note), OUT_ABSENT, "nor a conf");
	is_int(conf_load(&conf, dir, &note), OUT_MALFORMED, "a folder");
	is_int(mkfifo(path, 0600), 0, "a FIFO");
	is_int(conf_load(&conf, path, &note), OUT_MALFORMED,
	       "  is not waited for");
	is_int(conf_load(&conf, "/dev/zero", &note), OUT_MALFORMED,
	       "nor what has no end");
	(void)unlink(path);
	(void)rmdir(dir);
}

int
main(void)
{
	test_good();
	test_bad();
	test_users();
	test_urls();
	test_key();
	return done_testing();
}
