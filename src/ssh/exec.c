#include "ssh/inner.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#define PIPE_SIZE (1 << 20)
#define HOST_KEYS "host_key_info"
#define NO_SHELL                                                               \
	"This server runs git commands only (clone, fetch, pull, push and "    \
	"archive).\nThere is no shell.\n"

/* Our own address as clients may write it, when nothing better is known. */
static void
own_name(int fd, char *ret, size_t size)
{
	struct sockaddr_storage addr = {0};
	const struct sockaddr_in *v4 = (const void *)&addr;
	const struct sockaddr_in6 *v6 = (const void *)&addr;
	bool is6;
	char text[INET6_ADDRSTRLEN] = "localhost";
	socklen_t n = sizeof(addr);
	unsigned port;

	(void)getsockname(fd, (struct sockaddr *)&addr, &n);
	is6 = addr.ss_family == AF_INET6;
	port = ntohs(is6 ? v6->sin6_port : v4->sin_port);
	(void)inet_ntop(is6 ? AF_INET6 : AF_INET,
			is6 ? (const void *)&v6->sin6_addr
			    : (const void *)&v4->sin_addr,
			text, sizeof(text));
	(void)snprintf(ret, size, port == 22 ? "%s" : "[%s]:%u", text, port);
}

static void
tell_keys(struct chan *c)
{
	char name[INET6_ADDRSTRLEN + 16];

	own_name(c->session->fd, name, sizeof(name));
	keys_tell(c->session->keys, name, &c->held[CHAN_OUT]);
	chan_end(c, 0);
}

static void
greet(struct chan *c)
{
	struct str text;
	int status;

	if (!ask_greet(c->session, &text, &status))
		return;
	chan_say(c, CHAN_OUT, text);
	chan_end(c, status);
}

/* What git prints as "fatal: remote error: ...". */
static void
refused(struct chan *c, struct str text, int status)
{
	pktline_err(&c->held[CHAN_OUT], text);
	chan_end(c, status);
}

/* ours[0] is written to, ours[1] and [2] are read. */
static int
pipes_make(int ours[3], int theirs[3])
{
	for (int i = 0; i < 3; i++) {
		int ends[2], mine = i == 0 ? 1 : 0;

		if (pipe2(ends, O_CLOEXEC) != 0) {
			while (i-- > 0) {
				(void)close(ours[i]);
				(void)close(theirs[i]);
			}
			return FAIL(-errno);
		}
		if (i < 2) /* fewer and larger steps; not a must */
			(void)fcntl(ends[0], F_SETPIPE_SZ, PIPE_SIZE);
		(void)fcntl(ends[mine], F_SETFL,
			    O_NONBLOCK | (i == 0 ? O_WRONLY : O_RDONLY));
		ours[i] = ends[mine];
		theirs[i] = ends[1 - mine];
	}
	return 0;
}

static void
run(struct chan *c, const char *service, const struct gitcmd *cmd, int status)
{
	enum ask_answer answer;
	int ours[3], theirs[3];
	struct str text;

	if (pipes_make(ours, theirs) != 0) {
		refused(c,
			STR("no more programs can be started now, try "
			    "again later"),
			1);
		return;
	}
	answer = ask_run(c->session, c, service, cmd, theirs, &text);
	for (int i = 0; i < 3; i++)
		(void)close(theirs[i]);
	if (answer == ASK_STARTED) {
		c->in = ours[0];
		c->out[CHAN_OUT] = ours[1];
		c->out[CHAN_ERR] = ours[2];
		c->in_full = true; /* until what came before is in */
		c->state = CHAN_RUNNING;
		return;
	}
	for (int i = 0; i < 3; i++)
		(void)close(ours[i]);
	if (answer == ASK_REFUSED)
		refused(c, text, status);
}

/* Whose words the refusal will be in: those of reading, unless it is plainly a
 * push. */
static const char *
service_meant(struct str command)
{
	for (int i = 0; i < GIT_SERVICES; i++) {
		struct str name = str_c(git_service_name((enum git_service)i));

		if (str_starts(str_sub(command, 4, SIZE_MAX),
			       str_sub(name, 4, SIZE_MAX)))
			return name.p;
	}
	return git_service_name(GIT_UPLOAD_PACK);
}

void
exec_asked(struct chan *c)
{
	struct str command = str_trim(str_c(c->command));
	struct gitcmd cmd = {.account = "", .repo = ""};
	int r;

	if (command.n == 0) {
		greet(c);
		return;
	}
	if (str_eq(command, STR(HOST_KEYS))) {
		tell_keys(c);
		return;
	}
	r = gitcmd_parse(str_c(c->command), &cmd);
	if (r == 0) {
		run(c, git_service_name(cmd.service), &cmd, 1);
	} else if (r == OUT_ABSENT || r == OUT_MALFORMED) {
		cmd.account[0] = cmd.repo[0] = '\0';
		run(c, service_meant(command), &cmd, SESSION_PATH_STATUS);
	} else {
		chan_say(c, CHAN_ERR, STR(NO_SHELL));
		chan_end(c, 1);
	}
}
