/* cr pull-secret: a login for Kubernetes, as the YAML of a secret. */
#include "cli/cr.h"
#include "cli/api_key.h"

#include "base/enc.h"
#include "base/i18n.h"
#include "base/secret.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define K8S_NAME_MAX 253

enum { SECRET_NAMESPACE, SECRET_SERVICE, SECRET_EXPIRES };
static const struct opt opts[] = {
    {"namespace", 'n', OPT_TEXT, "NAMESPACE",
     N_("of Kubernetes; default: kubectl's")},
    {"service-id", 0, OPT_TEXT, "SERVICE",
     N_("the key is this service ID's; default: yours")},
    {"expires", 0, OPT_TEXT, "TIME",
     N_("when it ends: 30d, 2026-12-31; default: never")},
};

/* What Kubernetes takes for a name; nothing in it needs quotes in YAML then. */
static bool
is_k8s_name(struct str s)
{
	if (s.n == 0 || s.n > K8S_NAME_MAX)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		bool end = i == 0 || i + 1 == s.n;
		char c = s.p[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') &&
		    (end || (c != '-' && c != '.')))
			return false;
	}
	return true;
}

static int
names_check(struct cli *cli, const struct args *a)
{
	const char *given = a->v[SECRET_NAMESPACE].text;

	if (is_k8s_name(str_c(a->rest[0])) &&
	    (given == NULL || is_k8s_name(str_c(given))))
		return 0;
	return usage_set(cli, _("names in Kubernetes have a-z 0-9 - and ., and "
				"begin and end with a letter or digit"));
}

static void
config_write(struct str host, struct str key, struct buf *ret)
{
	CLEAN(buf_clear) struct buf pair = BUF_INIT;
	CLEAN(buf_clear) struct buf auth = BUF_INIT;
	struct jw w = JW(ret);

	(void)buf_addf(&pair, "iamapikey:%.*s", STR_ARG(key));
	(void)enc_b64(&auth, buf_str(&pair));
	jw_object(&w, NULL);
	jw_object(&w, "auths");
	jw_key(&w, host);
	jw_object(&w, NULL);
	jw_c(&w, "username", "iamapikey");
	jw_str(&w, "password", key);
	jw_str(&w, "auth", buf_str(&auth));
	jw_end(&w);
	jw_end(&w);
	jw_end(&w);
}

static void
secret_write(const struct args *a, struct str config, struct buf *ret)
{
	CLEAN(buf_clear) struct buf data = BUF_INIT;

	(void)enc_b64(&data, config);
	(void)buf_addf(ret,
		       "apiVersion: v1\nkind: Secret\n"
		       "type: kubernetes.io/dockerconfigjson\n"
		       "metadata:\n  name: \"%s\"\n",
		       a->rest[0]);
	if (a->v[SECRET_NAMESPACE].given)
		(void)buf_addf(ret, "  namespace: \"%s\"\n",
			       a->v[SECRET_NAMESPACE].text);
	(void)buf_addf(ret, "data:\n  .dockerconfigjson: %s\n", data.p);
}

/* kubectl reads JSON as well. */
static void
secret_json(const struct args *a, struct str config, struct buf *ret)
{
	CLEAN(buf_clear) struct buf data = BUF_INIT;
	struct jw w = JW(ret);

	(void)enc_b64(&data, config);
	jw_object(&w, NULL);
	jw_c(&w, "apiVersion", "v1");
	jw_c(&w, "kind", "Secret");
	jw_c(&w, "type", "kubernetes.io/dockerconfigjson");
	jw_object(&w, "metadata");
	jw_c(&w, "name", a->rest[0]);
	if (a->v[SECRET_NAMESPACE].given)
		jw_c(&w, "namespace", a->v[SECRET_NAMESPACE].text);
	jw_end(&w);
	jw_object(&w, "data");
	jw_str(&w, ".dockerconfigjson", buf_str(&data));
	jw_end(&w);
	jw_end(&w);
	(void)buf_addc(ret, '\n');
}

static int
key_make(struct cli *cli, const struct args *a, struct json **ret)
{
	CLEAN(buf_clear) struct buf iam_id = BUF_INIT;
	CLEAN(buf_clear) struct buf about = BUF_INIT;
	struct api_key_wish wish = {.name = a->rest[0],
				    .expires = a->v[SECRET_EXPIRES].text};
	int r = a->v[SECRET_SERVICE].given
		    ? iam_identity(cli, &iam_service_id,
				   a->v[SECRET_SERVICE].text, &iam_id)
		    : iam_self(cli, &iam_id);

	if (r != 0)
		return r;
	(void)buf_addf(
	    &about, "imagePullSecret %s%s%s",
	    a->v[SECRET_NAMESPACE].given ? a->v[SECRET_NAMESPACE].text : "",
	    a->v[SECRET_NAMESPACE].given ? "/" : "", a->rest[0]);
	if (buf_err(&about) != 0)
		return buf_err(&about);
	wish.description = about.p;
	wish.iam_id = buf_str(&iam_id);
	return api_key_post(cli, &wish, ret);
}

static int
pull_secret(struct cli *cli, const struct args *a)
{
	CLEAN(json_freep) struct json *key = NULL;
	CLEAN(buf_clear) struct buf config = BUF_INIT;
	CLEAN(buf_clear) struct buf text = BUF_INIT;
	int r = names_check(cli, a);

	if (r == 0)
		r = key_make(cli, a, &key);
	if (r != 0)
		return r;
	config_write(session_registry(&cli->session), json_text(key, "apikey"),
		     &config);
	if (cli->json)
		secret_json(a, buf_str(&config), &text);
	else
		secret_write(a, buf_str(&config), &text);
	if (buf_err(&config) != 0 || buf_err(&text) != 0)
		return FAIL(-ENOMEM);
	(void)fwrite(text.p, 1, text.n, stdout);
	if (!a->v[SECRET_SERVICE].given)
		fprintf(stderr,
			_("Tip: this key may do all that you may. With "
			  "--service-id it is a machine's, which may only "
			  "pull.\n"));
	return 0;
}

static const struct command rows[] = {
    {"cr", "pull-secret", NULL, opts, nitems(opts), "NAME", 1, 1, pull_secret,
     N_("a Kubernetes secret that pulls images"),
     N_("Makes a fresh API key and prints the secret, once:\n"
	"    latchkey cr pull-secret birds-pull --service-id puller |\n"
	"        kubectl apply -f -\n"
	"The key's description names the secret. Cloud Foundry takes the same "
	"login: user\niamapikey, and the key as CF_DOCKER_PASSWORD.\n")},
};
const struct command_set commands_pull_secret = {rows, nitems(rows)};
