# The first boot's seed, as cloud-init fetches it: one server, one address, one
# day. Everybody else finds nothing there, and what happened is in the trail.
. "$(dirname "$0")/lib.sh"
with_clock
serve
login
key=$(key_in "$T/apikey")
project=/latchkey/v1/projects/nest/default
api() { # METHOD PATH [FILE]: the status
	http "$1" "$project$2" -u "iamapikey:$key" \
		${3:+-H "Content-Type: application/json"} ${3:+-d "@$3"}
}
pair() { # NAME LINE: its public half, as it stands there
	jq -n --arg name "$1" --arg line "$2" \
		'{name: $name, public_key: $line}' >"$T/ask"
	api POST /keypairs "$T/ask"
}
# A server of its own: $seed is the path of its seed, $id its instance id.
server() { # NAME [MEMBER of the body]...
	name=$1
	shift
	printf '{"name":"%s","keypair":"web-key"%s}' "$name" "$*" >"$T/ask"
	made=$(api POST /servers "$T/ask")
	[ "$made" = 201 ] || return 1
	seed=$(jq -r .seed.url "$T/body")
	seed=${seed#"$URL"}
	id=$(jq -r .id "$T/body")
	echo "$seed" | cut -d / -f 3 >>"$T/secrets"
}
boot() { # METHOD PATH [ARGUMENT of curl]...: the status, as cloud-init asks
	method=$1 path=$2
	shift 2
	http "$method" "$path" -A 'Cloud-Init/22.4.2' \
		-H 'Accept-Encoding: gzip, deflate' "$@"
}
form() { # PATH FIELD=VALUE...: posted as python's requests does
	path=$1
	shift
	for pair in "$@"; do
		set -- "$@" --data-urlencode "$pair"
		shift
	done
	boot POST "$path" "$@"
}
nothing() { # DESCRIPTION STATUS: 404, in the words that everybody hears
	is "$1" "$2" 404
	cp "$T/body" "$T/words.new"
	[ -e "$T/words" ] || cp "$T/words.new" "$T/words"
	is "  in the same words" "$(cat "$T/words.new")" "$(cat "$T/words")"
	is "  and the same fields" "$(sed 's/^Date:.*//I' "$T/head" | sort)" \
		"$(sort "$T/fields" 2>/dev/null ||
			sed 's/^Date:.*//I' "$T/head" | tee "$T/fields" | sort)"
}
make_key web && make_key other
is "a key pair" "$(pair web-key "$(cut -d ' ' -f 1,2 "$HOME/.ssh/web.pub") \
\"web\" \\ key: #1")" 201
make_key host_ed25519
make_key host_ecdsa -t ecdsa -b 256
make_key host_rsa -t rsa -b 2048
public() { # NAME: with its line end, as cloud-init reads it
	cat "$HOME/.ssh/$1.pub"
	echo x
}

# --- what cloud-init fetches ---

server web-1
is "meta-data" "$(boot GET "${seed}meta-data")" 200
is "is kept by nobody" "$(head_of cache-control)" no-store
cat >"$T/meta.py" <<'PY'
import sys, json
try:
    import yaml
except ImportError:
    sys.exit(9)
print(json.dumps(yaml.safe_load(open(sys.argv[1], "rb").read())))
PY
if /usr/bin/python3 "$T/meta.py" "$T/body" >"$T/json"; then
	is "is YAML, whose instance is the server" \
		"$(jq -r '."instance-id"' "$T/json")" "$id"
	is "whose name is the server's" "$(jq -r '."local-hostname"' "$T/json")" \
		web-1
	is "with one line for the key, whatever its comment holds" \
		"$(jq -c '."public-keys"' "$T/json")" "$(jq -cn --arg line \
		"$(cut -d ' ' -f 1,2 "$HOME/.ssh/web.pub") \"web\" \\ key: #1" \
		'[$line]')"
else
	skip "meta-data is YAML" "python3-yaml is not installed"
fi
is "user-data without any" "$(boot GET "${seed}user-data")" 200
is "says nothing to cloud-init" "$(cat "$T/body")" "#cloud-config
{}"
is "vendor-data" "$(boot GET "${seed}vendor-data")" 200
cp "$T/body" "$T/vendor"
cat >"$T/parts.py" <<'PY'
import email, json, sys
message = email.message_from_string(open(sys.argv[1]).read())
parts = [p for p in message.walk() if p.get_content_maintype() != "multipart"]
print(json.dumps([p.get_content_type() for p in parts]))
for part, name in zip(parts, sys.argv[2:]):
    open(name, "wb").write(part.get_payload(decode=True))
