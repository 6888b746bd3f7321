# The keys that sign, and the pepper, are in a process of their own; the one that
# reads what strangers send is walled in, and holds none of them.
. "$(dirname "$0")/lib.sh"
[ "$(id -u)" -eq 0 ] || skip_all "only root looks into memory"
ulimit -c unlimited
mkdir "$T/keys" "$T/dumps"
cd "$T/dumps" || exit 99

state() { # PROCESS: its lines of latchkeyd status
	latchkeyd status --data "$DATA" | sed "1,/^process /d" | grep "^$1  "
}
pid_of() { # PROCESS
	state "$1" | sed "s/^$1 *\([0-9]*\).*/\1/"
}
hunted() { # DESCRIPTION WANTED-STATUS PID...
	what=$1 wanted=$2
	shift 2
	for key in "$T"/keys/*; do
		# shellcheck disable=SC2046 # a list of options
		hunt "$key" $(printf -- '-p %s ' "$@") >"$T/found" 2>&1
		is "${key##*/}: $what" $? "$wanted"
		[ "$wanted" -ne 0 ] || remark <"$T/found"
	done
}
iam_token() { # prints the status; the token is left in $T/body
	http POST /identity/token -u bx:bx \
		-d grant_type=urn:ibm:params:oauth:grant-type:apikey \
		--data-urlencode "apikey=$(key_in "$T/apikey")"
}
# Past what the gate remembers: each time another secret.
stranger() {
	http GET /v2/ -u "iamapikey:$(od -A n -N 12 -t x1 /dev/urandom | tr -d ' ')"
}

deny "nothing runs" latchkeyd status --data "$DATA"
serve
cp "$DATA/vault/pepper" "$T/keys/pepper"
cp "$DATA/vault/registry-1" "$T/keys/registry"
openssl ec -in "$DATA"/vault/iam-*.pem -out "$T/keys/iam.pem" 2>/dev/null

# --- what it says of itself
want "it shows itself" latchkeyd status --data "$DATA"
remark <"$T/said"
said "what it serves" "^serves +http $HOST, ssh $SSH$"
said "where its data are" "^data +$DATA$"
said "that it can write" '^writable +yes$'
said "that the vault answers" '^vault +answers$'
is "the one that serves is the one that was started" \
	"$(pid_of latchkeyd)" "$daemon"
is "the vault is another" "$([ "$(pid_of vault)" != "$daemon" ]; echo $?)" 0
walls_shown() {
	for process in latchkeyd vault latchkeyd-ssh latchkeyd-keyma; do
		like "$process: no new privileges, filtered, not to be dumped" \
			"$(state "$process" | head -n 1)" ' yes +filter .* no$'
	done
	like "the keeper has no new privileges" "$(state 'vault keeper')" ' yes '
	# What the kernel says is what is shown.
	is "no new privileges" "$(sed -n 's/^NoNewPrivs:\t//p' "/proc/$daemon/status")" 1
	is "calls are filtered" "$(sed -n 's/^Seccomp:\t//p' "/proc/$daemon/status")" 2
	for process in vault latchkeyd-ssh latchkeyd-keyma; do
		is "those of $process, too" "$(sed -n 's/^Seccomp:\t//p' \
			"/proc/$(pid_of $process | head -n 1)/status")" 2
	done
	rows=$(latchkeyd status --data "$DATA" | grep -c ' abi [0-9]')
	if [ "$rows" -gt 0 ]; then
		is "Landlock is around all of them" "$rows" 5
	else
		skip "Landlock is around all of them" "this kernel has none"
	fi
}
if grep -q __asan_init "$BUILD/latchkeyd"; then
	skip "walls" "a sanitizer looks at its own process, which has fewer"
else
	walls_shown
fi

