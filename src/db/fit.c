#include "db/fit.h"

#include <stdio.h>

#define FNV_BASIS UINT64_C(0xcbf29ce484222325)
#define FNV_PRIME UINT64_C(0x100000001b3)

/* The end counts as well: "ab", "c" is not "a", "bc". */
static uint64_t
mix(uint64_t h, const char *text)
{
	for (;; text++) {
		h = (h ^ (uint8_t)*text) * FNV_PRIME;
		if (*text == '\0')
			return h;
	}
}

/* Nobody gains by another text of the same mark: whoever writes into the file
 * writes the rows, too. Never 0, which is what a new file has. */
static int32_t
mark_of(const struct db_schema *schema, int64_t tables)
{
	uint64_t h = mix(FNV_BASIS, sqlite3_sourceid());
	char number[24];

	(void)snprintf(number, sizeof(number), "%lld", (long long)tables);
	h = mix(h, number);
	for (size_t i = 0; i < schema->n_statements; i++)
		h = mix(h, schema->statements[i].text);
	h ^= h >> 32;
	return (int32_t)(h & INT32_MAX) | 1;
}

static int
mark_write(struct db_at *at, int32_t mark, struct note *note)
{
	char text[48];
	int code, r;

	(void)snprintf(text, sizeof(text), "PRAGMA user_version=%d", mark);
	code = sqlite3_exec(at->h, text, NULL, NULL, NULL);
	r = conn_result(at, code);
	if (r == 0 || at->trouble == TROUBLE_NO_ROOM)
		return 0;
	return FOLD(conn_note(at, code, "user_version", note));
}

int
fit_check(struct db_at *at, struct note *note)
{
	int64_t tables = 0, known = 0;
	int code = conn_number(at, "PRAGMA schema_version", &tables), r;
	int32_t mark;

	if (code == SQLITE_OK)
		code = conn_number(at, "PRAGMA user_version", &known);
	if (code != SQLITE_OK)
		return FOLD(conn_note(at, code, "user_version", note));
	mark = mark_of(at->schema, tables);
	if (known == mark)
		return 0;
	r = conn_check(at, note);
	return r == 0 ? mark_write(at, mark, note) : r;
}
