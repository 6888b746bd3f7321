/* What people see: tables, pairs, JSON. Text from the server is never passed
 * to the terminal raw: control bytes could steer it. */
#include "cli/cli.h"

#include "base/enc.h"
#include "base/i18n.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define GAP	   "   "
#define PAIR_WIDTH 19

/* The next character of s, or "?" for what is none that is seen: also the
 * control characters beyond ASCII, which steer terminals as well, and those
 * that turn what follows around. */
static struct str
next_seen(struct str s, size_t *i)
{
	size_t from = *i;
	struct str one;

	if (str_utf8(s, i) == UINT32_MAX)
		*i = from + 1;
	one = str_sub(s, from, *i - from);
	return str_is_text(one) ? one : STR("?");
}

void
print_lines(FILE *out, struct str s)
{
	for (size_t i = 0; i < s.n;) {
		if (s.p[i] == '\n') {
			(void)fputc(s.p[i++], out);
		} else {
			struct str one = next_seen(s, &i);

			(void)fwrite(one.p, 1, one.n, out);
		}
	}
}

void
print_text(struct str s)
{
	for (size_t i = 0; i < s.n;) {
		struct str one = next_seen(s, &i);

		(void)fwrite(one.p, 1, one.n, stdout);
	}
}

void
print_step(const struct cli *cli, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)vfprintf(cli->json ? stderr : stdout, fmt, ap);
	va_end(ap);
}

void
print_pair(const char *name, struct str value)
{
	size_t width = i18n_width(name, strlen(name));

	printf("%s%*s", name,
	       width < PAIR_WIDTH ? (int)(PAIR_WIDTH - width) : 1, "");
	print_text(value);
	(void)putchar('\n');
}

void
table_add(struct table *t, struct str cell)
{
	for (size_t i = 0; i < cell.n;)
		(void)buf_addstr(&t->cells, next_seen(cell, &i));
	(void)buf_addc(&t->cells, '\0');
	t->n_cells++;
}

static size_t
width_of(const char *s)
{
	return i18n_width(s, strlen(s));
}

static const char *
title_of(const struct table *t, size_t column)
{
	return _(t->columns[column].title);
}

#define HIDDEN SIZE_MAX

static void
cell_print(const struct table *t, size_t column, const char *s, size_t width)
{
	size_t pad = width > width_of(s) ? width - width_of(s) : 0;
	bool last = column + 1 == t->n_columns;

	if (width == HIDDEN)
		pad = 0;
	else if (t->columns[column].right)
		printf("%*s%s", (int)pad, "", s);
	else if (last)
		printf("%s", s);
	else
		printf("%s%*s", s, (int)pad, "");
	printf("%s", last ? "\n" : width == HIDDEN ? "" : GAP);
}

static void
table_widths(const struct table *t, size_t *width)
{
	const char *cell = t->cells.p;

	for (size_t c = 0; c < t->n_columns; c++)
		width[c] = width_of(title_of(t, c));
	for (size_t i = 0; i < t->n_cells; i++) {
		size_t w = width_of(cell), c = i % t->n_columns;

		width[c] = w > width[c] ? w : width[c];
		cell += strlen(cell) + 1;
	}
}

/* Columns of the terminal that we print to; 0: it is none. */
static size_t
terminal_width(void)
{
	struct winsize size;

	if (!isatty(STDOUT_FILENO) ||
	    ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0)
		return 0;
	return size.ws_col;
}

static bool
is_too_wide(const struct table *t, const size_t *width)
{
	size_t sum = 0, shown = 0, room = terminal_width();

	for (size_t c = 0; c < t->n_columns; c++) {
		if (width[c] == HIDDEN)
			continue;
		sum += width[c] + (shown > 0 ? strlen(GAP) : 0);
		shown++;
	}
	return room > 0 && sum > room;
}

/* What says nothing in any row is the first to go. */
static void
empty_hide(const struct table *t, size_t *width)
{
	bool filled[TABLE_COLUMNS_MAX] = {false};
	const char *cell = t->cells.p;

	for (size_t i = 0; i < t->n_cells; i++) {
		filled[i % t->n_columns] |= *cell != '\0';
		cell += strlen(cell) + 1;
	}
	for (size_t c = 0; c < t->n_columns; c++)
		if (!filled[c])
			width[c] = HIDDEN;
}

