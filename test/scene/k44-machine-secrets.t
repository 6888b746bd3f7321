# The token of a seed and the credential of a machine leave once, and are kept in
# one file of that machine: not in a log, the trail, our data, an error's text, or
# what others on either side see of processes.
if [ -z "${OWN_MOUNTS:-}" ] && unshare -m true 2>/dev/null; then
	OWN_MOUNTS=yes exec unshare -m sh "$0"
fi
. "$(dirname "$0")/lib.sh"
[ -n "${OWN_MOUNTS:-}" ] && [ "$(id -u)" -eq 0 ] ||
	skip_all "this user may not have a machine of its own"
[ -x /usr/sbin/sshd ] || skip_all "Debian's openssh-server is not installed"
. "$ROOT/test/machine/own.sh"
trap 'kill -CONT "$daemon" 2>/dev/null; machine_end; gone' EXIT
machine_own >"$T/said" 2>&1 || {
	remark <"$T/said"
	skip_all "no folders of one's own can be mounted here"
}
cd "$T" || exit 99
keys=/usr/local/lib/latchkey/latchkey-keys
serve
login
owner=$(key_in "$T/apikey")
P=/latchkey/v1/projects/nest/default
latchkey keypair create web-key >/dev/null
ssh-keygen -y -f web-key.pem >web-key.pub
latchkey server create web-1 --keypair web-key >"$T/made" 2>&1
seed=$(grep -o 'lk_s_[0-9A-Za-z]*' "$T/made" | sort -u)
like "a seed" "$seed" '^lk_s_[0-9A-Za-z]{49}$'
printf '%s\n' "$seed" >"$T/secrets"
sshd_start
cp web-key.pub /home/debian/.ssh/authorized_keys
chown debian: /home/debian/.ssh/authorized_keys

# --- what others see of processes: while the daemon does not answer, whoever asks
# it stands still.
of_processes() { # which of them show a secret, of all there are
	grep -laFf "$T/secrets" /proc/[0-9]*/cmdline /proc/[0-9]*/environ \
		2>/dev/null
}
hold() { # COMMAND...: it has asked, and hangs; $held
	kill -STOP "$daemon"
	"$@" >"$T/held" 2>"$T/held.log" </dev/null &
	held=$!
	until_ok asked
}
asked() { # is it running, and is somebody connected?
	pgrep -x latchkey-keys >/dev/null &&
		ss -Htn state established "( dport = :${HOST##*:} )" | grep -q .
}
let_go() {
	kill -CONT "$daemon"
	wait "$held"
}
sh -c 'sleep 5 # '"$seed" &
is "a secret among the arguments would be seen" \
	"$([ "$(of_processes | wc -l)" -ge 1 ]; echo $?)" 0
kill $! 2>/dev/null
wait $! 2>/dev/null

is "the first boot's script" "$(http GET "/metadata/$seed/vendor-data")" 200
/usr/bin/python3 -c '
import email, sys
for part in email.message_from_file(open(sys.argv[1])).walk():
    if part.get_content_type() == "text/x-shellscript":
        open(sys.argv[2], "wb").write(part.get_payload(decode=True))' \
	"$T/body" "$T/install"
hold sh "$T/install"
want "the client is asking" pgrep -x latchkey-keys
is "and shows nobody with what" "$(of_processes)" ""
let_go
is "it is installed" $? 0
machine=$(cat /etc/latchkey/machine.key)
like "with a credential" "$machine" '^lk_m_[0-9A-Za-z]{49}$'
printf '%s\n' "$machine" >>"$T/secrets"
as_sshd() {
	setpriv --reuid=_latchkey --regid=_latchkey --clear-groups \
		$keys authorized-keys debian
}
hold as_sshd
want "the client is asking for a login" pgrep -x latchkey-keys
is "and shows nobody with what" "$(of_processes)" ""
let_go
is "the login's key" "$(cut -d ' ' -f 2 "$T/held")" \
	"$(cut -d ' ' -f 2 web-key.pub)"
hold latchkey server seed-url -f web-1 --output json
is "nor does the command line of people" "$(of_processes)" ""
let_go
jq -r .seed.url "$T/held" | cut -d / -f 5 >>"$T/secrets"
latchkey server create web-2 --keypair web-key --output json >"$T/made" 2>/dev/null
jq -r .seed.url "$T/made" | cut -d / -f 5 >>"$T/secrets"
is "all of these are secrets" "$(grep -cE '^lk_[sm]_[0-9A-Za-z]{49}$' \
	"$T/secrets")" 4

# --- on the machine: in one file, which sshd's user and root can read
is "it is kept in one file" "$(grep -rlFf "$T/secrets" /etc /var/lib \
	/usr/local/lib /home /root /run --exclude-dir=cloud)" \
	/etc/latchkey/machine.key
