# The command line of servers: what is printed for a fresh machine, who may
# change its key pair, its history, its host keys, and its end.
. "$(dirname "$0")/lib.sh"
serve
login
mkdir "$T/here"
cd "$T/here" || exit 99
status() { # DESCRIPTION STATUS COMMAND...
	what=$1 wanted=$2
	shift 2
	keep "$@"
	is "$what" $? "$wanted"
}
of() { # SERVER JQ
	latchkey server show "$1" --output json | jq -r "$2"
}
fingerprint() { # PAIR
	latchkey keypair show "$1" --output json | jq -r .fingerprint_sha256
}
latchkey keypair create web-key >/dev/null
latchkey keypair create other >/dev/null

# --- wrong uses
status "no key pair named" 2 latchkey server create web-1
for name in -- a_b a.b a- 한글 "$(head -c 64 /dev/zero | tr '\0' a)"; do
	status "the name '$name'" 2 latchkey server create --keypair web-key \
		"$name"
done
for life in 0 59s 10 1y 31d -1h 24; do
	status "a seed for $life" 2 latchkey server create web-1 \
		--keypair web-key "--seed-life=$life"
done
status "no seed, and a life for it" 2 latchkey server create web-1 \
	--keypair web-key --plain --seed-life 1h
status "no seed, and data for it" 2 latchkey server create web-1 \
	--keypair web-key --plain --user-data /dev/null
status "a pair that is not there" 1 latchkey server create web-1 --keypair none
head -c 65537 /dev/zero >big
status "user data over the limit" 1 latchkey server create web-1 \
	--keypair web-key --user-data big
is "no server came of all this" "$(latchkey server list --output json)" "[]"
keep latchkey server create --keypair web-key a_b
ours=$(sed -n 2p "$T/said")
http POST /latchkey/v1/projects/nest/default/servers \
	-u "iamapikey:$(key_in "$T/apikey")" -H 'Content-Type: application/json' \
	-d '{"name":"a_b","keypair":"web-key"}' >/dev/null
is "the rule of names is said in the server's own words" "$ours" \
	"$(jq -r .error.message "$T/body")"

# --- a server, and how its machine is told
printf '#cloud-config\npackages: [nginx]\n' >user-data
want "a server is made" latchkey server create web-1 --keypair web-key \
	--user-data user-data --seed-life 2h
cp "$T/said" "$T/made"
url=$(grep -m 1 -o "$URL/metadata/lk_s_[A-Za-z0-9]*/" "$T/made")
like "the seed URL is printed" "$url" "^$URL/metadata/lk_s_[A-Za-z0-9]{40,}/\$"
said "as kernel argument" \
	"^ *ds=nocloud-net;s=$url;i=$(of web-1 .id);h=web-1\$"
said "as QEMU takes it" \
	"^ *-smbios 'type=1,serial=ds=nocloud-net;s=$url;i=[0-9a-f]{32};h=web-1'\$"
said "as file of an image" "99-latchkey.cfg"
sed -n '/datasource_list/,/datasource:/p' "$T/made" | sed 's/^    //' >cfg
is "which is YAML that says so" "$(/usr/bin/python3 -c '
import sys
try:
    import yaml
except ImportError:
    print(sys.argv[2], "NoCloud None")
    sys.exit()
cfg = yaml.safe_load(open(sys.argv[1]))
print(cfg["datasource"]["NoCloud"]["seedfrom"], *cfg["datasource_list"])' \
	cfg "$url")" "$url NoCloud None"
said "that it is shown once" "this once"
said "what comes next" "ssh -i web-key.pem debian@web-1"
said "that others do not reach loopback" "latchkeyd serve --public-url"
is "it lives as long as said" "$(/usr/bin/python3 -c '
import datetime, sys
end, begin = (datetime.datetime.fromisoformat(t.replace("Z", "+00:00"))
              for t in sys.argv[1:])
print(round((end - begin).total_seconds() / 60))' \
	"$(of web-1 .seed.expires_at)" "$(of web-1 .created_at)")" 120
