# Key pairs and servers over REST: every route, good and bad, and each answer
# as doc/openapi.json has it.
. "$(dirname "$0")/lib.sh"
serve

# Every answer is kept, to be held against the description at the end.
mkdir "$T/answers"
: >"$T/list"
api() { # METHOD PATH [JSON], as $who: the status
	verb=$1 path=/latchkey/v1$2
	shift 2
	[ $# -eq 0 ] || set -- -H 'Content-Type: application/json' -d "$1"
	answer=$(http "$verb" "$path" -u "iamapikey:$who" "$@")
	kept=$T/answers/$(wc -l <"$T/list")
	cp "$T/body" "$kept"
	echo "$verb $path $answer $kept" >>"$T/list"
	echo "$answer"
}
of() { # FILTER: from the last reply's body
	jq -r "$1" "$T/body"
}
code() {
	of .error.code
}
both() { # METHOD PATH [JSON]: status and code
	echo "$(api "$@") $(code)"
}
seen() { # FILTER METHOD PATH [JSON]: status, and what is in the body
	filter=$1
	shift
	echo "$(api "$@") $(of "$filter")"
}
P=/projects/nest/default
who=$(key_in "$T/apikey")
owner=$who

# --- the description --------------------------------------------------------

is "the description is there for all" "$(http GET /latchkey/v1/openapi.json)" 200
want "byte for byte" cmp "$T/body" "$ROOT/doc/openapi.json"
is "as JSON" "$(head_of Content-Type)" application/json
is "with no other method" "$(http POST /latchkey/v1/openapi.json)" 405

# --- names ------------------------------------------------------------------

for name in '' a ab abcdefghijklmnopqrstu 'a b' 'ä-1' 'a\n-' 'a\u0000b' 'a\tb' \
	'a\\b' 'a\"b' "a'b" $(printf '%s\n' '!' '#' '$' '%' '&' '(' ')' '\*' '+' ',' . / \
	: ';' '<' = '>' '\?' @ '\[' ']' '^' _ '`' '{' '|' '}' '~' | sed 's/\\//; s/.*/a&b/'); do
	is "no pair is called $(printf %s "$name" | tr '\\' .)" \
		"$(both POST $P/keypairs "{\"name\":\"$name\"}")" \
		"400 invalid_request"
done
is "a byte that is no text" "$(both POST $P/keypairs \
	"$(printf '{"name":"a\377b"}')")" "400 invalid_request"
for name in abc ABCDEFGHIJKLMNOPQRST a-- --- 0-9; do
	is "a pair may be called $name" \
		"$(api POST $P/keypairs "{\"name\":\"$name\"}")" 201
	is "and is" "$(of .name)" "$name"
done
is "a name is taken in any case" "$(both POST $P/keypairs '{"name":"ABC"}')" \
	"409 conflict"

# --- making -----------------------------------------------------------------

# Does a private key belong to the last reply's public one? Ed25519 in PKCS#8 is
# openssl's to read, the others are ssh's.
belongs() { # FILE
	if grep -q 'BEGIN PRIVATE KEY' "$1"; then
		openssl pkey -in "$1" -pubout -outform DER | tail -c 32 | base64
		of .public_key | cut -d ' ' -f 2 | base64 -d | tail -c 32 | base64
	else
		ssh-keygen -y -P '' -f "$1" | cut -d ' ' -f 1,2
		of .public_key | cut -d ' ' -f 1,2
	fi | sort -u | wc -l
}
made() { # WHAT JSON TYPE BITS LABEL: made, and what ssh-keygen says of it
	is "$1" "$(api POST $P/keypairs "$2")" 201
	is "  never to be stored" "$(head_of Cache-Control)" no-store
	(umask 077 && of .private_key | sed '$d' >"$T/private")
	is "  its form" "$(head -n 1 "$T/private")" "-----BEGIN $5-----"
	is "  both halves belong together" "$(belongs "$T/private")" 1
	rm -f "$T/private"
	is "  its type and bits" "$(of '"\(.type) \(.bits)"')" "$3 $4"
	of .public_key >"$T/public"
	is "  SHA256" "$(ssh-keygen -lf "$T/public" | cut -d ' ' -f 2)" \
		"$(of .fingerprint_sha256)"
	is "  MD5" "$(ssh-keygen -E md5 -lf "$T/public" | cut -d ' ' -f 2)" \
		"$(of .fingerprint_md5)"
	is "  the picture" "$(ssh-keygen -lvf "$T/public" | tail -n +2)" \
		"$(of .randomart | sed '/^$/d')"
	is "  its comment is its name" "$(of .comment)" "$(of .name)"
	is "  alive, made, trusted by nobody" \
		"$(of '"\(.state) \(.origin) \(.servers)"')" "alive made 0"
	is "  the private half comes last" \
		"$(of 'keys_unsorted[-2:] | join(" ")')" "format private_key"
}
made "ed25519 by itself" '{"name":"ed-1"}' ssh-ed25519 256 "OPENSSH PRIVATE KEY"
made "ed25519 as PEM" '{"name":"ed-2","type":"ed25519","bits":256,"format":"pem"}' \
	ssh-ed25519 256 "PRIVATE KEY"
made "rsa by itself" '{"name":"rsa-1","type":"rsa"}' ssh-rsa 3072 \
	"OPENSSH PRIVATE KEY"
made "rsa, small, as PEM" '{"name":"rsa-2","type":"rsa","bits":2048,"format":"pem"}' \
	ssh-rsa 2048 "RSA PRIVATE KEY"
made "rsa, large" '{"name":"rsa-4","type":"rsa","bits":4096,"format":"openssh"}' \
	ssh-rsa 4096 "OPENSSH PRIVATE KEY"
made "ecdsa by itself" '{"name":"ec-1","type":"ecdsa"}' ecdsa-sha2-nistp256 256 \
	"OPENSSH PRIVATE KEY"
made "ecdsa, as PEM" '{"name":"ec-2","type":"ecdsa","bits":256,"format":"pem"}' \
	ecdsa-sha2-nistp256 256 "EC PRIVATE KEY"
made "ecdsa, large" '{"name":"ec-3","type":"ecdsa","bits":384,"format":"pem"}' \
	ecdsa-sha2-nistp384 384 "EC PRIVATE KEY"
public=$(cat "$T/public")

for body in '{}' '[]' 'null' '"abc"' '{"name":1}' '{"name":null}' '{"name":' '' \
	'{"name":"bad","name":"bad"}' '{"name":"bad","color":1}' \
	'{"name":"bad","type":"dsa"}' '{"name":"bad","type":"RSA"}' \
	'{"name":"bad","type":1}' '{"name":"bad","bits":2048}' \
	'{"name":"bad","type":"rsa","bits":2047}' \
	'{"name":"bad","type":"rsa","bits":1024}' \
	'{"name":"bad","type":"rsa","bits":8192}' \
	'{"name":"bad","type":"rsa","bits":"2048"}' \
	'{"name":"bad","type":"rsa","bits":2048.0}' \
	'{"name":"bad","type":"ecdsa","bits":521}' \
	'{"name":"bad","format":"ppk"}' '{"name":"bad","format":""}' \
	'{"name":"bad","private_key":"x"}' '{"name":"bad","comment":"x"}' \
	"{\"name\":\"bad\",\"public_key\":\"$public\",\"type\":\"ecdsa\"}" \
	"{\"name\":\"bad\",\"public_key\":\"$public\",\"format\":\"pem\"}"; do
	is "refused: $(printf %.60s "$body")" "$(both POST $P/keypairs "$body")" \
		"400 invalid_request"
done
is "a body that is no JSON by its type" "$(http POST /latchkey/v1$P/keypairs \
	-u "iamapikey:$who" -d '{"name":"bad"}')" 415
is "a body that is coded" "$(printf '{"name":"bad"}' | gzip |
	http POST /latchkey/v1$P/keypairs -u "iamapikey:$who" --data-binary @- \
	-H 'Content-Type: application/json' -H 'Content-Encoding: gzip')" 415
