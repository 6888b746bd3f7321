#include "door/frame/inner.h"
#include "http/head.h"

#include <arpa/inet.h>
#include <errno.h>

static bool
is_trusted(const struct frame_conf *conf, struct str addr)
{
	for (size_t i = 0; i < conf->n_trusted; i++)
		if (str_eq(addr, str_c(conf->trusted_proxies[i])))
			return true;
	return false;
}

static bool
is_addr(struct str s)
{
	char text[HTTP_ADDR_MAX];
	unsigned char raw[16];

	if (s.n == 0 || s.n >= sizeof(text))
		return false;
	memcpy(text, s.p, s.n);
	text[s.n] = '\0';
	return inet_pton(AF_INET, text, raw) == 1 ||
	       inet_pton(AF_INET6, text, raw) == 1;
}

/* A proxy that listens on a socket for both names IPv4 in the form of IPv6; it
 * is the same client, and is known by the same name. */
static struct str
addr_plain(struct str s)
{
	const struct str mapped = STR("::ffff:");
	struct str rest = str_sub(s, mapped.n, SIZE_MAX);

	return str_eq_nocase(str_sub(s, 0, mapped.n), mapped) &&
		       memchr(rest.p, '.', rest.n) != NULL
		   ? rest
		   : s;
}

/* The last field of the name: what the proxy next to us wrote. */
static struct str
field_last(const struct http_req *req, const char *name)
{
	for (size_t i = req->n_fields; i > 0; i--)
		if (str_eq(req->fields[i - 1].name, str_c(name)))
			return req->fields[i - 1].value;
	return STR_NONE;
}

static bool
names_forwarder(struct str field)
{
	return str_starts(field, STR("x-forwarded")) ||
	       str_eq(field, STR("forwarded")) || str_eq(field, STR("via"));
}

/* A trusted proxy adds the address it saw; any other was there before. */
static bool
forwarded_before(const struct frame_conf *conf, const struct http_req *req)
{
	size_t strangers = 0;

	for (size_t i = 0; i < req->n_fields; i++) {
		struct str rest = req->fields[i].value, one;

		if (!str_eq(req->fields[i].name, STR("x-forwarded-for")))
			continue;
		while (str_next(&rest, ',', &one))
			strangers +=
			    !is_trusted(conf, addr_plain(str_trim(one)));
	}
	return strangers > 1;
}

bool
call_forwarded(const struct call *call)
{
	const struct inner *in = (const struct inner *)(const void *)call;
	const struct frame_conf *conf = &in->frame->conf;

	if (is_trusted(conf, str_c(call->req->peer)))
		return forwarded_before(conf, call->req);
	for (size_t i = 0; i < call->req->n_fields; i++)
		if (names_forwarder(call->req->fields[i].name))
			return true;
	return false;
}

/* Read from the right: each trusted proxy vouches for the one before it, and
 * what stands left of the first stranger is hearsay. */
void
frame_host_addr(struct inner *in)
{
	struct call *call = &in->call;
	const struct frame_conf *conf = &in->frame->conf;
	struct str peer = str_c(call->req->peer), rest, last;

	call->addr = peer;
	if (!is_trusted(conf, peer))
		return;
	rest = field_last(call->req, "x-forwarded-for");
	while (rest.n > 0) {
		if (!str_rcut(rest, ',', &rest, &last)) {
			last = rest;
			rest = STR_NONE;
		}
		last = str_trim(last);
		if (!is_addr(last))
			return;
		last = addr_plain(last);
		call->addr = last;
		if (!is_trusted(conf, last))
			return;
	}
}

/* "host:port" out of a URL without a path. */
static struct str
url_authority(struct str url)
{
	struct str scheme, rest;

	if (!str_cut(url, ':', &scheme, &rest) || !str_starts(rest, STR("//")))
		return STR_NONE;
	return str_sub(rest, 2, rest.n);
}

static bool
is_https(const struct inner *in, bool from_proxy)
{
	const struct http_req *req = in->call.req;
	struct str proto = STR_NONE;

	if (from_proxy)
		proto = str_trim(field_last(req, "x-forwarded-proto"));
	if (proto.n > 0)
		return str_eq_nocase(proto, STR("https"));
	return req->tls || (in->frame->conf.behind_tls && !req->loopback);
}

/* host was matched by the core, so it is one of ours and may be named. */
static int
make_base(struct inner *in, struct str host, bool from_proxy)
{
	struct call *call = &in->call;
	struct str public = str_c(call->core->public_url);
	struct str scheme;
	char *p;

	if (str_eq_nocase(host, url_authority(public))) {
		call->base = public;
		return 0;
	}
	scheme = is_https(in, from_proxy) ? STR("https://") : STR("http://");
	p = arena_get(call->arena, scheme.n + host.n + 1);
	if (p == NULL)
		return FAIL(-ENOMEM);
	memcpy(p, scheme.p, scheme.n);
	for (size_t i = 0; i < host.n; i++) {
		char c = host.p[i];

		p[scheme.n + i] =
		    c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
	}
	call->base = (struct str){p, scheme.n + host.n};
	return 0;
}

int
frame_host_step(struct inner *in)
{
	struct call *call = &in->call;
	bool from_proxy = is_trusted(&in->frame->conf, str_c(call->req->peer));
	struct str host = call->req->host, said;

	if (from_proxy) {
		said = str_trim(field_last(call->req, "x-forwarded-host"));
		host = said.n > 0 ? said : host;
	}
	/* Nobody has looked at a proxy's word yet, and a proxy may pass on its
	 * client's: "ours:80@elsewhere" is no host of ours. */
	if (target_host_ok(host))
		call->region = core_region_of_host(call->core, host);
	if (call->region == NULL)
		return inner_status(in, 421, "this server has another name");
	call->thing.region = str_c(call->region->name);
	return make_base(in, host, from_proxy);
}

int
frame_plain_step(struct inner *in)
{
	const struct http_req *req = in->call.req;
	const struct frame_conf *conf = &in->frame->conf;

	if (!conf->off_loopback || conf->behind_tls || req->tls ||
	    req->loopback)
		return 0;
	if (in->call.route->verb == VERB_LOGIN ||
	    verb_row(in->call.route->verb)->rule == RULE_MACHINE ||
	    http_field_get(req, "authorization", NULL).p != NULL ||
	    http_field_get(req, CONSOLE_FIELD, NULL).p != NULL)
		return inner_status(in, 403,
				    "credentials are not taken in clear text "
				    "from another machine: use https, or say "
				    "that a TLS proxy stands in front");
	return 0;
}

/* A browser adds by itself what it was once told, and says for which page it
 * asks. None of ours does; so who writes for another's page, or hides for
 * whose, does it in somebody's name without their knowing. */
int
frame_origin_step(struct inner *in)
{
	const struct http_req *req = in->call.req;
	size_t count;
	struct str origin = http_field_get(req, "origin", &count);

	if (count == 0 || req->method == HTTP_GET || req->method == HTTP_HEAD ||
	    req->method == HTTP_OPTIONS)
		return 0;
	if (count == 1 && str_eq_nocase(origin, in->call.base))
		return 0;
	return inner_status(in, 403, "no changes for pages of another site");
}
