#include "core/link_world.h"

#include "core/link.h"

/* Layers by name, each of a length of its own, so that sums tell them apart. */
#define CONFIG STR("{}")
#define A      STR("a layer of 18 byte")
#define B      STR("a layer that has 31 bytes in it")

#define is_held(who, bytes, ...)                                               \
	is_int(held_by(w, who, REGION), bytes, __VA_ARGS__)
#define is_link(repo, layer, state, ...)                                       \
	is_str(str_c(link_is(w, repo, digest_of(w, layer))), STR(state),       \
	       __VA_ARGS__)

static void
test_upload(struct world *w)
{
	is_held(&w->a, 0, "nothing at first");
	(void)blob(w, &w->a, "birds/one", A);
	is_held(&w->a, 18, "an upload counts");
	is_link("birds/one", A, "waiting", "its link waits for a manifest");
	(void)blob(w, &w->a, "birds/one", A);
	is_held(&w->a, 18, "once, however often it is pushed");
	(void)blob(w, &w->a, "birds/two", A);
	is_held(&w->a, 18, "or linked");
	(void)blob(w, &w->a, "birds/two", B);
	is_held(&w->a, 49, "another one counts too");
	is_held(&w->b, 0, "for nobody else");
	(void)blob(w, &w->b, "stones/one", A);
	is_held(&w->b, 18, "whoever else has it");
	is_int(held_by(w, &w->a, STR("other")), 0, "and nowhere else");
	ok(verified(w), "verify agrees");
	is_int(unlink_blob(&w->a, "birds/one", digest_of(w, A)), 0, "unlinked");
	is_held(&w->a, 49, "held by the other repository");
	is_int(unlink_blob(&w->a, "birds/two", digest_of(w, A)), 0,
	       "there, too");
	is_held(&w->a, 31, "no more");
	is_held(&w->b, 18, "the other account's stays");
	is_int(unlink_blob(&w->a, "birds/two", digest_of(w, B)), 0, "the last");
	is_held(&w->a, 0, "nothing");
	is_int(unlink_blob(&w->a, "birds/two", digest_of(w, B)), OUT_ABSENT,
	       "twice");
	ok(verified(w), "verify agrees");
}

static void
test_manifests(struct world *w)
{
	struct str x = image(w, &w->a, "birds/app", CONFIG, A);
	struct str y = image(w, &w->a, "birds/app", STR("{ }"), A);

	must(push(w, &w->a, "birds/app", "x", OCI_MANIFEST, x, NULL), "x");
	must(push(w, &w->a, "birds/app", "y", OCI_MANIFEST, y, NULL), "y");
	is_link("birds/app", A, "needed", "the layer is needed");
	is_held(&w->a, 18 + 2 + 3, "two configs and a layer");
	is_int(unlink_blob(&w->a, "birds/app", digest_of(w, A)), OUT_CONFLICT,
	       "not to be unlinked");
	is_held(&w->a, 23, "which changes nothing");
	is_int(delete_image(&w->a, "birds/app", digest_of(w, x)), 0, "x goes");
	is_link("birds/app", A, "needed", "y needs it still");
	is_link("birds/app", CONFIG, "dropped", "x's config is dropped");
	is_held(&w->a, 21, "and does not count");
	is_int(delete_image(&w->a, "birds/app", digest_of(w, y)), 0, "y goes");
	is_link("birds/app", A, "dropped", "nobody needs it");
	is_held(&w->a, 0, "nothing counts");
	ok(shows(w, "birds/app", digest_of(w, A), A), "it can be read");
	ok(verified(w), "verify agrees");
	is_int(push(w, &w->a, "birds/app", "x", OCI_MANIFEST, x, NULL), 0,
	       "pushed again without its blobs");
	is_link("birds/app", A, "needed", "taken up");
	is_held(&w->a, 20, "and counted");
	(void)blob(w, &w->a, "birds/app", STR("{ }"));
	is_link("birds/app", STR("{ }"), "waiting", "taken up by an upload");
	is_held(&w->a, 23, "and counted");
	is_int(unlink_blob(&w->a, "birds/app", digest_of(w, STR("{ }"))), 0,
	       "unlinked");
	is_int(delete_image(&w->a, "birds/app", digest_of(w, x)), 0, "x goes");
	is_int(unlink_blob(&w->a, "birds/app", digest_of(w, A)), 0,
	       "a dropped one is unlinked");
	is_held(&w->a, 0, "and not taken off twice");
	ok(verified(w), "verify agrees");
}

static void
test_mount(struct world *w)
{
	struct str d = blob(w, &w->a, "birds/from", B);

	is_int(mount(&w->a, "birds/to", d, "birds/from"), 0, "mounted");
	is_link("birds/to", B, "waiting", "it waits");
	is_held(&w->a, 31, "and is counted once");
	is_int(unlink_blob(&w->a, "birds/from", d), 0, "unlinked there");
	is_held(&w->a, 31, "counted here");
	is_int(unlink_blob(&w->a, "birds/to", d), 0, "and here");
	is_held(&w->a, 0, "nothing");
}

static void
test_copy(struct world *w)
{
	struct str x = image(w, &w->a, "birds/from", CONFIG, A);
	struct place from = in("birds/from"), to = in("birds/copy");

	must(push(w, &w->a, "birds/from", "x", OCI_MANIFEST, x, NULL), "push");
	is_int(tag_copy(&w->a, &from, STR("x"), &to, STR("y")), 0, "copied");
	is_link("birds/copy", A, "needed", "needed there");
	is_held(&w->a, 20, "counted once");
	is_int(delete_image(&w->a, "birds/from", digest_of(w, x)), 0,
	       "deleted");
	is_held(&w->a, 20, "the copy counts");
	is_int(delete_image(&w->a, "birds/copy", digest_of(w, x)), 0,
	       "the copy too");
	is_held(&w->a, 0, "nothing");
	is_int(tag_copy(&w->a, &from, STR("x"), &to, STR("y")), OUT_ABSENT,
	       "no more copies");
	ok(verified(w), "verify agrees");
}

static void
test_namespace(struct world *w)
{
	struct str x = image(w, &w->b, "stones/app", CONFIG, B);
	int64_t before = held_by(w, &w->b, REGION);
	bool made;

	must(namespace_add(&w->b, REGION, STR("rocks"), &made), "rocks");
	must(push(w, &w->b, "stones/app", "x", OCI_MANIFEST, x, NULL), "push");
	must(mount(&w->b, "rocks/one", digest_of(w, B), "stones/app"), "mount");
	(void)blob(w, &w->b, "rocks/one", STR("12345"));
	is_held(&w->b, before + 5, "in two namespaces");
	is_int(namespace_remove(&w->b, REGION, STR("rocks")), 0, "one goes");
	is_held(&w->b, before, "and its own blob with it");
	is_int(namespace_remove(&w->b, REGION, STR("stones")), 0, "the other");
	is_held(&w->b, 0, "nothing");
	ok(verified(w), "verify agrees");
}

int
main(void)
{
	struct world w;

	world_open(&w);
	test_upload(&w);
	test_manifests(&w);
	test_mount(&w);
	test_copy(&w);
	test_namespace(&w);
	world_close(&w);
	return done_testing();
}
