/*
 * The registry's administration door (/api/v1): namespaces, registry tokens,
 * images, quota; wire-compatible with IBM Cloud Container Registry's API v1, so
 * that its published SDKs work unchanged.
 *
 * Proof: an IAM access token as Bearer, or an API key as the Basic password of
 * the user iamapikey. The header Account, when it is there, must name the
 * token's account. Which region is meant is what Host says. Errors:
 * {"code":"CRG0020E","message","request-id"}.
 */
#ifndef DOOR_CR_CR_H
#define DOOR_CR_CR_H

#include "door/frame/frame.h"

extern const struct door cr_door;

#endif
