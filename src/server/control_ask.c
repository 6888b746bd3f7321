#include "server/control.h"

#include "server/control_path.h"

#include "base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>

void
control_addr(int dir, struct sockaddr_un *ret)
{
	*ret = (struct sockaddr_un){.sun_family = AF_UNIX};
	(void)snprintf(ret->sun_path, sizeof(ret->sun_path),
		       "/proc/self/fd/%d/" CONTROL_NAME, dir);
}

/* A socket whose server was killed refuses; one of a server that has not got so
 * far is not there. */
static int
connected(const char *data_dir, int *ret)
{
	CLEAN(fd_closep)
	int dir = open(data_dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	CLEAN(fd_closep) int fd = -1;
	struct sockaddr_un addr;

	if (dir < 0)
		return errno == ENOENT ? OUT_ABSENT : FAIL(-errno);
	control_addr(dir, &addr);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return FAIL(-errno);
	if (connect(fd, (struct sockaddr *)&addr, sizeof(addr)) != 0)
		return errno == ENOENT || errno == ECONNREFUSED ? OUT_ABSENT
								: FAIL(-errno);
	*ret = fd;
	fd = -1;
	return 0;
}

static void
file_closep(FILE **f)
{
	if (*f != NULL)
		(void)fclose(*f);
}

static void
line_freep(char **line)
{
	free(*line);
}

static int
copy_lines(FILE *in, FILE *out, struct note *note)
{
	CLEAN(line_freep) char *line = NULL;
	size_t room = 0;
	ssize_t n;

	while ((n = getline(&line, &room, in)) > 0) {
		if (line[n - 1] == '\n')
			line[n - 1] = '\0';
		if (strcmp(line, ".") == 0)
			return 0;
		if (line[0] == '.')
			return note_set(note, OUT_CONFLICT, "%s",
					line + (line[1] == ' ' ? 2 : 1));
		if (fprintf(out, "%s\n", line) < 0 || fflush(out) != 0)
			return FAIL(-EIO);
	}
	return note_set(note, OUT_CONFLICT,
			"the server ended before it had answered");
}

int
control_ask(const char *data_dir, const char *line, FILE *out,
	    struct note *note)
{
	CLEAN(file_closep) FILE *in = NULL;
	CLEAN(fd_closep) int fd = -1;
	struct str ask = str_c(line);
	int r = connected(data_dir, &fd);

	if (r != 0)
		return r;
	if (ask.n == 0 || ask.n > CONTROL_LINE_MAX)
		return FAIL(-EINVAL);
	/* What it cannot take any more shows in what it does not answer. */
	(void)!send(fd, ask.p, ask.n, MSG_NOSIGNAL);
	(void)!send(fd, "\n", 1, MSG_NOSIGNAL);
	in = fdopen(fd, "r");
	if (in == NULL)
		return FAIL(-errno);
	fd = -1;
	return copy_lines(in, out, note);
}
