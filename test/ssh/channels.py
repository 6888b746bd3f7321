"""channels.py PORT KEY LISTENER LOG: what somebody with a key may ask for."""

import sys
import time

from speaker import *
import tap
from procs import memory, MOST

PORT, KEY, LISTENER, LOG = (int(sys.argv[1]), Key(sys.argv[2]), sys.argv[3],
                            sys.argv[4])
SOURCES = tap.sources()
UPLOAD = b"git-upload-pack 'team/repo.git'"


def fresh():
    return Speaker(PORT, source=next(SOURCES)).enter(KEY)


def log():
    with open(LOG) as f:
        return f.read()


def asked(command, before=b""):
    """(what the desk was asked to run, outcome) of one command."""
    at = len(log())
    s = fresh()
    c = s.channel()
    try:
        s.exec(c, command)
        s.send(bytes([EOF]) + u32(c))
        result = s.outcome()
    except Gone:
        result = None
    s.close()
    runs = [line[4:] for line in log()[at:].splitlines()
            if line.startswith("RUN")]
    return (runs[0] if runs else None), result


# Commands: what is run, and what is not.
for command, want in (
        (b"git-upload-pack 'team/repo.git'", "[git-upload-pack]"),
        (b"git upload-pack 'team/repo.git'", "[git-upload-pack]"),
        (b"git-upload-pack '/team/repo.git'", "[git-upload-pack]"),
        (b"git-upload-pack team/repo", "[git-upload-pack]"),
        (b"git-upload-pack \"team/repo.git\"", "[git-upload-pack]"),
        (b"git-upload-pack 'team/repo.git/'", "[git-upload-pack]"),
        (b"git-receive-pack 'team/repo.git'", "[git-receive-pack]"),
        (b"git-upload-archive 'team/repo.git'", "[git-upload-archive]")):
    run, _ = asked(command)
    tap.eq(run, want + " [team] [repo] []", "runs: %s" % command.decode())

NONE = "[] [] []"
absent = asked(b"git-upload-pack '/'")[1]
for path in (b"'../../etc'", b"'/etc'", b"'~root/x'", b"'team/../other/repo'",
             b"'team//repo'", b"'.'", b"''", b"'-x/repo'", b"'team/-x'",
             b"'a'; id", b"'team/repo'; id", b"$(id)", b"`id`",
             b"'team/repo' && id", b"'team/repo' | id", b"'team/repo'\nid",
             b"'team/repo' >f", b"'team/repo", b"'a'\\''b'", b"--help",
             b"'team/repo' 'team/repo'", b"'t\xc3\xa9am/repo'",
             b"'team/re\x1bpo'", b"-- 'team/repo'", b""):
    run, result = asked(b"git-upload-pack " + path)
    tap.ok(run is None or NONE in run, "does not run: %r" % path, run)
    tap.ok(result is not None and result[2] == 128 and
           result[0].startswith(b"00") and b"ERR " in result[0] and
           result[0] == absent[0], "and says what it says of all: %r" % path,
           result)
for command in (b"id", b"sh", b"scp -t /", b"git-shell", b"git", b"git status",
                b"git-upload-packx 'team/repo'", b"rsync --server .",
                b"git-lfs-authenticate team/repo download",
                b"git --exec-path=/tmp upload-pack 'team/repo'",
                b"git-upload-pack\t'team/repo'", b"\0git-upload-pack 'a/b'"):
    run, result = asked(command)
    tap.ok(run is None, "is no command: %r" % command, run)
    tap.ok(result is not None and (result[2] in (0, 1)), "politely", result)
at = len(log())
s = fresh()
c = s.channel()
s.send(bytes([REQUEST]) + u32(c) + string(b"exec") + b"\1" +
       string(b"git-upload-pack '" + b"a" * 5000 + b"'"))
tap.ok(s.ended() and "RUN" not in log()[at:],
       "a command of 5000 bytes ends it")
s.close()
run, result = asked(b"git-upload-pack '" + b"a" * 3000 + b"'")
tap.ok(result is not None and result[2] == 128, "one of 3000 does not")

# The environment.
s = fresh()
c = s.channel()
for name in (b"GIT_DIR", b"GIT_CONFIG_COUNT", b"GIT_TRACE", b"GIT_EXEC_PATH",
             b"LD_PRELOAD", b"PATH", b"BASH_ENV", b"LANG", b"git_protocol",
             b"GIT_PROTOCOL=x", b"GIT_PROTOCOL\0", b"", b"GIT_SSH"):
    got = s.ask(c, b"env", string(name) + string(b"version=2"))
    if name != b"GIT_PROTOCOL\0":  # a zero ends it, and the rest is gone
        tap.eq(got, FAILURE, "env %r is refused" % name)
for value in (b"version=2;id", b"2", b"", b"version=" + b"1" * 60,
              b"version=2\nx", b"Version=2", b"version=2 "):
    tap.eq(s.ask(c, b"env", string(b"GIT_PROTOCOL") + string(value)), FAILURE,
           "GIT_PROTOCOL=%r is refused" % value)
tap.eq(s.ask(c, b"env", string(b"GIT_PROTOCOL") + string(b"version=2")),
       SUCCESS, "GIT_PROTOCOL=version=2 is not")
for i in range(10000):
    s.ask(c, b"env", string(b"X%d" % i) + string(b"y" * 100), reply=False)
at = len(log())
tap.eq(s.exec(c, UPLOAD), SUCCESS, "ten thousand more are nothing")
time.sleep(0.3)
tap.ok("[version=2]" in log()[at:], "and the first is passed on")
tap.eq(s.exec(c, UPLOAD), FAILURE, "one command a channel")
s.close()

