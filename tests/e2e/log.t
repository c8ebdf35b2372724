#!/bin/sh
# `signet log`: the history as `listen` prints messages, which of them, their
# signatures judged again, and what a damaged file comes to.
. "${SRCDIR:?}/tests/e2e/lib.sh"
: "${TOOLS:?make check sets it}"
cd "$scratch" || exit 1

me=sips:alice@example.com
db=$XDG_DATA_HOME/signet/history-alice@example.com.db
log() {
	"$SIGNET" log -k k -a "$me" "$@" >out 2>err
	rc=$?
}
# add LINE..: as tests/tool/history.c has them
add() {
	printf '%b\n' "$@" | "$TOOLS/history" k alice@example.com "$db"
}
# texts: the rows of the texts that were printed
texts() {
	sed -n 's/^| //p' out | tr '\n' ' '
}

"$SIGNET" keys new "$me" -q -k k </dev/null
log
is "$rc,$(wc -l <err)" 66,1 "without a history: a line"
"$SIGNET" keys new sips:bob@example.net -q -k b </dev/null
"$SIGNET" keys export bob@example.net -k b >bob.pem
"$SIGNET" keys import bob.pem -q -k k
"$SIGNET" keys trust bob@example.net --yes -q -k k
"$SIGNET" keys export alice@example.com -k k >alice.pem
"$SIGNET" keys import alice.pem -q -k b
"$SIGNET" keys trust alice@example.com --yes -q -k b
perl "$SRCDIR/tests/wire.pl" catch port signed >/dev/null &
wait_for . port
"$SIGNET" send -s -k b -a sip:bob@example.net \
    "sip:alice@127.0.0.1:$(cat port);transport=tcp" 'signed by bob' </dev/null
add 'in\tbob@example.net\thello' \
    'out\tbob@example.net\tdelivered\tone\\ntwo' \
    'refused\tcarol@example.org\tit was changed' 'sip\tsigned' \
    'gone\tbob@example.net' 'in\tdave@example.org\t\\e[31mred' \
    'out\tdave@example.org\twaiting\tlast'

log
is "$rc,$(cat err)" '0,' "the history is printed"
is "$(texts)" 'hello one two signed by bob gone \u{1B}[31mred last ' \
    "all of it, in order, harmless for a terminal"
like "$(sed -n 1p out)" \
    '^20..-..-.. ..:..:.. bob@example.net to alice@example.com by tls: sig' \
    "a message that came stands as listen prints it"
like "$(cat out)" '> alice@example.com to bob@example.net: delivered \(200\), s' \
    "one of ours with its state"
like "$(cat out)" '^refused \(437\): it was changed$' "a refused one with why"
log -v
like "$(cat out)" '^#4 20.*signature good by bob@example.net' "-v numbers them"
log --json
is "$(perl -MJSON::PP -ne '
	my $m = decode_json($_);
	print join(",", @$m{qw(id direction state)}, $m->{text} // "null"), ";";
    ' out)" "1,in,shown,hello;2,out,delivered,one
two;3,in,refused,null;4,in,shown,signed by bob;5,in,shown,gone;$(
    printf '6,in,shown,\033[31mred;7,out,waiting,last;')" \
    "--json has id, direction and state"
is "$(perl -MJSON::PP -ne 'print join(",", sort keys %{decode_json($_)}), "\n";
    ' out | sort -u)" \
    "call_id,cipher,content_type,covers,digest,direction,encryption,from,id,$(
    )message_id,reason,signature,signed_at,signed_to,signer,state,status,text,$(
    )time,to,transport" \
    "and listen's members"

# Which messages.
log bob@example.net
is "$(texts)" 'hello one two signed by bob gone ' "WHO: with one person"
log sips:BOB@example.net
is "$rc,$(texts)" '0,' "a user part has its case"
log sip:bob@EXAMPLE.net
is "$(texts)" 'hello one two signed by bob gone ' "a host has none"
log nobody@example.net
is "$rc,$(cat out err)" '0,' "nobody is no error"
log -n 2
is "$(texts)" '\u{1B}[31mred last ' "-n: the last ones"
log bob@example.net -n 2
is "$(texts)" 'signed by bob gone ' "of one person"
log -n 1 --grep 'l{2}o|^two$'
is "$(texts)" 'one two ' "that match"
log -n 100
is "$(texts | wc -w)" 9 "more than there are: all"
log --grep 'l{2}o|^two$'
is "$(texts)" 'hello one two ' "--grep: an extended expression over the text"
log --since '1 minute'
is "$(texts | wc -w)" 9 "--since: how long ago"
log --since 2099-01-01
is "$rc,$(texts)" 0, "a date"
log --until '2 days ago'
is "$rc,$(texts)" 0, "--until: before"
log --until 2099-01-01T00:00:00+01:00
is "$(texts | wc -w)" 9 "a time of RFC 3339"
for wrong in '--since yesterdays' '--grep (' '-n 0' '-n x' '--raw x' \
    '--raw 1 --verify' '-f --verify' 'a@b c@d' '@'; do
	# shellcheck disable=SC2086
	log $wrong
	like "$rc,$(wc -l <err)" '^6[45],1$' "$wrong: a line"
