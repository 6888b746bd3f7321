/*
 * The registry's door: the OCI distribution API under /v2/ and the token
 * service at /oauth/token that docker's clients log in to. It translates; what
 * a registry holds and who may do what is the core's.
 */
#ifndef DOOR_OCI_OCI_H
#define DOOR_OCI_OCI_H

#include "door/frame/frame.h"

extern const struct door oci_door;

#endif
