// An image's layers as strata: the newest on top, each as thick as it weighs.

import { h } from './dom.js';
import { badge, copyButton, mono } from './ui.js';
import { bytes, t } from './words.js';

// What builders put before the words that somebody wrote.
const NOISE = [[/^\/bin\/sh -c #\(nop\)\s*/, ''], [/^(?:RUN )?\/bin\/sh -c /, 'RUN '], [/\s*# buildkit$/, ''],
  [/\s+/g, ' ']];

function command(entry) {
  const text = entry?.created_by ?? entry?.comment ?? '';
  return NOISE.reduce((rest, [noise, by]) => rest.replace(noise, by), String(text)).trim();
}

// Steps in the order they were made: { command, layer } with layer null where a step
// added no bytes. A history that does not count the layers is not believed.
export function steps(layers, history) {
  const filled = history.filter((entry) => !entry.empty_layer).length;
  if (filled !== layers.length) return layers.map((layer) => ({ command: '', layer }));
  const rest = [...layers];
  return history.map((entry) => ({ command: command(entry), layer: entry.empty_layer ? null : rest.shift() }));
}

function words(step) {
  if (step.command) return h('code', { class: 'registry-command' }, step.command);
  return h('span', { class: 'quiet' }, t(step.layer ? 'registry.layer_unsaid' : 'registry.step_unsaid'));
}

function about(layer) {
  return h('div', { class: 'registry-layer-about' },
    mono(layer.digest, { short: 19 }), copyButton(layer.digest, { label: t('registry.digest') }),
    /zstd/.test(layer.mediaType) && badge(t('registry.layer_zstd')),
    /foreign|nondistributable/.test(layer.mediaType) && badge(t('registry.layer_elsewhere'), 'warn'));
}

function stratum(step, most) {
  const share = step.layer && most > 0 ? step.layer.size / most : 0;
  const kind = step.layer ? 'registry-stratum' : 'registry-stratum thin';
  return h('li', { class: kind, style: { '--share': share.toFixed(3) } },
    h('span', { class: 'registry-band', 'aria-hidden': 'true' }),
    h('span', { class: 'registry-weight' }, step.layer ? bytes(step.layer.size) : t('registry.no_bytes')),
    h('div', { class: 'registry-step' }, words(step), step.layer && about(step.layer)));
}

export function strata(layers, history) {
  const all = steps(layers, history);
  const most = Math.max(0, ...layers.map((layer) => layer.size));
  return h('ol', { class: 'registry-strata', reversed: true }, all.reverse().map((step) => stratum(step, most)));
}
