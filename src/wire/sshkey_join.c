/*
 * What a terminal does to a long line. The blob says its own length, so that it
 * is known which words of a paste are its pieces, and where the comment begins.
 */
#include "base/enc.h"
#include "base/out.h"
#include "wire/sshkey_inner.h"

#include <string.h>

static bool
is_digit64(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	       (c >= '0' && c <= '9') || c == '+' || c == '/' || c == '=';
}

static bool
is_base64(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!is_digit64(s.p[i]))
			return false;
	return s.n > 0;
}

static bool
is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* The next word, over blanks and line ends. */
static struct str
next_word(struct str *rest)
{
	size_t from = 0, to;
	struct str word;

	while (from < rest->n && is_space(rest->p[from]))
		from++;
	to = from;
	while (to < rest->n && !is_space(rest->p[to]))
		to++;
	word = str_sub(*rest, from, to - from);
	*rest = str_sub(*rest, to, SIZE_MAX);
	return word;
}

/* How many bytes the blob has; 0 while too little of it is known. */
static size_t
length_of(struct str blob, size_t strings)
{
	size_t at = 0;

	for (size_t i = 0; i < strings; i++) {
		size_t n = 0;

		if (blob.n < at + 4)
			return 0;
		for (size_t k = 0; k < 4; k++)
			n = n << 8 | (uint8_t)blob.p[at + k];
		at += 4 + n;
		if (at > SSHKEY_BLOB_MAX)
			return 0;
	}
	return at;
}

/* How many digits the key has, from its first ones; 0: not known yet. */
static int
digits_needed(struct str digits, size_t strings, size_t *ret)
{
	CLEAN(buf_clear) struct buf blob = BUF_INIT;
	int r = dec_b64(&blob, str_sub(digits, 0, digits.n / 4 * 4));

	if (r < 0)
		return r;
	*ret = r == 0 ? (length_of(buf_str(&blob), strings) + 2) / 3 * 4 : 0;
	return 0;
}

/* The pieces of the base64, as many as the key has. OUT_MALFORMED: it is no
 * such paste. */
static int
join_digits(struct str *rest, size_t strings, struct buf *digits)
{
	size_t need = 0;

	while (need == 0 || digits->n < need) {
		struct str word = next_word(rest);
		int r;

		if (!is_base64(word))
			return OUT_MALFORMED;
		r = buf_addstr(digits, word);
		if (r == 0 && need == 0)
			r = digits_needed(buf_str(digits), strings, &need);
		if (r != 0)
			return r;
	}
	return digits->n == need ? 0 : OUT_MALFORMED;
}

/* The next line, however it ends; false at the end. */
static bool
next_line(struct str *rest, struct str *ret)
{
	size_t n = 0;

	if (rest->n == 0)
		return false;
	while (n < rest->n && rest->p[n] != '\n' && rest->p[n] != '\r')
		n++;
	*ret = str_sub(*rest, 0, n);
	*rest = str_sub(*rest, n + 1, SIZE_MAX);
	return true;
}

/* What is left is the comment, unless another key begins in it. */
static int
join_comment(struct str rest, struct buf *comment)
{
	enum sshkey_type type;
	struct str line;

	while (next_line(&rest, &line)) {
		if (sshkey_has_key(line) ||
		    sshkey_type_of(str_trim(line), &type))
			return OUT_MALFORMED;
		(void)buf_addstr(comment, line);
	}
	return buf_err(comment);
}

static int
join(struct str paste, struct buf *ret)
{
	CLEAN(buf_clear) struct buf digits = BUF_INIT;
	CLEAN(buf_clear) struct buf comment = BUF_INIT;
	struct str rest = paste, name = next_word(&rest), text;
	enum sshkey_type type;
	int r;

	if (paste.n > SSHKEY_LINE_MAX || !sshkey_type_of(name, &type))
		return OUT_MALFORMED;
	r = join_digits(&rest, sshkey_type_strings(type), &digits);
	if (r == 0)
		r = join_comment(rest, &comment);
	if (r != 0)
		return r;
	text = str_trim(buf_str(&comment));
	(void)buf_addf(ret, "%.*s %.*s", STR_ARG(name),
		       STR_ARG(buf_str(&digits)));
	if (text.n > 0)
		(void)buf_addc(ret, ' ');
	return buf_addstr(ret, text);
}

int
sshkey_join(struct str paste, struct buf *ret)
{
	CLEAN(buf_clear) struct buf joined = BUF_INIT;
	int r = join(paste, &joined);

	if (r < 0)
		return r;
	return buf_addstr(ret, r == 0 ? buf_str(&joined) : paste);
}
