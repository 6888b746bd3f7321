"""flood.py PORT N SOURCES: N connections that prove nothing, from so many
addresses, kept open until standard input ends. Prints how many of them the
server speaks with and has not let go of, once it has begun with no other for a
second."""

import socket
import sys
import time

PORT, N, SOURCES = map(int, sys.argv[1:4])
held = []
for i in range(N):
    s = socket.socket()
    s.bind(("127.0.%d.%d" % (5 + (i % SOURCES) // 250,
                             1 + (i % SOURCES) % 250), 0))
    s.settimeout(5)
    try:
        s.connect(("127.0.0.1", PORT))
        s.sendall(b"SSH-2.0-flood\r\n")
        s.setblocking(False)
        held.append(s)
    except OSError:
        s.close()

greeted, gone, silent = set(), set(), 0
for _ in range(200):
    before = len(greeted)
    for s in held:
        try:
            said = s.recv(4096)
            greeted.update([s] if said.startswith(b"SSH-") else [])
            gone.update([s] if said == b"" else [])
        except BlockingIOError:
            pass
        except OSError:
            gone.add(s)
    silent = silent + 1 if len(greeted) == before else 0
    if silent == 10:
        break
    time.sleep(0.1)
print(len(greeted - gone))
sys.stdout.flush()
sys.stdin.read()
