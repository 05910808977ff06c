"""The accessibility audit of axe-core, on a page of Playwright."""

import pathlib

from playwright.sync_api import Page

AXE = pathlib.Path(__file__).parents[2] / "vae_widgets/frontend/node_modules/axe-core/axe.min.js"
RUN = """async (include) => {
  const options = {
    resultTypes: ["violations", "incomplete"],
    rules: { "target-size": { enabled: true } }, // of WCAG 2.2, 24 pixels
  };
  const { violations, incomplete } = await axe.run({ include: [include] }, options);
  return [
    ...violations.filter(({ impact }) => impact === "serious" || impact === "critical"),
    // What it cannot decide; the contrast of signs such as arrows is only serious.
    ...incomplete.filter(({ impact }) => impact === "critical"),
  ]
    .flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) =>
      `${id} at ${target.join(" ")}: ${failureSummary}`));
}"""


def serious_problems(page: Page, include: str) -> list[str]:
    """Return what is serious or critical in the parts of the page that a selector names."""
    if not page.evaluate("Boolean(window.axe)"):
        page.add_script_tag(path=AXE)
    return page.evaluate(RUN, include)
