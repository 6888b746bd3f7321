/*
 * The peer of bench/git: what Debian's sshd runs for a key (AuthorizedKeysCommand)
 * and for a command (the forced one), as cheap as it can be. It knows one key
 * and one repository, and asks nobody.
 *
 *	bench-sshd-peer keys FILE PROGRAM REPO    prints the line for sshd
 *	bench-sshd-peer serve REPO                runs git in the repository
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int
keys(char **argv)
{
	FILE *f = fopen(argv[2], "re");
	char line[16 * 1024];

	if (f == NULL || fgets(line, sizeof(line), f) == NULL)
		return 1;
	printf("restrict,command=\"%s serve %s\" %s", argv[3], argv[4], line);
	(void)fclose(f);
	return 0;
}

static int
serve(const char *repo)
{
	const char *asked = getenv("SSH_ORIGINAL_COMMAND");
	const char *service = "upload-pack";

	if (asked == NULL || chdir(repo) != 0)
		return 1;
	if (strncmp(asked, "git-receive-pack ", 17) == 0)
		service = "receive-pack";
	else if (strncmp(asked, "git-upload-pack ", 16) != 0)
		return 1;
	execlp("git", "git", "-c", "safe.directory=*", service, ".",
	       (char *)NULL);
	return 127;
}

int
main(int argc, char **argv)
{
	if (argc == 5 && strcmp(argv[1], "keys") == 0)
		return keys(argv);
	if (argc == 3 && strcmp(argv[1], "serve") == 0)
		return serve(argv[2]);
	return 2;
}
