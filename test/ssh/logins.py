"""logins.py PORT OWN VICTIM STRANGER RSA: who gets in, and as whom."""

import sys

from speaker import *
import tap

PORT = int(sys.argv[1])
OWN, VICTIM, STRANGER, RSA = map(Key, sys.argv[2:6])
SOURCES = tap.sources()


def fresh():
    s = Speaker(PORT, source=next(SOURCES)).handshake()
    s.service()
    return s


def greeting(s):
    c = s.channel()
    s.ask(c, b"shell")
    return s.outcome()[0]


def refused(what, *steps):
    """The last step's answer is a no, and no channel opens after it."""
    s = fresh()
    try:
        for step in steps:
            got = step(s)
        tap.eq(got, USERAUTH_FAILURE, what)
        s.send(bytes([OPEN]) + string(b"session") + u32(0) + u32(1 << 20) +
               u32(32768))
        tap.ok(s.ended(), what + ", and nothing opens")
    except Gone as e:
        tap.ok(False, what, e)
    s.close()


def asks(method, rest=b"", **how):
    def step(s):
        s.request(method, rest, **how)
        return s.answer()
    return step


def probes(key, **how):
    return lambda s: s.offer(key, **how)


def signs(key, **how):
    return lambda s: s.login(key, **how)


# Who may come in, as whom.
s = fresh()
tap.eq(s.login(OWN), USERAUTH_SUCCESS, "a signature without a probe is enough")
tap.ok(b"deploy key" in greeting(s), "and tells who it was")
s.close()
for name in (b"rsa-sha2-256", b"rsa-sha2-512"):
    s = fresh()
    s.offer(RSA)
    tap.eq(s.login(RSA, algorithm=name), USERAUTH_SUCCESS,
           "RSA with %s gets in" % name.decode())
    s.close()
s = fresh()
tap.eq(s.offer(VICTIM), USERAUTH_PK_OK, "somebody else's key is offered")
tap.eq(s.login(OWN), USERAUTH_SUCCESS, "and another one signs")
tap.ok(b"deploy key" in greeting(s), "that is who comes in")
s.close()
s = fresh()
s.request(b"publickey", s.signed(OWN, blob=VICTIM.blob))
tap.ok(s.ended(), "another's key with one's own signature does not")
s.close()

# What is signed must be what was asked for, here and now.
probe = probes(OWN)
refused("a signature over another session", probe,
        signs(OWN, over={"session": b"x" * 32}))
refused("a signature over another user", probe,
        signs(OWN, over={"user": b"root"}))
refused("a signature over another service", probe,
        signs(OWN, over={"service": b"ssh-userauth"}))
refused("a signature over another algorithm", probes(RSA),
        signs(RSA, over={"algorithm": b"rsa-sha2-512"}))
refused("a signature over another key", probe,
        signs(OWN, over={"blob": VICTIM.blob}))
refused("a signature by another key", probe, signs(OWN, signer=STRANGER))
old = fresh()
replay = old.signed(OWN)
old.close()
refused("a signature of another connection", probe,
        asks(b"publickey", replay))
refused("a request for another service", probe,
        asks(b"publickey", b"\0" + string(OWN.algorithm) + string(OWN.blob),
             service=b"ssh-shell"))

# Algorithms and names.
refused("RSA with SHA-1", probes(RSA),
        signs(RSA, algorithm=b"ssh-rsa", named=b"ssh-rsa"))
refused("RSA with SHA-1 under the name of SHA-2", probes(RSA),
        signs(RSA, named=b"ssh-rsa"))
refused("a key that nobody knows", signs(STRANGER))
refused("a probe of one", probes(STRANGER))
refused("another user name, though the key is right",
        signs(OWN, user=b"root"))
refused("a probe under another name", probes(OWN, user=b"root"))
refused("a name with a zero in it", asks(b"none"), signs(OWN, user=b"git\0"))
refused("an empty name", signs(OWN, user=b""))
refused("something that is no key", probe,
        asks(b"publickey", b"\0" + string(b"ssh-ed25519") + string(b"x")))
refused("a certificate", probe,
        asks(b"publickey", b"\0" +
             string(b"ssh-ed25519-cert-v01@openssh.com") +
             string(string(b"ssh-ed25519-cert-v01@openssh.com") +
                    string(b"n" * 32) + OWN.blob[-36:] + b"\0" * 60)))

# Other ways to log in.
refused("none", asks(b"none"))
refused("a password", asks(b"password", b"\0" + string(b"secret")))
refused("keyboard-interactive", asks(b"keyboard-interactive",
                                     string(b"") + string(b"")))
refused("hostbased", asks(b"hostbased", string(b"ssh-ed25519") +
                          string(OWN.blob) + string(b"h") + string(b"u") +
                          string(b"s")))
s = fresh()
s.request(b"gssapi-with-mic", u32(1) +
          string(b"\x06\x09\x2a\x86\x48\x86\xf7\x12\x01\x02\x02"))
tap.eq(s.answer(), USERAUTH_FAILURE, "gssapi is refused")
s.close()
s = fresh()
s.request(b"none")
p = s.expect(USERAUTH_FAILURE)
tap.eq(Reader(p[1:]).string(), b"publickey", "keys are the only way")
s.close()
s = Speaker(PORT, source=next(SOURCES)).handshake()
s.request(b"none")
tap.ok(s.ended(), "nobody logs in before the service was asked for")
s.close()


# Counting.
def until_end(s, attempt, most):
    """How many no's, and the banner that came with the end."""
    n, banner = 0, b""
    try:
        while n < most:
            attempt(s)
            while True:
                p = s.expect(USERAUTH_FAILURE, USERAUTH_BANNER)
                if p[0] == USERAUTH_FAILURE:
                    break
                banner += Reader(p[1:]).string()
            n += 1
    except Gone:
        pass
    return n, banner


s = fresh()
s.offer(STRANGER)
n, banner = until_end(
    s, lambda s: s.request(b"publickey", s.signed(STRANGER)), 100)
tap.eq(n, 6, "six signatures of nobody end it")
s = fresh()
s.offer(OWN)
n, banner = until_end(s, lambda s: s.request(
    b"publickey", s.signed(OWN, over={"user": b"x"})), 100)
tap.eq(n, 6, "as do six wrong ones")
s.close()
s = fresh()
n, banner = until_end(s, lambda s: s.request(
    b"publickey",
    b"\0" + string(b"ssh-ed25519") +
    string(string(b"ssh-ed25519") + string(os.urandom(32)))), 1000)
tap.eq(n, 33, "thirty-two keys may be shown, and no more")
tap.ok(b"IdentitiesOnly" in banner, "and people are told what to do", banner)
s.close()
s = fresh()
for i in range(31):
    s.request(b"publickey", b"\0" + string(b"ssh-ed25519") +
              string(string(b"ssh-ed25519") + string(os.urandom(32))))
    s.answer()
s.offer(OWN)
tap.eq(s.login(OWN), USERAUTH_SUCCESS, "the thirty-second may be the right one")
s.close()
s = fresh()
n, banner = until_end(s, lambda s: s.request(b"none"), 1000)
tap.ok(n <= 33, "nobody may ask for ever: %d" % n)
s.close()
tap.finish()
