#include "http/reply.h"

#include "base/clock.h"
#include "base/secret.h"
#include "http/conn.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define BODY_KEEP (16 * KIB) /* memory that a body may leave to the next */
#define DATE_MAX  64

static const struct {
	int status;
	const char *text;
} texts[] = {
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {204, "No Content"},
    {206, "Partial Content"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {303, "See Other"},
    {304, "Not Modified"},
    {307, "Temporary Redirect"},
    {308, "Permanent Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {410, "Gone"},
    {411, "Length Required"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {416, "Range Not Satisfiable"},
    {417, "Expectation Failed"},
    {421, "Misdirected Request"},
    {422, "Unprocessable Content"},
    {426, "Upgrade Required"},
    {428, "Precondition Required"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
    {505, "HTTP Version Not Supported"},
    {507, "Insufficient Storage"},
};

void
reply_begin(struct http_reply *re)
{
	struct buf head = re->head, body = re->body;

	*re = (struct http_reply){.head = head, .body = body, .fd = -1};
	re->head.max = HTTP_REPLY_HEAD_MAX - 1;
}

void
reply_end(struct http_reply *re)
{
	if (re->fd >= 0)
		(void)close(re->fd);
	if (re->guard_free != NULL)
		re->guard_free(re->guard_arg);
	if (re->head.n > 0 || re->head.err != 0)
		buf_reset(&re->head);
	if (re->body.cap > BODY_KEEP)
		buf_clear(&re->body);
	else if (re->body.n > 0 || re->body.err != 0)
		buf_reset(&re->body);
	reply_begin(re);
}

void
reply_free(struct http_reply *re)
{
	reply_end(re);
	buf_clear(&re->head);
	buf_clear(&re->body);
}

bool
reply_failed(const struct http_reply *re)
{
	return re->status < 200 || re->status > 599 ||
	       buf_err(&re->head) != 0 || buf_err(&re->body) != 0;
}

bool
reply_bodyless(int status)
{
	return status == 204 || status == 304;
}

static bool
value_ok(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if ((c < ' ' && c != '\t') || c == 0x7f)
			return false;
	}
	return true;
}

void
http_head(struct http_reply *re, const char *name, struct str value)
{
	struct buf *b = &re->head;
	size_t name_n = strlen(name);
	char *p;

	if (!value_ok(value)) {
		b->err = -EBADMSG;
		return;
	}
	if (value.n > HTTP_REPLY_HEAD_MAX ||
	    buf_room(b, name_n + value.n + 4) != 0)
		return;
	p = b->p + b->n;
	memcpy(p, name, name_n);
	p += name_n;
	memcpy(p, ": ", 2);
	p += 2;
	if (value.n > 0)
		memcpy(p, value.p, value.n);
	memcpy(p + value.n, "\r\n", 3);
	b->n += name_n + value.n + 4;
}

void
http_head_drop(struct http_reply *re, const char *name)
{
	struct buf *b = &re->head;
	struct str rest = buf_str(b), line, key, value;
	size_t to = 0;

	if (buf_err(b) != 0)
		return;
	while (str_next(&rest, '\n', &line)) {
		size_t n = line.n + 1;

		if (line.n == 0 || (str_cut(line, ':', &key, &value) &&
				    str_eq_nocase(key, str_c(name))))
			continue;
		memmove(b->p + to, line.p, n);
		to += n;
	}
	b->n = to;
	if (b->p != NULL)
		b->p[to] = '\0';
}

void
http_headf(struct http_reply *re, const char *name, const char *fmt, ...)
{
	CLEAN(buf_clear)
	struct buf large = BUF_INIT_MAX(HTTP_REPLY_HEAD_MAX);
	char text[512];
	char *p = text;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (n >= (int)sizeof(text)) {
		if (buf_room(&large, (size_t)n) != 0)
			n = -1;
		p = large.p;
		va_start(ap, fmt);
		if (n >= 0)
			large.n = (size_t)vsnprintf(p, large.cap, fmt, ap);
		va_end(ap);
	}
	if (n < 0) {
		re->head.err = -ENOBUFS;
		return;
	}
	http_head(re, name, (struct str){p, (size_t)n});
}

void
http_reply_file(struct http_reply *re, int fd, off_t off, uint64_t len)
{
	if (re->fd >= 0)
		(void)close(re->fd);
	re->fd = fd;
	re->fd_off = off;
	re->fd_len = len;
}

static char *
put(char *p, struct str s)
{
	memcpy(p, s.p, s.n);
	return p + s.n;
}

static char *
put_number(char *p, uint64_t v)
{
	char digits[20];
	size_t n = 0;

	do {
		digits[sizeof(digits) - ++n] = (char)('0' + v % 10);
		v /= 10;
	} while (v > 0);
	return put(p, (struct str){digits + sizeof(digits) - n, n});
}

static char *
put_status(char *p, int status)
{
	p = put(p, STR("HTTP/1.1 "));
	p = put_number(p, (uint64_t)status);
	*p++ = ' ';
	for (size_t i = 0; i < nitems(texts); i++)
		if (texts[i].status == status)
			p = put(p, str_c(texts[i].text));
	return put(p, STR("\r\n"));
}

static char *
put_length(char *p, const struct http_reply *re, bool head_only)
{
	uint64_t n = re->fd >= 0 ? re->fd_len : re->body.n;

	if (re->status == 204 || (re->status == 304 && !re->has_head_len))
		return p;
	if (re->has_head_len && (head_only || re->status == 304))
		n = re->head_len;
	p = put(p, STR("Content-Length: "));
	p = put_number(p, n);
	return put(p, STR("\r\n"));
}

struct str
reply_date_now(void)
{
	static _Thread_local struct {
		time_t of;
		size_t n;
		char text[DATE_MAX];
	} date;
	time_t now = (time_t)(clock_now() / SECOND_MS);
	struct tm tm;

	if (date.n == 0 || date.of != now) {
		(void)gmtime_r(&now, &tm);
		date.n = strftime(date.text, sizeof(date.text),
				  "Date: %a, %d %b %Y %H:%M:%S GMT\r\n", &tm);
		date.of = now;
	}
	return (struct str){date.text, date.n};
}

size_t
reply_head(const struct http_reply *re, const struct reply_frame *f, char *p)
{
	char *from = p;

	p = put_status(p, re->status);
	p = put(p, f->date);
	if (re->head.n > 0)
		p = put(p, buf_str(&re->head));
	if (re->wipe)
		p = put(p, STR("Cache-Control: no-store\r\n"));
	if (f->body == REPLY_CHUNKED)
		p = put(p, STR("Transfer-Encoding: chunked\r\n"));
	else if (f->body == REPLY_MEASURED)
		p = put_length(p, re, f->head_only);
	if (!f->keep)
		p = put(p, STR("Connection: close\r\n"));
	else if (!f->v11)
		p = put(p, STR("Connection: keep-alive\r\n"));
	p = put(p, STR("\r\n"));
	return (size_t)(p - from);
}
