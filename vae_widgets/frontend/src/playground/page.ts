/** The start of the page that trains (vae_widgets/playground/page.py). */

import "../controls/shell.css";
import "../exported_page/page.css";
import "./page.css";
import { element, mount } from "../controls/shell.ts";
import { themeButton } from "../exported_page/theme.ts";
import { readPage } from "./data/carried.ts";
import { Playground } from "./playground.ts";

async function open(root: HTMLElement): Promise<void> {
  const header = element("header", "vw-page-header");
  const heading = element("h1", "", document.title);
  header.append(heading, themeButton());
  const problems = element("div", "vw-page-problems");
  problems.role = "alert";
  const body = element("div", "vw-page-body");
  root.classList.add("vw-play-page");
  root.append(header, problems, body);
  try {
    const playground = new Playground(readPage(document.getElementById("vw-data")?.textContent ?? ""));
    mount(body, playground.root);
    await playground.begin();
  } catch (error) {
    problems.append(element("p", "", error instanceof Error ? error.message : String(error)));
  }
}

void open(document.getElementById("vw-page")!);
