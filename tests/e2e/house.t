#!/bin/sh
# The order of the house holds in this tree, and its check finds what breaks
# it.
. "${SRCDIR:?}/tests/e2e/lib.sh"

if [ "${SANITIZE:-}" = yes ]; then
	echo "1..0 # SKIP the source is the same"
	exit 0
fi
found=$(perl "$SRCDIR/tests/house.pl" "$SRCDIR")
ok $? "the order of the house holds"
printf '%s\n' "$found" | sed 's/^/# /'
(cd "$SRCDIR" && find src ui keys tests -name '*.[ch]' -exec \
    clang-format --dry-run -Werror {} +) >"$scratch/format" 2>&1
ok $? "clang-format has nothing to change"
head -n 20 "$scratch/format" | sed 's/^/# /'

house="$scratch/house"
# Makes a house with one file in it: wrong FILE LINE WANTED NAME
wrong() {
	rm -rf "$house"
	mkdir -p "$house/src/base" "$house/src/net" "$house/src/sip" \
	    "$house/src/ua" "$house/keys/x509" "$house/ui/screen" \
	    "$house/ui/edit" "$house/src/flows" "$house/${1%/*}"
	for header in src/base/err.h src/net/tls.h src/net/tls_priv.h \
	    src/sip/sip.h src/ua/ua.h keys/x509/uri.h ui/edit/edit.h \
	    src/flows/flows.h ui/screen/screen.h; do
		: >"$house/$header"
	done
	printf '%b\n' "$2" >"$house/$1"
	found=$(perl "$SRCDIR/tests/house.pl" "$house")
	is "$?,$found" "$3" "$4"
}

wrong src/ua/a.c '#include "src/net/tls.h"' "0," "a room below may be included"
wrong src/net/a.c '#include "src/net/tls_priv.h"' "0," \
    "so may the room's own private header"
wrong src/net/a.c '#include "src/ua/ua.h"' \
    "1,src/net/a.c:1: src/net may not include src/ua" "no room above"
wrong src/net/a.c '#include "src/sip/sip.h"' \
    "1,src/net/a.c:1: src/net may not include src/sip" \
    "nor one beside it"
wrong ui/edit/a.c '#include "src/flows/flows.h"' \
    "1,ui/edit/a.c:1: ui/edit may not include src/flows" \
    "neither the flows in the client"
wrong keys/x509/a.c '#include "src/net/tls.h"' \
    "1,keys/x509/a.c:1: keys/x509 may not include src/net" \
    "keys/ includes src/base/ alone"
wrong src/ua/a.c '#include "src/net/tls_priv.h"' \
    "1,src/ua/a.c:1: src/net/tls_priv.h is private to src/net" \
    "another room's private header is found"
wrong src/net/a.c '#include "tls.h"' \
    "1,src/net/a.c:1: \"tls.h\" is no path from the root" \
    "so is a path that does not begin at the root"
wrong src/new/a.c '#include "src/net/tls.h"' \
    "1,src/new/a.c: src/new is no room
src/new/a.c:1: src/new may not include src/net" "and a new room"
wrong ui/edit/a.c '#include <openssl/cms.h>' \
    "1,ui/edit/a.c:1: <openssl/cms.h> has its home elsewhere" \
    "a library away from its home is found"
wrong src/ua/a.c '#include <ares.h>' \
    "1,src/ua/a.c:1: <ares.h> has its home elsewhere" "any of them"
wrong src/ua/a.c '\treturn auth_add(1);' \
    "1,src/ua/a.c:1: auth_add is for the request sender alone" \
    "a challenge that another file answers is found"
wrong src/net/a.c "$(yes 'int a;' | head -n 601)" \
    "1,src/net/a.c: it has 601 lines" "so is a file that is too long"
wrong src/net/a.c "int\nlong_one(void)\n{\n$(yes '\ta();' | head -n 61)\n}" \
    "1,src/net/a.c:3: long_one has 61 lines" "and a function"
finish
