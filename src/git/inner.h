/*
 * The room's own: what a store is made of. A store holds the folder of all
 * repositories open; each program that may write holds a shared lock on its
 * repository's folder for as long as any process of it lives, so that who gets
 * the lock alone knows that every lock file and every half-received pack in
 * there was left behind by something that died.
 */
#ifndef GIT_INNER_H
#define GIT_INNER_H

#include "git/folder.h"
#include "git/git.h"
#include "git/launch.h"
#include "jail/jail.h"

#include <pthread.h>

#define GIT_RUNNING_DEFAULT 64
#define GIT_PUSH_DEFAULT    (UINT64_C(4) << 30)
#define GIT_CPU_DEFAULT     3600
#define GIT_MEMORY_DEFAULT  (UINT64_C(8) << 30)
#define GIT_IDLE_S          600 /* upload-pack gives up on a silent peer */
#define GIT_NEW   ".new-"   /* being made */
#define GIT_TRASH ".trash-" /* being removed */
#define GIT_PATHS_MAX       GIT_WALLS_MAX
#define GIT_ARGS_MAX        128
#define GIT_ENVS_MAX        16

/* The whole of a repository's configuration. What else git is to know it is
 * told on the command line. */
extern const char git_config_text[];

struct git_run {
	pid_t pid; /* 0: a free place */
	bool writer;
	char id[GIT_ID_LEN + 1];
};
/* Repositories without anything left behind, by a hash of their id: who is not
 * in here is looked through once more. */
#define GIT_TIDY_SLOTS 4096
struct git_store {
	int root;
	char *program, *hooks, *hook_file, *exec_path, *loader;
	char *hooks_arg; /* core.hooksPath=... */
	char push_arg[64]; /* receive.maxInputSize=... */
	char timeout_arg[32];
	unsigned running_max;
	uint64_t cpu_s, memory;
	struct jail_path paths[GIT_PATHS_MAX]; /* of every program */
	size_t n_paths;
	pthread_mutex_t lock; /* of what follows */
	struct git_run *runs; /* running_max of them */
	unsigned running;
	char tidy[GIT_TIDY_SLOTS][GIT_ID_LEN];
	pthread_mutex_t maintaining;
};

/* The folder of a repository, as git_check finds it; O_RDONLY. */
MUST int git_folder(struct git_store *, struct str id, int *ret);

/* Shared, until each copy of *ret is closed. Sweeps first when it is needed and
 * nobody else writes. */
MUST int git_lock(struct git_store *, struct str id, int dir, int *ret);
/* Something that wrote there has died: look again. */
void git_untidy(struct git_store *, struct str id);
bool git_is_tidy(struct git_store *, struct str id);
/* What killed programs leave: lock files, packs half received. dir is locked
 * by the caller alone. */
MUST int git_sweep(int dir);

struct git_args {
	const char *v[GIT_ARGS_MAX];
	size_t n;
};
void git_arg(struct git_args *, const char *);
/* "-c", setting. */
void git_set(struct git_args *, const char *setting);
/* git and the settings of every program. */
void git_args_init(const struct git_store *, struct git_args *, bool writer);
void git_args_service(const struct git_store *, struct git_args *,
    const struct git_ask *);
void git_env(struct git_args *, const char *protocol, bool maintenance);
/* A rule set for a program at work in dir; -1 without Landlock. */
MUST int git_walls(const struct git_store *, int dir, bool writer, int *ret);

/* One of our own errands: runs to its end unless stop says so. Its output, all
 * of both kinds, goes into ret_text (cut). The exit status in *ret_status. */
struct git_errand {
	const struct git_args *args;
	int dir;      /* the folder; and walls around it, unless free */
	int lock;     /* of git_lock, or -1: a reader */
	bool low, free;
	bool (*stop)(void *);
	void *arg;
};
#define GIT_TEXT_MAX (16 * KIB)
MUST int git_errand(struct git_store *, const struct git_errand *,
    char ret_text[GIT_TEXT_MAX], int *ret_status);

#endif
