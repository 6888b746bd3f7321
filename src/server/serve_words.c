#include "server/gc.h"
#include "server/serve_inner.h"
#include "server/status.h"

#include "base/log.h"

static int
word_gc(struct control_ask *ask, void *arg, struct str rest, struct note *note)
{
	const struct serve *s = arg;

	if (rest.n > 0)
		return note_set(note, OUT_MALFORMED, "gc takes no words");
	return gc_answer(ask, s->core, note);
}

static int
word_status(struct control_ask *ask, void *arg, struct str rest,
	    struct note *note)
{
	const struct serve *s = arg;
	const struct status status = {.core = s->core,
				      .vault = s->vault,
				      .http = s->bound.name,
				      .ssh = git_side_name(s->git),
				      .landlock = s->landlock,
				      .began = s->began,
				      .since = s->since};

	if (rest.n > 0)
		return note_set(note, OUT_MALFORMED, "status takes no words");
	return status_answer(ask, &status);
}

static int
word_renew_keys(struct control_ask *ask, void *arg, struct str rest,
		struct note *note)
{
	const struct serve *s = arg;
	struct vault_signer signer;
	int r;

	if (rest.n > 0)
		return note_set(note, OUT_MALFORMED,
				"renew-keys takes no words");
	r = vault_side_renew(s->vault, note);
	if (r != 0)
		return r;
	vault_access_signer(vault_side_vault(s->vault), &signer);
	log_say(LOG_INFO, "signing_keys", "signs=%s listed=%zu", signer.kid,
		signer.listed);
	return control_say(ask, "%zu keys are listed, %s signs", signer.listed,
			   signer.kid);
}

static const struct control_word words[] = {
    {"gc", word_gc}, {"renew-keys", word_renew_keys}, {"status", word_status}};

int
serve_words(struct serve *s)
{
	const struct note none = {0};
	int r =
	    control_start(s->dir.path, words, nitems(words), s, &s->control);

	return r == 0 ? 0 : serve_complain_failure("control", r, &none);
}
