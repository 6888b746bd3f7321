/* When every connection is taken: who gives way, and to whom. */
#include "http/serve_test.h"

#define HOST "Host: localhost\r\n"

enum { PLACES = 8 };

static struct http_server *
small_start(void)
{
	struct http_conf conf = conf_default();

	conf.connections_max = PLACES;
	conf.event_threads = 1;
	return serve(&conf);
}

/* From another address of this machine: another source. */
static int
dial_from(const struct http_server *to, uint32_t from)
{
	struct sockaddr_in addr = {.sin_family = AF_INET};
	const char *port = strrchr(http_bound(to), ':') + 1;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	addr.sin_addr.s_addr = htonl(from);
	if (bind(fd, (struct sockaddr *)&addr, sizeof(addr)) != 0)
		abort();
	addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	addr.sin_port = htons((uint16_t)strtoul(port, NULL, 10));
	if (connect(fd, (struct sockaddr *)&addr, sizeof(addr)) != 0)
		abort();
	return fd;
}

/* The statuses of what it answers to this, in a row. */
static bool
answers(int fd, const char *request, const char *status)
{
	CLEAN(buf_clear) struct buf b = BUF_INIT;

	if (!say(fd, str_c(request)))
		return false;
	(void)hear(fd, &b, 80, 2000);
	return count(&b, status) == 1;
}

static bool
is_closed(int fd)
{
	CLEAN(buf_clear) struct buf b = BUF_INIT;

	return hear(fd, &b, SIZE_MAX, 500);
}

static void
close_all(int *fds)
{
	for (int i = 0; i < PLACES; i++)
		(void)close(fds[i]);
}

#define PLAIN "GET / HTTP/1.1\r\n" HOST "\r\n"

/* Whoever has many networks takes each place from another one. */
static void
test_all_alone(void)
{
	struct http_server *small = small_start();
	int fds[PLACES], late, later;

	for (int i = 0; i < PLACES; i++) {
		fds[i] = dial_from(small, 0x7f000010U + (uint32_t)i);
		ok(answers(fds[i], PLAIN, "HTTP/1.1 200 "), "network %d", i);
	}
	late = dial_from(small, 0x7f000020U);
	ok(answers(late, PLAIN, "HTTP/1.1 200 "), "one more network");
	ok(is_closed(fds[0]), "has the place of who idled longest");
	later = dial_from(small, 0x7f000020U);
	ok(answers(later, PLAIN, "HTTP/1.1 200 "), "and for its second one");
	ok(is_closed(late), "its own");
	for (int i = 1; i < PLACES; i++)
		ok(answers(fds[i], PLAIN, "HTTP/1.1 200 "), "not that of %d",
		   i);
	(void)close(late);
	(void)close(later);
	close_all(fds);
	http_free(small);
}

/* Alone, a source has all places; its idle ones make room for its new ones. */
static void
test_own_place(void)
{
	struct http_server *small = small_start();
	struct http_stats stats;
	int fds[PLACES], late;

	is_int((int)http_places(small), PLACES, "so many places");
	for (int i = 0; i < PLACES; i++) {
		fds[i] = dial(small);
		ok(answers(fds[i], PLAIN, "HTTP/1.1 200 "), "connection %d", i);
	}
	late = dial(small);
	ok(answers(late, PLAIN, "HTTP/1.1 200 "), "one more");
	ok(is_closed(fds[0]), "has the place of the one that idled longest");
	for (int i = 1; i < PLACES; i++)
		ok(answers(fds[i], PLAIN, "HTTP/1.1 200 "), "not of %d", i);
	http_stats(small, &stats);
	is_int((int)stats.shed, 1, "counted");
	is_int((int)stats.open, PLACES, "open");
	(void)close(late);
	close_all(fds);
	http_free(small);
}

/* When all of its own are at work, there is none for one more. */
static void
test_no_place(void)
{
	struct http_server *small = small_start();
	int fds[PLACES];

	for (int i = 0; i < PLACES; i++) {
		fds[i] = dial(small);
		(void)say(fds[i],
			  STR("GET /pool/slow HTTP/1.1\r\n" HOST "\r\n"));
	}
	pause_ms(100);
	for (int i = 0; i < 3; i++) {
		CLEAN(buf_clear) struct buf b = BUF_INIT;
		bool closed;

		b = ask(small, PLAIN, &closed);
		ok(closed && count(&b, "HTTP/1.1 503 ") == 1, "one too many");
	}
	for (int i = 0; i < PLACES; i++) {
		CLEAN(buf_clear) struct buf b = BUF_INIT;

		(void)hear(fds[i], &b, 80, 2000);
		is_int((int)count(&b, "HTTP/1.1 200 "), 1, "%d is answered", i);
	}
	close_all(fds);
	http_free(small);
}

/* Whatever one source does with all its places, another one gets in. */
static void
test_other_place(void)
{
	static const char *const does[] = {
	    "", "GET / HT",
	    "POST / HTTP/1.1\r\n" HOST "Content-Length: 900\r\n\r\nx",
	    "GET /file HTTP/1.1\r\n" HOST "\r\n"};

	for (size_t k = 0; k < nitems(does); k++) {
		struct http_server *small = small_start();
		int fds[PLACES], mine, late;

		mine = dial_from(small, INADDR_LOOPBACK + 1);
		ok(answers(mine, PLAIN, "HTTP/1.1 200 "), "an honest one");
		for (int i = 0; i < PLACES; i++) {
			fds[i] = dial(small);
			(void)say(fds[i], str_c(does[k]));
		}
		pause_ms(100);
		late = dial_from(small, INADDR_LOOPBACK + 2);
		ok(answers(late, PLAIN, "HTTP/1.1 200 "), "another gets in");
		ok(answers(mine, PLAIN, "HTTP/1.1 200 "), "the first stays");
		(void)close(mine);
		(void)close(late);
		close_all(fds);
		http_free(small);
	}
}

int
main(void)
{
	test_all_alone();
	test_own_place();
	test_no_place();
	test_other_place();
	return done_testing();
}
