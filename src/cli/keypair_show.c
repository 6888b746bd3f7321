/* A key pair, as people see it. */
#include "cli/pairs.h"

#include "base/i18n.h"

#include <stdio.h>
#include <string.h>

void
keypair_type(const struct json *pair, struct buf *ret)
{
	int64_t bits = 0;

	(void)json_int(json_get(pair, "bits"), &bits);
	(void)buf_addf(ret, "%.*s (%lld)", STR_ARG(json_text(pair, "type")),
		       (long long)bits);
}

/* The server's picture is of lines: each goes through print_text(). */
static void
art_print(struct str art)
{
	struct str line;

	while (art.n > 0 && str_next(&art, '\n', &line)) {
		if (line.n == 0)
			continue;
		print_text(line);
		(void)putchar('\n');
	}
}

static void
state_print(struct str state)
{
	if (str_eq(state, STR("dead")))
		print_pair(_("State"),
			   str_c(_("dead: its private key was not delivered; "
				   "nobody has it")));
	else if (str_eq(state, STR("pending")))
		print_pair(_("State"),
			   str_c(_("pending: its private key is under way")));
}

void
keypair_show(const struct json *pair)
{
	CLEAN(buf_clear) struct buf type = BUF_INIT;
	bool made = str_eq(json_text(pair, "origin"), STR("made"));
	char when[32];

	keypair_type(pair, &type);
	print_pair(_("Key pair"), json_text(pair, "name"));
	print_pair(_("Project"), json_text(pair, "project"));
	state_print(json_text(pair, "state"));
	print_pair(_("Type"), buf_str(&type));
	print_pair(_("Fingerprint"), json_text(pair, "fingerprint_sha256"));
	print_pair("", json_text(pair, "fingerprint_md5"));
	if (!made)
		print_pair(_("Comment"), json_text(pair, "comment"));
	print_pair(made ? _("Created by") : _("Imported by"),
		   rest_who(pair, "created_by"));
	print_pair(_("Created at"),
		   when_text(json_text(pair, "created_at"), when));
	art_print(json_text(pair, "randomart"));
}
