#include "server/git_side.h"

#include "base/clock.h"
#include "server/bound.h"
#include "server/command.h"
#include "server/git_tidy.h"
#include "server/helper.h"
#include "server/host_keys.h"
#include "server/keeper.h"
#include "server/process.h"
#include "server/serve.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define SSH_PROGRAM "latchkeyd-ssh"
#define SSH_PORT    22
#define ARGS_MAX    20
#define NUMBER_MAX  24

struct git_side {
	const struct conf *conf;
	struct bound bound;
	struct git_store *git;
	int found; /* what came of looking for it */
	struct note found_note;
	pthread_mutex_t lock; /* of desk_gone */
	bool desk_gone;
	struct desk *desk;
	struct keeper *keeper;
	struct git_tidy *tidy;
	struct core *core;
	char data[PATH_MAX];
	/* Of the program that listens. */
	char program[PATH_MAX], keys[PATH_MAX], numbers[4][NUMBER_MAX];
	char *argv[ARGS_MAX];
};

/* Found out by the program, too, but by then an installation has been made. */
static int
user_check(const struct conf *conf, struct note *note)
{
	if (geteuid() != 0 || getpwnam(conf->ssh_user) != NULL)
		return 0;
	return note_set(note, OUT_ABSENT, "ssh-user: no user is called %.64s",
			conf->ssh_user);
}

/* Of a latchkeyd that was killed the SSH program may still be there and have
 * the address, for the moment that it takes to notice. */
#define LEFTOVER_MS	 3000
#define LEFTOVER_LOOK_MS 50

static int
ssh_bind(const char *addr, struct bound *ret, struct note *note)
{
	int64_t until = clock_mono() + LEFTOVER_MS;
	struct timespec pause = {.tv_nsec = LEFTOVER_LOOK_MS * 1000000L};
	int r = bound_open("ssh", addr, ret, note);

	while (r == OUT_CONFLICT && clock_mono() < until) {
		(void)nanosleep(&pause, NULL);
		r = bound_open("ssh", addr, ret, note);
	}
	return r;
}

int
git_side_new(const struct conf *conf, struct git_side **ret)
{
	const struct git_conf git = {
	    .program = conf->git,
	    .running_max = (unsigned)conf->number[CONF_KEY_git_running_max],
	    .push_max = conf->number[CONF_KEY_push_max],
	};
	struct git_side *g = calloc(1, sizeof(*g));

	if (g == NULL)
		return serve_complain(EXIT_FAILURE, strerror(ENOMEM));
	g->conf = conf;
	g->bound.fd = -1;
	(void)pthread_mutex_init(&g->lock, NULL);
	g->found = git_find(&git, &g->git, &g->found_note);
	*ret = g;
	return 0;
}

int
git_side_bind(struct git_side *g, int inherited)
{
	int fd = process_inherited_fd(inherited, "ssh", 1);
	struct note note = {0};
	int r = 0;

	if (!conf_has_ssh(g->conf))
		return 0;
	r = user_check(g->conf, &note);
	if (r == 0)
		r = helper_find(SSH_PROGRAM, g->program, &note);
	if (r == 0)
		r = fd >= 0 ? bound_adopt(fd, &g->bound, &note)
			    : ssh_bind(g->conf->ssh, &g->bound, &note);
	if (r < 0)
		return admin_complain("ssh", r, &note);
	return r == 0 ? 0 : serve_complain(EXIT_CONF, note.text);
}

int
git_side_open(struct git_side *g, const char *data)
{
	char dir[PATH_MAX];
	struct note note = {0};
	int r;

	if (snprintf(g->data, sizeof(g->data), "%s", data) >= PATH_MAX ||
	    snprintf(dir, sizeof(dir), "%s/git", data) >= PATH_MAX)
		return serve_complain(EXIT_CONF, "data: the name is too long");
	r = conf_has_ssh(g->conf) ? host_keys_ready(data, &note) : 0;
	if (r == 0)
		r = host_keys_folder(data, g->keys);
	if (r == 0) {
		r = g->found;
		note = r != 0 ? g->found_note : note;
	}
	if (r == 0)
		r = git_settle(g->git, dir, &note);
	if (r == 0)
		return 0;
	return r < 0 || r == OUT_BUSY || note.text[0] == '\0'
		   ? admin_complain("git", r, &note)
		   : serve_complain(EXIT_CONF, note.text);
}

/* --- what clone URLs name --- */

