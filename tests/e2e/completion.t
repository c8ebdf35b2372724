#!/bin/sh
# Completion: bash, zsh and fish on a real terminal complete verbs, actions,
# options, the words of settings, files, folders and names of the key store.
. "${SRCDIR:?}/tests/e2e/lib.sh"
. "$SRCDIR/tests/e2e/terminal.sh"
cd "$scratch" || exit 1

mkdir bin work work/folder home
ln -s "$SIGNET" bin/signet
: >work/folded
: >work/file.eml
"$SIGNET" -q keys new bob@example.com </dev/null
"$SIGNET" -q keys new "o'neil@example.com" </dev/null

"$SIGNET" --help >help
for verb in $(sed -n 's/^  signet \([a-z]\{1,\}\).*/\1/p' help); do
	"$SIGNET" "$verb" --help
done >>help
for shell in bash zsh fish; do
	"$SIGNET" completion $shell >"$shell.script"
	is $? 0 "there is a script for $shell"
	for option in $(grep -o -e ' --[a-z0-9-]*' help | sort -u); do
		grep -q -e "-l ${option#--} " -e "$option\\b" $shell.script ||
		    echo "$option"
	done >missing
	is "$(cat missing)" '' "it has each option of --help"
done
"$SIGNET" completion csh >/dev/null 2>said
is $? 64 "there is none for another shell"
like "$(cat said)" 'usage: signet completion bash\|zsh\|fish' "and it says so"

# begins SHELL WORDS: a shell on a terminal
begins() {
	shell=$1
	shift
	terminal new-session -d -s "$shell" -x 80 -y 24 -c "$scratch/work" \
	    env PATH="$scratch/bin:$PATH" HOME="$scratch/home" \
	    XDG_DATA_HOME="$XDG_DATA_HOME" TERM=screen PS1='ready> ' "$@"
}
# completes TYPED LINE WHAT: TYPED and Tab give LINE
completes() {
	typed "$shell" "signet $1"
	keys "$shell" Tab
	shows "$shell" "signet $2\$" "$shell: $3"
	keys "$shell" C-u
	keys "$shell" C-l
	shows "$shell" '^ready>$' "$shell: and the next"
}
all() {
	completes comp 'completion' "a verb"
	completes 'keys untr' 'keys untrust' "an action"
	completes 'completion zs' 'completion zsh' "a word of a verb"
	completes 'send --que' 'send --queue' "an option of a verb"
	completes 'keys import --for' 'keys import --force' "of an action"
	completes 'listen --no-hist' 'listen --no-history' "a setting"
	completes '--cipher aes-128-g' '--cipher aes-128-gcm' "its word"
	completes 'send --cipher=aes-128-g' 'send --cipher=aes-128-gcm' \
	    "behind ="
	completes 'keys new --type rsa:2' 'keys new --type rsa:2048' \
	    "one with a colon"
	completes '-k fold' '-k folder/' "a folder"
	completes 'inspect fi' 'inspect file.eml' "a file"
	completes '-k folder lis' '-k folder listen' \
	    "a verb behind a setting"
	completes 'keys trust bo' 'keys trust bob@example.com' "a name"
	completes 'send bob@ex' 'send bob@example.com' "one with @"
}

begins bash bash --norc
run bash '. ../bash.script; clear'
all
# lists LINE: what bash would offer behind it
lists() {
	bash --norc -c '. ./bash.script
	    COMP_LINE=$1 COMP_POINT=${#1} COMP_WORDS=($1 "")
	    COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
	    _signet signet ""
	    printf "%s\n" "${COMPREPLY[@]}"' bash "$1" | paste -s -d ' ' -
}
PATH=$scratch/bin:$PATH
is "$(lists 'signet ')" "$(sed -n 's/^  signet \([a-z]\{1,\}\).*/\1/p' help |
    head -n 10 | paste -s -d ' ' -)" "bash: all verbs"
is "$(lists 'signet keys new --type ')" 'p256 rsa:2048' "bash: all words"
is "$(lists 'signet keys show ')" bob@example.com \
    "bash: a name that is no plain word is left alone"
is "$(lists 'signet listen -n ')" '' "bash: nothing for a number"
for shell in zsh fish; do
	if ! command -v $shell >/dev/null; then
		echo "# $shell is not installed (configure --install-deps=test)"
		continue
	fi
	case $shell in
	zsh)
		begins zsh zsh -f
		mkdir functions
		cp zsh.script functions/_signet
		run zsh 'fpath=($PWD/../functions $fpath); autoload -U compinit; compinit -D -u; clear'
		;;
	fish)
		begins fish fish --no-config
		run fish 'function fish_prompt; echo "ready> "; end; source ../fish.script; clear'
		;;
	esac
	all
done
finish
