#include "server/serve_inner.h"

#include "base/clock.h"
#include "base/log.h"
#include "server/helper.h"
#include "server/process.h"
#include "server/walls.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Running requests get this long after TERM; what follows takes seconds. */
#define DRAIN_MS (20 * SECOND_MS)
#define KEYMAKER "latchkeyd-keymaker"

/* --- addresses --- */

static void
name_host(struct serve *s, const char *name, const char *port)
{
	char host[300];
	int n = snprintf(host, sizeof(host), "%s%s%s", name,
			 port != NULL ? ":" : "", port != NULL ? port : "");

	/* A name that a region claims stays that region's. */
	if (n > 0 && n < (int)sizeof(host) &&
	    core_region_of_host(s->core, str_c(host)) == NULL)
		core_add_host(s->core, host);
}

static void
names_set(struct serve *s)
{
	const char *scheme = s->conf->tls_cert != NULL ? "https" : "http";
	struct bound *l = &s->bound;
	/* Clients leave out the one that their scheme has. */
	bool usual =
	    strcmp(l->port, s->conf->tls_cert != NULL ? "443" : "80") == 0;
	const char *port = usual ? NULL : l->port;
	struct str host, rest;

	if (s->conf->public_url == NULL && l->any)
		(void)snprintf(s->core->public_url, sizeof(s->core->public_url),
			       "%s://127.0.0.1:%s", scheme, l->port);
	else if (s->conf->public_url == NULL)
		(void)snprintf(s->core->public_url, sizeof(s->core->public_url),
			       "%s://%s", scheme, l->name);
	if (!l->any && !l->loopback)
		name_host(s, l->name, NULL);
	name_host(s, "127.0.0.1", port);
	name_host(s, "localhost", port);
	name_host(s, "[::1]", port);
	rest = str_c(s->core->public_url);
	if (str_cut(rest, ':', &host, &rest))
		name_host(s, str_sub(rest, 2, SIZE_MAX).p, NULL);
}

/* Found out by the program, too, but by then an installation has been made. */
static int
helpers_find(struct serve *s)
{
	struct note note = {0};
	int r = helper_find(KEYMAKER, s->keymaker, &note);

	if (r == 0)
		r = helper_find(VAULT_PROGRAM, s->vault_program, &note);
	if (r < 0)
		return serve_complain_failure("keymaker", r, &note);
	if (r == 0 && geteuid() == 0 && getpwnam(s->conf->ssh_user) == NULL)
		r = note_set(&note, OUT_ABSENT,
			     "ssh-user: no user is called %.64s",
			     s->conf->ssh_user);
	return r == 0 ? 0 : serve_complain(EXIT_CONF, note.text);
}

static int
listen_make(struct serve *s, int inherited)
{
	struct note note = {0};
	int fd = process_inherited_fd(inherited, "http", 0);
	int r = fd >= 0 ? bound_adopt(fd, &s->bound, &note)
			: bound_open("http", s->conf->http, &s->bound, &note);

	if (r < 0)
		return serve_complain_failure("http", r, &note);
	if (r != 0)
		return serve_complain(EXIT_CONF, note.text);
	r = git_side_bind(s->git, inherited);
	return r == 0 ? helpers_find(s) : r;
}

/* --- start --- */

/* Git that is not there must be found out before the first key is made: only
 * the start that makes it says where it is. */
static int
data_make(struct serve *s)
{
	struct note note = {0};
	int r = data_dir_begin(&s->dir, &note);

	if (r != 0)
		return serve_complain_failure("data", r, &note);
	r = git_side_open(s->git, s->dir.path);
	return r != 0 ? r : prepare_make(s->conf, &s->dir, s->ask, s->key_path);
}

/* From outside of the walls; it gets ready while they go up and the data are
 * opened. */
static int
vault_start(struct serve *s)
{
	const struct note none = {0};
	int r =
	    vault_side_new(s->vault_program, s->dir.path, &s->vault, &s->asked);

	return r == 0 ? 0 : serve_complain_failure("vault", r, &none);
}

static int
vault_await(struct serve *s)
{
	struct note note = {0};
	int r = vault_side_ready(s->vault, &note);

	/* It has said why. */
	if (r == OUT_DENIED)
		return EXIT_CONF;
	return r == 0 ? 0 : serve_complain_failure("vault", r, &note);
}

/* From here on strangers could do no more harm than the walls let them: what is
 * opened and started later lives within. */
static int
walls_begin(struct serve *s)
{
	const struct walls_conf conf = {.data = s->dir.path,
					.tls_cert = s->conf->tls_cert,
					.tls_key = s->conf->tls_key,
					.git = git_side_store(s->git)};
	const struct note none = {0};
	int r = walls_raise(&conf, &s->landlock);

	return r == 0 ? 0 : serve_complain_failure("walls", r, &none);
}

