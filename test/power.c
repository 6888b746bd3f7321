/*
 * power FOLDER: the filesystem that the folder lies in loses power. What it has
 * not written yet, its journal included, is lost, and nothing more is written
 * until it is mounted anew (FS_IOC_SHUTDOWN of ext4, XFS and f2fs). For root.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define SHUTDOWN      _IOR('X', 125, uint32_t)
#define WITHOUT_FLUSH 2U

int
main(int argc, char **argv)
{
	uint32_t how = WITHOUT_FLUSH;
	int fd;

	if (argc != 2) {
		(void)fprintf(stderr, "usage: power FOLDER\n");
		return 2;
	}
	fd = open(argv[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || ioctl(fd, SHUTDOWN, &how) != 0) {
		perror(argv[1]);
		return 1;
	}
	(void)close(fd);
	return 0;
}
