#include "server/keeper_heirloom.h"

#include "base/buf.h"
#include "base/out.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static bool
line_read(struct str line, struct heirloom *ret)
{
	struct str addr, until;
	uint64_t n;

	if (!str_starts(line, STR(HEIRLOOM_WORD)) ||
	    !str_cut(str_sub(line, sizeof(HEIRLOOM_WORD) - 1, SIZE_MAX), ' ',
		     &addr, &until) ||
	    addr.n == 0 || addr.n > HEIRLOOM_ADDR_MAX ||
	    str_u64(until, INT64_MAX, &n) != 0 || n == 0)
		return false;
	for (size_t i = 0; i < addr.n; i++)
		if (addr.p[i] == '\0' ||
		    strchr("0123456789abcdef.:", addr.p[i]) == NULL)
			return false;
	*ret = (struct heirloom){.until = (int64_t)n};
	memcpy(ret->addr, addr.p, addr.n);
	return true;
}

void
heirloom_keep(struct heirlooms *h, struct str line)
{
	struct heirloom one, *place = &h->all[0];

	if (!line_read(line, &one))
		return;
	for (size_t i = 0; i < HEIRLOOM_MAX; i++) {
		if (strcmp(h->all[i].addr, one.addr) == 0) {
			place = &h->all[i];
			break;
		}
		if (h->all[i].until < place->until)
			place = &h->all[i];
	}
	*place = one;
}

static int
all_write(const struct heirlooms *h, int64_t now, struct buf *ret)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < HEIRLOOM_MAX; i++)
		if (h->all[i].until > now)
			r = buf_addf(ret, HEIRLOOM_WORD "%s %lld\n",
				     h->all[i].addr,
				     (long long)h->all[i].until);
	return r;
}

int
heirloom_file(const struct heirlooms *h, int64_t now)
{
	CLEAN(buf_clear) struct buf text = BUF_INIT;
	int fd, r = all_write(h, now, &text);

	if (r != 0)
		return FAIL(-ENOMEM);
	fd = memfd_create("heirlooms", MFD_CLOEXEC);
	if (fd < 0)
		return FAIL(-errno);
	if (text.n > 0 && (write(fd, text.p, text.n) != (ssize_t)text.n ||
			   lseek(fd, 0, SEEK_SET) != 0)) {
		(void)close(fd);
		return FAIL(-EIO);
	}
	return fd;
}
