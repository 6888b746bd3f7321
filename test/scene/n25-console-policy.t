# Policies in the console, in both languages: built with a sentence beside, explained
# as a picture, deleted; what each amounts to is felt at the registry's door.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/browser.sh"
serve
login
for name in birds bees wasps; do
	want "a namespace $name" latchkey cr namespace-add $name
done
browse policy
audited "the trail has the making" policy.create done policy:
audited "the changing" policy.update done policy:
audited "and the deleting" policy.delete done policy:
finish
