# The console's screens of key pairs and servers, in a real browser: the seed step
# by step in Korean and in English, and what became of it, asked outside.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/browser.sh"
serve
login
browse compute
browse servers
audited "the trail has the making" keypair.create done key-pair:
audited "and the deleting" keypair.delete done key-pair:
audited "and another key pair of a server" server.setkey done server:
finish