/* A terminal would break the lines anywhere: each row in lines of its own. */
static void
rows_print(const struct table *t)
{
	const char *cell = t->cells.p;

	for (size_t i = 0; i < t->n_cells; i++) {
		if (i > 0 && i % t->n_columns == 0)
			(void)putchar('\n');
		if (*cell != '\0')
			print_pair(title_of(t, i % t->n_columns), str_c(cell));
		cell += strlen(cell) + 1;
	}
}

static void
grid_print(const struct table *t, const size_t *width)
{
	const char *cell = t->cells.p;

	for (size_t c = 0; c < t->n_columns; c++)
		cell_print(t, c, width[c] == HIDDEN ? "" : title_of(t, c),
			   width[c]);
	for (size_t i = 0; i < t->n_cells; i++) {
		cell_print(t, i % t->n_columns, cell, width[i % t->n_columns]);
		cell += strlen(cell) + 1;
	}
}

void
table_print(struct table *t)
{
	size_t width[TABLE_COLUMNS_MAX];

	table_widths(t, width);
	if (t->n_cells > 0 && is_too_wide(t, width))
		empty_hide(t, width);
	if (t->n_cells > 0 && is_too_wide(t, width))
		rows_print(t);
	else
		grid_print(t, width);
	buf_clear(&t->cells);
	t->n_cells = 0;
}

/* Indent compact JSON; strings are copied as they are, they are escaped. */
static void
json_indent(struct str text)
{
	int depth = 0;
	bool quoted = false;

	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];
		char next = i + 1 < text.n ? text.p[i + 1] : '\0';

		if (quoted || c == '"') {
			(void)putchar(c);
			if (c == '\\' && quoted)
				(void)putchar(text.p[++i]);
			else if (c == '"')
				quoted = !quoted;
			continue;
		}
		if (c == '}' || c == ']')
			printf("\n%*s", 2 * --depth, "");
		(void)putchar(c);
		if ((c == '{' && next == '}') || (c == '[' && next == ']'))
			(void)putchar(text.p[++i]);
		else if (c == '{' || c == '[')
			printf("\n%*s", 2 * ++depth, "");
		else if (c == ',')
			printf("\n%*s", 2 * depth, "");
		else if (c == ':')
			(void)putchar(' ');
	}
	(void)putchar('\n');
}

/* One pair for each value, and for what is inside of one: "ssh.up". */
static void
values_show(const struct json *j, struct str above)
{
	const struct json *value;
	struct str name, text;
	void *iter = NULL;

	while (json_each(j, &iter, &name, &value)) {
		CLEAN(buf_clear) struct buf other = BUF_INIT;
		CLEAN(buf_clear) struct buf label = BUF_INIT;

		(void)buf_addf(&label, "%.*s%s%.*s", STR_ARG(above),
			       above.n > 0 ? "." : "", STR_ARG(name));
		if (above.n == 0 && json_kind(value) == JSON_OBJECT) {
			values_show(value, name);
			continue;
		}
		if (!json_str(value, &text)) {
			(void)json_write(&other, value);
			text = buf_str(&other);
		}
		print_pair(label.p, text);
	}
}

void
print_values(const struct json *j)
{
	values_show(j, STR_NONE);
}

void
print_json(const struct json *j)
{
	CLEAN(buf_clear) struct buf text = BUF_INIT;

	if (json_write(&text, j) == 0)
		json_indent(buf_str(&text));
}

struct str
time_text(int64_t ms, char ret[32])
{
	enc_time(ms, ret);
	return str_c(ret);
}

void
size_text(int64_t bytes, char ret[32])
{
	static const char *const units[] = {"B", "kB", "MB", "GB", "TB"};
	double n = (double)bytes;
	size_t u = 0;

	while (n >= 1000 && u + 1 < nitems(units)) {
		n /= 1000;
		u++;
	}
	(void)snprintf(ret, 32, n < 10 && u > 0 ? "%.1f %s" : "%.0f %s", n,
		       units[u]);
}
