#!/bin/sh
# The key store stays whole: whatever is imported, whatever lies in it, when
# the disk is full and when the verbs are killed.
. "${SRCDIR:?}/tests/e2e/lib.sh"
cd "$scratch" || exit 1
mkdir -m 700 k

keys() {
	"$SIGNET" keys "$@" -k "$scratch/k" </dev/null 2>err
}
# refused STATUS PATTERN NAME VERB..: one line says why, and the store is as
# it was
refused() {
	_want=$1 _like=$2 _name=$3
	shift 3
	_before=$(store k)
	keys "$@" >out
	is "$?/$(wc -l <err | tr -d ' ')/$(wc -c <out | tr -d ' ')" \
	    "$_want/1/0" "$_name: status $_want and one line"
	like "$(cat err)" "^signet: .*$_like" "$_name: words"
	is "$(store k)" "$_before" "$_name: the store is as it was"
}
# store DIR: what is in it
store() {
	(cd "$1" && find . -type f ! -name .lock -exec cksum {} + | sort -k 3)
}

keys new bob@example.org >out
openssl req -x509 -newkey rsa:2048 -keyout plain.key -nodes -out carol.pem \
    -subj /CN=carol -days 30 -addext subjectAltName=URI:sip:carol@example.org \
    2>/dev/null
openssl pkcs12 -export -in carol.pem -inkey plain.key -passout pass:geheim \
    -out carol.p12
openssl pkcs12 -export -in carol.pem -inkey plain.key -passout pass: \
    -out open.p12
openssl pkey -in plain.key -aes256 -passout pass:geheim -out locked.key
openssl pkcs8 -topk8 -in plain.key -outform DER -passout pass:geheim \
    -out locked.der
cat carol.pem locked.key >locked.pem

# --- files that are not what they should be ---------------------------------------

printf -- '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n' \
    >broken.pem
printf -- '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n' \
    >broken.key
sed '3,5d' carol.pem >holes.pem
head -c 300 carol.p12 >cut.p12
head -c 3000 /dev/zero >zeros
: >empty
openssl rand 2000 >noise
for file in broken.pem holes.pem cut.p12 zeros empty noise; do
	refused 65 'holds (no|nothing)' "import of $file" import "$file"
done
refused 65 'cannot be read' 'import of a key that is none' import broken.key
refused 65 'import that first' 'import of a key without its certificate' \
    import plain.key
refused 66 . 'import of a folder' import k
cat carol.pem broken.key >both.pem
refused 65 'cannot be read' 'import of a certificate with a key that is none' \
    import both.pem

# What lies in the store is told apart from what can be used.
cp carol.pem k/user_cert_carol@example.org.pem
cp noise k/user_key_carol@example.org.pem
refused 65 'no private key in PEM' 'a key file that is noise' \
    csr carol@example.org
"$SIGNET" -q -k k -a sip:carol@example.org send -s sip:b@127.0.0.1:9 hi 2>err
like "$?/$(cat err)" '^(65|78)/signet: .*no private key' \
    'nothing is signed with it'
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 \
    -out k/user_key_carol@example.org.pem
"$SIGNET" -q -k k -a sip:carol@example.org send -s sip:b@127.0.0.1:9 hi 2>err
like "$?/$(cat err)" '^78/signet: .*does not match' \
    "nor with another certificate's key"
rm k/user_key_carol@example.org.pem
cp noise k/user_cert_noise@h.pem
mkdir k/user_cert_folder@h.pem
mkfifo k/user_cert_fifo@h.pem
ln -s nowhere k/user_cert_link@h.pem
head -c 2000000 /dev/zero >k/user_cert_big@h.pem
keys list >out
is "$?/$(grep -c -E '(bob|carol)@example.org' out)" 0/2 \
    'what is beside a good file does not hide it'
is "$(grep -c 'noise@h.*no certificate in PEM' out)/$(grep -c \
    'big@h.*larger' out)/$(grep -c 'fifo@h.*no plain file' out)" 1/1/1 \
    'and what is wrong with a bad one is told'
rm -r k/user_cert_*@h.pem
mkdir k/user_cert_dora@h.pem
printf 'left alone\n' >k/user_key_dora@h.pem
refused 73 'is a folder' 'a folder where a certificate goes' \
    new dora@h --force