latchkey server show web-1 >"$T/said" 2>&1
said "it does not follow yet" "Follows changes +not yet: its first boot"
latchkey server show web-1 >"$T/said" 2>&1
latchkey server show web-1 --output json >>"$T/said" 2>&1
latchkey server list >>"$T/said" 2>&1
grep -q lk_s_ "$T/said" "$T/log"
is "the URL is shown nowhere else, nor logged" $? 1
status "the name is taken" 1 latchkey server create WEB-1 --keypair web-key
is "the user data is there, byte for byte" \
	"$(curl -s "${url}user-data")" "$(cat user-data)"

# --- the first boot
deny "before it, no host keys are known" latchkey server known-hosts web-1
said "that is said" "has not reported its host keys"
is "it has begun" "$(of web-1 '.state + " " + .seed.state')" "booting started"
credential=$(curl -s -X POST "${url}enrol")
like "the machine gets its credential" "$credential" '^lk_m_'
make_key host
make_key hostec -t ecdsa
is "it reports" "$(curl -s -o "$T/body" -w '%{http_code}' "${url}phone-home" \
	--data-urlencode "pub_key_ed25519=$(cat "$HOME/.ssh/host.pub")" \
	--data-urlencode "pub_key_ecdsa=$(cat "$HOME/.ssh/hostec.pub")" \
	--data-urlencode "instance_id=$(of web-1 .id)" \
	--data-urlencode hostname=web-1 \
	--data-urlencode fqdn=web-1.nest.example)" 204
want "it is shown" latchkey server show web-1
said "as ready" "State +ready"
said "as following" "Follows changes +yes"
said "with its seed closed" "Seed +closed"
said "and its host keys" "$(ssh-keygen -lf "$HOME/.ssh/host.pub" |
	cut -d ' ' -f 2 | sed 's/[+]/[+]/g')"
latchkey server known-hosts web-1 >known 2>"$T/hint"
is "its host keys are lines of known_hosts" "$(sort known)" "$(
	for key in host hostec; do
		echo "web-1 $(cut -d ' ' -f 1,2 "$HOME/.ssh/$key.pub")"
	done | sort)"
like "what it calls itself is only mentioned" "$(cat "$T/hint")" \
	"Hint: .*web-1.nest.example"
want "and ssh finds it" ssh-keygen -F web-1 -f known
latchkey server known-hosts web-1 --host 10.0.0.5 --host '[web]:2222' >known
is "for the names that are given" "$(cut -d ' ' -f 1 known | sort -u)" \
	"10.0.0.5,[web]:2222"
for host in 'a,b' '*' 'a b' '!a' '|1|a' '' 'a
b'; do
	status "not for '$host'" 2 latchkey server known-hosts web-1 \
		"--host=$host"
done
deny "its seed URL is over" curl -sf "${url}meta-data"

# --- lists
want "a second, for a machine without cloud-init" sh -c \
	'latchkey server create db-1 --keypair other --plain >"$1"' - "$T/line"
said "it is said that the line follows nothing" "follows nothing"
is "the line is the key and nothing else" "$(cut -d ' ' -f 1,2 "$T/line")" \
	"$(ssh-keygen -y -f other.pem | cut -d ' ' -f 1,2)"
is "one line" "$(wc -l <"$T/line")" 1
latchkey server authorized-key db-1 --output json 2>/dev/null >"$T/line.json"
is "also in JSON" "$(jq -r .authorized_key "$T/line.json")" "$(cat "$T/line")"
latchkey server create db-2 --keypair other --plain --output json 2>/dev/null \
	>"$T/line.json"
is "which tells nobody a seed" "$(grep -c lk_s_ "$T/line.json")" 0
latchkey server delete -f db-2 >/dev/null 2>&1
latchkey server authorized-key db-1 >line 2>"$T/said"
is "it can be had again" "$(cat line)" "$(cat "$T/line")"
said "with the same said" "follows nothing"
is "it does not follow" "$(of db-1 .follows)" false
want "all of them" latchkey server list
said "with state and pair" "web-1 +web-key +SHA256:.* ready +"
is "in order" "$(latchkey server list --output json |
	jq -r '.[].name' | paste -sd ' ')" "db-1 web-1"
is "searched" "$(latchkey server list --search EB --output json |
	jq -r '.[].name')" web-1
