/* TLS printed in SSLDump's layout: recorded handshakes, whole and cut short. */
#include "tests/unit/keys/keys_check.h"

#include <stdlib.h>
#include <string.h>

#include "src/show/ssldump.h"
#include "tests/unit/src/show/ssldump_bytes.h"

struct world {
	struct ssldump *plain, *hidden;
	struct buf out, secret; /* what these printed */
};

static int
setup(void **state)
{
	struct world *w = xcalloc(1, sizeof(*w));

	w->plain = ssldump_new(false);
	w->hidden = ssldump_new(true);
	*state = w;
	return 0;
}

static int
teardown(void **state)
{
	struct world *w = *state;

	ssldump_free(w->plain);
	ssldump_free(w->hidden);
	buf_free(&w->out);
	buf_free(&w->secret);
	free(w);
	return 0;
}

static struct buf
from_hex(const char *hex)
{
	struct buf b = {0};

	for (; hex[0] != '\0'; hex += 2) {
		char two[3] = {hex[0], hex[1], '\0'};
		unsigned char c = (unsigned char)strtoul(two, NULL, 16);

		buf_add(&b, &c, 1);
	}
	return b;
}

static void
give(struct world *w, const struct tls_event *tls)
{
	struct ua_wire wire = {.kind = UA_WIRE_TLS, .tls = tls};

	ssldump_print(w->plain, &wire, &w->out);
	ssldump_print(w->hidden, &wire, &w->secret);
}

/* The content is in an allocation of its own, so that sanitizers see reads
 * beyond it. */
static void
give_content(struct world *w, const struct recorded *r, struct span content)
{
	unsigned char *copy = malloc(content.n > 0 ? content.n : 1);
	struct tls_event tls = {.kind = r->what,
	    .number = 1,
	    .client = true,
	    .to_server = r->to_server,
	    .type = r->type,
	    .version = r->version,
	    .length = r->length,
	    .inner = r->inner,
	    .content = {copy, content.n}};

	if (content.n > 0)
		memcpy(copy, content.p, content.n);
	give(w, &tls);
	free(copy);
}

static void
give_record(struct world *w, const struct recorded *r)
{
	struct buf b = from_hex(r->hex);

	give_content(w, r, span_buf(&b));
	buf_free(&b);
}

static void
has(const struct buf *b, const char *text)
{
	if (b->p == NULL || strstr((const char *)b->p, text) == NULL)
		fail_msg("no \"%s\" in: %s", text, (const char *)b->p);
}

static void
has_not(const struct buf *b, const char *text)
{
	if (b->n > 0 && strstr((const char *)b->p, text) != NULL)
		fail_msg("\"%s\" in: %s", text, (const char *)b->p);
}

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const struct {
	const struct recorded *records;
	size_t count;
} all[] = {
    {tls13, COUNT(tls13)},
    {tls12, COUNT(tls12)},
    {tls12_rsa, COUNT(tls12_rsa)},
    {tls12_dhe, COUNT(tls12_dhe)},
};

static void
play(struct world *w, const struct recorded *records, size_t count)
{
	for (size_t i = 0; i < count; i++)
		give_record(w, &records[i]);
	has_not(&w->out, "breaks off");
	has_not(&w->out, "more than it should");
	has_not(&w->out, "cannot be read");
}

/* --- whole ---------------------------------------------------------------- */

static void
a_connection_has_ends_and_times(void **state)
{
	struct world *w = *state;
	struct tls_event tls = {.kind = TLS_EVENT_TCP,
	    .number = 7,
	    .to_server = true,
	    .client_host = "127.0.0.1",
	    .client_port = 55768,
	    .server_host = "127.0.0.1",
	    .server_port = 5061};
	struct ua_wire other = {.kind = UA_WIRE_LOST, .words = "x"};

	give(w, &tls);
	assert_string_equal((char *)w->out.p,
	    "New TCP connection #7: "
	    "127.0.0.1(55768) <-> 127.0.0.1(5061)\n");
	assert_string_equal((char *)w->secret.p,
	    "New TCP connection #7: "
	    "127.0.0.1(<port>) <-> 127.0.0.1(<port>)\n");
	w->secret.n = w->out.n = 0;
	tls.kind = TLS_EVENT_FIN;
	give(w, &tls);
	tls.to_server = false;
	give(w, &tls);
	assert_string_equal((char *)w->secret.p,
	    "7    <time> (<time>)  C>S  TCP FIN\n"
	    "7    <time> (<time>)  S>C  TCP FIN\n");
	has(&w->out, "7    0.");
	w->out.n = 0;
	ssldump_print(w->plain, &other, &w->out);
	assert_int_equal(w->out.n, 0);
}

