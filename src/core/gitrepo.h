/*
 * Git repositories as the core knows them: a name in an account, an id that
 * never changes and names the folder on disk, and rules for pushing. The bytes
 * are the git room's; whoever makes a repository makes the folder first and
 * removes it last, so that a row always has one.
 */
#ifndef CORE_GITREPO_H
#define CORE_GITREPO_H

#include "core/gate.h"

#define GITREPO_ID_LEN 32
#define GITREPO_SLUG_MAX 62 /* [A-Za-z0-9_][A-Za-z0-9._-]*, not ending .git */
#define GITREPO_BRANCH_MAX 244
#define GITREPOS_MAX 10000  /* per account */
#define GITREPO_GRACE_MS (30 * 24 * 3600 * INT64_C(1000))

/* Who may move a branch to something that does not follow what it was, or
 * remove it. PROTECT: on the main branch only Managers; elsewhere whoever may
 * push. DENY: nobody, on no branch or tag. */
enum force_push { FORCE_ALLOW, FORCE_PROTECT, FORCE_DENY, FORCE_RULES };
const char *force_push_name(enum force_push); /* "allow", ... */
MUST int force_push_parse(struct str, enum force_push *ret);

struct gitrepo {
	struct str id, account, account_slug, project, project_slug;
	struct str slug, name, description, main_branch, created_by;
	enum force_push force_push;
	int64_t size, created_at, modified_at;
	int64_t pushed_at, removed_at; /* 0: not */
};

/* Is this a slug that a repository may have? ".", "..", "-x" and ".git" at the
 * end are not. */
bool gitrepo_is_slug(struct str);
/* The rules of git-check-ref-format(1) for what follows refs/heads/. */
bool gitrepo_is_branch(struct str);
/* A fresh id. */
MUST int gitrepo_id(char ret[GITREPO_ID_LEN + 1]);

struct gitrepo_ask {
	struct str id;          /* from gitrepo_id; the folder is there */
	struct str slug, name, description, main_branch; /* empty: defaults */
	struct str project;     /* id or slug; empty: "default" */
	enum force_push force_push;
};
#define GITREPO_MAIN_BRANCH "main"
/* In the visit's account. OUT_MALFORMED with a note, OUT_CONFLICT the name is
 * taken, OUT_MISSING_PART no such project, OUT_TOO_MANY. */
MUST int gitrepo_create(const struct visit *, const struct gitrepo_ask *,
    struct arena *, struct gitrepo *ret, struct note *);
/* account: id or slug; name: slug, without case, or id. Living ones only.
 * 0, OUT_ABSENT. */
MUST int gitrepo_get(struct core *, struct str account, struct str name,
    struct arena *, struct gitrepo *ret);
/* By id, removed ones too. */
MUST int gitrepo_by_id(struct core *, struct str id, struct arena *,
    struct gitrepo *ret);
struct gitrepo_filter {
	struct str account; /* id */
	struct str project; /* id; empty: all */
	struct str after;   /* keyset: what *ret_last said; or a slug */
	bool removed;       /* those in their grace period instead */
	int64_t limit;
};
/* In order of slug without case. Those the subject may not read are left out
 * (who NULL: all; of the removed, those it may not put back), so a page may be
 * shorter; *ret_more says whether to go on, after *ret_last. */
MUST int gitrepo_list(struct core *, const struct subject *who,
    const struct gitrepo_filter *, struct arena *, struct gitrepo **ret,
    size_t *n, bool *ret_more, struct str *ret_last);

struct gitrepo_change {
	struct str slug, name, description, main_branch, project; /* p NULL: as is */
	const enum force_push *force_push; /* NULL: as is */
};
/* Outcomes as gitrepo_create, and OUT_ABSENT. A project in which the visitor may
 * not create is as good as none. */
MUST int gitrepo_update(const struct visit *, struct str id,
    const struct gitrepo_change *, struct note *);
/* Into its grace period: no door finds it, its name is free, its access keys
 * open nothing; restore undoes it (slug empty: its old name; OUT_CONFLICT when
 * that is taken). */
MUST int gitrepo_remove(const struct visit *, struct str id);
MUST int gitrepo_restore(const struct visit *, struct str id, struct str slug,
    struct note *);

/*
 * What is about to be pushed, in the transaction that makes it a fact of the
 * trail: asks the gate again, writes a row for each reference, and that there
 * was a push. 0, OUT_UNPROVEN,
 * OUT_DENIED (gone, or no right any more), OUT_BUSY; OUT_MALFORMED an id that
 * is none.
 */
struct ref_change {
	struct str name, old, now; /* full name; hex object ids, zeros: none */
};
#define REF_CHANGES_MAX 20000 /* of one push: OUT_TOO_MANY */
#define REF_NAME_MAX 1024     /* bytes: OUT_TOO_LARGE */
MUST int gitrepo_push(const struct visit *, const struct ref_change *, size_t n);
/* Of references that gitrepo_push() has written down and git has not confirmed:
 * it failed, or was ended in the middle. A row for each says so, of the outcome
 * AUDIT_UNCONFIRMED; it may stand as it was or as it was to be. No gate is asked:
 * that the right has ended may be why. */
MUST int gitrepo_push_unconfirmed(const struct visit *,
    const struct ref_change *, size_t n);
/* May this visit (for GIT_PUSH) rewind or remove this reference, as the rule
 * stands now? */
enum force_answer { FORCE_MAY, FORCE_FORWARD_ONLY };
MUST int gitrepo_force(const struct visit *, struct str ref,
    enum force_answer *ret);
/* After a push: how large it is now. The program's own; no visit. OUT_ABSENT. */
MUST int gitrepo_pushed(struct core *, struct str id, int64_t size);

/* House-keeping. Ids into the arena: those with the most pushes since their
 * last maintenance; those whose grace period is over (rows go with
 * gitrepo_forget, before their folder: OUT_CONFLICT when somebody has put it
 * back in the meantime, OUT_ABSENT). */
MUST int gitrepo_worn(struct core *, int64_t pushes_min, int64_t limit,
    struct arena *, struct str **ret, size_t *n);
MUST int gitrepo_maintained(struct core *, struct str id, int64_t size);
MUST int gitrepo_over(struct core *, int64_t limit, struct arena *,
    struct str **ret, size_t *n);
MUST int gitrepo_forget(struct core *, struct str id);
/* Is there any row with this id? For sweeps of folders. */
MUST int gitrepo_is(struct core *, struct str id, bool *ret);

/* "git@host:Team/repo.git", or "ssh://git@host:2222/Team/repo.git" where the
 * port is not 22; "https://host/git/Team/repo.git". core->ssh_host and
 * core->public_url say where. */
void gitrepo_ssh_url(const struct core *, const struct gitrepo *, struct buf *);
void gitrepo_http_url(const struct core *, const struct gitrepo *,
    struct buf *);

#endif
