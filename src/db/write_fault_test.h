/* A disk that takes nothing: for tests of one program each. */
#ifndef DB_WRITE_FAULT_TEST_H
#define DB_WRITE_FAULT_TEST_H

#include "base/test.h"

#include <errno.h>
#include <sqlite3.h>
#include <unistd.h>

static _Atomic int write_error;

/* The engine's pwrite comes through here. */
static ssize_t
write_hook(int fd, const void *p, size_t n, off64_t at)
{
	if (write_error == 0)
		return pwrite64(fd, p, n, at);
	errno = write_error;
	return -1;
}

static void
hooks_set(void)
{
	sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);
	sqlite3_syscall_ptr hook = (sqlite3_syscall_ptr)write_hook;

	ok(vfs->xSetSystemCall(vfs, "pwrite", hook) == SQLITE_OK &&
	       vfs->xSetSystemCall(vfs, "pwrite64", hook) == SQLITE_OK,
	   "faults can be made");
}

#endif
