#include "base/opt.h"

#include "base/i18n.h"

#include <string.h>

struct parser {
	const struct opt *opts;
	size_t n;
	struct opt_value *values;
	struct note *note;
};

static size_t
find_long(const struct parser *p, struct str name)
{
	size_t i = 0;

	while (i < p->n && !str_eq(str_c(p->opts[i].name), name))
		i++;
	return i;
}

static size_t
find_letter(const struct parser *p, char letter)
{
	size_t i = 0;

	while (i < p->n && p->opts[i].letter != letter)
		i++;
	return i;
}

static int
store(struct parser *p, size_t i, const char *text)
{
	const struct opt *o = &p->opts[i];
	struct opt_value *v = &p->values[i];

	if (v->given && o->kind != OPT_MANY)
		return note_set(p->note, OUT_MALFORMED,
				_("option --%s was given twice"), o->name);
	if (o->kind == OPT_MANY && v->count == OPT_VALUES_MAX)
		return note_set(p->note, OUT_MALFORMED,
				_("option --%s was given more than %d times"),
				o->name, OPT_VALUES_MAX);
	if (o->kind == OPT_NUMBER &&
	    str_u64(str_c(text), UINT64_MAX, &v->number) != 0)
		return note_set(p->note, OUT_MALFORMED,
				_("option --%s wants a number, not \"%s\""),
				o->name, text);
	if (o->kind == OPT_MANY)
		v->many[v->count++] = text;
	v->given = true;
	v->text = text;
	return 0;
}

/* value is what followed '=', or NULL; *i moves on when the next argument is
 * the value. */
static int
take(struct parser *p, size_t found, const char *value, int argc, char **argv,
     int *i)
{
	const struct opt *o = &p->opts[found];

	if (o->kind == OPT_FLAG && value != NULL)
		return note_set(p->note, OUT_MALFORMED,
				_("option --%s takes no value"), o->name);
	if (o->kind != OPT_FLAG && value == NULL) {
		if (*i + 1 >= argc)
			return note_set(p->note, OUT_MALFORMED,
					_("option --%s wants a value"),
					o->name);
		value = argv[++*i];
	}
	return store(p, found, value);
}

static int
parse_one(struct parser *p, int argc, char **argv, int *i)
{
	struct str arg = str_c(argv[*i]), name = str_sub(arg, 2, SIZE_MAX);
	const char *value = NULL;
	struct str tail;
	size_t found;

	if (!str_starts(arg, STR("--"))) {
		found = arg.n == 2 ? find_letter(p, arg.p[1]) : p->n;
	} else {
		if (str_cut(name, '=', &name, &tail))
			value = tail.p;
		found = find_long(p, name);
		arg.n = 2 + name.n;
	}
	if (found == p->n)
		return note_set(p->note, OUT_MALFORMED,
				_("unknown option %.*s"), STR_ARG(arg));
	return take(p, found, value, argc, argv, i);
}

int
opt_parse(const struct opt *opts, size_t n, int argc, char **argv,
	  struct opt_value *values, char **rest, int *ret_rest,
	  struct note *note)
{
	struct parser p = {opts, n, values, note};
	bool operands_only = false;
	int count = 0;

	memset(values, 0, n * sizeof(*values));
	for (int i = 0; i < argc; i++) {
		int r = 0;

		if (operands_only || argv[i][0] != '-' || argv[i][1] == '\0')
			rest[count++] = argv[i];
		else if (strcmp(argv[i], "--") == 0)
			operands_only = true;
		else
			r = parse_one(&p, argc, argv, &i);
		if (r != 0)
			return r;
	}
	*ret_rest = count;
	return 0;
}

#define USAGE_COLUMN 30
#define USAGE_WIDTH  80

/* What is left of the line is filled with whole words. */
static void
text_wrap(FILE *out, struct str text)
{
	size_t at = USAGE_COLUMN;
	struct str word;

	while (str_next(&text, ' ', &word)) {
		size_t width = i18n_width(word.p, word.n);

		if (at > USAGE_COLUMN && at + 1 + width > USAGE_WIDTH) {
			fprintf(out, "\n%*s", USAGE_COLUMN, "");
			at = USAGE_COLUMN;
		}
		fprintf(out, "%s%.*s", at > USAGE_COLUMN ? " " : "",
			STR_ARG(word));
		at += width + (at > USAGE_COLUMN ? 1 : 0);
	}
	(void)fputc('\n', out);
}

void
opt_usage(FILE *out, const struct opt *opts, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct opt *o = &opts[i];
		int width;

		if (o->letter != '\0')
			width = fprintf(out, "  -%c, --%s", o->letter, o->name);
		else
			width = fprintf(out, "      --%s", o->name);
		if (o->arg != NULL)
			width += fprintf(out, " %s", o->arg);
		if (width + 2 > USAGE_COLUMN)
			fprintf(out, "\n%*s", USAGE_COLUMN, "");
		else
			fprintf(out, "%*s", USAGE_COLUMN - width, "");
		text_wrap(out, str_c(_(o->text)));
	}
}
