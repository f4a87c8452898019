// Keys go to the console from its first frame on, without a click; textual.js waits for one.
new MutationObserver((_, watch) => {
  const keys = document.querySelector(".xterm-helper-textarea");
  if (keys && document.body.classList.contains("-first-byte")) {
    keys.focus();
    watch.disconnect();
  }
}).observe(document.documentElement, { subtree: true, childList: true, attributes: true });
