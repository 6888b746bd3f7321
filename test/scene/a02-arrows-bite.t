# tools/check-arrows finds an include against the arrows and a fenced header,
# tools/check-symbols a name that two rooms have.
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
said "which is fenced in http" 'src/db/bad.c:1: <openssl/ssl.h> is fenced in follow http'

echo '#include "gate.h"' >"$T/tree/src/db/bad.c"
deny "an include names its room" "$check"
rm "$T/tree/src/db/bad.c"

sed -i "s/'blob': \[\['base'\]/'blob': [['base', 'db']/" \
	"$T/tree/src/meson.build"
deny "what is linked must be what is declared" "$check"
said "and both are shown" 'blob : base db'

# --- tools/check-symbols finds one name in two rooms of a program
symbols=$ROOT/tools/check-symbols
want "no two rooms of a program share a name" "$symbols" "$BUILD"
echo 'int twice(void); int twice(void) { return 0; }' >"$T/twice.c"
mkdir -p "$T/built/src"
cc -c "$T/twice.c" -o "$T/twice.o"
for room in core door_api cli; do
	ar r "$T/built/src/lib$room.a" "$T/twice.o" 2>/dev/null
done
deny "a name in two rooms" "$symbols" "$T/built"
said "which is told" 'twice: in core and in door_api'
is "but not that of a program apart" "$(grep -c cli "$T/said")" 0
deny "a folder where nothing is built" "$symbols" "$T"
finish
