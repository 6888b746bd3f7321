/* What the files of this door share with each other and with nobody else. */
#ifndef DOOR_CR_INNER_H
#define DOOR_CR_INNER_H

#include "core/user.h"
#include "core/image.h"
#include "door/cr/cr.h"
#include "wire/ociref.h"

/* For rows that ask the gate for an identity only: the account that the header
 * names, if it does, is the caller's. */
MUST int cr_own(const struct call *);
/* "registry.example:5000": the host this call was sent to. */
struct str cr_host(const struct call *);
/* "true" or "false" from the query; dflt when absent. */
MUST int cr_flag(struct call *, const char *name, bool dflt, bool *ret);
/* The reply's body is complete JSON. */
MUST int cr_json(struct http_reply *, int status);

/* words.c */
extern const struct cr_word {
	int status;
	const char *code; /* with %c for the family's letter, or whole */
} cr_words[OUT_MAX];
void cr_say(struct call *, int outcome, struct http_reply *);
void cr_say_status(struct call *, int status, const char *why,
		   struct http_reply *);
/* "CRI0601E" for an outcome at this address. */
void cr_code(const struct call *, int outcome, char ret[16]);

/* ref.c: an image as people write it, seen from the host it was sent to. */
struct image_ref {
	struct place at; /* borrows from the text */
	struct str tag, digest;
	struct str ref; /* the digest if there is one, else the tag */
};
MUST int ref_read(struct call *, struct str text, struct image_ref *ret);
/* "host/ns/repo", "host/ns/repo:tag", "host/ns/repo@digest". */
int ref_write(struct buf *, const struct call *, struct str repo,
	      struct str tag, struct str digest);
struct thing ref_thing(const struct image_ref *);

aim_fn cr_aim_account, cr_aim_namespace, cr_aim_token, cr_aim_image,
    cr_aim_target;

handler_fn namespaces_list, namespaces_details, namespace_put, namespace_drop,
    namespace_assign;
handler_fn token_add, tokens_list, token_show, token_drop, tokens_drop;
handler_fn images_list, images_digests, images_bulk_delete;
handler_fn image_inspect, image_manifest, image_drop, image_tag, image_untag,
    image_vulnerabilities;
handler_fn auth_get, auth_set, plan_get, plan_set, settings_get, settings_set;
handler_fn messages_get, quota_show, quota_change;
handler_fn retentions_list, retention_show, retention_change, retention_try;
handler_fn trash_list, trash_restore, trash_restore_tags;

/* config.c: an image's configuration. */
/* NULL without one that can be read; the caller frees. */
struct json *config_read(struct call *, const struct image_row *);
void config_labels_write(struct jw *, const struct json *config);
const char *manifest_type(struct str media_type);

#endif
