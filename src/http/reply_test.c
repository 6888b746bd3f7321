/* What a reply says, until it is sent. */
#include "http/reply.h"

#include "base/test.h"

int
main(void)
{
	struct http_reply re = {.head = BUF_INIT, .body = BUF_INIT, .fd = -1};

	http_head_drop(&re, "WWW-Authenticate");
	is_int((long long)re.head.n, 0, "nothing from nothing");
	http_head(&re, "WWW-Authenticate", STR("Basic realm=\"x\""));
	http_head(&re, "X-A", STR("WWW-Authenticate: no"));
	http_head(&re, "www-authenticate", STR("Bearer"));
	http_head(&re, "WWW-Authenticate-Not", STR("b"));
	http_head(&re, "WWW-Authenticate", STR(""));
	http_head_drop(&re, "WWW-Authenticate");
	is_str(buf_str(&re.head),
	       STR("X-A: WWW-Authenticate: no\r\nWWW-Authenticate-Not: b\r\n"),
	       "each of that name, and no other");
	http_head(&re, "X-C", STR("d"));
	http_head_drop(&re, "X-C");
	http_head_drop(&re, "X-B");
	is_str(buf_str(&re.head),
	       STR("X-A: WWW-Authenticate: no\r\nWWW-Authenticate-Not: b\r\n"),
	       "one that comes later, and one that is not there");
	buf_clear(&re.head);
	buf_clear(&re.body);
	return done_testing();
}
