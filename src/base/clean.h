/*
 * Words that every file uses: scope-bound cleanup, results that must be looked
 * at, and a few numbers. Nothing in here allocates or fails.
 */
#ifndef BASE_CLEAN_H
#define BASE_CLEAN_H

#include "base/banned.h"

#include <stddef.h>
#include <stdint.h>

#define CLEAN(fn)    __attribute__((cleanup(fn)))
#define MUST	     __attribute__((warn_unused_result))
#define PRINTF(f, a) __attribute__((format(printf, f, a)))
#define nitems(a)    (sizeof(a) / sizeof((a)[0]))

/* Move a pointer out of its owner: the owner is NULL afterwards. */
#define TAKE(p)                                                                \
	__extension__({                                                        \
		__typeof__(p) taken_ = (p);                                    \
		(p) = NULL;                                                    \
		taken_;                                                        \
	})

/* For a struct T with T_free(struct T *): T_freep, to be used with CLEAN(). */
#define DEFINE_FREEP(T)                                                        \
	static inline void T##_freep(struct T **p)                             \
	{                                                                      \
		T##_free(*p);                                                  \
	}

#define KIB ((size_t)1024)
#define MIB (1024 * KIB)

#define SECOND_MS ((int64_t)1000)
#define MINUTE_MS (60 * SECOND_MS)
#define HOUR_MS	  (60 * MINUTE_MS)
#define DAY_MS	  (24 * HOUR_MS)

#endif
