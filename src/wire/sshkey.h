/*
 * Public keys of SSH (RFC 4253 section 6.6, RFC 5656, RFC 8709, PROTOCOL.u2f of
 * OpenSSH) in the one-line form of authorized_keys(5): "type base64 [comment]".
 * Parsed strictly: the line must say what the blob says, the blob must be
 * canonical and whole, the key must not be one that can be computed.
 */
#ifndef WIRE_SSHKEY_H
#define WIRE_SSHKEY_H

#include "base/buf.h"
#include "base/str.h"
#include "crypt/digest.h"

#define SSHKEY_LINE_MAX (16 * KIB) /* of a line: 413 */
#define SSHKEY_BLOB_MAX (8 * KIB)
#define SSHKEY_COMMENT_MAX 255     /* kept; a longer one is cut at a character */
#define SSHKEY_RSA_BITS_MIN 2048
#define SSHKEY_RSA_BITS_MAX 16384

enum sshkey_type {
	SSHKEY_RSA, SSHKEY_ED25519, SSHKEY_ECDSA256, SSHKEY_ECDSA384,
	SSHKEY_ECDSA521, SSHKEY_SK_ED25519, SSHKEY_SK_ECDSA256, SSHKEY_TYPES
};
/* "ssh-rsa", "ssh-ed25519", "ecdsa-sha2-nistp256", ... */
struct str sshkey_type_name(enum sshkey_type);
/* "RSA", "ED25519", "ECDSA", "ED25519-SK", ...: as ssh-keygen -l says it. */
struct str sshkey_type_word(enum sshkey_type);

struct sshkey {
	enum sshkey_type type;
	unsigned bits;
	uint8_t blob[SSHKEY_BLOB_MAX];
	size_t blob_len;
	uint8_t digest[SHA256_LEN]; /* of the blob: what a key is known by */
	char comment[SSHKEY_COMMENT_MAX + 1]; /* printable UTF-8 */
};
/* What was wrong, in one word for machines; sshkey_why_text for people. */
enum sshkey_why {
	SSHKEY_FINE,
	SSHKEY_EMPTY,
	SSHKEY_TOO_LONG,
	SSHKEY_PRIVATE,      /* a private key: never echoed, never logged */
	SSHKEY_SEVERAL,      /* more than one line or key */
	SSHKEY_OPTIONS,      /* command="..." and the like in front */
	SSHKEY_FORMAT,       /* PKCS#8, RFC 4716, PuTTY, PGP: names what is taken */
	SSHKEY_CERTIFICATE,
	SSHKEY_TYPE,         /* unknown type, or DSA */
	SSHKEY_BASE64,
	SSHKEY_BLOB,         /* does not parse, is not what the line says, over
	                      * 16384 bits, a point that is on no curve */
	SSHKEY_WEAK,         /* too short, bad exponent */
	SSHKEY_COMPROMISED,  /* can be computed: ROCA, small factors, primes too
	                      * close together, a modulus that is a prime */
	SSHKEY_COMMENT,      /* control bytes or broken UTF-8 */
	SSHKEY_WHYS
};
const char *sshkey_why_word(enum sshkey_why); /* "weak_key", ... */
const char *sshkey_why_text(enum sshkey_why);

/* One line, a newline at its end allowed, nothing else. 0; OUT_MALFORMED, or
 * OUT_TOO_LARGE for SSHKEY_TOO_LONG, with *ret_why. At most 50 ms. */
MUST int sshkey_parse(struct str line, struct sshkey *ret,
    enum sshkey_why *ret_why);
/* The blob alone, as SSH sends it. No judgement but the form. 0;
 * OUT_UNSUPPORTED: of another type, a certificate too; OUT_MALFORMED. */
MUST int sshkey_blob(struct str blob, enum sshkey_type *ret_type,
    unsigned *ret_bits);
/* A paste that a terminal wrapped over several lines, joined into one line:
 * blanks and line ends inside the base64 go. What is not such a paste comes
 * back as it was. For people's input only, never for the API. 0 or -errno. */
MUST int sshkey_join(struct str paste, struct buf *ret);

/* "type base64", no comment, no newline. */
void sshkey_text(struct str type, struct str blob, struct buf *);
/* "SHA256:..." (43 characters after the colon, no padding) and
 * "MD5:aa:bb:...", as ssh-keygen -l prints them. */
#define SSHKEY_SHA256_LEN 50
#define SSHKEY_MD5_LEN 51
MUST int sshkey_fingerprint(struct str blob, char ret[SSHKEY_SHA256_LEN + 1]);
MUST int sshkey_fingerprint_md5(struct str blob, char ret[SSHKEY_MD5_LEN + 1]);
/* "SHA256:..." (or its 43 characters) back into the digest. 0; OUT_MALFORMED,
 * for an MD5 too. */
MUST int sshkey_fingerprint_parse(struct str, uint8_t ret[SHA256_LEN]);
/* The picture that ssh-keygen -lv draws: 11 lines, each with its newline.
 * word and bits as in its frame: "+---[RSA 2048]----+". */
MUST int sshkey_randomart(struct str blob, struct str word, unsigned bits,
    struct buf *);

#endif
