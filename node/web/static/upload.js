// Files of an extract: each is sent whole as it is, to the node and nowhere else.
"use strict";
for (const form of document.querySelectorAll("form[data-upload]")) {
  const told = form.querySelector("[data-told]"), chosen = form.querySelector("input[type=file]");
  const button = form.querySelector("button");
  button.disabled = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    for (const file of chosen.files) {
      told.textContent = `${file.name}: ${form.dataset.busy}`;
      const heads = { "Content-Type": "application/octet-stream", "X-Desk-Form": form.elements.csrf.value };
      const to = form.dataset.upload + encodeURIComponent(file.name);
      const answer = await fetch(to, { method: "POST", headers: heads, body: file }).catch(() => null);
      if (!answer || !answer.ok) {
        const page = answer ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
        const why = page && page.querySelector("[role=alert]");
        told.textContent = form.dataset.failed + (why ? why.textContent : file.name);
        button.disabled = false;
        return;
      }
    }
    location.reload();
  });
}
