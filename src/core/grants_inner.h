/*
 * Grants from the inside: the compiled form, who makes it (grants_compile.c) and
 * who asks it (grants_match.c).
 *
 * A policy's roles, service, regions and condition become a kind, which many
 * policies share; each name of a resource that it is about, a grant. An exact name
 * lies in a bucket by its lower case, a pattern by the bytes before its first
 * wildcard, so that what cannot fit is never looked at.
 */
#ifndef CORE_GRANTS_INNER_H
#define CORE_GRANTS_INNER_H

#include "base/arena.h"
#include "core/cache.h"
#include "core/grants.h"
#include "core/role.h"
#include "core/when.h"

#define GRANT_NAME_MAX 255 /* an exact name above it fits nothing */
#define GRANT_HEAD_MAX 64  /* bytes of a pattern that are looked up */
#define GRANT_LAST UINT32_MAX
#define GRANT_ANYWHERE UINT32_MAX

enum grant_type {
	TYPE_UNSET = 1 << 0, /* none is named: every one */
	TYPE_NAMESPACE = 1 << 1,
	TYPE_REPOSITORY = 1 << 2,
	TYPE_PROJECT = 1 << 3,
	TYPE_SERVICE_ID = 1 << 4,
	TYPE_GROUP = 1 << 5,
};
struct granted_kind {
	struct verb_set verbs, own; /* own: of what who asks has made */
	uint32_t regions;  /* bit by place in core->regions, or ANYWHERE */
	uint16_t services; /* bit by grants_service() */
	uint16_t when;     /* 0: always */
	uint8_t types;
	bool grouped;      /* names the resource group */
	bool whole;        /* a grant of this kind names no resource */
};
enum grant_form { FORM_ANY, FORM_EXACT, FORM_PATTERN };
struct granted {
	uint32_t name; /* where in names */
	uint32_t next; /* in the same bucket */
	uint16_t n, kind, policy;
	uint8_t form, head; /* head: bytes before the first wildcard */
};
struct grants {
	struct cached cached;
	size_t n, n_kinds, n_said;
	struct when *whens;
	struct granted_kind *kinds;
	struct granted *list;
	uint32_t *buckets;
	uint32_t mask;  /* buckets - 1 */
	uint32_t loose; /* patterns that begin with a wildcard */
	uint64_t heads; /* bit n - 1: some pattern has a head of n bytes */
	char *names;
	struct verb_set all;      /* that any kind holds */
	struct grant_said *said;  /* NULL, but for explaining */
	struct arena arena;       /* of said */
};

/* A number below 16; -1: none that policies are about. */
int grants_service(struct str name);
bool grants_service_has_regions(int service);

#define GRANT_HASH_START 2166136261U
static inline uint32_t
grant_hash(uint32_t h, char c)
{
	if (c >= 'A' && c <= 'Z')
		c = (char)(c - 'A' + 'a');
	return (h ^ (uint8_t)c) * 16777619U;
}

/* identity p NULL: everybody's. said: keep what the policies say, for people. */
MUST int grants_compile(const struct core *, struct db_at *, struct str identity,
    struct str account, bool said, struct grants **ret);
/* nocase: value is in lower case, the pattern need not be. */
bool grants_match_run(struct str pattern, struct str value, bool nocase);

#endif
