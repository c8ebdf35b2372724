/* Fingerprints as words to read aloud, and as the text of a QR code. */
#include "tests/unit/keys/keys_check.h"

#include "keys/x509/fingerprints.h"
#include "keys/x509/pgp_words.h"
#include "src/base/digest.h"

#define HEX_A                              \
	"000102030405060708090a0b0c0d0e0f" \
	"101112131415161718191a1b1c1d1e1f"
#define HEX_A_UPPER                        \
	"000102030405060708090A0B0C0D0E0F" \
	"101112131415161718191A1B1C1D1E1F"
#define HEX_B                              \
	"fffefdfcfbfaf9f8f7f6f5f4f3f2f1f0" \
	"efeeedecebeae9e8e7e6e5e4e3e2e1e0"
#define HEX_B_UPPER                        \
	"FFFEFDFCFBFAF9F8F7F6F5F4F3F2F1F0" \
	"EFEEEDECEBEAE9E8E7E6E5E4E3E2E1E0"
#define HEX_0                              \
	"00000000000000000000000000000000" \
	"00000000000000000000000000000000"
#define HEX_8                              \
	"80000000000000000000000000000000" \
	"00000000000000000000000000000000"

/* --- the list ------------------------------------------------------------- */

/* The example of everybody who describes the list. */
static void
test_example(void **state)
{
	static const unsigned char bytes[] = {0xE5, 0x82, 0x94, 0xF2, 0xE9,
	    0xA2, 0x27, 0x48, 0x6E, 0x8B, 0x06, 0x1B, 0x31, 0xCC, 0x52, 0x8F,
	    0xD7, 0xFA, 0x3F, 0x19};
	struct buf b = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		buf_addf(&b, "%s ", pgp_word(i, bytes[i]));
	assert_string_equal((char *)b.p,
	    "topmost Istanbul Pluto vagabond treadmill Pacific brackish "
	    "dictator goldfish Medusa afflict bravado chatter revolver Dupont "
	    "midsummer stopwatch whimsical cowbell bottomless ");
	buf_free(&b);
}

/* All words, by the digest of another program's list. */
static void
test_whole_list(void **state)
{
	struct buf b = {0};
	char hex[DIGEST_HEX];
	struct span all;

	(void)state;
	for (int i = 0; i < 256; i++) {
		const char *even = pgp_word(0, (unsigned char)i);
		const char *odd = pgp_word(1, (unsigned char)i);

		assert_true(strlen(even) <= PGP_WORD_EVEN);
		assert_true(strlen(odd) <= PGP_WORD_ODD);
		buf_addf(&b, "%s %s\n", even, odd);
	}
	all = span_buf(&b);
	assert_true(digest_hex(span_str("SHA-256"), &all, 1, hex));
	assert_string_equal(hex,
	    "f816e91d6148165fc67361aa1886eb71"
	    "ad6b19c9d65673ca40fa96e160f02f5a");
	buf_free(&b);
}

/* --- words ---------------------------------------------------------------- */

/* Made by another program, from what the header says. */
static const struct {
	const char *hex, *words;
} worded[] = {
    {HEX_A,
	"treadmill sandalwood ruffled equation Neptune outfielder exceed "
	"Burlington fracture retrieval choking paragon wallet trombonist "
	"briefcase inertia "},
    {HEX_A "/" HEX_B,
	"retouch resistor mural intention glucose Babylon drumbeat Pegasus "
	"involve councilman minnow guitarist dogsled corrosion cowbell "
	"equipment "},
    {HEX_B "/" HEX_A "/" HEX_B_UPPER,
	"retouch resistor mural intention glucose Babylon drumbeat Pegasus "
	"involve councilman minnow guitarist dogsled corrosion cowbell "
	"equipment "},
    {HEX_B "/" HEX_A "/" HEX_0,
	"southward direction crucial aftermath upshot bravado bookshelf "
	"commando bombast nebula upshot vagabond tracker unicorn ruffled "
	"warranty "},
    {HEX_B "/" HEX_8 "/" HEX_A "/" HEX_0,
	"offload guitarist Oakland aggregate cement ultimate retouch "
	"atmosphere orca politeness Vulcan paramount tumor borderline "
	"eightball misnomer "},
};

