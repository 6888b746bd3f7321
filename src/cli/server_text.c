/* A server, as people see it. */
#include "cli/pairs.h"

#include "base/i18n.h"

#include <stdio.h>
#include <string.h>

struct str
server_state_word(const struct json *server)
{
	struct str state = json_text(server, "state");

	return str_eq(state, STR("new"))       ? str_c(_("new"))
	       : str_eq(state, STR("booting")) ? str_c(_("booting"))
	       : str_eq(state, STR("ready"))   ? str_c(_("ready"))
					       : state;
}

bool
server_is(const struct json *j, const char *name)
{
	bool value = false;

	return json_bool(json_get(j, name), &value) && value;
}

/* "web-key", or "web-key (deleted)". */
void
server_pair_text(const struct json *key, struct buf *ret)
{
	(void)buf_addstr(ret, json_text(key, "keypair"));
	if (server_is(key, "keypair_deleted"))
		(void)buf_addf(ret, " %s", _("(deleted)"));
}

/* When, and from where. */
static void
from_text(struct str at, struct str addr, struct buf *ret)
{
	char when[32];

	(void)buf_addstr(ret, when_text(at, when));
	if (addr.n > 0)
		(void)buf_addf(ret, _(" from %.*s"), STR_ARG(addr));
}

void
server_asked_text(const struct json *server, struct buf *ret)
{
	const struct json *asked = json_get(server, "last_asked");

	from_text(json_text(asked, "at"), json_text(asked, "addr"), ret);
}

static void
from_print(const char *title, struct str at, struct str addr)
{
	CLEAN(buf_clear) struct buf text = BUF_INIT;

	if (at.n == 0)
		return;
	from_text(at, addr, &text);
	print_pair(title, buf_str(&text));
}

static void
seed_pairs(const struct json *seed)
{
	static const struct {
		const char *state, *text;
	} words[] = {
	    {"open", N_("open: waits for the first boot")},
	    {"started", N_("the first boot has begun")},
	    {"closed", N_("closed: the first boot is over")},
	    {"expired",
	     N_("expired: 'latchkey server seed-url' makes another")},
	    {"none", N_("none")},
	};
	struct str state = json_text(seed, "state");
	char when[32];

	for (size_t i = 0; i < nitems(words); i++)
		if (str_eq(state, str_c(words[i].state)))
			print_pair(_("Seed"), str_c(_(words[i].text)));
	if (str_eq(state, STR("open")) || str_eq(state, STR("started")))
		print_pair(_("  until"),
			   when_text(json_text(seed, "expires_at"), when));
	from_print(_("  fetched"), json_text(seed, "first_fetched_at"),
		   json_text(seed, "first_fetched_from"));
}

static void
report_pairs(const struct json *server)
{
	const struct json *keys = json_get(server, "host_keys");
	struct str fqdn = json_text(server, "fqdn");

	if (json_text(server, "reported_at").n == 0)
		return;
	print_pair(_("Calls itself"),
		   fqdn.n > 0 ? fqdn : json_text(server, "hostname"));
	from_print(_("Reported at"), json_text(server, "reported_at"),
		   json_text(server, "reported_from"));
	for (size_t i = 0; i < json_size(keys); i++) {
		CLEAN(buf_clear) struct buf text = BUF_INIT;
		const struct json *key = json_at(keys, i);

		(void)buf_addf(&text, "%.*s %.*s",
			       STR_ARG(json_text(key, "fingerprint_sha256")),
			       STR_ARG(json_text(key, "type")));
		print_pair(i == 0 ? _("Host keys") : "", buf_str(&text));
	}
}

bool
server_seed_is(const struct json *server, const char *state)
{
	return str_eq(json_text(json_get(server, "seed"), "state"),
		      str_c(state));
}

static const char *
follows_text(const struct json *server)
{
	if (server_is(server, "follows"))
		return _("yes");
	if (server_seed_is(server, "open") || server_seed_is(server, "started"))
		return _("not yet: its first boot installs the key client");
	return _("no: it has no key client");
}

void
server_text_print(const struct json *server)
{
	CLEAN(buf_clear) struct buf pair = BUF_INIT;
	CLEAN(buf_clear) struct buf type = BUF_INIT;
	CLEAN(buf_clear) struct buf asked = BUF_INIT;
	const struct json *key = json_get(server, "key");
	char when[32];

	server_pair_text(key, &pair);
	keypair_type(key, &type);
	server_asked_text(server, &asked);
	print_pair(_("Server"), json_text(server, "name"));
	print_pair(_("Project"), json_text(server, "project"));
	print_pair(_("State"), server_state_word(server));
	print_pair(_("Key pair"), buf_str(&pair));
	print_pair(_("Type"), buf_str(&type));
	print_pair(_("Fingerprint"), json_text(key, "fingerprint_sha256"));
	print_pair("", json_text(key, "fingerprint_md5"));
	print_pair(_("  since"), when_text(json_text(key, "since"), when));
	print_pair(_("  by"), rest_who(key, "by"));
	print_pair(_("Follows changes"), str_c(follows_text(server)));
	if (server_is(server, "follows"))
		print_pair(_("Last asked"), buf_str(&asked));
	seed_pairs(json_get(server, "seed"));
	report_pairs(server);
	print_pair(_("Created by"), rest_who(server, "created_by"));
	print_pair(_("Created at"),
		   when_text(json_text(server, "created_at"), when));
}
