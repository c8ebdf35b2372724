#!/bin/sh
# Every recipe that the verbs print, followed to the letter until it works.
. "${SRCDIR:?}/tests/e2e/lib.sh"

# Blanks in names: what is printed has to be quoted. The commands of recipes
# are run in another folder, as in another terminal.
mkdir -m 700 "$scratch/bin" "$scratch/away" "$scratch/work dir" "$scratch/bob" \
    "$scratch/theirs"
ln -s "$SIGNET" "$scratch/bin/signet"
PATH=$scratch/bin:$PATH
cd "$scratch/work dir" || exit 1
echo "proxy = sip:127.0.0.1:9" >"my settings"

# advises STATUS PATTERN WHAT COMMAND..: it fails so, and says what to do; no
# terminal is there to ask on
advises() {
	_status=$1 _pattern=$2 _label=$3
	shift 3
	setsid -w "$@" >"$scratch/out" 2>"$scratch/err" </dev/null
	_got=$?
	like "$_got $(tr '\n' ' ' <"$scratch/err")" "^$_status .*$_pattern" "$_label"
}
# works WHAT COMMAND..
works() {
	_label=$1
	shift
	setsid -w "$@" >"$scratch/out" 2>"$scratch/err" </dev/null
	_got=$?
	ok $_got "$_label"
	[ $_got -eq 0 ] || sed 's/^/# /' "$scratch/err"
}
# follows WORDS [MORE]: runs the first command that begins with "signet" (or
# what command is), has these words, and ends at a comma, a semicolon or the
# end; with FILE replaced and more words
command=signet
follows() {
	_line=$(sed -n "s/.*[^ ]* \($command .*$1[^,;]*\).*/\1/p" "$scratch/err" |
	    sed "s|FILE|'${file-}'|; s/ ends that\$//")
	case $_line in
	*" $command "*) _line="$command ${_line##* "$command" }" ;;
	esac
	echo "# $_line"
	(cd "$scratch/away" && eval "$_line" "${2-}" </dev/null) \
	    >"$scratch/out" 2>"$scratch/err"
	_got=$?
	ok $_got "  $1"
	[ $_got -eq 0 ] || sed 's/^/# /' "$scratch/err"
}
# openssl's own certificate of a person: cert NAME AOR DAYS
cert() {
	openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
	    -keyout "$scratch/$1.key" -out "$scratch/csr" -subj "/CN=$2" \
	    2>/dev/null
	echo "subjectAltName=\"URI:sip:$2,email:$2\"" >"$scratch/ext"
	openssl x509 -req -in "$scratch/csr" -signkey "$scratch/$1.key" \
	    -days "$3" -extfile "$scratch/ext" -out "$scratch/$1.pem" 2>/dev/null
}

"$SIGNET" -q -k "$scratch/bob" keys new bob@localhost </dev/null
"$SIGNET" -k "$scratch/bob" keys export bob@localhost >"$scratch/bob.pem"
listen bob -k "$scratch/bob" -a sip:bob@localhost -l "tcp:$own:0"
to=sip:bob@localhost
# o'hara has a name that a shell would not take as it is.
me="o'hara@localhost" stored=o%27hara@localhost
# sent WHAT OPTIONS..: the message goes
sent() {
	_what=$1
	shift
	works "$_what" signet -c 'my settings' -k 'key store' -a "sip:$me" \
	    -P "sip:$own:$tcp;transport=tcp" send "$@" "$to" hello
}
# sent_not STATUS PATTERN WHAT OPTIONS..
sent_not() {
	_s=$1 _p=$2 _what=$3
	shift 3
	advises "$_s" "$_p" "$_what" signet -c 'my settings' -k 'key store' \
	    -a "sip:$me" -P "sip:$own:$tcp;transport=tcp" send "$@" "$to" hello
}

# --- send: whom, and one's own certificate ---------------------------------------

advises 78 'give --aor sips:you@example.com, or write aor into signet.conf' \
    "send: no address" signet -P "sip:$own:$tcp" send "$to" hello
works "  --aor" signet --aor sips:you@example.com \
    -P "sip:$own:$tcp;transport=tcp" send "$to" hello
mkdir -p "$XDG_CONFIG_HOME/signet"
echo "aor = sips:you@example.com" >"$XDG_CONFIG_HOME/signet/signet.conf"
works "  signet.conf" signet -P "sip:$own:$tcp;transport=tcp" send "$to" hello
rm "$XDG_CONFIG_HOME/signet/signet.conf"

