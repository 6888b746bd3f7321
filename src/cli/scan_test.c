/* Secrets are told from what only looks like them. */
#include "base/enc.h"
#include "base/test.h"
#include "cli/scan.h"
#include "wire/jwt.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The right checksum behind any 43 digits. */
static void
token_make(char letter, char ret[55])
{
	unsigned char bytes[4];
	uint32_t crc;

	(void)snprintf(ret, 55, "lk_%c_%043d", letter, 7);
	crc = crc32_of(str_c(ret));
	for (int i = 0; i < 4; i++)
		bytes[i] = (unsigned char)(crc >> (24 - 8 * i) & 255);
	enc_b62(bytes, sizeof(bytes), ret + 48, 6);
	ret[54] = '\0';
}

static size_t
hits(const char *text)
{
	struct scan_at at = {0, 1};
	struct scan_hit hit;
	size_t n = 0;

	while (scan_next(str_c(text), &at, &hit))
		n++;
	return n;
}

static void
tokens(void)
{
	struct scan_at at = {0, 1};
	struct scan_hit hit;
	char token[55], text[256];

	token_make('a', token);
	(void)snprintf(text, sizeof(text), "one\nkey = \"%s\"\nx%s\n%sy\n",
		       token, token, token);
	ok(scan_next(str_c(text), &at, &hit), "a key is found");
	is_int(hit.kind, SCAN_API_KEY, "as a key");
	is_int((long long)hit.line, 2, "in its line");
	is_str(hit.value, str_c(token), "and no more than it");
	ok(!scan_next(str_c(text), &at, &hit), "a longer word is none");
	token[20] = token[20] == '1' ? '2' : '1';
	is_int((long long)hits(token), 0, "a wrong checksum is none");
	token_make('x', token);
	is_int((long long)hits(token), 0, "nor an unknown kind");
	for (const char *letter = "arismpnc"; *letter != '\0'; letter++) {
		token_make(*letter, token);
		is_int((long long)hits(token), 1, "kind %c", *letter);
	}
	token[53] = '\0';
	is_int((long long)hits(token), 0, "one that was cut off");
}

/* Hits in a token of these claims, which nobody has signed. */
static size_t
jwt_hits(const char *header, const char *payload)
{
	CLEAN(buf_clear) struct buf token = BUF_INIT;

	(void)buf_adds(&token, "x=\"");
	is_int(jwt_input(&token, str_c(header), str_c(payload)), 0, "%s",
	       payload);
	is_int(jwt_seal(&token, "signature", 9), 0, "is a token");
	(void)buf_adds(&token, "\"");
	return hits(token.p);
}

static void
signed_tokens(void)
{
	static const char hs[] = "{\"alg\":\"HS256\",\"typ\":\"JWT\"}";
	static const char es[] = "{\"alg\":\"ES256\",\"kid\":\"1\"}";
	static const struct {
		const char *header, *payload;
		size_t hits;
	} rows[] = {
	    {hs, "{\"jti\":\"1\",\"iss\":\"x\"}", 1},
	    {hs, "{\"jti\":\"1\",\"iss\":\"x\",\"exp\":9}", 1},
	    {hs, "{\"iss\":\"x\"}", 0},
	    {hs, "{\"jti\":\"1\"}", 0},
	    {hs, "{\"jti\":\"1\",\"iss\":\"x\",\"sub\":\"ann\"}", 0},
	    {es, "{\"jti\":\"1\",\"iss\":\"x\"}", 0},
	    {es,
	     "{\"jti\":\"1\",\"iss\":\"http://h/identity\",\"iam_id\":"
	     "\"IBMid-1\",\"latchkey_cred\":\"key/1\"}",
	     1},
	    {es,
	     "{\"jti\":\"1\",\"iss\":\"http://h/identity\",\"iam_id\":"
	     "\"IBMid-1\"}",
	     0},
	    {es,
	     "{\"jti\":\"1\",\"iss\":\"http://h/\",\"iam_id\":"
	     "\"IBMid-1\",\"latchkey_cred\":\"key/1\"}",
	     0},
	    {es,
	     "{\"jti\":\"1\",\"iss\":\"x\",\"access\":[],"
	     "\"latchkey_cred\":\"key/1\"}",
	     1},
	};

	for (size_t i = 0; i < nitems(rows); i++)
		is_int((long long)jwt_hits(rows[i].header, rows[i].payload),
		       (long long)rows[i].hits, "hits");
	is_int((long long)hits("eyJ eyJ. eyJ.. eyJhbGciOiJIUzI1NiJ9"), 0,
	       "beginnings are none");
}

static void
file_put(const char *path, const char *text)
{
	FILE *f = fopen(path, "we");

	if (!ok(f != NULL, "%s", path))
		return;
	(void)fputs(text, f);
	(void)fclose(f);
}

