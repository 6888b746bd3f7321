#include "server/status.h"

#include "base/test.h"

static void
test_parse(void)
{
	static const char text[] = "Name:\tlatchkeyd-ssh\nUmask:\t0077\n"
				   "State:\tS (sleeping)\nTgid:\t77\n"
				   "Pid:\t77\nPPid:\t12\nTracerPid:\t0\n"
				   "Uid:\t65534\t65534\t65534\t65534\n"
				   "NoNewPrivs:\t1\nSeccomp:\t2\n"
				   "Seccomp_filters:\t3\n";
	struct status_process p = {0};

	is_int(status_parse(str_c(text), &p), 0, "what the kernel says");
	is_str(str_c(p.name), STR("latchkeyd-ssh"), "the name");
	is_int(p.pid, 77, "the id");
	is_int(p.parent, 12, "of whom");
	is_int(p.uid, 65534, "whose");
	is_int(p.no_new_privs, 1, "no new privileges");
	is_int(p.seccomp, 2, "filtered");
	is_int(p.dumpable, -1, "nothing is said of dumps");
}

static void
test_odd(void)
{
	struct status_process p = {0};

	is_int(status_parse(STR(""), &p), OUT_MALFORMED, "nothing");
	is_int(status_parse(STR("Name:\tx\nPid:\t1\nPPid:\tx\nUid:\t0\n"), &p),
	       OUT_MALFORMED, "no number");
	is_int(status_parse(STR("Pid:\t1\nPPid:\t1\nUid:\t0\n"), &p),
	       OUT_MALFORMED, "no name");
	is_int(status_parse(STR("Name:\tan old kernel's\nPid:\t1\nPPid:\t1\n"
				"Uid:\t0\t0\t0\t0\n"),
			    &p),
	       0, "a kernel that says less");
	is_int(p.seccomp, -1, "is not made to say more");
	is_str(str_c(p.name), STR("an old kernel's"), "a name with a blank");
	is_int(status_parse(STR("Name:\t0123456789abcdefghij\nPid:\t1\n"
				"PPid:\t1\nUid:\t0\n"),
			    &p),
	       0, "a name that is too long");
	is_str(str_c(p.name), STR("0123456789abcde"), "is cut");
}

int
main(void)
{
	test_parse();
	test_odd();
	return done_testing();
}