sent_not 78 'sign with; make one with signet -c' "no own certificate" -s
follows 'keys new'
sent "  then it goes" -s
cert old "$me" -1
cp "$scratch/old.pem" "key store/user_cert_$stored.pem"
cp "$scratch/old.key" "key store/user_key_$stored.pem"
chmod 600 "key store/user_key_$stored.pem"
sent_not 77 'make a new one with signet' "own certificate expired" -s
cp "$scratch/err" "$scratch/advice"
follows 'keys new --force'
sent "  then it goes" -s
cp "$scratch/old.pem" "key store/user_cert_$stored.pem"
cp "$scratch/old.key" "key store/user_key_$stored.pem"
sent "  or unsigned" -s --no-sign
cert next "$me" 300
cat "$scratch/next.pem" "$scratch/next.key" >"$scratch/next both.pem"
cp "$scratch/advice" "$scratch/err"
file="$scratch/next both.pem"
follows 'keys import --force FILE'
sent "  then it goes" -s
cert soon "$me" 5
cp "$scratch/soon.pem" "key store/user_cert_$stored.pem"
cp "$scratch/soon.key" "key store/user_key_$stored.pem"
sent_not 0 'make a new one before with signet' "own certificate ends" -s
follows 'keys new --force'
sent "  no warning any more" -s
is "$(cat "$scratch/err")" "" "no warning any more"

# --- send: theirs --------------------------------------------------------------------

sent_not 78 'take theirs with signet' "no certificate of theirs" -e
file="$scratch/bob.pem"
follows 'keys import FILE'
sent_not 77 'pin it with signet' "not pinned" -e
follows 'keys trust' --yes
sent "  then it goes" -e
cert late bob@localhost -1
"$SIGNET" -q -k 'key store' keys import --force "$scratch/late.pem"
"$SIGNET" -q -k 'key store' keys trust --yes bob@localhost
sent_not 77 'take a new one of theirs' "theirs has expired" -e
follows 'keys import --force FILE'
sent_not 77 'pin it with signet' "a new one not pinned" -e
follows 'keys trust' --yes
sent "  then it goes" -e
"$SIGNET" -q ca init "$scratch/theirs" --name town
"$SIGNET" -q ca issue "$scratch/theirs" bob@localhost
"$SIGNET" -q -k 'key store' keys untrust bob@localhost
"$SIGNET" -q -k 'key store' keys import --as root \
    "$scratch/theirs/root_cert_town.pem"
"$SIGNET" -q -k 'key store' keys import --force \
    "$scratch/theirs/user_cert_bob@localhost.pem"
sent_not 77 'take a new CRL of its issuer' "no crl" -e --crl require
"$SIGNET" -q ca crl "$scratch/theirs"
file="$scratch/theirs/crl_town.pem"
follows 'keys import --force FILE'
# bob has another key: that it left is enough
sent_not 65 'answered 493' "then it goes" -e --crl require
kill "$listener"
ends "$listener"

# --- passphrases and passwords --------------------------------------------------------

signet -q -k 'key store' --passphrase-command 'echo word' \
    keys new -- -dash@localhost </dev/null
listen dash -k "$scratch/bob" -a sip:bob@localhost -l "tcp:$own:0"
me=-dash@localhost stored=-dash@localhost
sent_not 78 'passphrase-command for a key' "locked" -s
sent "  with a command" -s --passphrase-command 'echo word'
cp "$scratch/old.pem" "key store/user_cert_$stored.pem"
sent_not 77 'every receiver refuses' "a name like an option" -s
follows 'keys new --force'
kill "$listener"
ends "$listener"

# challenges WORD..: a server; its URI is in proxy
challenges() {
	rm -f "$scratch/port"
	perl "$SRCDIR/tests/answers.pl" tcp "$scratch/port" "$scratch/log" "$@" &
	pids="$pids $!"
	wait_for . "$scratch/port"
	proxy="sip:127.0.0.1:$(cat "$scratch/port");transport=tcp"
}
ask='407 Who|Proxy-Authenticate: Digest realm='
echo secret >'pass word'
chmod 644 'pass word'
challenges "${ask}\"localhost\",nonce=\"n\",qop=\"auth\",algorithm=SHA-256" '200 OK'
advises 78 'password-command for an account' "no terminal for the password" \
    signet -a sip:alice@localhost -P "$proxy" send "$to" hello
challenges "${ask}\"localhost\",nonce=\"n\",qop=\"auth\",algorithm=SHA-256" \
    "${ask}\"localhost\",nonce=\"n\",qop=\"auth\",algorithm=SHA-256" '200 OK'
advises 78 'run chmod 600' "others can read the password's file" \
    signet -a sip:alice@localhost -P "$proxy" --password-file 'pass word' \
    send "$to" hello
