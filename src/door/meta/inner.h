/* What the files of this door share with each other and with nobody else. */
#ifndef DOOR_META_INNER_H
#define DOOR_META_INNER_H

#include "core/server.h"
#include "door/meta/meta.h"

static inline const struct meta *
meta_of(const struct call *call)
{
	return (const struct meta *)(const void *)call->door;
}

/* words.c: what a refusal is called; call->own may name one that no outcome
 * has. */
struct meta_word {
	int status;
	const char *word, *text;
};
extern const struct meta_word meta_words[OUT_MAX];
extern struct meta_word meta_forwarded, meta_browser, meta_no_credential;
void meta_say(struct call *, int outcome, struct http_reply *);
void meta_say_status(struct call *, int status, const char *why,
    struct http_reply *);
void meta_stamp(const struct call *, struct http_reply *);

/* guard.c */
aim_fn meta_aim_seed, meta_aim_machine;
int meta_proof(struct call *, struct proof *, struct buf *decoded);
/* The token in the path, as it stands there; not decoded: no second spelling of
 * a secret opens anything. */
struct str meta_token(const struct call *);

/* text.c */
/* One line "type base64 comment" without its newline, in printable ASCII only: a
 * reader that knows more line ends than "\n" finds one line as well. */
void meta_key_line(struct buf *, const struct server_key *);
/* In double quotes, for YAML; of printable ASCII. */
void meta_yaml(struct buf *, struct str);
/* In single quotes, for a shell. */
void meta_shell(struct buf *, struct str);

/* vendor.c */
/* Bytes in base64, in lines of 76: 0, -ENOMEM, -ENOBUFS. */
MUST int meta_lines(struct buf *, struct str bytes);
void meta_vendor_write(struct buf *, struct str base, struct str token,
    struct str client_lines);

/* phone.c: the form that cloud-init's phone_home sends. */
#define PHONE_KEYS 3
struct phone {
	struct str instance, hostname, fqdn; /* empty: not said */
	struct sshkey keys[PHONE_KEYS];
	size_t n_keys;
};
/* The names borrow from the form. 0, OUT_MALFORMED with a note. Fields that
 * nobody asked for are passed over, "N/A" is none. */
MUST int phone_read(const struct form *, struct phone *ret, struct note *);

/* boot.c, machine.c */
handler_fn meta_meta_data, meta_user_data, meta_vendor_data;
handler_fn meta_enrol, meta_phone_home, meta_follow;
extern const struct route meta_routes[];
extern const size_t meta_n_routes;

#endif
