#include "core/sort.h"

/* U+10FFFF 64 times: no name has that many bytes, and text compares by bytes.
 */
#define TOP  "\xf4\x8f\xbf\xbf"
#define TOP4 TOP TOP TOP TOP
#define HIGH                                                                   \
	TOP4 TOP4 TOP4 TOP4 TOP4 TOP4 TOP4 TOP4 TOP4 TOP4 TOP4 TOP4 TOP4 TOP4  \
	    TOP4 TOP4

struct sort_from
sort_from(const struct sort *s)
{
	if (s->further)
		return (struct sort_from){.text = s->after_text,
					  .id = s->after_id,
					  .number = s->after_number};
	if (s->descending)
		return (struct sort_from){
		    .text = STR(HIGH), .id = STR(HIGH), .number = INT64_MAX};
	return (struct sort_from){
	    .text = STR(""), .id = STR(""), .number = INT64_MIN};
}