# --- memory, after each thing that needs a key
login
latchkey cr namespace-add birds >/dev/null
rw=$(token --readwrite)
push_small "$rw" birds/robin 1
is "an IAM token is minted" "$(iam_token)" 200
access=$(jq -r .access_token "$T/body")
is "and verified" "$(http GET /latchkey/v1/projects/nest/default/keypairs \
	-H "Authorization: Bearer $access")" 200
bearer=$(bearer token "$rw" repository:birds/robin:pull)
pull() {
	http GET /v2/birds/robin/manifests/1 -H "Authorization: Bearer $bearer"
}
is "a bearer pulls" "$(pull)" 200
is "registry tokens are listed" "$(latchkey cr token-list --output json |
	jq length)" 1
is "a wrong key is refused" "$(stranger)" 401
is "keys are published" "$(http GET /identity/keys)" 200
ssh_setup
make_key bird
repo_create nest >/dev/null
access_key nest bird >/dev/null
want "git speaks SSH" git_as bird clone -q "$SSH_URL/nest/nest.git" "$T/clone"
want "a key pair is made" latchkey keypair create one --out "$T/one"

hunted "the vault has it" 1 "$(pid_of vault)"
hunted "the front has not" 0 "$daemon"
hunted "nor has the keeper" 0 "$(pid_of 'vault keeper')"
# shellcheck disable=SC2046 # numbers
hunted "nor what speaks SSH" 0 $(pid_of latchkeyd-ssh)
hunted "nor what makes keys" 0 "$(pid_of latchkeyd-keyma)"

# --- questions that are not asked
asked() {
	http GET /metrics >/dev/null
	sed -n 's/^latchkey_vault_questions_total //p' "$T/body"
}
before=$(asked)
for i in 1 2 3 4 5 6 7 8 9 10; do pull; done >/dev/null
is "a bearer costs no question" "$(asked)" "$before"
key=$(key_in "$T/apikey")
http GET /v2/ -u "iamapikey:$key" >/dev/null
before=$(asked)
for i in 1 2 3 4 5 6 7 8 9 10; do
	http GET /v2/ -u "iamapikey:$key" >/dev/null
done
is "nor does an API key that was looked at" "$(asked)" "$before"
for i in 1 2 3 4 5 6 7 8 9 10; do
	bearer iamapikey "$key" repository:birds/robin:pull >/dev/null
done
is "nor Docker's token for it" "$(asked)" "$before"

# --- it dies under logins
(
	n=0
	until [ -e "$T/enough" ]; do
		[ "$(http POST /identity/token -o "$T/many" -D "$T/many.head" \
			-u bx:bx \
			-d grant_type=urn:ibm:params:oauth:grant-type:apikey \
			--data-urlencode "apikey=$key")" = 200 ] ||
			echo refused >>"$T/lost"
		n=$((n + 1))
		echo $n >"$T/count"
	done
) &
many=$!
: >"$T/lost"
for i in 1 2 3; do
	vault=$(pid_of vault)
	kill -KILL "$vault"
	another() {
		[ -n "$(pid_of vault)" ] && [ "$(pid_of vault)" != "$vault" ]
	}
	until_ok another
	ok $? "it has a successor"
	# Longer each time it is killed young.
	sleep 0.5
done
: >"$T/enough"
wait "$many"
is "no login was lost" "$(cat "$T/lost")" ''
is "and there were some" "$([ "$(cat "$T/count")" -gt 3 ]; echo $?)" 0
hunted "the successor has it" 1 "$(pid_of vault)"
hunted "and the front still has not" 0 "$daemon"
is "the log says so" "$(grep -c 'event=vault_down status=137' "$T/log")" 3

# --- it hangs
vault=$(pid_of vault)
kill -STOP "$vault"
is "a login ends" "$(stranger)" 503
is "bearers go on" "$(pull)" 200
logs_in() { [ "$(iam_token)" = 200 ]; }
until_ok logs_in
ok $? "another takes its place"
is "the log says that it hung" "$(grep -c 'event=vault_hung' "$T/log")" 1
until_ok grep -q 'event=vault answers=yes' "$T/log"
ok $? "and that there are answers again"