static void
test_words(void **state)
{
	const char *words[FINGERPRINTS_WORDS];

	(void)state;
	for (size_t i = 0; i < COUNT(worded); i++) {
		struct fingerprints f = {.count = 0};
		struct buf b = {0};

		assert_true(
		    fingerprints_add_hex(&f, span_str(worded[i].hex), '/'));
		fingerprints_words(&f, words);
		for (size_t k = 0; k < FINGERPRINTS_WORDS; k++)
			buf_addf(&b, "%s ", words[k]);
		assert_string_equal((char *)b.p, worded[i].words);
		buf_free(&b);
	}
}

static void
test_rows(void **state)
{
	struct fingerprints f = {.count = 0};
	struct buf b = {0};

	(void)state;
	assert_true(fingerprints_add_hex(&f, span_str(HEX_A), '/'));
	fingerprints_put_words(&b, &f, "> ");
	assert_string_equal((char *)b.p,
	    "> treadmill sandalwood  ruffled   equation\n"
	    "> Neptune   outfielder  exceed    Burlington\n"
	    "> fracture  retrieval   choking   paragon\n"
	    "> wallet    trombonist  briefcase inertia\n");
	buf_free(&b);
}

/* --- sets ----------------------------------------------------------------- */

static void
test_sets(void **state)
{
	static const unsigned char fifth[FINGERPRINT_SIZE] = {1};
	struct fingerprints f = {.count = 0}, g = {.count = 0}, before;
	struct buf b = {0};

	(void)state;
	assert_true(
	    fingerprints_add_hex(&f, span_str(HEX_B " " HEX_A " " HEX_8), ' '));
	assert_true(fingerprints_add_hex(&g, span_str(HEX_8), ' '));
	assert_false(fingerprints_equal(&f, &g));
	assert_true(fingerprints_has(&f, g.list[0]));
	assert_true(
	    fingerprints_add_hex(&g, span_str(HEX_A_UPPER "/" HEX_B), '/'));
	assert_true(fingerprints_equal(&f, &g));
	fingerprints_put_hex(&b, &f);
	assert_string_equal((char *)b.p, HEX_A "/" HEX_8 "/" HEX_B);
	buf_free(&b);
	/* a fifth has no room, and then nothing is added */
	before = f;
	assert_false(fingerprints_add_hex(&f, span_str(HEX_0 " 1" HEX_0), ' '));
	assert_true(fingerprints_equal(&f, &before));
	assert_true(fingerprints_add_hex(&f, span_str(HEX_0), ' '));
	assert_false(fingerprints_has(&before, f.list[0]));
	assert_false(fingerprints_add(&f, fifth));
	assert_true(fingerprints_add(&f, before.list[1]));
	assert_int_equal(f.count, FINGERPRINTS_MAX);
}

/* --- the text of a code --------------------------------------------------- */

