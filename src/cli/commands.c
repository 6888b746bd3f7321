/* The table of all commands. */
#include "cli/cli.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const struct command_set *const command_sets[COMMAND_SETS] = {
    /* git */
    &commands_login,
    &commands_regions,
    &commands_repo,
    &commands_access_key,
    &commands_setup,
    &commands_ssh_key,
    &commands_project,
    /* key pairs */
    &commands_keypair,
    &commands_server,
    &commands_keys,
    /* images, in the order in which they are met */
    &commands_registry_login,
    &commands_region,
    &commands_namespace,
    &commands_image,
    &commands_trash,
    &commands_retention,
    &commands_quota,
    &commands_token,
    &commands_pull_secret,
    /* the server */
    &commands_iam,
    &commands_api_key,
    &commands_service_id,
    &commands_service_key,
    &commands_policy,
    &commands_role,
    &commands_group,
    &commands_member,
    &commands_rules,
    &commands_explain,
    &commands_revoke,
    &commands_scan,
    &commands_status,
    &commands_account,
    &commands_accept,
    &commands_audit,
    &commands_completion,
};

const struct command *
command_at(size_t i)
{
	for (size_t s = 0; s < COMMAND_SETS; s++) {
		if (i < command_sets[s]->n)
			return &command_sets[s]->rows[i];
		i -= command_sets[s]->n;
	}
	return NULL;
}

static bool
row_is(const struct command *c, const char *group, const char *name)
{
	if (strcmp(c->group, group) != 0)
		return false;
	return strcmp(c->name, name) == 0 ||
	       (c->alias != NULL && strcmp(c->alias, name) == 0);
}

const struct command *
command_find(const char *group, const char *name)
{
	for (size_t s = 0; s < COMMAND_SETS; s++)
		for (size_t i = 0; i < command_sets[s]->n; i++)
			if (row_is(&command_sets[s]->rows[i], group, name))
				return &command_sets[s]->rows[i];
	return NULL;
}

bool
command_group_is(const char *word)
{
	for (size_t s = 0; s < COMMAND_SETS; s++)
		for (size_t i = 0; i < command_sets[s]->n; i++)
			if (command_sets[s]->rows[i].group[0] != '\0' &&
			    strcmp(command_sets[s]->rows[i].group, word) == 0)
				return true;
	return false;
}

int
usage_set(struct cli *cli, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(cli->note.text, sizeof(cli->note.text), fmt, ap);
	va_end(ap);
	cli->status = CLI_USAGE;
	return OUT_MALFORMED;
}
