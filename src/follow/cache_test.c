#include "follow/cache.h"

#include "base/test.h"
#include "follow/disk.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define K1                                                                     \
	"ssh-ed25519 "                                                         \
	"AAAAC3NzaC1lZDI1NTE5AAAAICxRZQBETP+nSYJnSFO+cPfgMdNSqNC2flA8iJN0/OhI"
#define K2                                                                     \
	"ssh-ed25519 "                                                         \
	"AAAAC3NzaC1lZDI1NTE5AAAAINHUsy9CC6iemKmKBcDRIGLWBtW1Zrvw3OGx/ovBxG1F"
#define URL  "https://keys.example"
#define HOUR INT64_C(3600)
#define NOW  INT64_C(1700000000000)

static char dir[] = "/tmp/latchkey-cache-XXXXXX";
static char path[64];
static struct note note;

static struct answer *
answer_of(const char *lines)
{
	static struct answer a = ANSWER_INIT;

	if (answer_lines(str_c(lines), &a, &note) != 0)
		printf("Bail out! %s\n", note.text);
	return &a;
}

static int
store(const char *lines, const struct cache *old, int64_t now)
{
	return cache_store(path, URL, answer_of(lines), old, now, &note);
}

static ino_t
inode(void)
{
	struct stat st;

	return stat(path, &st) == 0 ? st.st_ino : 0;
}

static void
test_store(void)
{
	CLEAN(cache_clear) struct cache c = CACHE_INIT;
	struct stat st;
	ino_t first;

	is_int(cache_load(path, URL, &c), OUT_ABSENT, "nothing yet");
	is_int(store("# server abc web-1\n" K1 " x\n", NULL, NOW), 0, "kept");
	ok(stat(path, &st) == 0 && (st.st_mode & 07777) == 0600, "  for us");
	is_int(cache_load(path, URL, &c), 0, "  and found");
	is_str(buf_str(&c.answer.lines), STR(K1 " x\n"), "  the same");
	is_str(str_c(c.answer.name), STR("web-1"), "  and the name");
	is_int(c.kept_at, NOW, "  of that time");
	first = inode();
	is_int(store("# server abc web-1\n" K1 " x\n", &c, NOW + 7), 0,
	       "the same again");
	ok(inode() == first, "  only changes the time");
	is_int(cache_load(path, URL, &c), 0, "  which is read");
	is_int(c.kept_at, NOW + 7, "  in its place");
	is_int(store("# server abc web-1\n" K2 "\n", &c, NOW + 8), 0,
	       "another key");
	ok(inode() != first, "  is another file");
	is_int(cache_load(path, "https://other.example", &c), OUT_MISMATCH,
	       "of another place it is worth nothing");
	is_int(cache_load(path, URL "/", &c), OUT_MISMATCH, "  whatever");
	/* Ended before the time was written: nobody knows what is on disk. */
	c.kept_at = 0;
	first = inode();
	is_int(store("# server abc web-1\n" K2 "\n", &c, NOW + 9), 0,
	       "without a time");
	ok(inode() != first, "  it is written anew");
	is_int(cache_drop(path), 0, "dropped");
	is_int(cache_load(path, URL, &c), OUT_ABSENT, "  it is gone");
	is_int(cache_drop(path), 0, "  twice, too");
	is_int(store("", NULL, -5), 0, "no keys, at a strange time");
	is_int(cache_load(path, URL, &c), 0, "  is kept as well");
	is_int(c.kept_at, 1, "  as very old");
}

static void
test_age(void)
{
	static const struct {
		int64_t age_ms, max_s;
		bool good;
	} rows[] = {
	    {0, HOUR, true},
	    {HOUR * 1000, HOUR, true},
	    {HOUR * 1000 + 1, HOUR, false},
	    {1000, 1, true},
	    {1001, 1, false},
	    {-60000, HOUR, true},
	    {-60001, HOUR, false},
	    {-365 * 24 * HOUR * 1000, HOUR, false},
	};
	struct cache c = {.kept_at = NOW};

	for (size_t i = 0; i < nitems(rows); i++)
		ok(cache_is_good(&c, NOW + rows[i].age_ms, rows[i].max_s) ==
		       rows[i].good,
		   "%lld ms old %s", (long long)rows[i].age_ms,
		   rows[i].good ? "counts" : "is too old");
}

static void
test_torn(void)
{
	CLEAN(buf_clear) struct buf text = BUF_INIT;
	CLEAN(cache_clear) struct cache c = CACHE_INIT;
	int wrong = 0;

	is_int(store(K1 "\n" K2 "\n", NULL, NOW), 0, "two keys");
	is_int(disk_read(path, CACHE_FILE_MAX, &text, &note), 0, "as text");
	is_int(cache_parse(buf_str(&text), URL, &c), 0, "  is whole");
	/* It never gives what was not written. */
	for (size_t i = 0; i < text.n; i++)
		if (cache_parse((struct str){text.p, i}, URL, &c) == 0 &&
		    !answer_within(&c.answer, answer_of(K1 "\n" K2 "\n")))
			wrong++;
	is_int(wrong, 0, "cut anywhere it gives no other key");
	for (size_t i = 0; i < text.n; i++) {
		text.p[i] = (char)(text.p[i] ^ 0x80);
		wrong += cache_parse(buf_str(&text), URL, &c) == 0;
		text.p[i] = (char)(text.p[i] ^ 0x80);
	}
	is_int(wrong, 0, "no damaged byte goes unseen");
}

static void
test_no_room(void)
{
	char below[128];

	(void)snprintf(below, sizeof(below), "%s/none/x", dir);
	is_int(cache_store(below, URL, answer_of(K1 "\n"), NULL, NOW, &note),
	       OUT_DENIED, "no folder");
	ok(note.text[0] != '\0', "  is said");
	(void)unlink(path);
	ok(mkdir(path, 0700) == 0, "a folder in its place");
	is_int(store(K1 "\n", NULL, NOW), OUT_DENIED, "  is not replaced");
	ok(cache_drop(path) < 0, "  nor removed");
	(void)rmdir(path);
	ok(symlink("/etc/passwd", path) == 0, "a link in its place");
	is_int(store(K1 "\n", NULL, NOW), 0, "  is replaced");
	is_int((long long)cache_drop(path), 0, "  and not followed");
}

int
main(void)
{
	if (mkdtemp(dir) == NULL)
		return EXIT_FAILURE;
	(void)snprintf(path, sizeof(path), "%s/keys", dir);
	test_store();
	test_age();
	test_torn();
	test_no_room();
	answer_clear(answer_of(""));
	(void)unlink(path);
	is_int(rmdir(dir), 0, "nothing is left behind");
	return done_testing();
}
