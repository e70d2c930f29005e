// While a file is made: how far it is, read anew every few seconds.
const WAIT = 3000;

async function look() {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const shown = document.getElementById("progress");
  const found = page.getElementById("progress");
  if (!found) return;
  if (shown.innerHTML !== found.innerHTML) shown.replaceChildren(...found.childNodes);
  if (shown.querySelector("progress")) setTimeout(look, WAIT);
}

setTimeout(look, WAIT);
