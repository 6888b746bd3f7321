# /metrics: the format to the letter, and numbers that say what happened.
. "$(dirname "$0")/lib.sh"
read_metrics() { # leaves one sample a line in $T/metrics
	curl -s "$URL/metrics" >"$T/body" &&
		/usr/bin/python3 "$ROOT/test/exposition.py" "$T/body" >"$T/metrics"
}
value() { # NAME: of the last reading
	sed -n "s/^$1 //p" "$T/metrics" | sed 's/[{}]/\\&/g'
}
rose() { # DESCRIPTION NAME BY: since the reading before, at least
	old=$(grep -F -- "$2 " "$T/before" | sed 's/.* //')
	new=$(grep -F -- "$2 " "$T/metrics" | sed 's/.* //')
	awk -v o="${old:-0}" -v n="${new:--1}" -v by="$3" 'BEGIN { exit !(n - o >= by) }'
	ok $? "$1"
	awk -v o="${old:-0}" -v n="${new:--1}" -v by="$3" 'BEGIN { exit !(n - o >= by) }' ||
		echo "# $2: $old, then $new, wanted $3 more"
}

# The reader itself: what it must not take.
bad() { # DESCRIPTION TEXT
	printf '%b' "$2" >"$T/bad"
	deny "the reader refuses $1" /usr/bin/python3 "$ROOT/test/exposition.py" "$T/bad"
}
head='# HELP a_total x\n# TYPE a_total counter\n'
bad "a sample without a type" 'a 1\n'
bad "a sample twice" "${head}a_total 1\na_total 1\n"
bad "a negative counter" "${head}a_total -1\n"
bad "a missing end" "${head}a_total 1"
bad "a label that is not closed" "${head}a_total{b=\"c} 1\n"
bad "a counter by another name" '# HELP a x\n# TYPE a counter\na 1\n'
bad "steps that fall" '# HELP h x\n# TYPE h histogram\nh_bucket{le="1"} 2\nh_bucket{le="+Inf"} 1\nh_sum 1\nh_count 1\n'
bad "a metric in two places" "${head}# HELP b x\n# TYPE b gauge\na_total{c=\"1\"} 1\nb 1\na_total{c=\"2\"} 1\n"

serve
login
latchkey cr namespace-add birds >/dev/null
rw=$(token --readwrite --non-expiring)
want "metrics are of the format" read_metrics
remark <"$T/said"
cp "$T/metrics" "$T/before"
push_small "$rw" birds/robin 1
is_there "$rw" birds/robin 1
http GET /v2/birds/robin/tags/list -u token:wrong >/dev/null
http POST /v2/birds/robin/blobs/uploads/ -u "token:$rw" -H 'Content-Length: 0' >/dev/null
head -c 5000 /dev/urandom >"$T/some"
http PATCH "$(head_of location | sed "s,^$URL,,")" -u "token:$rw" \
	--data-binary "@$T/some" -H 'Content-Type: application/octet-stream' >/dev/null
http GET /nowhere >/dev/null
sleep 1.2
want "and stay so" read_metrics
rose "requests by door and class" 'latchkey_http_requests_total{class="2xx",door="oci"}' 6
rose "refused ones too" 'latchkey_http_requests_total{class="4xx",door="oci"}' 1
rose "and nobody's" 'latchkey_http_requests_total{class="4xx",door="none"}' 1
rose "bytes that came" 'latchkey_http_received_bytes_total{door="oci"}' 70000
rose "bytes that went" 'latchkey_http_sent_bytes_total{door="oci"}' 65536
rose "how long they took" 'latchkey_http_request_seconds_count{door="oci"}' 8
rose "within a quarter of a minute" \
	'latchkey_http_request_seconds_bucket{door="oci",le="15"}' 8
rose "an open upload" latchkey_uploads_open 1
rose "bytes that are stored" latchkey_registry_stored_bytes 65536
rose "who was refused" latchkey_gate_refusals_total 1
rose "who was let in" latchkey_gate_uses_total 2
rose "the trail" latchkey_audit_rows 3
rose "commits, with their time" latchkey_db_commit_seconds_count 3
is "each of them is counted" "$(value latchkey_db_commit_seconds_count)" \
	"$(value latchkey_db_commits_total)"
for gauge in open_fds max_fds threads resident_memory_bytes disk_free_bytes \
	disk_size_bytes cpu_seconds_total ready audit_writable; do
	like "$gauge" "$(value latchkey_$gauge)" '^[0-9.e+]+$'
done
is "nothing waits any more" "$(value latchkey_audit_waiting)" 0
like "what runs" "$(cat "$T/metrics")" '^latchkey_build_info\{version="[0-9.]+"\} 1$'
# Each number has its line where operators look for it.
for name in $(sed -n 's/^# TYPE latchkey_\([a-z_0-9]*\) .*/\1/p' "$T/body"); do
	grep -q "$name" "$ROOT/doc/WATCHING.md"
	ok $? "doc/WATCHING.md has $name"
done

# --- the log: each line has its head, each event its place in the manual
stop
is "each line of the log has a head" "$(grep -Evc \
	'^time=20[0-9-]+T[0-9:.]+Z level=(error|warn|info|debug) event=[a-z_]+( |$)' \
	"$T/log")" 0
is "each request an id" "$(grep ' event=http ' "$T/log" |
	grep -Evc ' id=[0-9a-f]{32}$')" 0
is "and no two the same" "$(grep ' event=http ' "$T/log" |
	sed 's/.* id=//' | sort | uniq -d)" ''
is "no secret is in it" "$(grep -c -F -e "$rw" -e "$(key_in "$T/apikey")" "$T/log")" 0
for event in $(cat "$ROOT"/src/*/*.c "$ROOT"/src/*/*/*.c | tr -d '\n\t' |
	grep -oE 'log_(say|fail|fail_of)\([^";]*"[a-z_]+"' | sed 's/.*"\(.*\)"/\1/' |
	sort -u | grep -vx -e x -e up -e disk -e gone); do
	grep -q "\`$event\`" "$ROOT/doc/WATCHING.md"
	ok $? "doc/WATCHING.md has the event $event"
done
finish
