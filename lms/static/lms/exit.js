// Quick exit: the page is blanked first, then replaced, so that a slow line leaves nothing to read and Back leads past it.
const exit = document.querySelector("[data-quick-exit]");

function leave(event) {
  event?.preventDefault();
  clearThoughts();
  document.title = "";
  document.body.replaceChildren();
  location.replace(exit.href);
}

// What she wrote for herself (reflection.js) goes, too.
function clearThoughts() {
  try {
    sessionStorage.clear();
  } catch {
    // A browser that keeps nothing has nothing to clear.
  }
}

exit.addEventListener("click", leave);

let presses = [];
addEventListener("keydown", (event) => {
  if (event.key !== "Shift" || event.repeat) {
    if (event.key !== "Shift") presses = [];
    return;
  }
  presses = [...presses.filter((at) => event.timeStamp - at < 1500), event.timeStamp];
  if (presses.length >= 3) leave();
});