static void
folders(void)
{
	char root[] = "/tmp/scan_test.XXXXXX", path[128], token[55];
	struct scan s = {0};
	struct note note = {""};

	token_make('a', token);
	if (!ok(mkdtemp(root) != NULL, "a folder"))
		return;
	(void)snprintf(path, sizeof(path), "%s/.git", root);
	is_int(mkdir(path, 0700), 0, "a repository");
	(void)snprintf(path, sizeof(path), "%s/.git/objects", root);
	is_int(mkdir(path, 0700), 0, "with objects");
	(void)snprintf(path, sizeof(path), "%s/.git/objects/o", root);
	file_put(path, token);
	(void)snprintf(path, sizeof(path), "%s/.git/config", root);
	file_put(path, token);
	(void)snprintf(path, sizeof(path), "%s/loop", root);
	is_int(symlink(root, path), 0, "a link to itself");
	is_int(scan_path(&s, root, &note), 0, "all of it");
	is_int((long long)s.n, 1, "the config's is found, the object's not");
	is_int((long long)s.files, 1, "one file was read");
	scan_clear(&s);
	is_int(scan_path(&s, "/nonexistent/x", &note), OUT_ABSENT,
	       "what is not there is said");
	(void)unlink(path);
	(void)snprintf(path, sizeof(path), "%s/.git/config", root);
	(void)unlink(path);
	(void)snprintf(path, sizeof(path), "%s/.git/objects/o", root);
	(void)unlink(path);
	(void)snprintf(path, sizeof(path), "%s/.git/objects", root);
	(void)rmdir(path);
	(void)snprintf(path, sizeof(path), "%s/.git", root);
	(void)rmdir(path);
	(void)rmdir(root);
}

static void
one_file(const char *path, struct scan *s, int want, const char *what)
{
	struct note note = {""};

	is_int(scan_path(s, path, &note), want, "%s", what);
	ok(want == 0 || note.text[0] != '\0', "and says so: %s", note.text);
}

static void
sizes(const char *root)
{
	char path[64], token[55];
	CLEAN(scan_clear) struct scan s = {0};
	FILE *f;

	token_make('a', token);
	(void)snprintf(path, sizeof(path), "%s/f", root);
	f = fopen(path, "we");
	for (int i = 0; f != NULL && i < SCAN_FOUND_MAX; i++)
		(void)fprintf(f, "%s\n", token);
	if (!ok(f != NULL && fflush(f) == 0, "a file of many"))
		return;
	one_file(path, &s, 0, "as many as are kept");
	is_int((long long)s.n, SCAN_FOUND_MAX, "are");
	scan_clear(&s);
	(void)fprintf(f, "%s\n", token);
	(void)fflush(f);
	one_file(path, &s, OUT_TOO_MANY, "one more is too many");
	scan_clear(&s);
	one_file(root, &s, OUT_TOO_MANY, "in a folder, too");
	scan_clear(&s);
	is_int(ftruncate(fileno(f), SCAN_FILE_MAX + 1), 0, "a large file");
	one_file(path, &s, OUT_TOO_LARGE, "is not read by itself");
	scan_clear(&s);
	one_file(root, &s, 0, "nor in a folder");
	is_int((long long)s.skipped, 1, "where it is counted");
	scan_clear(&s);
	is_int(ftruncate(fileno(f), 0), 0, "cut off");
	is_int(ftruncate(fileno(f), SCAN_FILE_MAX), 0, "the largest");
	one_file(path, &s, 0, "is read");
	is_int((long long)s.files, 1, "as one file");
	(void)fclose(f);
	(void)unlink(path);
}

/* A secret in the deepest folder that is walked, and one below it. */
static void
depth(const char *root)
{
	char path[64 + 2 * SCAN_DEPTH_MAX + 4], token[55];
	size_t n = (size_t)snprintf(path, sizeof(path), "%s", root);
	CLEAN(scan_clear) struct scan s = {0};

	token_make('a', token);
	for (int i = 1; i <= SCAN_DEPTH_MAX; i++) {
		n += (size_t)snprintf(path + n, sizeof(path) - n, "/d");
		if (mkdir(path, 0700) != 0)
			ok(false, "%s", path);
		if (i < SCAN_DEPTH_MAX - 1)
			continue;
		(void)snprintf(path + n, sizeof(path) - n, "/f");
		file_put(path, token);
		path[n] = '\0';
	}
	one_file(root, &s, 0, "a deep folder");
	is_int((long long)s.n, 1, "is walked down to the limit");
	is_int((long long)s.skipped, 1, "and what is deeper is counted");
	for (; path[n] = '\0', n > strlen(root); n -= 2) {
		(void)snprintf(path + n, sizeof(path) - n, "/f");
		(void)unlink(path);
		path[n] = '\0';
		(void)rmdir(path);
	}
}

static void
limits(void)
{
	char root[] = "/tmp/scan_test.XXXXXX";

	if (!ok(mkdtemp(root) != NULL, "a folder"))
		return;
	sizes(root);
	depth(root);
	is_int(rmdir(root), 0, "all is cleared away");
}

int
main(void)
{
	tokens();
	signed_tokens();
	folders();
	limits();
	return done_testing();
}
