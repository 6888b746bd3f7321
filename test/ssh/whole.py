"""whole.py PORT OWN VICTIM GOING BOTH REVOKE...: a whole server and clients that
speak as they like. OWN reads nest/own; VICTIM is a person's; GOING and BOTH read
nest/own, too, and BOTH reads nest/other. REVOKE NAME, a command, removes
GOING's key once and BOTH's the second time."""

import subprocess
import sys

from speaker import *
import tap

PORT = int(sys.argv[1])
OWN, VICTIM, GOING, BOTH = map(Key, sys.argv[2:6])
REVOKE = sys.argv[6:]
SOURCES = tap.sources()


def fresh():
    s = Speaker(PORT, source=next(SOURCES)).handshake()
    s.service()
    return s


def revoke(name):
    subprocess.run([*REVOKE, name], check=True, stdout=subprocess.DEVNULL)


def said(s, service, repo, ours=0):
    """(standard output, exit status) of a program that is told nothing."""
    c = s.channel(ours=ours)
    s.exec(c, b"git-%s 'nest/%s.git'" % (service, repo))
    s.send(bytes([DATA]) + u32(c) + string(b"0000"))
    s.send(bytes([EOF]) + u32(c))
    out, _, status = s.outcome()
    s.send(bytes([CLOSE]) + u32(c))
    return out, status


def opens(s):
    s.send(bytes([OPEN]) + string(b"session") + u32(0) + u32(1 << 20) +
           u32(32768))
    return not s.ended()


def shut(what, s, answer):
    tap.eq(answer, USERAUTH_FAILURE, what + " is refused")
    tap.ok(not opens(s), "and nothing opens")
    s.close()


# Whose key signs is who comes in, whatever was shown before.
s = fresh()
tap.eq(s.offer(VICTIM), USERAUTH_PK_OK, "another's key may be shown")
tap.eq(s.login(OWN), USERAUTH_SUCCESS, "and one's own signs")
c = s.channel()
s.ask(c, b"shell")
greeting = s.outcome()[0]
s.send(bytes([CLOSE]) + u32(c))
tap.ok(b"nest/own" in greeting and b"nest/secret" not in greeting,
       "the greeting is for the one who signed", greeting)
out, status = said(s, b"upload-pack", b"own")
tap.ok(b"refs/heads/main" in out and status == 0, "who reads what is theirs", out)
out, status = said(s, b"upload-pack", b"secret")
tap.ok(b"ERR repository access denied. deployment key is not associated" in out
       and status == 1, "and nothing of the other's", out)
there, _ = out, said(s, b"upload-pack", b"nowhere")
tap.eq(_[0], there, "which looks as if it were not there")
out, status = said(s, b"receive-pack", b"own")
tap.ok(b"access via a deployment key is read-only" in out and status == 1,
       "nor is anything pushed", out)
s.close()

s = fresh()
s.offer(VICTIM)
shut("another's key with one's own signature", s, s.login(OWN, blob=VICTIM.blob))

# A key that is removed while it is used.
s = fresh()
tap.eq(s.offer(GOING), USERAUTH_PK_OK, "a key is shown")
revoke("going")
shut("removed before it signs, it", s, s.login(GOING))
s = fresh()
shut("and shown again, it", s, s.offer(GOING))

# Two channels of one connection, at the same time, with different rights.
s = fresh()
tap.eq(s.login(BOTH), USERAUTH_SUCCESS, "a key that reads two repositories")
channels = [s.channel(ours=n) for n in range(3)]
for c, repo in zip(channels, (b"own", b"other", b"secret")):
    s.ask(c, b"exec", string(b"git-upload-pack 'nest/%s.git'" % repo), False)
for c in channels:
    s.send(bytes([DATA]) + u32(c) + string(b"0000"))
    s.send(bytes([EOF]) + u32(c))
outs, closed = {0: b"", 1: b"", 2: b""}, 0
while closed < 3:
    p = s.expect(DATA, CLOSE)
    ours = struct.unpack(">I", p[1:5])[0]
    if p[0] == DATA:
        outs[ours] += Reader(p[5:]).string()
    else:
        closed += 1
        s.send(bytes([CLOSE]) + u32(channels[ours]))
tap.ok(b"refs/heads/main" in outs[0], "one channel reads the one", outs[0])
tap.ok(b"refs/heads/main" not in outs[1] and b"ERR" not in outs[1] and
       outs[1].startswith(b"00"), "another the other", outs[1])
tap.ok(b"ERR" in outs[2] and b"refs/" not in outs[2],
       "and a third is refused a third", outs[2])
revoke("both")
out, status = said(s, b"upload-pack", b"own", 3)
tap.ok(b"ERR" in out and b"refs/" not in out and status == 1,
       "removed, it opens nothing more on the same connection", out)
s.close()

# What is no signature, whoever comes.
s = fresh()
s.request(b"none")
shut("no method at all", s, s.answer())
s = fresh()
s.request(b"password", b"\0" + string(b"secret"))
shut("a password", s, s.answer())
s = fresh()
shut("another user name with the right key", s, s.login(OWN, user=b"root"))
s = Speaker(PORT, source=next(SOURCES)).handshake()
tap.ok(not opens(s), "a channel before a proof ends it")
s.close()
s = fresh()
s.offer(OWN)
tap.ok(not opens(s), "also when a key was shown")
s.close()
tap.finish()
