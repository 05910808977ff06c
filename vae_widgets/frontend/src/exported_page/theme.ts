/** Light and dark: as the system has it, until the reader chooses. In a frame the page around it may set the attribute. */

import { button } from "../controls/shell.ts";
import { recall, remember } from "../storage/browser_store.ts";

const NAME = "page_theme";

/** Whether the page is in a frame: the page around it has a heading and a theme. */
export const IN_FRAME = window.parent !== window;

/** A button that switches between light and dark. */
export function themeButton(): HTMLButtonElement {
  const system = matchMedia("(prefers-color-scheme: dark)");
  let chosen = IN_FRAME ? undefined : recall<string>(NAME);
  const dark = () => (chosen ? chosen === "dark" : system.matches);
  const show = () => {
    document.body.dataset.jpThemeLight = String(!dark());
    document.documentElement.style.colorScheme = dark() ? "dark" : "light";
    made.textContent = dark() ? "Light" : "Dark";
  };
  const made = button("", "Switch between light and dark", () => {
    chosen = dark() ? "light" : "dark";
    remember(NAME, chosen);
    show();
  });
  system.addEventListener("change", show);
  show();
  return made;
}
