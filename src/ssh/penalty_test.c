#include "ssh/penalty.h"

#include "base/test.h"

#include <arpa/inet.h>
#include <string.h>

#define S SECOND_MS

static struct source
from(const char *text)
{
	struct sockaddr_storage addr = {0};
	struct sockaddr_in *v4 = (void *)&addr;
	struct sockaddr_in6 *v6 = (void *)&addr;
	struct source ret;

	if (inet_pton(AF_INET, text, &v4->sin_addr) == 1)
		addr.ss_family = AF_INET;
	else if (inet_pton(AF_INET6, text, &v6->sin6_addr) == 1)
		addr.ss_family = AF_INET6;
	source_of(&addr, &ret);
	return ret;
}

static bool
alike(const char *a, const char *b)
{
	struct source x = from(a), y = from(b);

	return source_eq(&x, &y);
}

static void
test_sources(void)
{
	ok(!alike("192.0.2.1", "192.0.2.2"), "an IPv4 address is itself");
	ok(alike("192.0.2.1", "::ffff:192.0.2.1"), "mapped is the same");
	ok(!alike("::ffff:192.0.2.1", "::ffff:192.0.2.2"), "mapped is whole");
	ok(alike("2001:db8::1", "2001:db8::ffff:2"), "a /64 is one source");
	ok(!alike("2001:db8::1", "2001:db8:0:1::1"), "the next /64 is another");
	ok(!alike("0.0.0.0", "::"), "families are apart");
}

static void
test_adding(struct penalties *p)
{
	struct source s = from("192.0.2.1"), other = from("192.0.2.2");
	int64_t now = 1000 * S;

	penalties_add(p, &s, SSH_END_FINE, now);
	penalties_add(p, &s, SSH_END_OWN, now);
	is_int(penalties_wait_ms(p, &s, now), 0, "our own failures cost none");
	penalties_add(p, &s, SSH_END_FAILED, now);
	penalties_add(p, &s, SSH_END_FAILED, now);
	is_int(penalties_wait_ms(p, &s, now), 0, "10 s do not bite yet");
	penalties_add(p, &s, SSH_END_FAILED, now);
	is_int(penalties_wait_ms(p, &s, now), 15 * S, "15 s do");
	is_int(penalties_wait_ms(p, &other, now), 0, "nobody else");
	is_int(penalties_wait_ms(p, &s, now + 14 * S), S,
	       "to the end, though less than the threshold is left");
	is_int(penalties_wait_ms(p, &s, now + 15 * S), 0, "and no longer");
	penalties_add(p, &s, SSH_END_FAILED, now + 20 * S);
	is_int(penalties_wait_ms(p, &s, now + 20 * S), 0,
	       "what is over is forgotten");
	penalties_add(p, &s, SSH_END_CRASH, now + 20 * S);
	is_int(penalties_wait_ms(p, &s, now + 20 * S), 95 * S,
	       "a crash bites at once");
	for (int i = 0; i < 100; i++)
		penalties_add(p, &s, SSH_END_CRASH, now + 20 * S);
	is_int(penalties_wait_ms(p, &s, now + 20 * S), SSH_PENALTY_MAX_S * S,
	       "they add up to the most and no further");
}

/* From one process to the next. */
static void
test_inherited(struct penalties *p)
{
	static const char lines[] = "penalty ::ffff:192.0.2.7 50000\n"
				    "penalty example 50000\n"
				    "penalty 2001:db8::7 9223372036854775807\n"
				    "penalty ::ffff:192.0.2.8 500\n"
				    "nonsense\n"
				    "penalty ::ffff:192.0.2.9 50000\n";
	struct source s = from("192.0.2.7");
	char text[SOURCE_TEXT];
	FILE *f = fmemopen((void *)(uintptr_t)lines, sizeof(lines) - 1, "r");
	int64_t until;

	source_write(&s, text);
	is_str(str_c(text), STR("::ffff:192.0.2.7"), "a source as text");
	penalties_read(p, f, S);
	(void)fclose(f);
	is_int(penalties_wait_ms(p, &s, S), 49 * S, "an inherited penalty");
	s = from("2001:db8::ffff");
	is_int(penalties_wait_ms(p, &s, S), SSH_PENALTY_MAX_S * S,
	       "is bounded like all");
	s = from("192.0.2.8");
	is_int(penalties_wait_ms(p, &s, S), 0, "one that is over is none");
	s = from("192.0.2.9");
	is_int(penalties_wait_ms(p, &s, S), 0,
	       "nothing is read after nonsense");
	until = penalties_add(p, &s, SSH_END_CRASH, S);
	is_int(until, S + 90 * S, "a new one tells its end");
	is_int(penalties_add(p, &s, SSH_END_FINE, S), 0, "when it is one");
}

/* More sources than there are places; the longest penalty survives. */
static void
test_bounded(struct penalties *p)
{
	struct source worst = from("203.0.113.9"), s = from("10.0.0.0");
	size_t kept = 0;

	for (int i = 0; i < 10; i++)
		penalties_add(p, &worst, SSH_END_CRASH, S);
	for (uint32_t i = 0; i < 4 * SSH_SOURCES_MAX; i++) {
		memcpy(s.addr + 12, &i, sizeof(i));
		penalties_add(p, &s, SSH_END_CRASH, S);
	}
	for (uint32_t i = 0; i < 4 * SSH_SOURCES_MAX; i++) {
		memcpy(s.addr + 12, &i, sizeof(i));
		kept += penalties_wait_ms(p, &s, S) > 0 ? 1 : 0;
	}
	ok(kept <= SSH_SOURCES_MAX, "no more than the table holds: %zu", kept);
	ok(kept > SSH_SOURCES_MAX / 2, "and it holds many");
	is_int(penalties_wait_ms(p, &worst, S), SSH_PENALTY_MAX_S * S,
	       "whoever has most to wait is not pushed out");
}

int
main(void)
{
	struct penalties p;

	test_sources();
	is_int(penalties_init(&p), 0, "a table");
	test_adding(&p);
	test_inherited(&p);
	penalties_clear(&p);
	is_int(penalties_init(&p), 0, "another");
	test_bounded(&p);
	penalties_clear(&p);
	return done_testing();
}
