/*
 * What the first boot left on this machine: machine.conf ("key = value" lines,
 * "#" begins a comment) and machine.key beside it, the credential.
 *
 *   url      where latchkeyd is                          (must be given)
 *   user     who is logged in with the keys; any number  (must be given)
 *   max-age  seconds that the last answer counts for     (3600)
 *   timeout  seconds to wait for an answer               (2)
 *   ca       PEM file: whom to trust; else whom the system trusts
 *   cache    where the last answer is kept
 */
#ifndef FOLLOW_CONF_H
#define FOLLOW_CONF_H

#include "base/buf.h"
#include "follow/url.h"

#define CONF_PATH      "/etc/latchkey/machine.conf"
#define CONF_KEY_NAME  "machine.key"
#define CONF_CACHE     "/var/lib/latchkey/authorized-keys"
#define CONF_FILE_MAX  (16 * KIB)
#define CONF_LINE_MAX  1024
#define CONF_PATH_MAX  512
#define CONF_USER_MAX  32 /* of a login name: useradd(8) */
#define CONF_USERS_MAX 16
#define CONF_AGE_S     3600
#define CONF_AGE_MAX_S (7 * 24 * 3600)
#define CONF_WAIT_S    2
#define CONF_WAIT_MAX_S 30
#define CONF_TOKEN_MAX 100

struct conf {
	char url_text[URL_MAX + 1]; /* as given */
	struct url url;
	char users[CONF_USERS_MAX][CONF_USER_MAX + 1];
	size_t n_users;
	int64_t max_age_s, wait_s;
	char ca[CONF_PATH_MAX + 1]; /* "": whom the system trusts */
	char cache[CONF_PATH_MAX + 1];
};

/* OUT_MALFORMED with a note "NAME:LINE: what is wrong". */
MUST int conf_parse(struct conf *, const char *name, struct str text,
    struct note *);
/* The file. OUT_ABSENT there is none; OUT_MALFORMED; OUT_DENIED not readable. */
MUST int conf_load(struct conf *, const char *path, struct note *);
/* A text that conf_parse() reads to the same effect. */
void conf_print(const struct conf *, struct buf *);
bool conf_has_user(const struct conf *, struct str name);
/* OUT_MALFORMED no name of a login; OUT_TOO_MANY; nothing when it is there. */
MUST int conf_add_user(struct conf *, struct str name);

/* Is it one line that looks like "lk_m_..."? With 's': of a seed. */
bool conf_token_ok(char kind, struct str);
/* machine.key beside the file of that path. 0, OUT_ABSENT, OUT_DENIED,
 * OUT_MALFORMED. */
MUST int conf_key(const char *conf_path, struct buf *ret, struct note *);
/* Its path. */
void conf_key_path(const char *conf_path, struct buf *ret);

#endif
