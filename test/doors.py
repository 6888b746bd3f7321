"""doors.py HOST:PORT USER GIT < VALUES: does a value open any door?

VALUES has one value a line, in base64. Each is shown at every door of HTTP in
every way in which a secret could be: as password of each user name, as bearer,
as key, in a path, in a form. USER is somebody whose password it could be: only
the values that begin with "!" are tried as that, since such tries are slow and
few are let through. GIT is the path of a repository. Prints a line "DOOR VALUE"
for each door that opened or broke; anything but a clear no is one of these.
"""
import base64
import http.client
import queue
import re
import sys
import threading
import urllib.parse

host, port = sys.argv[1].split(":")
user, git = sys.argv[2:4]
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
NO = (400, 401, 403, 404, 429, 431)
work, out = queue.Queue(), []


def basic(name, value):
    return {"Authorization": "Basic " + base64.b64encode(
        name.encode() + b":" + value).decode()}


def doors(value):
    """(what it is, method, target, fields, form) of each."""
    for name in ("iamapikey", "iambearer", "iamrefresh", "token", "nobody"):
        yield f"registry as {name}", "GET", "/v2/", basic(name, value), None
        yield f"token service as {name}", "GET", \
            "/oauth/token?service=registry", basic(name, value), None
    for path in ("/latchkey/v1/whoami", "/api/v1/namespaces", "/2.0/user",
                 git + "/info/refs?service=git-upload-pack"):
        yield f"password at {path}", "GET", path, basic("iamapikey", value), None
    word = urllib.parse.quote_from_bytes(value, safe="")
    yield "seed", "GET", f"/metadata/{word}/meta-data", {}, None
    yield "seed", "POST", f"/metadata/{word}/enrol", {}, None
    if re.fullmatch(rb"[\x21-\x7e]+", value):
        text = value.decode()
        for path in ("/v2/", "/latchkey/v1/whoami", "/api/v1/namespaces",
                     "/2.0/user", "/machine/v1/authorized-keys"):
            yield f"bearer at {path}", "GET", path, \
                {"Authorization": "Bearer " + text}, None
        yield "bare", "GET", "/api/v1/namespaces", {"Authorization": text}, None
        yield "IAM-ApiKey", "GET", "/v1/apikeys/details", \
            {"IAM-ApiKey": text, "Authorization": "Bearer " + text}, None
    yield "API key", "POST", "/identity/token", FORM, \
        {"grant_type": "urn:ibm:params:oauth:grant-type:apikey",
         "apikey": value}
    yield "refresh token", "POST", "/identity/token", FORM, \
        {"grant_type": "refresh_token", "refresh_token": value}
    yield "registry's refresh token", "POST", "/oauth/token", FORM, \
        {"grant_type": "refresh_token", "service": "registry",
         "refresh_token": value}


def password(value):
    yield "password", "POST", "/identity/token", FORM, \
        {"grant_type": "password", "username": user, "password": value}


def show(number, line):
    """All doors, from an address of its own: others' guesses count for them."""
    value = base64.b64decode(line.lstrip("!"))
    number += 2
    source = f"127.{100 + number // 65536}.{number // 256 % 256}.{number % 256}"
    at = http.client.HTTPConnection(host, int(port), timeout=60,
                                    source_address=(source, 0))
    tries = list(password(value) if line[0] == "!" else doors(value))
    for what, method, target, fields, form in tries:
        body = None if form is None else urllib.parse.urlencode(form)
        at.request(method, target, body, dict(fields))
        answer = at.getresponse()
        answer.read()
        if answer.status not in NO:
            out.append(f"{what} {answer.status} {value!r}")
    at.close()
    return len(tries)


tried = []


def worker():
    while True:
        try:
            number, line = work.get_nowait()
        except queue.Empty:
            return
        try:
            tried.append(show(number, line))
        except OSError as e:
            out.append(f"{e!r} {line}")


for job in enumerate(sys.stdin.read().split()):
    work.put(job)
threads = [threading.Thread(target=worker) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print("\n".join(out))
print(f"{len(tried)} values, {sum(tried)} tries", file=sys.stderr)
