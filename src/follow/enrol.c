#include "follow/ask.h"
#include "follow/cache.h"
#include "follow/disk.h"
#include "follow/install.h"

#include <stdio.h>
#include <string.h>

static int
ca_take(struct install *in)
{
	CLEAN(buf_clear) struct buf text = BUF_INIT;
	const struct disk_as as = {.uid = 0, .gid = 0, .mode = 0644};
	int r;

	if (in->ask->ca == NULL)
		return 0;
	r = disk_read(in->ask->ca, INSTALL_CA_MAX, &text, &in->note);
	if (r != 0)
		return r;
	(void)snprintf(in->conf.ca, sizeof(in->conf.ca), "%s", INSTALL_CA);
	if (strcmp(in->ask->ca, INSTALL_CA) == 0)
		return 0;
	return disk_settle(INSTALL_CA, buf_str(&text), &as, &in->note);
}

/* What it says in words is the second line of a refusal. OUT_DENIED: now and
 * later, for this seed. */
static int
refused(struct install *in, const struct reply *reply)
{
	struct str rest = buf_str(&reply->body), line = STR_NONE;

	(void)(rest.n > 0 && str_next(&rest, '\n', &line) && rest.n > 0 &&
	       str_next(&rest, '\n', &line));
	line = str_sub(line, 0, 120);
	if (!str_starts(buf_str(&reply->body), STR("# latchkey refused")) ||
	    !str_printable(line))
		line = STR("it does not look like latchkeyd");
	return note_set(&in->note,
			reply->status == 404 || reply->status == 409
			    ? OUT_DENIED
			    : OUT_BUSY,
			"%.100s gave no credential (status %d: %.*s); renew "
			"the seed: latchkey server seed-url",
			in->conf.url.name, reply->status, STR_ARG(line));
}

/* Once: what is lost from here on costs a new seed. */
static int
credential_take(struct install *in, const struct reply *reply)
{
	const struct disk_as as = {.uid = 0, .gid = in->gid, .mode = 0640};
	struct str body = buf_str(&reply->body), line = body;
	int r;

	if (reply->status != 200)
		return refused(in, reply);
	if (str_ends(line, STR("\n")))
		line.n--;
	if (!conf_token_ok('m', line))
		return refused(in, reply);
	r = disk_replace(INSTALL_ETC "/" CONF_KEY_NAME, body, &as, &in->note);
	if (r != 0)
		return r < 0 ? r : OUT_BUSY; /* no word of latchkeyd's */
	buf_reset(&in->key);
	return buf_addstr(&in->key, line);
}

static int
credential_fetch(struct install *in)
{
	CLEAN(reply_clear) struct reply reply = REPLY_INIT;
	CLEAN(buf_clear) struct buf path = BUF_INIT;
	struct ask ask = {.url = &in->conf.url,
			  .method = "POST",
			  .ca = in->conf.ca,
			  .wait_s = CONF_WAIT_MAX_S};
	int r;

	if (in->ask->seed == NULL)
		return note_set(&in->note, OUT_DENIED,
				"latchkeyd does not know this machine: renew "
				"the seed (latchkey server seed-url) and give "
				"--seed");
	(void)buf_addf(&path, "/metadata/%s/enrol", in->ask->seed);
	if (buf_err(&path) != 0)
		return buf_err(&path);
	ask.path = path.p;
	r = ask_send(&ask, &reply, &in->note);
	if (r == 0)
		r = credential_take(in, &reply);
	/* What an earlier machine of this disk had kept is none of ours. */
	if (r == 0)
		r = cache_drop(CONF_CACHE);
	return r;
}

/* With what the seed gives, or else with the credential that is there: that may
 * be another server's, whose disk this one was copied from. */
static int
first_answer(struct install *in)
{
	struct note why;
	int r = credential_fetch(in);

	if (r != 0 && (r != OUT_DENIED || in->key.n == 0))
		return r;
	why = in->note;
	in->note.text[0] = '\0';
	r = keys_ask(&in->conf, buf_str(&in->key), &in->answer, &in->note);
	if (r == OUT_DENIED)
		in->note = why;
	return r;
}

int
enrol_make(struct install *in)
{
	struct note none;
	int r = ca_take(in);

	if (r != 0)
		return r;
	if (conf_key(CONF_PATH, &in->key, &none) != 0)
		buf_reset(&in->key);
	r = first_answer(in);
	if (r == 0 && in->answer.n == 0)
		return note_set(&in->note, OUT_DENIED,
				"latchkeyd answers, but with no key");
	return r;
}

int
enrol_conf(struct install *in)
{
	CLEAN(buf_clear) struct buf text = BUF_INIT;
	const struct disk_as as = {.uid = 0, .gid = in->gid, .mode = 0640};

	(void)buf_adds(&text, "# Written by latchkey-keys install.\n");
	conf_print(&in->conf, &text);
	if (buf_err(&text) != 0)
		return buf_err(&text);
	return disk_settle(CONF_PATH, buf_str(&text), &as, &in->note);
}
