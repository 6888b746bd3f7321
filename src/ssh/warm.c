#include "ssh/warm.h"

#include "base/clock.h"
#include "ssh/algo.h"

#include <errno.h>
#include <malloc.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#define WARM_MS (5 * SECOND_MS)

static const struct {
	const char *key, *cipher;
} rounds[] = {
    {"ssh-ed25519", "aes128-gcm@openssh.com"},
    {"ssh-ed25519", "aes256-gcm@openssh.com"},
    {"ecdsa-sha2-nistp256", "chacha20-poly1305@openssh.com"},
    {"rsa-sha2-512", "aes128-ctr"},
    {"rsa-sha2-256", "aes256-ctr"},
};

struct pair {
	ssh_session server, client;
	int fds[2];
};

/* What a client would read from files is kept from it. */
static int
client_set(struct pair *p, const char *key, const char *cipher)
{
	bool files = false;
	ssh_session c = p->client;

	if (ssh_options_set(c, SSH_OPTIONS_PROCESS_CONFIG, &files) != SSH_OK ||
	    ssh_options_set(c, SSH_OPTIONS_HOST, "localhost") != SSH_OK ||
	    ssh_options_set(c, SSH_OPTIONS_USER, "git") != SSH_OK ||
	    ssh_options_set(c, SSH_OPTIONS_SSH_DIR, "/dev/null") != SSH_OK ||
	    ssh_options_set(c, SSH_OPTIONS_KNOWNHOSTS, "/dev/null") != SSH_OK ||
	    ssh_options_set(c, SSH_OPTIONS_GLOBAL_KNOWNHOSTS, "/dev/null") !=
		SSH_OK ||
	    ssh_options_set(c, SSH_OPTIONS_FD, &p->fds[1]) != SSH_OK ||
	    ssh_options_set(c, SSH_OPTIONS_HOSTKEYS, key) != SSH_OK ||
	    ssh_options_set(c, SSH_OPTIONS_CIPHERS_C_S, cipher) != SSH_OK ||
	    ssh_options_set(c, SSH_OPTIONS_CIPHERS_S_C, cipher) != SSH_OK)
		return FAIL(-EINVAL);
	ssh_set_blocking(c, 0);
	return 0;
}

/* Both take turns until both are done. */
static int
shake(struct pair *p)
{
	int64_t until = clock_mono() + WARM_MS;
	int server = SSH_AGAIN, client = SSH_AGAIN;

	while (server == SSH_AGAIN || client == SSH_AGAIN) {
		if (client == SSH_AGAIN)
			client = ssh_connect(p->client);
		if (server == SSH_AGAIN)
			server = ssh_handle_key_exchange(p->server);
		if (clock_mono() > until)
			return FAIL(-ETIMEDOUT);
	}
	return server == SSH_OK && client == SSH_OK ? 0 : FAIL(-EPROTO);
}

static int
pair_run(struct pair *p, const struct keys *k, const char *key,
	 const char *cipher)
{
	int r;

	p->server = ssh_new();
	p->client = ssh_new();
	if (p->server == NULL || p->client == NULL)
		return FAIL(-ENOMEM);
	r = client_set(p, key, cipher);
	if (r == 0 &&
	    (algo_session(p->server, SSH_REKEY_BYTES) != 0 ||
	     ssh_bind_accept_fd(k->bind, p->server, p->fds[0]) != SSH_OK))
		r = FAIL(-EINVAL);
	if (r != 0)
		return r;
	ssh_set_blocking(p->server, 0);
	return shake(p);
}

/* libssh closes the descriptors that it has been given. */
static int
warm_round(const struct keys *k, const char *key, const char *cipher)
{
	struct pair p = {.fds = {-1, -1}};
	int r, keep[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0,
		       keep) != 0)
		return FAIL(-errno);
	p.fds[0] = dup(keep[0]);
	p.fds[1] = dup(keep[1]);
	r = p.fds[0] < 0 || p.fds[1] < 0 ? FAIL(-errno)
					 : pair_run(&p, k, key, cipher);
	ssh_free(p.client);
	ssh_free(p.server);
	(void)close(keep[0]);
	(void)close(keep[1]);
	return r;
}

int
warm_up(const struct keys *k)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < nitems(rounds); i++)
		if (keys_have(k, rounds[i].key))
			r = warm_round(k, rounds[i].key, rounds[i].cipher);
	(void)malloc_trim(0);
	return r;
}
