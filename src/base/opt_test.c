#include "base/opt.h"

#include "base/test.h"

static const struct opt opts[] = {
    {"quiet", 'q', OPT_FLAG, NULL, "say less"},
    {"name", 'n', OPT_TEXT, "NAME", "the name"},
    {"count", 0, OPT_NUMBER, "N", "how many"},
    {"tag", 't', OPT_MANY, "TAG", "one of several"},
};

static struct opt_value values[nitems(opts)];
static char *rest[64];
static int rests;
static struct note note;

#define ARGS_MAX 40

/* Arguments separated by '|'. */
static int
parse(const char *line)
{
	static char copy[512];
	char *argv[ARGS_MAX], *next = copy;
	int argc = 0;

	(void)snprintf(copy, sizeof(copy), "%s", line);
	note.text[0] = '\0';
	while (next != NULL && *line != '\0' && argc < ARGS_MAX)
		argv[argc++] = strsep(&next, "|");
	return opt_parse(opts, nitems(opts), argc, argv, values, rest, &rests,
			 &note);
}

static void
test_good(void)
{
	is_int(parse(""), 0, "no arguments");
	ok(rests == 0 && !values[0].given, "give nothing");
	is_int(parse("a|--quiet|--name|x|b|-"), 0, "mixed");
	ok(rests == 3 && rest[2][0] == '-', "three operands, \"-\" is one");
	ok(values[0].given, "the flag");
	is_str(str_c(values[1].text), STR("x"), "the text");
	is_int(parse("-q|-n|--quiet"), 0, "a value may look like an option");
	is_str(str_c(values[1].text), STR("--quiet"), "and is a value");
	is_int(parse("--name=|--count=18446744073709551615"), 0, "equals");
	ok(values[1].given && values[1].text[0] == '\0', "empty is a value");
	ok(values[2].number == UINT64_MAX, "the largest number");
	is_int(parse("--name=a=b|--|--quiet|-x"), 0, "the end of options");
	is_str(str_c(values[1].text), STR("a=b"), "the first = counts");
	ok(rests == 2 && !values[0].given, "operands after --");
	is_int(parse("-t|a|--tag|b|--tag=c"), 0, "many");
	ok(values[3].count == 3, "three");
	is_str(str_c(values[3].many[1]), STR("b"), "in order");
	is_int(parse("-t|1|-t|2|-t|3|-t|4|-t|5|-t|6|-t|7|-t|8|-t|9|-t|a|-t|b|"
		     "-t|c|-t|d|-t|e|-t|f|-t|g"),
	       0, "as many as fit");
}

static void
test_bad(void)
{
	static const struct {
		const char *line, *names;
	} rows[] = {
	    {"--nope", "--nope"},
	    {"--nope=x", "--nope"},
	    {"-x", "-x"},
	    {"-qn", "-qn"},
	    {"--quiet=1", "--quiet"},
	    {"--name", "--name"},
	    {"-n", "--name"},
	    {"-q|--quiet", "--quiet"},
	    {"-n|a|--name=b", "--name"},
	    {"--count=x", "--count"},
	    {"--count=-1", "--count"},
	    {"--count=18446744073709551616", "--count"},
	    {"--nam=x", "--nam"},
	    {"--=x", "--"},
	    {"-n=x", "-n=x"},
	    {"-t|1|-t|2|-t|3|-t|4|-t|5|-t|6|-t|7|-t|8|-t|9|-t|a|-t|b|-t|c|"
	     "-t|d|-t|e|-t|f|-t|g|--tag=h",
	     "--tag"},
	};

	for (size_t i = 0; i < nitems(rows); i++) {
		is_int(parse(rows[i].line), OUT_MALFORMED, "%s", rows[i].line);
		ok(strstr(note.text, rows[i].names) != NULL, "names it: %s",
		   note.text);
	}
}

static void
test_usage(void)
{
	char *text = NULL;
	size_t n = 0;
	struct str got;
	FILE *out = open_memstream(&text, &n);

	if (out == NULL)
		abort();
	opt_usage(out, opts, nitems(opts));
	(void)fclose(out);
	got = (struct str){text, n};
	is_str(got,
	       STR("  -q, --quiet                 say less\n"
		   "  -n, --name NAME             the name\n"
		   "      --count N               how many\n"
		   "  -t, --tag TAG               one of several\n"),
	       "usage");
	free(text);
}

/* 50 columns are left for the text of an option. */
static void
test_usage_width(void)
{
	static const struct opt rows[] = {
	    {"fits", 0, OPT_FLAG, NULL,
	     "5678901234567890123456789012345678901234567 fiftyy"},
	    {"over", 0, OPT_FLAG, NULL,
	     "5678901234567890123456789012345678901234567 fiftyon"},
	    {"word", 0, OPT_FLAG, NULL,
	     "567890123456789012345678901234567890123456789012345"},
	};
	char *text = NULL;
	size_t n = 0;
	FILE *out = open_memstream(&text, &n);

	if (out == NULL)
		abort();
	opt_usage(out, rows, nitems(rows));
	(void)fclose(out);
	is_str(((struct str){text, n}),
	       STR("      --fits                  56789012345678901234567890123"
		   "45678901234567 fiftyy\n"
		   "      --over                  56789012345678901234567890123"
		   "45678901234567\n"
		   "                              fiftyon\n"
		   "      --word                  56789012345678901234567890123"
		   "4567890123456789012345\n"),
	       "words that do not fit go to the next line");
	free(text);
}

int
main(void)
{
	test_good();
	test_bad();
	test_usage();
	test_usage_width();
	return done_testing();
}
