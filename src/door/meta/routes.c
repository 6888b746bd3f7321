#include "door/meta/inner.h"
#include "door/meta/rate.h"

#include <errno.h>

#define NOTHING BODY_NONE, 0
#define SEED	"/metadata/{token}/"

const struct route meta_routes[] = {
    {HTTP_GET, SEED "meta-data", VERB_SEED_READ, meta_aim_seed, NOTHING,
     RUN_POOL, meta_meta_data, NULL},
    {HTTP_GET, SEED "user-data", VERB_SEED_READ, meta_aim_seed, NOTHING,
     RUN_POOL, meta_user_data, NULL},
    {HTTP_GET, SEED "vendor-data", VERB_SEED_READ, meta_aim_seed, NOTHING,
     RUN_POOL, meta_vendor_data, NULL},
    {HTTP_POST, SEED "enrol", VERB_SEED_ENROL, meta_aim_seed, NOTHING, RUN_POOL,
     meta_enrol, NULL},
    {HTTP_POST, SEED "phone-home", VERB_SEED_REPORT, meta_aim_seed, BODY_FORM,
     META_FORM_MAX, RUN_POOL, meta_phone_home, NULL},
    {HTTP_GET, "/machine/v1/authorized-keys", VERB_SERVER_FOLLOW,
     meta_aim_machine, NOTHING, RUN_INLINE, meta_follow, NULL},
};
const size_t meta_n_routes = nitems(meta_routes);

static bool
owns(struct str path)
{
	return path_below(path, STR("/metadata")) ||
	       path_below(path, STR("/machine"));
}

int
meta_init(struct meta *meta, const struct meta_host *host)
{
	struct meta m = {
	    .door = {.name = "meta",
		     .routes = meta_routes,
		     .n_routes = meta_n_routes,
		     .exact = true,
		     .no_coded_slash = true,
		     .no_head = true,
		     .quiet = true,
		     .proof = meta_proof,
		     .say = meta_say,
		     .say_status = meta_say_status,
		     .owns = owns,
		     .stamp = meta_stamp},
	    .client = BUF_INIT,
	};
	int r;

	if (host->client.n > META_CLIENT_MAX)
		return OUT_TOO_LARGE;
	r = meta_lines(&m.client, host->client);
	if (r == 0)
		r = meta_rate_new(&m.rate);
	if (r != 0) {
		buf_clear(&m.client);
		return FAIL(r);
	}
	*meta = m;
	return 0;
}

void
meta_clear(struct meta *meta)
{
	buf_clear(&meta->client);
	meta_rate_free(TAKE(meta->rate));
}
