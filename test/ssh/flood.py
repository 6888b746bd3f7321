"""flood.py PORT N SOURCES: N connections that prove nothing, from so many
addresses, kept open until standard input ends."""

import socket
import sys

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
        if s.recv(4) == b"SSH-":
            held.append(s)
            continue
    except OSError:
        pass
    s.close()
print(len(held))
sys.stdout.flush()
sys.stdin.read()