rm -r k/user_cert_dora@h.pem k/user_key_dora@h.pem

# --- what a process that was killed left ------------------------------------------

touch -d '2 hours ago' k/.new-abcDEF k/.new-abcdefg k/.newabcDEFg k/other
touch k/.new-GHIjkl
mkdir k/.new-folder
touch -d '2 hours ago' k/.new-folder
keys new swept@h >out
is "$?/$(cd k && echo .new* other)" \
    '0/.new-GHIjkl .new-abcdefg .new-folder .newabcDEFg other' \
    "a file that was left half written is swept, and nothing else"
rm -r k/.new* k/other

# --- a directory that cannot be read ------------------------------------------------

: >file
"$SIGNET" -k file keys list >out 2>err
like "$?/$(cat err)" '^78/signet: .*cannot be re' 'a key store that is a file'
ln -s loop loop
"$SIGNET" -k loop keys list >out 2>err
like "$?/$(cat err)" '^78/signet: .*cannot be re' 'one that is a loop'
"$SIGNET" -k file/k keys new x@h </dev/null >out 2>err
like "$?/$(cat err)" '^(73|78)/signet: ' 'one inside a file'

# --- passphrases ----------------------------------------------------------------------

for file in carol.p12 locked.pem locked.key locked.der; do
	refused 78 'passphrase.*wrong' "a wrong passphrase of $file" \
	    import "$file" --passphrase-command 'echo falsch'
	refused 78 'so there is no secret' "no passphrase of $file" \
	    import "$file" --passphrase-command false
done
for file in carol.p12 locked.pem; do
	keys import "$file" --force --passphrase-command 'echo geheim' >out
	is $? 0 "the right one of $file"
	is "$(openssl pkey -passin pass:geheim -pubout \
	    -in k/user_key_carol@example.org.pem)" \
	    "$(openssl pkey -in plain.key -pubout)" 'and the key is that one'
	rm k/user_key_carol@example.org.pem
done
keys remove carol@example.org --force

# --- a full disk ------------------------------------------------------------------------

# With room for some of what is written. (It says so to a pipe: a file would be
# over the limit as well.)
for blocks in 0 1 2; do
	before=$(store k)
	said=$(ulimit -f $blocks; "$SIGNET" -k k keys import carol.p12 \
	    --passphrase-command 'echo geheim' </dev/null 2>&1)
	is "$?" 74 "a file limit of $blocks blocks"
	like "$said" '^signet: .*cannot be written: File too large$' \
	    'and its words'
	is "$(store k)" "$before" 'the store is as it was'
