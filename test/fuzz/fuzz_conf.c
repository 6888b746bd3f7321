#include "server/conf.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static int
parse(struct conf *conf, struct str text, struct note *note)
{
	int r;

	*conf = (struct conf){.file = "f", .text = calloc(1, text.n + 1)};
	if (conf->text == NULL)
		abort();
	if (text.n > 0)
		memcpy(conf->text, text.p, text.n);
	r = conf_parse(conf, conf->text, text.n, note);
	assert(r == 0 || r == OUT_MALFORMED);
	assert((r == 0) == (note->text[0] == '\0'));
	return r;
}

/* Values are whole: what a key is said to be stands in its line. */
static void
check(const struct conf *conf, size_t n)
{
	for (size_t i = 0; i < CONF_KEYS; i++)
		for (size_t k = 0; k < conf->given[i].count; k++) {
			const char *text = conf->given[i].text[k];
			struct str s = str_c(text);

			assert(text >= conf->text && s.n <= n &&
			       text + s.n <= conf->text + n);
			assert(str_is_text(s) && str_eq(str_trim(s), s));
			assert(conf->given[i].line[k] > 0);
			assert(k == 0 || conf->given[i].line[k] >
					     conf->given[i].line[k - 1]);
		}
}

/* What is read can be printed, and is read again to the same effect. */
static void
again(const struct conf *conf)
{
	char *text = NULL;
	size_t n = 0;
	FILE *out = open_memstream(&text, &n);
	struct note note = {""};
	struct conf same;

	if (out == NULL)
		abort();
	conf_print(out, conf);
	(void)fclose(out);
	assert(parse(&same, (struct str){text, n}, &note) == 0);
	for (size_t i = 0; i < CONF_KEYS; i++) {
		const struct conf_given *a = &conf->given[i];
		const struct conf_given *b = &same.given[i];

		/* Where nothing was given, what is printed is the default. */
		for (size_t k = 0; k < a->count; k++)
			assert(k < b->count &&
			       strcmp(a->text[k], b->text[k]) == 0);
	}
	free(same.text);
	free(text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct str text = {(const char *)p, n};
	struct note note = {""};
	struct region region;
	struct conf conf;

	if (n > 16 * KIB)
		return 0;
	if (conf_region(text, &region, &note) == 0)
		assert(region.name[0] != '\0' &&
		       region.n_alias <= REGION_WORDS_MAX &&
		       region.n_host <= REGION_WORDS_MAX);
	note.text[0] = '\0';
	if (parse(&conf, text, &note) == 0) {
		check(&conf, n);
		conf.data = "data";
		conf.regions[0].name[0] = 'l';
		again(&conf);
	}
	free(conf.text);
	return 0;
}
