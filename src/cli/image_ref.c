/* Images as people name and see them. */
#include "cli/cr.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "wire/ociref.h"

#include <stdio.h>
#include <string.h>

#define DIGEST_SHOWN 12

enum { AGE_YEAR, AGE_MONTH, AGE_DAY, AGE_HOUR, AGE_MINUTE, AGE_SECOND };

/* A whole text for each: not every language has the parts in this order. */
static void
ago_text(int unit, unsigned long n, char ret[AGE_ROOM])
{
	switch (unit) {
	case AGE_YEAR:
		(void)snprintf(ret, AGE_ROOM,
			       ngettext("%lu year ago", "%lu years ago", n), n);
		break;
	case AGE_MONTH:
		(void)snprintf(ret, AGE_ROOM,
			       ngettext("%lu month ago", "%lu months ago", n),
			       n);
		break;
	case AGE_DAY:
		(void)snprintf(ret, AGE_ROOM,
			       ngettext("%lu day ago", "%lu days ago", n), n);
		break;
	case AGE_HOUR:
		(void)snprintf(ret, AGE_ROOM,
			       ngettext("%lu hour ago", "%lu hours ago", n), n);
		break;
	case AGE_MINUTE:
		(void)snprintf(ret, AGE_ROOM,
			       ngettext("%lu minute ago", "%lu minutes ago", n),
			       n);
		break;
	default:
		(void)snprintf(ret, AGE_ROOM,
			       ngettext("%lu second ago", "%lu seconds ago", n),
			       n);
	}
}

void
age_text(int64_t created_s, char ret[AGE_ROOM])
{
	static const int64_t seconds[] = {
	    [AGE_YEAR] = 365 * 86400, [AGE_MONTH] = 30 * 86400,
	    [AGE_DAY] = 86400,	      [AGE_HOUR] = 3600,
	    [AGE_MINUTE] = 60,	      [AGE_SECOND] = 1,
	};
	int64_t s;

	/* A server may say anything: what cannot be counted is long ago. */
	if (__builtin_sub_overflow(clock_now() / 1000, created_s, &s))
		s = INT64_MAX;
	(void)snprintf(ret, AGE_ROOM, "%s",
		       created_s == 0 ? "-" : _("just now"));
	for (int i = 0; created_s != 0 && i < (int)nitems(seconds); i++)
		if (s >= seconds[i]) {
			ago_text(i, (unsigned long)(s / seconds[i]), ret);
			return;
		}
}

struct str
digest_text(struct str digest, bool whole)
{
	struct str kind, hex;

	if (whole || !str_cut(digest, ':', &kind, &hex))
		return digest;
	return str_sub(hex, 0, DIGEST_SHOWN);
}

void
refs_add(struct refs *r, struct str ref)
{
	if (buf_addstr(&r->text, ref) == 0 && buf_addc(&r->text, '\0') == 0)
		r->n++;
}

void
refs_clear(struct refs *r)
{
	buf_clear(&r->text);
	r->n = 0;
}

const char *
refs_first(const struct refs *r)
{
	return r->n > 0 ? r->text.p : NULL;
}

const char *
refs_next(const struct refs *r, const char *ref)
{
	const char *next = ref + strlen(ref) + 1;

	return next < r->text.p + r->text.n ? next : NULL;
}

void
refs_print(const struct cli *cli, const struct refs *refs)
{
	const char *at;

	for (at = refs_first(refs); at != NULL; at = refs_next(refs, at))
		if (str_printable(str_c(at)))
			print_step(cli, "%s\n", at);
}

int
only_read(struct cli *cli, const char *given, struct only *ret)
{
	struct str text = str_c(given), ns, rest;
	struct ociref ref;

	*ret = (struct only){STR_NONE, STR_NONE};
	if (given == NULL)
		return 0;
	if (!str_cut(text, '/', &ns, &rest)) {
		ret->namespace = text;
		return ociref_is_namespace(text)
			   ? 0
			   : usage_set(cli,
				       _("'%.60s' is no namespace: 4 to 30 of "
					 "a-z 0-9 - _"),
				       str_is_text(text) ? given : "?");
	}
	if (ociref_parse(text, &ref) != 0 || ref.digest.n > 0 ||
	    str_ends(text, STR(":latest")) || !str_eq(ref.tag, STR("latest")))
		return usage_set(
		    cli, _("'%.60s' is no NAMESPACE/REPO without a tag"),
		    str_is_text(text) ? given : "?");
	ret->repo = ref.name;
	ret->namespace = ociref_namespace(ref.name);
	return 0;
}

bool
only_has(const struct only *o, struct str text)
{
	struct ociref ref;

	if (o->namespace.n == 0)
		return true;
	if (ociref_parse(text, &ref) != 0)
		return false;
	return o->repo.n > 0 ? str_eq(ref.name, o->repo)
			     : str_eq(ociref_namespace(ref.name), o->namespace);
}
