/*
 * The pushing client of the benchmark: threads with one keep-alive connection
 * each, blocking sockets, fresh random content every time so that nothing is
 * deduplicated. It prints what it did; the server's CPU is read by bench/run.
 *
 *   push blob   HOST PORT NAME SIZE_MIB COUNT [CHUNK_MIB]  (0: monolithic PUT)
 *   push images HOST PORT NAME CLIENTS SECONDS
 *   push heads  HOST PORT TARGET CLIENTS SECONDS
 *
 * The bearer token is taken from BENCH_BEARER (empty: none).
 */
#include <openssl/evp.h>

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MIB	    ((size_t)1024 * 1024)
#define LAYER_SIZE  ((size_t)64 * 1024)
#define LAYERS	    3
#define HEAD_SIZE   16384
#define DIGEST_TEXT 72 /* "sha256:" + 64 + NUL */

static const char *host, *port, *name, *bearer = "";

struct client {
	int fd;
	char head[HEAD_SIZE]; /* of the last answer */
	int status;
	uint64_t seed;
	bool bodyless; /* answers have none, whatever their length says */
	long done;
	double seconds; /* how long to go on */
};

static __attribute__((format(printf, 1, 2))) void
die(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	exit(1);
}

static double
now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void
client_connect(struct client *c)
{
	struct sockaddr_in a = {.sin_family = AF_INET};
	int one = 1;

	a.sin_port = htons((uint16_t)strtoul(port, NULL, 10));
	if (inet_pton(AF_INET, host, &a.sin_addr) != 1)
		die("not an address: %s", host);
	c->fd = socket(AF_INET, SOCK_STREAM, 0);
	if (c->fd < 0 || connect(c->fd, (void *)&a, sizeof(a)) != 0)
		die("cannot connect to %s:%s", host, port);
	setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
}

static void
send_all(const struct client *c, const void *p, size_t n)
{
	const char *at = p;

	while (n > 0) {
		ssize_t k = send(c->fd, at, n, MSG_NOSIGNAL);

		if (k <= 0)
			die("the server closed the connection");
		at += k;
		n -= (size_t)k;
	}
}

/* Read the head into c->head and throw the body away. */
static void
answer_read(struct client *c)
{
	size_t n = 0, body, have;
	char *end = NULL, *length;
	char sink[4096];

	while (end == NULL) {
		ssize_t k = recv(c->fd, c->head + n, HEAD_SIZE - 1 - n, 0);

		if (k <= 0)
			die("no answer");
		n += (size_t)k;
		c->head[n] = '\0';
		end = strstr(c->head, "\r\n\r\n");
	}
	have = n - (size_t)(end + 4 - c->head);
	end[2] = '\0';
	if (sscanf(c->head, "HTTP/1.1 %d", &c->status) != 1)
		die("not HTTP: %.60s", c->head);
	length = strcasestr(c->head, "\r\ncontent-length:");
	body =
	    length != NULL && !c->bodyless ? strtoul(length + 17, NULL, 10) : 0;
	while (have < body) {
		size_t want = body - have;
		ssize_t k = recv(c->fd, sink,
				 want < sizeof(sink) ? want : sizeof(sink), 0);

		if (k <= 0)
			die("short answer");
		have += (size_t)k;
	}
}

static void
request(struct client *c, int want, const char *method, const char *target,
	const char *fields, const void *body, size_t n)
{
	char head[HEAD_SIZE];
	int k = snprintf(head, sizeof(head),
			 "%s %s HTTP/1.1\r\nHost: "
			 "%s:%s\r\n%s%s%s%sContent-Length: %zu\r\n\r\n",
			 method, target, host, port,
			 bearer[0] ? "Authorization: Bearer " : "", bearer,
			 bearer[0] ? "\r\n" : "", fields, n);

	if (k < 0 || (size_t)k >= sizeof(head))
		die("request too long");
	send_all(c, head, (size_t)k);
	send_all(c, body, n);
	answer_read(c);
	if (c->status != want)
		die("%s %s: %d, not %d\n%s", method, target, c->status, want,
		    c->head);
}

