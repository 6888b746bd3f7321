#include "follow/cache.h"
#include "follow/cloud.h"
#include "follow/lines.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

/* What sshd is shown: lines of printable keys, each of which is taken again. */
static void
check_lines(const struct answer *a)
{
	CLEAN(answer_clear) struct answer again = ANSWER_INIT;
	struct str rest = buf_str(&a->lines), line;
	size_t count = 0;

	while (rest.n > 0 && str_next(&rest, '\n', &line)) {
		CLEAN(buf_clear) struct buf blob = BUF_INIT;
		struct answer_line l;

		if (line.n == 0)
			continue;
		assert(answer_line(line, &l, &blob) == 0);
		assert(str_is_text(line) && str_printable(l.type) &&
		       str_printable(l.base64) && l.type.n > 0);
		assert(line.p[0] != '#' && line.p[0] != ' ');
		count++;
	}
	assert(count == a->n && a->n <= ANSWER_KEYS_MAX);
	assert(answer_lines(buf_str(&a->lines), &again, NULL) == 0);
	assert(str_eq(buf_str(&again.lines), buf_str(&a->lines)));
	assert(answer_within(a, &again));
}

/* Other people's lines stay, in their order; what was taken out is gone. */
static void
check_file(struct str text, const struct answer *a)
{
	CLEAN(buf_clear) struct buf less = BUF_INIT;
	CLEAN(buf_clear) struct buf again = BUF_INIT;
	CLEAN(buf_clear) struct buf more = BUF_INIT;
	size_t n = 0, m = 0;

	assert(lines_without(text, a, &less, &n) == 0);
	assert(less.n <= text.n && (n > 0 || less.n == text.n));
	assert(!lines_have(buf_str(&less), a));
	assert(lines_without(buf_str(&less), a, &again, &m) == 0 && m == 0);
	assert(str_eq(buf_str(&less), buf_str(&again)));
	assert(lines_with(buf_str(&less), a, &more, &m) == 0);
	assert(str_starts(buf_str(&more), buf_str(&less)));
	assert(a->n == 0 || lines_have(buf_str(&more), a));
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	CLEAN(answer_clear) struct answer a = ANSWER_INIT;
	CLEAN(cache_clear) struct cache c = CACHE_INIT;
	struct str s = {(const char *)p, n};
	struct note note = {""};
	int r = answer_read(200, s, &a, &note);

	assert(r == 0 || r == OUT_UNSUPPORTED || r == OUT_MALFORMED);
	assert((r == 0) == (note.text[0] == '\0'));
	if (r == 0)
		check_lines(&a);
	r = answer_read(404, s, &c.answer, &note);
	assert(r == OUT_DENIED || r == OUT_UNSUPPORTED);
	assert(r != OUT_DENIED || str_starts(s, STR(ANSWER_REFUSED)));
	if (a.n == 0 &&
	    answer_lines(STR("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAICxRZQBETP+n"
			     "SYJnSFO+cPfgMdNSqNC2flA8iJN0/OhI\n"),
			 &a, NULL) != 0)
		return 0;
	check_file(s, &a);
	if (cache_parse(s, "https://keys.example", &c) == 0)
		check_lines(&c.answer);
	(void)cloud_line_has_id(s);
	return 0;
}
