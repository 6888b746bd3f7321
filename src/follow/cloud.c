#include "follow/cloud.h"

#include "base/buf.h"
#include "follow/disk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ID_FILE	 "/var/lib/cloud/data/instance-id"
#define SEEDS	 "/var/lib/cloud/seed"
#define SEED	 SEEDS "/nocloud-net"
#define FILE_MAX (64 * KIB)

/* The last word counts, as cloud-init has it. */
bool
cloud_line_has_id(struct str cmdline)
{
	struct str word, line = STR_NONE, item;

	for (size_t i = 0; i <= cmdline.n; i++) {
		size_t from = i;

		while (i < cmdline.n && strchr(" \t\n", cmdline.p[i]) == NULL)
			i++;
		word = str_sub(cmdline, from, i - from);
		if (str_starts(word, STR("ds=nocloud")))
			line = word;
	}
	while (line.n > 0 && str_next(&line, ';', &item))
		if ((str_starts(item, STR("i=")) && item.n > 2) ||
		    str_starts(item, STR("instance-id=")))
			return true;
	return false;
}

static bool
is_instance(const char *id)
{
	CLEAN(buf_clear) struct buf text = BUF_INIT;
	struct str s;

	if (disk_read(ID_FILE, FILE_MAX, &text, NULL) != 0)
		return false;
	s = buf_str(&text);
	if (str_ends(s, STR("\n")))
		s.n--;
	return s.n > 0 && str_eq(s, str_c(id));
}

static bool
line_says(void)
{
	CLEAN(buf_clear) struct buf text = BUF_INIT;

	return disk_read("/proc/cmdline", FILE_MAX, &text, NULL) == 0 &&
	       cloud_line_has_id(buf_str(&text));
}

static int
folder_make(const char *path, struct note *note)
{
	if ((mkdir(path, 0755) != 0 && errno != EEXIST) ||
	    disk_sync_dir(path) != 0)
		return note_set(note, OUT_DENIED, "cannot make %s: %s", path,
				strerror(errno));
	return 0;
}

/* Only meta-data: that is all cloud-init looks at to know the machine again.
 * With user-data beside it the folder would be a whole seed, whose id would win
 * over that of another seed after "cloud-init clean", on a copy of this disk.
 */
int
cloud_settle(const char *id, bool *ret, struct note *note)
{
	CLEAN(buf_clear) struct buf text = BUF_INIT;
	const struct disk_as as = {.uid = 0, .gid = 0, .mode = 0644};
	int r;

	*ret = false;
	if (!is_instance(id) || line_says() ||
	    access(SEEDS "/nocloud/meta-data", F_OK) == 0 ||
	    access(SEED "/meta-data", F_OK) == 0)
		return 0;
	(void)buf_addf(&text, "instance-id: \"%s\"\n", id);
	r = folder_make(SEEDS, note);
	if (r == 0)
		r = folder_make(SEED, note);
	if (r == 0)
		r = disk_replace(SEED "/meta-data", buf_str(&text), &as, note);
	*ret = r == 0;
	return r;
}
