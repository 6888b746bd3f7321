/* The file of --config: reading it, cutting it into settings, and printing one
 * that would be read to the same effect. */
#include "server/conf.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static size_t
key_find(struct str name)
{
	size_t i = 0;

	while (i < CONF_KEYS && !str_eq(str_c(conf_rows[i].key), name))
		i++;
	return i;
}

static bool
key_is_many(size_t key)
{
	return conf_rows[key].kind == CONF_ADDR ||
	       conf_rows[key].kind == CONF_REGION;
}

static int
given_add(struct conf *conf, size_t key, char *text, int line,
	  struct note *note)
{
	struct conf_given *given = &conf->given[key];

	if (given->count > 0 && !key_is_many(key))
		return note_set(note, OUT_MALFORMED,
				"%s:%d: %s was given already in line %d",
				conf->file, line, conf_rows[key].key,
				given->line[0]);
	if (given->count == OPT_VALUES_MAX)
		return note_set(note, OUT_MALFORMED,
				"%s:%d: %s more than %d times", conf->file,
				line, conf_rows[key].key, OPT_VALUES_MAX);
	given->text[given->count] = text;
	given->line[given->count++] = line;
	return 0;
}

/* text[0..n) is one line without its end; it may be written to. */
static int
line_take(struct conf *conf, char *text, size_t n, int line, struct note *note)
{
	struct str whole = str_trim((struct str){text, n}), name, value;
	size_t key;

	if (n > CONF_LINE_MAX)
		return note_set(note, OUT_MALFORMED,
				"%s:%d: longer than %d bytes", conf->file, line,
				CONF_LINE_MAX);
	if (!str_is_text((struct str){text, n}))
		return note_set(note, OUT_MALFORMED,
				"%s:%d: has a control character (a tab or a "
				"carriage return?) or is not UTF-8",
				conf->file, line);
	if (whole.n == 0 || whole.p[0] == '#')
		return 0;
	if (!str_cut(whole, '=', &name, &value))
		return note_set(note, OUT_MALFORMED,
				"%s:%d: not of the form \"key = value\"",
				conf->file, line);
	name = str_trim(name);
	value = str_trim(value);
	key = key_find(name);
	if (key == CONF_KEYS)
		return note_set(note, OUT_MALFORMED, "%s:%d: unknown key %.*s",
				conf->file, line,
				STR_ARG(str_sub(name, 0, 40)));
	text[(size_t)(value.p - text) + value.n] = '\0';
	return given_add(conf, key, text + (value.p - text), line, note);
}

/* text has a byte to spare at its end, for the last NUL. */
int
conf_parse(struct conf *conf, char *text, size_t n, struct note *note)
{
	int line = 1, r = 0;

	if (str_starts((struct str){text, n}, STR("\xef\xbb\xbf")))
		return note_set(note, OUT_MALFORMED,
				"%s:1: begins with a byte order mark",
				conf->file);
	for (size_t at = 0; r == 0 && at < n; line++) {
		char *end = memchr(text + at, '\n', n - at);
		size_t len = end != NULL ? (size_t)(end - text) - at : n - at;

		r = line_take(conf, text + at, len, line, note);
		at += len + 1;
	}
	return r;
}

static int
file_read(const char *path, int fd, char **ret, size_t *ret_n,
	  struct note *note)
{
	size_t n = 0;
	ssize_t got;
	struct stat st;
	char *text;

	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		return note_set(note, OUT_MALFORMED, "%s: not a regular file",
				path);
	if (st.st_size > (off_t)CONF_FILE_MAX)
		return note_set(note, OUT_MALFORMED,
				"%s: larger than %zu bytes", path,
				CONF_FILE_MAX);
	text = calloc(1, CONF_FILE_MAX + 1);
	if (text == NULL)
		return note_set(note, OUT_MALFORMED, "%s: no memory", path);
	do {
		got = read(fd, text + n, CONF_FILE_MAX - n);
		n += got > 0 ? (size_t)got : 0;
	} while (got > 0);
	if (got < 0) {
		free(text);
		return note_set(note, OUT_MALFORMED, "%s: %s", path,
				strerror(errno));
	}
	*ret = text;
	*ret_n = n;
	return 0;
}

int
conf_file(struct conf *conf, const char *path, struct note *note)
{
	/* Not blocking: opening a FIFO must not wait for its other end. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	size_t n = 0;
	int r;

	conf->file = path;
	if (fd < 0)
		return note_set(note, OUT_MALFORMED, "%s: %s", path,
				strerror(errno));
	r = file_read(path, fd, &conf->text, &n, note);
	(void)close(fd);
	return r != 0 ? r : conf_parse(conf, conf->text, n, note);
}

void
conf_print(FILE *out, const struct conf *conf)
{
	for (size_t i = 0; i < CONF_KEYS; i++) {
		const struct conf_row *row = &conf_rows[i];
		const struct conf_given *given = &conf->given[i];

		fprintf(out, "# %s\n", row->text);
		for (size_t k = 0; k < given->count; k++)
			fprintf(out, "%s = %s\n", row->key, given->text[k]);
		if (given->count > 0)
			continue;
		if (i == CONF_KEY_data)
			fprintf(out, "data = %s\n", conf->data);
		else if (row->preset != NULL)
			fprintf(out, "%s = %s\n", row->key, row->preset);
		else if (i == CONF_KEY_region)
			fprintf(out, "region = %s\n", conf->regions[0].name);
		else
			fprintf(out, "#%s = %s\n", row->key, row->arg);
	}
}
