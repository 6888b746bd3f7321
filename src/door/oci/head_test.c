#include "door/oci/inner.h"

#include "base/test.h"

#define MAX64  "18446744073709551615"
#define OVER64 "18446744073709551616"

static const struct {
	const char *field;
	uint64_t size;
	enum range_kind kind;
	uint64_t first, last;
} ranges[] = {
    {"bytes=0-0", 10, RANGE_PART, 0, 0},
    {"bytes=0-9", 10, RANGE_PART, 0, 9},
    {"bytes=0-10", 10, RANGE_PART, 0, 9},
    {"bytes=9-", 10, RANGE_PART, 9, 9},
    {"bytes=10-", 10, RANGE_NONE, 0, 0},
    {"bytes=11-20", 10, RANGE_NONE, 0, 0},
    {"bytes=-1", 10, RANGE_PART, 9, 9},
    {"bytes=-9", 10, RANGE_PART, 1, 9},
    {"bytes=-10", 10, RANGE_PART, 0, 9},
    {"bytes=-11", 10, RANGE_PART, 0, 9},
    {"bytes=-0", 10, RANGE_NONE, 0, 0},
    {"bytes=0-", 0, RANGE_NONE, 0, 0},
    {"bytes=-1", 0, RANGE_NONE, 0, 0},
    {"BYTES=3-4", 10, RANGE_PART, 3, 4},
    {"bytes= 3-4 ", 10, RANGE_PART, 3, 4},
    {"bytes=2-" MAX64, 10, RANGE_PART, 2, 9},
    {"bytes=2-" OVER64, 10, RANGE_PART, 2, 9},
    {"bytes=" OVER64 "-", 10, RANGE_NONE, 0, 0},
    {"bytes=-" OVER64, 10, RANGE_PART, 0, 9},
    {"bytes=5-4", 10, RANGE_NONE, 0, 0},
    {"bytes=0-1,3-4", 10, RANGE_WHOLE, 0, 0},
    {"bytes=0-1,", 10, RANGE_WHOLE, 0, 0},
    {"bytes=-", 10, RANGE_WHOLE, 0, 0},
    {"bytes=", 10, RANGE_WHOLE, 0, 0},
    {"bytes", 10, RANGE_WHOLE, 0, 0},
    {"", 10, RANGE_WHOLE, 0, 0},
    {"bytes=a-b", 10, RANGE_WHOLE, 0, 0},
    {"bytes=+1-2", 10, RANGE_WHOLE, 0, 0},
    {"bytes=1 -2", 10, RANGE_WHOLE, 0, 0},
    {"bytes=--1", 10, RANGE_WHOLE, 0, 0},
    {"items=0-1", 10, RANGE_WHOLE, 0, 0},
};

static void
test_ranges(void)
{
	for (size_t i = 0; i < nitems(ranges); i++) {
		uint64_t first = 0, last = 0;

		is_int(oci_range_parse(str_c(ranges[i].field), ranges[i].size,
				       &first, &last),
		       ranges[i].kind, "Range '%s' of %d", ranges[i].field,
		       (int)ranges[i].size);
		is_int(first, ranges[i].first, "  its first");
		is_int(last, ranges[i].last, "  its last");
	}
}

static const struct {
	const char *field;
	int r;
	uint64_t first, last;
} chunks[] = {
    {"0-0", 0, 0, 0},
    {"0-9", 0, 0, 9},
    {"10-19", 0, 10, 19},
    {"0-1099511627774", 0, 0, UPLOAD_SIZE_MAX - 2},
    {"0-1099511627775", 0, 0, UPLOAD_SIZE_MAX - 1},
    {"0-1099511627776", OUT_RANGE, 0, 0},
    {"0-" MAX64, OUT_RANGE, 0, 0},
    {"0-" OVER64, OUT_RANGE, 0, 0},
    {OVER64 "-" OVER64, OUT_RANGE, 0, 0},
    {"9-5", OUT_MALFORMED, 0, 0},
    {"bytes 0-9/10", OUT_MALFORMED, 0, 0},
    {"bytes=0-9", OUT_MALFORMED, 0, 0},
    {"0-9/10", OUT_MALFORMED, 0, 0},
    {"0-", OUT_MALFORMED, 0, 0},
    {"-9", OUT_MALFORMED, 0, 0},
    {"-", OUT_MALFORMED, 0, 0},
    {"", OUT_MALFORMED, 0, 0},
    {"5", OUT_MALFORMED, 0, 0},
    {"0 - 9", OUT_MALFORMED, 0, 0},
    {"+0-9", OUT_MALFORMED, 0, 0},
    {"0--9", OUT_MALFORMED, 0, 0},
    {"0x0-0x9", OUT_MALFORMED, 0, 0},
};

static void
test_chunks(void)
{
	for (size_t i = 0; i < nitems(chunks); i++) {
		uint64_t first = 0, last = 0;

		is_int(oci_content_range_parse(str_c(chunks[i].field), &first,
					       &last),
		       chunks[i].r, "Content-Range '%s'", chunks[i].field);
		is_int(first, chunks[i].first, "  its first");
		is_int(last, chunks[i].last, "  its last");
	}
}

static void
test_etags(void)
{
	struct str d = STR("sha256:ab");

	ok(oci_etag_listed(STR("\"sha256:ab\""), d), "the tag");
	ok(oci_etag_listed(STR("\"x\" , \"sha256:ab\""), d), "in a list");
	ok(oci_etag_listed(STR("W/\"sha256:ab\""), d), "a weak one");
	ok(oci_etag_listed(STR("*"), d), "any");
	ok(!oci_etag_listed(STR("sha256:ab"), d), "not without quotes");
	ok(!oci_etag_listed(STR("\"sha256:abc\""), d), "not a longer one");
	ok(!oci_etag_listed(STR("\"sha256:a\""), d), "not a shorter one");
	ok(!oci_etag_listed(STR(""), d), "not nothing");
	ok(!oci_etag_listed(STR("\""), d), "not one quote");
	ok(oci_etag_is(STR("\"sha256:ab\""), d), "If-Range: the tag");
	ok(!oci_etag_is(STR("W/\"sha256:ab\""), d), "If-Range: no weak one");
	ok(!oci_etag_is(STR("*"), d), "If-Range: not any");
	ok(!oci_etag_is(STR("Sat, 21 Nov 2026 10:00:00 GMT"), d),
	   "If-Range: no date");
}

int
main(void)
{
	test_ranges();
	test_chunks();
	test_etags();
	return done_testing();
}
