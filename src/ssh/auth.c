#include "ssh/inner.h"

#include "base/clock.h"
#include "base/enc.h"
#include "ssh/algo.h"

#include <malloc.h>
#include <string.h>
#include <unistd.h>

#define USERAUTH_REQUEST "packet type 50"

/*
 * libssh 0.10 throws away a request whose key or signature is not good, without
 * an answer and without telling us: the client would wait for ever, and nobody
 * would count. Its log is the one place where such a request can be seen, so we
 * count what is dispatched there and compare with what arrived here.
 */
static uint64_t auth_dispatched;

static void
auth_log(int level, const char *function, const char *text, void *unused)
{
	(void)level;
	(void)unused;
	if (strcmp(function, "ssh_packet_process") == 0 &&
	    strstr(text, USERAUTH_REQUEST) != NULL)
		auth_dispatched++;
}

void
auth_begin(struct session *s)
{
	ssh_set_auth_methods(s->ssh, SSH_AUTH_METHOD_PUBLICKEY);
	(void)ssh_set_log_callback(auth_log);
	(void)ssh_set_log_level(SSH_LOG_PACKET);
}

void
auth_free(struct session *s)
{
	if (s->refusal != NULL)
		ssh_message_free(TAKE(s->refusal));
}

/* OpenSSH's client shows a banner to people, and no text of a disconnect that
 * libssh could send. */
static void
give_up(struct session *s, enum ssh_end end, const char *why)
{
	CLEAN(buf_clear) struct buf text = BUF_INIT;
	ssh_string banner;

	(void)buf_adds(&text, "Too many attempts to log in.");
	if (s->offers > 1)
		(void)buf_adds(&text,
			       " Your client offers many keys: name the right "
			       "one, with\r\n\"ssh -i FILE -o "
			       "IdentitiesOnly=yes\", or IdentityFile and "
			       "IdentitiesOnly in\r\n~/.ssh/config.");
	(void)buf_adds(&text, "\r\n");
	banner = ssh_string_from_char(text.p);
	if (banner != NULL)
		(void)ssh_send_issue_banner(s->ssh, banner);
	ssh_string_free(banner);
	session_over(s, end, why);
}

static void
refuse(struct session *s, ssh_message msg)
{
	if (ssh_message_reply_default(msg) != SSH_OK)
		session_over(s, SSH_END_OWN, "send");
}

static void
count_failed(struct session *s)
{
	if (++s->failed >= SSH_FAILED_MAX)
		give_up(s, SSH_END_FAILED, "failed");
}

static void
count_offer(struct session *s)
{
	if (++s->offers > SSH_OFFERS_MAX)
		give_up(s, SSH_END_FAILED, "offers");
}

/* The wire form of a key that may prove somebody. */
static bool
key_blob(ssh_key key, struct buf *ret)
{
	char *b64 = NULL;
	bool ok;

	if (key == NULL || !algo_is_user_key(ssh_key_type(key)) ||
	    ssh_pki_export_pubkey_base64(key, &b64) != SSH_OK)
		return false;
	ok = dec_b64(ret, str_c(b64)) == 0;
	ssh_string_free_char(b64);
	return ok;
}

/* Everything that was only for strangers goes. */
static void
proved(struct session *s)
{
	s->proved = true;
	s->deadlines.proved = clock_mono();
	(void)close(s->proof_fd);
	s->proof_fd = -1;
	(void)ssh_set_log_level(SSH_LOG_NONE);
	auth_free(s);
	channels_begin(s);
	(void)malloc_trim(0);
}

/*
 * This key has signed, in this very request: who somebody is comes from here
 * and from nowhere else. Whatever the name, the desk is asked, so that it takes
 * the same time; but a name that is not ours never proves anything.
 */
