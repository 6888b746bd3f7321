#include "jail/jail.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <unistd.h>

#define PRESET "nobody"

/* What was given away cannot be taken back, or it was not given away. */
static int
user_verify(uid_t uid, gid_t gid, struct note *note)
{
	uid_t ruid, euid, suid;
	gid_t rgid, egid, sgid;

	if (getresuid(&ruid, &euid, &suid) != 0 ||
	    getresgid(&rgid, &egid, &sgid) != 0)
		return note_set(note, FAIL(-errno), "who we are: %s",
				strerror(errno));
	if (ruid != uid || euid != uid || suid != uid || rgid != gid ||
	    egid != gid || sgid != gid || setuid(0) == 0)
		return note_set(note, FAIL(-EPERM),
				"still somebody else after becoming user %u",
				(unsigned)uid);
	return 0;
}

int
jail_user(const char *user, struct note *note)
{
	const char *name = user != NULL ? user : PRESET;
	const struct passwd *pw;

	if (geteuid() != 0)
		return 0;
	errno = 0;
	pw = getpwnam(name);
	if (pw == NULL)
		return note_set(note, errno == 0 ? OUT_ABSENT : FAIL(-errno),
				"no such user: %s", name);
	if (pw->pw_uid == 0)
		return note_set(note, OUT_ABSENT,
				"user %s is root under another name", name);
	if (setgroups(0, NULL) != 0 ||
	    setresgid(pw->pw_gid, pw->pw_gid, pw->pw_gid) != 0 ||
	    setresuid(pw->pw_uid, pw->pw_uid, pw->pw_uid) != 0)
		return note_set(note, FAIL(-errno), "becoming user %s: %s",
				name, strerror(errno));
	return user_verify(pw->pw_uid, pw->pw_gid, note);
}