command=chmod follows 600
works "  then it goes" signet -a sip:alice@localhost -P "$proxy" \
    --password-file 'pass word' send "$to" hello
challenges "${ask}\"localhost\",nonce=\"n\",qop=\"auth\",algorithm=MD5" \
    "${ask}\"localhost\",nonce=\"n\",qop=\"auth\",algorithm=MD5" '200 OK'
set -- signet -a sip:alice@localhost --password-file 'pass word'
advises 77 'md5-in-clear = yes allows it' "MD5 in clear" \
    "$@" -P "$proxy" send "$to" hello
echo 'md5-in-clear = yes' >md5.conf
works "  md5-in-clear = yes" "$@" -P "$proxy" -c md5.conf send "$to" hello
challenges "${ask}\"town\",nonce=\"n\",qop=\"auth\",algorithm=SHA-256" \
    "${ask}\"town\",nonce=\"n\",qop=\"auth\",algorithm=SHA-256" '200 OK'
advises 77 'realm "town", which is not ours; if it is, set realm' \
    "another realm" "$@" -P "$proxy" send "$to" hello
works "  realm" "$@" -P "$proxy" --realm town send "$to" hello

# --- listen ------------------------------------------------------------------------------

advises 78 'give --aor sips:you@example.com' "listen: no address" \
    signet -l "tcp:$own:0" listen
advises 64 'give the address to listen on with --listen' "listen ADDRESS" \
    signet -a sips:a@localhost listen "tcp:$own:0"
listen one -a sips:a@localhost -k "$scratch/bob" --listen "tcp:$own:0"
ok $? "  --listen"
kill "$listener"
ends "$listener"
advises 78 'make one with signet -k' "no certificate of the host" \
    signet -k 'key store' -a sips:a@localhost -l "tls:localhost:0" listen
cp "$scratch/err" "$scratch/advice"
follows 'keys new'
listen two -k 'key store' -a sips:a@localhost -l "tls:localhost:0"
ok $? "  then it listens"
kill "$listener"
ends "$listener"
rm 'key store'/domain_*
cp "$scratch/advice" "$scratch/err"
"$SIGNET" -q ca issue "$scratch/theirs" localhost
cat "$scratch/theirs/domain_cert_localhost.pem" \
    "$scratch/theirs/domain_key_localhost.pem" >"$scratch/host.pem"
file="$scratch/host.pem"
follows 'keys import FILE'
listen three -k 'key store' -a sips:a@localhost -l "tls:localhost:0"
ok $? "  then it listens"
kill "$listener"
ends "$listener"
advises 78 'write an IPv6 address in \[ and \]' "an IPv6 address" \
    signet -a sip:a@localhost -l 'tcp:[::1:0' listen
advises 78 'write it as tls:host:port' "a port that is none" \
    signet -a sip:a@localhost -l tcp:localhost:x listen
chmod 755 'key store'
advises 0 'chmod -R go-rwx .* ends that' "others can read the key store" \
    signet -k 'key store' keys list
command=chmod follows '-R go-rwx'
works "  then it is for nobody else" signet -k 'key store' --strict-files \
    keys list

# --- keys, ca, flows, and the rest: a command, its advice, what works then ---------------

"$SIGNET" -q ca init "$scratch/two" --name one
"$SIGNET" -q ca init "$scratch/two" --name two
"$SIGNET" -q ca init "$scratch/old" --name old
mkdir -m 700 "$scratch/no ca" "$scratch/flow ca" "$scratch/full"
: >"$scratch/full/file"
openssl pkcs12 -export -legacy -in "$scratch/next.pem" \
    -inkey "$scratch/next.key" -passout pass:word -out "$scratch/old one.p12" \
    -certpbe PBE-SHA1-RC2-40 -keypbe PBE-SHA1-RC2-40 -macalg sha1