# What else channels and connections can be asked.
s = fresh()
c = s.channel()
for what, rest in (
        (b"pty-req", string(b"xterm") + u32(80) * 4 + string(b"")),
        (b"x11-req", b"\0" + string(b"MIT") + string(b"00") + u32(0)),
        (b"auth-agent-req@openssh.com", b""),
        (b"subsystem", string(b"sftp")), (b"window-change", u32(1) * 4),
        (b"nonsense@example", b"")):
    tap.eq(s.ask(c, what, rest), FAILURE, "%s is refused" % what.decode())
for kind, rest in (
        (b"direct-tcpip", string(b"127.0.0.1") + u32(22) +
         string(b"127.0.0.1") + u32(1)),
        (b"direct-streamlocal@openssh.com", string(b"/x") + string(b"") +
         u32(0)),
        (b"x11", string(b"127.0.0.1") + u32(1)),
        (b"forwarded-tcpip", string(b"h") + u32(1) + string(b"h") + u32(1)),
        (b"tun@openssh.com", u32(1) + u32(1)), (b"nonsense", b"")):
    tap.eq(s.channel(kind, 5, rest=rest), None,
           "a channel of kind %s does not open" % kind.decode())
for what in (b"tcpip-forward", b"streamlocal-forward@openssh.com",
             b"no-more-sessions@openssh.com", b"nonsense"):
    s.send(bytes([GLOBAL_REQUEST]) + string(what) + b"\1" + string(b"") +
           u32(0))
    tap.eq(s.expect(REQUEST_SUCCESS, REQUEST_FAILURE)[0], REQUEST_FAILURE,
           "%s is refused" % what.decode())
tap.eq(s.exec(c, UPLOAD), SUCCESS, "and git still runs")
opened = [s.channel(ours=i) for i in range(1, 12)]
tap.eq(len([x for x in opened if x is not None]), 9, "ten channels, no more")
s.close()
s = fresh()
c = s.channel()
s.ask(c, b"shell")
tap.eq(s.outcome(), (b"authenticated via ssh key.\n", b"", 0),
       "a shell is a greeting")
c = s.channel(ours=1)
s.ask(c, b"exec", string(b""))
tap.eq(s.outcome()[0], b"authenticated via ssh key.\n", "so is no command")
s.close()


# Flow control.
def greeted(what, **how):
    s = fresh()
    s.sock.settimeout(2)
    try:
        c = s.channel(**how)
        if c is not None:
            s.ask(c, b"shell")
            s.outcome()
            got = "greeted"
        else:
            got = "refused"
    except Gone:
        got = "cut"
    except socket.timeout:
        got = "waits"
    tap.ok(memory(LISTENER) < MOST, "%s: %s, %d KiB" % (
        what, got, memory(LISTENER)))
    s.close()
    return got


for most in (0, 1, 4, 9, 10, 11, 12, 64, 0xffffffff):
    greeted("packets of %d bytes at most" % most, most=most)
tap.eq(greeted("a window of nothing", window=0), "waits", "waits for room")
greeted("a window of one byte", window=1)
tap.eq(greeted("the largest window", window=0xffffffff), "greeted",
       "needs no more")
s = fresh()
c = s.channel(window=0xffffffff)
s.exec(c, UPLOAD)
try:
    for i in range(64):
        s.send(bytes([WINDOW]) + u32(c) + u32(0xffffffff))
    s.send(bytes([EOF]) + u32(c))
    s.sock.settimeout(3)
    s.outcome()
    tap.ok(True, "a window that overflows is the client's own harm")
except (Gone, socket.timeout):
    tap.ok(True, "a window that overflows is the client's own harm")
s.close()


def overrun(what, command):
    """Data far beyond the window, to a program that reads none of it."""
    s = fresh()
    c = s.channel()
    if command is not None:
        s.exec(c, command)
    sent = most = 0
    try:
        s.sock.settimeout(3)
        while sent < 200:
            s.raw(s.frame(bytes([DATA]) + u32(c) + string(b"0" * 32000)))
            sent += 1
            if sent % 10 == 0:
                most = max(most, memory(LISTENER))
    except (Gone, socket.timeout):
        pass
    tap.ok(most < MOST, "%s: at most %d KiB after %d packets" % (what, most,
                                                                 sent))
    s.close()


overrun("data beyond the window, before a command", None)
overrun("data beyond the window, after one that was refused", b"id")
overrun("data beyond the window, to git", b"git-receive-pack 'team/repo.git'")

s = fresh()
c = s.channel()
s.exec(c, UPLOAD)
s.send(bytes([EOF]) + u32(c))
try:
    for i in range(100):
        s.send(bytes([DATA]) + u32(c) + string(b"x" * 1000))
    s.send(bytes([CLOSE]) + u32(c))
    s.send(bytes([DATA]) + u32(c) + string(b"x"))
    s.send(bytes([REQUEST]) + u32(c) + string(b"exec") + b"\1" +
           string(UPLOAD))
    s.send(bytes([CLOSE]) + u32(c))
    s.send(bytes([WINDOW]) + u32(c) + u32(1))
    s.send(bytes([EOF]) + u32(77))
    s.send(bytes([DATA]) + u32(77) + string(b"x"))
    s.sock.settimeout(2)
    while True:
        s.recv()
except (Gone, socket.timeout):
    pass
s.close()
tap.ok(True, "data, requests and more after the end")
s = fresh()
tap.eq(s.channel() is not None, True, "others are served as before")
s.close()

# A client that vanishes: its program ends.
at = len(log())
s = fresh()
c = s.channel()
s.exec(c, b"git-receive-pack 'team/repo.git'")
s.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
s.close()
tap.finish()