/* "name", "name:port", "[v6]:port"; the port is 0 when none is said. */
static struct str
host_of(struct str text, unsigned *ret_port)
{
	struct str host, port;
	uint64_t n = 0;

	*ret_port = 0;
	if (str_ends(text, STR("]")) || !str_rcut(text, ':', &host, &port) ||
	    str_u64(port, 65535, &n) != 0)
		return text;
	*ret_port = (unsigned)n;
	return host;
}

static void
names_set(struct git_side *g, struct core *core)
{
	struct str url = str_c(core->public_url), scheme, host;
	unsigned port = 0, ignored;
	uint64_t bound = SSH_PORT;

	/* An sshd in front: only the operator knows what it is called. */
	if (!conf_has_ssh(g->conf) && g->conf->ssh_host == NULL)
		return;
	if (conf_has_ssh(g->conf) &&
	    str_u64(str_c(g->bound.port), 65535, &bound) != 0)
		bound = SSH_PORT;
	if (g->conf->ssh_host != NULL)
		host = host_of(str_c(g->conf->ssh_host), &port);
	else if (str_cut(url, ':', &scheme, &host))
		host = host_of(str_sub(host, 2, SIZE_MAX), &ignored);
	else
		return;
	(void)snprintf(core->ssh_host, sizeof(core->ssh_host), "%.*s",
		       STR_ARG(host));
	core->ssh_port = port != 0 ? port : (unsigned)bound;
}

int
git_side_desk(struct git_side *g, struct core *core)
{
	char path[PATH_MAX + 16];
	struct desk_conf conf = {.core = core, .git = g->git, .local = path};
	struct note note = {0};
	int r;

	g->core = core;
	names_set(g, core);
	(void)snprintf(path, sizeof(path), "%s/desk.sock", g->keys);
	r = desk_new(&conf, &g->desk, &note);
	if (r == 0)
		r = git_tidy_start(core, g->git, &g->tidy);
	return r == 0 ? 0 : admin_complain("desk", r, &note);
}

/* --- the program that listens --- */

static int
desk_end(void *arg, int fd)
{
	struct git_side *g = arg;
	int r;

	(void)pthread_mutex_lock(&g->lock);
	r = g->desk_gone ? -ESHUTDOWN : desk_listener(g->desk, fd);
	if (g->desk_gone)
		(void)close(fd);
	(void)pthread_mutex_unlock(&g->lock);
	return r;
}

static void
args_make(struct git_side *g)
{
	static char serve[] = "serve", keys[] = "--keys", user[] = "--user",
		    verbose[] = "--verbose";
	static char names[nitems(g->numbers)][16] = {
	    "--grace", "--idle", "--unproven-max", "--sessions-max"};
	static const enum conf_key from[nitems(g->numbers)] = {
	    CONF_KEY_ssh_grace, CONF_KEY_ssh_idle, CONF_KEY_ssh_unproven_max,
	    CONF_KEY_ssh_sessions_max};
	size_t n = 0;

	g->argv[n++] = g->program;
	g->argv[n++] = serve;
	g->argv[n++] = keys;
	g->argv[n++] = g->keys;
	g->argv[n++] = user;
	g->argv[n++] = (char *)(uintptr_t)g->conf->ssh_user;
	for (size_t i = 0; i < nitems(g->numbers); i++) {
		(void)snprintf(g->numbers[i], NUMBER_MAX, "%llu",
			       (unsigned long long)g->conf->number[from[i]]);
		g->argv[n++] = names[i];
		g->argv[n++] = g->numbers[i];
	}
	if (g->conf->log_level == LOG_DEBUG)
		g->argv[n++] = verbose;
	g->argv[n] = NULL;
}

int
git_side_serve(struct git_side *g)
{
	struct keeper_conf conf = {.argv = g->argv,
				   .listen_fd = g->bound.fd,
				   .desk = desk_end,
				   .arg = g};
	struct note note = {0};
	int r;

	if (!conf_has_ssh(g->conf))
		return 0;
	args_make(g);
	r = keeper_start(&conf, &g->keeper, &note);
	if (r == OUT_DENIED)
		return serve_complain(EXIT_CONF, note.text);
	return r == 0 ? 0 : admin_complain("ssh", r, &note);
}

/* --- what others ask --- */

const char *
git_side_name(const struct git_side *g)
{
	return conf_has_ssh(g->conf) ? g->bound.name : "none";
}

struct git_store *
git_side_store(struct git_side *g)
{
	return g->git;
}

