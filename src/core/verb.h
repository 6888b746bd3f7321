/*
 * Everything anybody can ask to do, in one table for all doors: what it is
 * called, which roles hold it, and how the trail remembers it. Role rules of
 * container-registry follow IBM Cloud Container Registry's role table.
 */
#ifndef CORE_VERB_H
#define CORE_VERB_H

#include "base/out.h"
#include "base/str.h"

#include <stdbool.h>

enum role {
	ROLE_READER = 1 << 0, /* service roles */
	ROLE_WRITER = 1 << 1,
	ROLE_MANAGER = 1 << 2,
	ROLE_VIEWER = 1 << 3, /* platform roles */
	ROLE_OPERATOR = 1 << 4,
	ROLE_EDITOR = 1 << 5,
	ROLE_ADMINISTRATOR = 1 << 6,
};

/* How the gate treats a verb beyond its roles. */
enum verb_rule {
	RULE_ROLES,    /* a policy must grant one of the roles (owner: always) */
	RULE_PUBLIC,   /* no credential needed: login endpoints, health */
	RULE_PROVEN,   /* any valid IAM identity */
	RULE_SELF,     /* like ROLES; one's own things need no role */
	RULE_OPERATOR, /* the operator of this latchkeyd only */
	RULE_OWN,      /* like ROLES; of what one made, Writer is enough */
	RULE_MACHINE,  /* a server itself, with what its first boot brought */
	RULE_GIVE,     /* like ROLES of anything in the account; what exactly
			  may be given is looked at in the write:
			  policy_may_give() */
};
enum verb_trail { TRAIL_NONE, TRAIL_USE, TRAIL_CHANGE };

