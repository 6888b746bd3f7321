#include "server/status.h"

#include "base/clock.h"
#include "base/enc.h"
#include "base/fd.h"
#include "base/sanitized.h"
#include "core/audit.h"
#include "core/collect.h"
#include "jail/jail.h"
#include "server/command.h"
#include "server/process.h"
#include "server/serve.h"
#include "server/vault_side.h"
#include "server/version.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

/* --- one process --- */

static bool
line_find(struct str text, const char *name, struct str *ret)
{
	struct str line, key, value;

	while (str_next(&text, '\n', &line))
		if (str_cut(line, ':', &key, &value) &&
		    str_eq(key, str_c(name))) {
			*ret = str_trim(value);
			return true;
		}
	return false;
}

/* The first number of a line; -1 without. */
static int
number_find(struct str text, const char *name)
{
	struct str value, first;
	uint64_t n = 0;

	if (!line_find(text, name, &value) || !str_next(&value, '\t', &first) ||
	    str_u64(first, INT32_MAX, &n) != 0)
		return -1;
	return (int)n;
}

int
status_parse(struct str text, struct status_process *ret)
{
	struct status_process p = {.pid = number_find(text, "Pid"),
				   .parent = number_find(text, "PPid"),
				   .uid = number_find(text, "Uid"),
				   .no_new_privs =
				       number_find(text, "NoNewPrivs"),
				   .seccomp = number_find(text, "Seccomp"),
				   .dumpable = -1};
	struct str name;

	if (p.pid < 0 || p.parent < 0 || p.uid < 0 ||
	    !line_find(text, "Name", &name))
		return OUT_MALFORMED;
	(void)snprintf(p.name, sizeof(p.name), "%.*s", STR_ARG(name));
	*ret = p;
	return 0;
}

