// Light, dark, or as the system has it: the choice is kept in this browser.

const KEPT = 'latchkey.theme';

export const THEMES = ['system', 'light', 'dark'];

export const theme = () => (THEMES.includes(localStorage.getItem(KEPT)) ? localStorage.getItem(KEPT) : 'system');

export function applyTheme(wanted = theme()) {
  document.documentElement.dataset.theme = wanted;
  document.querySelector('meta[name="color-scheme"]').content = wanted === 'system' ? 'light dark' : wanted;
}

export function chooseTheme(wanted) {
  localStorage.setItem(KEPT, wanted);
  applyTheme(wanted);
}