signet="signet -k 'key store'"
row() {
	eval "advises $1 \"\$2\" \"\$3\" $3"
	[ $# -lt 4 ] || eval "works \"  \$4\" $4"
}
row 64 'give NAME, or --aor' "$signet keys export" \
    "$signet keys export bob@localhost"
row 64 'give NAME, or --aor' "$signet keys show" \
    "$signet keys show --aor bob@localhost"
signet -q -k 'key store' keys new carol@localhost </dev/null
row 73 '--force replaces it' "$signet keys new carol@localhost" \
    "$signet keys new --force carol@localhost"
row 73 '--force replaces it' "$signet keys import '$scratch/bob.pem'" \
    "$signet keys import --force '$scratch/bob.pem'"
row 64 'import it with --as root' \
    "$signet keys import '$scratch/two/root_cert_one.pem'" \
    "$signet keys import '$scratch/two/root_cert_one.pem' --as root"
row 65 'import that first' "$signet -k new keys import '$scratch/next.key'" \
    "$signet -k new keys import '$scratch/next.pem'"
works "  then the key" signet -k new keys import "$scratch/next.key"
row 78 'take theirs with signet -k' "$signet keys trust dora@localhost"
cert dora dora@localhost 10
file="$scratch/dora.pem"
follows 'keys import FILE'
row 64 'scripts need --yes' "$signet keys trust dora@localhost" \
    "$signet keys trust dora@localhost --yes"
row 64 '--force removes it' "$signet keys remove carol@localhost" \
    "$signet keys remove carol@localhost --force"
echo rubbish >>'key store/pinned'
row 78 'correct it first' "$signet keys untrust dora@localhost"
sed -i /rubbish/d 'key store/pinned'
works "  corrected" signet -k 'key store' keys untrust dora@localhost
row 65 'convert it with openssl pkcs12 -legacy' \
    "$signet --passphrase-command 'echo word' keys import '$scratch/old one.p12'"
command=openssl follows 'pkcs12 -legacy' '-passin pass:word -passout pass:word'
works "  and import that" signet -k new2 --passphrase-command 'echo word' \
    keys import "$scratch/away/NEW.pem"

row 78 'make one with signet ca init' \
    "signet ca issue '$scratch/no ca' bob@localhost"
follows 'ca init'
works "  then it issues" signet ca issue "$scratch/no ca" bob@localhost
row 78 '--by NAME says which signs' \
    "signet ca issue '$scratch/two' bob@localhost" \
    "signet ca issue '$scratch/two' bob@localhost --by two"
row 65 'choose another one' "signet ca issue '$scratch/old' old --ca" \
    "signet ca issue '$scratch/old' other --ca --pathlen 0"
row 65 'make it with --pathlen' \
    "signet ca issue '$scratch/old' third --ca --by other"
works "  --pathlen" signet ca issue "$scratch/old" other --ca --pathlen 1 --force
works "  then it issues" signet ca issue "$scratch/old" third --ca --by other
row 78 'give --passphrase-command with --force' \
    "signet ca issue '$scratch/old' erin@localhost --p12" \
    "signet ca issue '$scratch/old' erin@localhost --p12 --passphrase-command 'echo word' --force"
row 64 'leave out --name and --type' \
    "signet ca init '$scratch/draft' --well-known --name x" \
    "signet ca init '$scratch/draft' --well-known"
row 64 '--legacy signs with it' \
    "signet ca issue '$scratch/draft' a@example.com --at 2006-01-01" \
    "signet ca issue '$scratch/draft' a@example.com --at 2006-01-01 --legacy"

row 64 'signet flows list' "signet flows nothing" "signet flows list"
row 64 'give --peer, too, or leave it out' \
    "signet flows --ca '$scratch/two' list" "signet flows list"
row 64 'named twice: --save needs different flows' \
    "signet flows --save new3 5.2 5.2" "signet flows --save new3 5.2 5.1"
row 73 '--save needs a new one' "signet flows --save '$scratch/full' 5.2" "signet flows --save new4 5.2"
row 64 'signet ca init DIR makes one' \
    "signet -a sip:a@localhost flows --peer sip:b@localhost scenarios"
row 78 'make one with signet ca init' \
    "signet -a sip:a@localhost flows --peer sip:b@localhost --ca '$scratch/flow ca' scenarios"
follows 'ca init'
row 78 'name a folder with one' \
    "signet -a sip:a@localhost flows --peer sip:b@localhost --ca '$scratch/two' scenarios"
row 78 'write host:port' "signet --dns 'a b' resolve sip:example.com" \
    "signet --dns 127.0.0.1:53 resolve sip:127.0.0.1"
row 64 'see signet --help' "signet nothing" "signet --help"
row 64 'send, listen, resolve, inspect, log, keys, ca, flows or demo' signet \
    "signet keys --help"
row 64 'usage: signet inspect FILE' "signet inspect --json --asn1 '$scratch/bob.pem'" \
    "signet inspect --asn1 '$scratch/bob.pem'"
mkdir -m 700 ./~none
row 64 'write ./~none' "signet -k ~none keys list" "signet -k ./~none keys list"
row 78 'give --keys DIR' "env -u HOME -u XDG_CONFIG_HOME -u XDG_DATA_HOME signet keys list" \
    "env -u HOME -u XDG_CONFIG_HOME -u XDG_DATA_HOME signet --keys 'key store' keys list"
finish
