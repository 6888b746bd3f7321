#include "core/core.h"

#include "blob/blob.h"
#include "core/audit.h"
#include "core/collect.h"
#include "core/data.h"
#include "core/gate.h"
#include "core/key.h"
#include "core/keypair.h"
#include "core/quota.h"
#include "core/sql.h"
#include "core/user.h"
#include "core/young.h"
#include "crypt/vault.h"
#include "db/db.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct region region_default = {.name = "local"};

static int
path_in(const struct core *core, const char *name, char ret[PATH_MAX])
{
	int n = snprintf(ret, PATH_MAX, "%s/%s", core->data_dir, name);

	return n < 0 || n >= PATH_MAX ? FAIL(-ENAMETOOLONG) : 0;
}

static int
conf_take(struct core *core, const struct core_conf *conf, struct note *note)
{
	const char *url = conf->public_url == NULL ? "" : conf->public_url;

	if (strlen(conf->data_dir) >= sizeof(core->data_dir) - 32 ||
	    strlen(url) >= sizeof(core->public_url) ||
	    conf->n_regions > REGIONS_MAX)
		return note_set(note, FAIL(-EINVAL), "setting too long");
	(void)snprintf(core->data_dir, sizeof(core->data_dir), "%s",
		       conf->data_dir);
	(void)snprintf(core->public_url, sizeof(core->public_url), "%s", url);
	core->grace_ms = conf->grace_ms;
	core->bin_ms = conf->bin_ms;
	core->bin_max = conf->bin_max;
	core->n_regions = conf->n_regions;
	if (conf->n_regions > 0)
		memcpy(core->regions, conf->regions,
		       conf->n_regions * sizeof(*conf->regions));
	else
		core->regions[core->n_regions++] = region_default;
	return 0;
}

static int
open_db(struct core *core, bool make, struct note *note)
{
	char path[PATH_MAX];
	struct stat st;
	struct db_conf conf = {.path = path, .schema = &sql_schema};
	int r = path_in(core, "latchkey.db", path);

	if (r != 0)
		return r;
	if (!make && stat(path, &st) != 0)
		return errno == ENOENT
			   ? note_set(note, OUT_ABSENT, "%s: missing", path)
			   : FAIL(-errno);
	return db_open(&conf, &core->db, note);
}

/* Missing keys are made only while nobody can hold anything that they signed:
 * an installation that lost its keys must not go on with new ones in silence.
 */
static int
open_vault(struct core *core, bool make, struct note *note)
{
	char path[PATH_MAX];
	int r = path_in(core, "vault", path);

	if (core->vault != NULL)
		return 0;
	if (r == 0)
		r = data_sub_dir(core->data_dir, "vault", note);
	if (r == 0)
		r = vault_open(path, make && !account_any(core), &core->vault,
			       note);
	/* Whoever opens it here may write there; the server may not. */
	return r != 0 ? r : vault_tidy(path, note);
}

static int
open_blobs(struct core *core, struct note *note)
{
	char path[PATH_MAX];
	int r = path_in(core, "blobs", path);

	if (r == 0)
		r = data_sub_dir(core->data_dir, "blobs", note);
	return r != 0 ? r : blob_open_store(path, &core->blobs, note);
}

/* Whoever was to have the private half of these lost it with the process that
 * had the data open. Until it can be written down they cannot be applied, so
 * that a full disk keeps nobody out. */
static int
lost_pairs(struct core *core)
{
	int r = keypair_tidy(core, 0);

	return r == OUT_BUSY ? 0 : r;
}

/* The database comes first: its lock keeps a second daemon out. */
static int
open_stores(struct core *core, bool make, struct note *note)
{
	int r = data_dir(core->data_dir, make, note);

	if (r == 0)
		r = data_boot(core->boot);
	if (r == 0)
		r = open_db(core, make, note);
	if (r == 0)
		r = data_node(core->data_dir, make, core->node, note);
	if (r == 0)
		r = open_vault(core, make, note);
	if (r == 0)
		r = open_blobs(core, note);
	return r == 0 ? young_open(core) : r;
}

static int
open_rooms(struct core *core)
{
	int r = key_open(core);

	if (r == 0)
		r = audit_open(core);
	if (r == 0)
		r = gate_open(core);
	if (r == 0)
		r = quota_open(core);
	if (r == 0)
		r = collect_open(core);
	return r != 0 ? r : lost_pairs(core);
}

int
core_open(const struct core_conf *conf, struct core **ret, struct note *note)
{
	CLEAN(core_freep) struct core *core = calloc(1, sizeof(*core));
	int r;

	if (core == NULL)
		return FAIL(-ENOMEM);
	core->vault = conf->vault;
	r = conf_take(core, conf, note);
	if (r == 0)
		r = open_stores(core, conf->make, note);
	if (r == 0 && !conf->look)
		r = open_rooms(core);
	if (r == 0)
		*ret = TAKE(core);
	return r;
}

void
core_free(struct core *core)
{
	if (core == NULL)
		return;
	audit_close(core);
	quota_close(core);
	db_free(core->db);
	/* After the writer: its last commit may still call the gate. */
	gate_close(core);
	collect_close(core);
	young_close(core);
	key_close(core);
	blob_free_store(core->blobs);
	vault_free(core->vault);
	free(core);
}

static bool
host_in(const struct region *region, struct str host)
{
	for (size_t i = 0; i < region->n_host; i++)
		if (str_eq_nocase(str_c(region->host[i]), host))
			return true;
	return false;
}

/* "name:80" and "[::1]:80" lose their port; "::1" has none. */
static struct str
host_bare(struct str host)
{
	struct str name, port, rest;

	if (!str_rcut(host, ':', &name, &port) || str_ends(host, STR("]")))
		return host;
	if (str_cut(name, ':', &rest, &rest) && !str_ends(name, STR("]")))
		return host;
	return name;
}

const struct region *
core_region_of_host(const struct core *core, struct str host)
{
	struct str bare = host_bare(host);

	for (size_t i = 0; i < core->n_regions; i++)
		if (host_in(&core->regions[i], host))
			return &core->regions[i];
	for (size_t i = 0; i < core->n_regions; i++)
		if (host_in(&core->regions[i], bare))
			return &core->regions[i];
	return NULL;
}

const struct region *
core_region_by_name(const struct core *core, struct str name)
{
	for (size_t i = 0; i < core->n_regions; i++) {
		const struct region *region = &core->regions[i];

		if (str_eq(str_c(region->name), name))
			return region;
		for (size_t j = 0; j < region->n_alias; j++)
			if (str_eq(str_c(region->alias[j]), name))
				return region;
	}
	return NULL;
}

void
core_add_host(struct core *core, const char *host)
{
	struct region *region = &core->regions[0];
	size_t n = strlen(host);

	if (host_in(region, str_c(host)) ||
	    region->n_host == REGION_WORDS_MAX || n >= sizeof(region->host[0]))
		return;
	memcpy(region->host[region->n_host++], host, n + 1);
}
