"""flood.py PORT N SOURCES: N connections that prove nothing, from so many
addresses, kept open until standard input ends. Prints how many of them the
server speaks with a second later."""

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
time.sleep(1)
greeted = 0
for s in held:
    try:
        greeted += s.recv(4) == b"SSH-"
    except OSError:
        pass
print(greeted)
sys.stdout.flush()
sys.stdin.read()