static void
the_drafts_handshake_looks_as_in_the_draft(void **state)
{
	struct world *w = *state;

	play(w, tls12_rsa, COUNT(tls12_rsa));
	has(&w->out,
	    "  C>SV3.1(69)  Handshake\n"
	    "      ClientHello\n"
	    "        Version 3.3\n"
	    "        random[32]=\n          ");
	has(&w->out,
	    "        cipher suites\n"
	    "        TLS_RSA_WITH_AES_256_CBC_SHA\n");
	has(&w->secret,
	    "1 2  <time> (<time>)  S>CV3.3(89)  Handshake\n"
	    "      ServerHello\n"
	    "        Version 3.3\n"
	    "        random[32]=\n"
	    "          <random>\n"
	    "        session_id[32]=\n"
	    "          <random>\n"
	    "        cipherSuite         TLS_RSA_WITH_AES_256_CBC_SHA\n"
	    "        compressionMethod                   NULL\n");
	has(&w->out, "S>CV3.3(4)  Handshake\n      ServerHelloDone\n");
	has(&w->out,
	    "      ClientKeyExchange\n"
	    "        EncryptedPreMasterSecret[256]=\n          ");
	has(&w->out, "C>SV3.3(1)  ChangeCipherSpec\n1 6 ");
	has(&w->out,
	    "      Finished, decrypted\n"
	    "        verify_data[12]=\n");
}

