/* The hook pre-receive: may this push be taken at all? Objects are in
 * quarantine meanwhile, and gone again when it may not. */
#include "git/hook.h"

#include "base/fd.h"
#include "base/out.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define ID_MAX	 64
#define ARGS_MAX 8
#define TAGS	 STR("refs/tags/")

static bool
is_zero(struct str id)
{
	for (size_t i = 0; i < id.n; i++)
		if (id.p[i] != '0')
			return false;
	return true;
}

/* git from where the git that runs us is. The exit status; in and out may be
 * -1. */
static int
git_run(const char *const *argv, int in, int out)
{
	int status;
	pid_t pid = fork();

	if (pid < 0)
		return -errno;
	if (pid == 0) {
		int null = open("/dev/null", O_RDWR | O_CLOEXEC);

		if (null < 0 || dup2(in < 0 ? null : in, 0) < 0 ||
		    dup2(out < 0 ? null : out, 1) < 0)
			_exit(127);
		(void)close(HOOK_DESK);
		(void)execvp("git", (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

/* Only what can be told to the desk and shown to people, and is a reference:
 * the rest git refuses by itself. */
static int
changes(struct str lines, struct buf *ret)
{
	struct desk_ref ref;
	int r;

	while ((r = desk_ref_next(&lines, &ref)) == 0) {
		if (ref.name.n > HOOK_NAME_MAX)
			return hook_refuse("a name is longer than %d bytes",
					   HOOK_NAME_MAX);
		if (str_starts(ref.name, STR("refs/")))
			desk_ref_put(ret, &ref);
	}
	if (r != OUT_ABSENT)
		return hook_refuse("the name of a reference is not UTF-8 text");
	return buf_err(ret) != 0 ? hook_refuse("out of memory") : 0;
}

static int
memory_file(int *ret)
{
	*ret = memfd_create("latchkey", MFD_CLOEXEC);
	return *ret < 0 ? -errno : 0;
}

static bool
says_missing(int fd)
{
	char text[4097], *at;
	ssize_t n;
	size_t kept = 0;

	if (lseek(fd, 0, SEEK_SET) != 0)
		return true;
	/* " missing\n" may lie across two reads. */
	while ((n = read(fd, text + kept, sizeof(text) - 1 - kept)) > 0) {
		size_t all = kept + (size_t)n;

		text[all] = '\0';
		at = strstr(text, " missing");
		if (at != NULL)
			return true;
		kept = all < 8 ? all : 8;
		memmove(text, text + all - kept, kept);
	}
	return n < 0;
}

/* Of what is to be removed the old values must be there: for one that is not,
 * git would not say in the end what it removes. */
static int
old_are_there(struct str lines)
{
	static const char *const argv[] = {"git", "cat-file",
					   "--batch-check=%(objectname)", NULL};
	CLEAN(fd_closep) int in = -1;
	CLEAN(fd_closep) int out = -1;
	struct desk_ref ref;
	size_t n = 0;

	if (memory_file(&in) != 0 || memory_file(&out) != 0)
		return hook_refuse("out of memory");
	while (desk_ref_next(&lines, &ref) == 0)
		if (is_zero(ref.now) && !is_zero(ref.old)) {
			if (dprintf(in, "%.*s\n", STR_ARG(ref.old)) < 0)
				return hook_refuse("out of memory");
			n++;
		} else if (is_zero(ref.now)) {
			return hook_refuse("%.*s is not there to be removed",
					   STR_ARG(ref.name));
		}
	if (n == 0)
		return 0;
	if (lseek(in, 0, SEEK_SET) != 0 || git_run(argv, in, out) != 0 ||
	    says_missing(out))
		return hook_refuse("what is to be removed is not what is here: "
				   "fetch first");
	return 0;
}

static int
by_bytes(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

/* The lines of a YES, sorted; the caller frees. */
static struct str *
names_of(struct str lines, size_t *ret_n)
{
	struct str rest = lines, name, *ret;
	size_t n = 0;

	for (size_t i = 0; i < lines.n; i++)
		n += lines.p[i] == '\n';
	ret = calloc(n + 2, sizeof(*ret));
	if (ret == NULL)
		return NULL;
	n = 0;
	while (rest.p != NULL && str_next(&rest, '\n', &name))
		if (name.n > 0)
			ret[n++] = name;
	qsort(ret, n, sizeof(*ret), by_bytes);
	*ret_n = n;
	return ret;
}

static int
moves_forward(const struct desk_ref *ref)
{
	char old[ID_MAX + 1], now[ID_MAX + 1];
	const char *argv[ARGS_MAX] = {"git", "merge-base", "--is-ancestor",
				      old,   now,	   NULL};
	int status;

	if (is_zero(ref->old))
		return 0;
	if (is_zero(ref->now))
		return hook_refuse("%.*s may not be removed",
				   STR_ARG(ref->name));
	if (str_starts(ref->name, TAGS))
		return hook_refuse("%.*s may not be moved", STR_ARG(ref->name));
	(void)snprintf(old, sizeof(old), "%.*s", STR_ARG(ref->old));
	(void)snprintf(now, sizeof(now), "%.*s", STR_ARG(ref->now));
	status = git_run(argv, -1, -1);
	if (status == 1)
		return hook_refuse("%.*s may only move forward: pull first, "
				   "forced pushes are not allowed there",
				   STR_ARG(ref->name));
	if (status != 0)
		return hook_refuse("%.*s: whether it moves forward cannot be "
				   "told",
				   STR_ARG(ref->name));
	return 0;
}

static int
all_move_forward(struct str lines, struct str names)
{
	size_t n = 0;
	struct str *forward = names_of(names, &n);
	struct desk_ref ref;
	int bad = 0;

	if (forward == NULL)
		return hook_refuse("out of memory");
	while (desk_ref_next(&lines, &ref) == 0)
		if (bsearch(&ref.name, forward, n, sizeof(*forward),
			    by_bytes) != NULL)
			bad |= moves_forward(&ref);
	free(forward);
	return bad;
}

int
hook_pre_receive(void)
{
	CLEAN(buf_clear) struct buf lines = BUF_INIT_MAX(HOOK_INPUT_MAX);
	CLEAN(buf_clear) struct buf asked = BUF_INIT_MAX(HOOK_INPUT_MAX);
	CLEAN(buf_clear) struct buf names = BUF_INIT_MAX(HOOK_INPUT_MAX);

	if (getenv("GIT_PUSH_CERT") != NULL)
		return hook_refuse("signed pushes are not taken");
	if (hook_input(&lines) != 0)
		return hook_refuse("more references than one push may have");
	if (changes(buf_str(&lines), &asked) != 0)
		return 1;
	if (asked.n == 0)
		return 0;
	if (hook_ask(DESK_PUSH, buf_str(&asked), &names) != 0 ||
	    old_are_there(buf_str(&asked)) != 0)
		return 1;
	return all_move_forward(buf_str(&asked), buf_str(&names));
}
