/** The settings of the extension, which the widgets of the page read from its body. */

import type { JupyterFrontEnd, JupyterFrontEndPlugin } from "@jupyterlab/application";
import { ISettingRegistry } from "@jupyterlab/settingregistry";
import { writePageSettings } from "../../src/kernel/page_settings.ts";
import { PALETTES } from "./palettes.ts";

/** What schema/settings.json describes. */
interface Settings {
  inPageMegabytes: number;
  classColours: string;
  quantityColours: "viridis" | "cividis";
}

export const settingsPlugin: JupyterFrontEndPlugin<void> = {
  id: "vae-widgets:settings",
  description: "Applies the settings of vae_widgets to the widgets of the page.",
  autoStart: true,
  requires: [ISettingRegistry],
  activate: async (_app: JupyterFrontEnd, registry: ISettingRegistry) => {
    const settings = await registry.load(settingsPlugin.id);
    const apply = () => {
      const { inPageMegabytes, classColours, quantityColours } = settings.composite as unknown as Settings;
      writePageSettings(
        {
          inPageMegabytes: String(inPageMegabytes),
          classColours: PALETTES[classColours],
          quantityColours,
        },
        document.body,
      );
    };
    settings.changed.connect(apply);
    apply();
  },
};
