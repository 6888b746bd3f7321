#include "json/json.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The library's names for its kinds are ours too, with other values. Its macros
 * json_is_...() must therefore not be used below. */
#define JSON_OBJECT LIB_OBJECT
#define JSON_ARRAY  LIB_ARRAY
#define JSON_REAL   LIB_REAL
#define JSON_NULL   LIB_NULL
#include <jansson.h>
#undef JSON_OBJECT
#undef JSON_ARRAY
#undef JSON_REAL
#undef JSON_NULL

/* struct json is never defined: it is the library's json_t under another name,
 * so that jansson.h stays in this file. The library wants pointers to non-const
 * even where it only looks. */
static json_t *
tree_of(const struct json *j)
{
	return (json_t *)(uintptr_t)j;
}

static const struct json *
value_of(const json_t *t)
{
	return (const struct json *)t;
}

/* The library would go 2048 levels deep. Brackets in strings do not count. */
static bool
too_deep(struct str text)
{
	bool in_string = false;
	size_t depth = 0;

	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		if (in_string && c == '\\')
			i++;
		else if (c == '"')
			in_string = !in_string;
		else if (in_string)
			continue;
		else if ((c == '{' || c == '[') && ++depth > JSON_DEPTH_MAX)
			return true;
		else if ((c == '}' || c == ']') && depth > 0)
			depth--;
	}
	return false;
}

static int
parse_failed(const json_error_t *e, struct note *note)
{
	const char *near = strstr(e->text, " near '");
	size_t n = near != NULL ? (size_t)(near - e->text) : strlen(e->text);

	if (json_error_code(e) == json_error_out_of_memory)
		return FAIL(-ENOMEM);
	/* What stands near the mistake may be a password. The name of a
	 * duplicate is not quoted in this way, but it is the peer's as well. */
	if (json_error_code(e) == json_error_duplicate_key)
		return note_set(note, OUT_MALFORMED,
				"line %d, column %d: duplicate name", e->line,
				e->column);
	return note_set(note, OUT_MALFORMED, "line %d, column %d: %.*s",
			e->line, e->column, (int)n, e->text);
}

int
json_parse(struct str text, struct json **ret, struct note *note)
{
	json_error_t error;
	json_t *tree;

	/* The library takes a NUL for the end and leaves the rest unread. */
	if (text.n > 0 && memchr(text.p, '\0', text.n) != NULL)
		return note_set(note, OUT_MALFORMED, "NUL byte");
	if (too_deep(text))
		return note_set(note, OUT_MALFORMED, "more than %d levels deep",
				JSON_DEPTH_MAX);
	tree = json_loadb(text.p == NULL ? "" : text.p, text.n,
			  JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
	if (tree == NULL)
		return parse_failed(&error, note);
	*ret = (struct json *)tree;
	return 0;
}

void
json_free(struct json *root)
{
	json_decref(tree_of(root));
}

enum json_kind
json_kind(const struct json *j)
{
	static const enum json_kind kinds[] = {
	    [LIB_OBJECT] = JSON_OBJECT, [LIB_ARRAY] = JSON_ARRAY,
	    [JSON_STRING] = JSON_STR,	[JSON_INTEGER] = JSON_INT,
	    [LIB_REAL] = JSON_REAL,	[JSON_TRUE] = JSON_BOOL,
	    [JSON_FALSE] = JSON_BOOL,	[LIB_NULL] = JSON_NULL,
	};

	return j == NULL ? JSON_NULL : kinds[json_typeof(tree_of(j))];
}

/* The library's own functions take NULL and values of other kinds. */
const struct json *
json_get(const struct json *object, const char *name)
{
	return value_of(json_object_get(tree_of(object), name));
}

size_t
json_size(const struct json *j)
{
	return json_array_size(tree_of(j)) + json_object_size(tree_of(j));
}

const struct json *
json_at(const struct json *array, size_t i)
{
	return value_of(json_array_get(tree_of(array), i));
}

bool
json_each(const struct json *object, void **iter, struct str *ret_name,
	  const struct json **ret)
{
	json_t *tree = tree_of(object);

	if (*iter == NULL)
		*iter = json_object_iter(tree);
	else
		*iter = json_object_iter_next(tree, *iter);
	if (*iter == NULL)
		return false;
	*ret_name = (struct str){json_object_iter_key(*iter),
				 json_object_iter_key_len(*iter)};
	*ret = value_of(json_object_iter_value(*iter));
	return true;
}

bool
json_str(const struct json *j, struct str *ret)
{
	if (json_kind(j) != JSON_STR)
		return false;
	*ret = (struct str){json_string_value(tree_of(j)),
			    json_string_length(tree_of(j))};
	return true;
}

bool
json_int(const struct json *j, int64_t *ret)
{
	if (json_kind(j) != JSON_INT)
		return false;
	*ret = json_integer_value(tree_of(j));
	return true;
}

bool
json_bool(const struct json *j, bool *ret)
{
	if (json_kind(j) != JSON_BOOL)
		return false;
	*ret = json_typeof(tree_of(j)) == JSON_TRUE;
	return true;
}

struct str
json_text(const struct json *object, const char *name)
{
	struct str s = STR_NONE;

	(void)json_str(json_get(object, name), &s);
	return s;
}

static int
write_piece(const char *p, size_t n, void *arg)
{
	return buf_add(arg, p, n) == 0 ? 0 : -1;
}

int
json_write(struct buf *b, const struct json *j)
{
	if (j == NULL)
		return buf_adds(b, "null");
	if (json_dump_callback(tree_of(j), write_piece, b,
			       JSON_COMPACT | JSON_ENCODE_ANY) == 0)
		return 0;
	return buf_err(b) != 0 ? buf_err(b) : FAIL(-ENOMEM);
}
