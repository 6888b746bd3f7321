/* What the API calls a service ID. */
#include "core/service_id.h"

#include "crypt/rand.h"

#define HEAD STR("ServiceId-")

struct str
service_id_word(struct str iam_id)
{
	return str_starts(iam_id, STR("iam-")) ? str_sub(iam_id, 4, SIZE_MAX)
					       : iam_id;
}

static bool
uuid_ok(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;
		bool hex = (s.p[i] >= '0' && s.p[i] <= '9') ||
			   (s.p[i] >= 'a' && s.p[i] <= 'f');

		if (dash ? s.p[i] != '-' : !hex)
			return false;
	}
	return s.n == UUID_LEN;
}

int
service_id_parse(struct str word, char ret[IDENTITY_ID_MAX + 1])
{
	if (str_starts(word, STR("iam-")))
		word = str_sub(word, 4, SIZE_MAX);
	if (!str_starts(word, HEAD) ||
	    !uuid_ok(str_sub(word, HEAD.n, SIZE_MAX)))
		return OUT_MALFORMED;
	(void)snprintf(ret, IDENTITY_ID_MAX + 1, "iam-%.*s", STR_ARG(word));
	return 0;
}
