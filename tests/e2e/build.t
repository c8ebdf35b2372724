#!/bin/sh
# configure and make: out of tree, without a warning from either compiler,
# installed where it is told, and plain words for what is missing.
. "${SRCDIR:?}/tests/e2e/lib.sh"

if [ "${SANITIZE:-}" = yes ]; then
	echo "1..0 # SKIP built once already"
	exit 0
fi
unset MAKEFLAGS MFLAGS MAKELEVEL CFLAGS LDFLAGS CI

for cc in gcc clang; do
	mkdir "$scratch/$cc"
	(
		cd "$scratch/$cc" &&
		    "$SRCDIR/configure" CC=$cc CFLAGS='-O2 -Werror' \
			--prefix=/opt/signet && make -j2 signet
	) >"$scratch/log" 2>&1
	ok $? "$cc builds it out of tree without a warning"
	grep -E '(warning|error):' "$scratch/log" | head -n 20 | sed 's/^/# /'
done
is "$("$scratch/gcc/signet" --version)" "signet 0.1" "it tells its version"
(cd "$scratch/gcc" && make install DESTDIR="$scratch/root") >"$scratch/log"
is "$(cd "$scratch/root" && find . -type f | sort | paste -s -d ' ' -)" \
    "./opt/signet/bin/signet ./opt/signet/share/man/man1/signet.1 \
./opt/signet/share/man/man5/signet.conf.5" "make install puts all there is"
(cd "$scratch/gcc" && make uninstall DESTDIR="$scratch/root") >"$scratch/log"
is "$(find "$scratch/root" -type f)" '' "make uninstall takes it away"
(cd "$scratch/gcc" && make dist) >"$scratch/log" 2>&1
tar xzf "$scratch/gcc/signet-0.1.tar.gz" -C "$scratch"
ok $? "make dist packs it"
is "$(ls "$scratch/signet-0.1" | paste -s -d ' ' -)" \
    "LICENSE Makefile.in README configure docs keys src tests ui" \
    "under the top level that everybody knows"
readelf -W -d -l -h "$scratch/gcc/signet" >"$scratch/elf"
like "$(cat "$scratch/elf")" 'DYN|PIE' "it is position-independent"
like "$(cat "$scratch/elf")" 'GNU_RELRO' "its relocations are read-only"
like "$(cat "$scratch/elf")" 'BIND_NOW|NOW' "and bound at the start"

# Without a library: a sentence, and the package that brings it.
mkdir "$scratch/without"
cat >"$scratch/pkg" <<'PKG'
#!/bin/sh
case "$*" in
*libosip2*) exit 1 ;;
*) exec pkg-config "$@" ;;
esac
PKG
chmod +x "$scratch/pkg"
(cd "$scratch/without" && PKG_CONFIG="$scratch/pkg" "$SRCDIR/configure") \
    >"$scratch/log" 2>&1
is $? 1 "configure fails without a library"
like "$(cat "$scratch/log")" 'libosip2 is missing.*libosip2-dev' \
    "and says which, and what brings it"
is "$(ls "$scratch/without")" '' "and leaves nothing half-written"
(cd "$scratch/without" && "$SRCDIR/configure" --prefiks=/x) \
    >"$scratch/log" 2>&1
is $? 1 "an option that there is not is refused"
mandoc -T lint -W warning "$SRCDIR/docs/signet.1" \
    "$SRCDIR/docs/signet.conf.5" >"$scratch/log" 2>&1
ok $? "the manual is sound mdoc"
"$SIGNET" --help >"$scratch/help"
for option in $(grep -o '^ *\(-[a-zA-Z], \)\{0,1\}--[a-z0-9-]*' "$scratch/help" |
    grep -o -e '--[a-z0-9-]*'); do
	name=${option#--}
	grep -q -e "Fl -$name" -e "-$name" "$SRCDIR/docs/signet.1" ||
	    grep -q "^\.It Ic $name " "$SRCDIR/docs/signet.conf.5" ||
	    echo "$option"
done >"$scratch/untold"
is "$(cat "$scratch/untold")" '' "the manual tells every option of --help"
finish
