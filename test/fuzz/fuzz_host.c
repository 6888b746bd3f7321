#include "door/frame/inner.h"

#include <arpa/inet.h>
#include <assert.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static const char *const proxies[] = {"10.0.0.1", "2001:db8::1"};
static struct core core = {
    .n_regions = 1,
    .public_url = "https://keys.example",
    .regions = {{.name = "local", .n_host = 1, .host = {"keys.example"}}},
};

static bool
is_trusted(struct str s)
{
	for (size_t i = 0; i < nitems(proxies); i++)
		if (str_eq(s, str_c(proxies[i])))
			return true;
	return false;
}

static bool
is_addr(struct str s)
{
	char text[64], raw[16];

	(void)snprintf(text, sizeof(text), "%.*s", STR_ARG(s));
	return s.n < sizeof(text) && (inet_pton(AF_INET, text, raw) == 1 ||
				      inet_pton(AF_INET6, text, raw) == 1);
}

/* Behind it stand trusted proxies only, each vouching for the one before. */
static void
check_trusted(const struct inner *in)
{
	struct str addr = in->call.addr;

	assert(is_addr(addr));
	assert(!str_starts(addr, STR("::ffff:")) ||
	       memchr(addr.p, '.', addr.n) == NULL);
	if (addr.p == in->call.req->peer)
		return;
	for (size_t i = in->call.req->n_fields; i > 0; i--) {
		struct str v = in->call.req->fields[i - 1].value, tail;

		if (addr.p < v.p || addr.p >= v.p + v.n)
			continue;
		tail = str_sub(v, (size_t)(addr.p - v.p) + addr.n, SIZE_MAX);
		while (tail.n > 0 && str_rcut(tail, ',', &v, &tail)) {
			tail = str_trim(tail);
			if (str_eq_nocase(str_sub(tail, 0, 7), STR("::ffff:")))
				tail = str_sub(tail, 7, SIZE_MAX);
			assert(is_trusted(tail));
			tail = v;
		}
		return;
	}
	abort(); /* an address out of nowhere */
}

/* URLs of replies name a host that is ours, and a port at most. */
static void
check_base(struct str base)
{
	struct str rest = base, port;

	assert(str_cut(base, ':', &port, &rest));
	assert(str_eq(port, STR("http")) || str_eq(port, STR("https")));
	assert(str_starts(rest, STR("//keys.example")));
	rest = str_sub(rest, sizeof("//keys.example") - 1, SIZE_MAX);
	assert(rest.n != 1 && rest.n <= 6);
	for (size_t i = 0; i < rest.n; i++)
		assert(i == 0 ? rest.p[i] == ':'
			      : rest.p[i] >= '0' && rest.p[i] <= '9');
}

static void
look(const char *peer, struct http_field *fields, size_t n, struct str host)
{
	struct arena arena;
	struct frame frame = {.conf = {.core = &core,
				       .trusted_proxies = proxies,
				       .n_trusted = nitems(proxies)}};
	struct http_req req = {.host = host, .fields = fields, .n_fields = n};
	struct inner in = {
	    .frame = &frame,
	    .call = {.core = &core, .req = &req, .arena = &arena}};
	int r;

	arena_init(&arena, 64 * KIB);
	(void)snprintf(req.peer, sizeof(req.peer), "%s", peer);
	frame_host_addr(&in);
	r = frame_host_step(&in);
	if (is_trusted(str_c(peer)))
		check_trusted(&in);
	else
		assert(str_eq(in.call.addr, str_c(peer)) &&
		       call_forwarded(&in.call) == (n > 0));
	assert(r == STATUS_SAID ? in.status == 421 : r == 0);
	if (r == 0)
		check_base(in.call.base);
	arena_clear(&arena);
}

/* Lines are fields: the first byte says which. */
int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static const struct str names[] = {
	    STR_INIT("x-forwarded-for"), STR_INIT("x-forwarded-host"),
	    STR_INIT("x-forwarded-proto"), STR_INIT("forwarded")};
	struct http_field fields[8];
	struct str rest = {(const char *)p, n}, line;
	size_t count = 0;

	while (rest.n > 0 && count < nitems(fields) &&
	       str_next(&rest, '\n', &line))
		if (line.n > 0)
			fields[count++] = (struct http_field){
			    names[(uint8_t)line.p[0] % nitems(names)],
			    str_sub(line, 1, SIZE_MAX)};
	look("10.0.0.1", fields, count, STR("keys.example"));
	look("2001:db8::1", fields, count, STR("127.0.0.1"));
	look("192.0.2.7", fields, count, STR("keys.example"));
	return 0;
}