is "by key, its fingerprint" "$(latchkey server list \
	--key "$(fingerprint other)" --output json | jq -r '.[].name')" db-1
ssh-keygen -y -f other.pem >other.pub
is "by key, its file" "$(latchkey server list --key other.pub \
	--output json | jq -r '.[].name')" db-1
deny "by a private key" latchkey server list --key other.pem
status "by a number" 2 latchkey server list --key 5
want "the pair's servers" latchkey keypair servers other
said "are named" "db-1 +nest/default"

# --- set-keypair: administrators only; users are told whom to ask
who=iamapikey:$(key_in "$T/apikey")
http POST /latchkey/v1/users -u "$who" -H 'Content-Type: application/json' \
	-d '{"email":"ann@nest.example","roles":["Reader","Writer"]}' >/dev/null
http POST "/latchkey/v1/users/$(jq -r .id "$T/body")/api-keys" -u "$who" \
	-H 'Content-Type: application/json' -d '{"name":"ann"}' >/dev/null
cp "$T/body" "$T/ann"
ann() { # COMMAND..., as somebody with the roles Reader and Writer
	LATCHKEY_HOME=$T/ann-home "$@"
}
ann latchkey login -a "$URL" --apikey "@$T/ann" >/dev/null 2>&1
want "a user sees the server" ann latchkey server show web-1
want "and makes one" ann latchkey server create web-9 --keypair web-key
deny "but does not change a key pair" ann latchkey server set-keypair \
	web-1 other
said "and is told whom to ask" "Ask your administrator"
deny "nor deletes a server" ann latchkey server delete web-9 -f
deny "nor makes another URL" ann latchkey server seed-url web-9 -f
is "nothing changed" "$(of web-1 .key.keypair)" web-key
want "an administrator changes it" latchkey server set-keypair web-1 other
said "it counts at once" "at each login"
is "the machine is told the new key" "$(curl -s "$URL/machine/v1/authorized-keys" \
	-H "Authorization: Bearer $credential" | grep -v '^#' |
	cut -d ' ' -f 1,2)" "$(cut -d ' ' -f 1,2 other.pub)"
want "one that does not follow" latchkey server set-keypair db-1 web-key
said "has to be changed by hand" "server authorized-key db-1"
deny "a pair that is not there" latchkey server set-keypair web-1 none
deny "a server that is not there" latchkey server set-keypair none other
want "one that has not booted" latchkey server set-keypair web-9 other
said "takes it from its first boot" "Its first boot brings it"
want "the history" latchkey server keys web-1
said "what it trusts" "^other +SHA256:.* now"
said "and who said so" "^other +SHA256:.* owl@nest.example +now"
said "and what it trusted" "^web-key +SHA256:"
is "newest first" "$(latchkey server keys web-1 --output json |
	jq -r '.[].keypair' | paste -sd ' ')" "other web-key"

# --- another URL, and the end
deny "another URL is not made unasked" setsid -w latchkey server seed-url db-1
want "another URL" latchkey server seed-url db-1 -f --seed-life 30m
new=$(grep -m 1 -o "$URL/metadata/lk_s_[A-Za-z0-9]*/" "$T/said")
want "it is one" curl -sf "${new}meta-data"
said "of this server" "local-hostname: .?db-1"
deny "nobody deletes a server by accident" setsid -w latchkey server delete web-1
said "what that does is said" "no more keys"
want "deleted" latchkey server delete web-1 -f
deny "it is gone" latchkey server show web-1
is "the machine is told nothing" "$(curl -s -o "$T/body" -w '%{http_code}' \
	"$URL/machine/v1/authorized-keys" \
	-H "Authorization: Bearer $credential" | grep -c 200)" 0
is "deleted in JSON" "$(latchkey server delete db-1 -f --output json \
	2>/dev/null | jq -r .deleted)" db-1

# --- the key client by latchkey's name
want "its help" latchkey authorized-keys --help
said "says what it is for" "latchkey-keys"
status "without a machine's settings it prints no keys" 78 \
	latchkey authorized-keys debian --conf "$T/none.conf"

audited "the trail has the making" server.create done server:
audited "the change" server.setkey done server:
audited "the refused one" server.setkey refused server:
audited "and the end" server.delete done server:
finish
