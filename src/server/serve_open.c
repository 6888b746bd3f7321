#include "server/process.h"
#include "server/serve_inner.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int
serve_complain(int status, const char *text)
{
	/* Parts of it may come from a file or an argument: no byte of those
	 * may steer a terminal. */
	(void)fputs("latchkeyd: ", stderr);
	for (; *text != '\0'; text++)
		(void)fputc(*text >= ' ' && *text <= '~' ? *text : '?', stderr);
	(void)fputc('\n', stderr);
	return status;
}

int
serve_complain_failure(const char *what, int r, const struct note *note)
{
	char text[512];

	if (note->text[0] != '\0')
		(void)snprintf(text, sizeof(text), "%s", note->text);
	else if (r > 0)
		(void)snprintf(text, sizeof(text), "%s: %s", what, out_text(r));
	else
		(void)snprintf(text, sizeof(text), "%s: %s (%s)", what,
			       strerror(-r), fail_place());
	return serve_complain(r == OUT_BUSY ? EXIT_BUSY : EXIT_FAILURE, text);
}

int
serve_core_with(const struct conf *conf, const struct data_dir *dir,
		const struct core_conf *how, struct core **ret)
{
	struct core_conf core = {
	    .data_dir = dir->path,
	    .vault = how->vault,
	    .regions = conf->regions,
	    .n_regions = conf->n_regions,
	    .public_url = conf->public_url != NULL ? conf->public_url
						   : "http://127.0.0.1",
	    .make = how->make,
	    .look = how->look,
	    .grace_ms = (int64_t)conf->number[CONF_KEY_gc_grace] * SECOND_MS,
	    .bin_ms = (int64_t)conf->number[CONF_KEY_trash_days] * DAY_MS,
	    .bin_max = (int64_t)conf->number[CONF_KEY_trash_max],
	};
	struct note note = {0}, where = {0};
	int r = core_open(&core, ret, &note);

	if (note.text[0] != '\0')
		(void)note_set(&where, r, "data: %.100s: %.140s", dir->path,
			       note.text);
	/* Written by a newer program: starting again changes nothing. */
	if (r == OUT_UNSUPPORTED && where.text[0] != '\0')
		return serve_complain(EXIT_CONF, where.text);
	return r == 0 ? 0 : serve_complain_failure(dir->path, r, &where);
}

int
serve_core_open(const struct conf *conf, const struct data_dir *dir, bool make,
		struct core **ret)
{
	return serve_core_with(conf, dir, &(struct core_conf){.make = make},
			       ret);
}

/* Before anything is made or bound: an installation that cannot be served
 * would never name its key file. */
int
serve_check(const struct conf *conf)
{
	struct note note = {0};
	int r = 0;

	if (conf->tls_cert != NULL)
		r = http_check_tls(conf->tls_cert, conf->tls_key, &note);
	if (r < 0)
		return serve_complain_failure("tls", r, &note);
	return r == 0 ? 0 : serve_complain(EXIT_CONF, note.text);
}
