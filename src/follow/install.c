#include "follow/install.h"

#include "base/clock.h"
#include "base/fd.h"
#include "follow/cache.h"
#include "follow/cloud.h"
#include "follow/disk.h"
#include "follow/people.h"
#include "follow/sshd.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

static void
install_clear(struct install *in)
{
	fd_closep(&in->self);
	fd_closep(&in->lock);
	buf_clear(&in->key);
	answer_clear(&in->answer);
}
#define INSTALL_INIT(what)                                                     \
	{                                                                      \
		.ask = (what), .self = -1, .lock = -1, .key = BUF_INIT,        \
		.answer = ANSWER_INIT                                          \
	}

static int
complain(const struct install *in, int r, const char *what)
{
	const char *text = in->note.text[0] != '\0' ? in->note.text
			   : r > 0		    ? out_text(r)
						    : strerror(-r);

	(void)fflush(stdout);
	(void)fprintf(stderr, "latchkey-keys: %s\n%s\n", text, what);
	syslog(LOG_ERR, "%s: %s", what, text);
	return r == OUT_MALFORMED && what[0] == '\0' ? EXIT_CONF : EXIT_FAILED;
}

/* Below another root, everything but this program is what is found there. */
static int
root_enter(struct install *in)
{
	if (geteuid() != 0)
		return note_set(&in->note, OUT_DENIED, "only root can do this");
	in->self = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	if (in->self < 0)
		return FAIL(-errno);
	if (in->ask->root != NULL &&
	    (chroot(in->ask->root) != 0 || chdir("/") != 0))
		return note_set(&in->note, OUT_DENIED,
				"cannot enter %.150s: %s", in->ask->root,
				strerror(errno));
	(void)umask(022);
	return 0;
}

