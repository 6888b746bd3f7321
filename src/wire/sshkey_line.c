#include "base/enc.h"
#include "base/i18n.h"
#include "base/out.h"
#include "wire/sshkey_inner.h"

#include <string.h>

static const struct {
	const char *word, *text;
} whys[SSHKEY_WHYS] = {
    [SSHKEY_FINE] = {"fine", N_("a public key")},
    [SSHKEY_EMPTY] = {"no_key", N_("there is no key")},
    [SSHKEY_TOO_LONG] = {"key_too_long", N_("the line is longer than 16 KiB")},
    [SSHKEY_PRIVATE] = {"private_key_given",
			N_("this is a private key: it stays where it was made; "
			   "give the public key, the file that ends in .pub")},
    [SSHKEY_SEVERAL] =
	{"several_keys",
	 N_("one key on one line is taken; this is more than one "
	    "line, or more than one key")},
    [SSHKEY_OPTIONS] =
	{"options_given",
	 N_("nothing may stand before the type of the key; leave "
	    "out the options")},
    [SSHKEY_FORMAT] =
	{"unsupported_format",
	 N_("the key must be one line of OpenSSH's form, \"ssh-"
	    "ed25519 AAAA... comment\", as ssh-keygen writes into "
	    "the file that ends in .pub (ssh-keygen -i converts)")},
    [SSHKEY_CERTIFICATE] =
	{"certificate_given",
	 N_("this is a certificate; give the public key that "
	    "it is for")},
    [SSHKEY_TYPE] =
	{"unsupported_key_type",
	 N_("not a type of key that is taken: ssh-ed25519, "
	    "ecdsa-sha2-nistp256, -384, -521, ssh-rsa with 2048 bits "
	    "or more")},
    [SSHKEY_BASE64] =
	{"invalid_base64",
	 N_("the middle part of the key is not base64; part of it "
	    "may be missing")},
    [SSHKEY_BLOB] = {"invalid_key",
		     N_("the key is damaged, or not what its line says it is")},
    [SSHKEY_WEAK] =
	{"weak_key",
	 N_("the key is too weak: RSA needs 2048 bits or more and an "
	    "exponent such as 65537; ssh-keygen -t ed25519 makes a "
	    "good one")},
    [SSHKEY_COMPROMISED] =
	{"compromised_key",
	 N_("the private half of this key can be computed by "
	    "anybody; make a new one and stop using it")},
    [SSHKEY_COMMENT] =
	{"invalid_comment",
	 N_("the comment of the key must be UTF-8 without control "
	    "characters")},
};

const char *
sshkey_why_word(enum sshkey_why why)
{
	return whys[why].word;
}

const char *
sshkey_why_text(enum sshkey_why why)
{
	return whys[why].text;
}

static bool
has(struct str s, struct str what)
{
	return s.p != NULL && memmem(s.p, s.n, what.p, what.n) != NULL;
}

/* Without its armour: a sequence that begins with a small version number, as
 * private keys do and public ones do not. */
static bool
is_bare_private(struct str s)
{
	CLEAN(buf_clear) struct buf der = BUF_INIT;
	const uint8_t *p;
	size_t i = 2;

	if (dec_b64(&der, str_sub(s, 0, 12)) != 0 || der.n < 9)
		return false;
	p = (const uint8_t *)der.p;
	if (p[0] != 0x30)
		return false;
	if ((p[1] & 0x80) != 0)
		i += p[1] & 3;
	return p[i] == 2 && p[i + 1] == 1 && p[i + 2] <= 1;
}

static bool
is_private(struct str s)
{
	static const struct str signs[] = {
	    STR_INIT("PRIVATE KEY-----"),
	    STR_INIT("PRIVATE KEY BLOCK-----"),
	    STR_INIT("SSH2 ENCRYPTED PRIVATE KEY"),
	    STR_INIT("Private-Lines:"),
	    STR_INIT("b3BlbnNzaC1rZXktdjE"), /* "openssh-key-v1" */
	};

	for (size_t i = 0; i < nitems(signs); i++)
		if (has(s, signs[i]))
			return true;
	return is_bare_private(s);
}

