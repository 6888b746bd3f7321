/* Names of key pairs and servers, judged before anybody is asked. */
#include "cli/pairs.h"

#include "base/i18n.h"

#include <string.h>

#define SERVER_NAME_MAX 63
#define ID_LEN		32

static bool
is_word(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if ((c < '0' || c > '9') && (c < 'a' || c > 'z') &&
		    (c < 'A' || c > 'Z') && c != '-')
			return false;
	}
	return s.n > 0;
}

int
keypair_name_check(struct cli *cli, const char *name)
{
	struct str s = str_c(name);

	if (is_word(s) && s.n >= KEYPAIR_NAME_MIN && s.n <= KEYPAIR_NAME_MAX)
		return 0;
	return usage_set(cli,
			 _("a key pair's name has 3 to 20 of a-z A-Z 0-9 -"));
}

int
server_name_check(struct cli *cli, const char *name)
{
	struct str s = str_c(name);

	if (is_word(s) && s.n <= SERVER_NAME_MAX && s.p[0] != '-' &&
	    s.p[s.n - 1] != '-')
		return 0;
	return usage_set(cli, _("a server's name has 1 to 63 of a-z A-Z 0-9 -, "
				"and no - at its ends"));
}

int
thing_name_check(struct cli *cli, const char *name)
{
	struct str s = str_c(name);

	if (is_word(s) && s.n <= SERVER_NAME_MAX)
		return 0;
	return usage_set(cli, _("'%.80s' is no name: letters, digits and '-'"),
			 str_is_text(s) ? name : "?");
}

int
shell_word(const char *path, struct buf *ret)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "abcdefghijklmnopqrstuvwxyz"
				    "0123456789/._-+=:,@%";

	if (path[strspn(path, plain)] == '\0')
		return buf_adds(ret, path);
	(void)buf_addc(ret, '\'');
	for (; *path != '\0'; path++)
		if (*path == '\'')
			(void)buf_adds(ret, "'\\''");
		else
			(void)buf_addc(ret, *path);
	return buf_addc(ret, '\'');
}
