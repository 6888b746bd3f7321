#include "follow/find.h"

#include "base/clock.h"

#include <netdb.h>
#include <stddef.h>
#include <sys/socket.h>

void
find_free(struct addrinfo **list)
{
	if (*list != NULL)
		freeaddrinfo(*list);
	*list = NULL;
}

static int
wrong(struct note *note, const char *host, int e)
{
	return note_set(note, OUT_BUSY, "cannot find %.100s: %s", host,
			gai_strerror(e));
}

/* By name; asked for by a thread of the C library, which is left alone when it
 * is late: what it writes to must then stay. */
static int
find_name(const char *host, const char *port, int64_t deadline,
	  struct addrinfo **ret, struct note *note)
{
	static const struct addrinfo hints = {.ai_socktype = SOCK_STREAM,
					      .ai_flags = AI_ADDRCONFIG};
	static char name[256], service[8];
	static struct gaicb ask;
	struct gaicb *list[1] = {&ask};
	int64_t left;
	int e;

	(void)snprintf(name, sizeof(name), "%s", host);
	(void)snprintf(service, sizeof(service), "%s", port);
	ask = (struct gaicb){
	    .ar_name = name, .ar_service = service, .ar_request = &hints};
	e = getaddrinfo_a(GAI_NOWAIT, list, 1, NULL);
	if (e != 0)
		return wrong(note, host, e);
	while ((e = gai_error(&ask)) == EAI_INPROGRESS) {
		struct timespec t;

		left = deadline - clock_mono();
		if (left <= 0)
			return note_set(note, OUT_BUSY,
					"cannot find %.100s in time", host);
		t.tv_sec = left / SECOND_MS;
		t.tv_nsec = left % SECOND_MS * 1000000;
		(void)gai_suspend((const struct gaicb *const *)list, 1, &t);
	}
	if (e != 0)
		return wrong(note, host, e);
	*ret = ask.ar_result;
	return 0;
}

int
find_host(const char *host, const char *port, int64_t deadline,
	  struct addrinfo **ret, struct note *note)
{
	const struct addrinfo hints = {.ai_socktype = SOCK_STREAM,
				       .ai_flags =
					   AI_NUMERICHOST | AI_NUMERICSERV};

	if (getaddrinfo(host, port, &hints, ret) == 0)
		return 0;
	*ret = NULL;
	return find_name(host, port, deadline, ret, note);
}
