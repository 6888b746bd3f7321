// The catalogues, for tests that look for what people read.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const CONSOLE = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../src/console');

// A catalogue is a module without an import: its source can be one as it is.
async function load(file) {
  const source = fs.readFileSync(file);
  return (await import(`data:text/javascript;base64,${source.toString('base64')}`)).default;
}

const all = {};
for (const language of fs.readdirSync(path.join(CONSOLE, 'words')).filter((name) => !name.includes('.'))) {
  const folder = path.join(CONSOLE, 'words', language);
  all[language] = {};
  for (const file of fs.readdirSync(folder))
    if (file.endsWith('.js')) all[language][file.slice(0, -3)] = await load(path.join(folder, file));
}

export const catalogues = all;

// texts('ko')('compute.keys', { n: 3 })
export function texts(language) {
  const plural = new Intl.PluralRules(language);
  return (key, values = {}) => {
    const [area, name] = key.split(/\.(.*)/s);
    const text = all[language]?.[area]?.[name];
    if (text === undefined) throw new Error(`no text ${key} in ${language}`);
    const chosen = typeof text === 'string' ? text : text[plural.select(values.n)] ?? text.other;
    return chosen.replace(/\{(\w+)\}/g, (_, value) =>
      typeof values[value] === 'number' ? new Intl.NumberFormat(language).format(values[value])
        : String(values[value] ?? ''));
  };
}
