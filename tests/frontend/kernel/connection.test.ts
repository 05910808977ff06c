import assert from "node:assert/strict";
import { test } from "node:test";

import { Connection } from "../../../vae_widgets/frontend/src/kernel/connection.ts";

function signal() {
  const slots = new Set<() => void>();
  return {
    connect: (slot: () => void) => void slots.add(slot),
    disconnect: (slot: () => void) => void slots.delete(slot),
    emit: () => slots.forEach((slot) => slot()),
    slots,
  };
}

test("a kernel that is busy and idle tells nothing, and one that has died tells it once", () => {
  const kernel = { isDisposed: false, status: "idle", disposed: signal(), statusChanged: signal() };
  const model = { get: () => ({ comm_live: true, widget_manager: { kernel } }) };
  const connection = new Connection(model as any);
  const seen: boolean[] = [];
  const stop = connection.watch(() => seen.push(connection.gone));
  for (const status of ["busy", "idle", "busy", "dead", "dead", "restarting"]) {
    kernel.status = status;
    kernel.statusChanged.emit();
  }
  assert.deepEqual(seen, [true, false]);
  stop();
  kernel.isDisposed = true;
  kernel.disposed.emit();
  assert.equal(seen.length, 2);
  assert.equal(kernel.disposed.slots.size + kernel.statusChanged.slots.size, 0);
});
