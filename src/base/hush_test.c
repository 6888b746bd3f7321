#include "base/hush.h"

#include "base/test.h"

#define KEY "lk_a_oBlpsRDUlEMPNeqCSKJpXjSIuSHWfdRfBR3OuCBBkKS22Zhc5"
#define JWT "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJqdGkiOiJi.7dy5hmi8-9_f"

static const struct {
	const char *path, *want;
} paths[] = {
    {"/v2/birds/app/manifests/latest", "/v2/birds/app/manifests/latest"},
    {"/api/v1/tokens/" JWT, "/api/v1/tokens/*"},
    {"/api/v1/tokens/" JWT "/x", "/api/v1/tokens/*/x"},
    {"/v1/apikeys/" KEY, "/v1/apikeys/*"},
    {"/v1/apikeys/\"" KEY "\"", "/v1/apikeys/\"*\""},
    {"/x/lk_r_0123456789012345678901", "/x/*"},
    {"/x/lk_i_0123456789012345678901", "/x/*"},
    {"/metadata/lk_s_0123456789012345678901/user-data",
     "/metadata/*/user-data"},
    {"/x/lk_m_0123456789012345678901", "/x/*"},
    {"/metadata/lk_s_0123456789012345678901/user-data",
     "/metadata/*/user-data"},
    {"/x/lk_m_0123456789012345678901", "/x/*"},
    {"/v2/milk_a_day/app/tags/list", "/v2/milk_a_day/app/tags/list"},
    {"/v2/birds/app/manifests/eyJ", "/v2/birds/app/manifests/eyJ"},
    {"", ""},
};

int
main(void)
{
	char text[512], small[4];

	for (size_t i = 0; i < nitems(paths); i++)
		is_str(hush(str_c(paths[i].path), text, sizeof(text)),
		       str_c(paths[i].want), "'%s'", paths[i].want);
	is_str(hush(STR("/abcdef"), small, sizeof(small)), STR("/abc"),
	       "what does not fit is cut off");
	return done_testing();
}
