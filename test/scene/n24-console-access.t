# Users, service IDs, API keys and groups in a browser, in both languages; what came
# of it is felt outside.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/browser.sh"
serve
login
browse access

# With the command line, what the pages made is what it would have made.
want "service IDs are listed" latchkey iam service-ids
said "the English one" 'ci-en'
said "and the Korean one" 'ci-ko'
want "people are listed" latchkey iam users
said "who came by a code" '^wren@nest\.example +Wren Small +ACTIVE'
said "in either language" '^robin@nest\.example +Wren Small +ACTIVE'
audited "the trail has who was invited" user.create done identity:
audited "what was done to a key" apikey.update done api-key:
audited "and that a group went" group.delete done group:
finish
