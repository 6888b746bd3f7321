#include "http/source.h"

#include "base/test.h"

#define N 600

static struct http_conn conns[N];
static struct sources sources;

static struct http_conn *
join(size_t i, uint64_t high, uint64_t low, enum conn_state state)
{
	struct http_conn *c = &conns[i];

	*c = (struct http_conn){.net = {high, low}, .state = state};
	if (source_join(&sources, c) != 0)
		abort();
	return c;
}

static void
begin(void)
{
	if (sources_init(&sources, N + 1) != 0)
		abort();
}

static void
end(void)
{
	for (size_t i = 0; i < N; i++)
		source_leave(&sources, &conns[i]);
	ok(sources.top == 0 && sources.tree == NULL, "nothing is left");
	sources_clear(&sources);
}

static void
test_largest(void)
{
	struct http_conn *few, *first, *late;

	begin();
	few = join(0, 0, 1, CONN_IDLE);
	ok(sources_give_up(&sources, few) == NULL, "one's own place is kept");
	first = join(1, 0, 2, CONN_IDLE);
	(void)join(2, 0, 2, CONN_HEAD);
	late = join(3, 0, 3, CONN_HELLO);
	ok(sources_give_up(&sources, late) == first,
	   "the oldest of the largest, not the oldest of all");
	source_stir(first);
	ok(sources_give_up(&sources, late) == &conns[2],
	   "which is the one that did nothing for longest");
	source_leave(&sources, &conns[2]);
	ok(sources_give_up(&sources, &conns[1]) == NULL,
	   "nobody has more than whoever comes");
	end();
}

static void
test_own(void)
{
	struct http_conn *own, *other;

	begin();
	own = join(0, 7, 0, CONN_IDLE);
	(void)join(1, 7, 0, CONN_IDLE);
	other = join(2, 8, 0, CONN_IDLE);
	(void)join(3, 8, 0, CONN_IDLE);
	ok(sources_give_up(&sources, &conns[1]) == own,
	   "of two as large, one's own");
	ok(sources_give_up(&sources, &conns[3]) == other, "whichever it is");
	end();
}

static void
test_busy(void)
{
	struct http_conn *late;

	begin();
	(void)join(0, 0, 1, CONN_LENT);
	(void)join(1, 0, 1, CONN_BODY);
	(void)join(2, 0, 1, CONN_SEND);
	(void)join(3, 0, 1, CONN_LINGER);
	late = join(4, 0, 2, CONN_HEAD);
	ok(sources_give_up(&sources, late) == &conns[3], "who waits, first");
	source_leave(&sources, &conns[3]);
	ok(sources_give_up(&sources, late) == &conns[1],
	   "then who is at work, for somebody who has fewer");
	ok(sources_give_up(&sources, &conns[2]) == NULL, "nor for themselves");
	source_leave(&sources, &conns[1]);
	source_leave(&sources, &conns[2]);
	(void)join(5, 0, 1, CONN_LENT);
	ok(sources_give_up(&sources, late) == NULL, "what runs is not ended");
	end();
}

static void
test_many(void)
{
	begin();
	for (size_t i = 0; i < N - 1; i++)
		(void)join(i, i % 50 + 1, 0, CONN_LENT);
	for (size_t i = 0; i < N - 1; i += 7)
		source_leave(&sources, &conns[i]);
	is_int((int)sources.top, 11, "counted down as well");
	(void)join(N - 1, 99, 0, CONN_HEAD);
	ok(sources_give_up(&sources, &conns[N - 1]) == NULL, "looked in vain");
	end();
}

int
main(void)
{
	test_largest();
	test_own();
	test_busy();
	test_many();
	return done_testing();
}
