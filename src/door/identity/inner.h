/* What the files of this door share with each other and with nobody else. */
#ifndef DOOR_IDENTITY_INNER_H
#define DOOR_IDENTITY_INNER_H

#include "core/api_key.h"
#include "core/service_id.h"
#include "core/user.h"
#include "door/identity/identity.h"

/* words.c */
extern const struct identity_word {
	int status;
	const char *code, *message_code;
} identity_words[OUT_MAX];
void identity_say(struct call *, int outcome, struct http_reply *);
void identity_say_status(struct call *, int status, const char *why,
			 struct http_reply *);

/* page.c: where a list of API keys or service IDs stands. The token carries the
 * whole question, since clients send nothing else back. */
#define PAGE_SIZE_DEFAULT 20
#define PAGE_SIZE_MAX	  100
#define PAGE_TOKEN_MAX	  1024 /* as it is sent */
enum page_list { PAGE_API_KEYS, PAGE_SERVICE_IDS };
struct page {
	enum page_list list;
	struct str account, identity, type, name; /* may be empty */
	bool whole;	 /* scope=account: all of the account's */
	bool history;	 /* include_history */
	bool group;	 /* show_group_id */
	bool elsewhere;	 /* of a resource group that is not here: nothing */
	bool back;	 /* what comes before the place, not behind it */
	struct sort sort; /* descending: of the list, whichever way it is read */
	uint64_t size;
};
MUST int page_read(struct call *, enum page_list, struct page *ret);
/* The order in which the rows are to be read. */
struct sort page_sort(const struct page *);
/* n rows came of page->size + 1 that were asked for, each of size bytes: leaves
 * those of this page, in the list's order. */
size_t page_turn(const struct page *, void *rows, size_t n, size_t size,
		 bool *ret_more);
/* "offset", "limit", "first", and "previous" and "next" where there are such:
 * absolute addresses, of what comes before the first and after the last row. */
struct page_place {
	struct str text, id;
	int64_t number;
};
void page_links(const struct call *, const struct page *, bool more,
		const struct page_place *first, const struct page_place *last,
		struct jw *);

/* body.c */
int bad_member(struct call *, const char *name);
struct text_member {
	const char *name;
	bool must;
	struct str *to; /* stays as it was when the member is not there, or null */
};
MUST int member_texts(struct call *, const struct json *, const struct text_member *,
		    size_t n);
/* ret_given may be NULL. */
MUST int member_flag(struct call *, const struct json *, const char *name,
		   bool *ret, bool *ret_given);
/* A header's "true" or "false"; false without it. */
MUST int field_flag(struct call *, const char *name, bool *ret);
MUST int body_is_object(struct call *, const struct json *);
/* Members of a new key, in a body of its own or inside a service ID's; it is not
 * said whose it is. */
MUST int key_members_read(struct call *, const struct json *,
		       struct api_key_ask *);

/* show.c */
void minute_write(struct jw *, const char *name, int64_t ms);
/* "<version>-<32 hex>": the digits are the thing's own, so that tags of two
 * things never agree. */
struct str identity_tag(struct call *, int64_t version, struct str id);
/* If-Match against what is there. 0 with the version to insist on, 0 for "*";
 * OUT_MALFORMED without one; OUT_STALE. */
MUST int identity_match(struct call *, int64_t version, struct str id,
		   int64_t *ret_version);
/* Ask the gate about something that is there. Who may not even see it is told
 * that it is not. */
MUST int pass_seen(struct call *, enum verb, enum verb see,
		   const struct thing *);
bool asked(struct call *, const char *name); /* ?name=true */
/* "history" of a thing as the trail names it. */
MUST int history_write(struct call *, struct jw *, struct str account,
		       struct str thing);
/* "activity": of all these keys together. */
void activity_write(struct call *, struct jw *, const struct api_key *,
		    size_t n);

/* apikey.c */
MUST int apikey_write(struct call *, struct jw *, const char *name,
		      const struct api_key *, const struct secret *value,
		      bool history);
MUST int apikey_reply(struct call *, struct http_reply *, int status,
		      const struct api_key *, const struct secret *value);

/* serviceid.c */
MUST int serviceid_write(struct call *, struct jw *, const struct service_id *,
			 bool history, bool group);

aim_fn settings_aim; /* {id}: an account's id */
handler_fn settings_show, settings_put, resource_groups_list;
handler_fn account_users_list, account_users_invite, account_user_show,
    account_user_patch, account_user_remove;
handler_fn activity_ask, activity_show;
handler_fn apikeys_list, apikey_add, apikey_details, apikey_show, apikey_put,
    apikey_remove, apikey_lock, apikey_unlock, apikey_disable, apikey_enable;
handler_fn serviceids_list, serviceid_add, serviceid_show, serviceid_put,
    serviceid_remove, serviceid_lock, serviceid_unlock, serviceid_disable,
    serviceid_enable;

#endif
