/* TLS 1.2 between two user agents whose records are cut otherwise on the way. */
#include "tests/unit/src/show/ssldump_pair.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>

static int
local_socket(struct sockaddr_in *sin)
{
	socklen_t len = sizeof(*sin);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	*sin = (struct sockaddr_in){.sin_family = AF_INET};
	sin->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (bind(fd, (struct sockaddr *)sin, len) == -1 ||
	    listen(fd, 1) == -1 ||
	    getsockname(fd, (struct sockaddr *)sin, &len) == -1)
		fail_msg("no socket");
	return fd;
}

/* Reads n bytes, or ends the process. */
static void
read_all(int fd, unsigned char *p, size_t n)
{
	while (n > 0) {
		ssize_t got = read(fd, p, n);

		if (got <= 0)
			_exit(1);
		p += got;
		n -= (size_t)got;
	}
}

/* Forwards a flight in clear, up to the message of type last, in records of at
 * most size bytes. */
static void
reframe(int from, int to, unsigned char last, size_t size)
{
	struct buf flight = {0}, out = {0};
	unsigned char head[5], body[65536];

	do {
		size_t n;

		read_all(from, head, sizeof(head));
		n = (size_t)head[3] << 8 | head[4];
		read_all(from, body, n);
		buf_add(&flight, body, n);
	} while (body[0] != last);
	for (size_t at = 0; at < flight.n; at += size) {
		struct span s = span_cut(span_buf(&flight), at, at + size);

		head[3] = (unsigned char)(s.n >> 8);
		head[4] = (unsigned char)s.n;
		buf_add(&out, head, sizeof(head));
		buf_addspan(&out, s);
	}
	if (write(to, out.p, out.n) != (ssize_t)out.n)
		_exit(1);
	buf_free(&flight);
	buf_free(&out);
}

/* A proxy between the two, in a process of its own: it forwards the messages in
 * clear of TLS 1.2 in records of that size. */
static void
stand_between(int listener, const char *address, size_t size)
{
	struct sockaddr_in sin = {.sin_family = AF_INET};
	int fds[2] = {
	    accept(listener, NULL, NULL), socket(AF_INET, SOCK_STREAM, 0)};
	struct pollfd polls[2] = {
	    {.fd = fds[0], .events = POLLIN}, {.fd = fds[1], .events = POLLIN}};
	unsigned char data[65536];

	alarm(60);
	sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	sin.sin_port = htons((uint16_t)atoi(strrchr(address, ':') + 1));
	if (connect(fds[1], (struct sockaddr *)&sin, sizeof(sin)) == -1)
		_exit(1);
	reframe(fds[0], fds[1], 1, size);
	reframe(fds[1], fds[0], 14, size);
	while (poll(polls, 2, -1) > 0)
		for (int i = 0; i < 2; i++)
			if (polls[i].revents != 0) {
				ssize_t n = read(fds[i], data, sizeof(data));

				if (n <= 0 ||
				    write(fds[!i], data, (size_t)n) != n)
					_exit(0);
			}
}

static void
post_between(struct pair *p, size_t size)
{
	struct sockaddr_in sin;
	int listener = local_socket(&sin);
	char address[64];
	pid_t pid;

	start(p, TLS12, false);
	pid = fork();
	if (pid == 0) {
		stand_between(listener, p->bob.address, size);
		_exit(0);
	}
	close(listener);
	snprintf(address, sizeof(address), "127.0.0.1:%u", ntohs(sin.sin_port));
	post_to(p, address);
	assert_int_equal(p->alice.exit, 0);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

/* Removes the records in which no message ends, and counts them. */
static size_t
drop_parts(struct buf *seen)
{
	static const char part[] = " no message ends in it\n";
	size_t count = 0;
	char *at;

	while ((at = strstr((char *)seen->p, part)) != NULL) {
		memmove(
		    at - 3, at + strlen(part), strlen(at + strlen(part)) + 1);
		count++;
	}
	return count;
}

static void
messages_share_records_and_span_them(void **state)
{
	struct pair *p = *state;
	const char *at;

	post_between(p, 65535);
	saw(&p->alice, SPEAKS_12);
	/* one record, which is numbered once */
	at = strstr((char *)p->alice.text.p, "\n1 3 ");
	assert_non_null(at);
	assert_int_equal(strncmp(strchr(at + 1, '\n'),
			     "\n      Certificate\n"
			     "        none\n",
			     32),
	    0);
	side_stop(&p->alice);
	side_stop(&p->bob);
	post_between(p, 50);
	assert_true(drop_parts(&p->alice.seen) > 5);
	saw(&p->alice, SPEAKS_12);
	assert_true(drop_parts(&p->bob.seen) > 3);
	saw(&p->bob, SPEAKS_12);
	has(&p->alice, "1 2  0.0");
	has(&p->alice,
	    "  S>CV3.3(50)  Handshake\n"
	    "      no message ends in it\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(messages_share_records_and_span_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
