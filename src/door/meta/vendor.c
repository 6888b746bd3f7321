/*
 * vendor-data: two parts, as cloud-init takes them from anybody, beside and not
 * instead of what user-data says: its cloud-config is a base that user-data's
 * is laid over, and its script runs from a folder of its own (scripts-vendor),
 * before phone_home ends the seed.
 */
#include "door/meta/inner.h"

#include "base/enc.h"

#include <errno.h>

#define LINE	 57 /* bytes: 76 digits, as MIME's base64 has it */
#define BOUNDARY "latchkey-vendor-data"
#define PART(type, name)                                                       \
	"--" BOUNDARY "\n"                                                     \
	"Content-Type: " type "; charset=\"us-ascii\"\n"                       \
	"Content-Transfer-Encoding: 7bit\n"                                    \
	"Content-Disposition: attachment; filename=\"" name "\"\n\n"

static const char head[] =
    "MIME-Version: 1.0\n"
    "Content-Type: multipart/mixed; boundary=\"" BOUNDARY "\"\n\n";
static const char config_part[] =
    PART("text/cloud-config", "latchkey-phone-home");
static const char script_part[] =
    PART("text/x-shellscript", "latchkey-install");
static const char tail[] = "--" BOUNDARY "--\n";

static const char config_begin[] = "#cloud-config\n"
				   "phone_home:\n"
				   "  url: ";
static const char config_end[] =
    "\n"
    "  post: [pub_key_rsa, pub_key_ecdsa, pub_key_ed25519, instance_id,\n"
    "    hostname, fqdn]\n"
    "  tries: 5\n";
/* A machine whose seed is over must not be taken for another one at its next
 * boot, key client or not. Once it is installed, that is the client's to see
 * to. */
#define BEGIN                                                                  \
	"#!/bin/sh\n"                                                          \
	"# Has sshd ask latchkey for this server's key at each login.\n"       \
	"set -u\n"                                                             \
	"umask 022\n"                                                          \
	"new=''\n"                                                             \
	"stay_known() {\n"                                                     \
	"\tgrep -q ';i=' /proc/cmdline && return\n"                            \
	"\tcd /var/lib/cloud && id=$(cat data/instance-id) &&\n"               \
	"\t\tmkdir -p seed/nocloud-net &&\n"                                   \
	"\t\techo \"instance-id: '$id'\" >seed/nocloud-net/meta-data\n"        \
	"}\n"                                                                  \
	"cannot() {\n"                                                         \
	"\techo \"latchkey: $1; this server's key cannot follow changes\"\n"   \
	"\trm -f \"$new\"\n"                                                   \
	"\tstay_known\n"                                                       \
	"\texit 0\n"                                                           \
	"}\n"
/* The program takes its own name only when it is whole and runs here. */
static const char install_begin[] = BEGIN
    "folder=/usr/local/lib/latchkey\n"
    "program=$folder/latchkey-keys\n"
    "mkdir -p \"$folder\" && new=$(mktemp \"$program.XXXXXX\") ||\n"
    "\tcannot \"$folder cannot be written\"\n"
    "base64 -d >\"$new\" <<'END' || cannot 'the key client is not whole'\n";
static const char install_end[] =
    "END\n"
    "chmod 755 \"$new\" || cannot 'the key client cannot be made to run'\n"
    "\"$new\" --version >/dev/null 2>&1 ||\n"
    "\tcannot 'the key client does not run here'\n"
    "sync\n"
    "mv -f \"$new\" \"$program\" || cannot \"$folder cannot be written\"\n"
    "printf '%s\\n' ";
/* The token is in no list of processes. A failure is one of the boot, too. */
static const char install_run[] = " |\n\t\"$program\" install --seed - --url ";
static const char install_tail[] = " && exit 0\n"
				   "stay_known\n"
				   "exit 1\n";
static const char install_none[] =
    BEGIN "cannot 'the key client was not sent'\n";

int
meta_lines(struct buf *b, struct str bytes)
{
	for (size_t i = 0; i < bytes.n; i += LINE) {
		(void)enc_b64(b, str_sub(bytes, i, LINE));
		(void)buf_addc(b, '\n');
	}
	return buf_err(b);
}

static void
add_url(struct buf *b, struct str base, struct str token)
{
	CLEAN(buf_clear) struct buf url = BUF_INIT;

	(void)buf_addstr(&url, base);
	(void)buf_adds(&url, "/metadata/");
	(void)buf_addstr(&url, token);
	(void)buf_adds(&url, "/phone-home");
	if (buf_err(&url) == 0)
		meta_yaml(b, buf_str(&url));
	else
		b->err = buf_err(&url);
}

void
meta_vendor_write(struct buf *b, struct str base, struct str token,
		  struct str client_lines)
{
	(void)buf_adds(b, head);
	(void)buf_adds(b, config_part);
	(void)buf_adds(b, config_begin);
	add_url(b, base, token);
	(void)buf_adds(b, config_end);
	(void)buf_adds(b, script_part);
	if (client_lines.n == 0) {
		(void)buf_adds(b, install_none);
	} else {
		(void)buf_adds(b, install_begin);
		(void)buf_addstr(b, client_lines);
		(void)buf_adds(b, install_end);
		meta_shell(b, token);
		(void)buf_adds(b, install_run);
		meta_shell(b, base);
		(void)buf_adds(b, install_tail);
	}
	(void)buf_adds(b, tail);
}
