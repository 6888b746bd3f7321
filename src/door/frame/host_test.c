#include "door/frame/inner.h"

#include "base/test.h"

static const char *const proxies[] = {"10.0.0.1", "10.0.0.2"};

struct given {
	const char *peer, *host;
	struct http_field fields[4];
	size_t n_fields;
	bool tls, loopback, behind_tls, off_loopback;
	enum verb verb;
	enum http_method method;
};

struct got {
	char addr[HTTP_ADDR_MAX], base[256], region[REGION_NAME_MAX + 1];
	int host, plain, origin, status;
	bool forwarded;
};

static struct core *
make_core(void)
{
	static struct core core = {
	    .n_regions = 2,
	    .public_url = "https://keys.example",
	    .regions =
		{
		    {.name = "local",
		     .n_host = 3,
		     .host = {"127.0.0.1:8080", "keys.example", "reg.example"}},
		    {.name = "south", .n_host = 1, .host = {"south.example"}},
		},
	};

	return &core;
}

static struct got
look(struct given g)
{
	struct frame frame = {.conf = {.core = make_core(),
				       .trusted_proxies = proxies,
				       .n_trusted = nitems(proxies),
				       .behind_tls = g.behind_tls,
				       .off_loopback = g.off_loopback}};
	struct http_req req = {.method = g.method,
			       .host = str_c(g.host),
			       .fields = g.fields,
			       .n_fields = g.n_fields,
			       .tls = g.tls,
			       .loopback = g.loopback};
	struct route route = {.verb = g.verb};
	struct arena arena;
	struct inner in = {.frame = &frame,
			   .call = {.core = frame.conf.core,
				    .req = &req,
				    .arena = &arena,
				    .route = &route}};
	struct got got = {.host = 0};

	arena_init(&arena, 4 * KIB);
	(void)snprintf(req.peer, sizeof(req.peer), "%s", g.peer);
	frame_host_addr(&in);
	got.host = frame_host_step(&in);
	got.forwarded = call_forwarded(&in.call);
	got.plain = frame_plain_step(&in);
	got.origin = got.host == 0 ? frame_origin_step(&in) : 0;
	got.status = in.status;
	(void)snprintf(got.addr, sizeof(got.addr), "%.*s",
		       STR_ARG(in.call.addr));
	(void)snprintf(got.base, sizeof(got.base), "%.*s",
		       STR_ARG(in.call.base));
	(void)snprintf(got.region, sizeof(got.region), "%s",
		       in.call.region == NULL ? "" : in.call.region->name);
	arena_clear(&arena);
	return got;
}

#define FIELD(n, v)                                                            \
	{                                                                      \
		STR_INIT(n), STR_INIT(v)                                       \
	}
