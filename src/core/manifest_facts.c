#include "core/manifest_read.h"

#include "base/enc.h"
#include "json/json.h"

bool
manifest_facts_known(struct str type)
{
	return str_eq(type, STR("application/vnd.oci.image.config.v1+json")) ||
	       str_eq(type,
		      STR("application/vnd.docker.container.image.v1+json"));
}

static bool
two_digits(struct str s, size_t at, int64_t max, int64_t *ret)
{
	uint64_t v;
	struct str two = str_sub(s, at, 2);

	if (two.n == 2 && two.p[0] == '0')
		two = str_sub(two, 1, 1);
	if (two.n == 0 || str_sub(s, at, 2).n != 2 ||
	    str_u64(two, (uint64_t)max, &v) != 0)
		return false;
	*ret = (int64_t)v;
	return true;
}

/* RFC 3339: "Z", or hours and minutes that the local time is ahead. */
static bool
read_offset(struct str s, int64_t *ret_s)
{
	int64_t hours, minutes;

	*ret_s = 0;
	if (str_eq_nocase(s, STR("z")))
		return true;
	if (s.n != 6 || s.p[3] != ':' || (s.p[0] != '+' && s.p[0] != '-') ||
	    !two_digits(s, 1, 23, &hours) || !two_digits(s, 4, 59, &minutes))
		return false;
	*ret_s = (hours * 60 + minutes) * (s.p[0] == '+' ? 60 : -60);
	return true;
}

/* Builders write nine digits of a second, and sometimes their local time. */
static int64_t
read_created(struct str s)
{
	char whole[21];
	int64_t ms, offset;
	size_t n = 19;

	if (s.n < 20)
		return 0;
	(void)snprintf(whole, sizeof(whole), "%.19sZ", s.p);
	if (s.p[n] == '.')
		for (n++; n < s.n && s.p[n] >= '0' && s.p[n] <= '9'; n++)
			;
	if (dec_time(str_c(whole), &ms) != 0 ||
	    !read_offset(str_sub(s, n, s.n), &offset))
		return 0;
	return ms / SECOND_MS - offset;
}

/* One word of a platform; it is shown in tables and matched by scripts. */
static bool
is_word(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= ' ' || s.p[i] > '~' || s.p[i] == '/')
			return false;
	return s.n > 0 && s.n <= PLATFORM_MAX / 4;
}

static void
read_platform(const struct json *root, char ret[PLATFORM_MAX])
{
	struct str os = json_text(root, "os");
	struct str arch = json_text(root, "architecture");
	struct str variant = json_text(root, "variant");

	if (!is_word(os) || !is_word(arch))
		return;
	(void)snprintf(ret, PLATFORM_MAX, "%.*s/%.*s%s%.*s", STR_ARG(os),
		       STR_ARG(arch), is_word(variant) ? "/" : "",
		       is_word(variant) ? (int)variant.n : 0,
		       variant.p != NULL ? variant.p : "");
}

void
manifest_facts_read(struct str config, struct manifest_facts *ret)
{
	CLEAN(json_freep) struct json *root = NULL;

	*ret = (struct manifest_facts){0};
	if (json_parse(config, &root, NULL) != 0)
		return;
	ret->created_s = read_created(json_text(root, "created"));
	read_platform(root, ret->platform);
}
