// Forms that are signed: the key file and its passphrase have no name, so that no browser ever sends them.
"use strict";
(() => {
  const keys = regiohelixKeys;
  const can = Boolean(window.crypto && crypto.subtle);

  function tell(form, word) {
    const place = form.querySelector("[data-told]");
    place.textContent = form.dataset[word] || form.dataset.unreadable;
    place.hidden = false;
    place.focus();
  }

  // RFC 8785: names in order, strings as JSON.stringify writes them.
  function canonical(fields) {
    return "{" + Object.keys(fields).sort().map((one) => JSON.stringify(one) + ":" + JSON.stringify(fields[one])).join(",") + "}";
  }

  function messageOf(form) {
    if (form.dataset.message) return keys.unhex(form.dataset.message);
    const fields = JSON.parse(form.dataset.decision);
    const reason = form.querySelector("textarea[name=reason]");
    if (reason) {
      reason.value = reason.value.replace(/\r\n?/g, "\n").trim();
      fields.reason = reason.value;
    }
    return keys.utf8(canonical(fields));
  }

  async function signed(event) {
    const form = event.target;
    event.preventDefault();
    try {
      const file = form.querySelector("input[type=file]").files[0];
      if (!file) return tell(form, "missing");
      const found = await keys.read(await file.text(), form.querySelector("input[type=password]").value);
      form.elements.signature.value = await keys.sign(found.key, form.dataset.purpose, messageOf(form));
      form.elements.key.value = found.publicHex;
      form.submit();
    } catch (error) {
      tell(form, error instanceof keys.KeyTrouble ? error.message : "unreadable");
    }
  }

  async function made(event) {
    const form = event.target;
    event.preventDefault();
    const [one, other] = form.querySelectorAll("input[type=password]");
    if (one.value !== other.value || one.value.length < 12) return tell(form, "differ");
    try {
      const pem = await keys.make(one.value);
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob([pem], { type: "application/x-pem-file" }));
      link.download = form.dataset.file;
      document.body.append(link);
      link.click();
      link.remove();
      URL.revokeObjectURL(link.href);
      form.reset();
      tell(form, "done");
    } catch {
      tell(form, "unable");
    }
  }

  for (const form of document.querySelectorAll("form[data-purpose], form[data-file]")) {
    if (!can) { tell(form, "unable"); continue; }
    form.querySelector("button").disabled = false;
    form.addEventListener("submit", form.dataset.file ? made : signed);
  }
})();
