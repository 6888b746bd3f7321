/* Lists: fetched whole, shown as the user asked. */
#include "cli/cli.h"

#include "base/i18n.h"

#include <stdio.h>

int
list_show(struct cli *cli, const struct listing *l)
{
	CLEAN(json_freep) struct json *j = NULL;
	struct ask ask = {"GET", l->path, STR_NONE};
	struct table t = {.columns = l->columns,
			  .n_columns = l->n_columns,
			  .cells = BUF_INIT};
	const struct json *rows;
	int r = client_json(cli, &ask, &j);

	if (r != 0)
		return r;
	rows = l->member != NULL ? json_get(j, l->member) : j;
	if (cli->json) {
		print_json(rows);
		return 0;
	}
	for (size_t i = 0; i < json_size(rows); i++)
		l->row(&t, json_at(rows, i));
	table_print(&t);
	printf(_("\nOK\n"));
	return 0;
}
