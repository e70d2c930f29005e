// In the editor of a sorting question: the name of each category beside its number, and a warning where a ticked number has none.
(() => {
  const missing = document.currentScript.dataset.missing;
  const CATEGORY = /^(.*)-categories-(\d+)-value-text$/;
  const TICK = /^(.*)-cards-\d+-value-right_in$/;

  const valueOf = (name) => document.getElementsByName(name)[0]?.value;

  function categories() {
    const found = new Map();
    for (const input of document.querySelectorAll("input[name$='-value-text']")) {
      const [, question, at] = input.name.match(CATEGORY) ?? [];
      if (question === undefined || valueOf(`${question}-categories-${at}-deleted`)) continue;
      if (!found.has(question)) found.set(question, []);
      found.get(question).push({ place: Number(valueOf(`${question}-categories-${at}-order`)), name: input.value.trim() });
    }
    for (const lines of found.values()) lines.sort((one, other) => one.place - other.place);
    return found;
  }

  function show() {
    const named = categories();
    for (const tick of document.querySelectorAll("input[type=checkbox][name$='-right_in']")) {
      const [, question] = tick.name.match(TICK) ?? [];
      const label = tick.closest("label");
      if (question === undefined || !label) continue;
      const category = named.get(question)?.[Number(tick.value) - 1];
      const isMissing = tick.checked && !category;
      const words = category?.name ? `\u00a0– ${category.name}` : isMissing ? `\u00a0– ${missing}` : "";
      let said = label.querySelector("[data-category]");
      if (!said) {
        said = document.createElement("span");
        said.dataset.category = "";
        label.append(said);
      }
      if (said.textContent !== words) said.textContent = words;
      said.classList.toggle("category-missing", isMissing);
    }
  }

  let waiting = 0;
  const soon = () => {
    clearTimeout(waiting);
    waiting = setTimeout(show, 100);
  };
  for (const event of ["input", "change", "click"]) document.addEventListener(event, soon);
  document.addEventListener("DOMContentLoaded", () => {
    new MutationObserver(soon).observe(document.body, { childList: true, subtree: true });
    soon();
  });
})();