is "a method that is none" "$(http PUT /latchkey/v1$P/keypairs \
	-u "iamapikey:$who")" 405
is "nothing is left of all these" "$(api GET $P/keypairs/bad)" 404
size_is() { # BYTES: the status of a body of that size, sent with its length
	printf '{"name":"bad"%*s}' $(($1 - 14)) '' >"$T/large"
	echo "$(http POST /latchkey/v1$P/keypairs/ -u "iamapikey:$who" \
		-H 'Content-Type: application/json' "$2" \
		--data-binary @"$T/large") $(code)"
}
is "a body of 64 KiB" "$(size_is 65536 -HX-Length:yes)" "201 null"
is "can be deleted" "$(api DELETE $P/keypairs/bad)" 204
is "one byte more" "$(size_is 65537 -HX-Length:yes)" "413 too_large"
is "in chunks, too" "$(size_is 65537 -HTransfer-Encoding:chunked)" "413 too_large"
is "which may have 64 KiB" \
	"$(size_is 65536 -HTransfer-Encoding:chunked)" "201 null"
is "once" "$(size_is 65536 -HTransfer-Encoding:chunked)" "409 conflict"

# --- importing --------------------------------------------------------------

cat >"$T/keys.py" <<'FILE'
import base64, json, random

def text(b): return len(b).to_bytes(4, "big") + b
def mpint(n): return text(n.to_bytes(n.bit_length() // 8 + 1, "big"))
def line(kind, *parts):
    blob = text(kind.encode()) + b"".join(parts)
    return kind + " " + base64.b64encode(blob).decode()
def rsa(e, n): return line("ssh-rsa", mpint(e), mpint(n))
def ed(b): return line("ssh-ed25519", text(b))
def ec(kind, curve, point):
    return line("ecdsa-sha2-" + kind, text(curve.encode()), text(point))
def is_prime(n):
    d, s = n - 1, 0
    while d % 2 == 0:
        d, s = d // 2, s + 1
    for a in range(2, 40):
        x = pow(a, d, n)
        if x in (1, n - 1):
            continue
        for _ in range(s - 1):
            x = x * x % n
            if x == n - 1:
                break
        else:
            return False
    return True
def prime(n):
    n |= 1
    while any(n % p == 0 for p in (3, 5, 7, 11, 13, 17, 19)) or not is_prime(n):
        n += 2
    return n
r = random.Random(1)
odd = lambda bits: 1 << (bits - 1) | r.getrandbits(bits - 2) << 1 | 1
p, q = prime(odd(1024) | 1 << 1022), prime(odd(1024) | 1 << 1022)
good = rsa(65537, p * q)
body = good.split()[1]
G = bytes.fromhex("046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945"
    "d898c2964fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5")
good_ec = ec("nistp256", "nistp256", G)
neg = text(b"\x80" + bytes(255) + b"\x01")
zeros = text(b"\x00\x00" + (p * q).to_bytes(256, "big"))
rows = [
 ("private_key_given", "a private key", "-----BEGIN OPENSSH PRIVATE KEY-----\nSECRETSECRET\n-----END OPENSSH PRIVATE KEY-----\n"),
 ("private_key_given", "an RSA private key", "-----BEGIN RSA PRIVATE KEY-----\nSECRETSECRET\n"),
 ("private_key_given", "a PKCS#8 private key", "-----BEGIN PRIVATE KEY-----\nSECRETSECRET\n"),
 ("private_key_given", "a locked private key", "-----BEGIN ENCRYPTED PRIVATE KEY-----\nSECRETSECRET\n"),
 ("private_key_given", "PuTTY's private key", "PuTTY-User-Key-File-3: ssh-ed25519\nPrivate-Lines: 1\nSECRETSECRET\n"),
 ("private_key_given", "a private key behind a public one", good + "\n-----BEGIN OPENSSH PRIVATE KEY-----\nSECRETSECRET\n"),
 ("several_keys", "two lines", good + "\n" + good),
 ("several_keys", "two keys in a line", good + " " + good),
 ("several_keys", "a line behind the line", good + "\nssh-rsa x"),
 ("options_given", "options", 'command="x" ' + good),
 ("weak_key", "RSA of 512 bits", rsa(65537, odd(512))),
 ("weak_key", "RSA of 1024 bits", rsa(65537, odd(1024))),
 ("weak_key", "RSA of 2047 bits", rsa(65537, odd(2047))),
 ("weak_key", "an exponent of 1", rsa(1, p * q)),
 ("weak_key", "an exponent of 2", rsa(2, p * q)),
 (("weak_key", "compromised_key", "invalid_key"), "an even modulus", rsa(65537, p * q - 1)),
 ("invalid_key", "a negative modulus", line("ssh-rsa", mpint(65537), neg)),
 ("invalid_key", "zeros before the modulus", line("ssh-rsa", mpint(65537), zeros)),
 ("invalid_key", "RSA of 16385 bits", rsa(65537, odd(16385))),
 ("unsupported_key_type", "DSA", line("ssh-dss", mpint(p), mpint(q), mpint(2), mpint(3))),
 ("invalid_key", "a point beside the curve", ec("nistp256", "nistp256", G[:-1] + b"\x00")),
 ("invalid_key", "the point at infinity", ec("nistp256", "nistp256", b"\x00")),
 ("invalid_key", "another curve's name", ec("nistp256", "nistp384", G)),
 ("invalid_key", "31 bytes of Ed25519", ed(bytes(range(31)))),
 ("invalid_key", "33 bytes of Ed25519", ed(bytes(range(33)))),
 (("invalid_key", "weak_key", "compromised_key"), "a point of small order", ed(bytes(32))),
 ("compromised_key", "a small factor", rsa(65537, 3 * odd(2047))),
 ("compromised_key", "primes too close together", rsa(65537, p * prime(p + 2))),
 ("compromised_key", "a modulus that is a prime", rsa(65537, prime(odd(2048)))),
 (("invalid_base64", "invalid_key"), "a blank in the base64", "ssh-rsa " + body[:50] + " " + body[50:]),
 ("invalid_base64", "another alphabet", "ssh-rsa " + body[:100] + "-_" + body[102:]),
 ("invalid_base64", "no padding", line("ssh-ed25519", text(b"x")).rstrip("=")),
 ("invalid_base64", "spare bits that are set", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AB=="),
 (("invalid_comment", "invalid_request"), "NUL in the comment", good + " a\0b"),
 ("several_keys", "a line end in the comment", good + " a\nb"),
 ("invalid_comment", "ESC in the comment", good + " \x1b[2J"),
 ("invalid_comment", "text that turns around", good + " \u202e"),
 ("unsupported_format", "PKCS#8", "-----BEGIN PUBLIC KEY-----\nMIIB\n"),
 ("unsupported_format", "RFC 4716", "---- BEGIN SSH2 PUBLIC KEY ----\nAAAA\n"),
 ("unsupported_format", "PuTTY", "PuTTY-User-Key-File-3: ssh-ed25519\nPublic-Lines: 2\n"),
 ("unsupported_format", "PGP", "-----BEGIN PGP PUBLIC KEY BLOCK-----\n"),
 ("certificate_given", "a certificate", "ssh-rsa-cert-v01@openssh.com AAAA"),
 ("no_key", "nothing", ""),
 ("no_key", "a line end", "\n"),
 ("invalid_key", "a type alone", "ssh-ed25519"),
 ("key_too_long", "a line of 16 KiB and one", good + " " + "c" * (16384 - len(good))),
]
for code, what, key in rows:
    codes = " ".join(code) if isinstance(code, tuple) else code
    print(json.dumps({"codes": codes, "what": what, "key": key}))
for name, key in (("rsa", good), ("ec", good_ec),
                  ("long", good + " " + "c" * (16383 - len(good))),
                  ("html", good_ec + " <script>alert(1)</script>"),
                  ("hangul", good_ec + " 부엉이@둥지")):
    open(name + ".key", "w", encoding="utf-8").write(key)
FILE
(cd "$T" && /usr/bin/python3 keys.py >keys.json)
while IFS= read -r row; do
	what=$(printf %s "$row" | jq -r .what)
	printf %s "$row" | jq -c '{name: "bad", public_key: .key}' >"$T/ask"
	answer=$(both POST $P/keypairs "@$T/ask")
	first=${answer%% *}
	case " $(printf %s "$row" | jq -r .codes) " in
	*" ${answer#* } "*) answer="refused as it should be" ;;
	esac
	is "$what is refused" "$answer" "refused as it should be"
	case $what in
	*16\ KiB*) is "  as too large" "$first" 413 ;;
	*private*) is "  and not repeated" "$(grep -c SECRET "$T/body")" 0 ;;
	esac
