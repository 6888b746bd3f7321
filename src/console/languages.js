// The languages that the console speaks, by tag. A catalogue is a file of its own, so
// that a browser loads one of them; lib/words.js chooses.
export const LANGUAGES = {
  en: { name: 'English', load: () => import('./words/en.js') },
  ko: { name: '한국어', load: () => import('./words/ko.js') },
};
