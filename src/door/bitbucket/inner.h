/* What the files of this door share with each other and with nobody else. */
#ifndef DOOR_BITBUCKET_INNER_H
#define DOOR_BITBUCKET_INNER_H

#include "core/user.h"
#include "core/gitrepo.h"
#include "core/project.h"
#include "core/pubkey.h"
#include "door/bitbucket/bitbucket.h"

static inline const struct bitbucket_host *
bb_host(const struct call *call)
{
	return &((const struct bitbucket *)(const void *)call->door)->host;
}

/* words.c */
extern const struct bb_word {
	int status;
} bb_words[OUT_MAX];
void bb_say(struct call *, int outcome, struct http_reply *);
void bb_say_status(struct call *, int status, const char *why,
    struct http_reply *);
void bb_stamp(const struct call *, struct http_reply *);
/* OUT_MALFORMED, and the reply names the member of the body or the name in the
 * query. */
MUST int bb_bad(struct call *, const char *field, const char *fmt, ...)
    PRINTF(3, 4);
/* The same for another outcome. reason: a word for machines, or NULL; text:
 * NULL leaves the note that is there. field and reason are borrowed. */
MUST int bb_blame(struct call *, int r, const char *field, const char *reason,
    const char *text);

/* uuid.c: ids as Bitbucket writes them, in braces. */
#define BB_UUID_LEN 38
/* Of an account, project or repository: 32 hex digits. */
void bb_uuid(struct str id, char ret[BB_UUID_LEN + 1]);
/* Of an identity: a service id has one in its name; a user's sixteen
 * characters are its sixteen bytes. */
void bb_uuid_of_identity(struct str iam_id, char ret[BB_UUID_LEN + 1]);
/* "{...}" back to 32 hex digits. 0 or OUT_MALFORMED. */
MUST int bb_uuid_read(struct str, char ret[GITREPO_ID_LEN + 1]);
/* A slug as it is, an id for a uuid in braces. p NULL: no memory. */
struct str bb_uuid_or_slug(struct arena *, struct str);
/* The IAM id that a uuid (braces or not) stands for, or the text as it is. */
struct str bb_uuid_or_identity(struct arena *, struct str);

/* when.c */
#define BB_WHEN_LEN 32 /* 2018-08-15T23:50:59.993000+00:00 */
void bb_when(int64_t ms, char ret[BB_WHEN_LEN + 1]);
void bb_when_put(struct jw *, const char *name, int64_t ms); /* 0: null */
/* RFC 3339, or a date for its first moment (UTC). 0 or OUT_MALFORMED. */
MUST int bb_when_read(struct str, int64_t *ret);

/* page.c: the envelope of lists. Rows are offered one by one, in order. */
#define BB_PAGE_DEFAULT 10
#define BB_PAGE_MAX 100
#define BB_PAGE_NUMBER_MAX 100000
#define BB_BATCH 100 /* rows read at a time */
struct page {
	uint64_t len, number, skip, n;
	struct str after; /* the list goes on behind this; empty: from its start */
	bool counts;      /* the whole list is walked, and its size is said */
	bool more;        /* there is a next page */
};
enum page_spot { PAGE_BEFORE, PAGE_HERE, PAGE_BEHIND };
/* page, pagelen, after and sort from the query. sorts: the names of the one
 * order there is. */
MUST int bb_page_read(struct call *, bool counts, const char *const *sorts,
    struct page *ret);
/* Where does the next row belong? BEHIND (only when it does not count) ends the
 * walk. */
enum page_spot bb_page_take(struct page *);
void bb_page_open(struct jw *, const struct page *);
/* after: what the next page's after is to be; empty for lists that count. */
MUST int bb_page_close(struct call *, struct jw *, const struct page *,
    struct str after, struct http_reply *);

/* body.c: members of the body; null is as good as none. Others are ignored. */
MUST int bb_body(struct call *, bool must);
MUST int bb_text(struct call *, const struct json *, const char *name,
    struct str *ret); /* p NULL: not there */
/* "name": {"key": ...}: one text of an object. */
MUST int bb_text_in(struct call *, const char *name, const char *member,
    struct str *ret);
struct when {
	bool given; /* null is given, and 0 */
	int64_t ms;
};
MUST int bb_moment(struct call *, const char *name, struct when *ret);
/* A list of prefixes into ret; *ret_given: it was there (null: empty). */
MUST int bb_cidrs(struct call *, const char *name, struct buf *ret,
    bool *ret_given);
/* The member "key", judged. */
MUST int bb_key(struct call *, struct str text, struct sshkey *ret);
/* The reply's body is complete JSON. */
MUST int bb_json(struct http_reply *, int status);
/* 204 as Bitbucket's clients need it. */
int bb_done(struct http_reply *);

/* aim.c */
aim_fn bb_aim_account, bb_aim_project, bb_aim_project_or_account,
    bb_aim_repo, bb_aim_repo_or_account, bb_aim_user;

/* show.c: objects, whole or as they stand inside of others. name NULL: as an
 * element of a list. */
void bb_show_user(struct call *, struct jw *, const char *name,
    struct str iam_id);
void bb_show_account(struct call *, struct jw *, const char *name,
    const struct account *);
void bb_show_project(struct call *, struct jw *, const char *name,
    const struct project *, const struct account *);
void bb_show_repo(struct call *, struct jw *, const char *name,
    const struct gitrepo *, const struct account *);
void bb_show_repo_inside(struct call *, struct jw *, const char *name,
    const struct gitrepo *);
/* "links": {"self": {"href": base + path}}, left open for more. */
void bb_links_open(struct call *, struct jw *, const char *fmt, ...)
    PRINTF(3, 4);
void bb_link(struct call *, struct jw *, const char *name, const char *fmt, ...)
    PRINTF(4, 5);

handler_fn bb_user_show, bb_user_self, bb_site_ssh;
handler_fn bb_user_keys, bb_user_key_add, bb_user_key_show, bb_user_key_update,
    bb_user_key_drop;
handler_fn bb_workspaces, bb_workspace_show;
handler_fn bb_projects, bb_project_add, bb_project_show, bb_project_put,
    bb_project_drop;
handler_fn bb_repos, bb_repos_all, bb_repo_show, bb_repo_add, bb_repo_put,
    bb_repo_drop, bb_repo_restore;
handler_fn bb_keys, bb_keys_of_account, bb_key_show, bb_key_add, bb_key_update,
    bb_key_drop, bb_key_rotate;

#endif
