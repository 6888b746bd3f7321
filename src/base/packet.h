/* Packets with descriptors over SOCK_SEQPACKET sockets of this machine. */
#ifndef BASE_PACKET_H
#define BASE_PACKET_H

#include "base/buf.h"
#include "base/str.h"

#define PACKET_FDS_MAX 4

/* Sends the bytes (one at least) as one packet, with descriptors when n > 0; they stay the
 * caller's. Waits for room when the socket blocks. 0; OUT_ABSENT the peer is
 * gone; OUT_BUSY no room on a socket that does not block; -errno. */
MUST int packet_send(int fd, struct str bytes, const int *fds, size_t n);
/* One packet into buf (emptied first, at most max bytes of it). Descriptors
 * come close-on-exec; more than PACKET_FDS_MAX or than n_max are closed and the
 * packet is OUT_MALFORMED, as is one longer than max. OUT_ABSENT at the end;
 * OUT_BUSY nothing there on a socket that does not block; -errno. */
MUST int packet_recv(int fd, struct buf *, size_t max, int *fds, size_t n_max,
    size_t *ret_n);

#endif
