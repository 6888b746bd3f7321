# The power is cut while key pairs and servers are made, changed, followed and
# deleted: what was answered is so afterwards, what was ended stays ended, and a
# pair whose private half was on its way is dead. CUTS=100 cuts more often.
if [ -z "${OWN_MOUNTS:-}" ] && unshare -m true 2>/dev/null; then
	OWN_MOUNTS=yes exec unshare -m sh "$0"
fi
. "$(dirname "$0")/lib.sh"
patience=1200 # RSA keys of 4096 bits
CUTS=${CUTS:-10}
[ -n "${OWN_MOUNTS:-}" ] || skip_all "this user may not mount a filesystem"
command -v mkfs.ext4 >/dev/null || skip_all "there is no mkfs.ext4 here"
mkdir "$T/disk"
truncate -s 96M "$T/image"
mkfs.ext4 -q -F "$T/image" || skip_all "an ext4 image cannot be made here"
power_on() {
	mount -o loop,noatime "$T/image" "$T/disk" 2>"$T/mount.log"
}
power_off() {
	until_ok umount "$T/disk" || {
		echo "Bail out! the disk stays busy"
		exit 99
	}
}
power_on || skip_all "an image cannot be mounted here: $(head -n 1 "$T/mount.log")"
trap 'umount -l "$T/disk" 2>/dev/null; gone' EXIT
power "$T/disk" 2>"$T/mount.log" ||
	skip_all "power cannot be cut here: $(head -n 1 "$T/mount.log")"
power_off
power_on || exit 99
DATA=$T/disk/data
serve
P=/latchkey/v1/projects/nest/default

# One program asks all of it, over and over, and keeps what was answered; as soon
# as a file is there nothing counts any more. It also looks afterwards: what is
# not as it was answered is printed.
cat >"$T/work.py" <<'FILE2'
import base64, http.client, json, os, random, re, socket, sys, threading, time

order, host, key, line, kept, dark, stage = sys.argv[1:8]
at_host, port = host.split(":")
P = "/latchkey/v1/projects/nest/default"
AUTH = {"Authorization": "Basic " + base64.b64encode(
    b"iamapikey:" + key.encode()).decode(),
    "Content-Type": "application/json"}
# pairs: name -> fingerprint, or None: deleted. servers: name -> {key, seed,
# machine, old: [what was ended]}, or None: deleted. unsure: what was under way.
book = {"pairs": {}, "servers": {}, "halves": {}, "unsure": [], "acked": 0}
if os.path.exists(kept):
    book = json.load(open(kept))
lock = threading.Lock()


def ask(method, target, body=None, fields=AUTH):
    at = http.client.HTTPConnection(at_host, int(port), timeout=60)
    at.request(method, target, None if body is None else json.dumps(body),
               fields)
    answer = at.getresponse()
    said = answer.read().decode()
    at.close()
    return answer.status, said


def done(wanted, *args):
    """What was answered, when it still counts."""
    status, said = ask(*args)
    if os.path.exists(dark):
        raise SystemExit
    if status != wanted:
        raise RuntimeError(f"{args[:2]}: {status} {said}")
    book["acked"] += 1
    return json.loads(said) if said[:1] == "{" else said.strip()


def under_way(name):
    with lock:
        book["unsure"].append(name)
    return name


def over(name):
    with lock:
        book["unsure"].remove(name)


def pairs(stage):
    n = 0
    while True:
        n += 1
        name = under_way(f"p{stage}-{n}")
        made = done(201, "POST", P + "/keypairs", {"name": name})
        book["pairs"][name] = made["fingerprint_sha256"]
        over(name)
        if n % 2:
            continue
        under_way(name)
        done(204, "DELETE", P + "/keypairs/" + name)
        book["pairs"][name] = None
        over(name)


def token_of(made):
    return re.search(r"/metadata/([^/]+)/", made["seed"]["url"])[1]


def servers(stage):
    n = 0
    while True:
        n += 1
        name = under_way(f"s{stage}-{n}")
        it = {"key": "one-key", "ended": []}
        it["seed"] = token_of(done(201, "POST", P + "/servers",
                                   {"name": name, "keypair": "one-key"}))
        book["servers"][name] = it
        over(name)
        under_way(name)
        done(200, "PUT", f"{P}/servers/{name}/keypair", {"keypair": "two-key"})
        it["key"] = "two-key"
        over(name)
        if n % 4 == 0:
            under_way(name)
            new = token_of(done(200, "POST", f"{P}/servers/{name}/seed", {}))
            it["ended"].append("seed " + it["seed"])
            it["seed"] = new
            over(name)
        if n % 2 == 0:
            under_way(name)
            it["machine"] = done(200, "POST", f"/metadata/{it['seed']}/enrol",
                                 None, {})
            over(name)
        if n % 3 == 0:
            under_way(name)
            done(204, "DELETE", f"{P}/servers/{name}")
            it["ended"] += ["seed " + it["seed"]]
            if "machine" in it:
                it["ended"] += ["machine " + it["machine"]]
            it["key"] = None
            over(name)


def half(stage):
    """A pair whose private half is on its way, and stays there."""
    name = f"half-{stage}"
    body = json.dumps({"name": name, "type": "rsa", "bits": 4096})
    s = socket.socket()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
    s.connect((at_host, int(port)))
    s.sendall((f"POST {P}/keypairs HTTP/1.1\r\nHost: {host}\r\n"
               + "".join(f"{n}: {v}\r\n" for n, v in AUTH.items())
               + f"Content-Length: {len(body)}\r\n\r\n{body}").encode())
    got = b""
    while b"PRIVATE KEY-----\\n" not in got:
        more = s.recv(500)
        if not more:
            raise RuntimeError(f"the half of {name}: {got!r}")
        got += more
    book["halves"][name] = True
    open(f"{dark}.half", "w").close()
    time.sleep(600)