static void
signed_by(struct session *s, ssh_message msg, struct str blob, bool named)
{
	bool yes = ask_yes(s, named ? DESK_PROVE : DESK_OFFER, blob);

	if (s->over)
		return;
	if (!yes || !named) {
		refuse(s, msg);
		count_failed(s);
		return;
	}
	if (ssh_message_auth_reply_success(msg, 0) != SSH_OK)
		session_over(s, SSH_END_OWN, "send");
	else
		proved(s);
}

static void
offered(struct session *s, ssh_message msg, struct str blob, bool named)
{
	bool yes = ask_yes(s, DESK_OFFER, blob);

	if (s->over)
		return;
	if (!yes || !named)
		refuse(s, msg);
	else if (ssh_message_auth_reply_pk_ok_simple(msg) != SSH_OK)
		session_over(s, SSH_END_OWN, "send");
	count_offer(s);
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
/* Deprecated in favour of callbacks, in which a request that was thrown away
 * could not be answered. */
static void
with_key(struct session *s, ssh_message msg)
{
	CLEAN(buf_clear) struct buf blob = BUF_INIT;
	const char *user = ssh_message_auth_user(msg);
	bool named = user != NULL && strcmp(user, SESSION_USER) == 0;
	int state = ssh_message_auth_publickey_state(msg);

	if (!key_blob(ssh_message_auth_pubkey(msg), &blob)) {
		refuse(s, msg);
		count_offer(s);
	} else if (state == SSH_PUBLICKEY_STATE_VALID) {
		signed_by(s, msg, buf_str(&blob), named);
	} else if (state == SSH_PUBLICKEY_STATE_NONE) {
		offered(s, msg, buf_str(&blob), named);
	} else {
		refuse(s, msg);
		count_failed(s);
	}
}
#pragma GCC diagnostic pop

static void
service(struct session *s, ssh_message msg)
{
	const char *name = ssh_message_service_service(msg);

	if (s->service || name == NULL || strcmp(name, "ssh-userauth") != 0 ||
	    ssh_message_service_reply_success(msg) != SSH_OK)
		session_over(s, SSH_END_PROTOCOL, "service");
	s->service = true;
}

/* Takes the message. */
static void
message(struct session *s, ssh_message msg)
{
	int type = ssh_message_type(msg);

	if (type == SSH_REQUEST_SERVICE) {
		service(s, msg);
	} else if (type != SSH_REQUEST_AUTH || !s->service || s->proved) {
		session_over(s, SSH_END_PROTOCOL, "order");
	} else {
		s->auth_seen++;
		if (ssh_message_subtype(msg) == SSH_AUTH_METHOD_PUBLICKEY) {
			with_key(s, msg);
		} else {
			refuse(s, msg);
			count_offer(s);
		}
		if (!s->proved) {
			auth_free(s);
			s->refusal = TAKE(msg);
		}
	}
	if (msg != NULL)
		ssh_message_free(msg);
}

/* Requests that libssh kept to itself were no good; they get a no like all
 * others, as often as there is an older request that can be said no to. */
static void
thrown_away(struct session *s)
{
	while (!s->over && !s->proved && s->auth_seen < auth_dispatched) {
		s->auth_seen++;
		if (!s->service)
			session_over(s, SSH_END_PROTOCOL, "order");
		else if (s->refusal == NULL)
			give_up(s, SSH_END_FAILED, "failed");
		else {
			refuse(s, s->refusal);
			count_failed(s);
		}
	}
}

/* Whoever keeps sending would keep the loop below going. */
static bool
may_go_on(struct session *s)
{
	if (!s->over && !s->proved &&
	    s->socket_bytes.in_bytes > SSH_PREAUTH_BYTES_MAX)
		session_over(s, SSH_END_PROTOCOL, "bytes");
	return !s->over && !s->proved;
}

void
auth_turn(struct session *s)
{
	ssh_message msg;

	while (may_go_on(s) && (msg = ssh_message_get(s->ssh)) != NULL)
		message(s, msg);
	thrown_away(s);
}
