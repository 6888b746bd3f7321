#include "server/gc.h"

#include "base/clock.h"
#include "base/log.h"
#include "core/collect.h"
#include "door/frame/frame.h"
#include "server/command.h"
#include "server/process.h"
#include "server/serve.h"
#include "server/tidy.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#define SAY_MS 1000 /* between two lines of progress */
#define LINE   256

struct telling {
	struct control_ask *ask; /* NULL: on standard output */
	int64_t next;		 /* of clock_mono */
};

static int
tell(const struct telling *t, const char *line)
{
	if (t->ask != NULL)
		return control_say(t->ask, "%s", line);
	printf("%s\n", line);
	return fflush(stdout) == 0 ? 0 : FAIL(-EIO);
}

static int
progress(void *arg, const struct collected *c)
{
	struct telling *t = arg;
	int64_t now = clock_mono();
	char line[LINE];

	if (now < t->next)
		return 0;
	t->next = now + SAY_MS;
	(void)snprintf(line, sizeof(line),
		       "%" PRIu64 " blobs looked at, %" PRIu64
		       " to go: %" PRIu64 " removed, %" PRIu64 " bytes",
		       c->looked, c->due, c->blobs, c->bytes);
	return tell(t, line);
}

static int
summary(const struct telling *t, const struct collected *c)
{
	char line[LINE];

	(void)snprintf(line, sizeof(line),
		       "removed: %" PRIu64 " blobs (%" PRIu64
		       " bytes), %" PRIu64 " links, %" PRIu64 " files, %" PRIu64
		       " uploads, %" PRIu64 " binned images, %" PRIu64
		       " repositories",
		       c->blobs, c->bytes, c->links, c->files, c->uploads,
		       c->binned, c->repos);
	return tell(t, line);
}

static int
collect(struct core *core, struct control_ask *ask)
{
	struct telling t = {.ask = ask, .next = clock_mono() + SAY_MS};
	struct collected sum = {0};
	int r = collect_all(core, &sum, progress, &t);

	tidy_say(&sum);
	return r != 0 ? r : summary(&t, &sum);
}

int
gc_answer(struct control_ask *ask, struct core *core, struct note *note)
{
	int r = collect(core, ask);

	return r == OUT_BUSY ? note_set(note, r,
					"nothing can be written now: is there "
					"room on the disk?")
			     : r;
}

void
gc_metrics(struct core *core, struct buf *b)
{
	struct collected c;
	uint64_t due = 0;

	collect_total(core, &c);
	frame_metric(b, "gc_blobs_total", "counter", c.blobs,
		     "Blobs that nothing needed any more and that went.");
	frame_metric(b, "gc_bytes_total", "counter", c.bytes, "Their bytes.");
	frame_metric(b, "gc_links_total", "counter", c.links,
		     "Links that no image needed in time.");
	frame_metric(b, "gc_files_total", "counter", c.files,
		     "Files of the store that were removed.");
	frame_metric(b, "gc_uploads_total", "counter", c.uploads,
		     "Uploads that nobody went on with.");
	frame_metric(b, "gc_binned_total", "counter", c.binned,
		     "Deleted images that cannot be restored any more.");
	frame_metric(b, "gc_early_total", "counter", c.early,
		     "Of those, what left a full bin before its time.");
	frame_metric(b, "gc_repositories_total", "counter", c.repos,
		     "Empty repositories that went.");
	if (collect_due_count(core, &due) == 0)
		frame_metric(b, "gc_due", "gauge", due,
			     "Blobs to be looked at by now.");
}

/* Nobody serves these data: then they are opened here. */
static int
collect_here(const struct run *run, const struct data_dir *dir)
{
	CLEAN(core_freep) struct core *core = NULL;
	struct note note = {0};
	int r = serve_core_open(run->conf, dir, false, &core);

	if (r != 0)
		return r;
	r = collect(core, NULL);
	return r == 0 ? 0 : admin_complain("gc", r, &note);
}

int
command_gc(const struct run *run)
{
	struct data_dir dir;
	struct note note = {0};
	int r;

	log_set_level(run->conf->log_level);
	r = admin_installed(run->conf, &dir);
	if (r != 0)
		return r;
	r = control_ask(dir.path, "gc", stdout, &note);
	if (r == OUT_ABSENT)
		return collect_here(run, &dir);
	return r == 0 ? 0 : admin_complain("gc", r, &note);
}
