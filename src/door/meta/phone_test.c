#include "door/meta/inner.h"

#include "base/test.h"

#define ED25519                                                                \
	"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINnTpm87m5P69/NV1jjbAeJP"         \
	"qV80P8/Uyl0c37qMWOiZ root@web-1"
#define ECDSA                                                                  \
	"ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlz"         \
	"dHAyNTYAAABBBBhB2kcQV4kfnlA2KMVltKGkJwfLucwWtZW77qWmCZ2wk8rW"         \
	"AKw+SbnW0A1/EYq0Wlyn6bMzyTfwq/IUlgSBSSA= root@web-1"
#define RSA                                                                    \
	"ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQC5GPKyXYUKYX+ScMJSUSDp"         \
	"+txO+t72i+iljivHNRRuynSezldi+rbsoY7FX0QfCR1Idu2H2164hn2uIakZ"         \
	"Tu1TASqsJt8UMeEuouv8BiqEcrplaXmqCVVHjLrWFdyz3vwcAy380l0sYgBV"         \
	"DEyCIy3gRRmS9JYr1uPWCALv8bwP/ZH+m5uPhaFXVpXzXRvG5UVhQHpwsheP"         \
	"80snROMk1e5g6HCPGP7qOD72TaurYaB3/h/CaI124Vq+GADlXRgjPa/IHzec"         \
	"Ip1/me9SKUI48X2hmqBC3eznZfynyn1/9I8gsnlY/Km7xE1EUvemnriLWdSp"         \
	"ZLUCeVmF1fs/uU6n9M31 root@web-1"

static struct arena arena;
static struct phone phone;
static struct note note;

static int
read_pairs(struct form_pair *pairs, size_t n)
{
	struct form form = {pairs, n};

	note.text[0] = '\0';
	return phone_read(&form, &phone, &note);
}

#define PAIR(n, v)                                                             \
	{                                                                      \
		STR_INIT(n), STR_INIT(v)                                       \
	}
#define READ(...)                                                              \
	read_pairs((struct form_pair[]){__VA_ARGS__},                          \
		   nitems(((struct form_pair[]){__VA_ARGS__})))

static void
test_whole(void)
{
	is_int(READ(PAIR("pub_key_rsa", RSA "\n"),
		    PAIR("pub_key_ecdsa", ECDSA "\n"),
		    PAIR("pub_key_ed25519", ED25519 "\n"),
		    PAIR("instance_id", "0123"), PAIR("hostname", "web-1"),
		    PAIR("fqdn", "web-1.nest.example")),
	       0, "as cloud-init sends it");
	is_int((long long)phone.n_keys, 3, "three keys");
	is_int(phone.keys[0].type, SSHKEY_RSA, "RSA first");
	is_int(phone.keys[1].type, SSHKEY_ECDSA256, "then ECDSA");
	is_int(phone.keys[2].type, SSHKEY_ED25519, "then Ed25519");
	is_str(phone.instance, STR("0123"), "the instance");
	is_str(phone.hostname, STR("web-1"), "its name");
	is_str(phone.fqdn, STR("web-1.nest.example"), "its full name");
}

static void
test_parts(void)
{
	is_int(READ(PAIR("pub_key_rsa", "N/A"), PAIR("pub_key_ecdsa", "N/A"),
		    PAIR("pub_key_ed25519", ED25519),
		    PAIR("instance_id", "N/A"), PAIR("hostname", "N/A"),
		    PAIR("fqdn", "")),
	       0, "what is not available is left out");
	is_int((long long)phone.n_keys, 1, "one key");
	is_int((long long)(phone.instance.n + phone.hostname.n + phone.fqdn.n),
	       0, "and no names");
	is_int(read_pairs(NULL, 0), 0, "nothing at all");
	is_int((long long)phone.n_keys, 0, "is no key");
	is_int(READ(PAIR("pub_key_dsa", "ssh-dss AAAA"), PAIR("x", "1"),
		    PAIR("x", "2"), PAIR("hostname", "a-b")),
	       0, "fields that nobody asked for are passed over");
	is_str(phone.hostname, STR("a-b"), "the others are not");
}

static void
refused(int r, const char *why, const char *name)
{
	is_int(r, OUT_MALFORMED, "%s is refused", name);
	ok(strstr(note.text, why) != NULL, "  and named: %s", note.text);
}

static void
test_bad(void)
{
	refused(READ(PAIR("pub_key_ed25519", ED25519),
		     PAIR("pub_key_ed25519", ED25519)),
		"pub_key_ed25519", "a key twice");
	refused(READ(PAIR("hostname", "a"), PAIR("hostname", "a")), "hostname",
		"a name twice");
	refused(READ(PAIR("instance_id", "a"), PAIR("instance_id", "N/A")),
		"instance_id", "an instance twice");
	refused(READ(PAIR("pub_key_rsa", ED25519)), "another type",
		"a key in the wrong field");
	refused(READ(PAIR("pub_key_ed25519", ED25519 "\n" ED25519)),
		"pub_key_ed25519", "two keys in one field");
	refused(READ(PAIR("pub_key_ed25519", "* " ED25519)), "pub_key_ed25519",
		"a line of known_hosts");
	refused(READ(PAIR("pub_key_ecdsa", "ecdsa-sha2-nistp256 AAAA")),
		"pub_key_ecdsa", "half a key");
	refused(READ(PAIR("pub_key_rsa", "n/a")), "pub_key_rsa",
		"another way to say nothing");
	refused(READ(PAIR("hostname", "a\nb")), "hostname", "a line end");
	refused(READ(PAIR("fqdn", "a b")), "fqdn", "a blank");
	refused(READ(PAIR("fqdn", "a_b")), "fqdn", "an underscore");
	refused(READ(PAIR("fqdn", "\xc3\xa9")), "fqdn", "what is not ASCII");
}

static int
long_name(const char *field, size_t n)
{
	char text[SERVER_HOSTNAME_MAX + 2];
	struct form_pair pair = {str_c(field), {text, n}};

	memset(text, 'a', sizeof(text));
	return read_pairs(&pair, 1);
}

static void
test_limits(void)
{
	is_int(long_name("hostname", SERVER_HOSTNAME_MAX - 1), 0,
	       "nearly the longest name");
	is_int(long_name("fqdn", SERVER_HOSTNAME_MAX), 0, "the longest name");
	is_int((long long)phone.fqdn.n, SERVER_HOSTNAME_MAX, "is whole");
	refused(long_name("fqdn", SERVER_HOSTNAME_MAX + 1), "fqdn",
		"a longer one");
	refused(long_name("hostname", SERVER_HOSTNAME_MAX + 1), "hostname",
		"a longer one");
}

/* From the wire: a line end is %0A there, a + of base64 is %2B. */
static void
test_wire(void)
{
	struct form form;

	is_int(form_parse(STR("pub_key_ecdsa=ecdsa-sha2-nistp256+AAAA%2BAAA%3D"
			      "%0A&hostname=web-1"),
			  &arena, &form),
	       0, "a form");
	is_str(form_get(&form, "pub_key_ecdsa"),
	       STR("ecdsa-sha2-nistp256 AAAA+AAA=\n"), "as it was");
	refused(phone_read(&form, &phone, &note), "pub_key_ecdsa", "no key");
}

int
main(void)
{
	arena_init(&arena, 64 * KIB);
	test_whole();
	test_parts();
	test_bad();
	test_limits();
	test_wire();
	arena_clear(&arena);
	return done_testing();
}
