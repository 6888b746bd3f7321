/* Another key to sign access tokens with. The server that runs may not write
 * among its keys, so this does, and then it is told. */
#include "server/command.h"
#include "server/control.h"
#include "server/init.h"
#include "server/process.h"
#include "server/serve.h"

#include "base/enc.h"
#include "base/log.h"
#include "crypt/vault.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

/* All of them can be used, as whoever serves would find them. Else the new one
 * goes again: the server must be able to start. */
static int
keys_check(const char *dir, const char *kid, struct note *note)
{
	CLEAN(vault_freep) struct vault *v = NULL;
	char path[PATH_MAX];
	int r = vault_open(dir, false, &v, note), n;

	if (r == 0)
		return 0;
	n = snprintf(path, sizeof(path), "%s/iam-%s.pem", dir, kid);
	if (n > 0 && n < PATH_MAX)
		(void)unlink(path);
	return r;
}

static int
rotate(const char *data, char kid[VAULT_KID_MAX + 1], struct note *note)
{
	char dir[PATH_MAX];
	int n = snprintf(dir, sizeof(dir), "%s/vault", data);
	int r = n < 0 || n >= PATH_MAX ? FAIL(-ENAMETOOLONG)
				       : vault_rotate(dir, kid, note);

	return r != 0 ? r : keys_check(dir, kid, note);
}

int
command_rotate_keys(const struct run *run)
{
	char kid[VAULT_KID_MAX + 1];
	struct data_dir dir;
	struct note note = {0};
	int r;

	log_set_level(run->conf->log_level);
	r = admin_installed(run->conf, &dir);
	if (r != 0)
		return r;
	r = rotate(dir.path, kid, &note);
	if (r != 0)
		return admin_complain("rotate-keys", r, &note);
	printf("New key: %s\nIt is published at once, and signs in %d "
	       "minutes.\n",
	       kid, VAULT_LEAD_S / 60);
	r = control_ask(dir.path, "renew-keys", stdout, &note);
	if (r == 0)
		return 0;
	if (r != OUT_ABSENT)
		return admin_complain("rotate-keys", r, &note);
	printf("No latchkeyd runs on these data: it will know the key when it "
	       "starts.\n");
	return 0;
}
