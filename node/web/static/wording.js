// While a lesson is typed: what may point at a person is said below its field. The same rules look again on saving.
"use strict";
for (const form of document.querySelectorAll("form[data-check]")) {
  for (const told of form.querySelectorAll("[data-for]")) {
    const field = document.getElementById(told.dataset.for);
    let waiting = 0, asked = 0;
    const look = async () => {
      const number = ++asked;
      const body = new URLSearchParams({ csrf: form.elements.csrf.value, text: field.value });
      const answer = await fetch(form.dataset.check, { method: "POST", body });
      if (!answer.ok || number !== asked) return;
      const seen = await answer.json();
      told.replaceChildren();
      if (!seen.found.length) return;
      told.append(seen.lead);
      seen.found.forEach((one, place) => {
        const mark = document.createElement("mark");
        mark.textContent = one.words;
        told.append(place ? ", " : "", mark);
      });
    };
    field.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(() => look().catch(() => told.replaceChildren()), 500);
    });
  }
}