# --- it cannot begin again
chmod 644 "$DATA/vault/pepper"
kill -KILL "$(pid_of vault)"
until_ok grep -q 'event=vault_refused .*mode 0644' "$T/log"
ok $? "the log says why"
is "a login is told to come back" "$(stranger)" 503
is "the token service says so, too" "$(iam_token)" 503
is "bearers go on" "$(pull)" 200
is "it is not ready" "$(http GET /readyz)" 503
like "status says so" "$(latchkeyd status --data "$DATA")" \
	'^vault +does not answer$'
is "nobody's guess was counted" "$(grep -c throttle "$T/log")" 0
chmod 600 "$DATA/vault/pepper"
until_ok logs_in
ok $? "when it can, it does"
is "and is ready" "$(http GET /readyz)" 200

# --- it hangs as soon as it began: it is ended, too, if not at once
vault=$(pid_of vault)
kill -KILL "$vault"
until_ok another
young=$(pid_of vault)
kill -STOP "$young"
takes_over() { [ "$(stranger)" = 401 ] && logs_in; }
until_ok takes_over
ok $? "a successor that hangs has one"
is "it hung" "$(grep -c "event=vault_hung pid=$young" "$T/log")" 1

# --- its keeper is killed: nobody inside of the walls can start another, but
# whoever starts us can
processes=$(latchkeyd status --data "$DATA" | sed '1,/^process /d' |
	sed -n 's/^[a-z -]*[a-z]  *\([0-9][0-9]*\) .*/\1/p')
kill -KILL "$(pid_of 'vault keeper')"
# It waits for us to ask how it ended.
ended() { ! grep -q '^State:.[^XZ]' "/proc/$daemon/status"; }
until_ok ended
ok $? "the daemon ends with its vault's keeper" || kill -KILL "$daemon"
wait "$daemon"
is "with a failure, so that it is started again" $? 1
daemon=''
left() {
	for pid in $processes; do
		! kill -0 "$pid" 2>/dev/null || echo "$pid"
	done
}
none_left() { [ -z "$(left)" ]; }
is "of more than one process" "$([ "$(echo "$processes" | wc -l)" -gt 3 ]; echo $?)" 0
until_ok none_left
is "nothing of it is left" "$(left)" ''
like "the log says why" "$(grep 'event=stop' "$T/log")" 'keeper has ended'
serve
is "the next start serves" "$(iam_token)" 200
is "what was signed before is good" "$(http GET /latchkey/v1/projects/nest/default/keypairs \
	-H "Authorization: Bearer $access")" 200

# --- the ends
vault=$(pid_of vault)
keeper=$(pid_of 'vault keeper')
kill -SEGV "$daemon"
wait "$daemon" 2>/dev/null
daemon=''
gone_too() { ! kill -0 "$vault" && ! kill -0 "$keeper"; }
until_ok gone_too
ok $? "both end with the daemon"
is "nothing dumped its core" \
	"$(find "$T/dumps" "$DATA" -name '*core*' | wc -l)" 0

# --- keys that cannot be used
chmod 644 "$DATA/vault/pepper"
deny "it does not start" timeout 20 latchkeyd serve --data "$DATA" \
	--http 127.0.0.1:0 --ssh none
said "and says why" 'key file pepper has mode 0644'
chmod 600 "$DATA/vault/pepper"
mkdir "$T/half"
cp "$BUILD/latchkeyd" "$BUILD/latchkeyd-keymaker" "$T/half"
ln -s "$BUILD/hooks" "$BUILD/latchkeyd-hook" "$T/half"
"$T/half/latchkeyd" serve --data "$DATA" --http 127.0.0.1:0 --ssh none \
	>"$T/said" 2>&1 </dev/null
is "without its program it does not start" $? 78
said "and names it" 'latchkeyd-vault is neither in'
finish
