// Pictures marked zoomable open at the window's size: by click, Enter or Space; Escape or a click closes.
(() => {
  const images = document.querySelectorAll("img[data-zoomable]");
  if (!images.length) return;

  const dialog = document.createElement("dialog");
  dialog.className = "zoomed";
  dialog.addEventListener("click", () => dialog.close());
  document.body.append(dialog);

  const enlarge = (image) => {
    const copy = new Image();
    copy.src = image.src; // in its full size
    copy.alt = image.alt;
    const close = document.createElement("button");
    close.type = "button";
    close.className = "zoom-close";
    close.setAttribute("aria-label", image.dataset.close);
    dialog.setAttribute("aria-label", image.alt);
    dialog.classList.toggle("chart", Boolean(image.closest(".chart")));
    dialog.replaceChildren(copy, close);
    dialog.showModal();
  };

  // A picture gets its button when it is less than a screen away: all at once would lay a long page out twice.
  const observer = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target: image } of entries) {
      if (!isIntersecting) continue;
      observer.unobserve(image);
      const button = document.createElement("button");
      button.type = "button";
      button.className = "zoom";
      button.setAttribute("aria-label", `${image.dataset.enlarge}: ${image.alt}`);
      button.addEventListener("click", () => enlarge(image));
      const picture = image.closest("picture") ?? image; // its sources hold for an image inside it alone
      picture.replaceWith(button);
      button.append(picture);
    }
  }, { rootMargin: "100%" });
  for (const image of images) observer.observe(image);
})();
