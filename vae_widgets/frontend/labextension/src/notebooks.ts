/** The notebooks that the launcher and the palette open. */

import type { TranslationBundle } from "@jupyterlab/translation";
import courseIcon from "../icons/course.svg";
import exploreIcon from "../icons/explore.svg";
import thresholdIcon from "../icons/threshold.svg";
import tourIcon from "../icons/tour.svg";
import trainIcon from "../icons/train.svg";
import type { Template } from "./copies.ts";

export interface Notebook {
  /** Of the command, `vae-widgets:${id}`, and of the icon. */
  id: string;
  /** On the card and in the palette. */
  label: string;
  caption: string;
  icon: string;
  /** Of a copy, without ".ipynb". */
  fileName: string;
  /** The notebook itself, which is fetched when it is opened for the first time. */
  load: () => Promise<{ default: Template }>;
}

export function notebooks(trans: TranslationBundle): Notebook[] {
  return [
    {
      id: "tour",
      label: trans.__("Tour"),
      caption: trans.__("Watch a VAE train on digits, pick in its latent space, slide, and cut"),
      icon: tourIcon,
      fileName: "VAE tour",
      load: () => import("../../../../notebooks/00_tour.ipynb"),
    },
    {
      id: "train",
      label: trans.__("Train on My Data"),
      caption: trans.__("Train a VAE on images or a table of your own, and save it"),
      icon: trainIcon,
      fileName: "Train a VAE",
      load: () => import("../../../../notebooks/01_your_own_data.ipynb"),
    },
    {
      id: "explore",
      label: trans.__("Explore a Saved Model"),
      caption: trans.__("Open a .vae file: its latent space, new samples, and paths between samples"),
      icon: exploreIcon,
      fileName: "Explore a VAE",
      load: () => import("../notebooks/explore_a_saved_model.ipynb"),
    },
    {
      id: "threshold",
      label: trans.__("Tune a Threshold"),
      caption: trans.__("Choose where to cut anomaly scores, and keep the decision as a policy"),
      icon: thresholdIcon,
      fileName: "Tune a threshold",
      load: () => import("../notebooks/tune_a_threshold.ipynb"),
    },
    {
      id: "course",
      label: trans.__("Course"),
      caption: trans.__("A first lesson: guess what a VAE does, then see it"),
      icon: courseIcon,
      fileName: "VAE lesson 1",
      load: () => import("../../../../notebooks/course/1_what_a_vae_is.ipynb"),
    },
  ];
}
