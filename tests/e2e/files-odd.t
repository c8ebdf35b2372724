#!/bin/sh
# Paths with ~, files with CRs at the ends of their lines, and key stores that
# others can read or write.
. "${SRCDIR:?}/tests/e2e/lib.sh"
mkdir -p "$scratch/cwd" "$scratch/config/signet"
cd "$scratch/cwd" || exit 1
me=$(id -un)
conf=$scratch/config/signet/signet.conf

run() {
	"$SIGNET" "$@" </dev/null 2>err
}

# nothing NAME: there is no folder or file ~ here
nothing() {
	is "$(find . -name '*~*')" '' "$1: no folder ~"
}

# --- ~ --------------------------------------------------------------------------
# shellcheck disable=SC2088
printf 'aor = sip:alice@localhost\nkeys = ~/one\n' >"$conf"
run keys new -q
is "$? $(ls "$scratch/one" | wc -l | tr -d ' ')" '0 2' 'keys = ~/one'
printf 'aor = sip:alice@localhost\r\nkeys = ~/two\r\n' >"$conf"
run keys new -q
is "$? $(ls "$scratch/two" | wc -l | tr -d ' ')" '0 2' 'and with CRs'
run keys new -q --keys='~/three'
is "$? $(ls "$scratch/three" | wc -l | tr -d ' ')" '0 2' '--keys=~/three'
run keys new -q '-k~/four'
is "$? $(ls "$scratch/four" | wc -l | tr -d ' ')" '0 2' '-k~/four'
HOME=/nowhere run keys new -q --keys="~$me/signet-test-none/x" --type dsa
is "$? $(grep -c nowhere err)" '64 0' '~user is the home in passwd'
run keys list --keys='~nobody-of-that-name/x'
is $? 64 'a user that is none'
like "$(cat err)" '^signet: keys: ~nobody-of-that-name/x: there is no home' \
    'which is told'
echo 'trace = ~nobody-of-that-name/x' >"$conf"
run keys list
is $? 78 'and in signet.conf'
like "$(cat err)" 'signet.conf line 1: trace: ~nobody' 'with its line'
printf 'keys = ~\n' >"$conf"
run keys list
is "$? $(cat err)" '0 ' '~ alone'
rm "$conf"
run keys new -q alice@localhost --keys=./~x
is "$? $(ls)" "0 $(printf 'err\n~x')" './~x is a folder of that name'
rm -r ./~x
run --config='~/no.conf' keys list
like "$? $(cat err)" "^78 .*$scratch/no.conf" '--config=~/no.conf'
run send --trace='~/trace' -k "$scratch/one" -a sip:alice@localhost \
    -P "sip:127.0.0.1:9;transport=tcp" sip:bob@localhost x
is "$? $([ -e "$scratch/trace" ] && echo there)" '69 there' '--trace=~/trace'
run flows --save='~/flows' 5.1 >/dev/null
is "$([ -d "$scratch/flows" ] && echo there)" there "a verb's own --save=~/flows"
nothing 'all these'

# --- what others can do ---------------------------------------------------------
k=$scratch/one
warned='^signet: other users can'
key=user_key_alice@localhost.pem
# exposed MODE KEYMODE WORDS: a line about it, and strict-files refuses
exposed() {
	chmod "$1" "$k" && chmod "$2" "$k/$key"
	run keys list -q -k "$k" >/dev/null
	is "$? $(grep -c "$warned $3" err) $(wc -l <err | tr -d ' ')" '0 1 1' \
	    "$1 and $2: $3"
	run keys list --strict-files -k "$k" >/dev/null
	is "$? $(grep -c "$warned $3.*and strict-files is set" err)" '78 1' \
	    "$1 and $2: strict-files"
}
exposed 777 600 "read and write the key store $k; chmod"
exposed 750 600 "read the key store $k; chmod"
exposed 720 600 "write the key store $k; chmod"
exposed 700 640 "read the private key $k/$key; chmod"
exposed 700 602 "write the private key $k/$key; chmod"
exposed 755 644 "read the key store $k, and read the private key"
eval "$(sed 's/.*; \(chmod .*\) ends that.*/\1/' err)"
run keys list --strict-files -k "$k" >/dev/null
is "$? $(cat err)" '0 ' 'the command that it tells ends it'
chmod 711 "$k" && chmod 644 "$k/user_cert_alice@localhost.pem"
run keys list --strict-files -k "$k" >/dev/null
is "$? $(cat err)" '0 ' 'certificates are public'
chmod 777 "$k"
echo 'strict-files = yes' >"$conf"
for verb in 'keys list' 'inspect err' 'listen' 'send sip:bob@localhost x'; do
	# shellcheck disable=SC2086
	run $verb -k "$k" -a sip:alice@localhost >/dev/null
	is "$? $(grep -c "$warned" err)" '78 1' "strict-files: $verb"
done
finish