done

# Signed bytes.
log --raw 4
is "$rc,$(cat err)" '0,' "--raw gives the bytes"
is "$(cmp out signed)" '' "as they came"
is "$("$SIGNET" inspect -k k out | sed -n 's/^| //p')" 'signed by bob' \
    "for inspect"
log --raw 1
is "$rc,$(wc -l <err)" 66,1 "those that were not kept: a line"
log --verify
is "$rc,$(cat out err)" \
    '0,1 signature judged, 0 changed; the bytes of 2 were not kept' \
    "--verify judges again"
log --verify --at 2099-01-01
like "$(cat out)" '^#4 20.*signature expired by bob@example.net, was: .* good' \
    "--at: at another time"
like "$(cat out)" '^1 signature judged, 1 changed' "and tells what changed"
"$SIGNET" keys untrust bob@example.net -k k
log --verify --json
is "$(perl -MJSON::PP -ne '
	my $m = decode_json($_);
	print join(",", @$m{qw(id signature was)}, $m->{changed} ? 1 : 0);' out)" \
    "4,untrusted,good,1" "what is trusted now decides"

# What comes while it runs.
"$SIGNET" log -k k -a "$me" -f -n 1 >follow 2>follow.err &
follow=$!
pids="$pids $follow"
wait_for '^\| last' follow
add 'in\tbob@example.net\tnews'
wait_for '^\| news' follow
ok $? "-f prints what comes"
i=0
while [ $i -lt 1200 ]; do
	i=$((i + 1))
	printf 'in\tbob@example.net\tnumber %d\n' $i
done | "$TOOLS/history" k alice@example.com "$db"
wait_for '^\| number 1200$' follow
kill "$follow"
wait "$follow"
is "$?,$(cat follow.err)" '0,' "until a signal ends it"
is "$(grep -c '^| number' follow)" 1200 "each once"
log --grep '^number (1|600|1200)$'
is "$(texts)" 'number 1 number 600 number 1200 ' "many are read in pages"
log -n 2 >/dev/null
is "$(texts)" 'number 1199 number 1200 ' "from the end, too"
"$SIGNET" log -k k -a "$me" >/dev/full 2>err
is "$?,$(wc -l <err)" 74,1 "no room for the output: a line"

