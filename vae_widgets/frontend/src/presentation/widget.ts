/** Larger text and pictures in all widgets of the page (widgets/presentation/widget.py). It has no view. */

import type { AnyModel } from "@anywidget/types";
import { showAt } from "../canvas/scale.ts";
import { listen } from "../kernel/listen.ts";

interface State {
  scale: number;
}

function initialize({ model }: { model: AnyModel<State> }): () => void {
  const show = () => showAt(model.get("scale"));
  const stop = listen(model, { scale: show });
  show();
  return () => {
    stop();
    showAt(1); // of a kernel that was restarted or shut down
  };
}

export default { initialize };
