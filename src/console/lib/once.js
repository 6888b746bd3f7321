// once(make) → a function that gives what make() gave, made when it is first wanted. A
// format of Intl takes milliseconds to make: more than the rest of a module.
export function once(make) {
  let made;
  return () => (made ??= make());
}
