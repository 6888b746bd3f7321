/* What the files of this door share with each other and with nobody else. */
#ifndef DOOR_API_INNER_H
#define DOOR_API_INNER_H

#include "core/api_key.h"
#include "core/user.h"
#include "door/api/api.h"

static inline const struct api_host *
api_host(const struct call *call)
{
	return &((const struct api *)(const void *)call->door)->host;
}

static inline struct makings *
api_makings(const struct call *call)
{
	return &((struct api *)(uintptr_t)call->door)->makings;
}

/* words.c */
void api_say(struct call *, int outcome, struct http_reply *);
void api_say_status(struct call *, int status, const char *why,
		    struct http_reply *);

/* What a refusal says besides: a word for machines in place of the outcome's.
 * Borrowed. Returns r. */
int api_blame(struct call *, int r, const char *code);

/* body.c: the members that a body may have, in tables that the tests hold
 * against what is documented. */
struct body_flag {
	bool given, is;
};
struct body_number {
	bool given;
	int64_t is;
};
struct field {
	const char *name;
	enum json_kind kind; /* STR, BOOL, INT, ARRAY or OBJECT */
	bool must;
	size_t at; /* of a struct str, struct body_flag, struct body_number,
		      const struct json * in what the body is read to */
};
/* to: zeroed, or with what is not given as it is to be. 0, or OUT_MALFORMED
 * with a note that names the member. */
MUST int body_read(struct call *, const struct field *, size_t n, void *to);
/* A moment in the three forms of dec_time, or milliseconds. */
MUST int time_read(struct call *, const char *name, struct str, int64_t *ret);
/* ?name=true or false; without it ret stays. 0, or OUT_MALFORMED with a note. */
MUST int flag_read(struct call *, const char *name, bool *ret);
void time_write(struct jw *, const char *name, int64_t ms);
/* Both of one call: reply->body ends with a line feed. */
MUST int json_done(struct call *, struct http_reply *, int status);

aim_fn api_aim_account; /* ?account=, else the caller's own */
aim_fn api_aim_named_account; /* {id}: id or slug */
aim_fn api_aim_user;	/* {id}: an identity */
aim_fn api_aim_project; /* {account}, {project}: each an id or slug */
aim_fn api_aim_keypair, api_aim_server; /* and {name}: an id or name */
aim_fn api_aim_namespace; /* {name}: of the region that Host names */

handler_fn account_add, account_show, accounts_show, account_put;
handler_fn invitation_accept;
handler_fn user_add, user_show, users_show, user_patch, user_password;
handler_fn key_add, key_show, keys_show, key_remove;
handler_fn keypair_post, keypair_show, keypairs_show, keypair_remove,
    keypair_servers_show;
handler_fn server_post, server_show, servers_show, server_remove,
    server_keypair_put, server_keys_show, server_seed_post;
handler_fn namespace_show, namespace_patch;
handler_fn audit_show, audit_check, traffic_show;
handler_fn status_show, whoami_show, regions_show, session_remove;
handler_fn revoke_post, look_post, leaked_post;
handler_fn explain_post, explain_who_post;
handler_fn sessions_show, session_drop, expiring_show, unused_show;
handler_fn health_show, ready_show, metrics_show, openapi_show;

extern const struct field revoke_post_fields[2], look_post_fields[1],
    leaked_post_fields[1], explain_post_fields[4], explain_who_post_fields[2];
extern const struct field account_add_fields[5], account_put_fields[1],
    user_add_fields[4], invitation_accept_fields[3], user_patch_fields[3],
    user_password_fields[2], key_add_fields[3], keypair_post_fields[5], server_post_fields[4],
    server_keypair_put_fields[1], server_seed_post_fields[1],
    namespace_patch_fields[2];
/* revoke.c: its members, without an object around them. */
struct found_cred;
void found_write(struct jw *, const struct found_cred *);
#define LOOK_MAX 100 /* values that are looked at in one call */

/* routes.c: whose body is which. */
extern const struct api_body {
	handler_fn *run;
	const struct field *fields;
	size_t n;
} api_bodies[];
extern const size_t api_n_bodies;

/* doc/openapi.json, as it was when this was built. */
extern const unsigned char openapi_json[];
extern const size_t openapi_json_n;

/* A page of a list of names: ?search=&after=&limit=. */
struct page {
	struct str search, after;
	uint64_t limit;
};
MUST int list_page_read(struct call *, struct page *ret);

/* keypair_show.c */
struct keypair;
enum keypair_detail { KEYPAIR_BRIEF, KEYPAIR_FULL };
/* Who was looked up last: a page is often one person's. */
struct who {
	struct call *call;
	struct str id, name;
};
/* "by": an identity; and "by_name": what people call it, its e-mail address or
 * else its name, unless it is gone. */
void who_write(struct who *, struct jw *, const char *member, struct str id);
/* Without its end. */
MUST int keypair_write(struct who *, struct jw *, const struct keypair *,
    enum keypair_detail);
/* "public_key", "fingerprint_sha256" and, with md5, "fingerprint_md5". */
MUST int pubkey_write(struct jw *, struct str type, struct str blob,
    struct str comment, bool md5);

/* keypair_make.c: what is asked for, in POST /keypairs without a public key. */
struct keypair_body {
	struct str name, type, format, public_key;
	struct body_number bits;
};
MUST int keypair_make(struct call *, const struct keypair_body *,
    struct http_reply *);
/* "ed25519", 0 bits and "openssh" into an order for the maker. 0, or
 * OUT_MALFORMED with a note. */
MUST int keypair_order(struct call *, const struct keypair_body *,
    struct keymaker_order *ret);

/* private.c: the text of a private half, from its stream into memory of its
 * own, as it is inside the quotes of a JSON string, and then what the reply ends
 * with: see private.c. 0; OUT_MISMATCH it is not n bytes of such a text;
 * OUT_EXPIRED it does not come within ms; -errno. */
struct locked;
MUST int private_read(int fd, size_t n, struct str end, int64_t ms,
    struct locked *ret);

/* makings.c */
void makings_init(struct makings *);
/* 0; OUT_TOO_MANY the account has its share; OUT_BUSY nobody gets more. */
MUST int makings_take(struct makings *, const char *account, size_t *ret_slot);
void makings_give(struct makings *, size_t slot);

/* server_show.c, server_list.c */
struct server;
/* Without its end. token: of a seed that was just made, or STR_NONE. */
MUST int server_write(struct call *, struct jw *, const struct server *,
    struct str token);
/* The same with its host keys, as a whole reply. */
MUST int server_reply(struct call *, const struct server *, struct str token,
    struct http_reply *, int status);
/* A list of those that trust the key: of the account, or, when not all, of the
 * visit's project. */
MUST int servers_of(struct call *, struct str blob, bool all,
    struct http_reply *);

#endif
