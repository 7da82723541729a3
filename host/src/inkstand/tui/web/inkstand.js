// Keys go to the terminal without a click first, once it shows something.
window.addEventListener("DOMContentLoaded", () => {
  const focused = new MutationObserver(() => {
    const input = document.querySelector(".xterm-helper-textarea");
    if (input && document.body.classList.contains("-first-byte")) {
      input.focus();
      focused.disconnect();
    }
  });
  focused.observe(document.body, { attributes: true, childList: true, subtree: true });
});
