/** The plugins of the extension. One more is one more entry here: a document factory, for example. */

import { launcherPlugin } from "./launcher.ts";
import { settingsPlugin } from "./settings.ts";

export default [launcherPlugin, settingsPlugin];
