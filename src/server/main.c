#include "server/command.h"
#include "server/process.h"
#include "server/serve.h"

#include "base/log.h"

#include <string.h>

int
main(int argc, char **argv)
{
	int inherited = process_inherited();
	int r = process_normalise(inherited);

	log_start();
	if (r != 0)
		return serve_complain(EXIT_FAILURE, strerror(-r));
	return command_main(argc, argv, inherited);
}
