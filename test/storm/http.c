#include "storm.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

struct world world;
struct count count;

void
die(const char *what)
{
	perror(what);
	exit(1);
}

void
lost(const struct client *c, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	printf("lost: client %u: %s (status %d)\n", c->id, text, c->status);
	(void)fflush(stdout);
	atomic_fetch_add(&count.lost, 1);
}

void
hang_up(struct client *c)
{
	if (c->fd >= 0)
		(void)close(c->fd);
	c->fd = -1;
}

static bool
dial(struct client *c)
{
	const struct timeval wait = {.tv_sec = 20};

	c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (c->fd < 0)
		die("socket");
	(void)setsockopt(c->fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
	(void)setsockopt(c->fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof(wait));
	if (connect(c->fd, (const struct sockaddr *)&world.to,
		    sizeof(world.to)) == 0)
		return true;
	hang_up(c);
	return false;
}

/* Until the server is there. */
static void
come_back(struct client *c)
{
	for (int i = 0; i < AWAY_S * 50; i++) {
		if (c->fd >= 0 || dial(c))
			return;
		(void)usleep(20000);
	}
	printf("lost: the server did not come back\n");
	exit(1);
}

static bool
send_all(int fd, const char *p, size_t n)
{
	while (n > 0) {
		ssize_t sent = send(fd, p, n, MSG_NOSIGNAL);

		if (sent <= 0)
			return false;
		p += sent;
		n -= (size_t)sent;
	}
	return true;
}

const char *
field(const struct client *c, const char *name)
{
	static _Thread_local char value[1024];
	size_t n = strlen(name);

	for (const char *line = strchr(c->head, '\n'); line != NULL;
	     line = strchr(line, '\n')) {
		line++;
		if (strncasecmp(line, name, n) != 0 || line[n] != ':')
			continue;
		line += n + 1;
		line += strspn(line, " ");
		(void)snprintf(value, sizeof(value), "%.*s",
			       (int)strcspn(line, "\r\n"), line);
		return value;
	}
	return NULL;
}

static bool
read_reply(struct client *c, bool no_body)
{
	size_t n = 0, want = 0;
	char *end = NULL;

	for (;;) {
		ssize_t got = recv(c->fd, c->reply + n, REPLY_MAX - n, 0);

		if (got <= 0)
			return false;
		n += (size_t)got;
		c->reply[n] = '\0';
		if (end == NULL && (end = strstr(c->reply, "\r\n\r\n"))) {
			const char *length;

			end[2] = '\0';
			c->head = c->reply;
			c->body = end + 4;
			length = field(c, "content-length");
			want = length == NULL || no_body
				   ? 0
				   : strtoul(length, NULL, 10);
			if (want > REPLY_MAX / 2)
				die("a reply that is too long");
		}
		if (end == NULL)
			continue;
		c->body_n = n - (size_t)(c->body - c->reply);
		if (c->body_n >= want)
			return sscanf(c->reply, "HTTP/1.%*d %d", &c->status) ==
			       1;
	}
}

static bool
answer_once(struct client *c, const char *method, const char *path,
	    const char *type, const char *body, size_t n)
{
	char head[2048];
	const char *close_it;
	int len =
	    snprintf(head, sizeof(head),
		     "%s %s HTTP/1.1\r\nHost: %s:%u\r\n"
		     "Authorization: Basic %s\r\nContent-Length: %zu\r\n"
		     "%s%s%s\r\n",
		     method, path, inet_ntoa(world.to.sin_addr),
		     ntohs(world.to.sin_port), world.auth, n,
		     type != NULL ? "Content-Type: " : "",
		     type != NULL ? type : "", type != NULL ? "\r\n" : "");

	if (len < 0 || len >= (int)sizeof(head))
		die("a request that is too long");
	if (!send_all(c->fd, head, (size_t)len) || !send_all(c->fd, body, n) ||
	    !read_reply(c, strcmp(method, "HEAD") == 0)) {
		hang_up(c);
		return false;
	}
	close_it = field(c, "connection");
	if (close_it != NULL && strcasecmp(close_it, "close") == 0)
		hang_up(c);
	return true;
}

bool
ask(struct client *c, const char *method, const char *path, const char *type,
    const char *body, size_t n)
{
	for (int i = 0; i < 500; i++) {
		c->status = 0;
		come_back(c);
		if (!answer_once(c, method, path, type, body, n))
			return false;
		if (c->status > 503 || c->status == 500)
			lost(c, "%s %s: %.*s", method, path, (int)c->body_n,
			     c->body);
		if (c->status != 503 && c->status != 429)
			return true;
		(void)usleep(20000);
	}
	return true;
}

int
get(struct client *c, const char *method, const char *path)
{
	while (!ask(c, method, path, NULL, "", 0))
		;
	return c->status;
}
