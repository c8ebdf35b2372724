#!/bin/sh
# baresip, where it is installed: it knows texts alone, and is told so.
. "${SRCDIR:?}/tests/e2e/lib.sh"
modules=
for _dir in /usr/lib/baresip/modules /usr/local/lib/baresip/modules; do
	[ ! -d "$_dir" ] || modules=$_dir
done
if ! command -v baresip >/dev/null || [ -z "$modules" ]; then
	echo "1..0 # SKIP baresip is not installed (Debian: baresip-core)"
	exit 0
fi

mkdir "$scratch/bare"
cat >"$scratch/bare/config" <<CONFIG
sip_listen $own:6085
module_path $modules
module account.so
module menu.so
CONFIG
echo "<sip:bar@$own>;regint=0" >"$scratch/bare/accounts"
: >"$scratch/bare/contacts"
baresip -f "$scratch/bare" >"$scratch/out" 2>&1 </dev/null &
pids="$pids $!"
taken udp "$own" 6085 || wait_for 'is ready' "$scratch/out"
"$SIGNET" -q -k "$scratch/k" keys new alice@example.com </dev/null
# sends [OPTIONS]: a text to it; the status that send ends with
sends() {
	"$SIGNET" -k "$scratch/k" -a sip:alice@example.com "$@" send \
	    "sip:bar@$own:6085;transport=udp" "hello" 2>"$scratch/err"
}
sends
is $? 0 "it takes a text"
sends --wrap yes
is $? 65 "and no message/cpim: 415"
like "$(cat "$scratch/err")" 'answered 415' "which is told"
sends -s
is $? 65 "nor a signed one, which is not wrapped for it"
is "$(cat "$scratch/k/peers" 2>/dev/null)" '' "and nothing is learnt of it"
finish
