/*
 * struct str looks at bytes that somebody else owns; it is passed by value and
 * parsing never copies. It need not end in NUL and may hold NUL bytes. An empty
 * str may have p == NULL.
 */
#ifndef BASE_STR_H
#define BASE_STR_H

#include "base/clean.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct str {
	const char *p;
	size_t n;
};

#define STR(lit) ((struct str){ "" lit, sizeof(lit) - 1 })
#define STR_INIT(lit) { "" lit, sizeof(lit) - 1 } /* for static tables */
#define STR_NONE ((struct str){ NULL, 0 })
/* printf("%.*s", STR_ARG(s)) */
#define STR_ARG(s) (int)(s).n, (s).p ? (s).p : ""

struct str str_c(const char *c); /* c may be NULL: the empty str */
struct str str_sub(struct str s, size_t from, size_t n); /* clamped */
bool str_eq(struct str a, struct str b);      /* not for secrets: mem_equal */
bool str_eq_nocase(struct str a, struct str b); /* ASCII case only */
int str_cmp(struct str a, struct str b);      /* byte order */
bool str_starts(struct str s, struct str head);
bool str_ends(struct str s, struct str tail);
struct str str_trim(struct str s);            /* blanks and tabs, both ends */

/* Split at the first (last) sep; head and tail stay untouched on false. */
bool str_cut(struct str s, char sep, struct str *head, struct str *tail);
bool str_rcut(struct str s, char sep, struct str *head, struct str *tail);

/*
 * Take the next field of *rest up to sep; false when *rest is used up. A str
 * "a,b," gives "a", "b", "" : start with rest->p != NULL.
 */
bool str_next(struct str *rest, char sep, struct str *ret);

/* Every byte is in [ ,~]: printable ASCII. */
bool str_printable(struct str s);
/* The code point at s.p[*i], *i < s.n; moves *i on. UINT32_MAX when the bytes
 * are no well-formed UTF-8; then *i has moved on by at least one. */
uint32_t str_utf8(struct str s, size_t *i);
/* Valid UTF-8 without control characters or bidirectional overrides. */
bool str_is_text(struct str s);

/*
 * Strict decimal: digits only, no sign, no blanks, no leading zero but "0".
 * Returns 0, OUT_MALFORMED, or OUT_RANGE above max.
 */
MUST int str_u64(struct str s, uint64_t max, uint64_t *ret);

/* A NUL-terminated copy on the heap, or NULL. The caller frees. */
char *str_dup(struct str s);

#endif
