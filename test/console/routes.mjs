// The addresses of src/console/routes.js, which only a browser can load whole.
import fs from 'node:fs';
import path from 'node:path';
import { CONSOLE } from './words.mjs';

const source = fs.readFileSync(path.join(CONSOLE, 'routes.js'), 'utf8');

export const ROUTES = [...source.matchAll(/^ {2}\['([^']*)', \w+\],$/gm)].map((row) => row[1]);
if (ROUTES.length < 20) throw new Error('src/console/routes.js is not read');