/* OUT_ABSENT: it has ended, or is not shown to us. */
static int
process_read(const char *pid, struct status_process *ret)
{
	CLEAN(fd_closep) int fd = -1;
	char path[64], text[4096];
	struct stat st;
	ssize_t n;
	int r;

	(void)snprintf(path, sizeof(path), "/proc/%.16s/status", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return OUT_ABSENT;
	n = read(fd, text, sizeof(text) - 1);
	if (n <= 0 || fstat(fd, &st) != 0)
		return OUT_ABSENT;
	r = status_parse((struct str){text, (size_t)n}, ret);
	/* What is not dumpable belongs to root there. */
	if (r == 0 && ret->uid != 0)
		ret->dumpable = st.st_uid != 0;
	return r == 0 ? 0 : OUT_ABSENT;
}

/* --- all of them --- */

struct table {
	struct status_process all[STATUS_PROCESSES_MAX];
	size_t n, more;
};

static int
by_pid(const void *a, const void *b)
{
	const struct status_process *x = a, *y = b;

	return (x->pid > y->pid) - (x->pid < y->pid);
}

static void
table_read(struct table *t)
{
	DIR *d = opendir("/proc");
	const struct dirent *e;

	while (d != NULL && (e = readdir(d)) != NULL) {
		struct status_process p;

		if (e->d_name[0] < '1' || e->d_name[0] > '9' ||
		    process_read(e->d_name, &p) != 0)
			continue;
		if (t->n < STATUS_PROCESSES_MAX)
			t->all[t->n++] = p;
		else
			t->more++;
	}
	if (d != NULL)
		(void)closedir(d);
	qsort(t->all, t->n, sizeof(t->all[0]), by_pid);
}

static const struct status_process *
table_find(const struct table *t, int pid)
{
	for (size_t i = 0; i < t->n; i++)
		if (t->all[i].pid == pid)
			return &t->all[i];
	return NULL;
}

/* Steps up from p to pid; 0: it does not descend from it. */
static unsigned
generations(const struct table *t, const struct status_process *p, int pid)
{
	for (unsigned n = 0; p != NULL && n < STATUS_PROCESSES_MAX; n++) {
		if (p->pid == pid)
			return n;
		p = table_find(t, p->parent);
	}
	return 0;
}

/* --- in words --- */

static const char *
yes_no(int is)
{
	return is < 0 ? "-" : is > 0 ? "yes" : "no";
}

static const char *
seccomp_word(int mode)
{
	static const char *const words[] = {"none", "strict", "filter"};

	return mode < 0 || mode >= (int)nitems(words) ? "-" : words[mode];
}

static void
landlock_word(int abi, char ret[16])
{
	if (abi > 0)
		(void)snprintf(ret, 16, "abi %d", abi);
	else
		(void)snprintf(ret, 16, "%s", abi == 0 ? "none" : "-");
}

static void
user_word(int uid, char ret[32])
{
	char room[1024];
	struct passwd entry, *pw = NULL;

	if (getpwuid_r((uid_t)uid, &entry, room, sizeof(room), &pw) == 0 &&
	    pw != NULL)
		(void)snprintf(ret, 32, "%.31s", pw->pw_name);
	else
		(void)snprintf(ret, 32, "%d", uid);
}

#define ROW "%-16s %7s  %-12s %-12s %-7s  %-8s  %s"

static int
row_say(struct control_ask *ask, const char *what,
	const struct status_process *p, int landlock)
{
	char user[32], walls[16], pid[16];

	user_word(p->uid, user);
	landlock_word(landlock, walls);
	(void)snprintf(pid, sizeof(pid), "%d", p->pid);
	return control_say(ask, ROW, what, pid, user, yes_no(p->no_new_privs),
			   seccomp_word(p->seccomp), walls,
			   yes_no(p->dumpable));
}

/* The vault answers for itself: nobody else can see its walls. */
static int
vault_say(struct control_ask *ask, const struct status *s,
	  const struct table *t)
{
	struct vault_state v = {0};
	const struct status_process *keeper =
	    table_find(t, vault_side_keeper(s->vault));
	struct status_process p;
	int r = 0;

	if (keeper != NULL)
		r = row_say(ask, "vault keeper", keeper,
			    SANITIZED ? 0 : jail_landlock());
	if (r != 0)
		return r;
	if (vault_there_state(vault_side_vault(s->vault), &v) != 0)
		return control_say(ask, "%-16s %7s  it does not answer",
				   "vault", "-");
	p = (struct status_process){.pid = (int)v.pid,
				    .uid = (int)geteuid(),
				    .no_new_privs = v.no_new_privs,
				    .seccomp = v.seccomp,
				    .dumpable = v.dumpable};
	return row_say(ask, "vault", &p, v.landlock);
}

/* What we started lives within our walls, whatever it has raised of its own. */
static int
children_say(struct control_ask *ask, const struct status *s,
	     const struct table *t)
{
	pid_t keeper = vault_side_keeper(s->vault);
	int r = 0;

	for (size_t i = 0; r == 0 && i < t->n; i++) {
		const struct status_process *p = &t->all[i];

		if (generations(t, p, getpid()) > 0 &&
		    (keeper == 0 ||
		     (p->pid != keeper && generations(t, p, keeper) == 0)))
			r = row_say(ask, p->name, p, s->landlock);
	}
	return r;
}

static int
processes_say(struct control_ask *ask, const struct status *s)
{
	struct table *t = calloc(1, sizeof(*t));
	struct status_process self;
	char own[16];
	int r;

	if (t == NULL)
		return FAIL(-ENOMEM);
	table_read(t);
	(void)snprintf(own, sizeof(own), "%d", (int)getpid());
	r = control_say(ask, ROW, "process", "pid", "user", "no-new-privs",
			"seccomp", "landlock", "dumpable");
	if (r == 0 && process_read(own, &self) == 0) {
		self.dumpable = prctl(PR_GET_DUMPABLE, 0L, 0L, 0L, 0L) != 0;
		r = row_say(ask, "latchkeyd", &self, s->landlock);
	}
	if (r == 0)
		r = vault_say(ask, s, t);
	if (r == 0)
		r = children_say(ask, s, t);
	if (r == 0 && t->more > 0)
		r = control_say(ask, "%zu processes were not looked at",
				t->more);
	free(t);
	return r;
}

/* --- the server in short --- */

static void
span_word(int64_t ms, char ret[64])
{
	int64_t s = ms / SECOND_MS;

	(void)snprintf(ret, 64,
		       "%" PRId64 " d %02" PRId64 ":%02" PRId64 ":%02" PRId64,
		       s / 86400, s / 3600 % 24, s / 60 % 60, s % 60);
}

static int
data_say(struct control_ask *ask, const struct status *s)
{
	struct statvfs fs;
	bool known = statvfs(s->core->data_dir, &fs) == 0;
	uint64_t free_mib =
	    known ? (uint64_t)fs.f_bavail * fs.f_frsize / MIB : 0;
	int r = control_say(ask, "data        %s", s->core->data_dir);

	if (r == 0)
		r = control_say(ask, "writable    %s",
				audit_works(s->core) ? "yes" : "no");
	if (r == 0 && known)
		r = control_say(ask, "free        %" PRIu64 " MiB", free_mib);
	return r;
}

static int
collection_say(struct control_ask *ask, const struct status *s)
{
	struct collected c = {0};
	uint64_t due = 0;
	int r = collect_due_count(s->core, &due);

	collect_total(s->core, &c);
	return r != 0 ? r
		      : control_say(ask,
				    "collection  %" PRIu64
				    " blobs removed (%" PRIu64
				    " bytes), %" PRIu64 " to be looked at",
				    c.blobs, c.bytes, due);
}

static int
signer_say(struct control_ask *ask, const struct status *s)
{
	struct vault_signer v;
	char since[32] = "its first day", next[32];
	int r;

	vault_access_signer(vault_side_vault(s->vault), &v);
	if (v.since != INT64_MIN)
		enc_time(v.since, since);
	r = control_say(ask, "signs with  %s since %s, %zu keys published",
			v.kid, since, v.listed);
	if (r != 0 || v.next == 0)
		return r;
	enc_time(v.next, next);
	return control_say(ask, "            another one will from %s", next);
}

int
status_answer(struct control_ask *ask, const struct status *s)
{
	char up[64], since[32];
	int r;

	span_word(clock_mono() - s->began, up);
	enc_time(s->since, since);
	r = control_say(ask, "latchkeyd   %s, up %s since %s", VERSION, up,
			since);
	if (r == 0)
		r = control_say(ask, "serves      http %s, ssh %s", s->http,
				s->ssh);
	if (r == 0)
		r = data_say(ask, s);
	if (r == 0)
		r = control_say(ask, "vault       %s",
				vault_side_well(s->vault) ? "answers"
							  : "does not answer");
	if (r == 0)
		r = signer_say(ask, s);
	if (r == 0)
		r = collection_say(ask, s);
	if (r == 0)
		r = control_say(ask, " ");
	return r != 0 ? r : processes_say(ask, s);
}

/* --- the command --- */

int
command_status(const struct run *run)
{
	struct data_dir dir;
	struct note note = {0};
	int r;

	r = admin_installed(run->conf, &dir);
	if (r != 0)
		return r;
	r = control_ask(dir.path, "status", stdout, &note);
	if (r == OUT_ABSENT)
		r = note_set(&note, r, "no latchkeyd runs on %.200s", dir.path);
	return r == 0 ? 0 : admin_complain("status", r, &note);
}
