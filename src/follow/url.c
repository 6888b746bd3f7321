#include "follow/url.h"

#include <arpa/inet.h>
#include <string.h>

static bool
all_in(struct str s, const char *others)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
		      (c >= 'A' && c <= 'Z')) &&
		    (c == '\0' || strchr(others, c) == NULL))
			return false;
	}
	return true;
}

static void
keep(struct str s, char *ret)
{
	memcpy(ret, s.p, s.n);
	ret[s.n] = '\0';
}

static bool
is_v6(struct str s)
{
	char text[INET6_ADDRSTRLEN];
	struct in6_addr addr;

	if (s.n >= sizeof(text))
		return false;
	keep(s, text);
	return inet_pton(AF_INET6, text, &addr) == 1;
}

static bool
port_take(struct str s, struct url *ret)
{
	uint64_t port = 0;

	if (str_u64(s, 65535, &port) != 0 || port == 0)
		return false;
	keep(s, ret->port);
	return true;
}

/* "host", "host:port", "[::1]", "[::1]:port". */
static bool
host_take(struct str s, struct url *ret)
{
	struct str host = s, port = STR_NONE, rest;

	keep(s, ret->name);
	keep(ret->tls ? STR("443") : STR("80"), ret->port);
	if (str_starts(s, STR("["))) {
		if (!str_cut(str_sub(s, 1, SIZE_MAX), ']', &host, &rest) ||
		    !is_v6(host))
			return false;
		keep(host, ret->host);
		if (rest.n == 0)
			return true;
		return rest.p[0] == ':' &&
		       port_take(str_sub(rest, 1, SIZE_MAX), ret);
	}
	if (str_cut(s, ':', &host, &port) && !port_take(port, ret))
		return false;
	if (host.n == 0 || host.n > URL_HOST_MAX || !all_in(host, ".-") ||
	    host.p[0] == '.' || host.p[0] == '-')
		return false;
	keep(host, ret->host);
	return true;
}

int
url_parse(struct str s, struct url *ret)
{
	struct url url = {.tls = str_starts(s, STR("https://"))};
	struct str host, path = STR("");

	if (s.n > URL_MAX)
		return OUT_TOO_LARGE;
	if (!url.tls && !str_starts(s, STR("http://")))
		return OUT_MALFORMED;
	s = str_sub(s, url.tls ? STR("https://").n : STR("http://").n,
		    SIZE_MAX);
	host = s;
	if (memchr(s.p, '/', s.n) != NULL) {
		(void)str_cut(s, '/', &host, &path);
		path = (struct str){path.p - 1, path.n + 1};
	}
	while (str_ends(path, STR("/")))
		path.n--;
	if (host.n >= sizeof(url.name) || !host_take(host, &url) ||
	    !all_in(path, "/._~-") ||
	    (path.n > 0 && memmem(path.p, path.n, "//", 2) != NULL))
		return OUT_MALFORMED;
	keep(path, url.path);
	*ret = url;
	return 0;
}

bool
url_is_loopback(const struct url *url)
{
	struct in_addr v4;

	if (inet_pton(AF_INET, url->host, &v4) == 1)
		return ntohl(v4.s_addr) >> 24 == 127;
	return strcmp(url->host, "::1") == 0 ||
	       str_eq_nocase(str_c(url->host), STR("localhost"));
}