/* Texts, and what they say; without set they are refused. */
static const struct {
	const char *text, *who, *set;
} texts[] = {
    {"sip:bob@h;cert-sha256=" HEX_A_UPPER, "bob@h", HEX_A},
    {" \r\n\t sips:bob@h;CERT-SHA256=" HEX_A "\n\n", "bob@h", HEX_A},
    {"SIP:bob@h;cert-sha256=" HEX_B "/" HEX_A, "bob@h", HEX_A "/" HEX_B},
    {"sip:a;b@h;cert-sha256=" HEX_A, "a;b@h", HEX_A},

    {"", NULL, NULL},
    {" \n", NULL, NULL},
    {"sip:bob@h", NULL, NULL},
    {"sip:bob@h;cert-sha256=", NULL, NULL},
    {";cert-sha256=" HEX_A, NULL, NULL},
    {"bob@h;cert-sha256=" HEX_A, NULL, NULL},
    {"sip:h;cert-sha256=" HEX_A, NULL, NULL},
    {"im:bob@h;cert-sha256=" HEX_A, NULL, NULL},
    {"http://bob@h;cert-sha256=" HEX_A, NULL, NULL},
    {"sip:bob@h;cert-sha1=" HEX_A, NULL, NULL},
    {"sip:bob@h;cert-sha256=" HEX_A "0", NULL, NULL},
    {"sip:bob@h;cert-sha256= " HEX_A, NULL, NULL},
    {"sip:bob@h;cert-sha256=" HEX_A " " HEX_B, NULL, NULL},
    {"sip:bob@h;cert-sha256=" HEX_A "/", NULL, NULL},
    {"sip:bob@h;cert-sha256=" HEX_A ";x=y", NULL, NULL},
    {"sip:bob@h;cert-sha256=" HEX_A ";cert-sha256=" HEX_B, NULL, NULL},
    {"sip:bob@h;cert-sha256=" HEX_A ">", NULL, NULL},
    {"<sip:bob@h;cert-sha256=" HEX_A, NULL, NULL},
    {"QR-Code:sip:bob@h;cert-sha256=" HEX_A, NULL, NULL},
    {"sip:b\nb@h;cert-sha256=" HEX_A, NULL, NULL},
    {"sip:bob@h\x1b[2J;cert-sha256=" HEX_A, NULL, NULL},
    {"sip:bob@h;cert-sha256=" HEX_A "/" HEX_B "/" HEX_0 "/" HEX_8
     "/1000000000000000000000000000000000000000000000000000000000000000",
	NULL, NULL},
};

static void
test_texts(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		struct fingerprints f, want = {.count = 0};
		struct err e = {0};
		struct aor who;

		if (fingerprints_read_text(
			span_str(texts[i].text), &who, &f, &e) == -1) {
			assert_int_equal(e.exit, EX_DATAERR);
			if (texts[i].set != NULL)
				fail_msg("%zu: %s", i, e.text);
			continue;
		}
		if (texts[i].set == NULL)
			fail_msg("%zu was taken", i);
		assert_string_equal(who.text, texts[i].who);
		assert_true(
		    fingerprints_add_hex(&want, span_str(texts[i].set), '/'));
		assert_true(fingerprints_equal(&f, &want));
		aor_free(&who);
	}
}

static void
test_text_there_and_back(void **state)
{
	struct fingerprints f = {.count = 0}, back;
	struct buf b = {0};
	struct err e;
	struct aor who;

	(void)state;
	assert_true(fingerprints_add_hex(&f, span_str(HEX_B "/" HEX_A), '/'));
	fingerprints_put_text(&b, "face@cafe.example", &f);
	assert_string_equal((char *)b.p,
	    "sip:face@cafe.example;cert-sha256=" HEX_A_UPPER "/" HEX_B_UPPER);
	assert_int_equal(
	    fingerprints_read_text(span_buf(&b), &who, &back, &e), 0);
	assert_string_equal(who.text, "face@cafe.example");
	assert_true(fingerprints_equal(&f, &back));
	aor_free(&who);
	/* a NUL, and what is far too long */
	b.p[8] = '\0';
	assert_int_equal(
	    fingerprints_read_text(span_buf(&b), &who, &back, &e), -1);
	b.n = 0;
	buf_adds(&b, "sip:");
	for (int i = 0; i < 5000; i++)
		buf_adds(&b, "a");
	buf_adds(&b, "@h;cert-sha256=" HEX_A);
	assert_int_equal(
	    fingerprints_read_text(span_buf(&b), &who, &back, &e), -1);
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_example),
	    cmocka_unit_test(test_whole_list),
	    cmocka_unit_test(test_words),
	    cmocka_unit_test(test_rows),
	    cmocka_unit_test(test_sets),
	    cmocka_unit_test(test_texts),
	    cmocka_unit_test(test_text_there_and_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