struct desk *
git_side_desk_get(struct git_side *g)
{
	return g->desk;
}

int
git_side_known_hosts(void *side, struct buf *to)
{
	struct git_side *g = side;

	if (g->core->ssh_host[0] == '\0')
		return OUT_ABSENT;
	return host_keys_known(g->data, !conf_has_ssh(g->conf),
			       g->core->ssh_host, g->core->ssh_port, to);
}

static struct keeper_stats
keeper_now(struct git_side *g)
{
	struct keeper_stats stats = {0};

	if (g->keeper != NULL)
		keeper_stats(g->keeper, &stats);
	return stats;
}

bool
git_side_well(struct git_side *g)
{
	return g->keeper == NULL || keeper_now(g).up;
}

void
git_side_metrics(struct git_side *g, struct buf *b)
{
	struct keeper_stats keeper = keeper_now(g);
	struct desk_stats desk = {0};

	desk_stats(g->desk, &desk);
	frame_metric(b, "ssh_listener_up", "gauge", keeper.up ? 1 : 0,
		     "Whether SSH connections are accepted.");
	frame_metric(
	    b, "ssh_listener_processes", "gauge", keeper.processes,
	    "Processes that accept, or see their last connections out.");
	frame_metric(b, "ssh_listener_started_total", "counter", keeper.started,
		     "Such processes started.");
	frame_metric(b, "ssh_listener_died_total", "counter", keeper.died,
		     "Such processes that ended by themselves.");
	frame_metric(b, "ssh_sessions_open", "gauge", desk.sessions,
		     "SSH connections, proven or not.");
	frame_metric(b, "ssh_sessions_total", "counter", desk.sessions_total,
		     "SSH connections there were.");
	frame_metric(b, "ssh_proofs_failed_total", "counter",
		     desk.proofs_failed,
		     "Signatures by keys that open nothing.");
	frame_metric(b, "git_programs_running", "gauge", git_running(g->git),
		     "git programs at work, over SSH and HTTP.");
	frame_metric(b, "git_programs_started_total", "counter",
		     desk.runs_total, "git programs started over SSH.");
	frame_metric(b, "git_programs_refused_total", "counter",
		     desk.refused_total,
		     "Requests over SSH for one that were refused.");
	frame_metric(b, "git_programs_cut_total", "counter", desk.cut_total,
		     "git programs ended because access had ended.");
}

void
git_side_status(struct git_side *g, struct jw *w)
{
	struct keeper_stats keeper = keeper_now(g);
	struct desk_stats desk = {0};

	desk_stats(g->desk, &desk);
	jw_object(w, "ssh");
	jw_c(w, "listen", git_side_name(g));
	jw_bool(w, "up", keeper.up);
	jw_c(w, "host", g->core->ssh_host);
	jw_int(w, "port", g->core->ssh_port);
	jw_int(w, "sessions", (int64_t)desk.sessions);
	jw_int(w, "sessions_total", (int64_t)desk.sessions_total);
	jw_int(w, "proofs_failed", (int64_t)desk.proofs_failed);
	jw_end(w);
	jw_object(w, "git");
	jw_int(w, "running", git_running(g->git));
	jw_int(w, "started_total", (int64_t)desk.runs_total);
	jw_int(w, "refused_total", (int64_t)desk.refused_total);
	jw_int(w, "cut_total", (int64_t)desk.cut_total);
	jw_end(w);
}

void
git_side_reload(struct git_side *g)
{
	if (g->keeper != NULL)
		keeper_reload(g->keeper);
}

/* --- the end --- */

void
git_side_drain(struct git_side *g, int64_t ms)
{
	if (g->keeper != NULL)
		keeper_stop(g->keeper);
	bound_close(&g->bound);
	if (g->desk != NULL)
		desk_drain(g->desk, ms);
}

void
git_side_free(struct git_side *g)
{
	if (g == NULL)
		return;
	/* Connections end when the desk lets go of them, and only then do the
	 * processes that forked them. */
	if (g->keeper != NULL)
		keeper_stop(g->keeper);
	git_tidy_free(g->tidy);
	(void)pthread_mutex_lock(&g->lock);
	g->desk_gone = true;
	(void)pthread_mutex_unlock(&g->lock);
	desk_free(g->desk);
	keeper_free(g->keeper);
	git_free(g->git);
	bound_close(&g->bound);
	(void)pthread_mutex_destroy(&g->lock);
	free(g);
}
