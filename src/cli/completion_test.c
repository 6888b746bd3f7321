/* What completion makes of the tables: every command and option is in each
 * shell's script. */
#include "base/test.h"
#include "cli/completion.h"

#include <stdlib.h>
#include <string.h>

static void
test_kinds(void)
{
	static const struct {
		const char *arg;
		enum completion_kind kind;
	} rows[] = {
	    {"docker|podman", COMPLETION_WORDS},
	    {"on|off", COMPLETION_WORDS},
	    {"json", COMPLETION_WORDS},
	    {"FILE", COMPLETION_FILE},
	    {"FILE|-", COMPLETION_FILE},
	    {"MB|none", COMPLETION_OTHER},
	    {"KEY|@FILE", COMPLETION_OTHER},
	    {"NAMESPACE[/REPO]", COMPLETION_OTHER},
	    {"-", COMPLETION_OTHER},
	    {"a||b", COMPLETION_OTHER},
	    {"", COMPLETION_OTHER},
	};

	for (size_t i = 0; i < nitems(rows); i++)
		is_int(completion_kind(rows[i].arg), rows[i].kind, "'%s'",
		       rows[i].arg);
}

static void
test_quote(void)
{
	char *text = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&text, &n);

	if (!ok(f != NULL, "memory"))
		return;
	completion_quote(f, "it's [a]: b\\c", "\\[]:");
	(void)fclose(f);
	is_str(str_c(text), STR("it'\\''s \\[a\\]\\: b\\\\c"), "quoted");
	free(text);
}

static void
words_check(const char *shell, const char *script, const struct command *c)
{
	const struct opt *o;
	char word[64];

	(void)snprintf(word, sizeof(word), "%s %s", c->group, c->name);
	ok(strstr(script, c->group[0] != '\0' ? word : c->name) != NULL,
	   "%s has %s", shell, word);
	if (c->alias != NULL)
		ok(strstr(script, c->alias) != NULL, "%s has %s", shell,
		   c->alias);
	for (size_t i = 0; (o = completion_opt(c, i)) != NULL; i++) {
		(void)snprintf(word, sizeof(word),
			       strcmp(shell, "fish") == 0 ? "-l %s" : "--%s",
			       o->name);
		ok(strstr(script, word) != NULL, "%s has %s", shell, word);
	}
}

static void
test_script(const char *shell, void (*write)(FILE *))
{
	char *text = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&text, &n);
	const struct command *c;
	const char *group;

	if (!ok(f != NULL, "memory"))
		return;
	write(f);
	(void)fclose(f);
	for (size_t i = 0; (c = command_at(i)) != NULL; i++)
		words_check(shell, text, c);
	for (size_t i = 0; (group = completion_group(i)) != NULL; i++)
		ok(strstr(text, group) != NULL, "%s has %s", shell, group);
	free(text);
}

static void
test_groups(void)
{
	const char *group;
	size_t n = 0;

	for (; (group = completion_group(n)) != NULL; n++) {
		ok(help_group_text(group) != NULL, "%s has a text", group);
		for (size_t k = 0; k < n; k++)
			ok(strcmp(group, completion_group(k)) != 0,
			   "%s stands in one place", group);
	}
	ok(n > 5, "%zu groups", n);
}

int
main(void)
{
	test_kinds();
	test_quote();
	test_groups();
	test_script("bash", completion_bash);
	test_script("zsh", completion_zsh);
	test_script("fish", completion_fish);
	return done_testing();
}
