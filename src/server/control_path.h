/*
 * Where the socket of server/control.h is: in a folder of its own, as latchkeyd
 * may make nothing in DATA itself once it serves. Its address has room for 107 bytes,
 * and DATA may lie deeper than that: so it is named by a descriptor of DATA.
 */
#ifndef SERVER_CONTROL_PATH_H
#define SERVER_CONTROL_PATH_H

#include "base/out.h"

#include <sys/un.h>

#define CONTROL_FOLDER "run" /* made when missing */
#define CONTROL_NAME CONTROL_FOLDER "/control"

/* dir: DATA, open for as long as the address is used. */
void control_addr(int dir, struct sockaddr_un *ret);

#endif