done
mkdir small
if mount -t tmpfs -o size=64k,mode=700 none small 2>err; then
	trap 'umount "$scratch/small"; clean_up' EXIT
	cp -p k/* small/ 2>/dev/null
	full=0 whole=0 pages=0
	before=$(store small)
	while [ $pages -le 6 ]; do
		# All but so many pages.
		dd if=/dev/zero of=small/fill bs=4096 2>/dev/null
		size=$(wc -c <small/fill)
		dd if=/dev/zero of=small/fill bs=4096 \
		    count=$((size / 4096 - pages)) 2>/dev/null
		said=$("$SIGNET" -k small keys import carol.p12 \
		    --passphrase-command 'echo geheim' </dev/null 2>&1)
		status=$?
		rm small/fill
		case $status in
		74)
			full=$((full + 1))
			case $said in
			*'No space left'*) ;;
			*) echo "# $said" ;;
			esac
			[ "$(store small)" = "$before" ] || whole=1
			;;
		0)
			"$SIGNET" -q -k small keys remove --force \
			    carol@example.org
			[ "$(store small)" = "$before" ] || whole=1
			;;
		*)
			echo "# status $status: $said"
			whole=1
			;;
		esac
		pages=$((pages + 1))
	done
	is "$whole/$((full >= 1 && full <= 5))" 0/1 \
	    "a full disk: all of it is written or nothing ($full of $pages)"
	# A key that is there is not lost for one that does not fit.
	dd if=/dev/zero of=small/fill bs=4096 2>/dev/null
	said=$("$SIGNET" -k small keys new bob@example.org --force \
	    </dev/null 2>&1)
	is "$?" 74 '--force on a full disk'
	rm small/fill
	is "$(store small)" "$before" 'loses nothing'
	umount small && trap clean_up EXIT
else
	ok 0 'a full disk: all of it is written or nothing # SKIP no tmpfs can be mounted'
fi

# --- killed at any moment -------------------------------------------------------------

# kill.pl DIR ROUNDS BETWEEN COMMAND..: COMMAND, with a SIGTERM at moments that
# are spread over the time it takes, and BETWEEN before each; prints what is
# not whole after one
cat >kill.pl <<'PERL'
use strict;
use warnings;
use Time::HiRes qw(time sleep);

my ($dir, $rounds, $between, @command) = @ARGV;
sub run {
	my ($after) = @_;
	my $pid = fork // die;
	if (!$pid) {
		open STDIN, '<', '/dev/null';
		open STDOUT, '>', '/dev/null';
		open STDERR, '>', '/dev/null';
		exec @command;
	}
	if (defined $after) {
		sleep $after;
		kill 'TERM', $pid;
	}
	waitpid $pid, 0;
	return $?;
}
sub slurp {
	open my $f, '<', $_[0] or return '';
	local $/;
	return scalar <$f>;
}
# The key and the certificate of one name belong together, or neither is there.
sub fault {
	opendir my $d, $dir or return "no folder";
	my @names = grep { !/^\.{1,2}$|^\.lock$/ } readdir $d;
	my @strange = grep { !/^(user|root)_(cert|key)_|^pinned$/ } @names;
	return "left: @strange" if @strange;
	my ($cert, $key) = map { "$dir/user_${_}_eve\@h.pem" } qw(cert key);
	return '' if !-e $cert && !-e $key;
	return "a half" if !-e $cert || !-e $key;
	my $a = `openssl x509 -noout -pubkey -in $cert 2>/dev/null`;
	my $b = `openssl pkey -pubout -passin pass:x -in $key 2>/dev/null`;
	return $a eq $b && $a ne '' ? '' : 'two halves';
}
my $start = time;
run();
my $took = time - $start;
my ($killed, $done) = (0, 0);
for my $i (1 .. $rounds) {
	system $between if $between ne '';
	my $status = run($took * 1.2 * $i / $rounds);
	($status & 127) == 15 ? $killed++ : $done++;
	my $fault = fault();
	if ($fault ne '') {
		print "after $i of $rounds: $fault\n";
		exit;
	}
}
print $killed > 0 ? 'whole' : "none was killed, $done were done", "\n";
PERL
openssl req -x509 -newkey rsa:2048 -keyout eve.key -nodes -out eve.pem \
    -subj /CN=eve -days 30 -addext subjectAltName=URI:sip:eve@h 2>/dev/null
openssl pkcs12 -export -in eve.pem -inkey eve.key -passout pass:x -out eve.p12
# kills NAME BETWEEN VERB..
kills() {
	_name=$1 _between=$2
	shift 2
	is "$(perl kill.pl k 40 "$_between" "$SIGNET" -k k "$@")" whole "$_name"
	keys list >out
	is "$?/$(grep -c bob@example.org out)" 0/1 \
	    "$_name: the store can be read"
}
kills 'SIGTERM at any moment of new' 'rm -f k/*eve@h.pem' keys new eve@h
kills 'SIGTERM at any moment of new --force' '' keys new eve@h --force
kills 'SIGTERM at any moment of import' 'rm -f k/*eve@h.pem' \
    keys import eve.p12 --passphrase-command 'echo x'
kills 'SIGTERM at any moment of import over another key' \
    "$SIGNET -q -k k keys new eve@h --force </dev/null >/dev/null" \
    keys import eve.p12 --force --passphrase-command 'echo x'
kills 'SIGTERM at any moment of remove' \
    "$SIGNET -q -k k keys new eve@h --force </dev/null >/dev/null" \
    keys remove eve@h --force
keys trust bob@example.org --yes >out
pin=$(cat k/pinned)
"$SIGNET" -q -k k keys new eve@h --force </dev/null >out
kills 'SIGTERM at any moment of trust' '' keys trust eve@h --yes
is "$(grep -c -x -F "$pin" k/pinned)/$(grep -c -v -E '^[0-9a-f]{64} [^ ]+$' \
    k/pinned)" 1/0 'no pin is lost'
finish
