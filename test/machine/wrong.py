"""wrong.py PORT FOLDER [CERTIFICATE KEY]: whatever else may stand where latchkeyd
stood. FOLDER/answer names what the next clients get; FOLDER/log has one line for
each request."""

import os
import socket
import ssl
import sys
import threading
import time

PORT, FOLDER = int(sys.argv[1]), sys.argv[2]
HTML = b"<html><title>Welcome</title>Log in to use this network.</html>"
KEY = open(os.path.join(FOLDER, "key")).read().strip().encode()
MAGIC = b"# latchkey authorized-keys 1\n"
GOOD = MAGIC + KEY + b"\n"
NO = b"# latchkey refused unknown\n# There is nothing here.\n"


def reply(status, body, head=b"", length=None):
    length = len(body) if length is None else length
    return (b"HTTP/1.1 %s\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n"
            b"%s\r\n%s" % (status, length, head, body))


ANSWERS = {
    "portal": reply(b"200 OK", HTML),
    "portal-403": reply(b"403 Forbidden", HTML),
    "portal-404": reply(b"404 Not Found", HTML),
    "redirect": reply(b"302 Found", b"", b"Location: http://127.0.0.1:1/\r\n"),
    "busy": reply(b"503 Busy", b"# latchkey refused busy\n"),
    "often": reply(b"429 Often", b"# latchkey refused often\n"),
    "forwarded": reply(b"403 No", b"# latchkey refused forwarded\n"),
    "failed": reply(b"500 Failed", b"# latchkey refused unknown\n"),
    "cut": reply(b"200 OK", GOOD, length=len(GOOD) + 1),
    "cut-line": reply(b"200 OK", GOOD[:-9]),
    "no-length": b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + GOOD,
    "two-lengths": reply(b"200 OK", GOOD, b"Content-Length: 1\r\n"),
    "gzip": reply(b"200 OK", GOOD, b"Content-Encoding: gzip\r\n"),
    "large": reply(b"200 OK", MAGIC + b"#" * 70000 + b"\n"),
    "endless": b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 100000,
    "options": reply(b"200 OK", MAGIC + b'command="id" ' + KEY + b"\n"),
    "authority": reply(b"200 OK", MAGIC + b"cert-authority " + KEY + b"\n"),
    "escape": reply(b"200 OK", MAGIC + KEY + b" \x1b[2J\n"),
    "html-inside": reply(b"200 OK", GOOD + HTML + b"\n"),
    "empty": b"",
    "ssh": b"SSH-2.0-OpenSSH_9.2\r\n",
    # These two are as latchkeyd would say it.
    "chunks": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s"
              b"\r\n0\r\n\r\n" % (len(GOOD), GOOD),
    "no": reply(b"403 No", NO),
}


def serve(conn):
    try:
        if len(sys.argv) > 3:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(sys.argv[3], sys.argv[4])
            conn = context.wrap_socket(conn, server_side=True)
        conn.settimeout(20)
        asked = b""
        while b"\r\n\r\n" not in asked:
            more = conn.recv(4096)
            if not more:
                return
            asked += more
        with open(os.path.join(FOLDER, "log"), "a") as log:
            log.write(asked.decode("latin-1").split("\r\n")[0] + "\n")
        with open(os.path.join(FOLDER, "answer")) as f:
            word = f.read().strip()
        if word == "silent":
            time.sleep(20)
        elif word == "drip":
            for byte in ANSWERS["chunks"]:
                conn.sendall(bytes([byte]))
                time.sleep(0.3)
        else:
            conn.sendall(ANSWERS[word])
    except (OSError, ssl.SSLError):
        pass
    finally:
        conn.close()


with socket.create_server(("127.0.0.1", PORT), backlog=100) as listener:
    open(os.path.join(FOLDER, "ready"), "w").close()
    while True:
        threading.Thread(target=serve, args=(listener.accept()[0],),
                         daemon=True).start()
