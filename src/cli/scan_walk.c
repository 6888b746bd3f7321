/* Secrets of ours in files, and in all that is below a folder. */
#include "cli/scan.h"

#include "base/i18n.h"
#include "base/secret.h"
#include "cli/cli.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void
scan_clear(struct scan *s)
{
	for (size_t i = 0; i < s->n; i++) {
		mem_wipe(s->found[i].value, strlen(s->found[i].value));
		free(s->found[i].value);
		free(s->found[i].path);
	}
	free(s->found);
	*s = (struct scan){0};
}

static int
keep(struct scan *s, const char *path, const struct scan_hit *hit,
     struct note *note)
{
	struct scan_found *grown;

	if (s->n >= SCAN_FOUND_MAX)
		return note_set(note, OUT_TOO_MANY,
				_("more than %d secrets: scan a part of it"),
				SCAN_FOUND_MAX);
	if ((s->n & (s->n - 1)) == 0) {
		grown = reallocarray(s->found, s->n > 0 ? 2 * s->n : 1,
				     sizeof(*grown));
		if (grown == NULL)
			return FAIL(-ENOMEM);
		s->found = grown;
	}
	s->found[s->n] = (struct scan_found){hit->kind, str_dup(hit->value),
					     str_dup(str_c(path)), hit->line};
	if (s->found[s->n].value == NULL || s->found[s->n].path == NULL) {
		free(s->found[s->n].value);
		free(s->found[s->n].path);
		return FAIL(-ENOMEM);
	}
	s->n++;
	return 0;
}

static int
text_scan(struct scan *s, const char *path, struct str text, struct note *note)
{
	struct scan_at at = {0, 1};
	struct scan_hit hit;
	int r = 0;

	s->files++;
	while (r == 0 && scan_next(text, &at, &hit))
		r = keep(s, path, &hit, note);
	return r;
}

static int
file_scan(struct scan *s, const char *path, struct note *note)
{
	CLEAN(buf_clear)
	struct buf text = BUF_INIT_MAX(SCAN_FILE_MAX + 8 * KIB);
	int r = file_read(path, SCAN_FILE_MAX, &text, note);

	return r != 0 ? r : text_scan(s, path, buf_str(&text), note);
}

static void
dir_close(DIR **d)
{
	if (*d != NULL)
		(void)closedir(*d);
}

static int walk(struct scan *, const char *path, int depth, struct note *);

/* Git's own objects are compressed: what is in them cannot be seen here. */
static bool
is_passed_over(const char *folder, const char *name)
{
	struct str s = str_c(folder);

	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0 ||
	       (strcmp(name, "objects") == 0 &&
		(str_ends(s, STR(".git")) || str_ends(s, STR(".git/"))));
}

static int
folder_scan(struct scan *s, const char *path, int depth, struct note *note)
{
	CLEAN(dir_close) DIR *dir = opendir(path);
	const struct dirent *e;
	int r = 0;

	if (dir == NULL || depth >= SCAN_DEPTH_MAX) {
		s->skipped++;
		return 0;
	}
	while (r == 0 && (e = readdir(dir)) != NULL) {
		CLEAN(buf_clear) struct buf below = BUF_INIT;

		if (is_passed_over(path, e->d_name))
			continue;
		(void)buf_addf(&below, "%s%s%s", path,
			       str_ends(str_c(path), STR("/")) ? "" : "/",
			       e->d_name);
		r = buf_err(&below) != 0 ? buf_err(&below)
					 : walk(s, below.p, depth + 1, note);
	}
	return r;
}

/* Below a folder, what cannot be read is counted and passed over. */
static int
walk(struct scan *s, const char *path, int depth, struct note *note)
{
	struct stat st;
	struct note why = {""};
	int r;

	if (lstat(path, &st) != 0) {
		s->skipped++;
		return 0;
	}
	if (S_ISDIR(st.st_mode))
		return folder_scan(s, path, depth, note);
	if (!S_ISREG(st.st_mode))
		return 0;
	r = file_scan(s, path, &why);
	if (r < 0 || r == OUT_TOO_MANY)
		return note_set(note, r, "%s", why.text);
	s->skipped += r != 0;
	return 0;
}

int
scan_path(struct scan *s, const char *path, struct note *note)
{
	struct stat st;

	if (strcmp(path, "-") == 0)
		return file_scan(s, path, note);
	if (stat(path, &st) != 0)
		return note_set(note, OUT_ABSENT, _("cannot read %s: %s"), path,
				strerror(errno));
	return S_ISDIR(st.st_mode) ? folder_scan(s, path, 0, note)
				   : file_scan(s, path, note);
}
