#include "follow/follow.h"

#include "base/clock.h"
#include "base/fd.h"
#include "follow/ask.h"
#include "follow/cache.h"
#include "follow/turn.h"

#include <errno.h>
#include <grp.h>
#include <libgen.h>
#include <string.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

/* What a turn may take beyond the question itself: a slow disk. */
#define TURN_SPARE_MS (3 * SECOND_MS)

struct login {
	struct conf conf;
	struct buf key;
	struct turn turn;
	struct cache old; /* what is kept */
	int old_r;	  /* how reading that ended */
	struct answer answer;
	const char *user;
	int64_t asked_at; /* of clock_mono() */
	int64_t asked_when;
	struct note why;
};
#define LOGIN_INIT                                                             \
	{                                                                      \
		.key = BUF_INIT, .turn = TURN_INIT, .old = CACHE_INIT,         \
		.answer = ANSWER_INIT                                          \
	}

static void
login_clear(struct login *l)
{
	buf_clear(&l->key);
	turn_clear(&l->turn);
	cache_clear(&l->old);
	answer_clear(&l->answer);
}

int
keys_ask(const struct conf *conf, struct str key, struct answer *ret,
	 struct note *note)
{
	CLEAN(reply_clear) struct reply reply = REPLY_INIT;
	struct ask ask = {.url = &conf->url,
			  .method = "GET",
			  .path = ANSWER_PATH,
			  .bearer = key,
			  .ca = conf->ca,
			  .wait_s = conf->wait_s};
	int r = ask_send(&ask, &reply, note);

	if (r == 0)
		r = answer_read(reply.status, buf_str(&reply.body), ret, note);
	return r > 0 && r != OUT_DENIED ? OUT_BUSY : r;
}

static int
show(const struct answer *a)
{
	if (fd_write_all(STDOUT_FILENO, buf_str(&a->lines)) == 0)
		return EXIT_DONE;
	syslog(LOG_ERR, "cannot write the keys: %s", strerror(errno));
	return EXIT_FAILED;
}

static const char *
why_text(const struct login *l)
{
	return l->why.text[0] != '\0' ? l->why.text
				      : "it did not answer a moment ago";
}

/* Nobody answered: what is kept counts for a while. */
static int
show_kept(struct login *l)
{
	int64_t now = clock_now();
	long long age = (now - l->old.kept_at) / SECOND_MS;

	if (l->old_r != 0) {
		syslog(LOG_WARNING, "no keys for %s: %s; nothing is kept",
		       l->user, why_text(l));
		return EXIT_DONE;
	}
	if (!cache_is_good(&l->old, now, l->conf.max_age_s)) {
		syslog(LOG_WARNING,
		       "no keys for %s: %s; what is kept is %lld s old, and "
		       "counts for %lld s",
		       l->user, why_text(l), age, (long long)l->conf.max_age_s);
		return EXIT_DONE;
	}
	syslog(
	    LOG_NOTICE,
	    "keys for %s come from the cache, %lld s old (it counts for %lld "
	    "s): %s",
	    l->user, age, (long long)l->conf.max_age_s, why_text(l));
	return show(&l->old.answer);
}

/* No key of what is kept has gone, so it may stay, whoever reads it later. */
static bool
is_harmless(const struct login *l)
{
	if (l->old_r == 0)
		return answer_within(&l->old.answer, &l->answer);
	return l->old_r == OUT_ABSENT || l->old_r == OUT_MALFORMED ||
	       l->old_r == OUT_MISMATCH;
}

/* Too late, another may have had the turn meanwhile, and a newer answer. */
static bool
has_turn(const struct login *l)
{
	return l->turn.held && clock_mono() - l->asked_at <=
				   l->conf.wait_s * SECOND_MS + TURN_SPARE_MS;
}

static int
keep(struct login *l)
{
	if (!has_turn(l))
		return note_set(&l->why, OUT_BUSY,
				"another login does not let go of the cache");
	return cache_store(l->conf.cache, l->conf.url_text, &l->answer,
			   l->old_r == 0 ? &l->old : NULL, l->asked_when,
			   &l->why);
}