static int
http_begin(struct serve *s)
{
	const struct conf *c = s->conf;
	struct http_conf http = {
	    .addr = s->bound.name,
	    .listen_fd = s->bound.fd,
	    .tls_cert = c->tls_cert,
	    .tls_key = c->tls_key,
	    .event_threads = (unsigned)c->number[CONF_KEY_event_threads],
	    .pool_max = (unsigned)c->number[CONF_KEY_pool_max],
	    .connections_max = (unsigned)c->number[CONF_KEY_connections_max],
	    .head_timeout_ms =
		(int64_t)c->number[CONF_KEY_head_timeout] * SECOND_MS,
	    .idle_timeout_ms =
		(int64_t)c->number[CONF_KEY_idle_timeout] * SECOND_MS,
	    .body_timeout_ms =
		(int64_t)c->number[CONF_KEY_body_timeout] * SECOND_MS,
	    .stall_timeout_ms =
		(int64_t)c->number[CONF_KEY_stall_timeout] * SECOND_MS,
	    .app = doors_app(s->doors),
	};
	struct note note = {0};
	struct http_server *started = NULL;
	int r = http_start(&http, &started, &note);

	s->http = started;
	if (r == OUT_MALFORMED || r == OUT_CONFLICT)
		return serve_complain(EXIT_CONF, note.text);
	if (r != 0)
		return serve_complain_failure("http", r, &note);
	s->bound.fd = -1; /* the server's from now on */
	log_say(http_places(started) < http.connections_max ? LOG_WARN
							    : LOG_INFO,
		"start", "http=%s places=%u of=%u", s->bound.name,
		http_places(started), http.connections_max);
	return 0;
}

/* From within the walls; it gets ready meanwhile, and who orders a key pair
 * before it is waits for it. */
static int
keys_start(struct serve *s)
{
	const struct note none = {0};
	int r = key_side_new(s->keymaker, s->conf->ssh_user, &s->keys);

	return r == 0 ? 0 : serve_complain_failure("keymaker", r, &none);
}

static int
keys_await(struct serve *s)
{
	struct note note = {0};
	int r = key_side_ready(s->keys, &note);

	if (r == OUT_DENIED)
		return serve_complain(EXIT_CONF, note.text);
	return r == 0 ? 0 : serve_complain_failure("keymaker", r, &note);
}

static int
doors_begin(struct serve *s)
{
	struct doors_conf conf = {
	    .core = s->core,
	    .git = s->git,
	    .keys = s->keys,
	    .vault = s->vault,
	    .http = &s->http,
	    .trusted_proxies = s->conf->trusted_proxy,
	    .n_trusted = s->conf->n_trusted,
	    .behind_tls = s->conf->behind_tls_proxy,
	    .off_loopback = !s->bound.loopback,
	};
	const struct note none = {0};
	int r = doors_new(&conf, &s->doors);

	if (r == 0)
		r = tidy_start(s->core, &s->tidy);
	return r == 0 ? 0 : serve_complain_failure("doors", r, &none);
}

/* Git is looked for while a child looks at the data; what that says comes
 * first. */
static int
data_look(struct serve *s)
{
	struct prepare_child child;
	int git, r = s->dir.fresh ? 0 : prepare_look(s->conf, &s->dir, &child);

	if (r != 0)
		return r;
	git = git_side_new(s->conf, &s->git);
	if (!s->dir.fresh)
		r = prepare_await(&child);
	return r != 0 ? r : git;
}

/* What exists is opened before the address is bound, so that a second daemon
 * hears about the data first; what is new is made after it, so that a wrong
 * address leaves nothing behind. */
static int
data_ready(struct serve *s, int inherited)
{
	int r = data_look(s);

	if (r == 0)
		r = listen_make(s, inherited);
	if (r == 0 && s->dir.fresh)
		r = data_make(s);
	if (r == 0)
		r = vault_start(s);
	if (r == 0 && !s->dir.fresh)
		r = git_side_open(s->git, s->dir.path);
	return r == 0 ? prepare_folder(&s->dir) : r;
}

static int
core_begin(struct serve *s)
{
	const struct core_conf how = {.vault = TAKE(s->asked)};

	return serve_core_with(s->conf, &s->dir, &how, &s->core);
}

