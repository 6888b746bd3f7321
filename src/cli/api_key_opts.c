/* Options of API keys, the same for people's and for service IDs'. */
#include "cli/api_key.h"

#include "base/i18n.h"

const struct opt api_key_create_opts[API_KEY_CREATE_OPTS] = {
    [API_KEY_DESCRIPTION] = {"description", 'd', OPT_TEXT, "TEXT",
			     N_("what the key is for")},
    [API_KEY_FILE] = {"file", 0, OPT_TEXT, "FILE",
		      N_("write the key as JSON to a new file "
			 "(0600) instead of showing it")},
    [API_KEY_FORCE] = {"force", 'f', OPT_FLAG, NULL,
		       N_("write over a FILE that is there")},
    [API_KEY_LOCK] = {"lock", 0, OPT_FLAG, NULL, N_("lock it at once")},
    [API_KEY_LEAKED] = {"action-if-leaked", 0, OPT_TEXT, "WORD",
			N_("NONE, DISABLE or DELETE: what happens when "
			   "somebody reports it")},
    [API_KEY_EXPIRES] = {"expires", 0, OPT_TEXT, "TIME",
			 N_("when it ends: 30d, 2026-12-31; default: never")},
};
const struct opt api_key_list_opts[API_KEY_LIST_OPTS] = {
    [API_KEY_UUID] = {"uuid", 0, OPT_FLAG, NULL, N_("show the UUIDs only")},
};
const struct opt api_key_update_opts[API_KEY_UPDATE_OPTS] = {
    [API_KEY_NEW_NAME] = {"name", 'n', OPT_TEXT, "NAME", N_("another name")},
    [API_KEY_NEW_DESCRIPTION] = {"description", 'd', OPT_TEXT, "TEXT",
				 N_("what the key is for; '' removes it")},
};
const struct opt api_key_rotate_opts[API_KEY_ROTATE_OPTS] = {
    [API_KEY_UNTIL] = {"until", 0, OPT_TEXT, "TIME",
		       N_("both work until then: 7d, 2026-12-31; default: "
			  "until the new one is used")},
    [API_KEY_ROTATE_FILE] = {"file", 0, OPT_TEXT, "FILE",
			     N_("write the key as JSON to a new file "
				"(0600) instead of showing it")},
};

struct api_key_wish
api_key_wish_of(const struct args *a)
{
	return (struct api_key_wish){
	    .name = a->rest[0],
	    .description = a->v[API_KEY_DESCRIPTION].text,
	    .file = a->v[API_KEY_FILE].text,
	    .force = a->v[API_KEY_FORCE].given,
	    .locked = a->v[API_KEY_LOCK].given,
	    .leaked = a->v[API_KEY_LEAKED].text,
	    .expires = a->v[API_KEY_EXPIRES].text,
	};
}
