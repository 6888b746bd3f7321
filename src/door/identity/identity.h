/*
 * Identity management (/v1/serviceids, /v1/apikeys, /v1/accounts, /v1/activity)
 * and what the same clients ask of an account (/v2/accounts/{id}/users,
 * /v2/resource_groups), wire-compatible with IBM Cloud IAM. Members of a body that
 * nobody knows are passed over, as the original does.
 *
 * Its error body is {"context","status_code","errors":[...],"trace"}.
 */
#ifndef DOOR_IDENTITY_IDENTITY_H
#define DOOR_IDENTITY_IDENTITY_H

#include "door/frame/frame.h"

extern const struct door identity_door;

#endif
