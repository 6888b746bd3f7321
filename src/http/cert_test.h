/*
 * For the tests of TLS: certificates made on the spot.
 */
#ifndef HTTP_CERT_TEST_H
#define HTTP_CERT_TEST_H

#include <openssl/ssl.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/stat.h>

/* A self-signed certificate for name, and its key, as PEM files. */
static inline bool
cert_make(const char *name, const char *cert, const char *key)
{
	EVP_PKEY *pkey = EVP_EC_gen("P-256");
	X509 *x = X509_new();
	FILE *f;
	X509_NAME *subject;
	bool good;

	(void)ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
	(void)X509_gmtime_adj(X509_getm_notBefore(x), -60);
	(void)X509_gmtime_adj(X509_getm_notAfter(x), 3600);
	subject = X509_get_subject_name(x);
	(void)X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
					 (const unsigned char *)name, -1, -1,
					 0);
	(void)X509_set_issuer_name(x, subject);
	(void)X509_set_pubkey(x, pkey);
	good = X509_sign(x, pkey, EVP_sha256()) > 0;
	f = fopen(cert, "w");
	good &= f != NULL && PEM_write_X509(f, x) == 1;
	(void)fclose(f);
	f = fopen(key, "w");
	good &= f != NULL &&
		PEM_write_PrivateKey(f, pkey, NULL, NULL, 0, NULL, NULL) == 1;
	(void)fclose(f);
	good &= chmod(key, 0600) == 0;
	X509_free(x);
	EVP_PKEY_free(pkey);
	return good;
}

#endif
