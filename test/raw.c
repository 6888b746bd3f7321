/*
 * raw [-t MS] [-d MS] [-h] HOST:PORT: bytes on a socket that no client would
 * send. Standard input goes out as it is (with -d one byte every MS, with -h
 * the sending side is closed afterwards); what comes back is printed until the
 * other side closes, or until nothing came for -t (2000) ms.
 *
 * Exit status: 0 the other side closed, 1 it left the connection open, 2 wrong
 * usage, 3 no connection.
 */
#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int
connect_to(char *where)
{
	struct addrinfo *found, want = {.ai_socktype = SOCK_STREAM};
	char *colon = strrchr(where, ':');
	int fd;

	if (colon == NULL)
		return -1;
	*colon = '\0';
	if (getaddrinfo(where, colon + 1, &want, &found) != 0)
		return -1;
	fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && connect(fd, found->ai_addr, found->ai_addrlen) != 0) {
		close(fd);
		fd = -1;
	}
	freeaddrinfo(found);
	return fd;
}

/* Print what is there; false when the other side has closed. */
static bool
drain(int fd)
{
	char reply[65536];
	ssize_t n = recv(fd, reply, sizeof(reply), MSG_DONTWAIT);

	if (n < 0)
		return errno == EAGAIN || errno == EINTR;
	(void)fwrite(reply, 1, (size_t)n, stdout);
	return n > 0;
}

/* Wait for the time to send, or for something to print. */
static bool
pause_for(int fd, int ms)
{
	struct pollfd wait = {.fd = fd, .events = POLLIN};

	if (poll(&wait, 1, ms) > 0)
		return drain(fd);
	return true;
}

static bool
send_all(int fd, const char *p, size_t n)
{
	while (n > 0) {
		ssize_t sent = send(fd, p, n, MSG_DONTWAIT | MSG_NOSIGNAL);

		if (sent > 0) {
			p += sent;
			n -= (size_t)sent;
		} else if (errno == EAGAIN) {
			struct pollfd wait = {.fd = fd,
					      .events = POLLIN | POLLOUT};

			(void)poll(&wait, 1, 1000);
			if ((wait.revents & POLLIN) != 0 && !drain(fd))
				return false;
		} else {
			return false;
		}
	}
	return true;
}

static bool
send_slowly(int fd, const char *p, size_t n, int delay)
{
	for (size_t i = 0; i < n; i++)
		if (!pause_for(fd, delay) || !send_all(fd, p + i, 1))
			return false;
	return true;
}

static bool
send_input(int fd, int delay)
{
	char text[65536];
	size_t n;
	bool open = true;

	while (open && (n = fread(text, 1, sizeof(text), stdin)) > 0)
		open = delay > 0 ? send_slowly(fd, text, n, delay)
				 : send_all(fd, text, n);
	return open;
}

int
main(int argc, char **argv)
{
	int option, fd, quiet = 2000, delay = 0;
	bool half = false, open;

	while ((option = getopt(argc, argv, "+t:d:h")) != -1) {
		if (option == 't')
			quiet = (int)strtol(optarg, NULL, 10);
		else if (option == 'd')
			delay = (int)strtol(optarg, NULL, 10);
		else if (option == 'h')
			half = true;
		else
			return 2;
	}
	if (argc - optind != 1)
		return 2;
	fd = connect_to(argv[optind]);
	if (fd < 0)
		return 3;
	open = send_input(fd, delay);
	if (half)
		(void)shutdown(fd, SHUT_WR);
	while (open) {
		struct pollfd wait = {.fd = fd, .events = POLLIN};

		if (poll(&wait, 1, quiet) <= 0)
			break;
		open = drain(fd);
	}
	/* What was still on its way when sending failed. */
	while (!open && drain(fd))
		;
	close(fd);
	return open ? 1 : 0;
}