done <"$T/keys.json"
is "no private key is in the log" "$(grep -c SECRET "$T/log")" 0
is "nothing is left of all these" "$(api GET $P/keypairs/bad)" 200
is "the pair was there before" "$(of .origin)" made
head -c 1048576 /dev/zero | tr '\0' A >"$T/mib"
jq -n --rawfile key "$T/mib" '{name: "mib", public_key: $key}' >"$T/ask"
is "a key of 1 MiB" "$(both POST $P/keypairs "@$T/ask")" "413 too_large"
jq -n --rawfile key "$T/rsa.key" '{name: "c64", public_key: ($key + " " +
	("c" * 65536))}' >"$T/ask"
is "a comment of 64 KiB" "$(both POST $P/keypairs "@$T/ask")" "413 too_large"
printf '{"name":"abc-9","public_key":"%s \377"}' "$(cat "$T/rsa.key")" >"$T/ask"
is "a comment that is no text" "$(both POST $P/keypairs "@$T/ask")" \
	"400 invalid_request"

import() { # NAME FILE
	jq -n --arg name "$1" --rawfile key "$2" \
		'{name: $name, public_key: $key}' >"$T/ask"
	api POST $P/keypairs "@$T/ask"
}
for kind in rsa ec html hangul long; do
	is "a good key: $kind" "$(import "in-$kind" "$T/$kind.key")" 201
	is "  imported, with no private half" \
		"$(of '"\(.origin) \(.state) \(has("private_key"))"')" \
		"imported alive false"
	is "  as it was given" "$(of .public_key | cut -d ' ' -f 1,2)" \
		"$(cut -d ' ' -f 1,2 "$T/$kind.key")"
