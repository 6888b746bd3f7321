"""A client that speaks SSH exactly as badly as it is told to.

Curve25519, aes128-ctr and hmac-sha2-256-etm, so that sequence numbers matter.
Every step is a method of its own; what is sent is bytes."""

import hashlib
import hmac
import os
import socket
import struct

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.x25519 import (
    X25519PrivateKey, X25519PublicKey)
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

(DISCONNECT, IGNORE, UNIMPLEMENTED, DEBUG, SERVICE_REQUEST, SERVICE_ACCEPT,
 EXT_INFO) = range(1, 8)
KEXINIT, NEWKEYS, KEX_INIT, KEX_REPLY = 20, 21, 30, 31
(USERAUTH_REQUEST, USERAUTH_FAILURE, USERAUTH_SUCCESS,
 USERAUTH_BANNER) = range(50, 54)
USERAUTH_PK_OK = 60
GLOBAL_REQUEST, REQUEST_SUCCESS, REQUEST_FAILURE = 80, 81, 82
(OPEN, OPEN_OK, OPEN_FAILURE, WINDOW, DATA, EXTENDED, EOF, CLOSE, REQUEST,
 SUCCESS, FAILURE) = range(90, 101)

KEX = b"curve25519-sha256"
STRICT = b"kex-strict-c-v00@openssh.com"


class Gone(Exception):
    """The server has ended the connection."""


def u32(n):
    return struct.pack(">I", n)


def string(b):
    return u32(len(b)) + b


def mpint(b):
    b = b.lstrip(b"\0")
    return string(b"\0" + b if b and b[0] & 128 else b)


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, n):
        self.at += n
        return self.data[self.at - n:self.at]

    def u8(self):
        return self.take(1)[0]

    def u32(self):
        return struct.unpack(">I", self.take(4))[0]

    def string(self):
        return self.take(self.u32())


class Key:
    """A private key of OpenSSH's, and how it signs."""

    def __init__(self, path):
        with open(path, "rb") as f:
            self.key = serialization.load_ssh_private_key(f.read(), None)
        with open(path + ".pub") as f:
            words = f.read().split()
        import base64
        self.type, self.blob = words[0].encode(), base64.b64decode(words[1])
        self.algorithm = (b"rsa-sha2-256" if self.type == b"ssh-rsa"
                          else self.type)

    def sign(self, data, algorithm=None):
        algorithm = algorithm or self.algorithm
        if isinstance(self.key, ed25519.Ed25519PrivateKey):
            made = self.key.sign(data)
        elif isinstance(self.key, rsa.RSAPrivateKey):
            digest = {b"ssh-rsa": hashes.SHA1(),
                      b"rsa-sha2-256": hashes.SHA256(),
                      b"rsa-sha2-512": hashes.SHA512()}[algorithm]
            made = self.key.sign(data, padding.PKCS1v15(), digest)
        else:
            raise ValueError("no such key here")
        return string(algorithm) + string(made)


