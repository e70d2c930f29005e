// A word's meaning opens beside the text. Without this, or when the line is down, the form loads the page with it.
for (const form of document.querySelectorAll("form[data-explains]")) {
  form.addEventListener("submit", async (event) => {
    const meaning = document.getElementById(form.dataset.explains);
    if (!meaning?.showPopover) return;
    event.preventDefault();
    meaning.showPopover();
    meaning.focus();
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form), redirect: "manual" }).catch(() => null);
    if (answer?.type !== "opaqueredirect") form.submit();
  });
}
