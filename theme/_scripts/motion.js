// Films start in view and stop out of it; every motion can be paused, and none starts against the reader's setting.
(() => {
  const calm = matchMedia("(prefers-reduced-motion: reduce)");

  const label = (button, playing) => {
    const words = playing ? button.dataset.pause : button.dataset.play;
    button.setAttribute("aria-label", words);
    button.title = words;
    button.dataset.playing = playing;
    button.hidden = false;
  };

  function picture(figure, playing) {
    const button = figure.querySelector(".motion-toggle");
    const image = figure.querySelector("img");
    const moving = image.getAttribute("src");
    const set = (play) => {
      // The source for reduced motion would win over src, also after the reader asked for motion.
      figure.querySelectorAll("source").forEach((source) => source.remove());
      image.src = play ? moving : figure.dataset.still;
      playing = play;
      label(button, playing);
    };
    button.onclick = () => set(!playing);
    label(button, playing);
  }

  function film(figure) {
    const button = figure.querySelector(".motion-toggle");
    const video = figure.querySelector("video");
    let wanted = !calm.matches;
    let seen = false;
    const update = () => {
      if (wanted && seen) video.play().catch(() => {});
      else video.pause();
      label(button, wanted);
    };
    video.controls = false;
    button.onclick = () => {
      wanted = !wanted;
      update();
    };
    // The browser's menu and keys count as much as ours; a pause out of view is not the reader's.
    video.addEventListener("play", () => label(button, (wanted = true)));
    video.addEventListener("pause", () => seen && label(button, (wanted = false)));
    new IntersectionObserver(([entry]) => {
      seen = entry.isIntersecting;
      update();
    }).observe(figure);
    video.addEventListener("error", () => {
      if (!video.dataset.gif) return;
      const image = new Image(video.width, video.height);
      image.src = video.dataset.gif;
      image.alt = video.getAttribute("aria-label") ?? "";
      image.className = video.className;
      image.style.cssText = video.style.cssText;
      figure.dataset.still = video.poster;
      video.replaceWith(image);
      picture(figure, true);
    });
    update();
  }

  for (const figure of document.querySelectorAll(".motion")) {
    if (figure.closest("[data-player], [data-particles]")) continue; // the player takes its place
    if (figure.querySelector("video")) film(figure);
    else picture(figure, !calm.matches);
  }
})();
