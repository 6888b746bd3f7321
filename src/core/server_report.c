/*
 * What a machine says of itself at the end of its first boot: how it is called,
 * and its host keys.
 */
#include "core/server_seed.h"

#include "base/clock.h"
#include "core/git_inner.h"
#include "core/sql.h"
#include "json/json.h"

struct report {
	const struct visit *by;
	const struct server_report *said;
	bool again; /* it was said before */
};

static bool
host_name_ok(struct str s)
{
	struct str label;

	if (s.n == 0)
		return true;
	if (s.n > SERVER_HOSTNAME_MAX)
		return false;
	while (str_next(&s, '.', &label))
		if (!server_name_ok(label))
			return false;
	return true;
}

static struct str
type_of(const struct server_report *said, size_t i)
{
	return sshkey_type_name(said->keys[i].type);
}

static struct str
blob_of(const struct server_report *said, size_t i)
{
	return (struct str){(const char *)said->keys[i].blob,
			    said->keys[i].blob_len};
}

static int
report_check(const struct server_report *said, struct note *note)
{
	if (!host_name_ok(said->hostname) || !host_name_ok(said->fqdn))
		return note_set(note, OUT_MALFORMED, "not a host name");
	if (said->n_keys > SERVER_HOST_KEYS_MAX)
		return note_set(note, OUT_MALFORMED, "more than %d host keys",
				SERVER_HOST_KEYS_MAX);
	for (size_t i = 0; i < said->n_keys; i++)
		for (size_t j = 0; j < i; j++)
			if (said->keys[i].type == said->keys[j].type)
				return note_set(note, OUT_MALFORMED,
						"two host keys of one type");
	return 0;
}

static bool
has_key(const struct server_report *said, struct str type, struct str blob)
{
	for (size_t i = 0; i < said->n_keys; i++)
		if (str_eq(type_of(said, i), type))
			return str_eq(blob_of(said, i), blob);
	return false;
}

/* 0, or OUT_CONFLICT: something else was said. */
static int
same(struct db_at *at, const struct report *c, struct db_rows *boot)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	size_t n = 0;
	int r;

	if (!str_eq(db_str(boot, BOOT_HOSTNAME), c->said->hostname) ||
	    !str_eq(db_str(boot, BOOT_FQDN), c->said->fqdn))
		return OUT_CONFLICT;
	r = db_query(at, SQL_server_host_keys, &rows, "s",
		     str_c(c->by->object));
	while (r == 0 && (r = db_next(&rows)) == 0) {
		n++;
		if (!has_key(c->said, db_str(&rows, 0), db_blob(&rows, 1)))
			return OUT_CONFLICT;
	}
	if (r != OUT_ABSENT)
		return r;
	return n == c->said->n_keys ? 0 : OUT_CONFLICT;
}

static int
is_new_or_same(struct db_at *at, struct db_rows *boot, void *arg)
{
	struct report *c = arg;

	c->again = !db_null(boot, BOOT_CLOSED_AT);
	return c->again ? same(at, c, boot) : 0;
}

static int
print(struct jw *w, struct str blob)
{
	char text[SSHKEY_SHA256_LEN + 1];
	int r = sshkey_fingerprint(blob, text);

	if (r == 0)
		jw_c(w, NULL, text);
	return FOLD(r);
}

/* Host keys of an earlier first boot, which go. */
static int
older_write(struct db_at *at, struct str server, struct jw *w)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r = db_one(at, SQL_server_host_keys, &rows, "s", server);

	if (r != 0)
		return r == OUT_ABSENT ? 0 : r;
	jw_array(w, "replaces");
	do
		r = print(w, db_blob(&rows, 1));
	while (r == 0 && (r = db_next(&rows)) == 0);
	jw_end(w);
	return r == OUT_ABSENT ? 0 : r;
}

static int
trail(struct db_at *at, const struct report *c, struct str place)
{
	CLEAN(buf_clear) struct buf detail = BUF_INIT;
	struct jw w = JW(&detail);
	int r = 0;

	jw_object(&w, NULL);
	jw_str(&w, "hostname", c->said->hostname);
	jw_str(&w, "fqdn", c->said->fqdn);
	jw_array(&w, "host_keys");
	for (size_t i = 0; r == 0 && i < c->said->n_keys; i++)
		r = print(&w, blob_of(c->said, i));
	jw_end(&w);
	if (r == 0)
		r = older_write(at, str_c(c->by->object), &w);
	jw_end(&w);
	return r != 0 ? r : server_trail(at, c->by, place, &detail);
}

static int
keys_put(struct db_at *at, const struct report *c)
{
	struct str server = str_c(c->by->object);
	int r = FOLD(db_exec(at, SQL_server_host_keys_drop, NULL, "s", server));

	for (size_t i = 0; r == 0 && i < c->said->n_keys; i++)
		r = FOLD(db_exec(at, SQL_server_host_key_insert, NULL, "ssb",
				 server, type_of(c->said, i),
				 blob_of(c->said, i)));
	return r;
}

static int
report_put(struct db_at *at, const struct report *c)
{
	struct str server = str_c(c->by->object);
	int64_t now = clock_now();
	int r = FOLD(db_exec(at, SQL_server_reported, NULL, "sssis", server,
			     c->said->hostname, c->said->fqdn, now,
			     str_c(c->by->who.addr)));

	if (r == 0)
		r = keys_put(at, c);
	return r != 0 ? r
		      : FOLD(db_exec(at, SQL_server_seed_close, NULL, "si",
				     server, now));
}

static int
report_write(struct db_at *at, void *arg)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	struct report *c = arg;
	int r = first_boot_row(at, c->by, &rows);

	if (r == 0)
		r = is_new_or_same(at, &rows, c);
	if (r != 0 || c->again)
		return r;
	r = first_boot_bind(at, c->by, &rows);
	if (r == 0)
		r = trail(at, c, db_str(&rows, BOOT_PLACE));
	return r != 0 ? r : report_put(at, c);
}

int
server_report(const struct visit *by, const struct server_report *said,
	      struct note *note)
{
	struct report c = {.by = by, .said = said};
	struct first_boot boot;
	int r = report_check(said, note);

	if (r == 0)
		r = first_boot_look(by, &boot, is_new_or_same, &c);
	c.by = &boot.by;
	if (r == 0 && !c.again)
		r = first_boot_write(&boot, report_write, &c);
	return r != OUT_CONFLICT ? r
				 : note_set(note, r,
					    "another report ended this first "
					    "boot");
}
