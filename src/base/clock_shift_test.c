/* The moving clock of the tests, against the real one. */
#include "base/clock.h"

#include "base/test.h"

#include <string.h>
#include <time.h>
#include <unistd.h>

static int64_t
ahead(void)
{
	int64_t seconds = (int64_t)time(NULL);

	/* To the nearest minute, since the real clock goes on meanwhile; a day
	 * is added so that the division rounds negative shifts alike. */
	return (clock_now() - seconds * 1000 + DAY_MS + 30000) / 60000 - 1440;
}

static void
put(int fd, const char *text)
{
	if (pwrite(fd, text, strlen(text), 0) < 0 ||
	    ftruncate(fd, (off_t)strlen(text)) != 0)
		abort();
}

int
main(void)
{
	char path[] = "/tmp/clock_shift_XXXXXX";
	int64_t mono = clock_mono();
	int fd;

	fd = mkstemp(path);
	if (fd < 0 || setenv("LATCHKEY_TEST_CLOCK", path, 1) != 0)
		return 99;
	is_int(ahead(), 0, "the real time, with an empty file");
	clock_test_shift(10 * MINUTE_MS);
	is_int(ahead(), 10, "ten minutes on");
	clock_test_shift(-10 * MINUTE_MS);
	is_int(ahead(), 0, "and back");
	ok(clock_mono() - mono < MINUTE_MS, "the other clock stays");

	put(fd, "7200000\n");
	is_int(ahead(), 120, "the file is followed");
	put(fd, "-7200000");
	is_int(ahead(), -120, "backwards too");
	put(fd, "12x");
	is_int(ahead(), -120, "nonsense changes nothing");
	(void)close(fd);
	(void)unlink(path);
	is_int(ahead(), -120, "nor does a missing file");
	return done_testing();
}
