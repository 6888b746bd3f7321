#include "core/core_world.h"

#include "core/upload.h"

#include "base/enc.h"
#include "crypt/digest.h"
#include "db/db.h"

#include <fcntl.h>
#include <sys/stat.h>

static void
test_hosts(struct world *w)
{
	static const struct {
		const char *host, *region;
	} cases[] = {
	    {"localhost:8080", "local"},
	    {"LOCALHOST:8080", "local"},
	    {"localhost", NULL},
	    {"localhost:8081", NULL},
	    {"127.0.0.1", "local"},
	    {"127.0.0.1:9", "local"},
	    {"de.example", "eu-de"},
	    {"de.example:443", "eu-de"},
	    {"de.example.", NULL},
	    {"x.de.example", NULL},
	    {"", NULL},
	    {":80", NULL},
	};

	for (size_t i = 0; i < nitems(cases); i++) {
		const struct region *region =
		    core_region_of_host(w->core, str_c(cases[i].host));

		is_str(str_c(region == NULL ? NULL : region->name),
		       str_c(cases[i].region), "host '%s'", cases[i].host);
	}
	core_add_host(w->core, "[::1]:8080");
	ok(core_region_of_host(w->core, STR("[::1]:8080")) != NULL,
	   "a bound address");
	ok(core_region_of_host(w->core, STR("[::1]:8081")) == NULL,
	   "and no other port of it");
	is_str(str_c(core_region_by_name(w->core, STR("eu-central"))->name),
	       OTHER, "by its old name");
	ok(core_region_by_name(w->core, STR("us")) == NULL, "unknown");
}

static int
mode_of(const char *dir, const char *name)
{
	char path[256];
	struct stat st;

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	return stat(path, &st) != 0 ? -1 : (int)(st.st_mode & 07777);
}

static void
test_modes(struct world *w)
{
	static const struct {
		const char *name;
		int mode;
	} files[] = {
	    {"", 0700},
	    {"vault", 0700},
	    {"blobs", 0700},
	    {"node", 0600},
	    {"latchkey.db", 0600},
	    {"latchkey.db-wal", 0600},
	    {"latchkey.db-shm", 0600},
	};

	for (size_t i = 0; i < nitems(files); i++)
		is_int(mode_of(w->dir, files[i].name), files[i].mode,
		       "mode of %s", files[i].name);
}

static void
test_open(struct world *w)
{
	struct core *kept = w->core;
	char node[33], path[128];

	memcpy(node, w->core->node, sizeof(node));
	is_int(strlen(node), 32, "a node id");
	is_int(strlen(w->core->boot), 36, "a boot id");
	is_int(world_open(w, false), OUT_BUSY, "not twice");
	w->core = w->owner.core = kept;
	world_shut(w);
	is_int(world_open(w, false), 0, "again");
	is_str(str_c(w->core->node), str_c(node), "the same node");
	world_shut(w);
	(void)snprintf(path, sizeof(path), "%s/vault/pepper", w->dir);
	must(unlink(path), "unlink");
	ok(world_open(w, true) != 0,
	   "keys that are lost are not made anew in silence");
}

static void
test_absent(void)
{
	struct world w = {.dir = "/tmp/latchkey-absent-XXXXXX"};
	struct core_conf conf = {.data_dir = w.dir, .public_url = URL};
	struct note note;

	must(mkdtemp(w.dir) == NULL, "mkdtemp");
	is_int(core_open(&conf, &w.core, &note), OUT_ABSENT,
	       "nothing there, nothing made");
	must(chmod(w.dir, 0777), "chmod");
	conf.make = true;
	is_int(core_open(&conf, &w.core, &note), OUT_DENIED,
	       "a place where others may write");
	must(chmod(w.dir, 0700), "chmod");
	must(rmdir(w.dir), "rmdir");
	conf.make = false;
	is_int(core_open(&conf, &w.core, &note), OUT_ABSENT,
	       "not even a place");
}

struct said {
	int good, bad;
	char last[512];
};

static void
say(void *arg, const char *line)
{
	struct said *said = arg;

	if (strncmp(line, "ok ", 3) == 0)
		said->good++;
	else {
		said->bad++;
		(void)snprintf(said->last, sizeof(said->last), "%s", line);
	}
}

static void
test_verify(struct world *w)
{
	struct said said = {.good = 0};
	struct note note = {""};

	is_int(db_verify(w->core->db, &note), 0, "all statements: %s",
	       note.text);
	is_int(core_verify(w->core, true, say, &said), 0, "verified");
	ok(said.good >= 6 && said.bad == 0, "a line per invariant");
}

/* A blob in birds/app; where its bytes lie. */
static void
blob_push(struct world *w, struct str bytes, char path[256])
{
	struct place at = {.region = LOCAL, .name = STR("birds/app")};
	struct visit by =
	    visit_of(w, w->key, VERB_IMAGE_PUSH, repo("birds/app"));
	char id[UPLOAD_ID_LEN + 1], hex[2 * SHA256_LEN + 1], digest[80];
	uint8_t sum[SHA256_LEN];
	struct upload up;
	struct blob_row row;

	must(digest_sha256(bytes, sum), "digest");
	enc_hex(sum, sizeof(sum), hex);
	(void)snprintf(digest, sizeof(digest), "sha256:%s", hex);
	must(upload_start(&by, &at, DIGEST_SHA256, id), "start");
	must(upload_take(&by, &at, str_c(id), &up), "take");
	must(upload_write(&up, bytes.p, bytes.n), "write");
	must(upload_finish(&up, str_c(digest)), "finish");
	must(image_blob(w->core, &at, str_c(digest), &row), "blob");
	(void)snprintf(path, 256, "%s/blobs/%.2s/%s", w->dir, row.key, row.key);
}

static void
test_damage(struct world *w)
{
	struct said said = {.good = 0};
	char path[256];
	int fd;

	blob_push(w, STR("some bytes"), path);
	is_int(core_verify(w->core, true, say, &said), 0, "whole");
	fd = open(path, O_WRONLY | O_CLOEXEC);
	must(fd < 0 || pwrite(fd, "S", 1, 0) != 1, "damage");
	is_int(core_verify(w->core, false, say, &said), 0,
	       "a short look sees no other byte");
	is_int(core_verify(w->core, true, say, &said), OUT_MISMATCH,
	       "a deep one does");
	ok(strstr(said.last, "other bytes") != NULL, "%s", said.last);
	must(ftruncate(fd, 3), "cut");
	is_int(core_verify(w->core, false, say, &said), OUT_MISMATCH,
	       "a short look sees the size");
	must(unlink(path), "unlink");
	is_int(core_verify(w->core, false, say, &said), OUT_MISMATCH,
	       "and that it is gone");
	(void)close(fd);
}

int
main(void)
{
	struct world w;

	world_make(&w);
	test_hosts(&w);
	test_modes(&w);
	test_verify(&w);
	test_damage(&w);
	test_open(&w);
	test_absent();
	world_end(&w);
	return done_testing();
}
