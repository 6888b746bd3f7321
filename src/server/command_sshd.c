/*
 * For sites where OpenSSH has port 22: latchkeyd authorized-keys, which sshd
 * asks for the line of a key that somebody shows, and latchkeyd serv, the
 * command that this line forces. Both ask at the desk of the running server, as
 * the processes of latchkeyd-ssh do, and see neither database nor repositories.
 *
 * sshd hands the forced command to a login shell. It is made of [A-Za-z0-9] and
 * "+/=_.-" alone, so that no shell reads anything into it, and names the whole
 * key: a fingerprint would be nothing that the gate could prove.
 */
#include "base/fd.h"
#include "server/command.h"
#include "server/host_keys.h"
#include "server/process.h"
#include "server/serve.h"

#include "base/enc.h"
#include "base/packet.h"
#include "wire/desk.h"
#include "wire/gitcmd.h"
#include "wire/sshkey.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* A command that was refused, and one whose end nobody told us. */
#define EXIT_REFUSED 1
#define EXIT_LOST    128
#define CHANNEL	     0

/* --- the desk --- */

/* The folder may lie deeper than a socket's address has room for: its name
 * there is short. */
static int
desk_connect(const char *data, int *ret)
{
	struct sockaddr_un to = {.sun_family = AF_UNIX,
				 .sun_path = "desk.sock"};
	CLEAN(fd_closep) int fd = -1;

	if (chdir(data) != 0 || chdir(HOST_KEYS_FOLDER) != 0)
		return FAIL(-errno);
	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (fd < 0 ||
	    connect(fd, (const struct sockaddr *)&to, sizeof(to)) != 0)
		return FAIL(-errno);
	*ret = fd;
	fd = -1;
	return 0;
}

static int
desk_say(int fd, const struct desk_msg *msg, const int *fds, size_t n)
{
	CLEAN(buf_clear) struct buf packet = BUF_INIT_MAX(DESK_PACKET_MAX + 1);
	int r = desk_write(msg, &packet);

	return r != 0 ? r : packet_send(fd, buf_str(&packet), fds, n);
}

/* One answer; its parts borrow from packet. */
static int
desk_hear(int fd, struct buf *packet, struct desk_msg *ret)
{
	size_t n = 0;
	int r = packet_recv(fd, packet, DESK_PACKET_MAX, NULL, 0, &n);

	return r != 0 ? r : desk_read(buf_str(packet), ret);
}

static int
desk_hello(int fd, struct str addr)
{
	struct desk_msg hello = {
	    .word = DESK_HELLO, .n_parts = 1, .part = {addr}};

	return desk_say(fd, &hello, NULL, 0);
}

/* OFFER or PROVE: 0, OUT_DENIED. */
static int
desk_key(int fd, enum desk_word word, struct str blob)
{
	struct desk_msg msg = {.word = word, .n_parts = 1, .part = {blob}};
	CLEAN(buf_clear) struct buf packet = BUF_INIT_MAX(DESK_PACKET_MAX + 1);
	int r = desk_say(fd, &msg, NULL, 0);

	if (r == 0)
		r = desk_hear(fd, &packet, &msg);
	if (r != 0)
		return r;
	return msg.word == DESK_YES ? 0 : OUT_DENIED;
}

/* --- authorized-keys --- */

static bool
is_plain(const char *text)
{
	for (; *text != '\0'; text++)
		if (!((*text >= 'a' && *text <= 'z') ||
		      (*text >= 'A' && *text <= 'Z') ||
		      (*text >= '0' && *text <= '9') ||
		      strchr("+/=_.-", *text) != NULL))
			return false;
	return true;
}

/* The key in sshd's %t and %k. */
static int
key_read(struct str type_name, struct str base64, struct buf *ret_blob)
{
	enum sshkey_type type;
	unsigned bits;
	int r = dec_b64(ret_blob, base64);

	if (r == 0)
		r = sshkey_blob(buf_str(ret_blob), &type, &bits);
	if (r == 0 && type_name.n > 0 &&
	    !str_eq(sshkey_type_name(type), type_name))
		r = OUT_MALFORMED;
	return r;
}

static int
data_find(const struct run *run, char ret[PATH_MAX])
{
	if (realpath(run->conf->data, ret) != NULL)
		return 0;
	fprintf(stderr, "latchkeyd: data: %s\n", strerror(errno));
	return EXIT_CONF;
}

static int
line_print(const struct run *run, const char *data)
{
	char own[PATH_MAX] = "";

	if (readlink("/proc/self/exe", own, sizeof(own) - 1) < 0 ||
	    !is_plain(own) || !is_plain(data))
		return serve_complain(
		    EXIT_CONF,
		    "the paths of latchkeyd and of the data may "
		    "have only A-Z a-z 0-9 and + / = _ . - for this");
	printf("restrict,command=\"%s serv --data %s %s\" %s %s\n", own, data,
	       run->rest[1], run->rest[0], run->rest[1]);
	return 0;
}

