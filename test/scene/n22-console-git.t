# Repositories, access keys and one's own SSH keys in the console, in both
# languages: what the browser did is seen by git over SSH.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/browser.sh"
serve
login
ssh_setup
for name in own-en web-en own-ko; do make_key $name; done
make_key web-ko -t rsa -b 2048
browse git
audited "the key's coming is in the trail" accesskey.create done access-key:
audited "and its going" accesskey.delete done access-key:
finish
