/* Columns of a terminal, of Unicode's East Asian Width: wcwidth(3) knows them
 * in a locale only, and the C locale knows nothing. */
#include "base/i18n.h"
#include "base/str.h"

#include <stdint.h>

struct range {
	uint32_t first, last;
};

/* In order. */
static const struct range wide[] = {
    {0x1100, 0x115f},	{0x231a, 0x231b},   {0x2e80, 0x303e},
    {0x3041, 0x4dbf},	{0x4e00, 0xa4cf},   {0xa960, 0xa97f},
    {0xac00, 0xd7a3},	{0xf900, 0xfaff},   {0xfe30, 0xfe6f},
    {0xff01, 0xff60},	{0xffe0, 0xffe6},   {0x1f300, 0x1f64f},
    {0x1f680, 0x1f6ff}, {0x1f900, 0x1f9ff}, {0x20000, 0x3fffd},
};
static const struct range none[] = {
    {0x0300, 0x036f}, {0x1160, 0x11ff}, {0x1ab0, 0x1aff}, {0x1dc0, 0x1dff},
    {0x200b, 0x200f}, {0x202a, 0x202e}, {0x2060, 0x206f}, {0x20d0, 0x20ff},
    {0x302a, 0x302d}, {0x3099, 0x309a}, {0xd7b0, 0xd7ff}, {0xfe00, 0xfe0f},
    {0xfe20, 0xfe2f}, {0xfeff, 0xfeff},
};

static bool
is_in(const struct range *ranges, size_t n, uint32_t c)
{
	for (size_t i = 0; i < n && ranges[i].first <= c; i++)
		if (c <= ranges[i].last)
			return true;
	return false;
}

static size_t
width_of(uint32_t c)
{
	if (c < none[0].first)
		return 1;
	if (is_in(none, nitems(none), c))
		return 0;
	return is_in(wide, nitems(wide), c) ? 2 : 1;
}

size_t
i18n_width(const char *p, size_t n)
{
	struct str s = {p, n};
	size_t width = 0, at = 0;

	while (at < n)
		width += width_of(str_utf8(s, &at));
	return width;
}
