# latchkeyd on an empty directory: it makes one, says what to do next, and
# keeps its promises about exit statuses.
. "$(dirname "$0")/lib.sh"

latchkeyd serve --data "$DATA" --http 127.0.0.1:0 --ssh 127.0.0.1:0 \
	>"$T/ready" 2>"$T/log" &
daemon=$!
until_ok grep -q '^ready ' "$T/ready"
text=$(cat "$T/ready" "$T/log")
like "it says when it is ready" "$text" '^ready http=127\.0\.0\.1:[0-9]+ ssh=127\.0\.0\.1:[0-9]+$'
HOST=$(sed -n 's/^ready .*http=\([^ ]*\).*/\1/p' "$T/ready")
URL=http://$HOST
key=$(grep -o "$DATA/[^ ]*" "$T/ready" "$T/log" -h | head -n 1)
is "it names the file of the first API key" "$(test -f "$key" && echo yes)" yes
is "only its owner may read it" "$(stat -c %a "$key")" 600
is "nor look into the data" "$(stat -c %a "$DATA")" 700
like "it names commands to try" "$text" "latchkey login -a $URL"
like "of git, too" "$text" "latchkey repo create main/test"
is "the secret itself is not printed" \
	"$(grep -c -F "$(key_in "$key")" -h "$T/ready" "$T/log" | paste -sd +)" 0+0

is "alive" "$(http GET /healthz)" 200
is "ready" "$(http GET /readyz)" 200
is "metrics" "$(http GET /metrics)" 200
like "of Prometheus" "$(cat "$T/body")" '^# TYPE latchkey'
want "the key logs in" latchkey login -a "$URL" --apikey "@$key"

latchkeyd serve --data "$DATA" --http 127.0.0.1:0 --ssh none >"$T/said" 2>&1 </dev/null
is "a second daemon on the same data ends with 75" $? 75
latchkeyd serve --data "$T/other" --http nowhere >"$T/said" 2>&1 </dev/null
is "a bad setting ends with 78" $? 78
said "and is named" http
latchkeyd serve --data "$T/other" --http 127.0.0.1:0 --ssh nowhere >"$T/said" 2>&1
is "as does one of SSH" $? 78
said "which is named" "ssh: \"nowhere\" is not ADDRESS:PORT"

stop
before=$(sha256sum <"$key")
want "verify is content" latchkeyd verify --data "$DATA"
serve
is "the next start makes no new key" "$(sha256sum <"$key")" "$before"
want "and the session goes on" latchkey cr namespaces
finish