is "of root and the client" "$(stat -c '%a %U:%G' /etc/latchkey/machine.key)" \
	"640 root:_latchkey"
kill -STOP "$daemon"
as_sshd >/dev/null 2>&1
kill -CONT "$daemon"
$keys status >"$T/status" 2>&1
is "its own words do not have it" "$(grep -cFf "$T/secrets" "$T/status")" 0
is "nor has the machine's log" "$(grep -cFf "$T/secrets" "$T/syslog")" 0
grep -q . "$T/syslog"
ok $? "which has something"

# --- every one of them where it does not belong, and what is said then
: >"$T/replies"
wrong() { # METHOD PATH [ARGUMENT of curl]...
	http "$@" >"$T/status"
	{
		echo "$1 $2" | sed 's/lk_[sm]_[0-9A-Za-z]*/SECRET/g'
		cat "$T/status" "$T/head" "$T/body"
	} >>"$T/replies"
}
while read -r s; do
	for at in "/metadata/$s" "/metadata/$s/" "/metadata/$s/nothing" \
		"/metadata/${s}x/meta-data" "/metadata/x$s/meta-data" \
		"/metadata//$s/meta-data" "/metadata/$s%2fmeta-data" \
		"/metadata/%zz$s/meta-data" "/machine/v1/$s" "/$s" "/v2/$s/tags/list" \
		"/latchkey/v1/projects/$s/default/servers" \
		"$P/servers/$s" "$P/keypairs/$s" "$P/keypairs?search=$s" \
		"$P/servers?trusts=$s" "$P/servers?after=$s" \
		"/machine/v1/authorized-keys?token=$s"; do
		wrong GET "$at" -u "iamapikey:$owner"
		wrong GET "$at"
		wrong DELETE "$at"
		wrong POST "$at" -d x=y
	done
	for body in "{\"name\":\"$s\"}" "{\"$s\":1}" "{\"name\":\"abc\",\"type\":\"$s\"}" \
		"$s" "{\"name\":\"abc\",\"public_key\":\"$s\"}" \
		"{\"name\":\"abc\",\"keypair\":\"$s\"}"; do
		for at in keypairs servers servers/web-1/seed servers/web-2/keypair; do
			wrong POST $P/$at -u "iamapikey:$owner" \
				-H 'Content-Type: application/json' -d "$body"
			wrong PUT $P/$at -u "iamapikey:$owner" \
				-H 'Content-Type: application/json' -d "$body"
		done
	done
	for user in iamapikey token nobody "$s"; do
		wrong GET $P/servers -u "$user:$s"
		wrong GET /v2/ -u "$user:$s"
		wrong GET /machine/v1/authorized-keys -u "$user:$s"
	done
	for field in "Authorization: Bearer $s" "Authorization: $s" \
		"Authorization: Bearer x$s" "Cookie: $s" "X-Forwarded-For: $s" \
		"Via: $s" "Origin: $s" "User-Agent: $s" "Referer: $s" "Host: $s"; do
		wrong GET $P/servers -H "$field"
		wrong GET /machine/v1/authorized-keys -H "$field" -H "X-Other: $s"
		wrong GET "/metadata/$s/user-data" -H "$field" -H "Via: 1.1 $s"
	done
	wrong POST "/metadata/$s/phone-home" -d "hostname=$s&$s=1"
	wrong POST "/metadata/$s/phone-home" -d "pub_key_rsa=$s"
	wrong POST /identity/token -d grant_type=refresh_token \
		--data-urlencode "refresh_token=$s"
done <<EOF
$seed
$machine
EOF
echo "# $(wc -l <"$T/replies") lines of replies"
is "no reply repeats one" "$(grep -FB 20 -f "$T/secrets" "$T/replies")" ""
sleep 1.2 # until what was gathered is in the trail
latchkey audit --limit 1000 --output json >"$T/trail"
is "none is in the log" "$(grep -cFf "$T/secrets" "$T/log")" 0
like "which has these requests" "$(grep -c 'door=meta' "$T/log")" '^[1-9]'
is "none is in the trail" "$(grep -cFf "$T/secrets" "$T/trail")" 0
like "which has what was done" "$(grep -c seed.enrol "$T/trail")" '^[1-9]'
is "none is in the data" "$(grep -rlFf "$T/secrets" "$DATA")" ""
is "nor among the daemon's arguments" "$(of_processes)" ""
kill9
is "nor after a crash" "$(grep -rlFf "$T/secrets" "$DATA")" ""
serve
stop
is "nor after a proper end" "$(grep -rlFf "$T/secrets" "$DATA")" ""
is "nor where people's programs keep things" \
	"$(grep -rlFf "$T/secrets" "$HOME" "$TMPDIR")" ""
machine_end
finish
