"""felt.py HOST:PORT < ASK: is a change felt by whoever asks after its reply?

ASK is JSON: "question" and "change" are requests {"method", "target",
"fields", "body"}, "old" and "new" regular expressions of "STATUS BODY". The
question is asked over several connections, over and over, while the change is
made. Each question that was sent after the reply to the change had come must be
answered anew, and each answer that came before the change was sent as of old;
nothing is answered in a third way, and no connection goes back. Prints what is
not so, and fails; the first line says how soon it was felt.
"""
import http.client
import json
import re
import sys
import threading
import time

ASKERS = 3
# Answers of each: before the change is sent, at most while it is under way, and
# afterwards. All of them together are fewer than the doors allow in a minute.
BEFORE, MEANWHILE, AFTER = 4, 12, 8
ask = json.load(sys.stdin)
old, new = re.compile(ask["old"], re.S), re.compile(ask["new"], re.S)
started = threading.Barrier(ASKERS + 1)
changed = threading.Event()
heard, wrong = [], []


def connect():
    host, port = sys.argv[1].split(":")
    at = http.client.HTTPConnection(host, int(port), timeout=60)
    at.connect()
    return at


def send(at, request):
    at.request(request["method"], request["target"], request.get("body"),
               request.get("fields", {}))
    answer = at.getresponse()
    return f"{answer.status} {answer.read().decode('utf-8', 'replace')}"


def asker():
    at, own, left = connect(), [], AFTER
    while left > 0:
        late = changed.is_set()
        sent = time.monotonic()
        said = send(at, ask["question"])
        own.append((sent, time.monotonic(), said))
        if len(own) == BEFORE:
            started.wait()
        left -= late
        if len(own) >= BEFORE + MEANWHILE:
            changed.wait(60)
        time.sleep(0.002)
    heard.append(own)


threads = [threading.Thread(target=asker, daemon=True) for _ in range(ASKERS)]
for thread in threads:
    thread.start()
at = connect()
started.wait(60)
begun = time.monotonic()
said = send(at, ask["change"])
done = time.monotonic()
changed.set()
for thread in threads:
    thread.join(60)
if said[0] != "2":
    wrong.append(f"the change: {said}")
if len(heard) != ASKERS:
    wrong.append("not all answers came")
for own in heard:
    turned = False
    for sent, came, said in own:
        is_old, is_new = bool(old.match(said)), bool(new.match(said))
        if is_old == is_new:
            wrong.append(f"an answer of neither kind: {said}")
        if is_old and sent > done:
            wrong.append(f"{1000 * (sent - done):.1f} ms late: {said}")
        if is_new and came < begun:
            wrong.append(f"too early: {said}")
        if is_old and turned:
            wrong.append(f"and back: {said}")
        turned = turned or is_new
first = [came for own in heard for _, came, said in own if new.match(said)]
felt = f"{1000 * (min(first) - begun):.1f} ms" if first else "never"
print(f"reply after {1000 * (done - begun):.1f} ms, felt after {felt}, "
      f"{sum(map(len, heard))} answers")
print("\n".join(wrong[:10]), end="\n" if wrong else "")
sys.exit(1 if wrong else 0)
