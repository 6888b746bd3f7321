#include "server/metrics.h"

#include "core/stats.h"
#include "core/expiry.h"
#include "db/db.h"
#include "door/frame/frame.h"
#include "server/version.h"

#include "base/log.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

struct row {
	const char *name, *type;
	uint64_t value;
	const char *help;
};

static void
put(struct buf *b, const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++)
		frame_metric(b, rows[i].name, rows[i].type, rows[i].value,
			     rows[i].help);
}

static void
put_http(struct http_server *http, struct buf *b)
{
	struct http_stats h = {0};

	if (http != NULL)
		http_stats(http, &h);
	put(b,
	    (const struct row[]){
		{"http_connections_accepted_total", "counter", h.accepted,
		 "Connections accepted."},
		{"http_connections_open", "gauge", h.open,
		 "Connections that are open."},
		{"http_engine_requests_total", "counter", h.requests,
		 "Requests whose head was whole."},
		{"http_engine_refused_total", "counter", h.refused,
		 "Requests refused before a door saw them."},
		{"http_engine_shed_total", "counter", h.shed,
		 "Connections closed to make room."},
		{"http_pool_threads", "gauge", h.pool_threads,
		 "Threads for work that waits."},
	    },
	    6);
}

static void
put_db(struct core *core, struct buf *b)
{
	struct db_stats db = {0};

	db_stats(core->db, &db);
	put(b,
	    (const struct row[]){
		{"db_writes_total", "counter", (uint64_t)db.writes,
		 "Writes to the database."},
		{"db_commits_total", "counter", (uint64_t)db.commits,
		 "Commits: one may hold many writes."},
		{"db_failed_commits_total", "counter",
		 (uint64_t)db.failed_commits, "Commits that failed."},
		{"db_schema_version", "gauge", (uint64_t)db.schema_version,
		 "Number of the last migration."},
	    },
	    4);
	frame_histo(b, "db_commit_seconds", &db.commit,
		    "How long commits took, to the disk.");
}

static void
put_core(struct core *core, struct buf *b)
{
	struct core_stats s = {0};
	int r = core_stats(core, &s);

	if (r != 0) {
		log_fail("metrics", r);
		return;
	}
	put(b,
	    (const struct row[]){
		{"uploads_open", "gauge", s.uploads,
		 "Uploads that somebody may go on with."},
		{"registry_stored_bytes", "gauge", s.stored,
		 "What accounts hold in their regions, each blob once."},
		{"registry_bin_images", "gauge", s.binned,
		 "Deleted images that can be restored."},
		{"gate_uses_total", "counter", s.uses,
		 "Visits that were let in and used something."},
		{"gate_refusals_total", "counter", s.refusals,
		 "Visits that were refused."},
		{"audit_rows", "gauge", s.trail, "Rows of the trail."},
		{"audit_waiting", "gauge", s.trail_waiting,
		 "Uses and refusals that are yet to be written."},
		{"audit_writable", "gauge", s.trail_works ? 1 : 0,
		 "Whether they can be; while not, nobody new logs in."},
		{"disk_free_bytes", "gauge", s.disk_free,
		 "Room where the data are."},
		{"disk_size_bytes", "gauge", s.disk_size, "Of so much."},
	    },
	    10);
}

static uint64_t
resident_bytes(void)
{
	unsigned long long pages = 0;
	FILE *f = fopen("/proc/self/statm", "re");

	if (f == NULL)
		return 0;
	if (fscanf(f, "%*u %llu", &pages) != 1)
		pages = 0;
	(void)fclose(f);
	return pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

/* Without what the counting itself takes. */
static uint64_t
entries_of(const char *path)
{
	DIR *d = opendir(path);
	uint64_t n = 0;

	if (d == NULL)
		return 0;
	while (readdir(d) != NULL)
		n++;
	(void)closedir(d);
	return n < 3 ? 0 : n - 3;
}

static void
put_process(struct buf *b)
{
	struct rlimit files = {0};
	struct rusage use = {0};

	(void)getrlimit(RLIMIT_NOFILE, &files);
	(void)getrusage(RUSAGE_SELF, &use);
	put(b,
	    (const struct row[]){
		{"resident_memory_bytes", "gauge", resident_bytes(),
		 "Memory of latchkeyd, without its helpers."},
		{"open_fds", "gauge", entries_of("/proc/self/fd"),
		 "Descriptors that are open."},
		{"max_fds", "gauge", (uint64_t)files.rlim_cur,
		 "Descriptors that may be."},
		{"threads", "gauge", entries_of("/proc/self/task") + 1,
		 "Threads of latchkeyd."},
	    },
	    4);
	buf_addf(b,
		 "# HELP latchkey_cpu_seconds_total Processor time.\n"
		 "# TYPE latchkey_cpu_seconds_total counter\n"
		 "latchkey_cpu_seconds_total %lld.%06lld\n",
		 (long long)(use.ru_utime.tv_sec + use.ru_stime.tv_sec +
			     (use.ru_utime.tv_usec + use.ru_stime.tv_usec) /
				 1000000),
		 (long long)((use.ru_utime.tv_usec + use.ru_stime.tv_usec) %
			     1000000));
	buf_adds(b, "# HELP latchkey_build_info What runs.\n"
		    "# TYPE latchkey_build_info gauge\n"
		    "latchkey_build_info{version=\"" VERSION "\"} 1\n");
}

/* As of now: a walk over what ends soon, which is little. */
static void
put_expiring(struct core *core, struct buf *b)
{
	struct expiry_sum sum;

	if (expiry_sum(core, &sum) != 0)
		return;
	buf_addf(b,
		 "# HELP latchkey_credentials_expiring Long-lived credentials "
		 "that end soon.\n"
		 "# TYPE latchkey_credentials_expiring gauge\n"
		 "latchkey_credentials_expiring{within=\"7d\"} %lld\n"
		 "# HELP latchkey_credentials_expiring_used Those of them that "
		 "were used within the last week.\n"
		 "# TYPE latchkey_credentials_expiring_used gauge\n"
		 "latchkey_credentials_expiring_used{within=\"7d\"} %lld\n",
		 (long long)sum.soon, (long long)sum.soon_used);
}

void
metrics_put(struct core *core, struct http_server *http, struct buf *b)
{
	put_http(http, b);
	put_db(core, b);
	put_core(core, b);
	put_expiring(core, b);
	put_process(b);
}
