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
is "$(cd "$scratch/root/opt/signet" && find . -type f | LC_ALL=C sort)" \
    "./bin/signet
./lib/systemd/user/signet-listen.service
./share/applications/signet.desktop
./share/bash-completion/completions/signet
./share/fish/vendor_completions.d/signet.fish
./share/man/man1/signet.1
./share/man/man5/signet.conf.5
./share/zsh/site-functions/_signet" "make install puts all there is"
like "$(head -n 1 "$scratch/root/opt/signet/share/zsh/site-functions/_signet")" \
    '^#compdef signet' "the completions are scripts of signet's"
unit=$scratch/root/opt/signet/lib/systemd/user/signet-listen.service
like "$(cat "$unit")" '^ExecStart=/opt/signet/bin/signet listen' \
    "the unit starts what was installed"
if command -v systemd-analyze >/dev/null; then
	mkdir "$scratch/unit"
	sed -e "s|^ExecStart=[^ ]*|ExecStart=$scratch/gcc/signet|" \
	    -e '/^Documentation/d' "$unit" >"$scratch/unit/signet-listen.service"
	XDG_RUNTIME_DIR=$scratch/unit systemd-analyze verify --user \
	    "$scratch/unit/signet-listen.service" >"$scratch/log" 2>&1
	is "$?$(cat "$scratch/log")" 0 "systemd takes it as it is"
else
	echo "# systemd-analyze is not here: the unit is not verified"
fi
if command -v desktop-file-validate >/dev/null; then
	is "$(desktop-file-validate "$SRCDIR/docs/signet.desktop" 2>&1)" '' \
	    "the desktop entry is sound"
else
	echo "# desktop-file-validate is not here (configure" \
	    "--install-deps=test)"
fi
(cd "$scratch/gcc" && make uninstall DESTDIR="$scratch/root") >"$scratch/log"
is "$(find "$scratch/root" -type f)" '' "make uninstall takes it away"
(cd "$scratch/gcc" && make dist) >"$scratch/log" 2>&1
tar xzf "$scratch/gcc/signet-0.1.tar.gz" -C "$scratch"
ok $? "make dist packs it"
is "$(ls "$scratch/signet-0.1" | paste -s -d ' ' -)" \
    "LICENSE Makefile.in README configure docs keys src tests ui" \
    "under the top level that everybody knows"
if command -v dh >/dev/null; then
	(cd "$scratch/gcc" && make deb) >"$scratch/log" 2>&1
	ok $? "make deb builds a package"
	dpkg-deb -c "$scratch"/gcc/build/signet_0.1_*.deb >"$scratch/list"
	is "$(grep -cE '[/-](bin/signet|signet-listen.service|signet.desktop|'\
'completions/(_?signet)|signet.fish|signet(.conf)?.[15].gz)$' \
	    "$scratch/list")" 8 "with all that make install puts"
	! command -v lintian >/dev/null ||
	    is "$(lintian --fail-on none \
		"$scratch"/gcc/build/signet_0.1_*.changes 2>/dev/null)" '' \
		"lintian finds nothing"
else
	echo "# debhelper is not here: no package is built"
fi
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
