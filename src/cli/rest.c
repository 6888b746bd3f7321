/* Our own REST: things of a project. */
#include "cli/pairs.h"

#include "base/enc.h"

#include <stdio.h>
#include <string.h>

int
rest_project(struct cli *cli, const char *word, struct rest *ret)
{
	int r = place_project(cli, word != NULL ? word : PROJECT_FIRST,
			      &ret->place);

	ret->path[0] = ret->again[0] = '\0';
	if (r != 0)
		return r;
	(void)snprintf(ret->path, sizeof(ret->path),
		       "/latchkey/v1/projects/%s/%s", ret->place.account,
		       ret->place.name);
	if (word != NULL)
		(void)snprintf(ret->again, sizeof(ret->again), " -p %s/%s",
			       ret->place.account, ret->place.name);
	return 0;
}

int
rest_path(const struct rest *p, const char *kind, const char *name,
	  const char *tail, struct buf *ret)
{
	(void)buf_addf(ret, "%s/%s", p->path, kind);
	if (name != NULL) {
		(void)buf_addc(ret, '/');
		(void)enc_percent(ret, str_c(name));
	}
	if (tail != NULL)
		(void)buf_addf(ret, "/%s", tail);
	return buf_err(ret);
}

int
rest_get(struct cli *cli, const char *path, struct json **ret)
{
	struct ask ask = {"GET", path, STR_NONE};

	return client_json(cli, &ask, ret);
}

int
rest_send(struct cli *cli, const char *method, const char *path,
	  const struct buf *body, struct json **ret)
{
	struct ask ask = {method, path, buf_str(body)};

	return buf_err(body) != 0 ? buf_err(body) : client_json(cli, &ask, ret);
}

struct str
rest_word(const struct json *j, const char *name)
{
	struct str s = json_text(j, name);

	return str_printable(s) ? s : STR("?");
}

struct str
rest_who(const struct json *j, const char *member)
{
	char named[32];
	struct str name;

	(void)snprintf(named, sizeof(named), "%s_name", member);
	name = json_text(j, named);
	return name.n > 0 ? name : json_text(j, member);
}

int
rest_print(const struct buf *text)
{
	CLEAN(json_freep) struct json *all = NULL;
	int r = buf_err(text);

	if (r == 0)
		r = json_parse(buf_str(text), &all, NULL);
	if (r == 0)
		print_json(all);
	return r;
}

int
rest_thing(struct cli *cli, const char *project_word, const char *kind,
	   const char *name, const char *tail, struct buf *ret)
{
	struct rest project;
	int r = thing_name_check(cli, name);

	if (r == 0)
		r = rest_project(cli, project_word, &project);
	return r != 0 ? r : rest_path(&project, kind, name, tail, ret);
}

int
rest_thing_get(struct cli *cli, const char *project_word, const char *kind,
	       const char *name, struct json **ret)
{
	CLEAN(buf_clear) struct buf path = BUF_INIT;
	int r = rest_thing(cli, project_word, kind, name, NULL, &path);

	return r != 0 ? r : rest_get(cli, path.p, ret);
}
