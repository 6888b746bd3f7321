/*
 * cloud-init on later boots. It asks what instance this is before it believes
 * what it knows: the kernel's command line, then files of a seed on disk. When
 * neither says, it fetches the seed again; that has ended by then, and the
 * machine would be taken for a new one, with new host keys.
 */
#ifndef FOLLOW_CLOUD_H
#define FOLLOW_CLOUD_H

#include "base/out.h"
#include "base/str.h"

/* Does the command line say what instance this is? */
bool cloud_line_has_id(struct str cmdline);
/* Leave the id on disk, when cloud-init took this machine for the server with
 * that id and nothing else says it. *ret: it was written now. OUT_DENIED with a
 * note. */
MUST int cloud_settle(const char *id, bool *ret, struct note *);

#endif
