/** The plugins of the extension. One more is one more entry here. */

import { launcherPlugin } from "./launcher.ts";
import { settingsPlugin } from "./settings.ts";
import { vaeFilesPlugin } from "./vae_files.ts";

export default [launcherPlugin, settingsPlugin, vaeFilesPlugin];
