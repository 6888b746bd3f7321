#include "maker/job.h"

#include "base/fd.h"
#include "base/out.h"
#include "base/secret.h"
#include "crypt/newkey.h"
#include "maker/maker.h"
#include "wire/keytext.h"

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static_assert(MEMORY_OUT >=
		  KEYMAKER_HEAD_LEN + KEYMAKER_BLOB_MAX + KEYMAKER_TEXT_MAX,
	      "an answer fits");

struct job {
	const struct keymaker_order *order;
	struct locked *out;
	enum keymaker_status status;
};

static enum newkey_kind
kind_of(enum sshkey_type type)
{
	return type == SSHKEY_RSA	 ? NEWKEY_RSA
	       : type == SSHKEY_ECDSA256 ? NEWKEY_P256
	       : type == SSHKEY_ECDSA384 ? NEWKEY_P384
					 : NEWKEY_ED25519;
}

static void
head_put(struct locked *out, enum keymaker_status status, size_t blob_len,
	 size_t text_len)
{
	struct keymaker_head head = {.status = status};

	if (status == KEYMAKER_FINE) {
		head.blob_len = blob_len;
		head.text_len = text_len;
	} else {
		out->n = KEYMAKER_HEAD_LEN;
	}
	keymaker_head_write(&head, (uint8_t *)out->p);
}

static void
job_do(void *arg)
{
	struct job *j = arg;
	struct newkey key;
	size_t blob_end = 0;
	int r = newkey_make(kind_of(j->order->type), j->order->bits, &key);

	j->out->n = KEYMAKER_HEAD_LEN;
	if (r == 0)
		r = keytext_blob(&key, j->out);
	blob_end = j->out->n;
	if (r == 0)
		r = keytext_private(&key, j->order->form, j->order->comment,
				    j->out);
	newkey_clear(&key);
	if (r == 0)
		j->status = KEYMAKER_FINE;
	head_put(j->out, j->status, blob_end - KEYMAKER_HEAD_LEN,
		 j->out->n - blob_end);
}

static int
limits_set(void)
{
	struct rlimit none = {0, 0};
	struct rlimit cpu = {MAKER_JOB_CPU_S, MAKER_JOB_CPU_S};

	if (setrlimit(RLIMIT_NPROC, &none) != 0 ||
	    setrlimit(RLIMIT_CPU, &cpu) != 0)
		return FAIL(-errno);
	return 0;
}

/* The stream is all that is left, where others have their standard input. */
static int
stream_only(int fd)
{
	if (dup2(fd, 0) != 0 || close_range(1, UINT_MAX, 0) != 0)
		return FAIL(-errno);
	return 0;
}

void
job_run(struct memory *m, const struct keymaker_order *order, int fd)
{
	struct job job = {
	    .order = order, .out = &m->out, .status = KEYMAKER_FAILED};
	int r = stream_only(fd);

	if (r == 0)
		r = limits_set();
	if (r == 0)
		r = memory_lock(m);
	if (r != 0)
		_exit(EXIT_FAILURE);
	memory_run(m, job_do, &job);
	if (!memory_same(m))
		head_put(&m->out, KEYMAKER_FAILED, 0, 0);
	r = fd_write_all(0, (struct str){m->out.p, m->out.n});
	mem_wipe(m->out.p, m->out.cap);
	_exit(r == 0 ? EXIT_SUCCESS : EXIT_FAILURE);
}

void
job_refuse(int fd, enum keymaker_status status)
{
	struct keymaker_head head = {.status = status};
	uint8_t bytes[KEYMAKER_HEAD_LEN];

	keymaker_head_write(&head, bytes);
	(void)!write(fd, bytes, sizeof(bytes));
}
