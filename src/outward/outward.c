#include "outward/outward.h"

#include "base/i18n.h"
#include "base/out.h"
#include "base/secret.h"

#include <curl/curl.h>

#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <string.h>

#define CALL_TIMEOUT_MS	   30000
#define CONNECT_TIMEOUT_MS 10000
#define ANSWER_MAX	   (16 * MIB)
#define HEAD_MAX	   (64 * KIB)

struct sink {
	struct buf *to;
	size_t max;
	bool full, wipe;
};

static size_t
sink_take(char *p, size_t size, size_t n, void *arg)
{
	struct sink *s = arg;

	size_t all = size * n;

	if (all > s->max - s->to->n) {
		s->full = true;
		return 0;
	}
	if (buf_add(s->to, p, all) != 0)
		return 0;
	/* curl gives its buffer back without wiping it, and a body may be a
	 * secret. */
	if (s->wipe)
		mem_wipe(p, all);
	return all;
}

static void
easy_cleanup(CURL **c)
{
	if (*c != NULL)
		curl_easy_cleanup(*c);
}

static void
list_cleanup(struct curl_slist **l)
{
	curl_slist_free_all(*l);
}

/* One more field; false when memory is short (the list stays owned). */
static bool
list_add(struct curl_slist **l, const char *field)
{
	struct curl_slist *longer = curl_slist_append(*l, field);

	if (longer == NULL)
		return false;
	*l = longer;
	return true;
}

static bool
fields_make(const struct outward_call *call, struct curl_slist **ret)
{
	/* No wait for "100 Continue": our bodies are small. */
	if (!list_add(ret, "Expect:"))
		return false;
	for (size_t i = 0; i < call->n_fields; i++)
		if (!list_add(ret, call->fields[i]))
			return false;
	return true;
}

static int
stop_ask(void *arg, curl_off_t down, curl_off_t got, curl_off_t up,
	 curl_off_t sent)
{
	const struct outward_call *call = arg;

	(void)down;
	(void)got;
	(void)up;
	(void)sent;
	return call->stop();
}

static void
easy_stop(CURL *c, const struct outward_call *call)
{
	if (call->stop == NULL)
		return;
	curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION, stop_ask);
	/* curl takes no pointer to const, and changes nothing behind it. */
	curl_easy_setopt(c, CURLOPT_XFERINFODATA, (void *)(uintptr_t)call);
	curl_easy_setopt(c, CURLOPT_NOPROGRESS, 0L);
}

static void
easy_body(CURL *c, const struct outward_call *call)
{
	if (call->body.p == NULL) {
		curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, call->method);
		if (strcmp(call->method, "HEAD") == 0)
			curl_easy_setopt(c, CURLOPT_NOBODY, 1L);
		return;
	}
	curl_easy_setopt(c, CURLOPT_POST, 1L);
	curl_easy_setopt(c, CURLOPT_POSTFIELDS, call->body.p);
	curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE,
			 (curl_off_t)call->body.n);
	curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, call->method);
}