#define GIVEN(p, h, ...)                                                       \
	look((struct given){.peer = p, .host = h, ##__VA_ARGS__})
#define is_c(a, b, ...) is_str(str_c(a), str_c(b), __VA_ARGS__)

static void
test_addr(void)
{
	struct got got = GIVEN("1.2.3.4", "reg.example",
			       .fields = {FIELD("x-forwarded-for", "9.9.9.9")},
			       .n_fields = 1);

	is_c(got.addr, "1.2.3.4", "a stranger's word does not count");
	got = GIVEN("10.0.0.1", "reg.example",
		    .fields = {FIELD("x-forwarded-for", "9.9.9.9")},
		    .n_fields = 1);
	is_c(got.addr, "9.9.9.9", "a trusted proxy's does");
	got = GIVEN(
	    "10.0.0.1", "reg.example",
	    .fields = {FIELD("x-forwarded-for", "6.6.6.6, 9.9.9.9 ,10.0.0.2")},
	    .n_fields = 1);
	is_c(got.addr, "9.9.9.9", "the first stranger from the right");
	got = GIVEN("10.0.0.1", "reg.example",
		    .fields = {FIELD("x-forwarded-for", "6.6.6.6"),
			       FIELD("x-forwarded-for", "2001:db8::1")},
		    .n_fields = 2);
	is_c(got.addr, "2001:db8::1", "the last field");
	got = GIVEN("10.0.0.1", "reg.example",
		    .fields = {FIELD("x-forwarded-for", "evil\", 10.0.0.2")},
		    .n_fields = 1);
	is_c(got.addr, "10.0.0.2", "no address, no belief");
	got = GIVEN("10.0.0.1", "reg.example",
		    .fields = {FIELD("x-forwarded-for",
				     "::FFFF:9.9.9.9, ::ffff:10.0.0.2")},
		    .n_fields = 1);
	is_c(got.addr, "9.9.9.9", "IPv4 is called so");
	got = GIVEN("10.0.0.1", "reg.example",
		    .fields = {FIELD("x-forwarded-for", "::ffff:x.9")},
		    .n_fields = 1);
	is_c(got.addr, "10.0.0.1", "where it is an address");
	got = GIVEN("10.0.0.1", "reg.example");
	is_c(got.addr, "10.0.0.1", "without the field the peer");
}

#define FORWARDED(p, ...)                                                      \
	look((struct given){.peer = p,                                         \
			    .host = "reg.example",                             \
			    .fields = {__VA_ARGS__},                           \
			    .n_fields =                                        \
				nitems(((struct http_field[]){__VA_ARGS__}))}) \
	    .forwarded

static void
test_forwarded(void)
{
	ok(!FORWARDED("1.2.3.4", FIELD("user-agent", "x")), "straight from it");
	ok(FORWARDED("1.2.3.4", FIELD("x-forwarded-for", "9.9.9.9")) &&
	       FORWARDED("1.2.3.4", FIELD("x-forwarded-host", "")) &&
	       FORWARDED("1.2.3.4", FIELD("x-forwarded", "for=9.9.9.9")),
	   "X-Forwarded-*");
	ok(FORWARDED("1.2.3.4", FIELD("a", ""), FIELD("forwarded", "for=x")) &&
	       FORWARDED("1.2.3.4", FIELD("via", "1.1 somebody")),
	   "Forwarded and Via");
	ok(!FORWARDED("10.0.0.1", FIELD("x-forwarded-for", "9.9.9.9"),
		      FIELD("x-forwarded-proto", "https")),
	   "not what a trusted proxy says of its own client");
	ok(!FORWARDED("10.0.0.1",
		      FIELD("x-forwarded-for", "9.9.9.9, 10.0.0.2")),
	   "nor two trusted ones");
	ok(FORWARDED("10.0.0.1", FIELD("x-forwarded-for", "6.6.6.6, 9.9.9.9")),
	   "but what its client said of another");
	ok(FORWARDED("10.0.0.1", FIELD("x-forwarded-for", "6.6.6.6"),
		     FIELD("x-forwarded-for", "9.9.9.9")),
	   "in a field of its own as well");
}

static void
test_base(void)
{
	struct got got = GIVEN("1.2.3.4", "Reg.EXAMPLE");

	is_c(got.base, "http://reg.example", "in lower case");
	is_c(got.region, "local", "region");
	got = GIVEN("1.2.3.4", "south.example", .tls = true);
	is_c(got.base, "https://south.example", "TLS");
	is_c(got.region, "south", "the other region");
	got = GIVEN("1.2.3.4", "keys.example");
	is_c(got.base, "https://keys.example", "the public URL as it is");
	got = GIVEN("127.0.0.1", "127.0.0.1:8080", .loopback = true,
		    .behind_tls = true);
	is_c(got.base, "http://127.0.0.1:8080", "straight from here");
	got = GIVEN("1.2.3.4", "reg.example", .behind_tls = true);
	is_c(got.base, "https://reg.example", "behind TLS");
	got = GIVEN("10.0.0.1", "127.0.0.1:8080",
		    .fields = {FIELD("x-forwarded-host", "reg.example"),
			       FIELD("x-forwarded-proto", "https")},
		    .n_fields = 2);
	is_c(got.base, "https://reg.example", "as the proxy says");
	got = GIVEN("1.2.3.4", "reg.example",
		    .fields = {FIELD("x-forwarded-host", "evil.example"),
			       FIELD("x-forwarded-proto", "https")},
		    .n_fields = 2);
	is_c(got.base, "http://reg.example", "not as a stranger says");
	got = GIVEN("1.2.3.4", "evil.example");
	is_int(got.host, STATUS_SAID, "another name");
	is_int(got.status, 421, "is misdirected");
	is_c(got.base, "", "and not named");
	got = GIVEN("10.0.0.1", "reg.example",
		    .fields = {FIELD("x-forwarded-host", "evil.example")},
		    .n_fields = 1);
	is_int(got.status, 421, "nor from a proxy");
	got = GIVEN("10.0.0.1", "reg.example",
		    .fields = {FIELD("x-forwarded-host",
				     "reg.example:80@evil.example")},
		    .n_fields = 1);
	is_int(got.status, 421, "nor hidden behind one that is ours");
	got = GIVEN("10.0.0.1", "reg.example",
		    .fields = {FIELD("x-forwarded-host", "reg.example:")},
		    .n_fields = 1);
	is_int(got.status, 421, "nor one that is not well formed");
}

static void
test_plain(void)
{
	struct given g = {.peer = "1.2.3.4",
			  .host = "reg.example",
			  .off_loopback = true,
			  .verb = VERB_LOGIN};

	is_int(look(g).plain, STATUS_SAID, "a login in clear text");
	is_int(look(g).status, 403, "is refused");
	g.tls = true;
	is_int(look(g).plain, 0, "not over TLS");
	g.tls = false;
	g.behind_tls = true;
	is_int(look(g).plain, 0, "nor behind TLS");
	g.behind_tls = false;
	g.loopback = true;
	is_int(look(g).plain, 0, "nor from this machine");
	g.loopback = false;
	g.verb = VERB_SEED_READ;
	is_int(look(g).plain, STATUS_SAID, "a secret in the path is one");
	g.verb = VERB_IMAGE_PULL;
	is_int(look(g).plain, 0, "nor without a credential");
	g.fields[0] = (struct http_field)FIELD("authorization", "Basic eDp5");
	g.n_fields = 1;
	is_int(look(g).plain, STATUS_SAID, "a credential in clear text");
	g.fields[0] = (struct http_field)FIELD("latchkey-console", "1");
	is_int(look(g).plain, STATUS_SAID, "and so is a console's call");
}

static void
test_origin(void)
{
	static const char *const ours[] = {"http://reg.example",
					   "HTTP://Reg.Example"};
	static const char *const others[] = {
	    "null",
	    "",
	    "https://evil.example",
	    "https://reg.example",
	    "http://reg.example.evil.example",
	    "http://reg.example:81",
	    "http://reg.example/",
	    "http://reg.example http://evil.example",
	};
	struct given g = {.peer = "1.2.3.4",
			  .host = "reg.example",
			  .n_fields = 1,
			  .method = HTTP_PUT};

	for (size_t i = 0; i < nitems(ours); i++) {
		g.fields[0] =
		    (struct http_field){STR("origin"), str_c(ours[i])};
		is_int(look(g).origin, 0, "from us: %s", ours[i]);
	}
	for (size_t i = 0; i < nitems(others); i++) {
		g.fields[0].value = str_c(others[i]);
		is_int(look(g).origin, STATUS_SAID, "from '%s'", others[i]);
		is_int(look(g).status, 403, "is refused");
	}
	g.method = HTTP_GET;
	is_int(look(g).origin, 0, "looking is not changing");
	g.method = HTTP_DELETE;
	g.fields[0].value = str_c(ours[0]);
	g.fields[1] = g.fields[0];
	g.n_fields = 2;
	is_int(look(g).origin, STATUS_SAID, "two are not one");
	g.n_fields = 0;
	is_int(look(g).origin, 0, "clients that are no browser have none");
}

int
main(void)
{
	test_addr();
	test_forwarded();
	test_base();
	test_plain();
	test_origin();
	return done_testing();
}
