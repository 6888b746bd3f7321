# Rows 4.6/1 to 4.6/10 and 4.6/14 of the catalogue of bad input, for access tokens:
# made with the server's own key, so that each is wrong in one thing alone. Access
# tokens have no aud: 4.6/9 is held by their issuer, for bearers in core/token_test.c.
# 4.6/11, /12 and /15 are in x05-tokens.t, 4.6/13 in i11-token-service.t.
. "$(dirname "$0")/lib.sh"
serve
login
access=$(latchkey iam oauth-tokens | sed -n 's/.*Bearer *//p')
curl -s "$URL/identity/keys" >"$T/jwks"
cat >"$T/forge.py" <<'EOF'
import base64, hashlib, hmac, json, subprocess, sys
token, pem, jwks, t = sys.argv[1:5]
N = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551
def b64(b):
    return base64.urlsafe_b64encode(b).rstrip(b"=").decode()
def raw(s):
    return base64.urlsafe_b64decode(s + "=" * (-len(s) % 4))
def text(o):
    return (o if isinstance(o, str) else json.dumps(o)).encode()
def run(*a, data=None):
    return subprocess.run(a, input=data, stdout=subprocess.PIPE, check=True).stdout
def pair(der):
    def number(at):
        n = der[at + 1]
        return int.from_bytes(der[at + 2:at + 2 + n], "big"), at + 2 + n
    r, at = number(2)
    return r, number(at)[0]
def sign(data, key=None, form="raw"):
    der = run("openssl", "dgst", "-sha256", "-sign", key or pem, data=data)
    r, s = pair(der)
    s = min(s, N - s)
    if form == "high":
        s = N - s
    if form == "der":
        return der
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")
head, body, sig = token.split(".")
H, B = json.loads(raw(head)), json.loads(raw(body))
good = raw(sig)
key = json.load(open(jwks))["keys"][0]
def es(h, b, **k):
    data = (b64(text(h)) + "." + b64(text(b))).encode()
    return data.decode() + "." + b64(sign(data, **k))
def hs(secret, h=None):
    data = b64(text(h or {"alg": "HS256", "typ": "JWT", "kid": H["kid"]})) + "." + body
    return data + "." + b64(hmac.new(secret, data.encode(), hashlib.sha256).digest())
def say(row, what, value):
    print(row, what.replace(" ", "_"), value, sep="\t")
def sigged(s):
    return head + "." + body + "." + b64(s)
def without(name, **more):
    b = {k: v for k, v in B.items() if k != name}
    b.update(more)
    return b
def twice(name, value):
    return json.dumps(B)[:-1] + ', "%s": %s}' % (name, json.dumps(value))

say("good", "made here", es(H, B))
spki = run("openssl", "pkey", "-in", pem, "-pubout")
der = run("openssl", "pkey", "-in", pem, "-pubout", "-outform", "DER")
point = der[-65:]
for what, secret in (("PEM", spki), ("PEM without its last line end", spki.strip()), ("DER", der),
        ("raw point", point), ("x and y", point[1:]), ("x", point[1:33]),
        ("base64", base64.b64encode(der)), ("the JWK", json.dumps(key).encode()),
        ("base64 of x", key["x"].encode()), ("nothing", b"")):
    say("4.6/1", "HS256 with " + what, hs(secret))
for alg in ("RS256", "ES384", "EdDSA", "PS256", "none", "None", "nOnE", "", "es256"):
    say("4.6/2", "alg " + (alg or "empty"), es(dict(H, alg=alg), B))
say("4.6/2", "no alg", es({k: v for k, v in H.items() if k != "alg"}, B))
say("4.6/2", "alg none without a signature", b64(text(dict(H, alg="none"))) + "." + body + ".")
own = t + "/own.pem"
run("openssl", "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", own)
p = run("openssl", "pkey", "-in", own, "-pubout", "-outform", "DER")[-64:]
jwk = {"kty": "EC", "crv": "P-256", "x": b64(p[:32]), "y": b64(p[32:]), "kid": H["kid"]}
say("4.6/3", "jwk", es(dict(H, jwk=jwk), B, key=own))
for name in ("jku", "x5u"):
    say("4.6/3", name, es(dict(H, **{name: "http://127.0.0.1:1/keys"}), B, key=own))
say("4.6/3", "x5c", es(dict(H, x5c=[base64.b64encode(der).decode()]), B, key=own))
say("4.6/3", "another key under our name", es(H, B, key=own))
for kid in ("../../vault/pepper", "/dev/null", H["kid"] + ".pem", "", "x' OR '1'='1", ["a"], 7, None):
    say("4.6/3", "kid %s" % (kid,), es(dict(H, kid=kid), B))
flip = bytearray(good)
flip[-1] ^= 1
n = N.to_bytes(32, "big")
for what, s in (("empty", b""), ("one bit off", bytes(flip)), ("r and s zero", bytes(64)),
        ("r zero", bytes(32) + good[32:]), ("s zero", good[:32] + bytes(32)),
        ("r is n", n + good[32:]), ("s is n", good[:32] + n), ("r and s n", n + n),
        ("r over n", b"\xff" * 32 + good[32:]), ("r and s one", (b"\0" * 31 + b"\1") * 2),
        ("DER", sign((head + "." + body).encode(), form="der")),
        ("the other s", sign((head + "." + body).encode(), form="high")),
        ("the other s of its own", good[:32] + (N - int.from_bytes(good[32:], "big")).to_bytes(32, "big")),
        ("truncated", good[:-1]), ("halved", good[:32]), ("doubled", good + good),
        ("a byte more", good + b"\0"), ("swapped", good[32:] + good[:32])):
    say("4.6/4", "signature " + what, sigged(s))