static void
easy_bounds(CURL *c, const struct outward_call *call)
{
	int64_t ms = call->timeout_ms != 0 ? call->timeout_ms : CALL_TIMEOUT_MS;

	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, (long)ms);
	curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS,
			 (long)CONNECT_TIMEOUT_MS);
	/* Never a .netrc, never a user and password out of the URL's host. */
	curl_easy_setopt(c, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	curl_easy_setopt(c, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
	if (call->agent != NULL)
		curl_easy_setopt(c, CURLOPT_USERAGENT, call->agent);
	if (call->ca_file != NULL)
		curl_easy_setopt(c, CURLOPT_CAINFO, call->ca_file);
}

static void
library_start(void)
{
	(void)curl_global_init(CURL_GLOBAL_DEFAULT);
}

/* Scheme, host and port: the path is ours and tells people nothing. */
static struct str
origin_of(const char *url)
{
	struct str whole = str_c(url), scheme, rest, path;

	if (!str_cut(whole, ':', &scheme, &rest) ||
	    !str_starts(rest, STR("//")))
		return whole;
	rest = str_sub(rest, 2, rest.n);
	if (!str_cut(rest, '/', &rest, &path))
		return whole;
	return (struct str){url, (size_t)(rest.p - url) + rest.n};
}

static int
outcome_of(CURLcode code, const char *words, const struct outward_call *call,
	   bool full, struct note *note)
{
	struct str to = origin_of(call->url);

	if (full)
		return note_set(
		    note, OUT_TOO_LARGE,
		    _("the answer of %.*s is larger than the limit"),
		    STR_ARG(to));
	if (code == CURLE_OUT_OF_MEMORY)
		return FAIL(-ENOMEM);
	if (code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL ||
	    code == CURLE_LOGIN_DENIED)
		return note_set(note, OUT_MALFORMED, _("not a usable URL: %s"),
				call->url);
	if (code == CURLE_ABORTED_BY_CALLBACK)
		return note_set(note, OUT_BUSY, _("interrupted"));
	if (words[0] == '\0')
		words = curl_easy_strerror(code);
	if (code == CURLE_PEER_FAILED_VERIFICATION)
		return note_set(note, OUT_DENIED,
				_("the certificate of %.*s is not trusted: %s"),
				STR_ARG(to), words);
	if (code == CURLE_SSL_CONNECT_ERROR)
		return note_set(note, OUT_BUSY,
				_("%.*s is reached, but not by TLS: %s"),
				STR_ARG(to), words);
	return note_set(note, OUT_BUSY, _("cannot reach %.*s: %s"), STR_ARG(to),
			words);
}

static void
came(CURL *c, struct outward_answer *ret)
{
	long status = 0, sent = 0;

	curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_getinfo(c, CURLINFO_REQUEST_SIZE, &sent);
	ret->status = (int)status;
	ret->asked = sent > 0;
}

int
outward_do(const struct outward_call *call, struct outward_answer *ret,
	   struct note *note)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	CLEAN(easy_cleanup) CURL *c = NULL;
	CLEAN(list_cleanup) struct curl_slist *fields = NULL;
	char words[CURL_ERROR_SIZE] = "";
	struct sink body = {
	    &ret->body, call->answer_max != 0 ? call->answer_max : ANSWER_MAX,
	    false, true};
	struct sink head = {&ret->head, HEAD_MAX, false, false};
	CURLcode code;

	(void)pthread_once(&once, library_start);
	c = curl_easy_init();
	if (c == NULL || !fields_make(call, &fields))
		return FAIL(-ENOMEM);
	curl_easy_setopt(c, CURLOPT_URL, call->url);
	curl_easy_setopt(c, CURLOPT_HTTPHEADER, fields);
	curl_easy_setopt(c, CURLOPT_ERRORBUFFER, words);
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, sink_take);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, &body);
	curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, sink_take);
	curl_easy_setopt(c, CURLOPT_HEADERDATA, &head);
	easy_bounds(c, call);
	easy_body(c, call);
	easy_stop(c, call);
	code = curl_easy_perform(c);
	came(c, ret);
	return code == CURLE_OK ? 0
				: outcome_of(code, words, call,
					     body.full || head.full, note);
}

void
outward_answer_clear(struct outward_answer *a)
{
	buf_clear(&a->body);
	buf_clear(&a->head);
	a->status = 0;
	a->asked = false;
}

struct str
outward_field(const struct outward_answer *a, const char *name)
{
	struct str rest = buf_str(&a->head), line, key, value;

	while (str_next(&rest, '\n', &line)) {
		if (str_ends(line, STR("\r")))
			line.n--;
		if (str_cut(line, ':', &key, &value) &&
		    str_eq_nocase(key, str_c(name)))
			return str_trim(value);
	}
	return STR_NONE;
}
