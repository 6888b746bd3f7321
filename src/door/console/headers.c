#include "door/console/inner.h"

/* Scripts and styles come from this build's folder alone: what somebody pushed
 * into the registry, or a file of another build, is at the same origin and must
 * not be one. An address with an IPv6 literal cannot be written in a policy. */
static void
put_policy(const struct call *call, struct http_reply *reply)
{
	bool nameable =
	    call->base.n > 0 && memchr(call->base.p, '[', call->base.n) == NULL;
	bool https = str_starts(call->base, STR("https:"));
	CLEAN(buf_clear) struct buf own = BUF_INIT, text = BUF_INIT;

	if (call->base.n == 0)
		buf_adds(&own, "'none'"); /* no host of ours was named */
	else if (nameable)
		buf_addf(&own, "%.*s/console/assets/%s/", STR_ARG(call->base),
			 console_hash);
	else
		buf_adds(&own, "'self'");
	buf_addf(&text,
		 "default-src 'none'; script-src %s; style-src %s; "
		 "img-src 'self'; connect-src 'self'; base-uri 'none'; "
		 "form-action 'none'; frame-ancestors 'none'; "
		 "require-trusted-types-for 'script'; trusted-types 'none'; "
		 "report-uri /console/reports%s",
		 own.p, own.p, https ? "; report-to console" : "");
	if (buf_err(&own) != 0 || buf_err(&text) != 0)
		http_head(reply, "Content-Security-Policy",
			  STR("default-src 'none'; frame-ancestors 'none'"));
	else
		http_head(reply, "Content-Security-Policy", buf_str(&text));
	/* Browsers take this over https only, and then pass over report-uri. */
	if (https)
		http_head(reply, "Reporting-Endpoints",
			  STR("console=\"/console/reports\""));
}

void
console_stamp(const struct call *call, struct http_reply *reply)
{
	static const struct {
		const char *name, *value;
	} fields[] = {
	    {"X-Frame-Options", "DENY"},
	    {"Referrer-Policy", "no-referrer"},
	    {"Cross-Origin-Opener-Policy", "same-origin"},
	    {"Cross-Origin-Resource-Policy", "same-origin"},
	    {"Permissions-Policy",
	     "accelerometer=(), autoplay=(), camera=(), display-capture=(), "
	     "encrypted-media=(), fullscreen=(), geolocation=(), "
	     "gyroscope=(), hid=(), magnetometer=(), microphone=(), midi=(), "
	     "payment=(), publickey-credentials-get=(), "
	     "screen-wake-lock=(), serial=(), usb=(), xr-spatial-tracking=(), "
	     "clipboard-read=(), clipboard-write=(self)"},
	};

	put_policy(call, reply);
	for (size_t i = 0; i < nitems(fields); i++)
		http_head(reply, fields[i].name, str_c(fields[i].value));
}
