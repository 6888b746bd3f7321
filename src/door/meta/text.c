#include "door/meta/inner.h"

/* A comment is text of a person: whatever is not printable ASCII is shown as a
 * question mark, once for each character. */
static void
add_plain(struct buf *b, struct str s)
{
	for (size_t i = 0; i < s.n;) {
		uint32_t c = str_utf8(s, &i);

		(void)buf_addc(b, c >= ' ' && c <= '~' ? (char)c : '?');
	}
}

void
meta_key_line(struct buf *b, const struct server_key *key)
{
	sshkey_text(key->type, key->blob, b);
	if (key->comment.n == 0)
		return;
	(void)buf_addc(b, ' ');
	add_plain(b, key->comment);
}

void
meta_yaml(struct buf *b, struct str s)
{
	(void)buf_addc(b, '"');
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '"' || s.p[i] == '\\')
			(void)buf_addc(b, '\\');
		(void)buf_addc(b, s.p[i]);
	}
	(void)buf_addc(b, '"');
}

void
meta_shell(struct buf *b, struct str s)
{
	(void)buf_addc(b, '\'');
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == '\'')
			(void)buf_adds(b, "'\\''");
		else
			(void)buf_addc(b, s.p[i]);
	(void)buf_addc(b, '\'');
}