static int
serve_begin(struct serve *s, int inherited)
{
	struct note note = {0};
	int r = data_dir_open(s->conf->data != NULL ? s->conf->data : ".",
			      &s->dir, &note);

	if (r != 0)
		return r < 0 ? serve_complain_failure("data", r, &note)
			     : serve_complain(EXIT_CONF, note.text);
	r = data_ready(s, inherited);
	if (r == 0)
		r = walls_begin(s);
	if (r == 0)
		r = keys_start(s);
	if (r == 0)
		r = core_begin(s);
	if (r == 0)
		r = vault_await(s);
	if (r != 0)
		return r;
	names_set(s);
	r = git_side_desk(s->git, s->core);
	if (r == 0)
		r = doors_begin(s);
	if (r == 0)
		r = serve_words(s);
	if (r == 0)
		r = git_side_serve(s->git);
	if (r == 0)
		r = http_begin(s);
	return r == 0 ? keys_await(s) : r;
}

/* --- running --- */

static void
reload(struct serve *s)
{
	struct note note = {0};

	git_side_reload(s->git);
	if (s->conf->tls_cert == NULL) {
		log_say(LOG_INFO, "reload", "tls=none");
		return;
	}
	if (http_reload(s->http, &note) == 0)
		log_say(LOG_INFO, "reload", "tls=done");
	else
		log_say(LOG_ERROR, "reload", "tls=kept why=\"%s\"", note.text);
}

/* The next signal; 0 when it was something else. OUT_ABSENT: without a keeper
 * there will be no keys any more, and from behind the walls nobody can start
 * one: whoever starts us has to. */
static int
signal_wait(struct serve *s, int *ret)
{
	struct pollfd p[] = {{.fd = s->signals, .events = POLLIN},
			     {.fd = vault_side_fd(s->vault), .events = POLLIN}};

	*ret = 0;
	if (poll(p, nitems(p), -1) < 0)
		return errno == EINTR ? 0 : FAIL(-errno);
	if (p[0].revents != 0)
		*ret = process_signal(s->signals);
	else if (p[1].revents != 0)
		return OUT_ABSENT;
	return 0;
}

/* The exit status. */
static int
signals_follow(struct serve *s)
{
	int r, sig;

	do {
		r = signal_wait(s, &sig);
		if (sig == SIGHUP)
			reload(s);
	} while (r == 0 && sig != SIGTERM && sig != SIGINT);
	if (r == 0)
		log_say(LOG_INFO, "stop", "signal=%d", sig);
	else if (r == OUT_ABSENT)
		log_say(LOG_ERROR, "stop",
			"why=\"the vault's keeper has ended\"");
	else
		log_fail("stop", r);
	process_notify("STOPPING=1");
	return r == 0 ? 0 : EXIT_FAILURE;
}

static void *
git_drain(void *arg)
{
	struct serve *s = arg;

	git_side_drain(s->git, DRAIN_MS);
	return NULL;
}

/* Both sides get the same time, at the same time: a clone over HTTP is a
 * request there and a program here. */
static void
drain(struct serve *s)
{
	pthread_t git;
	bool aside = pthread_create(&git, NULL, git_drain, s) == 0;

	doors_drain(s->doors);
	http_drain(s->http, DRAIN_MS);
	if (aside)
		(void)pthread_join(git, NULL);
	http_free(s->http);
}

static void
serve_end(struct serve *s)
{
	if (s->http != NULL)
		drain(s);
	control_stop(s->control);
	tidy_free(s->tidy);
	doors_free(s->doors);
	key_side_free(s->keys);
	git_side_free(s->git);
	core_free(s->core);
	vault_free(s->asked);
	vault_side_free(s->vault);
	bound_close(&s->bound);
	if (s->signals >= 0)
		(void)close(s->signals);
}

static int
serve_whole(struct serve *s, int inherited)
{
	int r = process_signals(&s->signals);

	log_set_level(s->conf->log_level);
	if (r != 0)
		return serve_complain(EXIT_FAILURE, strerror(-r));
	r = serve_check(s->conf);
	if (r == 0)
		r = serve_begin(s, inherited);
	if (r == 0)
		r = serve_say_ready(s);
	if (r == 0)
		r = signals_follow(s);
	serve_end(s);
	return r;
}

/* What lives as long as the process is not on its stack, which whoever starts
 * it may have made small. */
int
serve_run(const struct conf *conf, const struct init_ask *ask, int inherited)
{
	struct serve *s = calloc(1, sizeof(*s));
	int r;

	if (s == NULL)
		return serve_complain(EXIT_FAILURE, strerror(ENOMEM));
	s->conf = conf;
	s->bound.fd = -1;
	s->signals = -1;
	s->began = clock_mono();
	s->since = clock_now();
	s->ask = ask;
	r = serve_whole(s, inherited);
	free(s);
	return r;
}
