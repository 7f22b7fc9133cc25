// A citation can be copied with one click; without scripts it is text to select.
(() => {
  const words = JSON.parse(document.body.dataset.words);
  for (const box of document.querySelectorAll("details.cite pre")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = words.copy;
    button.setAttribute("aria-live", "polite");
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(box.textContent.trim());
        button.textContent = words.copied;
        setTimeout(() => (button.textContent = words.copy), 2000);
      } catch {
        getSelection().selectAllChildren(box); // the clipboard may be forbidden: the reader presses Ctrl-C
      }
    });
    box.before(button);
  }
})();
