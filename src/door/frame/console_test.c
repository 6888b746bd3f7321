/* When a browser's cookie counts, and when it is as if there were none. */
#include "door/frame/inner.h"

#include "base/test.h"

#define FIELD(n, v)                                                            \
	{                                                                      \
		STR_INIT(n), STR_INIT(v)                                       \
	}
#define OURS   FIELD("latchkey-console", "1")
#define COOKIE FIELD("cookie", "a=b; latchkey=lk_c_1")

struct given {
	struct http_field fields[4];
	const char *base; /* NULL: http */
	bool other;	  /* a door that takes none */
};

static int
other_proof(struct call *call, struct proof *ret, struct buf *decoded)
{
	(void)call;
	(void)decoded;
	*ret = (struct proof){.kind = PROOF_ACCESS, .secret = STR("other")};
	return 0;
}

/* What is proven with, and the status of a refusal, or 0. */
static struct str
look(const struct given *g, int *status)
{
	static const struct route route = {.verb = VERB_WHOAMI};
	struct door door = {.cookie = !g->other, .proof = other_proof};
	struct http_req req = {.method = HTTP_GET, .fields = g->fields};
	struct inner in = {
	    .call = {.req = &req,
		     .door = &door,
		     .route = &route,
		     .base = str_c(g->base == NULL ? "http://keys.example"
						   : g->base)}};
	struct proof proof = {.kind = PROOF_NONE};

	while (req.n_fields < nitems(g->fields) &&
	       g->fields[req.n_fields].name.n > 0)
		req.n_fields++;
	*status = frame_console_step(&in) == 0 ? 0 : in.status;
	is_int(call_proof(&in.call, &proof, NULL), 0, "read");
	return proof.secret;
}

static const struct {
	const char *what;
	struct given given;
	const char *secret;
	int status;
} rows[] = {
    {"both", {{COOKIE, OURS}, NULL, false}, "lk_c_1", 0},
    {"no field", {{COOKIE}, NULL, false}, "other", 0},
    {"another word",
     {{COOKIE, FIELD("latchkey-console", "true")}, NULL, false},
     "other",
     0},
    {"the field twice", {{COOKIE, OURS, OURS}, NULL, false}, "other", 0},
    {"no cookie", {{OURS}, NULL, false}, "other", 0},
    {"another door", {{COOKIE, OURS}, NULL, true}, "other", 0},
    {"Authorization beside it",
     {{COOKIE, OURS, FIELD("authorization", "Bearer x")}, NULL, false},
     "other",
     0},
    {"two fields", {{COOKIE, COOKIE, OURS}, NULL, false}, "other", 0},
    {"two cookies",
     {{FIELD("cookie", "latchkey=1; latchkey=1"), OURS}, NULL, false},
     "other",
     0},
    {"over https",
     {{FIELD("cookie", "__Host-latchkey=lk_c_2"), OURS},
      "https://keys.example",
      false},
     "lk_c_2",
     0},
    {"of http over https",
     {{COOKIE, OURS}, "https://keys.example", false},
     "other",
     0},
    {"of https over http",
     {{FIELD("cookie", "__Host-latchkey=lk_c_2"), OURS}, NULL, false},
     "other",
     0},
    {"a page of ours",
     {{COOKIE, OURS, FIELD("sec-fetch-site", "same-origin")}, NULL, false},
     "lk_c_1",
     0},
    {"typed in",
     {{COOKIE, OURS, FIELD("sec-fetch-site", "none")}, NULL, false},
     "lk_c_1",
     0},
    {"another site",
     {{COOKIE, OURS, FIELD("sec-fetch-site", "cross-site")}, NULL, false},
     "lk_c_1",
     403},
    {"a neighbour",
     {{COOKIE, OURS, FIELD("sec-fetch-site", "same-site")}, NULL, false},
     "lk_c_1",
     403},
    {"said twice",
     {{COOKIE, OURS, FIELD("sec-fetch-site", "none"),
       FIELD("sec-fetch-site", "none")},
      NULL,
      false},
     "lk_c_1",
     403},
    {"another site, with nothing of ours",
     {{COOKIE, FIELD("sec-fetch-site", "cross-site")}, NULL, false},
     "other",
     0},
};

int
main(void)
{
	int status;

	for (size_t i = 0; i < nitems(rows); i++) {
		is_str(look(&rows[i].given, &status), str_c(rows[i].secret),
		       "%s", rows[i].what);
		is_int(status, rows[i].status, "%s: status", rows[i].what);
	}
	return done_testing();
}
