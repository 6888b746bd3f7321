/* Names of signing keys, and what follows from them. */
#include "crypt/vault_inner.h"

#include "base/clock.h"
#include "base/enc.h"
#include "crypt/rand.h"
#include "crypt/vault_file.h"

#include <errno.h>
#include <stdio.h>

#define DAY_LEN	   8  /* YYYYMMDD */
#define MOMENT_LEN 14 /* YYYYMMDDhhmmss */

int64_t
vault_kid_from(struct str kid)
{
	struct str time, rest;
	int64_t ms = 0;
	char text[32];
	bool moment;

	if (!str_cut(kid, '-', &time, &rest))
		return INT64_MIN;
	moment = time.n == MOMENT_LEN;
	if (!moment && time.n != DAY_LEN)
		return INT64_MIN;
	(void)snprintf(text, sizeof(text), "%.4s-%.2s-%.2sT%.2s:%.2s:%.2sZ",
		       time.p, time.p + 4, time.p + 6,
		       moment ? time.p + 8 : "00", moment ? time.p + 10 : "00",
		       moment ? time.p + 12 : "00");
	if (dec_time(str_c(text), &ms) != 0)
		return INT64_MIN;
	return moment ? ms + (int64_t)VAULT_LEAD_S * 1000 : ms;
}

/* When none may yet, the oldest does: somebody must. */
size_t
vault_kid_signer(const struct vault_access *keys, size_t n, int64_t now)
{
	size_t i = 0;

	while (i + 1 < n && vault_kid_from(str_c(keys[i].kid)) > now)
		i++;
	return i;
}

bool
vault_kid_over(const struct vault_access *keys, size_t n, size_t i, int64_t now)
{
	int64_t from;

	if (i <= vault_kid_signer(keys, n, now))
		return false;
	from = vault_kid_from(str_c(keys[i - 1].kid));
	return from == INT64_MIN || from + (int64_t)VAULT_AFTER_S * 1000 <= now;
}

void
vault_kid_file(const char *kid, char ret[VAULT_FILE_NAME_MAX])
{
	(void)snprintf(ret, VAULT_FILE_NAME_MAX, "iam-%s.pem", kid);
}

int
vault_key_make(int dir, bool moment, char ret_kid[VAULT_KID_MAX + 1])
{
	CLEAN(buf_clear) struct buf pem = BUF_INIT;
	char when[32], clock[8] = "", hex[9], name[VAULT_FILE_NAME_MAX];
	int r = es256_make(&pem);

	if (r == 0)
		r = rand_hex(hex, 8);
	if (r != 0)
		return r;
	enc_time(clock_now(), when);
	if (moment)
		(void)snprintf(clock, sizeof(clock), "%.2s%.2s%.2s", when + 11,
			       when + 14, when + 17);
	(void)snprintf(ret_kid, VAULT_KID_MAX + 1, "%.4s%.2s%.2s%s-%s", when,
		       when + 5, when + 8, clock, hex);
	vault_kid_file(ret_kid, name);
	return FOLD(vault_file_make(dir, name, buf_str(&pem)));
}
