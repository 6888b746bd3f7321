#include "git/hook.h"

#include "base/out.h"
#include "base/packet.h"
#include "base/sanitized.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#if SANITIZED
/* Leaks are looked for in /proc, which lies outside the walls. */
const char *__asan_default_options(void);
const char *
__asan_default_options(void)
{
	return "detect_leaks=0";
}
#endif

#define CHUNK (48 * KIB) /* of lines in a packet, below DESK_PACKET_MAX */

int
hook_refuse(const char *fmt, ...)
{
	char text[1024];
	struct str s;
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	s = str_c(text);
	if (!str_is_text(s))
		for (char *p = text; *p != '\0'; p++)
			if (*p < ' ' || *p > '~')
				*p = '?';
	(void)fprintf(stderr, "latchkey: %s\n", text);
	return 1;
}

int
hook_input(struct buf *b)
{
	for (;;) {
		ssize_t n;

		if (buf_room(b, 64 * KIB) != 0)
			return -ENOBUFS;
		n = read(STDIN_FILENO, b->p + b->n, 64 * KIB);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			return 0;
		b->n += (size_t)n;
		b->p[b->n] = '\0';
	}
}

static int
send_chunk(enum desk_word word, struct str lines, bool more)
{
	struct desk_msg m = {
	    .word = word, .number = more, .n_parts = 1, .part = {lines}};
	CLEAN(buf_clear) struct buf packet = BUF_INIT_MAX(DESK_PACKET_MAX);
	int r = desk_write(&m, &packet);

	return r == 0 ? packet_send(HOOK_DESK, buf_str(&packet), NULL, 0) : r;
}

/* Whole lines only. A line is shorter than a chunk: names are bounded. */
static struct str
chunk_of(struct str lines)
{
	struct str head, tail, chunk = str_sub(lines, 0, CHUNK);

	if (chunk.n == lines.n || !str_rcut(chunk, '\n', &head, &tail))
		return chunk;
	return str_sub(chunk, 0, head.n + 1);
}

static int
send_all(enum desk_word word, struct str lines)
{
	do {
		struct str chunk = chunk_of(lines);
		int r;

		lines = str_sub(lines, chunk.n, SIZE_MAX);
		r = send_chunk(word, chunk, lines.n > 0);
		if (r != 0)
			return r;
	} while (lines.n > 0);
	return 0;
}

static int
receive(struct buf *packet, struct desk_msg *ret)
{
	struct pollfd p = {.fd = HOOK_DESK, .events = POLLIN};
	size_t none;
	int r;

	if (poll(&p, 1, HOOK_WAIT_MS) <= 0)
		return OUT_BUSY;
	r = packet_recv(HOOK_DESK, packet, DESK_PACKET_MAX, NULL, 0, &none);
	return r == 0 ? desk_read(buf_str(packet), ret) : r;
}

static int
answer(struct buf *ret)
{
	for (;;) {
		CLEAN(buf_clear)
		struct buf packet = BUF_INIT_MAX(DESK_PACKET_MAX);
		struct desk_msg m;
		int r = receive(&packet, &m);

		if (r != 0)
			return hook_refuse("nobody can be asked whether this "
					   "push may be taken: %s",
					   out_text(r));
		if (m.word != DESK_YES)
			return hook_refuse(
			    "%.*s",
			    STR_ARG(m.word == DESK_REFUSED && m.n_parts > 0
					? m.part[0]
					: STR("refused")));
		if (m.n_parts > 0 && buf_addstr(ret, m.part[0]) != 0)
			return hook_refuse("too many references");
		if (m.number == 0)
			return 0;
	}
}

int
hook_ask(enum desk_word word, struct str lines, struct buf *ret)
{
	int r = send_all(word, lines);

	if (r != 0)
		return hook_refuse("nobody can be asked whether this push may "
				   "be taken: %s",
				   out_text(r));
	return word == DESK_DONE ? 0 : answer(ret);
}

int
main(int argc, char **argv)
{
	const char *slash = argc > 0 ? strrchr(argv[0], '/') : NULL;
	const char *name = slash != NULL ? slash + 1 : argc > 0 ? argv[0] : "";

	if (strcmp(name, "pre-receive") == 0)
		return hook_pre_receive();
	if (strcmp(name, "reference-transaction") == 0 && argc == 2)
		return hook_reference_transaction(argv[1]);
	return hook_refuse("not a hook that is known: %s", name);
}
