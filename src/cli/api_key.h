/*
 * API keys of people and of service IDs: what the commands of both take, and
 * how a key is made, kept in a file, rotated and listed.
 */
#ifndef CLI_API_KEY_H
#define CLI_API_KEY_H

#include "cli/iam.h"

/* --- api_key_make.c --- */
struct api_key_wish {
	const char *name, *description, *file, *leaked, *expires;
	const char *replaces, *until; /* of a rotation */
	struct str iam_id;
	bool force, locked;
};
/* Make it, keep it in its file or show it. */
MUST int api_key_make(struct cli *, const struct api_key_wish *);
/* The same without a word: as the server answers. */
MUST int api_key_post(struct cli *, const struct api_key_wish *,
		      struct json **ret);
void api_key_print(const struct json *key); /* pairs, without the value */
/* A new key in the place of the one called word: with its name, description and
 * what is to be done when it leaks. */
MUST int api_key_rotate(struct cli *, struct str owner, const char *word,
			const char *until, const char *file);
/* A name, a description. */
MUST int api_key_change(struct cli *, struct str owner, const char *word,
			const struct opt_value *name,
			const struct opt_value *description);
#define API_KEY_COLUMNS 7
extern const struct column api_key_columns[API_KEY_COLUMNS];
void api_key_row(struct table *, const struct json *key);
/* The columns with or without the UUID, or only it. */
MUST int api_key_list(struct cli *, struct str owner, bool uuids);

/* --- api_key_opts.c --- */
/* What the commands of one's own keys and those of service IDs' keys take. */
enum {
	API_KEY_DESCRIPTION,
	API_KEY_FILE,
	API_KEY_FORCE,
	API_KEY_LOCK,
	API_KEY_LEAKED,
	API_KEY_EXPIRES,
	API_KEY_CREATE_OPTS
};
enum { API_KEY_UUID, API_KEY_LIST_OPTS };
enum { API_KEY_NEW_NAME, API_KEY_NEW_DESCRIPTION, API_KEY_UPDATE_OPTS };
enum { API_KEY_UNTIL, API_KEY_ROTATE_FILE, API_KEY_ROTATE_OPTS };
extern const struct opt api_key_create_opts[API_KEY_CREATE_OPTS];
extern const struct opt api_key_list_opts[API_KEY_LIST_OPTS];
extern const struct opt api_key_update_opts[API_KEY_UPDATE_OPTS];
extern const struct opt api_key_rotate_opts[API_KEY_ROTATE_OPTS];
/* What the options of making one say; whose it is, is not yet. */
struct api_key_wish api_key_wish_of(const struct args *);

#endif
