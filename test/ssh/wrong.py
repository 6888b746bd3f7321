"""wrong.py PORT KEY SOURCE N: so many connections with six wrong signatures."""

import sys

from speaker import *

n = 0
for i in range(int(sys.argv[4])):
    s = Speaker(int(sys.argv[1]), source=sys.argv[3]).handshake()
    s.service()
    try:
        for j in range(6):
            s.offer(Key(sys.argv[2]))
            s.login(Key(sys.argv[2]), over={"user": b"x"})
    except Gone:
        pass
    n += s.ended()
    s.close()
print(n)
