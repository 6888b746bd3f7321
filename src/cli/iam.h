/*
 * What the commands of identities and their rights share: things that people
 * call by a name or a UUID, and ends of credentials as lists show them.
 */
#ifndef CLI_IAM_H
#define CLI_IAM_H

#include "cli/cli.h"

#define IAM_PAGE "100" /* of a list, and as many as the server gives at once */

/* --- iam_thing.c --- */
/* A kind of things that have UUIDs, and names that need not be unique. */
struct iam_kind {
	const char *path;   /* of the list: "/v1/serviceids" */
	const char *member; /* of the list's answer: "serviceids" */
	const char *head;   /* what each UUID begins with: "ServiceId-" */
	const char *id;	    /* member of a thing that is its UUID: "id" */
	const char *name;   /* and the one that people call it by */
	const char *none, *several; /* what is said, before the word */
};
extern const struct iam_kind iam_service_id, iam_api_key, iam_group, iam_user;

/* One of them: its UUID, and the path of it. */
struct iam_thing {
	struct buf id, path;
};
#define IAM_THING_INIT                                                         \
	{                                                                      \
		.id = BUF_INIT, .path = BUF_INIT                               \
	}
void iam_thing_clear(struct iam_thing *);

/* The account that is logged in to; borrowed. OUT_UNPROVEN. */
MUST int iam_account(struct cli *, const char **ret);
/* The path of the list of a kind, with its '?': of the account, and the keys of
 * iam_id (p NULL: of whoever is logged in). */
MUST int iam_list_path(struct cli *, const struct iam_kind *, struct str iam_id,
		       struct buf *ret);
/* By UUID or name. OUT_ABSENT; OUT_CONFLICT, the note lists the UUIDs of those
 * that are called so. owner: of API keys, whose (p NULL: one's own). */
MUST int iam_find(struct cli *, const struct iam_kind *, struct str owner,
		  const char *word, struct iam_thing *ret);
/* What the server says of it now, and its version for If-Match. ret_tag may be
 * NULL. */
MUST int iam_get(struct cli *, const char *path, struct json **ret,
		 struct buf *ret_tag);
/* Another state of what is as it was read: PUT or PATCH with If-Match. */
MUST int iam_change(struct cli *, const struct ask *, const struct buf *tag,
		    struct json **ret);
/* "-n" and "-d" of an update become a body. usage_set() when neither is given;
 * an empty description removes it. */
MUST int iam_names_body(struct cli *, const struct opt_value *name,
			const struct opt_value *description, struct buf *ret);
/* What all of them take that are called otherwise, and that are deleted. */
enum { IAM_NEW_NAME, IAM_NEW_DESCRIPTION, IAM_UPDATE_OPTS };
enum { IAM_DELETE_FORCE, IAM_DELETE_OPTS };
extern const struct opt iam_update_opts[IAM_UPDATE_OPTS];
extern const struct opt iam_delete_opts[IAM_DELETE_OPTS];
enum iam_act { IAM_LOCK, IAM_UNLOCK, IAM_DISABLE, IAM_ENABLE, IAM_DELETE };
/* Do it and say so. */
MUST int iam_act(struct cli *, const struct iam_thing *, enum iam_act);
/* Read it, change it as it was read, and show it: method PUT or PATCH. */
MUST int iam_update(struct cli *, const struct iam_thing *, const char *method,
		    const struct buf *body,
		    void (*print)(const struct json *));
/* Show what the server says of it. */
MUST int iam_show(struct cli *, const struct iam_thing *,
		  void (*print)(const struct json *));
/* JSON, or print and OK. */
void iam_said(const struct cli *, const struct json *,
	      void (*print)(const struct json *));
/* Ask, unless force. OUT_DENIED with a note. */
MUST int iam_confirm(struct cli *, bool force, const char *question);
bool iam_flag(const struct json *, const char *name); /* false when absent */
struct str iam_flag_text(const struct json *, const char *name);
/* The iam id of "ci", "ServiceId-...", of "ann@nest.example" or "IBMid-...". */
MUST int iam_identity(struct cli *, const struct iam_kind *, const char *word,
		      struct buf *ret);
MUST int iam_self(struct cli *, struct buf *ret); /* of who is logged in */
/* "a, b,c": the next one without blanks around it; false at the end. An empty
 * one is what it says. */
bool iam_list_next(struct str *rest, struct str *ret);

/* --- iam_when.c --- */
#define LEFT_ROOM 64
/* The server's times in either form, in ms. OUT_MALFORMED. */
MUST int iam_time_read(struct str, int64_t *ret_ms);
/* "never", "in 3 days", "expired". ms 0: never. */
void left_text(int64_t ms, char ret[LEFT_ROOM]);
/* The same of a member of the server's; absent or empty: never. */
void left_member(const struct json *, const char *name, char ret[LEFT_ROOM]);
/* "30d", "2026-12-31" and so on as the identity API wants it, which knows no
 * seconds: no earlier than it was meant. OUT_MALFORMED with a note. */
MUST int iam_time_write(const char *given, struct buf *ret, struct note *);

#endif
