/*
 * Packets between the vault and who asks it, numbers in network order:
 *
 *   question  u32 number (from 1), u8 word, argument
 *   answer    u32 number of the question, u8 0, an outcome or TALK_FAILURE,
 *             result when that is 0
 *
 *   word      argument                  result
 *   PUBLIC    -                         u8 n, n times (u8 length, kid, x, y),
 *                                       u8 n, n times i64 version
 *   DIGEST    secret                    32 bytes
 *   ACCESS    u8 length, kid, input     64 bytes
 *   REGISTRY  i64 version, input        32 bytes
 *   STATE     -                         struct vault_state
 *
 * An answer to question 0 says that whoever was to answer has ended. Neither end
 * trusts the other: what is not of this form is OUT_MALFORMED.
 */
#ifndef CRYPT_VAULT_TALK_H
#define CRYPT_VAULT_TALK_H

#include "crypt/vault_inner.h"

#define TALK_HEAD_LEN 5
#define TALK_QUESTION_MAX (64 * KIB)
#define TALK_ANSWER_MAX (8 * KIB)
#define TALK_FAILURE 255
#define TALK_LOST 0

enum talk_word {
	TALK_PUBLIC = 1,
	TALK_DIGEST,
	TALK_ACCESS,
	TALK_REGISTRY,
	TALK_STATE
};
struct talk_head {
	uint32_t number;
	uint8_t what; /* a word, or how it ended */
};

void talk_head_write(const struct talk_head *, uint8_t ret[TALK_HEAD_LEN]);
MUST int talk_head_read(struct str packet, struct talk_head *ret,
    struct str *ret_rest);

/* Arguments: the part before the input, in front of which it goes. */
#define TALK_ARG_MAX (1 + VAULT_KID_MAX)
size_t talk_kid_write(struct str kid, uint8_t ret[TALK_ARG_MAX]);
MUST int talk_kid_read(struct str arg, struct str *ret_kid,
    struct str *ret_input);
size_t talk_version_write(int64_t, uint8_t ret[TALK_ARG_MAX]);
MUST int talk_version_read(struct str arg, int64_t *ret_version,
    struct str *ret_input);

int talk_public_write(const struct vault *, struct buf *); /* buf_err() */
/* Fills in an empty public half. 0, OUT_MALFORMED, -errno. */
MUST int talk_public_read(struct str, struct vault *ret);
#define TALK_STATE_LEN 9
void talk_state_write(const struct vault_state *, uint8_t ret[TALK_STATE_LEN]);
MUST int talk_state_read(struct str, struct vault_state *ret);

/* One answer to a question, appended to an empty buf; no outcome of its own but
 * -errno without memory. */
MUST int talk_answer(struct vault *, const struct vault_state *,
    struct str question, struct buf *ret);

#endif
