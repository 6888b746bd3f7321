# The console's overview, trail, revoking and sessions, in a real browser, in both
# languages: what it shows is held against what is known outside, and what it ended is
# tried there: with curl's way in, with skopeo, with git over SSH, with cookies and
# refresh tokens.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/browser.sh"
with_clock
serve
login
ssh_setup
insecure_registry
for name in leaked-en leaked-ko; do make_key $name; done
want "there is a repository" latchkey repo create nest/test
want "and a namespace" latchkey cr namespace-add birds
for language in en ko; do
	want "$language: a token" sh -c "latchkey cr token-add -q --non-expiring \
		--description leaked >'$T/token-$language'"
	want "$language: an access key" latchkey access-key add nest/test \
		-l "web-$language" -k "$HOME/.ssh/leaked-$language.pub"
done
export T
browse trail
login
audited "the end of a key is in the trail" apikey.delete done api-key:
audited "of a token" registrytoken.delete done token:
audited "of an access key" accesskey.delete done access-key:
audited "of a session" session.end done session:
shift_clock $((100 * 24 * 3600))
browse trail later
finish
