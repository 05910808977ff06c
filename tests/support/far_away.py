"""A kernel that is far away, and how soon the page answers nevertheless."""

DELAY = 200  # ms, in each direction

# Notes when the last gesture was. It must run before the widgets listen, which keep their keys.
GESTURES = """
  window.gestured = performance.now();
  const note = (event) => (window.gestured = event.timeStamp);
  for (const kind of ["pointermove", "pointerdown", "keydown"])
    window.addEventListener(kind, note, { capture: true });
"""

# Delays all messages, in order, and counts those that the page has sent. Between `hold()` and
# `release()` none arrives.
FAR_AWAY = """(() => {
  window.sent = 0;
  let held = false;
  const arrived = [];
  const deliver = () => {
    while (!held && arrived.length) arrived.shift()();
  };
  window.hold = () => (held = true);
  window.release = () => {
    held = false;
    deliver();
  };
  const Near = window.WebSocket;
  window.WebSocket = class extends Near {
    send(message) {
      window.sent++;
      setTimeout(() => super.send(message), DELAY);
    }
    set onmessage(listen) {
      const arrive = (event) => {
        arrived.push(() => listen.call(this, event));
        deliver();
      };
      super.onmessage = listen && ((event) => setTimeout(arrive, DELAY, event));
    }
  };
  NOTE
})()""".replace("DELAY", str(DELAY)).replace("NOTE", GESTURES)

# The same for the stand-in of a kernel that `blank_page` gives to a page.
STAND_IN_FAR_AWAY = """() => {
  window.sent = 0;
  let arrive = Promise.resolve();
  let release = () => {};
  window.hold = () => {
    arrive = new Promise((resolve) => (release = resolve));
  };
  window.release = () => release();
  const near = window.toKernel;
  const wait = () => new Promise((done) => setTimeout(done, DELAY));
  window.toKernel = async (...message) => {
    window.sent++;
    await wait();
    const answer = await near(...message);
    await wait();
    await arrive;
    return answer;
  };
  NOTE
}""".replace("DELAY", str(DELAY)).replace("NOTE", GESTURES)

# Notes when a picture changes: ms since the last gesture, the caption, and when that gesture was.
# It looks right after each animation frame, when all canvases are drawn, and at a small copy: to
# read a large canvas takes longer than a frame.
WATCH = """([picture, caption]) => {
  const mine = (window.changes = []);
  const copy = document.createElement("canvas");
  copy.width = copy.height = 64;
  const context = copy.getContext("2d", { willReadFrequently: true });
  const read = () => {
    context.clearRect(0, 0, 64, 64);
    context.drawImage(picture, 0, 0, 64, 64);
    return copy.toDataURL();
  };
  let last = read();
  const { port1, port2 } = new MessageChannel();
  const wait = () => requestAnimationFrame(() => port2.postMessage(null));
  port1.onmessage = () => {
    const now = read();
    const { gestured } = window;
    const text = caption?.textContent ?? "";
    if (now !== last) mine.push([performance.now() - gestured, text, gestured]);
    last = now;
    if (window.changes === mine) wait();
  };
  wait();
}"""
