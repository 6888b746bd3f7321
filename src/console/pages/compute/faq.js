// What people ask about key pairs.

import { h } from '../../lib/dom.js';
import { disclosure, section } from '../../lib/ui.js';
import { t } from '../../lib/words.js';

export function faq() {
  const answer = (...texts) => texts.map((text) => h('p', {}, text));
  return section(t('compute.faq'), [
    disclosure(t('compute.faq_lost'), answer(t('compute.faq_lost_1'), t('compute.faq_lost_2'))),
    disclosure(t('compute.faq_deleted'), answer(t('compute.faq_deleted_1'))),
    disclosure(t('compute.faq_change'), answer(t('compute.faq_change_1'), t('compute.faq_change_2'))),
  ], { id: 'faq' });
}
