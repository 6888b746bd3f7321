"""numbers.py PORT KEY: every message number in every state before a proof.
Only what belongs there gets anybody further."""

import sys

from speaker import *
import tap

PORT, KEY = int(sys.argv[1]), Key(sys.argv[2])
SOURCES = tap.sources()


def versions():
    s = Speaker(PORT, source=next(SOURCES))
    s.versions()
    s.expect(KEXINIT)
    return s


def inits():
    s = Speaker(PORT, source=next(SOURCES))
    s.versions()
    s.exchange_init()
    return s


def keys():
    return Speaker(PORT, source=next(SOURCES)).handshake()


def service():
    s = keys()
    s.service()
    return s


def probed():
    s = service()
    if s.offer(KEY) != USERAUTH_PK_OK:
        raise ValueError("not offered")
    return s


# What the server may say to a stranger, in any state; and the numbers that are
# part of the protocol there, which are tried elsewhere.
HARMLESS = {DISCONNECT, UNIMPLEMENTED, SERVICE_ACCEPT, EXT_INFO, KEXINIT,
            NEWKEYS, KEX_REPLY, USERAUTH_FAILURE, USERAUTH_BANNER,
            USERAUTH_PK_OK}
STATES = [(versions, "after the versions"), (inits, "while keys are exchanged"),
          (keys, "after keys were exchanged"),
          (service, "after the service was accepted"),
          (probed, "between a probe and a signature")]
# As each would be understood if anybody listened.
BODY = {
    SERVICE_REQUEST: string(b"ssh-connection"),
    SERVICE_ACCEPT: string(b"ssh-userauth"),
    USERAUTH_REQUEST: string(b"git") + string(b"ssh-connection") +
    string(b"none"),
    GLOBAL_REQUEST: string(b"tcpip-forward") + b"\1" + string(b"") + u32(0),
    OPEN: string(b"session") + u32(0) + u32(1 << 20) + u32(32768),
    DATA: u32(0) + string(b"x"),
    REQUEST: u32(0) + string(b"exec") + b"\1" +
    string(b"git-upload-pack 'team/repo.git'"),
}


def answers(s):
    """Numbers of what comes, up to the end or a silence."""
    seen = []
    s.sock.settimeout(0.05)
    try:
        while True:
            seen.append(s.recv()[0])
    except (Gone, socket.timeout, ValueError):
        return seen


def attempt(state, number):
    s = state()
    seen = set()
    try:
        s.send(bytes([number]) + BODY.get(number, b""))
        s.send(bytes([OPEN]) + BODY[OPEN])
        s.send(bytes([REQUEST]) + BODY[REQUEST])
        seen = set(answers(s))
    except Gone:
        pass
    s.close()
    return seen - HARMLESS


for state, words in STATES:
    odd = {}
    for number in range(256):
        got = attempt(state, number)
        if got:
            odd[number] = got
    tap.eq(odd, {}, "no number gets anybody in %s" % words)

s = probed()
tap.eq(s.login(KEY), USERAUTH_SUCCESS, "but the right ones do")
tap.finish()
