#include "ssh/algo.h"

#include "ssh/ssh.h"
#include "wire/sshkey.h"

#define KEX                                                                    \
	"mlkem768x25519-sha256,"                                               \
	"sntrup761x25519-sha512,sntrup761x25519-sha512@openssh.com,"           \
	"curve25519-sha256,curve25519-sha256@libssh.org,"                      \
	"ecdh-sha2-nistp256,ecdh-sha2-nistp384,ecdh-sha2-nistp521"
#define CIPHERS                                                                \
	"aes128-gcm@openssh.com,aes256-gcm@openssh.com,"                       \
	"chacha20-poly1305@openssh.com,"                                       \
	"aes128-ctr,aes192-ctr,aes256-ctr"
#define MACS "hmac-sha2-256-etm@openssh.com,hmac-sha2-512-etm@openssh.com"
#define HOST_KEYS                                                              \
	"ssh-ed25519,"                                                         \
	"ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521,"         \
	"rsa-sha2-512,rsa-sha2-256"
#define USER_KEYS                                                              \
	"ssh-ed25519,sk-ssh-ed25519@openssh.com,"                              \
	"ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521,"         \
	"sk-ecdsa-sha2-nistp256@openssh.com,"                                  \
	"rsa-sha2-512,rsa-sha2-256"

static const struct {
	enum ssh_bind_options_e option;
	const char *list;
} lists[] = {
    {SSH_BIND_OPTIONS_KEY_EXCHANGE, KEX},
    {SSH_BIND_OPTIONS_CIPHERS_C_S, CIPHERS},
    {SSH_BIND_OPTIONS_CIPHERS_S_C, CIPHERS},
    {SSH_BIND_OPTIONS_HMAC_C_S, MACS},
    {SSH_BIND_OPTIONS_HMAC_S_C, MACS},
    {SSH_BIND_OPTIONS_HOSTKEY_ALGORITHMS, HOST_KEYS},
    {SSH_BIND_OPTIONS_PUBKEY_ACCEPTED_KEY_TYPES, USER_KEYS},
};

int
algo_set(ssh_bind bind, struct note *note)
{
	bool files = false;
	int rsa_min = SSHKEY_RSA_BITS_MIN;

	for (size_t i = 0; i < nitems(lists); i++)
		if (ssh_bind_options_set(bind, lists[i].option,
					 lists[i].list) != SSH_OK)
			return note_set(note, OUT_UNSUPPORTED,
					"libssh knows none of %.100s",
					lists[i].list);
	if (ssh_bind_options_set(bind, SSH_BIND_OPTIONS_PROCESS_CONFIG,
				 &files) != SSH_OK ||
	    ssh_bind_options_set(bind, SSH_BIND_OPTIONS_RSA_MIN_SIZE,
				 &rsa_min) != SSH_OK ||
	    ssh_bind_options_set(bind, SSH_BIND_OPTIONS_BANNER, "latchkey") !=
		SSH_OK)
		return note_set(note, OUT_UNSUPPORTED, "libssh: %s",
				ssh_get_error(bind));
	return 0;
}

int
algo_session(ssh_session s, int64_t rekey_bytes)
{
	bool files = false;
	uint64_t bytes = (uint64_t)rekey_bytes;
	uint32_t seconds = SSH_REKEY_S;

	/* Nothing that a stranger sends is to be unpacked. */
	if (ssh_options_set(s, SSH_OPTIONS_PROCESS_CONFIG, &files) != SSH_OK ||
	    ssh_options_set(s, SSH_OPTIONS_COMPRESSION_C_S, "none") != SSH_OK ||
	    ssh_options_set(s, SSH_OPTIONS_COMPRESSION_S_C, "none") != SSH_OK ||
	    ssh_options_set(s, SSH_OPTIONS_REKEY_DATA, &bytes) != SSH_OK ||
	    ssh_options_set(s, SSH_OPTIONS_REKEY_TIME, &seconds) != SSH_OK)
		return OUT_UNSUPPORTED;
	return 0;
}

bool
algo_is_user_key(enum ssh_keytypes_e type)
{
	static const enum ssh_keytypes_e types[] = {
	    SSH_KEYTYPE_RSA,	    SSH_KEYTYPE_ED25519,
	    SSH_KEYTYPE_ECDSA_P256, SSH_KEYTYPE_ECDSA_P384,
	    SSH_KEYTYPE_ECDSA_P521, SSH_KEYTYPE_SK_ED25519,
	    SSH_KEYTYPE_SK_ECDSA};

	for (size_t i = 0; i < nitems(types); i++)
		if (types[i] == type)
			return true;
	return false;
}
