#include "follow/follow.h"

#include "base/clock.h"
#include "base/enc.h"
#include "follow/cache.h"
#include "follow/sshd.h"
#include "wire/sshkey.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void
row(const char *name, const char *text)
{
	printf("%-9s %s\n", name, text);
}

static void
keys_show(const struct answer *a)
{
	struct str rest = buf_str(&a->lines), line;

	if (a->n == 0)
		row("key", "none");
	while (rest.n > 0 && str_next(&rest, '\n', &line)) {
		CLEAN(buf_clear) struct buf blob = BUF_INIT;
		char print[SSHKEY_SHA256_LEN + 1];
		struct answer_line l;

		if (line.n > 0 && answer_line(line, &l, &blob) == 0 &&
		    sshkey_fingerprint(buf_str(&blob), print) == 0)
			printf("%-9s %s %.*s %.*s\n", "key", print,
			       STR_ARG(l.type), STR_ARG(l.comment));
	}
}

static void
kept_show(const struct conf *conf)
{
	CLEAN(cache_clear) struct cache cache = CACHE_INIT;
	int64_t now = clock_now();
	char when[32];

	if (cache_load(conf->cache, conf->url_text, &cache) != 0) {
		row("answered", "never, or with a clear no: nothing is kept");
		return;
	}
	enc_time(cache.kept_at, when);
	if (cache.answer.name[0] != '\0')
		printf("%-9s %s (%s)\n", "server", cache.answer.name,
		       cache.answer.id);
	keys_show(&cache.answer);
	row("answered", when);
	printf("%-9s %lld s old, counts for %lld s%s\n", "kept",
	       (long long)((now - cache.kept_at) / SECOND_MS),
	       (long long)conf->max_age_s,
	       cache_is_good(&cache, now, conf->max_age_s) ? ""
							   : ": no longer");
}

/* Asked now, and nothing of it kept: that is for logins. */
static void
now_show(const struct conf *conf, const char *conf_path)
{
	CLEAN(buf_clear) struct buf key = BUF_INIT;
	CLEAN(answer_clear) struct answer a = ANSWER_INIT;
	struct note note = {""};
	int r = conf_key(conf_path, &key, &note);

	if (r == 0)
		r = keys_ask(conf, buf_str(&key), &a, &note);
	if (r == 0)
		printf("%-9s latchkeyd answers, with %zu key%s\n", "now", a.n,
		       a.n == 1 ? "" : "s");
	else
		row("now", r < 0 ? strerror(-r) : note.text);
}

static void
sshd_show(const struct conf *conf)
{
	CLEAN(buf_clear) struct buf value = BUF_INIT;
	struct note note = {""};
	int r;

	if (geteuid() != 0) {
		row("sshd", "ask again as root to see whether sshd uses it");
		return;
	}
	r = sshd_setting(conf->users[0], "authorizedkeyscommand", &value,
			 &note);
	if (r != 0)
		row("sshd", r < 0 ? strerror(-r) : note.text);
	else if (str_starts(buf_str(&value), STR(FOLLOW_PROGRAM " ")))
		row("sshd", "uses it");
	else
		printf("%-9s does not use it: AuthorizedKeysCommand is %s\n",
		       "sshd", value.n > 0 ? value.p : "none");
}

int
status_print(const char *conf_path)
{
	struct conf conf;
	struct note note = {""};

	if (conf_load(&conf, conf_path, &note) != 0) {
		fprintf(stderr, "latchkey-keys: %s\n", note.text);
		return EXIT_CONF;
	}
	row("latchkeyd", conf.url_text);
	for (size_t i = 0; i < conf.n_users; i++)
		row("user", conf.users[i]);
	kept_show(&conf);
	now_show(&conf, conf_path);
	sshd_show(&conf);
	return EXIT_DONE;
}
