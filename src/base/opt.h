/*
 * Command-line options from one table per command: parsing, usage text and the
 * test that walks all commands use the same rows. Long options only take the
 * forms "--name value" and "--name=value"; short ones "-x value". "--" ends
 * the options. An option given twice is an error unless OPT_MANY.
 */
#ifndef BASE_OPT_H
#define BASE_OPT_H

#include "base/out.h"
#include "base/str.h"

#include <stdio.h>

enum opt_kind { OPT_FLAG, OPT_TEXT, OPT_NUMBER, OPT_MANY };

struct opt {
	const char *name;   /* without the dashes */
	char letter;        /* 0: none */
	enum opt_kind kind;
	const char *arg;    /* what the usage calls the value; NULL for flags */
	const char *text;   /* the manual's line */
};

#define OPT_VALUES_MAX 16
struct opt_value {
	bool given;
	const char *text;              /* the (last) value */
	uint64_t number;               /* OPT_NUMBER */
	const char *many[OPT_VALUES_MAX]; /* OPT_MANY */
	size_t count;
};

/*
 * Read argv[0..argc) against the table; values[i] belongs to opts[i] and is
 * filled in. Operands are moved to rest (room for argc pointers) and counted.
 * Returns 0 or OUT_MALFORMED with a note that names the option.
 */
MUST int opt_parse(const struct opt *opts, size_t n, int argc, char **argv,
    struct opt_value *values, char **rest, int *ret_rest, struct note *);
void opt_usage(FILE *, const struct opt *opts, size_t n);

#endif