/* The Location of the last answer as a target, ready for one more query. */
static void
location(const struct client *c, char *ret, size_t size)
{
	const char *at = strcasestr(c->head, "\r\nlocation:"), *end, *path;

	if (at == NULL)
		die("no Location");
	at += 11;
	while (*at == ' ')
		at++;
	end = strstr(at, "\r\n");
	path = strstr(at, "://");
	if (path != NULL && path < end)
		at = strchr(path + 3, '/');
	snprintf(ret, size, "%.*s%c", (int)(end - at), at,
		 memchr(at, '?', (size_t)(end - at)) != NULL ? '&' : '?');
}

static void
fill(struct client *c, unsigned char *p, size_t n)
{
	for (size_t i = 0; i + 8 <= n; i += 8) {
		c->seed ^= c->seed << 13;
		c->seed ^= c->seed >> 7;
		c->seed ^= c->seed << 17;
		memcpy(p + i, &c->seed, 8);
	}
}

static void
digest(const void *p, size_t n, char ret[DIGEST_TEXT])
{
	unsigned char sum[32];

	if (EVP_Digest(p, n, sum, NULL, EVP_sha256(), NULL) != 1)
		die("SHA-256 failed");
	strcpy(ret, "sha256:");
	for (int i = 0; i < 32; i++)
		snprintf(ret + 7 + 2 * i, 3, "%02x", sum[i]);
}

static void
upload(struct client *c, const unsigned char *p, size_t n, size_t chunk,
       const char *sum)
{
	char target[2048], put[4096], range[128];

	snprintf(target, sizeof(target), "/v2/%s/blobs/uploads/", name);
	request(c, 202, "POST", target, "", "", 0);
	for (size_t at = 0; chunk > 0 && at < n; at += chunk) {
		size_t len = n - at < chunk ? n - at : chunk;

		location(c, target, sizeof(target));
		target[strlen(target) - 1] = '\0';
		snprintf(range, sizeof(range),
			 "Content-Range: %zu-%zu\r\n"
			 "Content-Type: application/octet-stream\r\n",
			 at, at + len - 1);
		request(c, 202, "PATCH", target, range, p + at, len);
	}
	location(c, target, sizeof(target));
	snprintf(put, sizeof(put), "%sdigest=%s", target, sum);
	request(c, 201, "PUT", put,
		"Content-Type: application/octet-stream\r\n", p,
		chunk > 0 ? 0 : n);
}

static void
client_start(struct client *c)
{
	if (getrandom(&c->seed, sizeof(c->seed), 0) != sizeof(c->seed))
		die("no random seed");
	c->seed |= 1;
	client_connect(c);
}

static void
push_blobs(size_t size_mib, long count, size_t chunk_mib)
{
	static struct client c;
	unsigned char *p = malloc(size_mib * MIB);
	char sum[DIGEST_TEXT];
	double spent = 0;

	if (p == NULL)
		die("out of memory");
	client_start(&c);
	for (long i = 0; i < count; i++) {
		double from;

		fill(&c, p, size_mib * MIB);
		digest(p, size_mib * MIB, sum);
		from = now();
		upload(&c, p, size_mib * MIB, chunk_mib * MIB, sum);
		spent += now() - from;
	}
	free(p);
	printf("blobs=%ld seconds=%.3f mib_per_s=%.0f\n", count, spent,
	       (double)(size_mib * (size_t)count) / spent);
}

