// In the editor, where Wagtail saves drafts by itself: closes two gaps in which a trainer's words are lost without a sign.
(() => {
  const LONGEST = 10_000; // milliseconds; whoever pressed a button on a line that has broken waits no longer
  const NOT_WRITTEN = ["csrfmiddlewaretoken", "next", "loaded_revision_id", "loaded_revision_created_at", "overwrite_revision_id"];

  let underWay = null; // what is being saved, from when the form is read until the server has answered
  let pressed = null; // what somebody pressed meanwhile

  function written(data) {
    const fields = [...data].filter(([name]) => !NOT_WRITTEN.includes(name) && !name.startsWith("comments-"));
    return JSON.stringify(fields.map(([name, value]) => [name, value instanceof File ? `${value.name} ${value.size}` : value]));
  }

  document.addEventListener("w-autosave:save", (event) => {
    underWay = written(event.detail.formData);
  });

  // With the answer Wagtail takes all that stands in the form for saved, also what was written after the form was read: it
  // would neither be saved nor would leaving the page warn.
  document.addEventListener("w-autosave:success", (event) => {
    const form = event.target;
    if (written(new FormData(form)) === underWay) return;
    form.dataset.wUnsavedForceValue = "true";
    form.dataset.wUnsavedHasEditsValue = "true";
    form.dispatchEvent(new CustomEvent("w-unsaved:add", { bubbles: true, cancelable: true, detail: { type: "edits" } }));
  });

  // Of two that save at the same moment the last one stays, which may be the older text; and a new page would come twice. So
  // the press waits for the answer, and nothing saves by itself after it.
  document.addEventListener(
    "submit",
    (event) => {
      const form = event.target;
      if (!("editForm" in form.dataset)) return;
      form.dataset.wAutosaveActiveValue = "false";
      if (underWay === null) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      if (!pressed) setTimeout(goOn, LONGEST);
      pressed = { form, button: event.submitter };
    },
    { capture: true },
  );

  function goOn() {
    underWay = null;
    if (!pressed) return;
    const { form, button } = pressed;
    pressed = null;
    if (button?.name) {
      // Wagtail has switched the button off by now, and what is switched off is not sent.
      const sent = document.createElement("input");
      Object.assign(sent, { type: "hidden", name: button.name, value: button.value });
      form.append(sent);
    }
    form.requestSubmit();
  }
  for (const answer of ["w-autosave:success", "w-autosave:error"]) document.addEventListener(answer, goOn);
})();