done
is "a long comment is cut" "$(of '.comment | length')" 255
is "each in one line" "$(seen \
	'[.keypairs[] | select(.public_key | test("\n"))] | length' \
	GET "$P/keypairs?search=in-")" "200 0"
is "the same key under another name" "$(import in-again "$T/ec.key")" 201
is "another key under the same name" "$(import IN-EC "$T/rsa.key")" 409

# --- lists ------------------------------------------------------------------

for i in $(seq -w 1 250); do
	[ "$i" = 001 ] || echo next
	cat <<-EOF
		url = "$URL/latchkey/v1$P/keypairs"
		user = "iamapikey:$who"
		header = "Content-Type: application/json"
		data = "$(jq -cn --arg n "page-$i" --rawfile k "$T/ec.key" \
			'{name: $n, public_key: $k}' | sed 's/"/\\"/g')"
		output = "/dev/null"
		write-out = "%{http_code}\n"
	EOF
done >"$T/many"
is "250 more" "$(curl -s -K "$T/many" | sort | uniq -c | tr -s ' ')" " 250 201"
pages() { # QUERY: all names, page by page, and how many pages that took
	after='' n=0
	: >"$T/names"
	while :; do
		n=$((n + 1))
		[ "$(api GET "$P/keypairs?$1${after:+&after=$after}")" = 200 ] ||
			break
		of '.keypairs[].name' >>"$T/names"
		after=$(of '.next // empty')
		[ -n "$after" ] || break
	done
	echo "$n $(wc -l <"$T/names") $(sort -u "$T/names" | wc -l)"
}
is "in pages of 100" "$(pages 'search=page-')" "3 250 250"
is "in order" "$(cat "$T/names")" "$(seq -f 'page-%03g' 1 250)"
is "in pages of 50" "$(pages 'search=page-&limit=50' | cut -d ' ' -f 2-)" "250 250"
is "in pages of 1" "$(pages 'search=PAGE-00&limit=1' | cut -d ' ' -f 2-)" "9 9"
is "in one" "$(pages 'search=page-&limit=1000')" "1 250 250"
is "without a word all of them" "$(pages 'limit=1000')" "1 270 270"
is "what nothing is called" "$(pages 'search=owl')" "1 0 0"
is "what nothing can be called" "$(pages 'search=%25')" "1 0 0"
for query in limit=0 limit=1001 limit=x limit= 'limit=1&limit=2' \
	'search=a&search=b' 'after=a&after=b'; do
	is "a bad page: $query" "$(both GET "$P/keypairs?$query")" \
		"400 invalid_request"
