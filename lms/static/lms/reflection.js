// What she writes for herself: kept in this tab alone, under a name of her own, and never sent.
for (const field of document.querySelectorAll("[data-reflection]")) {
  const name = `reflection ${field.dataset.reflection}`;
  try {
    field.value = sessionStorage.getItem(name) ?? "";
    field.addEventListener("input", () => sessionStorage.setItem(name, field.value));
  } catch {
    // A browser that keeps nothing: it stands here until she leaves the page.
  }
}