PY
is "has two parts" "$(/usr/bin/python3 "$T/parts.py" "$T/vendor" \
	"$T/config" "$T/install")" '["text/cloud-config", "text/x-shellscript"]'
want "the first calls home" grep -F "url: \"$URL${seed}phone-home\"" "$T/config"
want "the second is a script" sh -n "$T/install"
sed -n "/<<'END'/,/^END/p" "$T/install" | sed '1d;$d' | base64 -d >"$T/client"
chmod 755 "$T/client"
want "with the key client in it, which runs" "$T/client" --version
cmp -s "$T/client" "$BUILD/latchkey-keys.client"
is "and is the one beside latchkeyd" $? 0
like "that installs itself" "$(tail -n 3 "$T/install")" \
	"install --seed - --url '$URL' && exit 0\$"
is "the token is in no list of processes" \
	"$(grep lk_s_ "$T/install" | sed "s/'lk_s_[0-9A-Za-z]*'/TOKEN/")" \
	"printf '%s\n' TOKEN |"
audited "the trail has the first fetch" seed.read used \
	server:nest/default/web-1

# --- nobody else ---

nothing "another address finds nothing" \
	"$(boot GET "${seed}meta-data" --interface 127.0.0.2)"
audited "which the trail has" seed.read refused server:nest/default/web-1
nothing "nor may it enrol" "$(boot POST "${seed}enrol" --interface 127.0.0.2)"
nothing "a token that is none" "$(boot GET /metadata/x/meta-data)"
nothing "one that nobody has" "$(boot GET \
	/metadata/lk_s_oBlpsRDUlEMPNeqCSKJpXjSIuSHWfdRfBR3OuCBBkKS22Zhc5/meta-data)"
