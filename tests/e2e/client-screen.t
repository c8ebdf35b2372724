#!/bin/sh
# What the client draws, on terminals of several kinds and sizes, compared cell
# by cell (tests/tool/pty) with what it draws anew.
. "${SRCDIR:?}/tests/e2e/lib.sh"
: "${TOOLS:?make check sets it}"
unset NO_COLOR LINES COLUMNS
LC_ALL=C.UTF-8
export LC_ALL
cd "$scratch" || exit 1

ctrl_u=$(printf '\025') enter=$(printf '\r') erase=$(printf '\177')
mkdir -m 700 keys

# drawn TERM COLUMNSxROWS STEP..: runs the client for these steps
drawn() {
	_term=$1 _first=$2
	shift 2
	TERM=$_term timeout 120 "$TOOLS/pty" "$_first" "$@" \
	    quit "$ctrl_u/quit$enter$ctrl_u/quit$enter" -- "$SIGNET" -k keys \
	    -a sip:alice@localhost -l "tcp:$own:5070" --register no \
	    >drawn 2>said
	_status=$?
	[ $_status -eq 0 ] || cat drawn said | sed 's/^/# /'
	return $_status
}

# --- terminals and sizes ------------------------------------------------------

for rows in 24 30 60; do
	for term in xterm tmux screen vt100 linux cygwin hurd; do
		case $term$rows in
		cygwin[36]0 | hurd[36]0) continue ;;
		esac
		infocmp $term >/dev/null 2>&1 || continue
		case $term in
		tmux | screen) taller=$((rows - 7)) ;;
		*) taller=$((rows + 20)) ;;
		esac
		drawn $term 80x$rows cells 'listening on' same \
		    type "/query bob@localhost${enter}" cells 'bob@localhost' \
		    same type 'a word and another' cells 'another' same \
		    type "$erase$erase$erase$erase" same type "$ctrl_u" same \
		    type "/help$enter" same type ' ' same type 'q' same \
		    type "/nonsense$enter" cells "no command" \
		    type "$ctrl_u" same \
		    type "/query nobody@localhost$enter" same \
		    size 100x$taller same type 'a word' same \
		    size 80x$rows same grid
		ok $? "$term, $rows rows: what is shown is what is drawn anew"
		sed 's/[0-9][0-9]:[0-9][0-9]//' drawn >$term
		diff xterm $term
		ok $? "$term, $rows rows: the same cells as on xterm"
	done
	is "$(grep -c . xterm)" "$(grep -c . linux)" "$rows rows are drawn"
	is "$(sed -n '$p' xterm)" 'to nobody@localhost: a word' \
	    "the last one of $rows is the input line"
done

# --- characters whose widths terminals disagree on -----------------------------

family=$(printf '\360\237\221\250\342\200\215\360\237\221\251\342\200\215\360\237\221\247')
flag=$(printf '\360\237\207\251\360\237\207\252')
thumb=$(printf '\360\237\221\215\360\237\217\275')
heart=$(printf '\342\235\244\357\270\217')
accent=$(printf 'e\314\201')
cyrillic=$(printf '\320\264\320\260')
wide=$(printf '\344\270\255\346\226\207')
for widths in plain joins wide; do
	for what in "$family" "$flag" "$thumb" "$heart" "$accent" "$cyrillic" \
	    "$wide"; do
		drawn xterm-256color 80x24 widths $widths \
		    cells 'listening on' type "/query bob@localhost${enter}" \
		    cells 'bob@localhost' type "a${what}bcd" same \
		    type "$erase$erase$erase" same type "xyz" same \
		    type "$(printf '\001')-" same type "$(printf '\005')$erase" \
		    same type "$(printf '\027')" same \
		    type "$ctrl_u/status$enter" same \
		    type "//${what} one ${what}${what} two$enter" \
		    cells 'two' same type "/encrypt off$enter" same \
		    type "/sign off$enter" same \
		    type "//${what} one ${what}${what} two$enter" same \
		    type 'M<' same size 60x24 same size 80x24 same
		ok $? "$widths: rows with $what are the same drawn anew"
	done
done

# --- terminals that cannot be drawn on -----------------------------------------

fails_on() {
	TERM=$1 "$TOOLS/pty" 80x24 wait never -- sh -c "
	    '$SIGNET' -k keys -a sip:alice@localhost -l 'tcp:$own:5070' \
	    --register no 2>said; echo \$? >status; cat said" >/dev/null 2>&1
	is "$(cat status)" 69 "TERM=$1 ends it"
	is "$(wc -l <said)" 1 "with one line"
	grep -q "$2" said
	ok $? "that says why: $2"
}
fails_on dumb 'the terminal "dumb" (TERM) cannot place a cursor'
fails_on nothing-like-it 'unknown terminal "nothing-like-it"'

# --- a frame needs no room on the disk -----------------------------------------

TMPDIR=/nonexistent
export TMPDIR
drawn xterm 200x200 cells 'listening on' type 'some words' same \
    size 250x250 same
ok $? "frames of 250 by 250 cells are drawn without a temporary file"
finish
