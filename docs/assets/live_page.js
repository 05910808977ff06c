/**
 * Gives the frame of each widget the height of its content, and the theme of this page.
 * From the disk a page may not look into its frames: there they have a fixed height, and the theme of the system.
 */

const root = document.documentElement;
const frames = [...document.querySelectorAll(".live-widget")];

function setTheme(frame) {
  const page = frame.contentDocument;
  if (!page?.body) return;
  const dark = root.dataset.theme === "dark";
  page.body.style.setProperty("--jp-layout-color0", getComputedStyle(document.body).backgroundColor);
  page.body.dataset.jpThemeLight = String(!dark);
  page.documentElement.style.colorScheme = dark ? "dark" : "light";
}

function begin(frame) {
  const body = frame.contentDocument?.body;
  if (!body) return;
  setTheme(frame);
  let waiting;
  new ResizeObserver(() => {
    if (!body.querySelector(".vw-page-body > *")) return;
    const height = Math.ceil(body.getBoundingClientRect().height);
    const fit = () => (frame.style.height = `${height}px`);
    clearTimeout(waiting);
    // It grows at once, and shrinks when all parts are there: an explorer is lower in a low frame.
    if (height > frame.clientHeight) fit();
    else waiting = setTimeout(fit, 500);
  }).observe(body);
}

for (const frame of frames) {
  frame.addEventListener("load", () => begin(frame));
  const page = frame.contentDocument;
  if (page?.readyState === "complete" && page.URL !== "about:blank") begin(frame);
}
new MutationObserver(() => frames.forEach(setTheme)).observe(root, { attributeFilter: ["data-theme"] });
