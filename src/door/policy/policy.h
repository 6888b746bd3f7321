/*
 * Policies, roles and access groups (/v1/policies, /v2/policies, /v2/roles,
 * /v2/groups), wire-compatible with IBM Cloud IAM. What a policy says comes back
 * as it was sent; what nobody here understands in a subject, a resource or a rule
 * is refused and never passed over.
 *
 * Its error body is {"trace","errors":[{"code","message","details"}],
 * "status_code"}.
 */
#ifndef DOOR_POLICY_POLICY_H
#define DOOR_POLICY_POLICY_H

#include "door/frame/frame.h"

extern const struct door policy_door;

#endif
