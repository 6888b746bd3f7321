/* What the files of this door share with each other and with nobody else. */
#ifndef DOOR_POLICY_INNER_H
#define DOOR_POLICY_INNER_H

#include "core/group.h"
#include "core/policy.h"
#include "core/role.h"
#include "door/policy/policy.h"

enum policy_form_version { POLICY_V1 = 1, POLICY_V2 = 2 };

/* words.c */
extern const struct policy_word {
	int status;
	const char *code;
} policy_words[OUT_MAX];
void policy_say(struct call *, int outcome, struct http_reply *);
void policy_say_status(struct call *, int status, const char *why,
		       struct http_reply *);
/* "errors" of one part of a reply that has many. */
void policy_errors(struct jw *, const struct policy_word *,
		   const char *message, struct str details);
/* What call->own is when a conflict has more to say: a JSON object's text. */
struct policy_details {
	struct str json;
};

/* tag.c: entity tags, "<version>-<32 hex of the id>". */
struct str etag_text(struct arena *, int64_t version, struct str id);
/* If-Match. 0 with the version, 0 for "*"; OUT_MALFORMED without one; OUT_STALE
 * when it is another thing's. */
MUST int etag_match(struct call *, struct str id, int64_t *ret_version);

/* aim.c */
/* The account that the query, the body or (empty) the visitor names. */
MUST int account_pass(struct call *, enum verb, struct str account);
struct str account_own(const struct call *);
/* Not an object: OUT_MALFORMED with a note. */
MUST int body_object(struct call *);
/* A text member: stays as it was when it is not there. must: it has to be. */
MUST int body_text(struct call *, const struct json *, const char *name,
		   bool must, struct str *ret);
void moment_write(struct jw *, const char *name, int64_t ms);
/* An array of texts: at most max. */
MUST int body_texts(struct call *, const struct json *, const char *name,
		    size_t max, const struct str **ret, size_t *n);

/* body.c: OUT_MALFORMED with a note. account: what accountId says, or empty. */
MUST int policy_body_read(const struct json *, enum policy_form_version,
			  struct arena *, struct policy_text *ret,
			  struct str *ret_account, struct note *);

/* groups.c: where a list of groups or members stands. */
#define SPAN_DEFAULT	100
#define SPAN_MAX	100
#define MEMBERS_AT_ONCE 50
struct span {
	uint64_t limit, offset;
};
MUST int span_read(struct call *, struct span *ret);
void span_write(struct call *, struct jw *, const struct span *, int64_t total);
/* The group of the path, for this verb. */
MUST int group_pass(struct call *, enum verb, struct group *ret);

/* show.c */
struct shower {
	struct call *call;
	enum policy_form_version version;
	bool display; /* names of roles in v2 */
	struct custom_role *roles;
	size_t n_roles;
	bool read;
};
MUST int policy_write(struct shower *, struct jw *, const struct policy *);

/* policies_list.c */
MUST int policies_list(struct call *, struct http_reply *,
		       enum policy_form_version);
const char *role_text(enum role);

handler_fn policies_list_v1, policy_add_v1, policy_show_v1, policy_put_v1,
    policy_patch_v1, policy_remove;
handler_fn policies_list_v2, policy_add_v2, policy_show_v2, policy_put_v2;
handler_fn roles_list, role_add, role_show, role_put, role_remove;
handler_fn groups_list, group_add, group_show, group_patch, group_remove;
handler_fn memberships_add, memberships_list, memberships_remove,
    membership_is, membership_end, membership_begin_all, membership_end_all;

#endif