static int
show_new(struct login *l)
{
	int r = keep(l);

	if (r == 0) {
		turn_tell(&l->turn, l->asked_at, TURN_ANSWERED);
		return show(&l->answer);
	}
	if (is_harmless(l)) {
		syslog(LOG_WARNING, "the keys cannot be kept: %s", l->why.text);
		return show(&l->answer);
	}
	r = cache_drop(l->conf.cache);
	if (r == 0) {
		syslog(LOG_WARNING,
		       "the keys cannot be kept, so none are from now on: %s",
		       l->why.text);
		return show(&l->answer);
	}
	syslog(LOG_ERR,
	       "no keys for %s: an old one is kept in %s and cannot be removed "
	       "(%s): remove it",
	       l->user, l->conf.cache, strerror(-r));
	return EXIT_DONE;
}

static int
show_none(struct login *l)
{
	int r = cache_drop(l->conf.cache);

	syslog(LOG_WARNING, "no keys for %s: %s", l->user, l->why.text);
	if (r != 0)
		syslog(LOG_ERR,
		       "keys are kept in %s and cannot be removed "
		       "(%s): remove it",
		       l->conf.cache, strerror(-r));
	else
		turn_tell(&l->turn, l->asked_at, TURN_REFUSED);
	return EXIT_DONE;
}

static int
ask(struct login *l)
{
	int r;

	l->asked_at = clock_mono();
	l->asked_when = clock_now();
	r = keys_ask(&l->conf, buf_str(&l->key), &l->answer, &l->why);
	if (r == 0)
		return show_new(l);
	if (r == OUT_DENIED)
		return show_none(l);
	if (r < 0)
		(void)note_set(&l->why, r, "%s", strerror(-r));
	turn_tell(&l->turn, l->asked_at, TURN_SILENT);
	return show_kept(l);
}

static int
answer(struct login *l)
{
	CLEAN(buf_clear) struct buf lock = BUF_INIT;

	(void)buf_addf(&lock, "%s.lock", l->conf.cache);
	turn_take(&l->turn, lock.p,
		  clock_mono() + 2 * l->conf.wait_s * SECOND_MS +
		      TURN_SPARE_MS);
	l->old_r = cache_load(l->conf.cache, l->conf.url_text, &l->old);
	switch (l->turn.since) {
	case TURN_REFUSED:
		return EXIT_DONE;
	case TURN_SILENT:
		return show_kept(l);
	case TURN_ANSWERED:
		if (l->old_r == 0 &&
		    cache_is_good(&l->old, clock_now(), l->conf.max_age_s))
			return show(&l->old.answer);
		break;
	case TURN_NONE:
		break;
	}
	return ask(l);
}

/* Root, who tries what sshd does: what root kept would be root's, and whoever
 * sshd runs this as could not read it when nobody answers. */
static int
owner_become(const char *cache, struct note *note)
{
	char path[CONF_PATH_MAX + 1];
	struct stat st;

	(void)snprintf(path, sizeof(path), "%s", cache);
	if (geteuid() != 0 || stat(dirname(path), &st) != 0 || st.st_uid == 0)
		return 0;
	if (setgroups(0, NULL) != 0 ||
	    setresgid(st.st_gid, st.st_gid, st.st_gid) != 0 ||
	    setresuid(st.st_uid, st.st_uid, st.st_uid) != 0)
		return note_set(note, OUT_DENIED,
				"cannot become the owner of %s: %s", path,
				strerror(errno));
	return 0;
}

static int
complain(const struct note *note)
{
	syslog(LOG_ERR, "no keys: %s", note->text);
	(void)fprintf(stderr, "latchkey-keys: %s\n", note->text);
	return EXIT_CONF;
}

int
keys_print(const char *conf_path, const char *user)
{
	CLEAN(login_clear) struct login l = LOGIN_INIT;

	l.user = user;
	if (conf_load(&l.conf, conf_path, &l.why) != 0)
		return complain(&l.why);
	if (!conf_has_user(&l.conf, str_c(user)))
		return EXIT_DONE;
	if (owner_become(l.conf.cache, &l.why) != 0 ||
	    conf_key(conf_path, &l.key, &l.why) != 0)
		return complain(&l.why);
	return answer(&l);
}