/* What sshd shows may be anybody's, of any kind: no line, and no complaint. */
int
command_authorized_keys(const struct run *run)
{
	CLEAN(buf_clear) struct buf blob = BUF_INIT_MAX(SSHKEY_BLOB_MAX + 1);
	CLEAN(fd_closep) int desk = -1;
	char data[PATH_MAX];
	int r;

	if (key_read(str_c(run->rest[0]), str_c(run->rest[1]), &blob) != 0)
		return 0;
	if (data_find(run, data) != 0)
		return EXIT_CONF;
	r = desk_connect(data, &desk);
	/* The address is known to the forced command only. */
	if (r == 0)
		r = desk_hello(desk, STR("127.0.0.1"));
	if (r == 0)
		r = desk_key(desk, DESK_OFFER, buf_str(&blob));
	if (r == OUT_DENIED)
		return 0;
	return r == 0 ? line_print(run, data)
		      : serve_complain(EXIT_FAILURE,
				       "no server answers at the desk");
}

/* --- serv --- */

/* The first word of SSH_CONNECTION: the client's address. */
static struct str
peer(void)
{
	const char *text = getenv("SSH_CONNECTION");
	struct str rest = str_c(text != NULL ? text : ""), addr = STR_NONE;

	return rest.n > 0 && str_next(&rest, ' ', &addr) ? addr : STR_NONE;
}

/* As git's own server would say it, for git; for people beside it. */
static int
refuse(struct str text)
{
	CLEAN(buf_clear) struct buf b = BUF_INIT;

	pktline_err(&b, text);
	if (buf_err(&b) == 0)
		(void)!write(STDOUT_FILENO, b.p, b.n);
	return EXIT_REFUSED;
}

static int
lost(int r)
{
	(void)r;
	return serve_complain(EXIT_LOST, "the server does not answer");
}

static int
ended(int desk, struct buf *packet)
{
	struct desk_msg msg;
	uint64_t status;
	int r = desk_hear(desk, packet, &msg);

	if (r != 0 || msg.word != DESK_ENDED || msg.n_parts != 2 ||
	    str_u64(msg.part[1], 255, &status) != 0)
		return EXIT_LOST;
	return (int)status;
}

static int
program_run(int desk, const struct gitcmd *cmd)
{
	static const int fds[] = {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO};
	CLEAN(buf_clear) struct buf packet = BUF_INIT_MAX(DESK_PACKET_MAX + 1);
	const char *protocol = getenv("GIT_PROTOCOL");
	struct desk_msg msg = {.word = DESK_RUN,
			       .number = CHANNEL,
			       .n_parts = 4,
			       .part = {str_c(git_service_name(cmd->service)),
					str_c(cmd->account), str_c(cmd->repo),
					STR("")}};
	int r;

	if (protocol != NULL && gitcmd_is_protocol(str_c(protocol)))
		msg.part[3] = str_c(protocol);
	r = desk_say(desk, &msg, fds, nitems(fds));
	if (r == 0)
		r = desk_hear(desk, &packet, &msg);
	if (r == 0 && msg.word == DESK_REFUSED && msg.n_parts == 1)
		return refuse(msg.part[0]);
	if (r != 0 || msg.word != DESK_STARTED)
		return lost(r);
	/* Its ends are the program's alone from now on. */
	(void)close(STDIN_FILENO);
	(void)close(STDOUT_FILENO);
	return ended(desk, &packet);
}

static int
greet(int desk)
{
	CLEAN(buf_clear) struct buf packet = BUF_INIT_MAX(DESK_PACKET_MAX + 1);
	struct desk_msg msg = {.word = DESK_GREET};
	int r = desk_say(desk, &msg, NULL, 0);

	if (r == 0)
		r = desk_hear(desk, &packet, &msg);
	if (r != 0 || msg.word != DESK_TEXT || msg.n_parts != 1)
		return lost(r);
	(void)fwrite(msg.part[0].p, 1, msg.part[0].n, stdout);
	return msg.number > 255 ? EXIT_FAILURE : (int)msg.number;
}

static int
asked_do(int desk)
{
	const char *asked = getenv("SSH_ORIGINAL_COMMAND");
	struct gitcmd cmd = {.service = GIT_UPLOAD_PACK};
	int r;

	if (asked == NULL)
		return greet(desk);
	r = gitcmd_parse(str_c(asked), &cmd);
	if (r == OUT_ABSENT || r == OUT_MALFORMED) {
		/* What cannot exist is refused as what does not, by the desk.
		 */
		cmd = (struct gitcmd){.service = GIT_UPLOAD_PACK};
	} else if (r != 0) {
		fputs("This server runs git commands only (clone, fetch, pull, "
		      "push and archive).\nThere is no shell.\n",
		      stderr);
		return EXIT_REFUSED;
	}
	return program_run(desk, &cmd);
}

int
command_serv(const struct run *run)
{
	CLEAN(buf_clear) struct buf blob = BUF_INIT_MAX(SSHKEY_BLOB_MAX + 1);
	CLEAN(fd_closep) int desk = -1;
	char data[PATH_MAX];
	struct str addr = peer();
	int r;

	if (addr.n == 0)
		return serve_complain(EXIT_USAGE, "this is for sshd to run (no "
						  "SSH_CONNECTION)");
	if (key_read(STR_NONE, str_c(run->rest[0]), &blob) != 0)
		return serve_complain(EXIT_USAGE, "the operand is no key");
	if (data_find(run, data) != 0)
		return EXIT_CONF;
	r = desk_connect(data, &desk);
	if (r == 0)
		r = desk_hello(desk, addr);
	if (r == 0)
		r = desk_key(desk, DESK_PROVE, buf_str(&blob));
	if (r == OUT_DENIED)
		return serve_complain(EXIT_REFUSED,
				      "this key opens nothing here any more");
	return r == 0 ? asked_do(desk) : lost(r);
}