static bool
is_other_format(struct str s)
{
	return has(s, STR("-----BEGIN ")) || has(s, STR("---- BEGIN ")) ||
	       str_starts(s, STR("PuTTY-User-Key-File-"));
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

struct str
sshkey_word(struct str *rest)
{
	struct str s = str_trim(*rest);
	size_t n = 0;

	while (n < s.n && !is_blank(s.p[n]))
		n++;
	*rest = str_sub(s, n, SIZE_MAX);
	return str_sub(s, 0, n);
}

bool
sshkey_has_key(struct str rest)
{
	enum sshkey_type type;
	struct str word = sshkey_word(&rest);

	while (word.n > 0) {
		bool is_type = sshkey_type_of(word, &type);

		word = sshkey_word(&rest);
		if (is_type && str_starts(word, STR("AAAA")))
			return true;
	}
	return false;
}

static struct str
without_newline(struct str s)
{
	if (str_ends(s, STR("\n")))
		s.n--;
	if (str_ends(s, STR("\r")))
		s.n--;
	return str_trim(s);
}

/* What can be seen from afar. */
static enum sshkey_why
look_at(struct str line)
{
	struct str s = without_newline(line);

	if (is_private(s))
		return SSHKEY_PRIVATE;
	if (line.n > SSHKEY_LINE_MAX)
		return SSHKEY_TOO_LONG;
	if (s.n == 0)
		return SSHKEY_EMPTY;
	if (is_other_format(s))
		return SSHKEY_FORMAT;
	if (memchr(s.p, '\n', s.n) != NULL || memchr(s.p, '\r', s.n) != NULL)
		return SSHKEY_SEVERAL;
	return SSHKEY_FINE;
}

static enum sshkey_why
look_at_type(struct str word, struct str rest)
{
	enum sshkey_type type;

	if (sshkey_type_of(word, &type))
		return SSHKEY_FINE;
	if (str_ends(word, STR(SSHKEY_CERT_TAIL)))
		return SSHKEY_CERTIFICATE;
	return sshkey_has_key(rest) ? SSHKEY_OPTIONS : SSHKEY_TYPE;
}

/* Cut at a character, not within. */
static enum sshkey_why
read_comment(struct str s, char ret[SSHKEY_COMMENT_MAX + 1])
{
	size_t i = 0, keep = 0;

	s = str_trim(s);
	if (!str_is_text(s))
		return SSHKEY_COMMENT;
	if (sshkey_has_key(s))
		return SSHKEY_SEVERAL;
	while (i < s.n && i <= SSHKEY_COMMENT_MAX) {
		keep = i;
		(void)str_utf8(s, &i);
	}
	if (i <= SSHKEY_COMMENT_MAX)
		keep = i;
	if (keep > 0)
		memcpy(ret, s.p, keep);
	ret[keep] = '\0';
	return SSHKEY_FINE;
}

static int
read_blob(struct str word, struct str type, struct sshkey *key,
	  enum sshkey_why *ret)
{
	CLEAN(buf_clear) struct buf blob = BUF_INIT;
	struct sshkey_parts parts;
	int r = dec_b64(&blob, word);

	if (r != 0 || blob.n > SSHKEY_BLOB_MAX) {
		*ret = r != 0 ? SSHKEY_BASE64 : SSHKEY_TOO_LONG;
		return r < 0 ? r : 0;
	}
	r = sshkey_take_apart(buf_str(&blob), &parts);
	if (r != 0 || !str_eq(sshkey_type_name(parts.type), type)) {
		*ret = SSHKEY_BLOB;
		return 0;
	}
	key->type = parts.type;
	key->bits = parts.bits;
	memcpy(key->blob, blob.p, blob.n);
	key->blob_len = blob.n;
	r = digest_sha256(buf_str(&blob), key->digest);
	return r != 0 ? r : sshkey_judge(&parts, ret);
}

/* All there is to find; the blob comes last, since it costs most. */
static int
read_line(struct str line, struct sshkey *key, enum sshkey_why *ret)
{
	struct str rest = without_newline(line), type, word;

	*ret = look_at(line);
	if (*ret != SSHKEY_FINE)
		return 0;
	type = sshkey_word(&rest);
	*ret = look_at_type(type, rest);
	if (*ret != SSHKEY_FINE)
		return 0;
	word = sshkey_word(&rest);
	*ret = read_comment(rest, key->comment);
	if (*ret != SSHKEY_FINE)
		return 0;
	return read_blob(word, type, key, ret);
}

int
sshkey_parse(struct str line, struct sshkey *ret, enum sshkey_why *ret_why)
{
	struct sshkey key = {.bits = 0};
	int r = read_line(line, &key, ret_why);

	if (r != 0)
		return r;
	if (*ret_why == SSHKEY_TOO_LONG)
		return OUT_TOO_LARGE;
	if (*ret_why != SSHKEY_FINE)
		return OUT_MALFORMED;
	*ret = key;
	return 0;
}
