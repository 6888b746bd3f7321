"""transport.py PORT KEY LISTENER: what comes before anybody has a name."""

import sys

from speaker import *
import tap
from procs import memory, MOST

PORT, KEY, LISTENER = int(sys.argv[1]), Key(sys.argv[2]), sys.argv[3]
SOURCES = tap.sources()
GRACE = 2  # seconds, as the scene has set it


def fresh():
    return Speaker(PORT, source=next(SOURCES))


def cut(what, s, seconds=GRACE + 3):
    tap.ok(s.ended(seconds), what)
    s.close()


def raw(what, data):
    s = fresh()
    try:
        s.raw(data)
    except Gone:
        pass
    cut(what, s)


# Versions.
s = fresh()
cut("whoever says nothing goes at the end of the grace", s)
raw("a version of 1 MiB", b"SSH-2.0-" + b"x" * (1 << 20) + b"\r\n")
raw("lines without end", b"hello\r\n" * 200000)
raw("a version with a zero in it", b"SSH-2.0-a\0b\r\n")
raw("SSH-1.5", b"SSH-1.5-old\r\n")
raw("SSH-3.0", b"SSH-3.0-new\r\n")
raw("no version", b"SSH-2.0-\r")
raw("another protocol", b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
s = fresh()
s.raw(b"SSH-2.0-slow")
cut("half a version goes at the end of the grace", s)

# Key exchange.


def init(what, follow=b"", **how):
    s = fresh()
    try:
        s.versions()
        s.send(s.kexinit(**how))
        s.raw(follow)
    except Gone:
        pass
    cut(what, s)


NO = b"none-of-this@example"
init("a list of exchanges that is empty", kex=b"")
init("one that holds no known name", kex=NO)
init("only weak exchanges", kex=b"diffie-hellman-group1-sha1,"
     b"diffie-hellman-group14-sha1,diffie-hellman-group-exchange-sha1")
init("only weak ciphers", cipher=b"3des-cbc,aes128-cbc,arcfour,none")
init("only weak MACs", mac=b"hmac-sha1,hmac-md5,hmac-sha1-96,none")
init("SHA-1 for the host key", host=b"ssh-rsa,ssh-dss")
init("no cipher", cipher=b"")
init("lists of 64 KiB", kex=b"a" * 65536)
init("lists of 200 KiB", kex=(b"x," * 100000)[:-1])
init("a list with zeros", kex=b"\0" * 64)
init("a list of commas", kex=b"," * 4096)
for wrong, what in ((b"", "nothing at all"), (b"\0" * 4, "a short packet"),
                    (u32(0xffffffff) + b"x" * 64, "a packet of 4 GiB"),
                    (u32(8) + b"\xff" + b"x" * 7, "more padding than packet")):
    raw("instead of a packet: " + what, b"SSH-2.0-x\r\n" + wrong + b"\0" * 60)
s = fresh()
s.versions()
s.send(bytes([KEXINIT]) + b"x" * 9)
cut("half a list", s)

for point, what in ((b"\0" * 32, "zero"), (b"\1" + b"\0" * 31, "one"),
                    (bytes.fromhex("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c"
                                   "32b1fd866205165f49b800"), "of low order"),
                    (b"x" * 31, "too short"), (b"x" * 33, "too long"),
                    (b"", "empty"), (b"\xec" + b"\xff" * 30 + b"\x7f",
                                     "p - 1")):
    s = fresh()
    s.versions()
    s.exchange_init()
    try:
        s.exchange_keys(point)
        tap.ok(False, "a point that is " + what)
    except (Gone, ValueError):
        tap.ok(True, "a point that is " + what)
    s.close()
for point, what in ((b"\4" + b"\0" * 64, "zero"), (b"\0", "infinity"),
                    (b"\4" + b"\1" * 64, "not on the curve")):
    s = fresh()
    s.versions()
    s.exchange_init(kex=b"ecdh-sha2-nistp256")
    s.send(bytes([KEX_INIT]) + string(point))
    cut("a point of P-256 that is " + what, s)

# A guess that was wrong is skipped, once.
s = fresh()
s.versions()
s.our_init = s.kexinit(kex=b"ecdh-sha2-nistp256," + KEX + b"," + STRICT,
                       follows=1)
s.send(s.our_init)
s.send(bytes([KEX_INIT]) + string(b"wrong guess"))
s.their_init = s.expect(KEXINIT)
s.close()
tap.ok(True, "a wrong guess may follow")
s = fresh()
s.versions()
s.exchange_init()
try:
    for i in range(10000):
        s.send(s.kexinit(follows=1))
except Gone:
    pass
cut("ten thousand more lists", s)

# Terrapin (CVE-2023-48795): with strict exchange, nothing may be slipped in,
# and sequence numbers begin anew. The latter is what every handshake here
# checks: the MAC covers them.
s = fresh()
s.versions()
s.exchange_init()
tap.ok(s.strict, "the exchange is strict")
s.send(bytes([IGNORE]) + string(b"x"))
cut("nothing is ignored while keys are exchanged", s)
s = fresh()
s.versions()
s.send(bytes([IGNORE]) + string(b"x"))
try:
    s.exchange_init()
    s.exchange_keys()
    s.exchange_done()
    s.service()
    tap.ok(False, "nor before")
except (Gone, ValueError):
    tap.ok(True, "nor before")
s.close()
s = fresh()
s.versions()
s.exchange_init(kex=KEX)
s.exchange_keys()
s.exchange_done()
s.service()
tap.eq(s.login(KEY), USERAUTH_SUCCESS, "who does not know strict gets in")
s.close()

# Floods before a proof.


def flood(what, payload, begin):
    s = begin()
    most = 0
    sent = 0
    try:
        while sent < 1000000:
            s.raw(b"".join(s.frame(payload) for i in range(500)))
            sent += 500
            if sent % 20000 == 500:
                most = max(most, memory(LISTENER))
    except Gone:
        pass
    tap.ok(sent < 1000000, "a million of %s are cut at %d" % (what, sent))
    tap.ok(most < MOST, "in bounded memory: %d KiB" % most)
    s.close()


def handshaken():
    return fresh().handshake()


flood("IGNORE", bytes([IGNORE]) + string(b"x" * 16), handshaken)
flood("DEBUG", bytes([DEBUG, 1]) + string(b"x") + string(b""), handshaken)
flood("UNIMPLEMENTED", bytes([UNIMPLEMENTED]) + u32(1), handshaken)
flood("PING", bytes([192]) + string(b"x" * 16), handshaken)
flood("requests for the service",
      bytes([SERVICE_REQUEST]) + string(b"ssh-userauth"), handshaken)

s = fresh()
s.handshake()
s.service()
tap.eq(s.login(KEY), USERAUTH_SUCCESS, "after all this, the right one gets in")
s.close()
tap.finish()
