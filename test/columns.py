"""columns.py FOLDER: everything that an installation keeps, as somebody would try
it who has a copy of it.

Prints each value of each column of each table of FOLDER/latchkey.db, and what
the other files below FOLDER hold, whole and word by word; each also in hex and
in base64, and 32 bytes also in the shape of our own tokens, whose checksum says
nothing. One a line, in base64, each once.
"""
import base64
import os
import re
import sqlite3
import sys
import urllib.parse
import zlib

LONGEST = 4096  # of what fits into the head of a request
DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
seen = set()


def base62(n, width):
    text = ""
    for _ in range(width):
        n, digit = divmod(n, 62)
        text = DIGITS[digit] + text
    return text


def token(kind, digest):
    text = f"lk_{kind}_" + base62(int.from_bytes(digest, "big"), 43)
    return text + base62(zlib.crc32(text.encode()), 6)


def tell(value):
    """What is in value, in each of its shapes."""
    shapes = [value, value.hex().encode(), base64.b64encode(value),
              base64.urlsafe_b64encode(value).rstrip(b"=")]
    if len(value) == 32:
        shapes += [token(kind, value).encode() for kind in "arism"]
    for shape in shapes:
        if 0 < len(shape) <= LONGEST:
            seen.add(shape)


def tell_text(text):
    tell(text)
    try:
        if re.fullmatch(rb"[0-9a-fA-F]{16,}", text):
            tell(bytes.fromhex(text.decode()))
        elif re.fullmatch(rb"[A-Za-z0-9+/_=-]{22,}", text):
            tell(base64.urlsafe_b64decode(
                text.translate(bytes.maketrans(b"+/", b"-_")) + b"=="))
    except ValueError:
        pass


def database(path):
    name = urllib.parse.quote(path)
    db = sqlite3.connect(f"file:{name}?mode=ro", uri=True)
    db.text_factory = bytes
    tables = [row[0].decode() for row in db.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table'")]
    for table in tables:
        for row in db.execute(f'SELECT * FROM "{table}"'):
            for value in row:
                if isinstance(value, bytes):
                    tell_text(value)
                elif value is not None:
                    tell(str(value).encode())
    return len(tables)


tables = database(os.path.join(sys.argv[1], "latchkey.db"))
for folder, _, names in os.walk(sys.argv[1]):
    for name in names:
        if name.startswith("latchkey.db"):
            continue
        tell(name.encode())
        with open(os.path.join(folder, name), "rb") as file:
            content = file.read(64 * 1024)
        tell(content)
        for word in content.split():
            tell_text(word)
for value in sorted(seen):
    print(base64.b64encode(value).decode())
print(f"{tables} tables, {len(seen)} values", file=sys.stderr)