say("4.6/4", "not canonical base64", token[:-1] + chr(ord(token[-1]) ^ 1 if token[-1] not in "AZaz09-_" else ord("B")))
say("4.6/4", "padded", token + "==")
for more in ({"crit": ["exp"]}, {"crit": ["unknown"], "unknown": 1}, {"crit": []}, {"b64": False},
        {"b64": True}, {"zip": "DEF"}):
    say("4.6/5", "header " + json.dumps(more), es(dict(H, **more), B))
changed = b64(text(dict(B, iam_id="IBMid-0000000000")))
say("4.6/6", "another payload", head + "." + changed + "." + sig)
say("4.6/6", "another header", b64(text(dict(H, x=1))) + "." + body + "." + sig)
say("4.6/6", "in another order", body + "." + head + "." + sig)
for what, s in (("two parts", head + "." + body), ("four parts", token + ".x"),
        ("five parts", token + "." + body + "." + sig), ("an empty first", "." + body + "." + sig),
        ("an empty second", head + ".." + sig), ("dots", "." * 5000), ("one more dot", token + ".")):
    say("4.6/6", what, s)
now = B["iat"]
for what, exp in (("past by a second", now - 1), ("past by 61", now - 61), ("2^63", 2 ** 63), ("2^64", 2 ** 64),
        ("negative", -1), ("zero", 0), ("a text", str(now + 3600)), ("a fraction", now + 3600.5),
        ("null", None), ("true", True), ("a list", [now + 3600])):
    say("4.6/7", "exp " + what, es(H, dict(B, exp=exp)))
say("4.6/7", "no exp", es(H, without("exp")))
say("4.6/7", "exp NaN", es(H, json.dumps(dict(B, exp=float("nan")))))
say("4.6/7", "exp 1e400", es(H, json.dumps(B).replace('"exp": %d' % B["exp"], '"exp": 1e400')))
say("4.6/8", "nbf in 90 s", es(H, dict(B, nbf=now + 90)))
say("4.6/8", "iat in 90 s", es(H, dict(B, iat=now + 90)))
say("4.6/8", "iat after exp", es(H, dict(B, iat=B["exp"] + 1)))
say("4.6/8", "no iat", es(H, without("iat")))
for iss in ("", "http://127.0.0.1/identity", B["iss"] + "/", B["iss"][:-1], [B["iss"]], None):
    say("4.6/9", "iss %s" % (iss,), es(H, dict(B, iss=iss)))
for name, value in (("exp", B["exp"]), ("exp", B["exp"] + 9999), ("iam_id", B["iam_id"]),
        ("latchkey_cred", B["latchkey_cred"]), ("iss", B["iss"])):
    say("4.6/10", "%s twice" % name, es(H, twice(name, value)))
say("4.6/10", "kid twice", es(json.dumps(H)[:-1] + ', "kid": "%s"}' % H["kid"], B))
say("4.6/14", "another account", es(H, dict(B, account=dict(B["account"], bss="0" * 32))))
say("4.6/14", "another identity", es(H, dict(B, iam_id="IBMid-0000000000")))
say("4.6/14", "no account", es(H, without("account")))
say("4.6/14", "no jti", es(H, without("jti")))
for cred in ("", "session:", "session:C-0", "none:x", "api-key:" + "a" * 500, "operator:1"):
    say("4.6/14", "of %s" % (cred[:20] or "nothing"), es(H, dict(B, latchkey_cred=cred)))
EOF
/usr/bin/python3 "$T/forge.py" "$access" "$DATA"/vault/iam-*.pem "$T/jwks" "$T" >"$T/forged" ||
	{ echo "Bail out! nothing was forged"; exit 99; }
like "there is enough to try" "$(wc -l <"$T/forged")" '^1[0-9][0-9]$'
tab=$(printf '\t')
while IFS=$tab read -r row what token; do
	printf 'header = "Authorization: Bearer %s"\n' "$token" >"$T/curl"
	got=$(http GET /identity/userinfo -K "$T/curl")
	if [ "$row" = good ]; then
		is "a token $what is let in" "$got" 200
		continue
	fi
	is "$row $what" "$got" 401
	is "$row $what, at the registry" "$(http GET /v2/birds/x/tags/list -K "$T/curl")" 401
done <"$T/forged"

# Row 4.6/14 whole: another installation with equal names.
first=$HOST
stop
DATA=$T/second
rm -f "$T/apikey"
serve
is "4.6/14 the same address" "$HOST" "$first"
is "4.6/14 a token of another installation" \
	"$(http GET /identity/userinfo -H "Authorization: Bearer $access")" 401
is "alive" "$(http GET /healthz)" 200
is "quiet" "$(grep -c -F "$access" "$T/log")" 0
finish
