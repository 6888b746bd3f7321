#include "server/process.h"
#include "server/serve_inner.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The command line lies beside us, and where we lie is not in PATH: the folder,
 * else "". */
static void
unfound_folder(char ret[PATH_MAX])
{
	const char *path = getenv("PATH");
	char own[PATH_MAX] = "", client[PATH_MAX + sizeof("/latchkey")];
	struct str rest = str_c(path != NULL ? path : ""), folder;
	char *slash;

	ret[0] = '\0';
	if (readlink("/proc/self/exe", own, sizeof(own) - 1) < 0)
		return;
	slash = strrchr(own, '/');
	if (slash == NULL)
		return;
	*slash = '\0';
	(void)snprintf(client, sizeof(client), "%s/latchkey", own);
	if (access(client, X_OK) != 0)
		return;
	while (str_next(&rest, ':', &folder))
		if (str_eq(folder, str_c(own)))
			return;
	memcpy(ret, own, sizeof(own));
}

static void
first_say(const struct serve *s)
{
	const char *url = s->core->public_url;
	const char *account = s->ask->slug;
	char folder[PATH_MAX];

	unfound_folder(folder);
	printf("This is a new installation in %s\n"
	       "The first API key: %s  (only you can read it)\n"
	       "The server: %s\n"
	       "The console, for a browser: %s/console/\n\nTry:\n",
	       s->dir.path, s->key_path, url, url);
	if (folder[0] != '\0')
		printf("  PATH=%s:$PATH\n", folder);
	printf("  latchkey login -a %s --apikey @%s\n"
	       "  latchkey cr namespace-add birds\n"
	       "  latchkey cr token-add --description \"This is a token\" "
	       "--non-expiring --readwrite\n",
	       url, s->key_path);
	if (s->core->ssh_host[0] != '\0')
		printf("  latchkey repo create %s/test\n"
		       "  latchkey access-key setup %s/test --label web-1\n",
		       account, account);
	printf("\n");
}

int
serve_say_ready(const struct serve *s)
{
	if (s->key_path[0] != '\0')
		first_say(s);
	printf("ready http=%s ssh=%s\n", s->bound.name, git_side_name(s->git));
	if (fflush(stdout) != 0)
		return serve_complain(EXIT_OUTPUT,
				      "cannot write to standard output");
	process_notify("READY=1");
	return 0;
}
