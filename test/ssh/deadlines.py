"""deadlines.py PORT KEY LOG: every wait ends. The listener has --command 2
--idle 10 --keepalive 1 --grace 2 --rekey 1000000."""

import sys
import time

from speaker import *
import tap

PORT, KEY, LOG = int(sys.argv[1]), Key(sys.argv[2]), sys.argv[3]
SOURCES = tap.sources()
UPLOAD = b"git-upload-pack 'team/repo.git'"


def fresh(source):
    return Speaker(PORT, source=source).enter(KEY)


def why(source):
    """What the log says of that connection's end."""
    for _ in range(50):
        with open(LOG) as f:
            for line in f:
                if "ssh_end addr=%s " % source in line:
                    return line.split("why=")[1].split()[0]
        time.sleep(0.1)
    return None


def answering(s, seconds):
    """Answers questions for so long, or up to the end: what was told on
    standard error, and whether it was ended."""
    until, err = time.monotonic() + seconds, b""
    while time.monotonic() < until:
        s.sock.settimeout(max(0.05, until - time.monotonic()))
        try:
            p = s.recv()
        except TimeoutError:
            continue
        except Gone:
            return err, True
        if p[0] == GLOBAL_REQUEST:
            s.send(bytes([REQUEST_FAILURE]))
        elif p[0] == EXTENDED:
            err += Reader(p[9:]).string()
        elif p[0] == CLOSE:
            return err, True
    return err, False


at = next(SOURCES)
s = Speaker(PORT, source=at).handshake()
tap.ok(s.ended(20), "who proves nothing is sent away")
tap.eq(why(at), "grace", "as too slow")

at = next(SOURCES)
s = fresh(at)
tap.ok(answering(s, 20)[1], "who asks for nothing is sent away")
tap.eq(why(at), "command", "as idle")

at = next(SOURCES)
s = fresh(at)
c = s.channel()
tap.ok(answering(s, 20)[1], "an open channel asks for nothing")
tap.eq(why(at), "command", "and that is idle, too")

at = next(SOURCES)
s = fresh(at)
c = s.channel()
s.exec(c, UPLOAD)
tap.ok(not answering(s, 6)[1], "who is waited for and answers stays")
err, ended = answering(s, 20)
tap.ok(ended and b"ended by the server" in err,
       "up to the end of patience, which is told", err)
s.close()
tap.eq(why(at), "idle", "as no byte moved")

at = next(SOURCES)
s = fresh(at)
c = s.channel()
s.exec(c, UPLOAD)
tap.ok(s.ended(20), "who does not answer is gone")
tap.eq(why(at), "silent", "and is not waited for")
tap.finish()
