// Pictures marked zoomable open at the window's size: by click, Enter or Space; Escape or a click closes.
(() => {
  const images = document.querySelectorAll("img[data-zoomable]");
  if (!images.length) return;

  const dialog = document.createElement("dialog");
  dialog.className = "zoomed";
  dialog.addEventListener("click", () => dialog.close());
  document.body.append(dialog);

  for (const image of images) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "zoom";
    button.setAttribute("aria-label", `${image.dataset.enlarge}: ${image.alt}`);
    const picture = image.closest("picture") ?? image; // its sources hold for an image inside it alone
    picture.replaceWith(button);
    button.append(picture);
    button.addEventListener("click", () => {
      const copy = new Image();
      copy.src = image.src; // in its full size
      dialog.classList.toggle("chart", Boolean(image.closest(".chart")));
      copy.alt = image.alt;
      const close = document.createElement("button");
      close.type = "button";
      close.className = "zoom-close";
      close.setAttribute("aria-label", image.dataset.close);
      dialog.setAttribute("aria-label", image.alt);
      dialog.replaceChildren(copy, close);
      dialog.showModal();
    });
  }
})();