nothing "an API key" "$(boot GET "/metadata/$key/meta-data")"
token=${seed#/metadata/}
nothing "the right one in another spelling" \
	"$(boot GET "/metadata/%6C${token#l}meta-data")"
is "the machine itself goes on" "$(boot GET "${seed}meta-data")" 200

# --- who is in the middle of something else ---

for field in 'X-Forwarded-For: 10.0.0.1' 'X-Forwarded-Host: keys' \
	'Forwarded: for=10.0.0.1' 'Via: 1.1 proxy'; do
	is "passed on (${field%%:*})" "$(boot GET "${seed}user-data" -H "$field")" 403
	is "  is refused" "$(head -n 1 "$T/body")" "# latchkey refused forwarded"
done
is "nor may it enrol" "$(boot POST "${seed}enrol" -H 'Via: 1.1 x')" 403
for field in 'Origin: null' 'Sec-Fetch-Site: cross-site'; do
	is "a browser (${field%%:*})" "$(boot GET "${seed}user-data" -H "$field")" 403
	is "  is refused" "$(head -n 1 "$T/body")" "# latchkey refused browser"
done
is "under another name" "$(boot GET "${seed}user-data" \
	-H 'Host: rebound.example')" 421
for what in 'POST meta-data' 'DELETE user-data' 'HEAD vendor-data' \
	'PUT meta-data' 'OPTIONS user-data' 'GET enrol' 'GET phone-home' \
	'HEAD meta-data'; do
	is "$what" "$(boot "${what% *}" "$seed${what#* }")" 405
	is "  is not among them" "$(head_of allow | grep -c HEAD)" 0
done

# --- user-data is bytes ---

fetch_as_given() { # DESCRIPTION FILE
	base64 -w 0 "$2" >"$T/b64"
	server "u-$tests" ",\"user_data\":\"$(cat "$T/b64")\""
	is "$1" "$(boot GET "${seed}user-data")" 200
	cmp -s "$T/body" "$2"
	is "  comes back byte for byte" $? 0
}
printf '#!/bin/sh\n\000\001\377\r\n' >"$T/nul"
fetch_as_given "user-data with a NUL" "$T/nul"
gzip -nc "$T/nul" >"$T/gz"
fetch_as_given "and gzip" "$T/gz"
printf 'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=x\n\n%s' \
	"$(yes -- '--x' | head -n 2000)" >"$T/mime"
fetch_as_given "and a MIME bomb" "$T/mime"
head -c 65535 /dev/urandom >"$T/long"
fetch_as_given "nearly 64 KiB" "$T/long"
head -c 65536 /dev/urandom >"$T/long"
fetch_as_given "64 KiB" "$T/long"
head -c 65537 /dev/urandom >"$T/long"
base64 -w 0 "$T/long" >"$T/b64"
server too-long ",\"user_data\":\"$(cat "$T/b64")\""
is "one byte more" "$made" 413
head -c 10485760 /dev/zero | base64 -w 0 >"$T/b64"
server too-long ",\"user_data\":\"$(cat "$T/b64")\""
is "10 MiB" "$made" 413
is "made no server" "$(api GET /servers/too-long)" 404
is "a comment of two lines" "$(pair two-lines "$(cat "$HOME/.ssh/other.pub")
$(cat "$HOME/.ssh/web.pub")")" 400

# --- the machine's credential ---

server web-2
is "enrol" "$(boot POST "${seed}enrol")" 200
like "is one line" "$(cat "$T/body")" '^lk_m_[0-9A-Za-z]{49}$'
cat "$T/body" >>"$T/secrets"
follow() { # CREDENTIAL [ARGUMENT of curl]...: the status
	credential=$1
	shift
	http GET /machine/v1/authorized-keys \
		-H "Authorization: Bearer $credential" "$@"
}
machine=$(cat "$T/body")
is "a second time" "$(boot POST "${seed}enrol")" 409
is "is refused" "$(head -n 1 "$T/body")" "# latchkey refused conflict"
audited "the trail has the enrolment" seed.enrol done server:nest/default/web-2
audited "and its refusal" seed.enrol refused server:nest/default/web-2
is "the machine asks for its key" "$(follow "$machine")" 200
is "which is marked" "$(head -n 1 "$T/body")" "# latchkey authorized-keys 1"
is "names it" "$(sed -n 2p "$T/body")" "# server $id web-2"
is "is one line" "$(grep -v '^#' "$T/body")" \
	"$(cut -d ' ' -f 1,2 "$HOME/.ssh/web.pub") \"web\" \\ key: #1"
is "and is kept by nobody" "$(head_of cache-control)" no-store
audited "the trail has it" server.follow used server:nest/default/web-2
is "without a credential" "$(http GET /machine/v1/authorized-keys)" 401
nothing "with another one" \
	"$(follow lk_m_oBlpsRDUlEMPNeqCSKJpXjSIuSHWfdRfBR3OuCBBkKS22Zhc5)"
nothing "with the seed's token" "$(follow "$(echo "$seed" | cut -d / -f 3)")"
nothing "with an API key" "$(follow "$key")"
nothing "as a seed" "$(boot GET "/metadata/$machine/meta-data")"
is "passed on" "$(follow "$machine" -H 'X-Forwarded-For: 10.0.0.1')" 403
is "by HEAD" "$(http HEAD /machine/v1/authorized-keys \
	-H "Authorization: Bearer $machine")" 405

# --- phone home ---

report() { # FIELD=VALUE...
	form "${seed}phone-home" "$@"
}
ed=$(public host_ed25519) ecdsa=$(public host_ecdsa) rsa=$(public host_rsa)
is "a key of another type" "$(report "pub_key_rsa=${ed%x}")" 400
like "is named" "$(cat "$T/body")" pub_key_rsa
is "a field twice" "$(report hostname=a hostname=a)" 400
is "another's instance" "$(report "instance_id=$(echo "$id" | rev)")" 409
is "a form of 64 KiB and more" "$(head -c 65600 /dev/zero | tr '\0' a |
	boot POST "${seed}phone-home" --data-binary @-)" 413
is "no form" "$(boot POST "${seed}phone-home" -d '{}' \
	-H 'Content-Type: application/json')" 415
is "nothing is known of it so far" "$(api GET /servers/web-2 &&
	jq -r '.host_keys | length' "$T/body")" 2000
is "the report" "$(report "pub_key_rsa=${rsa%x}" "pub_key_ecdsa=${ecdsa%x}" \
	"pub_key_ed25519=${ed%x}" "instance_id=$id" hostname=web-2 \
	fqdn=web-2.nest.example)" 204
is "the same again" "$(report "pub_key_rsa=${rsa%x}" "pub_key_ecdsa=${ecdsa%x}" \
	"pub_key_ed25519=${ed%x}" "instance_id=$id" hostname=web-2 \
	fqdn=web-2.nest.example)" 204
is "another one" "$(report "pub_key_ed25519=${ed%x}" hostname=web-2 \
	fqdn=web-2.nest.example)" 409
audited "the trail has the report" seed.report done server:nest/default/web-2
audited "and the other one" seed.report refused server:nest/default/web-2
is "it is known now" "$(api GET /servers/web-2)" 200
is "with its host keys" "$(jq -r '.host_keys[].public_key' "$T/body" | sort)" \
	"$(cut -d ' ' -f 1,2 "$HOME"/.ssh/host_*.pub | sort)"
is "it is ready" "$(jq -r .state "$T/body")" ready
nothing "the seed is closed" "$(boot GET "${seed}meta-data")"
is "a credential was given out before" "$(boot POST "${seed}enrol")" 409
is "the machine still follows" "$(follow "$machine")" 200
server web-3
is "a machine with one host key" "$(report pub_key_rsa=N/A pub_key_ecdsa=N/A \
	"pub_key_ed25519=${ed%x}" hostname=N/A fqdn=N/A)" 204
nothing "may not enrol after that" "$(boot POST "${seed}enrol")"

# --- another seed ---

echo '{}' >"$T/ask"
old=$seed
is "an administrator renews the seed" "$(api POST /servers/web-2/seed "$T/ask")" 200
seed=$(jq -r .seed.url "$T/body")
seed=${seed#"$URL"}
echo "$seed" | cut -d / -f 3 >>"$T/secrets"
audited "which the trail has" server.seed done server:nest/default/web-2
nothing "the old one stays closed" "$(boot GET "${old}meta-data")"
is "the new one opens, elsewhere too" "$(boot GET "${seed}meta-data" \
	--interface 127.0.0.3)" 200
is "the machine's credential lives" "$(follow "$machine")" 200
is "until there is another" "$(boot POST "${seed}enrol" \
	--interface 127.0.0.3)" 200
cat "$T/body" >>"$T/secrets"
again=$(cat "$T/body")
nothing "then it is nobody's" "$(follow "$machine")"
is "the new one follows" "$(follow "$again")" 200

# --- the end ---

server late ',"seed_life":60'
shift_clock 58
is "just before its end" "$(boot GET "${seed}meta-data")" 200
shift_clock 61
nothing "past it" "$(boot GET "${seed}meta-data")"
nothing "nor may it enrol" "$(boot POST "${seed}enrol")"
shift_clock 0
is "a server is deleted" "$(api DELETE /servers/web-2)" 204
nothing "its machine gets no key" "$(follow "$again")"
server gone
is "another one" "$(api DELETE /servers/gone)" 204
nothing "has no seed" "$(boot GET "${seed}meta-data")"

# --- too often ---

server busy
is "120 requests in a minute are answered" "$(curl -s -o /dev/null \
	-w '%{http_code}\n' "$URL${seed}user-data?[1-120]" | sort | uniq -c |
	tr -s ' ')" " 120 200"
is "one more is not" "$(boot GET "${seed}user-data")" 429
like "and is told when" "$(head_of retry-after)" '^[1-9][0-9]?$'
server idle
is "others are not meant" "$(boot GET "${seed}user-data")" 200

# --- nothing of it is written down ---

sort -u "$T/secrets" >"$T/sorted"
is "all of these are secrets" "$(grep -cvE '^lk_[sm]_[0-9A-Za-z]{49}$' \
	"$T/sorted")" 0
is "none is in the log" "$(grep -cFf "$T/sorted" "$T/log")" 0
is "which has the requests" "$(grep -c 'path=/metadata/{token}/meta-data' \
	"$T/log" | grep -c '[1-9]')" 1
latchkey audit --output json >"$T/trail"
is "nor in the trail" "$(grep -cFf "$T/sorted" "$T/trail")" 0
stop
is "nor in the data" "$(grep -rlFf "$T/sorted" "$DATA" | wc -l)" 0
finish
