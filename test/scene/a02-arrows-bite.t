# tools/check-arrows finds an include against the arrows and a fenced header.
. "$(dirname "$0")/lib.sh"

mkdir -p "$T/tree"
cp -r "$ROOT/src" "$ROOT/tools" "$T/tree"
check=$T/tree/tools/check-arrows
want "the sources follow the arrows" "$check"

echo '#include "core/gate.h"' >"$T/tree/src/db/bad.c"
deny "db must not see the core" "$check"
said "which is named with its place" 'src/db/bad.c:1: no arrow db -> core'

echo '#include <openssl/ssl.h>' >"$T/tree/src/db/bad.c"
deny "db must not see OpenSSL" "$check"
said "which is fenced in http" 'src/db/bad.c:1: <openssl/ssl.h> is fenced in http'

echo '#include "gate.h"' >"$T/tree/src/db/bad.c"
deny "an include names its room" "$check"
rm "$T/tree/src/db/bad.c"

sed -i "s/'blob': \[\['base'\]/'blob': [['base', 'db']/" \
	"$T/tree/src/meson.build"
deny "what is linked must be what is declared" "$check"
said "and both are shown" 'blob : base db'
finish
