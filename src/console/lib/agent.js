// What a client said it is, in words for people. It can say what it likes: this names
// it and decides nothing.

import { t } from './words.js';

const BROWSERS = [
  [/\bEdg(?:e|A|iOS)?\/(\d+)/, 'Edge'], [/\bOPR\/(\d+)/, 'Opera'],
  [/\bSamsungBrowser\/(\d+)/, 'Samsung Internet'],
  [/\bWhale\/(\d+)/, 'Whale'], [/\b(?:Firefox|FxiOS)\/(\d+)/, 'Firefox'],
  [/\b(?:Headless)?Chrom(?:e|ium)\/(\d+)/, 'Chrome'],
  [/\bCriOS\/(\d+)/, 'Chrome'], [/\bVersion\/(\d+)[\d.]* .*Safari\//, 'Safari'],
];
const SYSTEMS = [
  [/Android/, 'Android'], [/iPhone/, 'iPhone'], [/iPad/, 'iPad'], [/Windows/, 'Windows'],
  [/Mac OS X|Macintosh/, 'macOS'], [/CrOS/, 'ChromeOS'], [/Linux/, 'Linux'],
];

export function agentWords(agent) {
  if (!agent) return '';
  if (/^latchkey\//.test(agent)) return t('trail.agent_cli', { version: agent.slice('latchkey/'.length) });
  if (!/^Mozilla\//.test(agent)) return agent.replace(/^(\S+)\/(\S+).*$/, '$1 $2');
  const browser = BROWSERS.find(([test]) => test.test(agent));
  const system = SYSTEMS.find(([test]) => test.test(agent))?.[1];
  if (!browser) return agent;
  const name = `${browser[1]} ${browser[0].exec(agent)[1]}`;
  return system ? t('trail.agent_browser', { browser: name, system }) : name;
}
