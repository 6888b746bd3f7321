#include "json/json.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

/* What is read can be written, and reads as the same text again. */
int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	CLEAN(json_freep) struct json *j = NULL;
	CLEAN(json_freep) struct json *k = NULL;
	CLEAN(buf_clear) struct buf text = BUF_INIT, again = BUF_INIT;
	struct note note = {""};
	int r = json_parse((struct str){(const char *)p, n}, &j, &note);

	if (r != 0) {
		assert(note.text[0] != '\0');
		return 0;
	}
	assert(json_write(&text, j) == 0);
	assert(json_parse(buf_str(&text), &k, NULL) == 0);
	assert(json_write(&again, k) == 0);
	assert(str_eq(buf_str(&text), buf_str(&again)));
	return 0;
}
