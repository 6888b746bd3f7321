#include "follow/sshd.h"

#include "follow/conf.h"
#include "follow/disk.h"
#include "follow/run.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SYSTEMCTL   "/usr/bin/systemctl"
#define PID_LEN_MAX 32

/* Debian's sshd starts only where this is; its unit makes it. */
static void
folder_make(void)
{
	if (mkdir("/run/sshd", 0755) == 0)
		(void)chmod("/run/sshd", 0755);
}

/* The first line of what it said, which is the one that helps. */
static int
bad(struct note *note, const struct buf *said)
{
	struct str rest = buf_str(said), line = STR_NONE;

	(void)str_next(&rest, '\n', &line);
	return note_set(note, OUT_MALFORMED,
			"sshd does not take its configuration: %.*s",
			STR_ARG(str_sub(line, 0, 180)));
}

static int
sshd_run(const char *const *argv, struct buf *out, struct note *note)
{
	struct run run = {.argv = argv, .out = out, .both = true};
	int status = 0, r;

	folder_make();
	r = run_program(&run, &status, note);
	if (r != 0)
		return r;
	return status != 0 ? bad(note, out) : 0;
}

static struct str
value_of(struct str text, const char *name)
{
	struct str line, key, value;

	while (text.n > 0 && str_next(&text, '\n', &line))
		if (str_cut(line, ' ', &key, &value) &&
		    str_eq_nocase(key, str_c(name)))
			return str_trim(value);
	return STR_NONE;
}

int
sshd_setting(const char *user, const char *name, struct buf *ret,
	     struct note *note)
{
	CLEAN(buf_clear) struct buf out = BUF_INIT_MAX(RUN_OUT_MAX);
	char who[CONF_USER_MAX + 80];
	const char *argv[] = {SSHD_PROGRAM, "-T", "-C", who, NULL};
	int r;

	(void)snprintf(who, sizeof(who),
		       "user=%.32s,host=localhost,addr=127.0.0.1,"
		       "laddr=127.0.0.1,lport=22",
		       user);
	r = sshd_run(argv, &out, note);
	return r != 0 ? r : buf_addstr(ret, value_of(buf_str(&out), name));
}

int
sshd_check(struct note *note)
{
	CLEAN(buf_clear) struct buf out = BUF_INIT_MAX(RUN_OUT_MAX);
	const char *argv[] = {SSHD_PROGRAM, "-t", NULL};

	return sshd_run(argv, &out, note);
}

static bool
unit_runs(const char *unit)
{
	const char *argv[] = {SYSTEMCTL, "is-active", "--quiet", unit, NULL};
	struct run run = {.argv = argv};
	struct note none;
	int status = 0;

	return run_program(&run, &status, &none) == 0 && status == 0;
}

/* Debian's name of the unit, and that of others. OUT_ABSENT: none runs. */
static int
systemd_reload(struct note *note)
{
	static const char *const units[] = {"ssh.service", "sshd.service"};

	for (size_t i = 0; i < nitems(units); i++) {
		const char *argv[] = {SYSTEMCTL, "reload", units[i], NULL};
		struct run run = {.argv = argv};
		int status = 0, r;

		if (!unit_runs(units[i]))
			continue;
		r = run_program(&run, &status, note);
		if (r == 0 && status != 0)
			return note_set(note, OUT_BUSY,
					"systemctl reload %s failed", units[i]);
		return r;
	}
	return OUT_ABSENT;
}

/* The file may be older than the machine's last start: only what is an sshd is
 * told. */
static bool
is_sshd(long pid)
{
	CLEAN(buf_clear) struct buf path = BUF_INIT;
	char exe[64] = "";

	(void)buf_addf(&path, "/proc/%ld/exe", pid);
	if (readlink(path.p, exe, sizeof(exe) - 1) < 0)
		return false;
	return strcmp(exe, SSHD_PROGRAM) == 0 ||
	       strcmp(exe, SSHD_PROGRAM " (deleted)") == 0;
}

/* 0: none. */
static pid_t
pid_read(void)
{
	CLEAN(buf_clear) struct buf path = BUF_INIT;
	CLEAN(buf_clear) struct buf text = BUF_INIT;
	struct note none;
	uint64_t pid = 0;

	if (sshd_setting("root", "pidfile", &path, &none) != 0 || path.n == 0 ||
	    disk_read(path.p, PID_LEN_MAX, &text, NULL) != 0 || text.n == 0 ||
	    str_u64(str_sub(buf_str(&text), 0, text.n - 1), INT32_MAX, &pid) !=
		0 ||
	    pid < 2 || !is_sshd((long)pid))
		return 0;
	return (pid_t)pid;
}

static int
signal_reload(struct note *note)
{
	pid_t pid = pid_read();

	if (pid != 0 && kill(pid, SIGHUP) != 0)
		return note_set(note, OUT_BUSY, "cannot signal sshd: %s",
				strerror(errno));
	return 0;
}

int
sshd_reload(struct note *note)
{
	int r = OUT_ABSENT;

	if (access("/run/systemd/system", F_OK) == 0 &&
	    access(SYSTEMCTL, X_OK) == 0)
		r = systemd_reload(note);
	/* Not a unit's, or none of a name that is known here: one that runs
	 * has said where it is. When none does, each start reads it anyway. */
	return r == OUT_ABSENT ? signal_reload(note) : r;
}
