#include "follow/ask.h"

#include "base/clock.h"
#include "follow/net.h"

#include <string.h>

#ifndef LATCHKEY_VERSION
#define LATCHKEY_VERSION "0.1.0"
#endif

#define STEP (4 * KIB)

static void
request_make(const struct ask *ask, struct buf *b)
{
	(void)buf_addf(b,
		       "%s %s%s HTTP/1.1\r\nHost: %s\r\n"
		       "User-Agent: latchkey-keys/" LATCHKEY_VERSION "\r\n"
		       "Accept: text/plain\r\nAccept-Encoding: identity\r\n"
		       "Connection: close\r\n",
		       ask->method, ask->url->path, ask->path, ask->url->name);
	if (ask->bearer.n > 0)
		(void)buf_addf(b, "Authorization: Bearer %.*s\r\n",
			       STR_ARG(ask->bearer));
	if (strcmp(ask->method, "POST") == 0)
		(void)buf_adds(b, "Content-Length: 0\r\n");
	(void)buf_adds(b, "\r\n");
}

static int
reply_take(struct net *net, struct reply *ret, struct note *note)
{
	CLEAN(buf_clear) struct buf got = BUF_INIT_MAX(REPLY_MAX);
	int r = OUT_BUSY;

	while (r == OUT_BUSY) {
		size_t n = 0;

		if (buf_room(&got, STEP) != 0)
			return note_set(note, OUT_BUSY,
					"an answer that is too large");
		if (net_read(net, got.p + got.n, STEP, &n, note) != 0)
			return OUT_BUSY;
		if (n == 0)
			return note_set(note, OUT_BUSY,
					"the answer was cut off");
		got.n += n;
		got.p[got.n] = '\0';
		r = reply_read(buf_str(&got), ret);
	}
	if (r > 0)
		return note_set(note, OUT_BUSY,
				"an answer that is not HTTP as it should be "
				"(%s)",
				out_text(r));
	return r;
}

int
ask_send(const struct ask *ask, struct reply *ret, struct note *note)
{
	CLEAN(buf_clear) struct buf request = BUF_INIT;
	CLEAN(net_freep) struct net *net = NULL;
	int64_t deadline = clock_mono() + ask->wait_s * SECOND_MS;
	int r;

	request_make(ask, &request);
	if (buf_err(&request) != 0)
		return buf_err(&request);
	r = net_open(ask->url, ask->ca, deadline, &net, note);
	if (r == 0)
		r = net_write(net, buf_str(&request), note);
	return r != 0 ? r : reply_take(net, ret, note);
}
