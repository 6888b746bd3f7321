#include "core/git_inner.h"

#include "base/clock.h"
#include "core/keypair.h"
#include "core/policy.h"
#include "core/retention.h"
#include "core/sql.h"

/* A registry token stays for a day after its end, so that whoever still uses it
 * is told that it ended and not that it never was. Lists leave it out at once.
 */
static const struct {
	int sql;
	int64_t keep_ms;
} rounds[] = {
    {SQL_tidy_refresh_tokens, 0},
    {SQL_tidy_passcodes, 0},
    {SQL_tidy_sessions, 0},
    {SQL_tidy_ended_tokens, 0},
    {SQL_tidy_identity_tokens, 0},
    {SQL_tidy_registry_tokens, DAY_MS},
    {SQL_tidy_api_keys, API_KEY_KEPT_MS},
    {SQL_tidy_invitations, 0},
    {SQL_policy_forget, POLICY_KEPT_MS},
};

/* Nobody remembers these as valid: every look at them checks the end. */
static int
tidy_write(struct db_at *at, void *arg)
{
	int64_t now = *(const int64_t *)arg;
	int r = 0;

	for (size_t i = 0; r == 0 && i < nitems(rounds); i++)
		r = FOLD(db_exec(at, rounds[i].sql, NULL, "i",
				 now - rounds[i].keep_ms));
	return r;
}

int
core_tidy(struct core *core)
{
	int64_t now = clock_now();
	int r = db_write(core->db, tidy_write, &now);
	int keys = pubkey_tidy(core);
	int pairs = keypair_tidy(core, KEYPAIR_PENDING_MS);
	int retention = retention_tidy(core);

	if (r == 0)
		r = keys;
	if (r == 0)
		r = pairs;
	return r != 0 ? r : retention;
}
