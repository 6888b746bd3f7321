# The console's frame in a real browser: signing in by password and by key, out, and
# again where one was; languages and colours; the menu, lists of 100 000 rows, dialogs
# and forms by keyboard; a window of 360 px; who guesses passwords is made to wait.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/browser.sh"
serve
login
browse foundation
audited "the trail has who signed in" login done session:
audited "and out" session.end done session:
audited "and a password that was not changed" password.set refused identity:
finish
