#include "server/doors.h"

#include "core/audit.h"
#include "crypt/vault.h"
#include "db/db.h"
#include "door/api/api.h"
#include "door/bitbucket/bitbucket.h"
#include "door/console/console.h"
#include "door/cr/cr.h"
#include "door/frame/frame.h"
#include "door/git/git_door.h"
#include "door/iam/iam.h"
#include "door/identity/identity.h"
#include "door/meta/meta.h"
#include "door/oci/oci.h"
#include "door/policy/policy.h"
#include "server/gc.h"
#include "server/git_side.h"
#include "server/key_client.h"
#include "server/key_side.h"
#include "server/metrics.h"
#include "server/vault_side.h"
#include "server/version.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>

struct doors {
	struct core *core;
	struct http_server *_Atomic *http;
	struct api api;
	struct iam iam;
	struct bitbucket bitbucket;
	struct git_http git_http;
	struct meta meta;
	struct console console;
	struct git_side *git;
	struct key_side *keys;
	struct vault_side *vault;
	const struct door *all[10];
	struct frame *frame;
	atomic_bool draining;
};

static bool
ready(void *arg)
{
	struct doors *d = arg;

	return !atomic_load(&d->draining) && audit_works(d->core) &&
	       git_side_well(d->git) && vault_side_well(d->vault);
}

static void
metrics(void *arg, struct buf *b)
{
	struct doors *d = arg;

	frame_metrics(d->frame, b);
	console_metrics(&d->console, b);
	metrics_put(d->core, *d->http, b);
	gc_metrics(d->core, b);
	git_side_metrics(d->git, b);
	key_side_metrics(d->keys, b);
	vault_side_metrics(d->vault, b);
	frame_metric(b, "ready", "gauge", ready(d) ? 1 : 0,
		     "What /readyz says.");
}

static int64_t
schema(void *arg)
{
	struct doors *d = arg;
	struct db_stats db = {0};

	db_stats(d->core->db, &db);
	return db.schema_version;
}

static void
status(void *arg, struct jw *w)
{
	struct doors *d = arg;

	git_side_status(d->git, w);
	key_side_status(d->keys, w);
}

static int
key_make(void *arg, const struct keymaker_order *order, struct made_key *ret,
	 struct note *note)
{
	struct doors *d = arg;

	return key_side_make(d->keys, order, ret, note);
}

static int
keys(void *arg, struct buf *b)
{
	struct doors *d = arg;

	return vault_jwks(d->core->vault, b);
}

static int
meta_new(struct meta *meta)
{
	CLEAN(buf_clear) struct buf client = BUF_INIT_MAX(META_CLIENT_MAX);
	int r = key_client_read(&client);

	return r != 0 ? r
		      : meta_init(meta, &(struct meta_host){buf_str(&client)});
}

int
doors_new(const struct doors_conf *conf, struct doors **ret)
{
	struct doors *d = calloc(1, sizeof(*d));
	struct frame_conf frame = {
	    .core = conf->core,
	    .trusted_proxies = conf->trusted_proxies,
	    .n_trusted = conf->n_trusted,
	    .behind_tls = conf->behind_tls,
	    .off_loopback = conf->off_loopback,
	};
	int r;

	if (d == NULL)
		return FAIL(-ENOMEM);
	r = meta_new(&d->meta);
	if (r != 0) {
		free(d);
		return r;
	}
	d->core = conf->core;
	d->keys = conf->keys;
	d->vault = conf->vault;
	d->http = conf->http;
	api_init(&d->api, &(struct api_host){.version = VERSION,
					     .arg = d,
					     .ready = ready,
					     .metrics = metrics,
					     .schema = schema,
					     .status = status,
					     .key_make = key_make});
	iam_init(&d->iam, &(struct iam_host){.arg = d, .keys = keys});
	d->all[0] = &oci_door;
	d->all[1] = &d->iam.door;
	d->all[2] = &cr_door;
	d->all[3] = &d->api.door;
	d->git = conf->git;
	bitbucket_init(&d->bitbucket, &(struct bitbucket_host){
					  .git = git_side_store(d->git),
					  .known_hosts = git_side_known_hosts,
					  .arg = d->git});
	git_http_init(&d->git_http, git_side_store(d->git),
		      git_side_desk_get(d->git));
	d->all[4] = &d->bitbucket.door;
	d->all[5] = &d->git_http.door;
	d->all[6] = &d->meta.door;
	d->all[7] = &policy_door;
	d->all[8] = &identity_door;
	console_init(&d->console);
	d->all[9] = &d->console.door;
	frame.doors = d->all;
	frame.n_doors = nitems(d->all);
	r = frame_new(&frame, &d->frame);
	if (r != 0) {
		doors_free(d);
		return r;
	}
	*ret = d;
	return 0;
}

void
doors_free(struct doors *d)
{
	if (d == NULL)
		return;
	frame_free(d->frame);
	git_http_clear(&d->git_http);
	meta_clear(&d->meta);
	free(d);
}

const struct http_app *
doors_app(struct doors *d)
{
	return frame_app(d->frame);
}

void
doors_drain(struct doors *d)
{
	atomic_store(&d->draining, true);
}
