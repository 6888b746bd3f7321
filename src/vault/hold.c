#include "base/log.h"
#include "base/sanitized.h"
#include "jail/jail.h"
#include "vault/vault.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

static int
keys_open(const struct vault_conf *conf, struct vault **ret)
{
	struct note note = {0};
	char dir[PATH_MAX];
	int n = snprintf(dir, sizeof(dir), "%s/vault", conf->data), r;

	r = n < 0 || n >= PATH_MAX ? FAIL(-ENAMETOOLONG)
				   : vault_open(dir, false, ret, &note);
	if (r == 0)
		return 0;
	if (r > 0)
		log_say(LOG_ERROR, "vault_refused", "%s",
			note.text[0] != '\0' ? note.text : out_text(r));
	else
		log_fail("vault_open", r);
	return r > 0 ? VAULT_EXIT_CONF : VAULT_EXIT_FAILED;
}

/* Once in vain what it will do, so that libraries have nothing to load later.
 */
static int
first_try(struct vault *v)
{
	uint8_t bytes[VAULT_ES256_LEN];
	char kid[VAULT_KID_MAX + 1];
	int r = vault_digest(v, STR("first"), bytes);

	vault_access_kid(v, kid);
	if (r == 0)
		r = vault_access_sign(v, kid, STR("first"), bytes);
	if (r == 0)
		r = vault_registry_sign(v, vault_registry_version(v),
					STR("first"), bytes);
	return FOLD(r);
}

/* As the kernel has it: "NoNewPrivs:\t1". */
static uint8_t
status_number(const char *text, const char *name)
{
	const char *at = strstr(text, name);

	return at == NULL ? 0 : (uint8_t)strtoul(at + strlen(name), NULL, 10);
}

/* Read through a descriptor from before the walls. */
static void
state_read(int fd, struct vault_state *ret)
{
	char text[4096];
	ssize_t n = fd >= 0 ? read(fd, text, sizeof(text) - 1) : -1;

	text[n > 0 ? n : 0] = '\0';
	ret->no_new_privs = status_number(text, "\nNoNewPrivs:");
	ret->seccomp = status_number(text, "\nSeccomp:");
}

/* Keys that OpenSSL has made its own lie on the heap: all that is written to is
 * kept from being swapped out. Code is not secret, and a common user may not
 * lock so much. */
static bool
memory_lock(void)
{
	FILE *f = SANITIZED ? NULL : fopen("/proc/self/maps", "re");
	unsigned long from, to;
	char line[512], rights[8];
	bool all = f != NULL;

	while (f != NULL && fgets(line, sizeof(line), f) != NULL)
		if (sscanf(line, "%lx-%lx %7s", &from, &to, rights) == 3 &&
		    strncmp(rights, "rw", 2) == 0)
			all = mlock((void *)from, to - from) == 0 && all;
	if (f != NULL)
		(void)fclose(f);
	return all;
}

static int
walls(struct vault_state *state)
{
	int fd = open("/proc/self/status", O_RDONLY | O_CLOEXEC), r;

	*state = (struct vault_state){.pid = (uint32_t)getpid()};
	state->locked = memory_lock();
	if (!state->locked && !SANITIZED)
		log_say(LOG_WARN, "vault_memory", "locked=no why=\"%s\"",
			strerror(errno));
	state->dumpable = SANITIZED;
	state->landlock = SANITIZED ? 0 : (uint8_t)jail_landlock();
	r = jail_vault();
	if (r != 0) {
		log_fail("vault_walls", r);
		return VAULT_EXIT_FAILED;
	}
	state_read(fd, state);
	if (fd >= 0)
		(void)close(fd);
	return 0;
}

int
vault_hold(const struct vault_conf *conf, int ready)
{
	CLEAN(vault_freep) struct vault *v = NULL;
	struct vault_state state;
	int fds[VAULT_CHANNELS];
	int r = keys_open(conf, &v);

	if (r != 0)
		return r;
	r = first_try(v);
	if (r != 0) {
		log_fail("vault_try", r);
		return VAULT_EXIT_FAILED;
	}
	r = walls(&state);
	if (r != 0)
		return r;
	for (unsigned i = 0; i < conf->channels; i++)
		fds[i] = VAULT_FIRST_FD + (int)i;
	(void)!write(ready, "r", 1);
	(void)close(ready);
	r = vault_house_serve(v, &state, fds, conf->channels);
	if (r != 0)
		log_fail("vault_serve", r);
	return r == 0 ? EXIT_SUCCESS : VAULT_EXIT_SERVING;
}
