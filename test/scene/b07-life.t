# The daemon's life: handed sockets, telling its manager, ending under load,
# nothing where its first descriptors should be, no descriptors to spare.
. "$(dirname "$0")/lib.sh"

ready_host() {
	until_ok grep -q '^ready ' "$T/ready"
	HOST=$(sed -n 's/^ready .*http=\([^ ]*\).*/\1/p' "$T/ready") URL=http://$HOST
}
# A manager like systemd: it listens, hands the socket over as descriptor 3,
# and hears what is told to it. Perl is part of every Debian.
cat >"$T/manager" <<'E2'
use Socket;
my ($heard, @daemon) = @ARGV;
socket(my $ear, PF_UNIX, SOCK_DGRAM, 0) or die;
bind($ear, sockaddr_un("$heard.socket")) or die;
socket(my $s, PF_INET, SOCK_STREAM, 0) or die;
bind($s, sockaddr_in(0, INADDR_LOOPBACK)) && listen($s, 16) or die;
my $pid = fork;
if ($pid == 0) {
	require POSIX;
	POSIX::dup2(fileno($s), 3) if fileno($s) != 3;
	$^F = 255;
	open(my $flags, "<&=", 3);
	fcntl($flags, 2, 0); # F_SETFD: not closed by exec
	@ENV{qw(LISTEN_PID LISTEN_FDS NOTIFY_SOCKET)} = ($$, 1, "$heard.socket");
	exec(@daemon) or die;
}
close($s);
$SIG{TERM} = sub { kill 'TERM', $pid };
open(my $out, '>', $heard);
$out->autoflush(1);
while (1) {
	my $from = recv($ear, my $word, 512, 0);
	print $out "$word\n" if defined $from;
	last if defined $from && $word =~ /STOPPING/;
}
waitpid($pid, 0);
exit($? >> 8);
E2
perl "$T/manager" "$T/heard" "$BUILD/latchkeyd" serve --data "$DATA" \
	--http 127.0.0.1:1 --ssh none >"$T/ready" 2>>"$T/log" </dev/null &
daemon=$!
ready_host
is "a handed socket is served, whatever the setting" "$(http GET /healthz)" 200
until_ok grep -q READY "$T/heard"
is "the manager is told when it is ready" "$(head -n 1 "$T/heard")" READY=1
kill -TERM $daemon
wait $daemon
is "and ends with the daemon's status" $? 0
daemon=''
is "which said that it stops" "$(tail -n 1 "$T/heard")" STOPPING=1

# --- no descriptors 0, 1 and 2
key=$(key_in "$DATA/first-apikey")
# It cannot say its port, so it goes on with the one that was handed over.
latchkeyd serve --data "$DATA" --http "$HOST" --ssh none <&- >&- 2>&- &
daemon=$!
until_ok curl -sf "$URL/readyz"
is "without descriptors 0 to 2" \
	"$(http GET /latchkey/v1/whoami -u "iamapikey:$key")" 200
timeout 20 latchkeyd serve --data "$DATA" --http 127.0.0.1:0 --ssh none >"$T/said" 2>&1
is "a second daemon is refused" $? 75
said "because of the data" "^latchkeyd: data: $DATA"
stop
want "nothing was written where it should not be" latchkeyd verify --data "$DATA"

# --- the end under load
HOST=127.0.0.1:0
serve
cp "$DATA/first-apikey" "$T/apikey"
login
latchkey cr namespace-add birds >/dev/null
rw=$(token --readwrite)
head -c 4000000 /dev/urandom >"$T/layer"
digest=sha256:$(sha256 "$T/layer")
slow() { # a push that takes about two seconds
	curl -s -o /dev/null -w '%{http_code}' -u "token:$rw" --limit-rate 2M \
		-H 'Content-Type: application/octet-stream' \
		--data-binary "@$T/layer" \
		"$URL/v2/birds/robin/blobs/uploads/?digest=$digest" >"$T/pushed"
}
slow &
push=$!
sleep 0.7
is "a push is under way" "$(cat "$T/pushed")" ""
kill -TERM $daemon
sleep 0.3
curl -s -o /dev/null --max-time 5 "$URL/healthz"
is "nobody new is let in" $? 7
wait $push
is "the push is finished" "$(cat "$T/pushed")" 201
wait $daemon
is "then the daemon ends with 0" $? 0
daemon=''
serve
is "and the layer is there" "$(http GET "/v2/birds/robin/blobs/$digest" \
	-u "token:$rw" && sha256 "$T/body")" "200${digest#sha256:}"
stop

# --- few descriptors
HOST=127.0.0.1:0
: >"$T/ready" # the line of the last one
(
	ulimit -n 48
	exec latchkeyd serve --data "$DATA" --http "$HOST" --ssh "$SSH" \
		>"$T/ready" 2>>"$T/log" </dev/null
) &
daemon=$!
ready_host
cat >"$T/crowd" <<'E2'
use Socket;
my ($port, @all) = @ARGV;
for (1 .. 100) {
	socket(my $s, PF_INET, SOCK_STREAM, 0) or last;
	connect($s, sockaddr_in($port, INADDR_LOOPBACK)) or last;
	push @all, $s;
}
sleep 3;
E2
perl "$T/crowd" "${HOST##*:}" &
crowd=$!
sleep 1
kill -0 "$daemon"
is "a crowd does not end it" $? 0
wait $crowd
until_ok curl -sf --max-time 2 "$URL/healthz"
is "nor keep it from serving afterwards" "$(http GET /healthz)" 200
want "and storing" push_small "$rw" birds/robin later
stop

# --- places where the first key cannot be put
rm -rf "$DATA"
latchkeyd init --data "$DATA" --apikey-file "$T/no/such/key" >"$T/said" 2>&1
is "nowhere to put the key" $? 73
said "is said" "$T/no/such/key"
: >"$T/there"
latchkeyd init --data "$DATA" --apikey-file "$T/there" >"$T/said" 2>&1
is "never over a file" $? 73
is "which stays as it was" "$(size_of "$T/there")" 0
want "then the same directory takes a new start" \
	latchkeyd init --data "$DATA" --apikey-file "$T/key"
is "whose key is its owner's" "$(stat -c %a "$T/key")" 600
latchkeyd init --data "$DATA" >"$T/said" 2>&1
is "once" $? 73
serve
cp "$T/key" "$T/apikey"
login
want "and works" latchkey whoami
finish