done

# --- one --------------------------------------------------------------------

is "one by its name" "$(api GET $P/keypairs/ED-1)" 200
id=$(of .id)
is "has its picture" "$(of '.randomart | split("\n") | length')" 12
is "and no private half" "$(of 'has("private_key")')" false
is "by its id" "$(seen .name GET $P/keypairs/$id)" "200 ed-1"
is "in the account by its id" "$(api GET "/projects/$(api GET /whoami >/dev/null
	of .account)/default/keypairs/$id")" 200
is "in another project" "$(both GET /projects/nest/none/keypairs/$id)" \
	"404 not_found"
is "a name that nobody can have" "$(both GET $P/keypairs/a%2Fb)" "404 not_found"
is "another method" "$(http PUT /latchkey/v1$P/keypairs/ed-1 \
	-u "iamapikey:$who")" 405

# --- servers ----------------------------------------------------------------

is "a server" "$(api POST $P/servers '{"name":"web-1","keypair":"ed-1"}')" 201
is "never to be stored" "$(head_of Cache-Control)" no-store
token=$(of .seed.url | sed -n 's,.*/metadata/\(.*\)/$,\1,p')
like "with a token" "$token" '^lk_s_'
is "in a URL" "$(of .seed.url)" "$URL/metadata/$token/"
is "and for a kernel" "$(of .seed.kernel)" \
	"ds=nocloud-net;s=$(of .seed.url);i=$(of .id);h=web-1"