static void
tls_12_is_told_in_full(void **state)
{
	struct world *w = *state;

	play(w, tls12, COUNT(tls12));
	has(&w->out,
	    "        compression methods\n"
	    "                  NULL\n"
	    "        extensions\n");
	has(&w->out, "          server_name[16] example.net\n");
	has(&w->out, "          status_request[5] ocsp\n");
	has(&w->out,
	    "          application_layer_protocol_negotiation[6] "
	    "sip\n");
	has(&w->out, "          extended_master_secret[0]\n");
	has(&w->out, "          renegotiation_info[1]\n");
	has(&w->out,
	    "        cipherSuite         "
	    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256\n");
	has(&w->out, "      Certificate\n        certificate[");
	has(&w->out,
	    "          subject: O = Sip, CN = example.net\n"
	    "          name: DNS example.net\n"
	    "          name: URI sip:example.net\n"
	    "          name: IP 127.0.0.1\n");
	has(&w->out,
	    "          valid: 2026-11-24T21:16:40Z to "
	    "2036-11-21T21:16:40Z\n");
	has(&w->out,
	    "      CertificateStatus\n"
	    "        OCSP response[10]\n");
	has(&w->out,
	    "      ServerKeyExchange\n        curve x25519\n"
	    "        public_key[32]=\n");
	has(&w->out,
	    "        algorithm ecdsa_secp256r1_sha256\n"
	    "        signature[7");
	has(&w->out, "        certificate_types rsa_sign ecdsa_sign\n");
	has(&w->out, "        certificate_authorities of 1\n");
	has(&w->out, "      CertificateVerify\n        algorithm");
	has(&w->out,
	    "      NewSessionTicket\n        lifetime 7200 s\n"
	    "        ticket[");
	has(&w->out, "C>SV3.3(29)  application_data\n");
	has(&w->out,
	    "      Alert, decrypted\n        level warning\n"
	    "        description close_notify\n");
}

static void
tls_13_is_told_decrypted(void **state)
{
	struct world *w = *state;

	play(w, tls13, COUNT(tls13));
	has(&w->out, "supported_versions[9] 3.4 3.3 3.2 3.1\n");
	has(&w->out,
	    "          key_share[38]\n            x25519[32]=\n"
	    "              ");
	has(&w->out, "      ServerHello (HelloRetryRequest)\n");
	/* its random value is constant */
	has(&w->secret,
	    "        random[32]=\n"
	    "          cf 21 ad 74 e5 9a 61 11 be 1d 8c 02 1e 65 b8 91\n"
	    "          c2 a2 11 16 7a bb 8c 5e 07 9e 09 e2 c8 a8 33 9c\n");
	has(&w->out, "          key_share[2] secp256r1\n");
	has(&w->out, "          key_share[69]\n            secp256r1[65]=\n");
	has(&w->out,
	    "S>CV3.3(33)  application_data\n"
	    "      EncryptedExtensions, decrypted\n"
	    "        extensions\n"
	    "          application_layer_protocol_negotiation[6] sip\n");
	has(&w->out, "      CertificateRequest, decrypted\n");
	has(&w->out, "          certificate_authorities[");
	has(&w->out, "      Certificate, decrypted\n        certificate[");
	has(&w->out, "          name: URI sip:example.net\n");
	has(&w->out, "          status_request[14] ocsp response[10]\n");
	has(&w->out, "      CertificateVerify, decrypted\n");
	has(&w->out, "        ticket_age_add[4]=\n");
	has(&w->out, "      Alert, decrypted\n");
	/* TLS 1.3's ChangeCipherSpec encrypts nothing */
	has_not(&w->out, "ClientHello, decrypted");
	has(&w->secret, "C>SV3.1(229)  Handshake\n");
	has(&w->secret,
	    "S>CV3.3(33)  application_data\n"
	    "      EncryptedExtensions");
	has(&w->secret,
	    "S>CV3.3(<random>)  application_data\n"
	    "      Certificate, decrypted\n"
	    "        certificate[<random>]\n");
	has(&w->secret, "          serial: <random>\n");
	has(&w->secret, "S>CV3.3(69)  application_data\n      Finished");
	has(&w->secret, "C>SV3.3(<random>)  application_data\n1 ");
}

static void
keys_by_diffie_hellman_are_told(void **state)
{
	struct world *w = *state;

	play(w, tls12_dhe, COUNT(tls12_dhe));
	has(&w->out, "        prime[256]\n        public_key[256]=\n");
	has(&w->out,
	    "        algorithm rsa_pss_rsae_sha256\n"
	    "        signature[256]=\n");
	has(&w->out, "      ClientKeyExchange\n        public_key[256]=\n");
	has(&w->secret,
	    "C>SV3.3(<random>)  Handshake\n"
	    "      ClientKeyExchange\n");
}

/* --- records and messages ------------------------------------------------- */

static void
messages_may_share_records_and_span_them(void **state)
{
	struct world *w = *state;
	struct recorded hello = tls12[1], done = tls12[6], part = tls12[1];

	hello.length += done.length;
	done.what = TLS_EVENT_MORE;
	give_record(w, &hello);
	give_record(w, &done);
	has(&w->out,
	    "1 1  0.0000 (0.0000)  S>CV3.3(83)  Handshake\n"
	    "      ServerHello\n");
	assert_string_equal(strstr((char *)w->out.p, "      ServerHelloDone"),
	    "      ServerHelloDone\n");
	has(&w->secret, "S>CV3.3(<random>)");
	part.hex = "";
	w->out.n = 0;
	give_record(w, &part);
	has(&w->out,
	    "S>CV3.3(79)  Handshake\n"
	    "      no message ends in it\n");
	/* the same, encrypted */
	part.inner = 22;
	part.type = 23;
	give_record(w, &part);
	has(&w->out,
	    "S>CV3.3(79)  application_data\n"
	    "      no message ends in it\n");
	w->secret.n = 0;
	hello = tls13[6];
	give_record(w, &hello);
	has(&w->secret,
	    "S>CV3.3(33)  application_data\n"
	    "      EncryptedExtensions");
	w->secret.n = 0;
	hello.length += 52;
	give_record(w, &hello);
	has(&w->secret,
	    "S>CV3.3(<random>)  application_data\n"
	    "      EncryptedExtensions");
}

static void
alerts_have_words(void **state)
{
	static const struct recorded alerts[] = {
	    {TLS_EVENT_RECORD, true, 21, 0x0303, 2, 0, "0230"},
	    {TLS_EVENT_RECORD, true, 23, 0x0303, 19, 21, "022e"},
	    {TLS_EVENT_RECORD, true, 21, 0x0303, 2, 0, "05fe"},
	};
	struct world *w = *state;

	for (size_t i = 0; i < COUNT(alerts); i++)
		give_record(w, &alerts[i]);
	has(&w->secret,
	    "C>SV3.3(2)  Alert\n      Alert\n"
	    "        level fatal\n        description unknown_ca\n");
	has(&w->secret,
	    "C>SV3.3(19)  application_data\n"
	    "      Alert, decrypted\n"
	    "        level fatal\n        description certificate_unknown\n");
	has(&w->secret, "        level unknown\n        description 254\n");
}

static void
what_is_unknown_has_its_number(void **state)
{
	static const struct recorded odd[] = {
	    {TLS_EVENT_RECORD, true, 71, 0x4554, 8239, 0, ""},
	    {TLS_EVENT_RECORD, true, 0, 2, 40, 0, "010301"},
	    {TLS_EVENT_RECORD, true, 22, 0x0301, 6, 0, "630000020102"},
	    /* a suite, a group, an extension nobody knows */
	    {TLS_EVENT_RECORD, true, 22, 0x0301, 64, 0,
		"0100003c0303000000000000000000000000000000000000000000000000"
		"00000000000000000000029a9a0100001100"
		"0a000400029a9a9a9a0003616263"},
	};
	struct world *w = *state;

	for (size_t i = 0; i < COUNT(odd); i++)
		give_record(w, &odd[i]);
	has(&w->out, "C>SV69.84(8239)  71\n");
	has(&w->out, "      ClientHello of SSL 2.0\n");
	has(&w->out, "      99\n        [2] bytes\n");
	has(&w->out, "        0x9a9a\n");
	has(&w->out, "          supported_groups[4] 39578\n");
	has(&w->out, "          39578[3]\n");
	has_not(&w->out, "more than");
}

static void
names_from_the_wire_are_harmless(void **state)
{
	/* the name is "a", ESC, LF, U+202E */
	static const struct recorded evil = {TLS_EVENT_RECORD, true, 22, 0x0301,
	    0, 0,
	    "0100003c030300000000000000000000000000000000000000000000000000"
	    "00000000000000000002130101000011"
	    "0000000d000b000008611b0a62e280ae63"};
	struct world *w = *state;

	give_record(w, &evil);
	has(&w->out, "server_name[13] a\\u{1B}\\u{A}b\\u{202E}c\n");
}

static void
old_connections_are_forgotten(void **state)
{
	struct world *w = *state;
	struct tls_event tls = {.kind = TLS_EVENT_RECORD,
	    .type = 20,
	    .version = 0x0303,
	    .length = 1};

	for (unsigned n = 1; n <= 2; n++) {
		tls.number = 1;
		give(w, &tls);
	}
	has(&w->out, "\n1 2  ");
	for (tls.number = 2; tls.number < 1000; tls.number++)
		give(w, &tls);
	w->out.n = 0;
	tls.number = 999;
	give(w, &tls);
	has(&w->out, "999 2  ");
	tls.number = 1;
	give(w, &tls);
	has(&w->out, "\n1 1  ");
}

/* --- cut short, and worse ------------------------------------------------- */

static void
cut_messages_say_where_they_break(void **state)
{
	struct world *w = *state;

	for (size_t k = 0; k < COUNT(all); k++)
		for (size_t i = 0; i < all[k].count; i++) {
			struct buf b = from_hex(all[k].records[i].hex);

			for (size_t n = 1; n < b.n; n++) {
				w->out.n = 0;
				give_content(w, &all[k].records[i],
				    span_cut(span_buf(&b), 0, n));
				has(&w->out, "        it breaks off in ");
			}
			buf_free(&b);
			/* the state that the next one needs */
			give_record(w, &all[k].records[i]);
		}
}

static void
what_was_there_is_told_before_it_breaks(void **state)
{
	struct world *w = *state;
	struct buf b = from_hex(tls12[1].hex);

	give_content(w, &tls12[1], span_cut(span_buf(&b), 0, 20));
	has(&w->out,
	    "      ServerHello\n        Version 3.3\n"
	    "        random[14]=\n");
	assert_non_null(strstr(
	    (char *)w->out.p, "        it breaks off in the random value\n"));
	w->out.n = 0;
	buf_addspan(&b, span_str("xy"));
	give_content(w, &tls12[1], span_buf(&b));
	has(&w->out, "        2 bytes more than it should have\n");
	buf_free(&b);
}

static void
no_byte_does_harm(void **state)
{
	static const unsigned char values[] = {0x00, 0x01, 0x7f, 0xff};
	struct world *w = *state;

	for (size_t k = 0; k < COUNT(all); k++)
		for (size_t i = 0; i < all[k].count; i++) {
			struct buf b = from_hex(all[k].records[i].hex);

			for (size_t n = 0; n < b.n * COUNT(values); n++) {
				unsigned char *p = &b.p[n / COUNT(values)];
				unsigned char was = *p;

				*p = values[n % COUNT(values)];
				w->out.n = w->secret.n = 0;
				give_content(
				    w, &all[k].records[i], span_buf(&b));
				assert_int_equal(w->out.p[w->out.n - 1], '\n');
				assert_true(
				    strlen((char *)w->out.p) == w->out.n);
				*p = was;
			}
			buf_free(&b);
			give_record(w, &all[k].records[i]);
		}
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(a_connection_has_ends_and_times),
	    TEST(the_drafts_handshake_looks_as_in_the_draft),
	    TEST(tls_12_is_told_in_full),
	    TEST(tls_13_is_told_decrypted),
	    TEST(keys_by_diffie_hellman_are_told),
	    TEST(messages_may_share_records_and_span_them),
	    TEST(alerts_have_words),
	    TEST(what_is_unknown_has_its_number),
	    TEST(names_from_the_wire_are_harmless),
	    TEST(old_connections_are_forgotten),
	    TEST(cut_messages_say_where_they_break),
	    TEST(what_was_there_is_told_before_it_breaks),
	    TEST(no_byte_does_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
