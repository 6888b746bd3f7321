# The seed of key pairs, word for word: a pair is listed, made, downloaded once,
# applied to a server, deleted; its warnings and the three answers of its FAQ.
. "$(dirname "$0")/lib.sh"
serve
login
home=$T/home
cd "$home" || exit 99

# "Key Pair 목록 조회": the list, empty at first.
want "the key pairs are listed" latchkey keypair list
is "there are none" "$(latchkey keypair list --output json)" "[]"

# "Key Pair 생성": a name, and the private key comes by itself.
want "a key pair is made" latchkey keypair create web-key
said "the fingerprint is shown" "SHA256:[A-Za-z0-9+/]{43}"
said "that the private key was handed out once" "only time"
said "that a lost one cannot be recovered" "cannot be recovered"
said "that it is to be kept safely" "safe place"
said "how to log in" "ssh -i ./web-key.pem "
cp "$T/said" "$T/made"
is "the private key is for its owner only" "$(stat -c %a web-key.pem)" 600
is "and a key that ssh takes" "$(head -n 1 web-key.pem)" \
	"-----BEGIN OPENSSH PRIVATE KEY-----"
listed() { # JQ: of the pair web-key
	latchkey keypair show web-key --output json | jq -r "$1"
}
is "its public half is the listed one" \
	"$(ssh-keygen -y -f web-key.pem | cut -d ' ' -f 1,2)" \
	"$(listed .public_key | cut -d ' ' -f 1,2)"
is "its comment is the pair's name" \
	"$(ssh-keygen -y -f web-key.pem | cut -d ' ' -f 3)" web-key
ssh-keygen -y -f web-key.pem >web-key.pub
is "its fingerprint is ssh-keygen's" "$(listed .fingerprint_sha256)" \
	"$(ssh-keygen -lf web-key.pub | cut -d ' ' -f 2)"
is "the old kind, too" "$(listed .fingerprint_md5)" \
	"$(ssh-keygen -E md5 -lf web-key.pub | cut -d ' ' -f 2)"
ssh-keygen -lvf web-key.pub | sed 1d >"$T/art"
is "the picture is what ssh-keygen draws" \
	"$(sed -n '/^+--/,/^+--/p' "$T/made")" "$(cat "$T/art")"
want "it is listed" latchkey keypair list
said "by its name, type and fingerprint" \
	"web-key +ssh-ed25519 .*$(listed .fingerprint_sha256 | sed 's/[+]/[+]/g')"
line=$(sed -n 2p web-key.pem)
latchkey keypair show web-key --output json >"$T/all"
latchkey keypair list --output json >>"$T/all"
grep -qF "$line" "$T/all" "$T/made" "$T/log"
is "the private key is shown nowhere and logged nowhere" $? 1

# "동일 프로젝트에서 동일 이름의 Key Pair는 생성할 수 없습니다."
cp web-key.pem "$T/first.pem"
rm web-key.pem
deny "the same name in the same project" latchkey keypair create web-key
is "nothing is left of that" "$(ls)" "web-key.pub"
deny "the same name in other letters" latchkey keypair create WEB-Key
latchkey project create nest/other >/dev/null
want "the same name in another project" latchkey keypair create web-key \
	--project other --out other.pem
is "is another key" "$(ssh-keygen -y -f other.pem | cut -d ' ' -f 2 |
	grep -cF "$(cut -d ' ' -f 2 web-key.pub)")" 0

# "3byte 이상 20byte 이내, 영문과 숫자, '-'만"
for name in ab abcdefghijabcdefghijk a_b a.b 'a b' ../abc 열쇠 키쌍; do
	deny "the name '$name'" latchkey keypair create "$name" --out x.pem
	said "the rule is said" "3 to 20 of a-z A-Z 0-9 -"
done
is "none of these made a file" "$(ls)" "other.pem
web-key.pub"
for name in abc abcdefghijabcdefghij A-9; do
	want "the name '$name'" latchkey keypair create "$name" --out "$name.pem"
done

# The pair is applied to a server when that is made.
want "a server is made with it" latchkey server create web-1 --keypair web-key
is "the server trusts the key" \
	"$(latchkey server show web-1 --output json | jq -r .key.fingerprint_sha256)" \
	"$(listed .fingerprint_sha256)"
want "the pair shows where it was applied" latchkey keypair show web-key
said "by name" "Applied to +web-1"

# "Key Pair 삭제": a warning, a question, and it is gone.
old=$(listed .fingerprint_sha256)
deny "deleting asks, and takes no silence for yes" \
	setsid -w latchkey keypair delete web-key
said "that it cannot be recovered" "cannot be recovered"
said "that a server still trusts it" "1 server still trusts it.*: web-1"
is "nothing was deleted" "$(listed .name)" web-key
want "deleted without a question" latchkey keypair delete web-key -f
said "the warning is the same" "cannot be recovered"
deny "it is gone" latchkey keypair show web-key
is "and not listed" "$(latchkey keypair list --output json |
	jq '[.[] | select(.name == "web-key")] | length')" 0
deny "it cannot be applied any more" \
	latchkey server create web-2 --keypair web-key

# FAQ: "기존에 적용된 Server에서는 사용이 가능합니다."
is "the server goes on trusting the key" \
	"$(latchkey server show web-1 --output json |
		jq -r '.key | "\(.fingerprint_sha256) \(.keypair_deleted)"')" \
	"$old true"
want "who trusts it can still be asked" latchkey server list --key "$old"
said "by its fingerprint" "web-1 +web-key \(deleted\)"

# The same name again is a new pair.
want "a pair of the same name" latchkey keypair create web-key
is "is another key" "$(listed .fingerprint_sha256 | grep -cxF "$old")" 0
cmp -s web-key.pem "$T/first.pem"
is "in the file, too" $? 1
is "that no server trusts" "$(listed .servers)" 0

# FAQ: the three answers.
want "the FAQ" latchkey keypair faq
said "lost: delete it and make another" "keypair delete NAME"
said "and have an administrator change the servers" "administrator"
said "deleted: servers go on accepting it" "goes on accepting"
said "changed: not by users" "Not by its users"
want "the group's help" latchkey keypair help
said "leads there" "keypair faq"
want "the help of making one" latchkey keypair create --help
said "warns of losing it" "cannot be"
want "the help of deleting one" latchkey keypair delete --help
said "warns of that" "cannot be recovered"

audited "the trail has the making" keypair.create done key-pair:
audited "and the deleting" keypair.delete done key-pair:
finish
