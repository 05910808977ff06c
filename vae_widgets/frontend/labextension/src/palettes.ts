/** Colours of classes to choose from: ten for each name in schema/settings.json. */

export const PALETTES: Record<string, string> = {
  /** The default of the widgets (src/canvas/palette.ts). */
  petroff: "#3f90da #ffa90e #bd1f01 #94a4a2 #832db6 #a96b59 #e76300 #b9ac70 #717581 #92dadd",
  /** P. Tol's "muted" scheme, SRON/EPS/TN/09-002, 2021; the last one is that for missing data. */
  tol: "#cc6677 #332288 #ddcc77 #117733 #88ccee #882255 #44aa99 #999933 #aa4499 #dddddd",
  /** "Tableau 10" of 2008, "tab10" of Matplotlib. */
  tableau: "#1f77b4 #ff7f0e #2ca02c #d62728 #9467bd #8c564b #e377c2 #7f7f7f #bcbd22 #17becf",
};
