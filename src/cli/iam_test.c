/* Words of people as the identity API wants them. */
#include "base/clock.h"
#include "base/enc.h"
#include "base/test.h"
#include "cli/explain.h"
#include "cli/policy.h"

#include <string.h>

static void
times(void)
{
	CLEAN(buf_clear) struct buf text = BUF_INIT;
	struct note note = {""};
	char left[LEFT_ROOM];
	int64_t ms = 0, again = 0;

	is_int(iam_time_read(STR("2019-02-01T19:06+0000"), &ms), 0, "minutes");
	is_int(iam_time_read(STR("2019-02-01T19:06:00Z"), &again), 0,
	       "seconds");
	is_int(ms, again, "are the same moment");
	is_int(iam_time_read(STR("2019-02-01T19:06:00.123Z"), &again), 0,
	       "milliseconds");
	is_int(ms, again, "are cut off");
	is_int(iam_time_read(STR("yesterday"), &ms), OUT_MALFORMED, "no time");
	is_int(iam_time_write("30d", &text, &note), 0, "30d");
	is_int((long long)text.n, 21, "is a minute of the API");
	is_int(iam_time_read(buf_str(&text), &ms), 0, "that can be read");
	ok(ms >= clock_now() + 30 * DAY_MS - MINUTE_MS &&
	       ms <= clock_now() + 30 * DAY_MS + MINUTE_MS,
	   "in 30 days, no earlier");
	is_int(iam_time_write("soon", &text, &note), OUT_MALFORMED, "no time");
	left_text(0, left);
	is_str(str_c(left), STR("never"), "no end");
	left_text(clock_now() - 1, left);
	is_str(str_c(left), STR("expired"), "over");
	left_text(clock_now() + 3 * DAY_MS + HOUR_MS, left);
	is_str(str_c(left), STR("in 3 days"), "days");
	left_text(clock_now() + 30 * MINUTE_MS, left);
	ok(strncmp(left, "in ", 3) == 0 && strstr(left, "minute") != NULL,
	   "minutes: %s", left);
}

static void
lists(void)
{
	struct str rest = STR(" Reader, writer ,"), one;

	ok(iam_list_next(&rest, &one), "first");
	is_str(one, STR("Reader"), "without blanks");
	ok(iam_list_next(&rest, &one), "second");
	is_str(one, STR("writer"), "on both sides");
	ok(iam_list_next(&rest, &one), "third");
	is_str(one, STR(""), "says it is empty");
	ok(!iam_list_next(&rest, &one), "and no more");
}

static int
attributes(const char *text, struct buf *out, bool v2)
{
	struct cli cli = {0};
	struct jw w = JW(out);
	int r;

	buf_reset(out);
	jw_array(&w, NULL);
	r = policy_attributes(&cli, &w, text, v2);
	jw_end(&w);
	return r;
}

static void
attribute_lists(void)
{
	CLEAN(buf_clear) struct buf out = BUF_INIT;

	is_int(attributes("a=b, c=d*", &out, false), 0, "two attributes");
	is_str(buf_str(&out),
	       STR("[{\"name\":\"a\",\"operator\":\"stringEquals\","
		   "\"value\":\"b\"},{\"name\":\"c\",\"operator\":"
		   "\"stringMatch\",\"value\":\"d*\"}]"),
	       "as v1 has them");
	is_int(attributes("a=b=c", &out, true), 0, "a value with =");
	is_str(buf_str(&out),
	       STR("[{\"key\":\"a\",\"operator\":\"stringEquals\","
		   "\"value\":\"b=c\"}]"),
	       "as v2 has it");
	is_int(attributes("a", &out, true), OUT_MALFORMED, "no value");
	is_int(attributes("=b", &out, true), OUT_MALFORMED, "no name");
	is_int(attributes("a=", &out, true), OUT_MALFORMED, "an empty value");
	is_int(attributes("a=b,,c=d", &out, true), OUT_MALFORMED, "a gap");
}

static int
roles(const char *words, struct buf *out, struct note *note)
{
	static const char text[] =
	    "{\"service_roles\":[{\"display_name\":\"Reader\",\"crn\":\"c:R\"},"
	    "{\"display_name\":\"Writer\",\"crn\":\"c:W\"}],"
	    "\"system_roles\":[{\"display_name\":\"Viewer\",\"crn\":\"c:V\"}],"
	    "\"custom_roles\":[{\"display_name\":\"Puller\",\"name\":\"P\","
	    "\"crn\":\"c:own\"}]}";
	CLEAN(json_freep) struct json *all = NULL;
	int r = json_parse(str_c(text), &all, NULL);

	buf_reset(out);
	return r != 0 ? r : policy_roles_pick(all, words, out, note);
}

static void
role_names(void)
{
	CLEAN(buf_clear) struct buf out = BUF_INIT;
	struct note note = {""};

	is_int(roles("Reader", &out, &note), 0, "a role of the service");
	is_str(buf_str(&out), STR("c:R"), "is its CRN");
	is_int(roles("viewer, WRITER,puller", &out, &note), 0, "of each list");
	is_str(buf_str(&out), STR("c:V,c:W,c:own"), "as they were named");
	is_int(roles("crn:v1:x", &out, &note), 0, "a CRN");
	is_str(buf_str(&out), STR("crn:v1:x"), "is taken as it is");
	is_int(roles("Reader,King", &out, &note), OUT_ABSENT, "none of these");
	ok(strstr(note.text, "'King'") != NULL, "is named: %s", note.text);
	is_int(roles("Reader,", &out, &note), OUT_ABSENT, "nor is nothing one");
	is_int(roles("P", &out, &note), OUT_ABSENT,
	       "the name inside of a CRN is for programs");
}

static void
names(void)
{
	static const char *const secrets[] = {
	    "",		  "-",	      "lk_a_1",
	    "xlk_a_1",	  "eyJhbGci", "ssh-ed25519 AAAA",
	    "SHA256:abc", "ApiKey-1", "a\nb"};

	ok(whom_is_name("ci") && whom_is_name("Ann O'Hare"), "names");
	for (size_t i = 0; i < nitems(secrets); i++)
		ok(!whom_is_name(secrets[i]), "not told: %s", secrets[i]);
}

int
main(void)
{
	times();
	lists();
	attribute_lists();
	role_names();
	names();
	return done_testing();
}
