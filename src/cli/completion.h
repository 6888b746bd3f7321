/*
 * Completion of the words of latchkey, for the shells that people type them
 * into, out of the table of commands: each function writes a script that the
 * shell reads. Nothing is asked of a server while somebody types.
 */
#ifndef CLI_COMPLETION_H
#define CLI_COMPLETION_H

#include "cli/cli.h"

void completion_bash(FILE *);
void completion_zsh(FILE *);
void completion_fish(FILE *);

/* --- completion.c, what the three share --- */
/* What an option or an operand takes, as its name in the usage says: words of
 * which it is one ("docker|podman"), a file ("FILE"), or something else. */
enum completion_kind { COMPLETION_OTHER, COMPLETION_WORDS, COMPLETION_FILE };
enum completion_kind completion_kind(const char *arg);
/* "docker podman" of "docker|podman" */
void completion_words(FILE *, const char *arg);
/* In single quotes of sh and zsh; specials get a backslash before them. */
void completion_quote(FILE *, const char *text, const char *specials);
/* Of a command's options and those of every command; NULL behind the last. */
const struct opt *completion_opt(const struct command *, size_t i);
/* Each group once; NULL behind the last. */
const char *completion_group(size_t i);
/* The group's other name, or NULL. */
const char *completion_group_alias(const char *group);

#endif
