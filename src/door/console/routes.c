#include "door/console/inner.h"

#define NOTHING BODY_NONE, 0
#define SESSION "/console/session"
#define PUBLIC	VERB_NONE_NEEDED, NULL

static const struct route routes[] = {
    {HTTP_POST, "/console/reports", PUBLIC, BODY_RAW, CONSOLE_REPORT_MAX,
     RUN_INLINE, console_report, NULL},
    {HTTP_POST, SESSION, VERB_LOGIN, NULL, BODY_JSON, CONSOLE_SIGN_IN_MAX,
     RUN_POOL, console_sign_in, NULL},
    {HTTP_GET, SESSION, VERB_WHOAMI, NULL, NOTHING, RUN_POOL, console_who,
     NULL},
    {HTTP_PUT, SESSION, VERB_WHOAMI, NULL, BODY_JSON, CONSOLE_SIGN_IN_MAX,
     RUN_POOL, console_stay, NULL},
    {HTTP_DELETE, SESSION, VERB_LOGIN, NULL, NOTHING, RUN_POOL,
     console_sign_out, NULL},
    {HTTP_GET, "/console/assets/{hash}/{path+}", PUBLIC, NOTHING, RUN_INLINE,
     console_asset, NULL},
    {HTTP_GET, "/console", PUBLIC, NOTHING, RUN_INLINE, console_home, NULL},
    {HTTP_GET, "/console/", PUBLIC, NOTHING, RUN_INLINE, console_page, NULL},
    {HTTP_GET, "/console/{path+}", PUBLIC, NOTHING, RUN_INLINE, console_page,
     NULL},
};

static bool
owns(struct str path)
{
	return path_below(path, STR("/console"));
}

void
console_init(struct console *console)
{
	*console = (struct console){
	    .door = {.name = "console",
		     .routes = routes,
		     .n_routes = nitems(routes),
		     .exact = true,
		     .own_policy = true,
		     .cookie = true,
		     .proof = console_proof,
		     .say = console_say,
		     .say_status = console_say_status,
		     .owns = owns,
		     .stamp = console_stamp},
	};
}

void
console_metrics(struct console *console, struct buf *b)
{
	frame_metric(b, "console_reports_total", "counter",
		     atomic_load(&console->reports),
		     "What browsers said that a content policy stopped.");
}
