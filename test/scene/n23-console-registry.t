# The console's screens of the registry in a real browser, in Korean and in English:
# namespaces, tokens, images, the trash, and the lines to paste, used by skopeo.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/browser.sh"
serve
login
image robin amd64 "$(text_layer a one)"
browse registry "$IMAGES/robin"
audited "the trail has the showing of a token" registrytoken.get done token:
audited "and the restoring of an image" trash.restore done repo:birds-ko/robin
finish
