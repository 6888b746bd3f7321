// TAP, as the scenes count it.
let count = 0;
let failed = 0;

export function remark(text) {
  for (const line of String(text).split('\n')) console.log(`# ${line}`);
}

export function ok(held, name, seen) {
  count += 1;
  failed += held ? 0 : 1;
  console.log(`${held ? 'ok' : 'not ok'} ${count} - ${String(name).replace(/[\n#]/g, ' ')}`);
  if (!held && seen !== undefined) remark(typeof seen === 'string' ? seen : JSON.stringify(seen, null, 1));
  return Boolean(held);
}

export function same(seen, wanted, name) {
  const held = JSON.stringify(seen) === JSON.stringify(wanted);
  return ok(held, name, { seen, wanted });
}

export function skip(name, reason) {
  count += 1;
  console.log(`ok ${count} - ${name} # SKIP ${reason}`);
}

export const failures = () => failed;

// How many there were; the exit status says whether all of them held.
export function done() {
  console.log(`1..${count}`);
  process.exitCode = failed === 0 ? 0 : 1;
}
