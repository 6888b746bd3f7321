#include "follow/conf.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

/* What is read can be printed, and is read again to the same effect. */
int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	CLEAN(buf_clear) struct buf text = BUF_INIT;
	struct str s = {(const char *)p, n};
	struct conf conf, again;
	struct note note = {""};
	struct url url;

	(void)!url_parse(s, &url);
	(void)conf_token_ok('m', s);
	if (conf_parse(&conf, "m", s, &note) != 0) {
		assert(note.text[0] != '\0');
		return 0;
	}
	assert(conf.n_users >= 1 && conf.n_users <= CONF_USERS_MAX);
	assert(conf.max_age_s >= 1 && conf.max_age_s <= CONF_AGE_MAX_S);
	assert(conf.wait_s >= 1 && conf.wait_s <= CONF_WAIT_MAX_S);
	assert(conf.cache[0] == '/' && conf.url.host[0] != '\0');
	conf_print(&conf, &text);
	assert(conf_parse(&again, "m", buf_str(&text), &note) == 0);
	assert(memcmp(&conf, &again, sizeof(conf)) == 0);
	return 0;
}