server=$(of .id)
is "its state" "$(of '"\(.state) \(.seed.state) \(.follows)"')" "new open false"
is "the key is the pair's" "$(of .key.keypair_id)" "$id"
is "shown" "$(api GET $P/servers/WEB-1)" 200
is "without the token" "$(grep -c lk_s_ "$T/body")" 0
is "by its id" "$(seen .name GET $P/servers/$server)" "200 web-1"
is "the pair is in use" "$(seen .servers GET $P/keypairs/ed-1)" "200 1"
is "by that server" "$(seen '.servers[].name' GET $P/keypairs/ed-1/servers)" \
	"200 web-1"
print=$(api GET $P/keypairs/ed-1 >/dev/null; of .fingerprint_sha256)
none=$(api GET $P/keypairs/ec-1 >/dev/null; of .fingerprint_sha256)
trusts() { # FINGERPRINT
	api GET "$P/servers?trusts=$(printf %s "$1" | jq -Rr @uri)"
}
is "the other way around" "$(trusts "$print") $(of '.servers[].name')" "200 web-1"
is "by the digits alone" "$(trusts "${print#SHA256:}") $(of '.servers[].name')" \
	"200 web-1"
is "and for a key that none trusts" "$(trusts "$none") $(of '.servers | length')" \
	"200 0"
for query in trusts= trusts=MD5:00 trusts=SHA256:x 'trusts=a&trusts=b' limit=0; do
	is "a bad list: $query" "$(both GET "$P/servers?$query")" \
		"400 invalid_request"
done
for body in '{}' '{"name":"x"}' '{"keypair":"ed-1"}' \
	'{"name":"-x","keypair":"ed-1"}' '{"name":"x-","keypair":"ed-1"}' \
	'{"name":"x.y","keypair":"ed-1"}' '{"name":"","keypair":"ed-1"}' \
	"{\"name\":\"$(printf 'x%.0s' $(seq 64))\",\"keypair\":\"ed-1\"}" \
	'{"name":"x","keypair":""}' '{"name":"x","keypair":"ed-1","color":1}' \
	'{"name":"x","keypair":"ed-1","user_data":"%"}' \
	'{"name":"x","keypair":"ed-1","user_data":"YQ"}' \
	'{"name":"x","keypair":"ed-1","seed_life":59}' \
	'{"name":"x","keypair":"ed-1","seed_life":0}' \
	'{"name":"x","keypair":"ed-1","seed_life":2592001}' \
	'{"name":"x","keypair":"ed-1","seed_life":"60"}'; do
	is "refused: $(printf %.60s "$body")" "$(both POST $P/servers "$body")" \
		"400 invalid_request"
done
is "a name is taken in any case" "$(both POST $P/servers \
	'{"name":"Web-1","keypair":"ed-1"}')" "409 conflict"
is "a pair that is not there" "$(both POST $P/servers \
	'{"name":"web-2","keypair":"none"}')" "409 missing_part"
with_data() { # BYTES: status and code of a server with so much user data
	head -c "$1" /dev/zero | base64 -w 0 >"$T/data64"
	jq -n --rawfile d "$T/data64" \
		'{name: "web-2", keypair: "ed-1", user_data: $d}' >"$T/ask"
	both POST $P/servers "@$T/ask"
}
is "64 KiB of user data and one byte" "$(with_data 65537)" "413 too_large"
is "128 KiB" "$(with_data 131072)" "413 too_large"
is "64 KiB" "$(with_data 65536)" "201 null"
is "are counted" "$(of .user_data_bytes)" 65536
is "a name of 63" "$(api POST $P/servers "{\"name\":\"$(printf 'x%.0s' \
	$(seq 63))\",\"keypair\":\"$id\",\"seed_life\":60}")" 201
is "in order" "$(seen '[.servers[].name] | join(" ")' GET "$P/servers?limit=2")" \
	"200 web-1 web-2"
is "the next page" "$(seen '.servers | length' GET \
	"$P/servers?limit=2&after=$(of .next)")" "200 1"
is "found by a part" "$(seen '.servers[].name' GET "$P/servers?search=EB-2")" \
	"200 web-2"

is "another key" "$(api PUT $P/servers/web-1/keypair '{"keypair":"ec-1"}')" 200
is "is trusted now" "$(of .key.keypair)" ec-1
is "the same again" "$(api PUT $P/servers/web-1/keypair '{"keypair":"EC-1"}')" 200
is "the history, newest first" "$(seen \
	'.keys | map("\(.keypair) \(has("to"))") | join(", ")' \
	GET $P/servers/web-1/keys)" "200 ec-1 false, ed-1 true"
is "a pair that is not there" "$(both PUT $P/servers/web-1/keypair \
	'{"keypair":"none"}')" "409 missing_part"
is "an unknown member" "$(both PUT $P/servers/web-1/keypair \
	'{"keypair":"ed-1","color":1}')" "400 invalid_request"
is "no member" "$(both PUT $P/servers/web-1/keypair '{}')" "400 invalid_request"
is "a pair is deleted" "$(api DELETE $P/keypairs/ec-1)" 204
is "once" "$(both DELETE $P/keypairs/ec-1)" "404 not_found"
is "its server keeps the key" "$(seen \
	'"\(.key.keypair) \(.key.keypair_deleted)"' GET $P/servers/web-1)" \
	"200 ec-1 true"
is "its name is free for another" \
	"$(seen .servers POST $P/keypairs '{"name":"ec-1"}')" "201 0"

is "a new seed" "$(api POST $P/servers/web-1/seed)" 200
is "has another token" "$([ "$(of .seed.url)" != "$URL/metadata/$token/" ]; echo $?)" 0
is "the old one is gone" "$(http GET /metadata/$token/meta-data)" 404
is "for as long as one likes" \
	"$(api POST $P/servers/web-1/seed '{"life":60}')" 200
for body in '{"life":59}' '{"life":2592001}' '{"life":0}' '{"lives":60}' '[]'; do
	is "refused: $body" "$(both POST $P/servers/web-1/seed "$body")" \
		"400 invalid_request"
done
is "a server is deleted" "$(api DELETE $P/servers/web-1)" 204
for route in 'GET ' 'DELETE ' 'GET /keys' 'POST /seed'; do
	is "and gone: $route" "$(both ${route%% *} "$P/servers/web-1${route#* }")" \
		"404 not_found"
done
is "and gone: PUT" "$(both PUT $P/servers/web-1/keypair '{"keypair":"ed-1"}')" \
	"404 not_found"

# --- others -----------------------------------------------------------------

someone() { # EMAIL ROLE: the API key of a new user
	api POST /users "{\"email\":\"$1\",\"roles\":[\"$2\"]}" >/dev/null
	api POST "/users/$(of .id)/api-keys" '{"name":"k"}' >/dev/null
	of .apikey
}
reader=$(someone reader@nest.example Reader)
writer=$(someone writer@nest.example Writer)
viewer=$(someone viewer@nest.example Viewer)
api POST /accounts '{"slug":"other","owner_email":"o@other.example"}' >/dev/null
stranger=$(of .apikey)

who=$reader
is "a reader lists" "$(api GET $P/keypairs) $(api GET $P/servers)" "200 200"
is "and sees one" "$(api GET $P/keypairs/ed-1) $(api GET $P/servers/web-2)" \
	"200 200"
is "makes none" "$(both POST $P/keypairs '{"name":"r-1"}')" "403 forbidden"
is "imports none" "$(both POST $P/keypairs \
	"{\"name\":\"r-1\",\"public_key\":\"$public\"}")" "403 forbidden"
is "deletes none" "$(both DELETE $P/keypairs/ed-1)" "403 forbidden"
is "nor what is not there" "$(both DELETE $P/keypairs/none)" "404 not_found"
is "makes no server" "$(both POST $P/servers \
	'{"name":"r-1","keypair":"ed-1"}')" "403 forbidden"
is "changes none" "$(both PUT $P/servers/web-2/keypair '{"keypair":"ec-2"}')" \
	"403 forbidden"
is "lets none boot" "$(both POST $P/servers/web-2/seed)" "403 forbidden"
is "deletes none of those either" "$(both DELETE $P/servers/web-2)" \
	"403 forbidden"

who=$writer
is "a writer makes one" "$(api POST $P/keypairs '{"name":"w-1"}')" 201
is "and may delete it" "$(api DELETE $P/keypairs/w-1)" 204
is "but not another's" "$(both DELETE $P/keypairs/ed-1)" "403 forbidden"
is "a writer makes a server" "$(api POST $P/servers \
	'{"name":"w-1","keypair":"ed-1"}')" 201
is "whose key is fixed" "$(both PUT $P/servers/w-1/keypair \
	'{"keypair":"ec-2"}')" "403 forbidden"

for who in "$stranger" "$viewer"; do
	is "who may not list sees nothing" "$(both GET $P/keypairs
		both GET $P/servers; both GET $P/keypairs/ed-1
		both GET $P/servers/web-2; both GET $P/servers/web-2/keys
		both GET $P/keypairs/ed-1/servers; both DELETE $P/keypairs/ed-1
		both DELETE $P/servers/web-2; both POST $P/servers/web-2/seed
		both POST $P/keypairs '{"name":"s-1"}'
		both POST $P/servers '{"name":"s-1","keypair":"ed-1"}'
		both PUT $P/servers/web-2/keypair '{"keypair":"ec-2"}')" \
		"$(yes "404 not_found" | head -n 12)"
done
is "a stranger has the same names at home" \
	"$(who=$stranger; api POST /projects/other/default/keypairs \
	'{"name":"ed-1"}')" 201
is "and the same keys" "$(who=$stranger; api POST /projects/other/default/keypairs \
	"$(jq -n --rawfile k "$T/ec.key" '{name: "same", public_key: $k}')")" 201
is "nobody sees nothing" "$(http GET /latchkey/v1$P/keypairs)" 401
is "and makes nothing" "$(http POST /latchkey/v1$P/keypairs \
	-H 'Content-Type: application/json' -d '{"name":"nobody"}')" 401

# --- the rest of the door, as it is described -------------------------------

who=$owner
for path in /status /regions /whoami /accounts /accounts/nest /users \
	'/users?limit=1' /audit '/audit?limit=1' '/audit?all=true&limit=1000' \
	/users/reader@nest.example; do
	is "$path" "$(api GET "$path")" 200
done
me=/users/$(api GET /whoami >/dev/null; of .identity)
is "an account's settings" "$(api PUT /accounts/nest '{"git_http":true}')" 200
is "an API key" "$(api POST "$me/api-keys" '{"name":"x",
	"expires_at":"2099-01-01T00:00:00Z"}')" 201
