/* iam api-key-* and service-api-key-*: one's own API keys, and those of service
 * IDs, whose commands have one operand more. */
#include "cli/api_key.h"

#include "base/i18n.h"

#include <stdio.h>

#define KEY_AT	   0
#define SERVICE_AT 1 /* behind the key: whose it is */
#define LIST_AT	   0 /* the same of a list */

/* The service ID that an operand names; nothing without it: one's own keys. */
static int
owner_find(struct cli *cli, const struct args *a, int at, struct buf *ret)
{
	return a->n > at ? iam_identity(cli, &iam_service_id, a->rest[at], ret)
			 : 0;
}

static struct str
owner_of(const struct buf *iam_id)
{
	return iam_id->n > 0 ? buf_str(iam_id) : STR_NONE;
}

static int
key_create(struct cli *cli, const struct args *a)
{
	CLEAN(buf_clear) struct buf iam_id = BUF_INIT;
	struct api_key_wish wish = api_key_wish_of(a);
	int r = owner_find(cli, a, SERVICE_AT, &iam_id);

	if (r == 0 && iam_id.n == 0)
		r = iam_self(cli, &iam_id);
	if (r != 0)
		return r;
	wish.iam_id = buf_str(&iam_id);
	return api_key_make(cli, &wish);
}

static int
keys_list(struct cli *cli, const struct args *a)
{
	CLEAN(buf_clear) struct buf iam_id = BUF_INIT;
	int r = owner_find(cli, a, LIST_AT, &iam_id);

	return r != 0 ? r
		      : api_key_list(cli, owner_of(&iam_id),
				     a->v[API_KEY_UUID].given);
}

static int
key_find(struct cli *cli, const struct args *a, struct iam_thing *ret)
{
	CLEAN(buf_clear) struct buf iam_id = BUF_INIT;
	int r = owner_find(cli, a, SERVICE_AT, &iam_id);

	return r != 0 ? r
		      : iam_find(cli, &iam_api_key, owner_of(&iam_id),
				 a->rest[KEY_AT], ret);
}

static int
key_show(struct cli *cli, const struct args *a)
{
	CLEAN(iam_thing_clear) struct iam_thing key = IAM_THING_INIT;
	int r = key_find(cli, a, &key);

	return r != 0 ? r : iam_show(cli, &key, api_key_print);
}

static int
key_update(struct cli *cli, const struct args *a)
{
	CLEAN(buf_clear) struct buf iam_id = BUF_INIT;
	int r = owner_find(cli, a, SERVICE_AT, &iam_id);

	return r != 0 ? r
		      : api_key_change(cli, owner_of(&iam_id), a->rest[KEY_AT],
				       &a->v[API_KEY_NEW_NAME],
				       &a->v[API_KEY_NEW_DESCRIPTION]);
}

static int
key_act(struct cli *cli, const struct args *a, enum iam_act act)
{
	CLEAN(iam_thing_clear) struct iam_thing key = IAM_THING_INIT;
	int r = key_find(cli, a, &key);

	return r != 0 ? r : iam_act(cli, &key, act);
}

static int
key_delete(struct cli *cli, const struct args *a)
{
	int r = iam_confirm(cli, a->v[IAM_DELETE_FORCE].given,
			    _("Logins with this key end at once. Delete?"));

	return r != 0 ? r : key_act(cli, a, IAM_DELETE);
}

static int
key_lock(struct cli *cli, const struct args *a)
{
	return key_act(cli, a, IAM_LOCK);
}

static int
key_unlock(struct cli *cli, const struct args *a)
{
	return key_act(cli, a, IAM_UNLOCK);
}

static int
key_disable(struct cli *cli, const struct args *a)
{
	return key_act(cli, a, IAM_DISABLE);
}

static int
key_enable(struct cli *cli, const struct args *a)
{
	return key_act(cli, a, IAM_ENABLE);
}

static int
key_rotate(struct cli *cli, const struct args *a)
{
	CLEAN(buf_clear) struct buf iam_id = BUF_INIT;
	int r = owner_find(cli, a, SERVICE_AT, &iam_id);

	return r != 0 ? r
		      : api_key_rotate(cli, owner_of(&iam_id), a->rest[KEY_AT],
				       a->v[API_KEY_UNTIL].text,
				       a->v[API_KEY_ROTATE_FILE].text);
}

