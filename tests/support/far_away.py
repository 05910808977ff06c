"""A kernel that is far away, and how soon the page answers all the same."""

DELAY = 200  # ms, in each direction

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
})()""".replace("DELAY", str(DELAY))

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
}""".replace("DELAY", str(DELAY))

# Notes when a picture changes: ms since the last move of the pointer, and the caption.
WATCH = """([plot, picture, caption]) => {
  let moved = performance.now();
  plot.addEventListener("pointermove", (event) => (moved = event.timeStamp), { capture: true });
  let last = picture.toDataURL();
  window.changes = [];
  const look = () => {
    const now = picture.toDataURL();
    if (now !== last) changes.push([performance.now() - moved, caption.textContent]);
    last = now;
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}"""
