// How a key pair is written on a page.

import { typeName } from '../../lib/sshkey.js';
import { badge } from '../../lib/ui.js';
import { t } from '../../lib/words.js';

// 'RSA 3072'; the length of the others says nothing.
export const typeText = ({ type, bits }) =>
  (/^(?:ssh-rsa|ecdsa)/.test(type) ? `${typeName(type)} ${bits}` : typeName(type));

export const byText = (thing, member = 'created_by') => thing[`${member}_name`] ?? thing[member];

// Living pairs are the rule, so nothing is said about them.
export function stateBadge({ state }) {
  if (state === 'dead') return badge(t('compute.dead'), 'bad');
  if (state === 'pending') return badge(t('compute.pending'), 'warn');
  return null;
}