class Speaker:
    def __init__(self, port, host="127.0.0.1", source=None, timeout=20):
        self.sock = socket.create_connection(
            (host, port), timeout, (source, 0) if source else None)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.out_seq = self.in_seq = 0
        self.seal = self.open = None
        self.strict = False
        self.session_id = None
        self.version = b"SSH-2.0-speaker"

    def close(self):
        self.sock.close()

    # --- bytes ---------------------------------------------------------------

    def raw(self, data):
        try:
            self.sock.sendall(data)
        except (ConnectionError, BrokenPipeError) as e:
            raise Gone(str(e))

    def read(self, n):
        data = b""
        while len(data) < n:
            try:
                more = self.sock.recv(n - len(data))
            except ConnectionError as e:
                raise Gone(str(e))
            if not more:
                raise Gone("end")
            data += more
        return data

    def line(self):
        data = b""
        while not data.endswith(b"\n"):
            data += self.read(1)
        return data

    def versions(self, ours=None):
        if ours is not None:
            self.version = ours
        self.raw(self.version + b"\r\n")
        while True:
            line = self.line()
            if line.startswith(b"SSH-"):
                self.server_version = line.rstrip(b"\r\n")
                return line

    def frame(self, payload):
        """The packet, as it goes over the wire now."""
        block = 16 if self.seal else 8
        head = 0 if self.seal else 4
        pad = block - (head + 1 + len(payload)) % block
        pad += block if pad < 4 else 0
        body = bytes([pad]) + payload + os.urandom(pad)
        data = u32(len(body)) + body
        if self.seal:
            cipher, key = self.seal
            data = u32(len(body)) + cipher.update(body)
            data += hmac.new(key, u32(self.out_seq) + data,
                             hashlib.sha256).digest()
        self.out_seq = (self.out_seq + 1) & 0xffffffff
        return data

    def send(self, payload):
        self.raw(self.frame(payload))

    def recv(self):
        head = self.read(4)
        length = struct.unpack(">I", head)[0]
        if length > 300000:
            raise Gone("not a packet: %r" % head)
        body = self.read(length)
        if self.open:
            cipher, key = self.open
            mac = self.read(32)
            if mac != hmac.new(key, u32(self.in_seq) + head + body,
                               hashlib.sha256).digest():
                raise ValueError("wrong MAC")
            body = cipher.update(body)
        self.in_seq = (self.in_seq + 1) & 0xffffffff
        return body[1:len(body) - body[0]]

    def expect(self, *numbers):
        """The next packet with one of these numbers; a disconnect ends it."""
        while True:
            p = self.recv()
            if p[0] == DISCONNECT and DISCONNECT not in numbers:
                raise Gone("disconnect")
            if p[0] in numbers:
                return p

    def ended(self, seconds=5):
        """Does the server end it, whatever it says before?"""
        self.sock.settimeout(seconds)
        try:
            while True:
                if not self.sock.recv(65536):
                    return True
        except ConnectionError:
            return True
        except socket.timeout:
            return False

    # --- key exchange --------------------------------------------------------

    def kexinit(self, kex=KEX + b"," + STRICT, host=b"ssh-ed25519",
                cipher=b"aes128-ctr", mac=b"hmac-sha2-256-etm@openssh.com",
                follows=0):
        lists = [kex, host, cipher, cipher, mac, mac, b"none", b"none", b"",
                 b""]
        return (bytes([KEXINIT]) + os.urandom(16) +
                b"".join(map(string, lists)) + bytes([follows]) + u32(0))

    def exchange_init(self, **how):
        self.our_init = self.kexinit(**how)
        self.send(self.our_init)
        self.their_init = self.expect(KEXINIT)
        r = Reader(self.their_init)
        r.take(17)
        self.their_kex = r.string().split(b",")
        self.strict = (STRICT in self.our_init and
                       b"kex-strict-s-v00@openssh.com" in self.their_kex)

    def exchange_keys(self, point=None):
        secret = X25519PrivateKey.generate()
        ours = secret.public_key().public_bytes(
            serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        self.send(bytes([KEX_INIT]) + string(ours if point is None else point))
        r = Reader(self.expect(KEX_REPLY))
        r.u8()
        host, theirs, _ = r.string(), r.string(), r.string()
        shared = secret.exchange(X25519PublicKey.from_public_bytes(theirs))
        h = hashlib.sha256(
            string(self.version) + string(self.server_version) +
            string(self.our_init) + string(self.their_init) + string(host) +
            string(ours) + string(theirs) + mpint(shared)).digest()
        self.session_id = self.session_id or h
        self.pending = (mpint(shared), h)

    def derive(self, letter, n):
        k, h = self.pending
        return hashlib.sha256(k + h + letter + self.session_id).digest()[:n]

    def exchange_done(self):
        self.send(bytes([NEWKEYS]))
        aes = algorithms.AES
        self.seal = (Cipher(aes(self.derive(b"C", 16)), modes.CTR(
            self.derive(b"A", 16))).encryptor(), self.derive(b"E", 32))
        self.out_seq = 0 if self.strict else self.out_seq
        self.expect(NEWKEYS)
        self.open = (Cipher(aes(self.derive(b"D", 16)), modes.CTR(
            self.derive(b"B", 16))).decryptor(), self.derive(b"F", 32))
        self.in_seq = 0 if self.strict else self.in_seq

    def handshake(self, **how):
        self.versions()
        self.exchange_init(**how)
        self.exchange_keys()
        self.exchange_done()
        return self

    # --- logging in ----------------------------------------------------------

    def service(self, name=b"ssh-userauth"):
        self.send(bytes([SERVICE_REQUEST]) + string(name))
        return self.expect(SERVICE_ACCEPT)

    def request(self, method, rest=b"", user=b"git",
                service=b"ssh-connection"):
        self.send(bytes([USERAUTH_REQUEST]) + string(user) + string(service) +
                  string(method) + rest)

    def answer(self):
        """The number of the answer to a request to log in."""
        return self.expect(USERAUTH_FAILURE, USERAUTH_SUCCESS,
                           USERAUTH_PK_OK)[0]

    def offer(self, key, user=b"git", algorithm=None):
        self.request(b"publickey", b"\0" + string(algorithm or key.algorithm) +
                     string(key.blob), user)
        return self.answer()

    def signed(self, key, user=b"git", service=b"ssh-connection",
               algorithm=None, over=None, blob=None, signer=None,
               named=None):
        """The rest of a request with a signature; over: parts of what is
        signed that differ from what is sent."""
        algorithm = algorithm or key.algorithm
        blob = blob or key.blob
        over = over or {}
        data = (string(over.get("session", self.session_id)) +
                bytes([USERAUTH_REQUEST]) +
                string(over.get("user", user)) +
                string(over.get("service", service)) + string(b"publickey") +
                b"\1" + string(over.get("algorithm", algorithm)) +
                string(over.get("blob", blob)))
        made = (signer or key).sign(data, named)
        return b"\1" + string(algorithm) + string(blob) + string(made)

    def login(self, key, user=b"git", **how):
        self.request(b"publickey", self.signed(key, user, **how), user)
        return self.answer()

    def enter(self, key):
        """All of it."""
        self.handshake()
        self.service()
        if self.offer(key) != USERAUTH_PK_OK:
            raise Gone("not offered")
        if self.login(key) != USERAUTH_SUCCESS:
            raise Gone("not let in")
        return self

    # --- channels ------------------------------------------------------------

    def channel(self, kind=b"session", ours=0, window=1 << 21, most=32768,
                rest=b""):
        self.send(bytes([OPEN]) + string(kind) + u32(ours) + u32(window) +
                  u32(most) + rest)
        p = self.expect(OPEN_OK, OPEN_FAILURE)
        if p[0] == OPEN_FAILURE:
            return None
        return struct.unpack(">I", p[5:9])[0]

    def ask(self, channel, what, rest=b"", reply=True):
        self.send(bytes([REQUEST]) + u32(channel) + string(what) +
                  bytes([int(reply)]) + rest)
        return self.expect(SUCCESS, FAILURE)[0] if reply else None

    def exec(self, channel, command):
        return self.ask(channel, b"exec", string(command))

    def outcome(self):
        """(standard output, standard error, exit status) of a channel."""
        out = err = b""
        status = None
        while True:
            p = self.recv()
            if p[0] == DATA:
                out += Reader(p[5:]).string()
            elif p[0] == EXTENDED:
                err += Reader(p[9:]).string()
            elif p[0] == REQUEST:
                r = Reader(p[5:])
                if r.string() == b"exit-status":
                    r.u8()
                    status = r.u32()
            elif p[0] == CLOSE:
                return out, err, status
            elif p[0] == DISCONNECT:
                raise Gone("disconnect")