/* One at a time; held for as long as this process lives. */
static int
lock_take(struct install *in)
{
	in->lock = open(INSTALL_ETC, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (in->lock < 0)
		return FAIL(-errno);
	if (flock(in->lock, LOCK_EX | LOCK_NB) != 0)
		return note_set(&in->note, OUT_BUSY,
				"another latchkey-keys install is at work");
	return 0;
}

/* What an earlier run wrote holds on, but for what is said now. */
static int
conf_begin(struct install *in)
{
	const char *url = in->ask->url;
	struct conf old;

	in->conf = (struct conf){.max_age_s = CONF_AGE_S,
				 .wait_s = CONF_WAIT_S,
				 .cache = CONF_CACHE};
	if (conf_load(&old, CONF_PATH, NULL) == 0 &&
	    strcmp(old.url_text, url) == 0) {
		in->conf = old;
		in->had_conf = true;
	}
	if (url_parse(str_c(url), &in->conf.url) != 0)
		return note_set(
		    &in->note, OUT_MALFORMED,
		    "--url must be of the form https://HOST[:PORT]");
	(void)snprintf(in->conf.url_text, sizeof(in->conf.url_text), "%s", url);
	for (size_t i = 0; i < in->ask->n_users; i++) {
		const char *user = in->ask->users[i];
		int r = getpwnam(user) != NULL
			    ? conf_add_user(&in->conf, str_c(user))
			    : OUT_ABSENT;

		if (r != 0)
			return note_set(&in->note, OUT_DENIED,
					"cannot take the user %.40s: %s", user,
					out_text(r));
	}
	return 0;
}

/* Where sshd looks for the keys of a user: blocks of its configuration may say
 * other files for some. */
static int
files_of(struct install *in, const char *user, struct buf *ret)
{
	return sshd_setting(user, "authorizedkeysfile", ret, &in->note);
}

/* Nobody's blocks: who has keys elsewhere is to be named. */
static int
users_find(struct install *in)
{
	CLEAN(buf_clear) struct buf files = BUF_INIT;
	int r;

	if (in->conf.n_users > 0)
		return 0;
	r = files_of(in, FOLLOW_USER, &files);
	if (r == 0)
		r = people_find(files.p, &in->answer, &in->conf, &in->note);
	if (r == 0 && in->conf.n_users == 0)
		return note_set(&in->note, OUT_ABSENT,
				"nobody here has the key in a file of theirs: "
				"say with --user who is to log in with it");
	return r;
}

static int
take_from(struct install *in, const char *user, size_t *ret_n)
{
	CLEAN(buf_clear) struct buf files = BUF_INIT;
	int r = files_of(in, user, &files);

	return r != 0
		   ? r
		   : people_take(files.p, user, &in->answer, ret_n, &in->note);
}

/* From here on sshd asks, so the lines are one way too many. Root may have one
 * that says to come as somebody else. */
static int
take_over(struct install *in, size_t *ret_n)
{
	int r = 0, last = 0;

	for (size_t i = 0; i < in->conf.n_users; i++) {
		last = take_from(in, in->conf.users[i], ret_n);
		r = last != 0 ? last : r;
	}
	if (!conf_has_user(&in->conf, STR("root"))) {
		last = take_from(in, "root", ret_n);
		r = last != 0 ? last : r;
	}
	return r;
}

static void
say_done(const struct install *in, size_t n_lines, bool settled)
{
	printf("sshd asks %s who may log in as", in->conf.url_text);
	for (size_t i = 0; i < in->conf.n_users; i++)
		printf("%s %s", i > 0 ? "," : "", in->conf.users[i]);
	printf("\n");
	if (n_lines > 0)
		printf("lines taken out of authorized_keys: %zu\n", n_lines);
	if (settled)
		printf("cloud-init knows this machine again on later boots\n");
	if (!in->conf.url.tls && !url_is_loopback(&in->conf.url))
		printf("warning: it asks in clear text; whoever is on the way "
		       "can read the credential and change the keys\n");
	syslog(LOG_NOTICE, "sshd asks %s who may log in", in->conf.url_text);
}

static int
steps(struct install *in)
{
	int r = place_make(in);

	if (r == 0)
		r = lock_take(in);
	if (r == 0)
		r = front_look(in);
	if (r == 0)
		r = enrol_make(in);
	if (r == 0)
		r = users_find(in);
	if (r == 0)
		r = front_look(in); /* for the users that were found */
	if (r == 0)
		r = enrol_conf(in);
	return r != 0 ? r : front_make(in);
}

int
install_run(const struct install_ask *ask)
{
	CLEAN(install_clear) struct install in = INSTALL_INIT(ask);
	bool settled = false;
	size_t n = 0;
	int r = root_enter(&in);

	if (r == 0)
		r = conf_begin(&in);
	if (r == 0)
		r = steps(&in);
	if (r != 0)
		return complain(
		    &in, r,
		    "This machine does not follow its key; logins "
		    "are as they were. Mend that and run it again.");
	r = take_over(&in, &n);
	if (r != 0)
		return complain(&in, r,
				"sshd asks latchkeyd now, but what is left "
				"there opens without asking. Mend that and run "
				"it again.");
	r = cloud_settle(in.answer.id, &settled, &in.note);
	if (r != 0)
		return complain(&in, r,
				"A later boot of cloud-init may take this for "
				"a new machine. Mend that and run it again.");
	say_done(&in, n, settled);
	return EXIT_DONE;
}

/* --- undoing it --- */

/* The keys of now: those of a while ago may have been revoked. */
static int
keys_of_now(struct install *in)
{
	CLEAN(cache_clear) struct cache cache = CACHE_INIT;
	int r = conf_key(CONF_PATH, &in->key, &in->note);

	if (r == 0) {
		r = keys_ask(&in->conf, buf_str(&in->key), &in->answer,
			     &in->note);
		if (r == 0 || r == OUT_DENIED)
			return 0;
	}
	if (cache_load(in->conf.cache, in->conf.url_text, &cache) != 0 ||
	    !cache_is_good(&cache, clock_now(), in->conf.max_age_s))
		return in->ask->force ? 0 : r;
	return answer_lines(buf_str(&cache.answer.lines), &in->answer,
			    &in->note);
}

static int
give_to(struct install *in, const char *user, size_t *ret_n)
{
	CLEAN(buf_clear) struct buf files = BUF_INIT;
	int r = files_of(in, user, &files);

	return r != 0
		   ? r
		   : people_give(files.p, user, &in->answer, ret_n, &in->note);
}

static int
give_back(struct install *in, size_t *ret_n)
{
	int r = 0, last;

	for (size_t i = 0; in->answer.n > 0 && i < in->conf.n_users; i++) {
		last = give_to(in, in->conf.users[i], ret_n);
		r = last != 0 ? last : r;
	}
	if (r <= 0 || !in->ask->force)
		return r;
	(void)fprintf(stderr, "latchkey-keys: %s\n", in->note.text);
	return 0;
}

int
uninstall_run(const struct install_ask *ask)
{
	CLEAN(install_clear) struct install in = INSTALL_INIT(ask);
	size_t n = 0;
	int r = root_enter(&in);

	if (r == 0)
		r = conf_load(&in.conf, CONF_PATH, &in.note);
	if (r == 0)
		r = lock_take(&in);
	if (r == 0)
		r = keys_of_now(&in);
	if (r == 0)
		r = give_back(&in, &n);
	if (r == 0)
		r = front_remove(&in);
	if (r == 0)
		r = place_remove(&in.note);
	if (r != 0)
		return complain(&in, r,
				"Not all of it is undone. --force leaves also "
				"when no key can be put back.");
	printf("sshd asks nobody any more; lines written to authorized_keys: "
	       "%zu\n",
	       n);
	if (in.answer.n == 0)
		printf("warning: nobody can log in with the key of this server "
		       "any more\n");
	return EXIT_DONE;
}
