/* The hook reference-transaction: who may at the moment of the change, and the
 * change on disk before it is reported. */
#include "git/hook.h"

#include "base/out.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int
sync_folder(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	int r = 0;

	if (fd < 0)
		return errno == ENOENT ? 0 : -errno;
	if (fsync(fd) != 0)
		r = -errno;
	(void)close(fd);
	return r;
}

/* Packs stay packs, so that this is where all of a push's objects are. */
int
hook_sync_objects(void)
{
	return sync_folder("objects/pack");
}

static int
by_bytes(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

/* Those three were made with the repository and stay. */
static bool
is_kept(struct str folder)
{
	return str_eq(folder, STR("refs")) ||
	       str_eq(folder, STR("refs/heads")) ||
	       str_eq(folder, STR("refs/tags"));
}

/* The folder of each reference and those above it that may be as new as the
 * reference, unsorted. */
static size_t
folders_of(struct str lines, struct str *ret)
{
	struct desk_ref ref;
	struct str folder, last;
	size_t n = 0;

	while (desk_ref_next(&lines, &ref) == 0)
		for (struct str name = ref.name;
		     str_rcut(name, '/', &folder, &last); name = folder) {
			if (ret != NULL)
				ret[n] = folder;
			n++;
			if (is_kept(folder))
				break;
		}
	return n;
}

static bool
is_zero(struct str id)
{
	for (size_t i = 0; i < id.n; i++)
		if (id.p[i] != '0')
			return false;
	return true;
}

static bool
has_removal(struct str lines)
{
	struct desk_ref ref;

	while (desk_ref_next(&lines, &ref) == 0)
		if (is_zero(ref.now))
			return true;
	return false;
}

/* A folder that went away with its last reference has a parent in the list.
 * What is removed is taken out of packed-refs, in the repository itself. */
int
hook_sync_refs(struct str lines, bool packed)
{
	size_t n = folders_of(lines, NULL);
	struct str *folder = calloc(n + 1, sizeof(*folder));
	int r = 0;

	if (folder == NULL)
		return -ENOMEM;
	(void)folders_of(lines, folder);
	qsort(folder, n, sizeof(*folder), by_bytes);
	for (size_t i = 0; i < n && r == 0; i++) {
		char path[HOOK_NAME_MAX + 1];

		if (i > 0 && str_eq(folder[i], folder[i - 1]))
			continue;
		if (folder[i].n >= sizeof(path)) {
			r = -ENAMETOOLONG;
			break;
		}
		memcpy(path, folder[i].p, folder[i].n);
		path[folder[i].n] = '\0';
		r = sync_folder(path);
	}
	free(folder);
	return r == 0 && (packed || has_removal(lines)) ? sync_folder(".") : r;
}

/* Without what is no change of its own: HEAD, which goes along with the branch
 * it names; and the lines from nothing to nothing of the inner transaction in
 * which git takes a reference out of packed-refs before the outer one, which
 * names its old value, removes it. pre-receive sees to it that an outer one
 * always does. */
static int
changes(struct str lines, struct buf *ret)
{
	struct desk_ref ref;
	int r;

	while ((r = desk_ref_next(&lines, &ref)) == 0)
		if (str_starts(ref.name, STR("refs/")) &&
		    !(is_zero(ref.old) && is_zero(ref.now)))
			desk_ref_put(ret, &ref);
	if (r != OUT_ABSENT)
		return -EINVAL;
	return buf_err(ret);
}

static int
prepared(struct str asked, bool alone)
{
	CLEAN(buf_clear) struct buf names = BUF_INIT;
	/* First the objects, so that no reference is ever on disk without
	 * them. */
	int r = hook_sync_objects();

	if (r != 0)
		return hook_refuse("objects cannot be put on disk: %s",
				   strerror(-r));
	if (alone || asked.n == 0)
		return 0;
	return hook_ask(DESK_COMMIT, asked, &names) == 0 ? 0 : 1;
}

/* git does not look at what we return any more, but it reports only after us:
 * what cannot be promised must not be reported. */
static int
committed(struct str lines, struct str asked, bool alone)
{
	CLEAN(buf_clear) struct buf none = BUF_INIT;
	int r = hook_sync_refs(lines, alone);

	if (r != 0) {
		(void)hook_refuse("references cannot be put on disk: %s",
				  strerror(-r));
		(void)kill(getppid(), SIGKILL);
		return 1;
	}
	if (alone || asked.n == 0)
		return 0;
	return hook_ask(DESK_DONE, asked, &none) == 0 ? 0 : 1;
}

int
hook_reference_transaction(const char *state)
{
	CLEAN(buf_clear) struct buf lines = BUF_INIT_MAX(HOOK_INPUT_MAX + MIB);
	CLEAN(buf_clear) struct buf asked = BUF_INIT_MAX(HOOK_INPUT_MAX + MIB);
	const char *mode = getenv(HOOK_ENV);
	bool alone = mode != NULL && strcmp(mode, HOOK_ENV_SYNC) == 0;
	bool is_prepared = strcmp(state, "prepared") == 0;
	int r;

	if (!is_prepared && strcmp(state, "committed") != 0)
		return 0;
	r = hook_input(&lines);
	if (r == 0)
		r = changes(buf_str(&lines), &asked);
	if (r != 0) {
		(void)hook_refuse("these references cannot be read: %s",
				  strerror(-r));
		if (!is_prepared)
			(void)kill(getppid(), SIGKILL);
		return 1;
	}
	return is_prepared ? prepared(buf_str(&asked), alone)
			   : committed(buf_str(&lines), buf_str(&asked), alone);
}
