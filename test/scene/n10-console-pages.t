# Every page of the console, in a real browser: both languages, light and dark.
# n12 has them narrow.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/browser.sh"
every_page wide
finish