key=$(of .id)
is "one of several" "$(api GET "$me/api-keys?limit=1") $(api GET \
	"$me/api-keys/$key")" "200 200"
is "deleted" "$(api DELETE "$me/api-keys/$key")" 204
is "a user's password" "$(api PUT /users/reader@nest.example/password \
	'{"password":"correct-horse-9"}')" 204
is "a user is shut out" "$(api PATCH /users/reader@nest.example \
	'{"disabled":true}')" 200
is "the trail holds" "$(api POST /audit/verify)" 200
is "logged out" "$(api DELETE /session)" 204
is "health" "$(http GET /healthz)$(http GET /readyz)$(http GET /metrics)" 200200200
is "every answer was as it is described" "$(/usr/bin/python3 \
	"$ROOT/test/openapi.py" "$ROOT/doc/openapi.json" "$T/list")" ""
is "all of them" "$([ "$(wc -l <"$T/list")" -gt 300 ]; echo $?)" 0

login
audited "the trail: made" keypair.create done key-pair:nest/default/ed-1
audited "imported" keypair.import done key-pair:nest/default/in-ec
audited "deleted" keypair.delete done key-pair:nest/default/w-1
audited "refused" keypair.create refused project:nest/default
audited "a server" server.create done server:nest/default/web-2
audited "its key" server.setkey done server:nest/default/web-1
audited "its seed" server.seed done server:nest/default/web-1
audited "its end" server.delete done server:nest/default/web-1
finish
