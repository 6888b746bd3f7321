// The dialog that changes the name and description of something, and what else it has,
// where others may have been first.
import { field, formDialog } from './form.js';
import { Stale, changing, offerReload } from './iam.js';
import { t } from './words.js';

const TEXT_BYTES = 1000;

// thing: as it was seen, with this tag; now() → the tag it has now; send(values, options)
// changes it; more: fields beside the two. → whether something changed
export async function editNamed(page, thing, { nameBytes, more = [], tag, now, send }) {
  const done = await formDialog({
    title: t('access.edit_title', { name: thing.name }),
    fields: [
      field({ name: 'name', label: t('access.name'), required: true, maxBytes: nameBytes, value: thing.name }),
      field({ name: 'description', label: t('access.description'), required: false, maxBytes: TEXT_BYTES,
        value: thing.description }),
      ...more,
    ],
    action: t('access.save'),
    run: (values) => changing((options) => send(values, options), tag, now)
      .catch((e) => { if (e instanceof Stale) return 'stale'; throw e; }),
  });
  if (done === 'stale') offerReload(page);
  return done !== undefined && done !== 'stale';
}
