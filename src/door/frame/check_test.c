#include "door/frame/frame.h"

#include "base/test.h"

static int
no_proof(struct call *call, struct proof *proof, struct buf *decoded)
{
	(void)call;
	(void)decoded;
	*proof = (struct proof){.kind = PROOF_NONE};
	return 0;
}

static void
say(struct call *call, int outcome, struct http_reply *reply)
{
	(void)call;
	reply->status = outcome;
}

static void
say_status(struct call *call, int status, const char *why,
	   struct http_reply *reply)
{
	(void)call;
	(void)why;
	reply->status = status;
}

static bool
owns(struct str path)
{
	return !str_starts(path, STR("/not-ours"));
}

static int
run(struct call *call, struct http_reply *reply)
{
	(void)call;
	return reply_empty(reply, 204);
}

static int
checked(const struct route *routes, size_t n)
{
	struct door door = {
	    .name = "test",
	    .routes = routes,
	    .n_routes = n,
	    .exact = true,
	    .proof = no_proof,
	    .say = say,
	    .say_status = say_status,
	    .owns = owns,
	};
	struct note note = {""};
	int r = frame_check(&door, &note);

	if (r != 0)
		printf("# %s\n", note.text);
	return r;
}

#define ROW(path, ...)                                                         \
	((struct route){HTTP_GET, path, VERB_NONE_NEEDED, NULL, BODY_NONE, 0,  \
			RUN_INLINE, run, NULL, ##__VA_ARGS__})

static void
one(struct route row, bool good, const char *name)
{
	is_int(checked(&row, 1), good ? 0 : OUT_MALFORMED, "%s", name);
}

static void
test_patterns(void)
{
	one(ROW("/"), true, "the root");
	one(ROW("/a/{x}/{y+}/b"), true, "parameters");
	one(ROW("/a/"), true, "a slash at the end");
	one(ROW("/{a}/{b}/{c}/{d}/{e}/{f}"), true, "six parameters");
	one(ROW("/{a}/{b}/{c}/{d}/{e}/{f}/{g}"), false, "seven parameters");
	one(ROW(""), false, "an empty pattern");
	one(ROW("a"), false, "no slash at the start");
	one(ROW("/a//b"), false, "an empty segment");
	one(ROW("/{x+}/a/{y+}"), false, "two {x+}");
	one(ROW("/{}"), false, "no name");
	one(ROW("/{+}"), false, "no name but a plus");
	one(ROW("/a{x}"), false, "a parameter inside of a segment");
	one(ROW("/{x"), false, "an open brace");
	one(ROW("/not-ours"), false, "a path the door does not own");
	one(ROW(NULL), false, "no path");
}

static void
test_rows(void)
{
	struct route row = ROW("/a");

	row.verb = VERB_MAX;
	one(row, false, "a verb out of range");
	row = ROW("/a");
	row.run = NULL;
	one(row, false, "no handler");
	row = ROW("/a");
	row.method = HTTP_HEAD;
	one(row, false, "HEAD by itself");
	row = ROW("/a");
	row.body = BODY_JSON;
	one(row, false, "a body without a limit");
	row.body_max = 1;
	one(row, true, "a body with a limit");
	row.body = BODY_STREAM;
	one(row, false, "a stream on an event thread");
	row.where = RUN_POOL;
	one(row, true, "a stream in the pool");
	row.body = BODY_JSON_SEND;
	one(row, true, "JSON that is answered as it comes into being");
	row.where = RUN_INLINE;
	one(row, false, "but not on an event thread");
	row.where = RUN_POOL;
	row.body_max = 0;
	one(row, false, "nor without a limit");
	row = ROW("/a");
	row.body_max = 1;
	one(row, false, "a limit without a body");
	row = ROW("/a");
	row.verb = VERB_NAMESPACE_CREATE;
	one(row, false, "a change on an event thread");
	row.where = RUN_POOL;
	one(row, true, "a change in the pool");
}

static void
test_pairs(void)
{
	struct route twins[] = {ROW("/a/{x}"), ROW("/a/{y}")};
	struct route hidden[] = {ROW("/a/{x+}"), ROW("/a/b/{y}")};
	struct route fine[] = {ROW("/a/b"), ROW("/a/{x}"), ROW("/{x+}/z")};
	struct route methods[] = {ROW("/a/{x}"), ROW("/a/{y}")};

	is_int(checked(twins, 2), OUT_MALFORMED, "two rows alike");
	is_int(checked(hidden, 2), OUT_MALFORMED, "a row behind another");
	is_int(checked(fine, 3), 0, "the narrow one first");
	methods[1].method = HTTP_DELETE;
	is_int(checked(methods, 2), 0, "two methods of one path");
}

int
main(void)
{
	test_patterns();
	test_rows();
	test_pairs();
	return done_testing();
}
