// Who of an account may look after its people: what the server itself would let them,
// through whatever policy or group, and not what a list of roles suggests.
import { post } from './api.js';
import { badge } from './ui.js';
import { t } from './words.js';

// → identity → 'owner' or 'administrator'. Empty to whom the server does not say it.
export async function powers(me, signal) {
  const found = new Map();
  try {
    const { who } = await post('/latchkey/v1/explain/who', { action: 'iam-identity.user.create' }, { signal });
    for (const one of who) found.set(one.id, one.by === 'owner' ? 'owner' : 'administrator');
  } catch (e) {
    if (e.status !== 403 && e.status !== 404) throw e;
    if (me.owner) found.set(me.identity, 'owner');
  }
  return found;
}

const POWERS = { owner: 'access.owner', administrator: 'access.administrator' };
const STATES = { ACTIVE: ['access.active', 'good'], PENDING: ['access.pending', 'warn'],
  DISABLED: ['access.disabled', 'bad'] };

export function userBadges(user, who) {
  const [text, tone] = STATES[user.state];
  const power = POWERS[who.get(user.iam_id)];
  return [badge(t(text), tone), power && badge(t(power))].filter(Boolean);
}