#define R_ ROLE_READER
#define W_ ROLE_WRITER
#define M_ ROLE_MANAGER
#define A_ ROLE_ADMINISTRATOR
#define E_ ROLE_EDITOR
#define O_ ROLE_OPERATOR
#define P_ (ROLE_VIEWER | ROLE_OPERATOR | ROLE_EDITOR | ROLE_ADMINISTRATOR)
/* X(name, service, action, rule, roles, trail) */
#define VERBS(X)                                                               \
	X(NONE_NEEDED, "latchkeyd", "public", PUBLIC, 0, NONE)                    \
	X(WHOAMI, "iam-identity", "identity.self", PROVEN, 0, NONE)            \
	X(LOGIN, "iam-identity", "login", PUBLIC, 0, USE)                      \
	X(IMAGE_PULL, "container-registry", "image.pull", ROLES,               \
	    R_ | W_ | M_, USE)                                                 \
	X(IMAGE_PUSH, "container-registry", "image.push", ROLES, W_ | M_,      \
	    CHANGE)                                                            \
	X(IMAGE_DELETE, "container-registry", "image.delete", ROLES, W_ | M_,  \
	    CHANGE)                                                            \
	X(IMAGE_INSPECT, "container-registry", "image.inspect", ROLES,         \
	    R_ | M_, USE)                                                      \
	X(IMAGE_LIST, "container-registry", "image.list", ROLES, R_ | M_,      \
	    USE)                                                               \
	X(NAMESPACE_LIST, "container-registry", "namespace.list", ROLES,       \
	    W_ | M_, NONE)                                                     \
	X(NAMESPACE_CREATE, "container-registry", "namespace.create", ROLES,   \
	    M_, CHANGE)                                                        \
	X(NAMESPACE_DELETE, "container-registry", "namespace.delete", ROLES,   \
	    M_, CHANGE)                                                        \
	X(NAMESPACE_UPDATE, "container-registry", "namespace.update", ROLES,   \
	    M_, CHANGE)                                                        \
	X(QUOTA_GET, "container-registry", "quota.get", ROLES, R_ | W_ | M_,   \
	    NONE)                                                              \
	X(QUOTA_SET, "container-registry", "quota.set", ROLES, M_, CHANGE)     \
	X(RETENTION_GET, "container-registry", "retention.get", ROLES,         \
	    R_ | M_, NONE)                                                     \
	X(RETENTION_ANALYZE, "container-registry", "retention.analyze", ROLES, \
	    R_ | M_, NONE)                                                     \
	X(RETENTION_SET, "container-registry", "retention.set", ROLES,         \
	    W_ | M_, CHANGE)                                                   \
	X(TRASH_LIST, "container-registry", "trash.list", ROLES, R_ | M_,      \
	    NONE)                                                              \
	X(TRASH_RESTORE, "container-registry", "trash.restore", ROLES,         \
	    W_ | M_, CHANGE)                                                   \
	X(REGISTRYTOKEN_CREATE, "container-registry", "registrytoken.create",  \
	    ROLES, A_, CHANGE)                                                 \
	X(REGISTRYTOKEN_GET, "container-registry", "registrytoken.get", ROLES, \
	    A_, CHANGE)                                                        \
	X(REGISTRYTOKEN_LIST, "container-registry", "registrytoken.list",      \
	    ROLES, A_, NONE)                                                   \
	X(REGISTRYTOKEN_DELETE, "container-registry", "registrytoken.delete",  \
	    ROLES, A_, CHANGE)                                                 \
	X(ACCOUNT_CREATE, "iam-identity", "account.create", OPERATOR, 0, CHANGE) \
	X(ACCOUNT_LIST, "iam-identity", "account.list", PROVEN, 0, NONE)       \
	X(USER_CREATE, "iam-identity", "user.create", ROLES, A_, CHANGE)       \
	X(USER_LIST, "iam-identity", "user.list", ROLES,                       \
	    ROLE_VIEWER | ROLE_OPERATOR | ROLE_EDITOR | A_, NONE)              \
	X(USER_UPDATE, "iam-identity", "user.update", ROLES, A_, CHANGE)       \
	X(PASSWORD_SET, "iam-identity", "password.set", SELF, A_, CHANGE)      \
	X(APIKEY_CREATE, "iam-identity", "apikey.create", SELF, A_, CHANGE)    \
	X(APIKEY_GET, "iam-identity", "apikey.get", SELF, A_, NONE)            \
	X(APIKEY_LIST, "iam-identity", "apikey.list", SELF, A_, NONE)          \
	X(APIKEY_UPDATE, "iam-identity", "apikey.update", SELF, A_, CHANGE)    \
	X(APIKEY_DELETE, "iam-identity", "apikey.delete", SELF, A_, CHANGE)    \
	X(SESSION_LIST, "iam-identity", "session.list", SELF, A_, NONE)        \
	X(SESSION_END, "iam-identity", "session.end", SELF, A_, CHANGE)        \
	X(SERVICEID_CREATE, "iam-identity", "serviceid.create", ROLES,         \
	    E_ | A_, CHANGE)                                                   \
	X(SERVICEID_LIST, "iam-identity", "serviceid.list", ROLES, P_, NONE)   \
	X(SERVICEID_GET, "iam-identity", "serviceid.get", SELF, P_, NONE)      \
	X(SERVICEID_UPDATE, "iam-identity", "serviceid.update", SELF,          \
	    O_ | E_ | A_, CHANGE)                                              \
	X(SERVICEID_DELETE, "iam-identity", "serviceid.delete", SELF,          \
	    E_ | A_, CHANGE)                                                   \
	X(USER_DELETE, "iam-identity", "user.delete", ROLES, A_, CHANGE)       \
	X(RULES_GET, "iam-identity", "account.settings.get", ROLES, P_, NONE)  \
	X(RULES_SET, "iam-identity", "account.settings.set", ROLES, A_,        \
	    CHANGE)                                                            \
	X(ACTIVITY_READ, "iam-identity", "activity.read", ROLES, A_, NONE)     \
	X(CREDENTIAL_END, "iam-identity", "credential.end", PROVEN, 0, CHANGE) \
	X(CREDENTIAL_LOOK, "iam-identity", "credential.look", PROVEN, 0, NONE) \
	X(POLICY_LIST, "iam-access-management", "policy.list", SELF, P_, NONE) \
	X(POLICY_CREATE, "iam-access-management", "policy.create", GIVE, A_,   \
	    CHANGE)                                                            \
	X(POLICY_UPDATE, "iam-access-management", "policy.update", GIVE, A_,   \
	    CHANGE)                                                            \
	X(POLICY_DELETE, "iam-access-management", "policy.delete", GIVE, A_,   \
	    CHANGE)                                                            \
	X(POLICY_EXPLAIN, "iam-access-management", "policy.explain", SELF, P_, \
	    NONE)                                                              \
	X(ROLE_LIST, "iam-access-management", "role.list", PROVEN, 0, NONE)    \
	X(ROLE_CREATE, "iam-access-management", "role.create", GIVE, A_,       \
	    CHANGE)                                                            \
	X(ROLE_UPDATE, "iam-access-management", "role.update", GIVE, A_,       \
	    CHANGE)                                                            \
	X(ROLE_DELETE, "iam-access-management", "role.delete", GIVE, A_,       \
	    CHANGE)                                                            \
	X(GROUP_LIST, "iam-groups", "group.list", ROLES, P_, NONE)             \
	X(GROUP_CREATE, "iam-groups", "group.create", ROLES, E_ | A_, CHANGE)  \
	X(GROUP_UPDATE, "iam-groups", "group.update", ROLES, E_ | A_, CHANGE)  \
	X(GROUP_DELETE, "iam-groups", "group.delete", ROLES, E_ | A_, CHANGE)  \
	X(GROUP_MEMBER_ADD, "iam-groups", "member.add", ROLES, E_ | A_,        \
	    CHANGE)                                                            \
	X(GROUP_MEMBER_REMOVE, "iam-groups", "member.remove", ROLES, E_ | A_,  \
	    CHANGE)                                                            \
	X(PROJECT_LIST, "git", "project.list", ROLES, R_ | W_ | M_ | P_, NONE) \
	X(PROJECT_CREATE, "git", "project.create", ROLES, M_ | A_, CHANGE)     \
	X(PROJECT_UPDATE, "git", "project.update", ROLES, M_ | A_, CHANGE)     \
	X(PROJECT_DELETE, "git", "project.delete", ROLES, M_ | A_, CHANGE)     \
	X(GIT_READ, "git", "repository.read", ROLES, R_ | W_ | M_, USE)        \
	X(GIT_PUSH, "git", "repository.push", ROLES, W_ | M_, CHANGE)          \
	X(GIT_FORCE, "git", "repository.force", ROLES, M_, CHANGE)             \
	X(GIT_LIST, "git", "repository.list", ROLES, R_ | W_ | M_ | P_, NONE)  \
	X(GIT_SHOW, "git", "repository.show", ROLES, R_ | W_ | M_ | P_, NONE)  \
	X(GIT_CREATE, "git", "repository.create", ROLES, M_ | A_, CHANGE)      \
	X(GIT_UPDATE, "git", "repository.update", ROLES, M_ | A_, CHANGE)      \
	X(GIT_DELETE, "git", "repository.delete", ROLES, M_ | A_, CHANGE)      \
	X(ACCESSKEY_LIST, "git", "accesskey.list", ROLES, M_ | A_, NONE)       \
	X(ACCESSKEY_CREATE, "git", "accesskey.create", ROLES, M_ | A_, CHANGE) \
	X(ACCESSKEY_UPDATE, "git", "accesskey.update", ROLES, M_ | A_, CHANGE) \
	X(ACCESSKEY_DELETE, "git", "accesskey.delete", ROLES, M_ | A_, CHANGE) \
	X(USERKEY_LIST, "iam-identity", "sshkey.list", SELF, A_, NONE)         \
	X(USERKEY_CREATE, "iam-identity", "sshkey.create", SELF, A_, CHANGE)   \
	X(USERKEY_UPDATE, "iam-identity", "sshkey.update", SELF, A_, CHANGE)   \
	X(USERKEY_DELETE, "iam-identity", "sshkey.delete", SELF, A_, CHANGE)   \
	X(KEYPAIR_LIST, "key-pair", "keypair.list", ROLES, R_ | W_ | M_, NONE) \
	X(KEYPAIR_CREATE, "key-pair", "keypair.create", ROLES, W_ | M_,        \
	    CHANGE)                                                            \
	X(KEYPAIR_IMPORT, "key-pair", "keypair.import", ROLES, W_ | M_,        \
	    CHANGE)                                                            \
	X(KEYPAIR_DELETE, "key-pair", "keypair.delete", OWN, M_, CHANGE)       \
	X(SERVER_LIST, "server", "server.list", ROLES, R_ | W_ | M_ | A_,      \
	    NONE)                                                              \
	X(SERVER_CREATE, "server", "server.create", ROLES, W_ | M_ | A_,       \
	    CHANGE)                                                            \
	X(SERVER_SET_KEY, "server", "server.setkey", ROLES, A_, CHANGE)        \
	X(SERVER_SEED, "server", "server.seed", ROLES, A_, CHANGE)             \
	X(SERVER_DELETE, "server", "server.delete", ROLES, A_, CHANGE)         \
	X(SEED_READ, "server", "seed.read", MACHINE, 0, USE)                   \
	X(SEED_ENROL, "server", "seed.enrol", MACHINE, 0, CHANGE)              \
	X(SEED_REPORT, "server", "seed.report", MACHINE, 0, CHANGE)            \
	X(SERVER_FOLLOW, "server", "server.follow", MACHINE, 0, USE)           \
	X(ACCOUNT_UPDATE, "iam-identity", "account.update", ROLES, A_, CHANGE) \
	X(AUDIT_READ, "audit", "read", ROLES, M_ | A_, NONE)                   \
	X(STATUS_READ, "latchkeyd", "status", OPERATOR, 0, NONE)

enum verb {
#define X(name, service, action, rule, roles, trail) VERB_##name,
	VERBS(X)
#undef X
	VERB_MAX
};

struct verb_row {
	struct str service, action;
	enum verb_rule rule;
	unsigned roles;
	enum verb_trail trail;
};
/* Never NULL for verb < VERB_MAX. */
const struct verb_row *verb_row(enum verb);
/* "container-registry.image.pull"; OUT_ABSENT. */
MUST int verb_parse(struct str, enum verb *ret);

/* IBM's word for services that hold resources ("service"), and for those that
 * manage accounts and people ("platform_service"). */
struct str verb_service_type(struct str service);

/* "Reader", "crn:v1:bluemix:public:iam::::serviceRole:Reader": the last part
 * counts, case ignored. 0 when unknown. */
unsigned role_parse(struct str);
const char *role_name(enum role);
/* The CRN of IBM's form for a role. Never NULL. */
const char *role_crn(enum role);

#endif
