/* latchkeyd host-keys list|announce|use|make: the operator's hand on what SSH
 * clients know this server by. */
#include "server/command.h"
#include "server/host_keys.h"
#include "server/process.h"
#include "server/serve.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void
key_print(void *arg, const struct host_key *key)
{
	bool next = strcmp(key->prefix, HOST_KEYS_NEXT) == 0;

	(void)arg;
	printf("%-9s  %-8s  %s\n", next ? "announced" : "in use", key->kind,
	       key->fingerprint);
}

static int
list(const char *data, struct note *note)
{
	static const char *const all[] = {HOST_KEYS_USED, HOST_KEYS_SSHD,
					  HOST_KEYS_NEXT};

	(void)note;
	return host_keys_each(data, all, nitems(all), key_print, NULL);
}

static const struct {
	const char *word;
	int (*run)(const char *data, struct note *);
	const char *after; /* what is to be done then */
} words[] = {
    {"list", list, NULL},
    {"announce", host_keys_announce,
     "A running server says so at /site/ssh from now on, and over SSH after "
     "SIGHUP.\nWhen clients had time to learn them: latchkeyd host-keys use"},
    {"use", host_keys_use, "A running server takes them at SIGHUP."},
    {"make", host_keys_make, "A running server takes them at SIGHUP."},
};

static int
word_run(size_t i, const char *data)
{
	struct note note = {0};
	int r = words[i].run(data, &note);

	if (r == OUT_ABSENT)
		return serve_complain(EXIT_CONF, note.text);
	if (r != 0)
		return admin_complain("host-keys", r, &note);
	if (words[i].after != NULL) {
		r = list(data, &note);
		printf("%s\n", words[i].after);
	}
	return r == 0 ? 0 : admin_complain("host-keys", r, &note);
}

int
command_host_keys(const struct run *run)
{
	struct data_dir dir;
	size_t i = 0;
	int r;

	while (i < nitems(words) && strcmp(words[i].word, run->rest[0]) != 0)
		i++;
	if (i == nitems(words))
		return serve_complain(EXIT_USAGE,
				      "say list, announce, use or make");
	r = admin_installed(run->conf, &dir);
	if (r != 0)
		return r;
	return word_run(i, dir.path);
}
