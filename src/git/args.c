/* What git is told: nothing in here comes from a client but GIT_PROTOCOL. */
#include "git/inner.h"

#include <assert.h>
#include <stdio.h>

void
git_arg(struct git_args *a, const char *arg)
{
	assert(a->n + 1 < GIT_ARGS_MAX);
	a->v[a->n++] = arg;
	a->v[a->n] = NULL;
}

void
git_set(struct git_args *a, const char *setting)
{
	git_arg(a, "-c");
	git_arg(a, setting);
}

/* gpg: a signed push would have the signature checked by a program that reads
 * the client's bytes. */
static const char *const settings_all[] = {
    "core.attributesFile=/dev/null",
    "core.excludesFile=/dev/null",
    "core.fsmonitor=false",
    "core.packedGitLimit=1g",
    "core.packedGitWindowSize=64m",
    "core.bigFileThreshold=128m",
    "gc.auto=0",
    "maintenance.auto=false",
    "gpg.program=/nonexistent",
    "gpg.ssh.program=/nonexistent",
    "gpg.x509.program=/nonexistent",
    "pack.threads=2",
    "pack.windowMemory=256m",
    "pack.deltaCacheSize=64m",
    "protocol.allow=never",
    "transfer.advertiseSID=false",
    "transfer.hideRefs=refs/latchkey",
};
/* Locks are waited for: maintenance holds them for moments. */
static const char *const settings_write[] = {
    "core.fsync=all",
    "core.fsyncMethod=fsync",
    "core.filesRefLockTimeout=10000",
    "core.packedRefsTimeout=10000",
    "core.logAllRefUpdates=false",
    "core.sharedRepository=umask",
};
/* Filters that cost a look at every path of a history stay closed. */
static const char *const settings_read[] = {
    "core.hooksPath=/dev/null",
    "uploadpack.allowFilter=true",
    "uploadpack.allowTipSHA1InWant=false",
    "uploadpack.allowReachableSHA1InWant=false",
    "uploadpack.allowAnySHA1InWant=false",
    "uploadpack.keepAlive=5",
    "uploadpackfilter.allow=false",
    "uploadpackfilter.blob:none.allow=true",
    "uploadpackfilter.blob:limit.allow=true",
    "uploadpackfilter.tree.allow=true",
    "uploadpackfilter.object:type.allow=true",
    "uploadpackfilter.combine.allow=true",
    "uploadarchive.allowUnreachable=false",
};
/* Packs stay packs, so that there are few folders to put on disk. The three
 * flaws that are let in are in many histories of old and harm nobody. */
static const char *const settings_receive[] = {
    "transfer.unpackLimit=1",
    "receive.unpackLimit=1",
    "transfer.fsckObjects=true",
    "receive.fsckObjects=true",
    "receive.fsck.badTimezone=ignore",
    "receive.fsck.missingSpaceBeforeDate=ignore",
    "receive.fsck.zeroPaddedFilemode=ignore",
    "receive.advertisePushOptions=false",
    "receive.advertiseAtomic=true",
    "receive.autogc=false",
    "receive.updateServerInfo=false",
    "receive.shallowUpdate=false",
    "receive.denyCurrentBranch=ignore",
    "receive.denyDeleteCurrent=refuse",
    "receive.keepAlive=5",
};

static void
sets(struct git_args *a, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		git_set(a, list[i]);
}

void
git_args_init(const struct git_store *s, struct git_args *a, bool writer)
{
	a->n = 0;
	git_arg(a, "git");
	sets(a, settings_all, nitems(settings_all));
	if (!writer) {
		sets(a, settings_read, nitems(settings_read));
		return;
	}
	sets(a, settings_write, nitems(settings_write));
	git_set(a, s->hooks_arg);
}

static const char *
deny(bool yes, const char *on, const char *off)
{
	return yes ? on : off;
}

void
git_args_service(const struct git_store *s, struct git_args *a,
		 const struct git_ask *ask)
{
	static const char *const names[GIT_SERVICES] = {
	    [GIT_UPLOAD_PACK] = "upload-pack",
	    [GIT_RECEIVE_PACK] = "receive-pack",
	    [GIT_UPLOAD_ARCHIVE] = "upload-archive",
	};
	bool writer = ask->service == GIT_RECEIVE_PACK;

	git_args_init(s, a, writer);
	if (writer) {
		sets(a, settings_receive, nitems(settings_receive));
		git_set(a, s->push_arg);
		git_set(a, deny(ask->deny_rewind,
				"receive.denyNonFastForwards=true",
				"receive.denyNonFastForwards=false"));
		git_set(a, deny(ask->deny_rewind, "receive.denyDeletes=true",
				"receive.denyDeletes=false"));
	}
	git_arg(a, names[ask->service]);
	if (ask->service == GIT_UPLOAD_PACK) {
		git_arg(a, "--strict");
		git_arg(a, s->timeout_arg);
	}
	if (ask->stateless && ask->service != GIT_UPLOAD_ARCHIVE)
		git_arg(a, "--stateless-rpc");
	if (ask->advertise && ask->service != GIT_UPLOAD_ARCHIVE)
		git_arg(a, "--http-backend-info-refs");
	git_arg(a, ".");
}

void
git_env(struct git_args *a, const char *protocol, bool maintenance)
{
	static const char *const fixed[] = {
	    "PATH=/usr/bin:/bin",
	    "HOME=/nonexistent",
	    "LANG=C.UTF-8",
	    "GIT_CONFIG_NOSYSTEM=1",
	    "GIT_CONFIG_GLOBAL=/dev/null",
	    "GIT_ATTR_NOSYSTEM=1",
	    "GIT_NO_REPLACE_OBJECTS=1",
	    "GIT_NO_LAZY_FETCH=1",
	    "GIT_TERMINAL_PROMPT=0",
	    /* What git makes absolute it makes so by this, when it is the same
	     * folder: who pushes onto a full disk reads a path of it. */
	    "PWD=/proc/self/cwd",
	};

	a->n = 0;
	for (size_t i = 0; i < nitems(fixed); i++)
		git_arg(a, fixed[i]);
	if (protocol != NULL)
		git_arg(a, protocol);
	if (maintenance)
		git_arg(a, "LATCHKEY_HOOK=sync");
}

int
git_walls(const struct git_store *s, int dir, bool writer, int *ret)
{
	struct jail_path paths[GIT_PATHS_MAX];
	char here[FOLDER_FD_NAME];
	size_t n = 0;

	folder_fd_name(dir, here);
	paths[n++] = (struct jail_path){here, writer ? JAIL_WRITE : JAIL_READ};
	if (writer)
		paths[n++] = (struct jail_path){s->hook_file, JAIL_RUN};
	for (size_t i = 0; i < s->n_paths; i++)
		paths[n++] = s->paths[i];
	return jail_files(paths, n, ret);
}

size_t
git_walls_outer(const struct git_store *s, struct jail_path ret[GIT_WALLS_MAX])
{
	size_t n = 0;

	for (size_t i = 0; i < s->n_paths; i++)
		ret[n++] = s->paths[i];
	ret[n++] = (struct jail_path){s->hook_file, JAIL_RUN};
	return n;
}