def run(worker):
    try:
        worker(stage)
    except (OSError, http.client.HTTPException, ValueError, KeyError) as e:
        if not os.path.exists(dark):
            print(f"{worker.__name__}: {e!r}", flush=True)
    except RuntimeError as e:
        if not os.path.exists(dark):
            print(f"{worker.__name__}: {e}", flush=True)


if order == "work":
    threads = [threading.Thread(target=run, args=(w,), daemon=True)
               for w in (pairs, servers, half)]
    for thread in threads:
        thread.start()
    while not os.path.exists(dark):
        time.sleep(0.01)
    for thread in threads[:2]:
        thread.join(60)
    book["halves"] = {n: True for n in book["halves"]}
    json.dump(book, open(kept, "w"))
    sys.exit()


def look(target):
    status, said = ask("GET", P + target)
    return json.loads(said) if status == 200 else None


def opens(what):
    kind, secret = what.split()
    status, said = ask("GET", f"/metadata/{secret}/meta-data", None, {}) \
        if kind == "seed" else ask("GET", "/machine/v1/authorized-keys", None,
                                   {"Authorization": "Bearer " + secret})
    return said if status == 200 else None


for name, wanted in book["pairs"].items():
    if name in book["unsure"]:
        continue
    there = look("/keypairs/" + name)
    if wanted is None and there is not None:
        print(f"the pair {name} was deleted and came back")
    if wanted is not None and (there is None or there["state"] != "alive"
                               or there["fingerprint_sha256"] != wanted):
        print(f"the pair {name} is {there and there['state']}")
for name in book["halves"]:
    there = look("/keypairs/" + name)
    if there is None or there["state"] != "dead":
        print(f"the half pair {name} is {there and there['state']}")
for name in book["unsure"]:
    there = look("/keypairs/" + name)
    if there is not None and there["state"] == "pending":
        print(f"the pair {name} is pending")
for name, it in book["servers"].items():
    for what in it["ended"]:
        if opens(what):
            print(f"{name}: an ended {what.split()[0]} opens")
    if name in book["unsure"]:
        continue
    there = look("/servers/" + name)
    if (there and there["key"]["keypair"]) != it["key"]:
        print(f"the server {name} has {there and there['key']['keypair']}"
              f" and not {it['key']}")
    if "machine" in it and it["key"] is not None:
        said = opens("machine " + it["machine"])
        if said is None or f"# key pair {it['key']}\n" not in said:
            print(f"{name}: its machine hears {said}")
print(f"{len(book['pairs'])} pairs, {len(book['servers'])} servers, "
      f"{len(book['halves'])} halves, {book['acked']} answers, "
      f"{len(book['unsure'])} unsure", file=sys.stderr)
FILE2
work() { # ORDER CUT
	/usr/bin/python3 "$T/work.py" "$1" "$HOST" "$(key_in "$T/apikey")" - \
		"$T/book" "$T/dark" "$2"
}
login
for name in one two; do
	make_key $name
	latchkey keypair import $name-key --key "$HOME/.ssh/$name.pub" >/dev/null
done

cut=0
: >"$T/wrong"
while [ $cut -lt "$CUTS" ]; do
	cut=$((cut + 1))
	rm -f "$T/dark" "$T/dark.half"
	work work $cut >"$T/work.log" 2>&1 &
	working=$!
	until_ok test -e "$T/dark.half" || echo "cut $cut: no half" >>"$T/wrong"
	sleep "$(awk -v r="$(od -An -N2 -tu2 /dev/urandom)" \
		'BEGIN { print (r % 100) / 100 }')"
	: >"$T/dark"
	power "$T/disk" || exit 99
	kill9
	wait $working
	cat "$T/work.log" >>"$T/wrong"
	power_off
	power_on || exit 99
	keep latchkeyd verify --data "$DATA" || {
		remark <"$T/said"
		echo "verify after cut $cut" >>"$T/wrong"
	}
	serve
	work look $cut >"$T/look" 2>"$T/look.sum"
	cat "$T/look" >>"$T/wrong"
done
remark <"$T/look.sum"
remark <"$T/wrong"
is "after $CUTS cuts all is as it was answered" "$(wc -l <"$T/wrong")" 0
is "and much was" "$(jq '.acked > 200' "$T/book")" true
is "with a private half on its way at each" "$(jq '.halves | length' "$T/book")" \
	"$CUTS"
ended() { # CUT: does the trail say what became of the half pair?
	latchkey audit --verb keypair.create --outcome 'done' --output json \
		--thing "key-pair:nest/default/half-$1" |
		jq -e --arg thing "/half-$1" 'any(.[]; .detail.state == "dead" and
			(.thing | endswith($thing)))' >/dev/null
}
is "whose ends are in the trail" "$(for n in $(seq "$CUTS"); do
	ended "$n" || echo "$n"
done)" ""
http GET "$P/keypairs?search=half" -u "iamapikey:$(key_in "$T/apikey")" >/dev/null
is "none is pending" "$(jq '[.keypairs[] | select(.state == "pending")] | length' \
	"$T/body")" 0
want "and a name of a dead one is free" latchkey keypair create half-1 \
	--out "$T/half-1.pem"
stop
want "all holds together" latchkeyd verify --deep --data "$DATA"
finish
