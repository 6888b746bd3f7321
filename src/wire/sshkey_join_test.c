#include "base/out.h"
#include "wire/sshkey_keys_test.h"

#include <string.h>

#define NAME_LEN 7 /* "ssh-rsa" */

static struct buf got = BUF_INIT;

static struct str
join(struct str paste)
{
	buf_reset(&got);
	if (sshkey_join(paste, &got) != 0)
		ok(false, "joined");
	return buf_str(&got);
}

/* The line broken after every so many columns, as a terminal does. */
static struct str
wrap(struct buf *b, struct str line, size_t width, const char *end)
{
	buf_reset(b);
	for (size_t i = 0; i < line.n; i += width) {
		(void)buf_addstr(b, str_sub(line, i, width));
		(void)buf_adds(b, end);
	}
	return buf_str(b);
}

static void
test_widths(void)
{
	static const char *const ends[] = {"\n", "\r\n", " \n", "\n   "};
	CLEAN(buf_clear) struct buf b = BUF_INIT;

	for (size_t k = 0; k < nitems(good_keys); k++) {
		struct str line = good_keys[k].line;
		/* The type is never broken, nor is the comment here. */
		size_t least = 40, last = line.n - 13;

		for (size_t width = least; width < last; width++)
			for (size_t i = 0; i < nitems(ends); i++) {
				struct str text;

				(void)wrap(&b, str_sub(line, 0, last), width,
					   ends[i]);
				(void)buf_addstr(&b, str_sub(line, last, 99));
				text = join(buf_str(&b));
				if (!str_eq(text, line))
					is_str(text, line, "key %zu at %zu", k,
					       width);
			}
		ok(true, "key %zu at every width", k);
	}
}

static void
test_comments(void)
{
	struct str line = good_keys[0].line, bare = line;
	CLEAN(buf_clear) struct buf b = BUF_INIT;

	bare.n -= 13;
	is_str(join(wrap(&b, line, 80, "\n")), line, "the comment wrapped too");
	is_str(join(wrap(&b, bare, 80, "\n")), bare, "no comment");
	(void)wrap(&b, bare, 80, "\n");
	(void)buf_adds(&b, "USERNAME@ip-172-31-14-07\n");
	ok(str_ends(join(buf_str(&b)), STR(" USERNAME@ip-172-31-14-07")),
	   "a comment on a line of its own");
	(void)wrap(&b, bare, 80, "\n");
	(void)buf_adds(&b, "my \nown laptop\n\n");
	ok(str_ends(join(buf_str(&b)), STR(" my own laptop")),
	   "blanks of a comment stay");
	is_str(
	    join(STR("ssh-rsa AAAAB3NzaC1\nyc2EAAAABAwAAAAEH a\0b \0\r \r\n")),
	    STR("ssh-rsa AAAAB3NzaC1yc2EAAAABAwAAAAEH a\0b \0"),
	    "what is no comment stays, to be refused");
	is_str(join(STR("ssh-rsa\nAAAAB3NzaC1yc2EAAAABAwAAAAEH")),
	       STR("ssh-rsa AAAAB3NzaC1yc2EAAAABAwAAAAEH"),
	       "the type on a line of its own");
	is_str(join(STR("  \n ssh-rsa AAAAB3NzaC1 yc2EAAAABAwA AAAEH x\n")),
	       STR("ssh-rsa AAAAB3NzaC1yc2EAAAABAwAAAAEH x"),
	       "blanks for line ends");
}

/* All of this is judged as it was given. */
static void
test_left_alone(void)
{
	static const struct str rows[] = {
	    STR_INIT(""),
	    STR_INIT("\n\n"),
	    STR_INIT("ssh-rsa"),
	    STR_INIT("ssh-rsa \n"),
	    STR_INIT("ssh-rsa AAAAB3NzaC1\nyc2EAAAABAwA\n"),
	    STR_INIT("ssh-rsa AAAAB3NzaC1\nyc2EAAAABAwAAAAEHAAAA\n"),
	    STR_INIT("ssh-rsa AAAAB3NzaC1\n*c2EAAAABAwAAAAEH\n"),
	    STR_INIT("ssh-rsa A===\nAAAA"),
	    STR_INIT("ssh-rsa AAAAB3NzaC1\nyc2EAAAABAwAAAAEH\n"
		     "ssh-rsa AAAAB3NzaC1yc2EAAAABAwAAAAEH\n"),
	    STR_INIT("ssh-rsa AAAAB3NzaC1yc2EAAAABAwAAAAEH\n"
		     "ssh-rsa\nAAAAB3NzaC1yc2EAAAABAwAAAAEH\n"),
	    STR_INIT("command=\"x\" ssh-rsa AAAAB3NzaC1\nyc2EAAAABAwAAAAEH\n"),
	    STR_INIT("ssh-dss AAAAB3NzaC1\nkc3MAAAABAwAAAAEH\n"),
	    STR_INIT("-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\nBBBB\n"),
	    STR_INIT("ssh-rsa AAAA\0B3NzaC1\nyc2EAAAABAwAAAAEH\n"),
	    STR_INIT("ssh-rsa AAAA/////w==\nAAAA\n"),
	};
	CLEAN(buf_clear) struct buf b = BUF_INIT;

	for (size_t i = 0; i < nitems(rows); i++)
		is_str(join(rows[i]), rows[i], "row %zu", i);
	(void)buf_adds(&b, "ssh-rsa ");
	while (b.n <= SSHKEY_LINE_MAX)
		(void)buf_adds(&b, "A\n");
	ok(str_eq(join(buf_str(&b)), buf_str(&b)), "a long paste");
}

int
main(void)
{
	test_widths();
	test_comments();
	test_left_alone();
	buf_clear(&got);
	return done_testing();
}
