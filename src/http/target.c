#include "http/head.h"

#include <arpa/inet.h>
#include <string.h>

#define HOST_NAME_MAX_ 255

/* Printable ASCII without '#', '?', '\' and ';' (path parameters are another
 * second reading of one path); and the same with '?', '\' and ';'. */
static const uint32_t path_map[8] = {0x00000000, 0x77fffff6, 0xefffffff,
				     0x7fffffff};
static const uint32_t query_map[8] = {0x00000000, 0xfffffff6, 0xffffffff,
				      0x7fffffff};

static bool
all_in(const uint32_t map[8], struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char u = (unsigned char)s.p[i];

		if (!((map[u >> 5] >> (u & 31)) & 1))
			return false;
	}
	return true;
}

/* "/./", "/../" and "//", also at the end, except that one '/' may end it. */
static bool
has_odd_segment(struct str path)
{
	struct str rest = str_sub(path, 1, path.n), segment;

	while (str_next(&rest, '/', &segment)) {
		bool last = segment.p + segment.n == path.p + path.n;

		if (segment.n == 0 && !last)
			return true;
		if (str_eq(segment, STR(".")) || str_eq(segment, STR("..")))
			return true;
	}
	return false;
}

static int
hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool
is_utf8(struct str s)
{
	for (size_t i = 0; i < s.n;)
		if (str_utf8(s, &i) == UINT32_MAX)
			return false;
	return true;
}

static const char *
path_escape_flaw(int c)
{
	if (c < ' ' || c == 0x7f)
		return "escaped control byte in the target";
	if (c == '.' || c == '\\')
		return "escaped dot or backslash in the target";
	return NULL;
}

static const char *
query_escape_flaw(int c)
{
	return c == '\0' ? "escaped NUL in the target" : NULL;
}

/* Overlong forms are how "/" and "." used to be smuggled past such checks. */
static const char *
escape_flaw(struct str text, const char *(*flaw)(int c))
{
	char plain[HTTP_TARGET_MAX];
	size_t n = 0;

	for (size_t i = 0; i < text.n && n < sizeof(plain); i++) {
		int c = (unsigned char)text.p[i], high, low;

		if (c == '%') {
			high = i + 2 < text.n ? hex_value(text.p[i + 1]) : -1;
			low = high < 0 ? -1 : hex_value(text.p[i + 2]);
			if (low < 0)
				return "malformed escape in the target";
			c = high * 16 + low;
			i += 2;
			if (flaw(c) != NULL)
				return flaw(c);
		}
		plain[n++] = (char)c;
	}
	return is_utf8((struct str){plain, n})
		   ? NULL
		   : "escapes that are not UTF-8 in the target";
}

const char *
target_path_flaw(struct str path)
{
	if (path.n == 0 || path.p[0] != '/')
		return "the target is not in origin form";
	if (!all_in(path_map, path))
		return "odd byte in the target";
	if (has_odd_segment(path))
		return "empty or dot segment in the target";
	if (memchr(path.p, '%', path.n) == NULL)
		return NULL;
	return escape_flaw(path, path_escape_flaw);
}

const char *
target_query_flaw(struct str query)
{
	if (!all_in(query_map, query))
		return "odd byte in the target";
	if (query.n == 0 || memchr(query.p, '%', query.n) == NULL)
		return NULL;
	return escape_flaw(query, query_escape_flaw);
}

static bool
port_ok(struct str s)
{
	unsigned port = 0;

	if (s.n == 0 || s.n > 5)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		port = port * 10 + (unsigned)(s.p[i] - '0');
	}
	return port <= 65535;
}

static bool
is_label_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '-' || c == '_';
}

/* Labels between single dots; one dot may end it. IPv4 has this form too. */
static bool
name_ok(struct str name)
{
	bool dot = true;

	if (name.n == 0 || name.n > HOST_NAME_MAX_)
		return false;
	for (size_t i = 0; i < name.n; i++) {
		if (name.p[i] == '.' ? dot : !is_label_byte(name.p[i]))
			return false;
		dot = name.p[i] == '.';
	}
	return true;
}

static bool
ipv6_ok(struct str s)
{
	char text[INET6_ADDRSTRLEN];
	struct in6_addr addr;

	if (s.n >= sizeof(text) || memchr(s.p, '\0', s.n) != NULL)
		return false;
	memcpy(text, s.p, s.n);
	text[s.n] = '\0';
	return inet_pton(AF_INET6, text, &addr) == 1;
}

bool
target_host_ok(struct str host)
{
	struct str name = host, port = STR_NONE;

	if (host.n > 0 && host.p[0] == '[') {
		if (!str_cut(str_sub(host, 1, host.n), ']', &name, &port))
			return false;
		if (port.n > 0 && port.p[0] != ':')
			return false;
		return ipv6_ok(name) &&
		       (port.n == 0 || port_ok(str_sub(port, 1, port.n)));
	}
	if (str_cut(host, ':', &name, &port) && !port_ok(port))
		return false;
	return name_ok(name);
}
