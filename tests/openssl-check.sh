#!/bin/sh
# openssl-check.sh FOLDER: checks flows that signet saved, by openssl alone:
# the manifest's digests, each signature, each seal, and what they are about.
# The shell cuts messages apart, and decides nothing. A line each; ends with 1
# where one is wrong.
set -u
cd "${1:?which folder}" || exit 1
work=$(mktemp -d "${TMPDIR:-/tmp}/openssl-check.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
wrong=0

# said STATUS WORDS
said() {
	if [ "$1" -eq 0 ]; then
		echo "good  $2"
	else
		echo "WRONG $2"
		wrong=1
	fi
}

# body FILE: what is behind the empty line
body() {
	_at=$(grep -abo -m 1 "^$cr\$" "$1" | head -n 1 | cut -d: -f1)
	tail -c +$((_at + 3)) "$1"
}

# signed FILE BOUNDARY: the bytes that a multipart's signature covers
signed() {
	_delimiters=$(grep -abo -e "^--$2" "$1" | cut -d: -f1)
	set -- "$1" "$2" $_delimiters
	_from=$(($3 + ${#2} + 5))
	tail -c +$_from "$1" | head -c $(($4 - _from - 1))
}

# parameter NAME FILE: of the Content-Type
parameter() {
	head -n 30 "$2" | grep -a -i -m 1 '^Content-Type' | tr -d '\r' |
	    sed -n "s/.*$1=\"\{0,1\}\([^;\"]*\).*/\1/p"
}

cr=$(printf '\r')
while read -r digest name; do
	[ "$(openssl dgst -sha256 -r "$name" | cut -d' ' -f1)" = "$digest" ]
	said $? "digest of $name"
done <manifest

# verify SIGNATURE CONTENT SIGNER ROOT: at the time of the message
verify() {
	openssl cms -verify -binary -inform DER -in "$1" -content "$2" \
	    -certfile "$3" -CAfile "$4" -purpose any -attime "$at" \
	    -auth_level 0 -out /dev/null 2>"$work/err"
}

# look NAME MESSAGE STORE BLOB: what is in a message, by its blobs
look() {
	_blob=$4
	_boundary=$(parameter boundary "$2")
	_type=$(openssl asn1parse -inform DER -in "$1-blob$_blob.der" |
	    sed -n '2s/.*://p')
	if [ -n "$_boundary" ]; then
		signed "$2" "$_boundary" >"$work/content"
		# The signature is the last part, so the last blob.
		_last=$(ls "$1"-blob*.der | sort -V | tail -n 1)
		verify "$_last" "$work/content" \
		    "$3/user_cert_fluffy@example.com.pem" "$3"/root_cert_*.pem
		said $? "$1: fluffy's signature over the first part"
		[ "$_last" = "$1-blob$_blob.der" ] && return
	fi
	case $_type in
	*nveloped*)
		openssl cms -decrypt -inform DER -in "$1-blob$_blob.der" \
		    -binary -inkey "${KEYS:-$3}/user_key_kumiko@example.net.pem" \
		    -recip "$3/user_cert_kumiko@example.net.pem" \
		    -out "$work/opened" 2>"$work/err" &&
		    grep -aqi '^Content-Type' "$work/opened"
		said $? "$1: encrypted for kumiko"
		_boundary=$(parameter boundary "$work/opened")
		if [ -n "$_boundary" ]; then
			inside "$1" "$3" "$_boundary"
		fi
		;;
	*signedData)
		openssl cms -verify -binary -inform DER \
		    -in "$1-blob$_blob.der" -out "$work/content" \
		    -certfile "$3/user_cert_fluffy@example.com.pem" \
		    -CAfile "$3"/root_cert_*.pem -purpose any -attime "$at" \
		    2>"$work/err"
		said $? "$1: fluffy's signature, with what it signs inside"
		;;
	esac
}

# inside NAME STORE BOUNDARY: a signed entity that was encrypted
inside() {
	signed "$work/opened" "$3" >"$work/content"
	_at=$(grep -abo -e "^--$3" "$work/opened" | cut -d: -f1 | sed -n 2p)
	tail -c +$((_at + 1)) "$work/opened" >"$work/part"
	body "$work/part" >"$work/rest"
	# DER ends where its own length says; openssl reads no further.
	verify "$work/rest" "$work/content" \
	    "$2/user_cert_fluffy@example.com.pem" "$2"/root_cert_*.pem
	said $? "$1: fluffy's signature inside"
}

for message in *-request.sip; do
	[ -f "$message" ] || continue
	name=${message%-request.sip}
	store=.
	[ -d "$name-keys" ] && store=$name-keys
	at=$(date -u -d "$(grep -a -m 1 '^Date:' "$message" |
	    sed 's/^Date: //' | tr -d '\r')" +%s)
	first=$(ls "$name"-blob*.der 2>/dev/null | sort -V | head -n 1)
	[ -n "$first" ] || continue
	first=${first##*-blob}
	# What is refused is another test's.
	grep -aq '^SIP/2.0 2' "$name-response.sip" || continue
	look "$name" "$message" "$store" "${first%.der}"
done
exit $wrong
