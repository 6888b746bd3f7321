/*
 * JSON (RFC 8259). Reading is strict: UTF-8, no duplicate names, bounded depth,
 * nothing after the value, no NUL in a string. Writing goes straight into a
 * buf, without a tree, so that a secret can be written without a copy.
 */
#ifndef JSON_JSON_H
#define JSON_JSON_H

#include "base/buf.h"
#include "base/out.h"
#include "base/str.h"

#include <stdint.h>

#define JSON_DEPTH_MAX 32

struct json; /* a value; children are borrowed from the root */

/* 0, OUT_MALFORMED (note says why and where), -ENOMEM. Free with json_free. */
MUST int json_parse(struct str text, struct json **ret, struct note *);
void json_free(struct json *root);
DEFINE_FREEP(json)

enum json_kind {
	JSON_NULL, JSON_BOOL, JSON_INT, JSON_REAL, JSON_STR, JSON_ARRAY,
	JSON_OBJECT
};
enum json_kind json_kind(const struct json *); /* NULL is JSON_NULL */

/* NULL when absent, or when the value is no object. */
const struct json *json_get(const struct json *object, const char *name);
size_t json_size(const struct json *array_or_object);
const struct json *json_at(const struct json *array, size_t i);
/* Walk an object: *iter starts as NULL; false at the end. Order as written. */
bool json_each(const struct json *object, void **iter, struct str *ret_name,
    const struct json **ret);

/* Typed looks: true and *ret filled only when the value has that kind. */
bool json_str(const struct json *, struct str *ret);
bool json_int(const struct json *, int64_t *ret);
bool json_bool(const struct json *, bool *ret);
/* json_get + json_str, STR_NONE when absent or of another kind. */
struct str json_text(const struct json *object, const char *name);

/* Append the value, compact, as it was read (object order kept). */
int json_write(struct buf *, const struct json *);

/*
 * The writer. Commas and quotes are its business; errors stick in the buf.
 *     struct jw w = JW(&buf);
 *     jw_object(&w, NULL); jw_str(&w, "name", s); jw_end(&w);
 * name is NULL inside arrays and at the top.
 */
struct jw {
	struct buf *b;
	uint32_t kinds; /* bit per level: array or object */
	uint8_t depth;
	bool comma;
};
#define JW(buf) ((struct jw){ .b = (buf) })
void jw_object(struct jw *, const char *name);
void jw_array(struct jw *, const char *name);
void jw_end(struct jw *);
void jw_str(struct jw *, const char *name, struct str);
void jw_c(struct jw *, const char *name, const char *); /* NULL writes null */
void jw_int(struct jw *, const char *name, int64_t);
void jw_bool(struct jw *, const char *name, bool);
void jw_null(struct jw *, const char *name);
void jw_raw(struct jw *, const char *name, struct str json); /* as it is */
void jw_json(struct jw *, const char *name, const struct json *);
/* A string known to need no escape (tags, digests): the fast way. */
void jw_plain(struct jw *, const char *name, struct str);
/* A member whose name is not a literal. */
void jw_key(struct jw *, struct str name); /* the next value takes it */

#endif
