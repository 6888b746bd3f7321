"""Results, as the scenes print them."""

import sys

count = failed = 0


def ok(held, what, more=None):
    global count, failed
    count += 1
    what = what.encode("unicode_escape").decode()
    print("%s %d - %s" % ("ok" if held else "not ok", count, what))
    if not held:
        failed += 1
        if more is not None:
            for line in str(more).splitlines():
                print("#", line)
    sys.stdout.flush()
    return held


def eq(got, want, what):
    return ok(got == want, what, "got:    %r\nwanted: %r" % (got, want))


def finish():
    print("1..%d" % count)
    sys.exit(1 if failed else 0)


def sources():
    """Addresses of this machine, a new one each time: penalties are for one."""
    n = 1
    while True:
        n += 1
        yield "127.%d.%d.%d" % (1 + n // 62500, n // 250 % 250, 1 + n % 250)
