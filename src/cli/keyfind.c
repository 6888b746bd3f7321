/* Which access key is meant: by its number, its fingerprint or its file. */
#include "cli/git.h"

#include "base/enc.h"
#include "base/i18n.h"

#include <string.h>

#define ID_MAX INT64_MAX

struct found {
	uint64_t id;
	struct buf path, fingerprint;
};

static bool
id_match(void *arg, const struct json *key)
{
	struct found *f = arg;
	struct str href =
	    json_text(json_get(json_get(key, "links"), "self"), "href");
	int64_t id = 0;
	const char *at;

	if (!json_int(json_get(key, "id"), &id) || id < 0 ||
	    (uint64_t)id != f->id || href.n == 0)
		return false;
	at = memmem(href.p, href.n, "/2.0/", strlen("/2.0/"));
	if (at == NULL)
		return false;
	(void)buf_addstr(&f->path,
			 str_sub(href, (size_t)(at - href.p), SIZE_MAX));
	(void)buf_addstr(&f->fingerprint, json_text(key, "fingerprint_sha256"));
	return false;
}

/* The account's keys are in order of their numbers: the one behind the number
 * before is it, or there is none. */
static int
id_look_up(struct cli *cli, struct found *f)
{
	CLEAN(buf_clear) struct buf path = BUF_INIT;
	const char *account = NULL;
	int r = place_account(cli, &account);

	if (r != 0)
		return r;
	(void)buf_adds(&path, "/2.0/workspaces/");
	(void)enc_percent(&path, str_c(account));
	(void)buf_adds(&path, "/deploy-keys?pagelen=1");
	if (f->id > 1)
		(void)buf_addf(&path, "&after=%llu",
			       (unsigned long long)f->id - 1);
	r = buf_err(&path);
	if (r == 0)
		r = pages_each(cli, path.p, NULL, id_match, f);
	if (r == 0 && f->path.n == 0)
		return note_set(&cli->note, OUT_ABSENT,
				_("the account has no access key %llu"),
				(unsigned long long)f->id);
	return r != 0 ? r : buf_err(&f->path);
}

static int
id_parse(struct cli *cli, const char *word, uint64_t *ret)
{
	if (str_u64(str_c(word), ID_MAX, ret) == 0 && *ret > 0)
		return 0;
	return note_set(&cli->note, OUT_MALFORMED,
			_("'%.40s' is not the number of an access key, as "
			  "'latchkey access-key list' shows it"),
			str_is_text(str_c(word)) ? word : "?");
}

/* The path of a key, by its number alone or in the place that was given. */
int
key_path(struct cli *cli, const struct key_where *where, const char *word,
	 struct buf *ret)
{
	struct found f = {.path = BUF_INIT, .fingerprint = BUF_INIT};
	const char *repo = where->repo, *project = where->project;
	struct place p;
	int r = id_parse(cli, word, &f.id);

	if (r != 0)
		return r;
	if (repo != NULL || project != NULL) {
		r = repo != NULL ? place_repo(cli, repo, &p)
				 : place_project(cli, project, &p);
		return r != 0 ? r
			      : buf_addf(ret, "%s/deploy-keys/%llu", p.path,
					 (unsigned long long)f.id);
	}
	r = id_look_up(cli, &f);
	if (r == 0)
		r = buf_addstr(ret, buf_str(&f.path));
	buf_clear(&f.path);
	buf_clear(&f.fingerprint);
	return r;
}

/* What a key is known by: said, looked up by its number, or out of a file. */
int
key_fingerprint(struct cli *cli, const char *word, struct buf *ret)
{
	CLEAN(buf_clear) struct buf line = BUF_INIT;
	struct found f = {.path = BUF_INIT, .fingerprint = BUF_INIT};
	char text[SSHKEY_SHA256_LEN + 1];
	uint8_t digest[SHA256_LEN];
	struct sshkey key;
	int r;

	if (sshkey_fingerprint_parse(str_c(word), digest) == 0)
		return buf_adds(ret, word);
	if (str_starts(str_c(word), STR("SHA256:")) ||
	    str_starts(str_c(word), STR("MD5:")))
		return note_set(&cli->note, OUT_MALFORMED,
				_("a fingerprint is SHA256: and 43 characters, "
				  "as 'ssh-keygen -lf FILE' prints it"));
	if (str_u64(str_c(word), ID_MAX, &f.id) == 0) {
		r = id_look_up(cli, &f);
		if (r == 0)
			r = buf_addstr(ret, buf_str(&f.fingerprint));
		buf_clear(&f.path);
		buf_clear(&f.fingerprint);
		return r;
	}
	r = key_read(cli, word, &line, &key);
	if (r == 0)
		r = sshkey_fingerprint(
		    (struct str){(const char *)key.blob, key.blob_len}, text);
	return r != 0 ? r : buf_adds(ret, text);
}
