# Every page of the console, in a real browser: both languages, light and dark, at
# 360 pixels.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/browser.sh"
every_page narrow
finish
