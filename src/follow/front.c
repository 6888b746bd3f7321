#include "follow/disk.h"
#include "follow/install.h"
#include "follow/run.h"
#include "follow/sshd.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define COMMAND FOLLOW_PROGRAM " authorized-keys %u"

static const char drop_in[] = "# Written by latchkey-keys install: who may log "
			      "in is asked at each login.\n"
			      "AuthorizedKeysCommand " COMMAND "\n"
			      "AuthorizedKeysCommandUser " FOLLOW_USER "\n";

/* 0 ours, OUT_ABSENT none, OUT_CONFLICT somebody else's. */
static int
command_of(struct install *in, const char *user)
{
	CLEAN(buf_clear) struct buf value = BUF_INIT;
	int r = sshd_setting(user, "authorizedkeyscommand", &value, &in->note);

	if (r != 0)
		return r;
	if (str_eq(buf_str(&value), STR(COMMAND)))
		return 0;
	if (value.n == 0 || str_eq(buf_str(&value), STR("none")))
		return OUT_ABSENT;
	return note_set(&in->note, OUT_CONFLICT,
			"sshd asks another program for the keys of %s: "
			"AuthorizedKeysCommand is %.120s",
			user, value.p);
}

int
front_look(struct install *in)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < in->conf.n_users; i++) {
		r = command_of(in, in->conf.users[i]);
		if (r == OUT_ABSENT)
			r = 0;
	}
	return r;
}

/* sshd starts with it, and would ask us for each of them. */
static int
drop_in_check(struct install *in)
{
	int r = sshd_check(&in->note);

	for (size_t i = 0; r == 0 && i < in->conf.n_users; i++) {
		r = command_of(in, in->conf.users[i]);
		if (r == OUT_ABSENT)
			return note_set(&in->note, OUT_DENIED,
					SSHD_CONFIG
					" does not read " FOLLOW_DROP_IN
					": put \"Include "
					"/etc/ssh/sshd_config.d/"
					"*.conf\" at its top");
	}
	return r;
}

/* As sshd will do it, and as whom. */
static int
program_try(struct install *in)
{
	CLEAN(buf_clear) struct buf out = BUF_INIT;
	const char *argv[] = {FOLLOW_PROGRAM, "authorized-keys",
			      in->conf.users[0], NULL};
	struct run run = {.argv = argv,
			  .out = &out,
			  .as = true,
			  .uid = in->uid,
			  .gid = in->gid};
	int status = 0, r = run_program(&run, &status, &in->note);

	if (r == 0 && (status != 0 || out.n == 0))
		return note_set(&in->note, OUT_DENIED,
				FOLLOW_PROGRAM " prints no key as " FOLLOW_USER
					       " (status %d)",
				status);
	return r;
}

static int
reload(struct install *in)
{
	/* Below --root nothing runs that could be told. */
	if (in->ask->root != NULL)
		return 0;
	return sshd_reload(&in->note);
}

int
front_make(struct install *in)
{
	const struct disk_as as = {.uid = 0, .gid = 0, .mode = 0644};
	struct note none;
	bool was = access(FOLLOW_DROP_IN, F_OK) == 0;
	int r = program_try(in);

	if (r == 0 && !was)
		r = disk_replace(FOLLOW_DROP_IN, str_c(drop_in), &as,
				 &in->note);
	if (r != 0)
		return r;
	r = drop_in_check(in);
	/* Also when it was there: a run that was ended may have come as far as
	 * writing it, and lines are taken away next. */
	if (r == 0)
		r = reload(in);
	if (r != 0 && !was && disk_remove(FOLLOW_DROP_IN) == 0) {
		none = in->note;
		(void)!reload(in);
		in->note = none;
	}
	return r;
}

int
front_remove(struct install *in)
{
	int r = disk_remove(FOLLOW_DROP_IN);

	if (r != 0)
		return note_set(&in->note, OUT_DENIED,
				"cannot remove " FOLLOW_DROP_IN ": %s",
				strerror(-r));
	r = sshd_check(&in->note);
	return r != 0 ? r : reload(in);
}
