# Each hostile row of the HTTP wire, in the clear: see wire.sh.
. "$(dirname "$0")/lib.sh"
serve --head-timeout 2 --body-timeout 2 --stall-timeout 2 --idle-timeout 6
. "$(dirname "$0")/wire.sh"
RAW=raw
wire
wire_rows
finish