# What listen keeps is printed as listen printed it.
"$SIGNET" keys trust bob@example.net --yes -q -k k
mkdir l
cp -p k/* l/
listen alice -k l -a "$me" -l tcp:127.0.0.1:0 --history \
    --history-file "$scratch/l.db"
for how in -s --no-sign '-s -e --nesting inner' '-s -e --cipher aes-128-cbc' \
    '-s -e --nesting outer' '-s -e --cipher aes-128-cbc --nesting outer'; do
	# shellcheck disable=SC2086
	"$SIGNET" send $how -q -k b -a sip:bob@example.net \
	    -P "sip:127.0.0.1:$tcp;transport=tcp" sip:alice@example.com \
	    "sent $how" </dev/null
done
kill "$listener"
wait "$listener"
log -k l --history-file "$scratch/l.db"
is "$rc,$(cat err)" '0,' "what listen kept is there"
is "$(grep -c '^| sent' out),$(diff out alice.out)" '6,' \
    "as listen printed it"
log -k l --history-file "$scratch/l.db" --verify
is "$(cat out)" '5 signatures judged, 0 changed' "with its signatures"
mkdir -p l-data/signet
cp l.db l-data/signet/history-alice@example.com.db
XDG_DATA_HOME=$scratch/l-data "$SIGNET" keys new "$me" --force -q -k l </dev/null
log -k l --history-file l-data/signet/history-alice@example.com.db --verify
is "$(grep -c '^#.*encryption no-key.*was: signature good' out),$(
    tail -n 1 out)" '2,5 signatures judged, 2 changed' \
    "without the private key those around what is encrypted stay"

# A signature around an encrypted part: with the key that was kept it is judged,
# and its text compared, by who has no key any more that it was encrypted for.
mkdir o
cp -p k/* o/
for cipher in cbc gcm; do
	rm -f port
	perl "$SRCDIR/tests/wire.pl" catch port outer-$cipher >/dev/null &
	wait_for . port
	"$SIGNET" send -s -e --cipher aes-128-$cipher --nesting outer -q -k b \
	    -a sip:bob@example.net \
	    "sip:alice@example.com" -P "sip:127.0.0.1:$(cat port);transport=tcp" \
	    "outer by $cipher" </dev/null
done
me_was=$db
db=$scratch/o-data/signet/history-alice@example.com.db
printf 'sip\touter-cbc\nsip\touter-gcm\nsip\touter-cbc\tforged\n' |
    "$TOOLS/history" o alice@example.com "$db"
XDG_DATA_HOME=$scratch/o-data "$SIGNET" keys new "$me" --force -q -k o </dev/null
log -k o --history-file "$db" --verify -v
is "$rc" 65 "a text that was not signed: 65"
is "$(sed 's/^#\([0-9]*\) [^ ]* /\1 /' out)" \
    "1 bob@example.net: signature good by bob@example.net, as before
2 bob@example.net: signature good by bob@example.net, as before
3 bob@example.net: signature good by bob@example.net, but of another text, $(
    )was: signature good by bob@example.net
3 signatures judged, 1 changed" \
    "signed around what is encrypted: judged again without the private key"
log -k o --history-file "$db" --verify --json
is "$(perl -MJSON::PP -ne 'my $m = decode_json($_);
    print $m->{text_same} ? "same" : "other", " ";' out)" 'same same other ' \
    "--json says which text is the same"
log -k o --history-file "$db" --raw 1
is "$(cmp out outer-cbc)" '' "--raw gives what came, without the key"
is "$("$SIGNET" inspect -k o out | grep -c '^| ')" 0 \
    "which a private key alone could open"
db=$me_was

# Keys.
"$SIGNET" log -k b -a "$me" >out 2>err
is "$?,$(wc -l <err),$(wc -c <out)" 78,1,0 "without a key: a line, and 78"
"$SIGNET" log -k k >out 2>err
is "$?,$(wc -l <err)" 78,1 "without an address as well"
rm -rf other
"$SIGNET" keys new "$me" -q -k other </dev/null
"$SIGNET" log -k other -a "$me" >out 2>err
is "$?,$(wc -l <err),$(wc -c <out)" 78,1,0 "with another key as well"

# Damage.
rm -f "$db"*
add 'in\tbob@example.net\tfirst' 'in\tbob@example.net\tsecond' \
    'in\tbob@example.net\tthird'
cp "$db" whole
size=$(wc -c <whole)
at=0 odd='' told=0
while [ $at -lt "$size" ]; do
	cp whole "$db"
	perl -e 'open(my $f, "+<", $ARGV[0]) or die; binmode $f;
	    seek($f, $ARGV[1], 0); read($f, my $c, 1);
	    seek($f, $ARGV[1], 0); print $f chr(ord($c) ^ 64);' "$db" $at
	log --json
	got=$(perl -MJSON::PP -ne 'my $m = decode_json($_);
	    print $m->{text} // ($m->{error} ? "!" : "?"), " ";' out)
	case "$rc,$(wc -l <err),$got" in
	'0,0,first second third ') ;;
	'65,1,! second third ' | '65,1,first ! third ' | '65,1,first second ! ')
		told=$((told + 1)) ;;
	# The file is no database any more.
	6[56],1, | 7[478],1,) ;;
	*) odd="$odd $at: $rc,$(cat err),$got" ;;
	esac
	rm -f "$db"*
	at=$((at + 131))
done
is "$odd" '' "a changed byte is told, shows nothing wrong, and the rest stays"
is "$((told > 2))" 1 "($told of the bytes were a message's)"
for n in 0 1 100 4096 $((size - 4096)) $((size - 1)); do
	head -c "$n" whole >"$db"
	log
	like "$rc,$(wc -l <err),$(texts)" \
	    '^((6[56]|7[478]),[1-4],|0,0,first second third )$' \
	    "cut to $n bytes: a line, or nothing is lost"
done
head -c 20000 /dev/zero >"$db"
log
like "$rc,$(wc -l <err)" '^6[56],1$' "zeros: a line"
finish
