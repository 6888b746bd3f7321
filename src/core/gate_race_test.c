/* Threads go on asking while credentials end: once the removal has returned,
 * nobody gets in any more, whatever was being remembered at that moment. */
#include "core/core_world.h"

#include <pthread.h>
#include <stdatomic.h>

#define THREADS 3
#define ROUNDS	60
#define TOKENS	4

struct race {
	struct world w;
	struct proof proofs[TOKENS];
	atomic_bool gone[TOKENS], stop;
	atomic_int late, opened, failed;
};

static void *
ask(void *arg)
{
	struct race *race = arg;

	for (unsigned i = 0; !atomic_load(&race->stop); i++) {
		unsigned which = i % TOKENS;
		bool gone = atomic_load(&race->gone[which]);
		int r = pulls(&race->w, race->proofs[which], "birds/app");

		if (r == 0)
			atomic_fetch_add(&race->opened, 1);
		if (r == 0 && gone)
			atomic_fetch_add(&race->late, 1);
		if (r < 0)
			atomic_fetch_add(&race->failed, 1);
	}
	return NULL;
}

static void
round_of(struct race *race)
{
	struct regtoken tokens[TOKENS];
	pthread_t threads[THREADS];

	atomic_store(&race->stop, false);
	for (int i = 0; i < TOKENS; i++) {
		struct str value =
		    world_token(&race->w, false, true, &tokens[i]);

		race->proofs[i] = basic("token", value);
		if (i % 2 == 1)
			race->proofs[i] =
			    plain(PROOF_BEARER,
				  world_bearer(&race->w, race->proofs[i],
					       "birds/app", SCOPE_PULL));
		atomic_store(&race->gone[i], false);
	}
	for (int i = 0; i < THREADS; i++)
		must(pthread_create(&threads[i], NULL, ask, race), "thread");
	for (int i = 0; i < TOKENS; i++) {
		(void)usleep(500);
		must(regtoken_remove(&race->w.owner, LOCAL, tokens[i].id),
		     "remove");
		atomic_store(&race->gone[i], true);
	}
	(void)usleep(500);
	atomic_store(&race->stop, true);
	for (int i = 0; i < THREADS; i++)
		(void)pthread_join(threads[i], NULL);
}

int
main(void)
{
	struct race race = {.late = 0};

	world_make(&race.w);
	for (int i = 0; i < ROUNDS; i++)
		round_of(&race);
	ok(atomic_load(&race.opened) > ROUNDS, "%d were let in",
	   atomic_load(&race.opened));
	is_int(atomic_load(&race.late), 0, "none after the end");
	is_int(atomic_load(&race.failed), 0, "and nothing failed");
	world_end(&race.w);
	return done_testing();
}