#define KEY "NAME|UUID"
static const struct command own_rows[] = {
    {"iam", "api-key-create", NULL, api_key_create_opts, API_KEY_CREATE_OPTS,
     "NAME", 1, 1, key_create, N_("make an API key of your own"),
     N_("The value is shown once. It is worth as much as your password: "
	"use --file\nor pass it on through standard input. docker login "
	"takes it with the user\nname iamapikey. For machines use a service "
	"ID's key: service-id-create.\n")},
    {"iam", "api-keys", NULL, api_key_list_opts, API_KEY_LIST_OPTS, "", 0, 0,
     keys_list, N_("list your API keys"), NULL},
    {"iam", "api-key", NULL, NULL, 0, KEY, 1, 1, key_show,
     N_("show one of your API keys"), NULL},
    {"iam", "api-key-update", NULL, api_key_update_opts, API_KEY_UPDATE_OPTS,
     KEY, 1, 1, key_update, N_("change its name or description"), NULL},
    {"iam", "api-key-delete", NULL, iam_delete_opts, IAM_DELETE_OPTS, KEY, 1, 1,
     key_delete, N_("delete an API key; its logins end at once"), NULL},
    {"iam", "api-key-lock", NULL, NULL, 0, KEY, 1, 1, key_lock,
     N_("guard it against changes and deletion"), NULL},
    {"iam", "api-key-unlock", NULL, NULL, 0, KEY, 1, 1, key_unlock,
     N_("let it be changed again"), NULL},
    {"iam", "api-key-disable", NULL, NULL, 0, KEY, 1, 1, key_disable,
     N_("open nothing with it until it is enabled"), NULL},
    {"iam", "api-key-enable", NULL, NULL, 0, KEY, 1, 1, key_enable,
     N_("let a disabled one work again"), NULL},
    {"iam", "api-key-rotate", NULL, api_key_rotate_opts, API_KEY_ROTATE_OPTS,
     KEY, 1, 1, key_rotate, N_("put a new key in its place"),
     N_("The old and the new one both work until the new one is used for "
	"the first\ntime, or until --until; then the old one ends.\n")},
};
const struct command_set commands_api_key = {own_rows, nitems(own_rows)};

#define SERVICE_KEY "KEY SERVICE"
static const struct command service_rows[] = {
    {"iam", "service-api-key-create", NULL, api_key_create_opts,
     API_KEY_CREATE_OPTS, "NAME SERVICE", 2, 2, key_create,
     N_("make an API key of a service ID"),
     N_("The value is shown once. docker login takes it with the user name "
	"iamapikey,\nand so does whatever else pulls images: 'latchkey cr "
	"pull-secret' writes it for\nKubernetes, and CF_DOCKER_PASSWORD "
	"takes it as it is.\n")},
    {"iam", "service-api-keys", NULL, api_key_list_opts, API_KEY_LIST_OPTS,
     "SERVICE", 1, 1, keys_list, N_("list the API keys of a service ID"), NULL},
    {"iam", "service-api-key", NULL, NULL, 0, SERVICE_KEY, 2, 2, key_show,
     N_("show one of its API keys"), NULL},
    {"iam", "service-api-key-update", NULL, api_key_update_opts,
     API_KEY_UPDATE_OPTS, SERVICE_KEY, 2, 2, key_update,
     N_("change its name or description"), NULL},
    {"iam", "service-api-key-delete", NULL, iam_delete_opts, IAM_DELETE_OPTS,
     SERVICE_KEY, 2, 2, key_delete,
     N_("delete an API key; its logins end at once"), NULL},
    {"iam", "service-api-key-lock", NULL, NULL, 0, SERVICE_KEY, 2, 2, key_lock,
     N_("guard it against changes and deletion"), NULL},
    {"iam", "service-api-key-unlock", NULL, NULL, 0, SERVICE_KEY, 2, 2,
     key_unlock, N_("let it be changed again"), NULL},
    {"iam", "service-api-key-disable", NULL, NULL, 0, SERVICE_KEY, 2, 2,
     key_disable, N_("open nothing with it until it is enabled"), NULL},
    {"iam", "service-api-key-enable", NULL, NULL, 0, SERVICE_KEY, 2, 2,
     key_enable, N_("let a disabled one work again"), NULL},
    {"iam", "service-api-key-rotate", NULL, api_key_rotate_opts,
     API_KEY_ROTATE_OPTS, SERVICE_KEY, 2, 2, key_rotate,
     N_("put a new key in its place"),
     N_("The old and the new one both work until the new one is used for "
	"the first\ntime, or until --until; then the old one ends.\n")},
};
const struct command_set commands_service_key = {service_rows,
						 nitems(service_rows)};
