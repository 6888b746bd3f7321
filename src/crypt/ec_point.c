#include "crypt/ec_point.h"

#include "base/out.h"

#include <errno.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <sodium.h>

static void
group_freep(EC_GROUP **p)
{
	EC_GROUP_free(*p);
}

static void
point_freep(EC_POINT **p)
{
	EC_POINT_free(*p);
}

static int
curve_of(unsigned bits)
{
	static const struct {
		unsigned bits;
		int nid;
	} known[] = {{256, NID_X9_62_prime256v1},
		     {384, NID_secp384r1},
		     {521, NID_secp521r1}};

	for (size_t i = 0; i < nitems(known); i++)
		if (known[i].bits == bits)
			return known[i].nid;
	return NID_undef;
}

int
ec_point_check(unsigned bits, struct str text)
{
	CLEAN(group_freep) EC_GROUP *group = NULL;
	CLEAN(point_freep) EC_POINT *point = NULL;

	if (curve_of(bits) == NID_undef || text.n != 1 + 2 * ((bits + 7) / 8) ||
	    text.p[0] != 4)
		return OUT_MALFORMED;
	group = EC_GROUP_new_by_curve_name(curve_of(bits));
	point = group == NULL ? NULL : EC_POINT_new(group);
	if (point == NULL)
		return FAIL(-ENOMEM);
	/* Looks whether the coordinates are below p and on the curve; with
	 * these curves every such point has the right order. */
	return EC_POINT_oct2point(group, point, (const uint8_t *)text.p, text.n,
				  NULL) == 1
		   ? 0
		   : OUT_MALFORMED;
}

int
ec_point_ed25519(struct str text)
{
	if (text.n != ED25519_POINT ||
	    !crypto_core_ed25519_is_valid_point((const uint8_t *)text.p))
		return OUT_MALFORMED;
	return 0;
}
