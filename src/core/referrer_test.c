/* What refers to an image: all of it, once, in bounded pages. */
#include "core/image_world.h"

#include <errno.h>

#define REPO "birds/app"

static struct place app;
static struct str subject;

struct seen {
	char text[8192];
	size_t n, count;
	struct str last;
	struct world *w;
	int refuse; /* said to each from here on; 0: to none */
	size_t refuse_from;
};

static int
see(void *arg, const struct referrer *ref)
{
	struct seen *s = arg;

	if (s->refuse != 0 && s->count >= s->refuse_from)
		return s->refuse;
	s->count++;
	s->n += (size_t)snprintf(s->text + s->n, sizeof(s->text) - s->n,
				 "%s%.*s %.*s", s->n > 0 ? ", " : "",
				 STR_ARG(str_sub(ref->artifact_type, 0, 20)),
				 STR_ARG(str_sub(ref->annotations, 0, 40)));
	s->last = arena_strf(&s->w->arena, "%.*s", STR_ARG(ref->digest));
	return 0;
}

static int
list(struct world *w, struct str of, const char *type, struct str after,
     int64_t limit, struct seen *s, bool *ret_more)
{
	int refuse = s->refuse;
	size_t from = s->refuse_from;

	*s = (struct seen){.w = w, .refuse = refuse, .refuse_from = from};
	return referrer_each(w->core, &app, of, str_c(type), after, limit, see,
			     s, ret_more);
}

static struct str
refer(struct world *w, const char *more, struct str of)
{
	struct str c = blob(w, &w->a, REPO, STR("{}"));
	struct str body = arena_strf(
	    &w->arena,
	    "{\"schemaVersion\":2,\"config\":%.*s,\"layers\":[]%s,"
	    "\"subject\":%.*s}",
	    STR_ARG(descriptor(w, "application/vnd.conf+json", c, 2)), more,
	    STR_ARG(descriptor(w, OCI_MANIFEST, of, 5)));
	struct str digest = digest_of(w, body);

	must(push(w, &w->a, REPO, digest.p, OCI_MANIFEST, body, NULL), "push");
	return digest;
}

static void
test_types(struct world *w)
{
	struct seen s = {.n = 0};
	struct place nowhere = in("birds/nowhere");
	struct str index = arena_strf(
	    &w->arena,
	    "{\"schemaVersion\":2,\"manifests\":[],\"subject\":%.*s}",
	    STR_ARG(descriptor(w, OCI_MANIFEST, subject, 5)));
	bool more = true;

	is_int(list(w, subject, "", STR(""), 9, &s, &more), OUT_ABSENT,
	       "no repository yet");
	refer(w, ",\"annotations\":{\"b\":\"\\u00e4\",\"a\":\"1\"}", subject);
	is_int(list(w, subject, "", STR(""), 9, &s, &more), 0, "one");
	is_str(str_c(s.text),
	       STR("application/vnd.conf {\"b\":\"\xc3\xa4\",\"a\":\"1\"}"),
	       "its config's type, and annotations as they were");
	ok(!more, "no more");
	must(push(w, &w->a, REPO, "i", OCI_INDEX, index, NULL), "push");
	refer(w, ",\"artifactType\":\"text/a\"", subject);
	is_int(list(w, subject, "", STR(""), 9, &s, &more), 0, "with an index");
	is_int(s.count, 3, "all three");
	is_int(list(w, subject, "text/a", STR(""), 9, &s, &more), 0,
	       "of a type");
	is_str(str_c(s.text), STR("text/a "), "that one");
	is_int(list(w, subject, "text/b", STR(""), 9, &s, &more), 0,
	       "of no type");
	is_int(s.count, 0, "none");
	is_int(list(w, digest_of(w, STR("?")), "", STR(""), 9, &s, &more), 0,
	       "of an unknown subject");
	is_int(s.count, 0, "none, too");
	is_int(referrer_each(w->core, &nowhere, subject, STR(""), STR(""), 9,
			     see, &s, &more),
	       OUT_ABSENT, "in no repository");
}

static void
test_long(struct world *w)
{
	struct str of = digest_by(w, DIGEST_SHA512, STR("subject"));
	struct str digest = refer(w, "", of);
	struct seen s = {.n = 0};
	bool more = true;

	is_int(list(w, of, "", STR(""), 9, &s, &more), 0, "of a sha512 digest");
	is_str(s.last, digest, "that one");
	must(manifest_delete(&w->a, &app, digest), "delete");
	is_int(list(w, of, "", STR(""), 9, &s, &more), 0, "when it is gone");
	is_int(s.count, 0, "none");
}

static void
test_pages(struct world *w)
{
	struct str of = digest_of(w, STR("many"));
	struct seen s = {.n = 0};
	struct str after = STR("");
	size_t all = 0, pages = 0;
	bool more = true;

	for (int i = 0; i < REFERRERS_PAGE_MAX + 5; i++)
		refer(w, arena_strf(&w->arena, ",\"x\":%d", i).p, of);
	for (; more; pages++) {
		must(list(w, of, "", after, 10, &s, &more), "list");
		all += s.count;
		after = s.last;
	}
	is_int(all, REFERRERS_PAGE_MAX + 5, "each once");
	is_int(pages, (REFERRERS_PAGE_MAX + 5 + 9) / 10, "ten by ten");
	must(list(w, of, "", STR(""), INT64_MAX, &s, &more), "list");
	is_int(s.count, REFERRERS_PAGE_MAX, "no longer page");
	ok(more, "and the rest later");
	must(list(w, of, "", STR(""), 0, &s, &more), "list");
	ok(s.count == 1 && more, "never an empty one");
	s.refuse = OUT_TOO_LARGE;
	s.refuse_from = 3;
	is_int(list(w, of, "", STR(""), 9, &s, &more), 0, "no room for more");
	ok(s.count == 3 && more, "than three");
	s.refuse_from = 0;
	is_int(list(w, of, "", STR(""), 9, &s, &more), OUT_TOO_LARGE,
	       "nor for one");
	s.refuse = -EIO;
	is_int(list(w, of, "", STR(""), 9, &s, &more), -EIO, "a failure");
}

/* However large they are, the work for a page is bounded. */
static void
test_bodies(struct world *w)
{
	CLEAN(buf_clear) struct buf more_text = BUF_INIT;
	struct str of = digest_of(w, STR("large"));
	struct seen s = {.n = 0};
	bool more = true;

	for (int i = 0; i < 4; i++) {
		buf_reset(&more_text);
		buf_addf(&more_text, ",\"x\":\"%d", i);
		while (more_text.n < REFERRERS_READ_MAX / 3)
			buf_addc(&more_text, 'x');
		buf_addc(&more_text, '"');
		refer(w, more_text.p, of);
	}
	must(list(w, of, "", STR(""), 9, &s, &more), "list");
	ok(s.count == 3 && more, "bodies of so much and one more");
	must(list(w, of, "", s.last, 9, &s, &more), "list");
	ok(s.count == 1 && !more, "the last");
}

int
main(void)
{
	struct world w;

	world_open(&w);
	app = in(REPO);
	subject = digest_of(&w, STR("subject"));
	subtest("types") test_types(&w);
	subtest("sha512") test_long(&w);
	subtest("pages") test_pages(&w);
	subtest("bodies") test_bodies(&w);
	world_close(&w);
	return done_testing();
}
