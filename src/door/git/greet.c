/*
 * What somebody sees who tries for a shell: who this key is, what it may read,
 * and that there is no shell. Names and labels are other people's text.
 */
#include "core/user.h"
#include "core/pubkey.h"
#include "door/git/inner.h"

#define GREET_MAX (DESK_PACKET_MAX - 4 * KIB)

static const char no_shell[] =
    "You can use git to connect to latchkey. Shell access is disabled.\n";

/* Nothing in it steers a terminal or begins another line. */
static void
put_text(struct buf *b, struct str s)
{
	size_t i = 0, from;

	while (i < s.n) {
		struct str one;

		from = i;
		(void)str_utf8(s, &i);
		one = str_sub(s, from, i - from);
		if (str_is_text(one))
			buf_addstr(b, one);
		else
			buf_addc(b, '?');
	}
}

static int
greet_person(struct core *core, const struct subject *who, struct buf *b)
{
	struct arena arena;
	struct user user;
	int r;

	arena_init(&arena, 64 * KIB);
	r = user_get(core, str_c(who->identity), &arena, &user);
	if (r == 0) {
		buf_adds(b, "authenticated via ssh key.\n\nlogged in as ");
		put_text(b, user.email.n > 0 ? user.email : user.name);
		buf_addf(b, ".\n%s", no_shell);
	}
	arena_clear(&arena);
	return r;
}

static void
put_place(struct buf *b, const struct access_place *p)
{
	put_text(b, p->repo);
	buf_adds(b, ": ");
	put_text(b, p->label);
	if (p->comment.n > 0) {
		buf_adds(b, " -- ");
		put_text(b, p->comment);
	}
	buf_addc(b, '\n');
}

static int
greet_machine(struct core *core, const struct subject *who, struct buf *b)
{
	CLEAN(buf_clear) struct buf line = BUF_INIT;
	struct access_place *places = NULL;
	struct arena arena;
	size_t n = 0, i;
	bool more = false;
	int r;

	arena_init(&arena, MIB);
	r = access_key_places(core, who, &arena, &places, &n, &more);
	if (r == 0) {
		buf_addf(b, "authenticated via a deploy key.\n\n%s\n",
			 no_shell);
		buf_adds(b, n > 0 ? "This deploy key has read access to the "
				    "following repositories:\n\n"
				  : "This deploy key has read access to no "
				    "repository from here.\n");
		for (i = 0; i < n; i++) {
			buf_reset(&line);
			put_place(&line, &places[i]);
			if (b->n + line.n > GREET_MAX)
				break;
			buf_addstr(b, buf_str(&line));
		}
		if (more || i < n)
			buf_adds(b, "... and more.\n");
	}
	arena_clear(&arena);
	return r;
}

int
greet_write(struct core *core, const struct subject *who, struct buf *b)
{
	int r = who->cred == CRED_ACCESS_KEY ? greet_machine(core, who, b)
					     : greet_person(core, who, b);

	return r != 0 ? FOLD(r) : buf_err(b);
}