static void
push_image(struct client *c, unsigned char *layer)
{
	char sums[LAYERS + 1][DIGEST_TEXT], config[512], manifest[2048];
	char target[512];
	size_t n = 0;

	for (int i = 0; i < LAYERS; i++) {
		fill(c, layer, LAYER_SIZE);
		digest(layer, LAYER_SIZE, sums[i]);
		upload(c, layer, LAYER_SIZE, 0, sums[i]);
	}
	snprintf(
	    config, sizeof(config),
	    "{\"architecture\":\"amd64\",\"os\":\"linux\",\"rootfs\":{\"type\":"
	    "\"layers\",\"diff_ids\":[]},\"config\":{\"Env\":[\"S=%llx\"]}}",
	    (unsigned long long)c->seed);
	digest(config, strlen(config), sums[LAYERS]);
	upload(c, (void *)config, strlen(config), 0, sums[LAYERS]);
	n += (size_t)snprintf(
	    manifest + n, sizeof(manifest) - n,
	    "{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image."
	    "manifest.v1+json\",\"config\":{\"mediaType\":\"application/vnd."
	    "oci.image.config.v1+json\",\"digest\":\"%s\",\"size\":%zu},"
	    "\"layers\":[",
	    sums[LAYERS], strlen(config));
	for (int i = 0; i < LAYERS; i++)
		n += (size_t)snprintf(
		    manifest + n, sizeof(manifest) - n,
		    "%s{\"mediaType\":\"application/vnd.oci.image.layer.v1."
		    "tar\",\"digest\":\"%s\",\"size\":%zu}",
		    i > 0 ? "," : "", sums[i], LAYER_SIZE);
	snprintf(manifest + n, sizeof(manifest) - n, "]}");
	snprintf(target, sizeof(target), "/v2/%s/manifests/t%llx", name,
		 (unsigned long long)c->seed);
	request(c, 201, "PUT", target,
		"Content-Type: application/vnd.oci.image.manifest.v1+json\r\n",
		manifest, strlen(manifest));
}

static void *
images_run(void *arg)
{
	struct client *c = arg;
	unsigned char *layer = malloc(LAYER_SIZE);
	double until = now() + c->seconds;

	if (layer == NULL)
		die("out of memory");
	client_start(c);
	while (now() < until) {
		push_image(c, layer);
		c->done++;
	}
	free(layer);
	return NULL;
}

/* wrk cannot HEAD: it waits for the body that the length announces. */
static void *
heads_run(void *arg)
{
	struct client *c = arg;
	double until = now() + c->seconds;

	client_start(c);
	c->bodyless = true;
	while (now() < until) {
		request(
		    c, 200, "HEAD", name,
		    "Accept: application/vnd.oci.image.manifest.v1+json\r\n",
		    "", 0);
		c->done++;
	}
	return NULL;
}

static void
clients_run(void *(*run)(void *), const char *what, long clients,
	    double seconds)
{
	struct client *c = calloc((size_t)clients, sizeof(*c));
	pthread_t *threads = calloc((size_t)clients, sizeof(*threads));
	double from = now(), spent;
	long done = 0;

	if (c == NULL || threads == NULL)
		die("out of memory");
	for (long i = 0; i < clients; i++) {
		c[i].seconds = seconds;
		if (pthread_create(&threads[i], NULL, run, &c[i]) != 0)
			die("no thread");
	}
	for (long i = 0; i < clients; i++) {
		pthread_join(threads[i], NULL);
		done += c[i].done;
	}
	spent = now() - from;
	printf("%s=%ld seconds=%.3f per_s=%.1f\n", what, done, spent,
	       (double)done / spent);
	free(c);
	free(threads);
}

int
main(int argc, char **argv)
{
	if (argc < 7)
		die("usage: push blob|images HOST PORT NAME ...");
	if (getenv("BENCH_BEARER") != NULL)
		bearer = getenv("BENCH_BEARER");
	host = argv[2];
	port = argv[3];
	name = argv[4];
	if (strcmp(argv[1], "images") == 0)
		clients_run(images_run, "images", strtol(argv[5], NULL, 10),
			    strtod(argv[6], NULL));
	else if (strcmp(argv[1], "heads") == 0)
		clients_run(heads_run, "heads", strtol(argv[5], NULL, 10),
			    strtod(argv[6], NULL));
	else
		push_blobs(strtoul(argv[5], NULL, 10),
			   strtol(argv[6], NULL, 10),
			   argc > 7 ? strtoul(argv[7], NULL, 10) : 0);
	return 0;
}
