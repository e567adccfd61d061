// A reviewer's key, read, made and used in this browser alone: it is never sent. Ed25519 (RFC 8032) in PKCS#8 (RFC 5958),
// closed with PBES2 (RFC 8018) as the command line writes and reads it.
"use strict";
const regiohelixKeys = (() => {
  const OID = {
    pbes2: "2a864886f70d01050d", pbkdf2: "2a864886f70d01050c", aes256: "60864801650304012a", sha256: "2a864886f70d0209",
  };
  const HASH = { [OID.sha256]: "SHA-256", "2a864886f70d020b": "SHA-512", "2a864886f70d0207": "SHA-1" };
  const ITERATIONS = 600000;
  class KeyTrouble extends Error {}

  const hex = (bytes) => Array.from(bytes, (one) => one.toString(16).padStart(2, "0")).join("");
  const unhex = (text) => Uint8Array.from(text.match(/../g) || [], (pair) => parseInt(pair, 16));
  const utf8 = (text) => new TextEncoder().encode(text);

  function joined(...parts) {
    const whole = new Uint8Array(parts.reduce((sum, one) => sum + one.length, 0));
    let at = 0;
    for (const one of parts) { whole.set(one, at); at += one.length; }
    return whole;
  }

  function parsed(bytes, at = 0) {
    let length = bytes[at + 1], start = at + 2;
    if (length > 127) {
      const digits = length & 127;
      length = 0;
      for (let place = 0; place < digits; place++) length = length * 256 + bytes[start + place];
      start += digits;
    }
    if (!(start + length <= bytes.length)) throw new KeyTrouble("unreadable");
    return { tag: bytes[at], body: bytes.subarray(start, start + length), next: start + length };
  }

  function children(node) {
    const found = [];
    for (let at = 0; at < node.body.length;) {
      const one = parsed(node.body, at);
      found.push(one);
      at = one.next;
    }
    return found;
  }

  function made(tag, ...parts) {
    const body = joined(...parts);
    const size = body.length < 128 ? [body.length] : body.length < 256 ? [0x81, body.length]
      : [0x82, body.length >> 8, body.length & 255];
    return joined(Uint8Array.from([tag, ...size]), body);
  }
  const sequence = (...parts) => made(0x30, ...parts);
  const oid = (text) => made(0x06, unhex(text));

  async function closing(passphrase, salt, iterations, hash) {
    const base = await crypto.subtle.importKey("raw", utf8(passphrase), "PBKDF2", false, ["deriveKey"]);
    const how = { name: "PBKDF2", salt, iterations, hash };
    return crypto.subtle.deriveKey(how, base, { name: "AES-CBC", length: 256 }, false, ["encrypt", "decrypt"]);
  }

  async function opened(bytes, passphrase) {
    const [algorithm, data] = children(parsed(bytes));
    const [scheme, parameters] = children(algorithm);
    if (hex(scheme.body) !== OID.pbes2) throw new KeyTrouble("other");
    const [derivation, cipher] = children(parameters);
    const [kind, how] = children(derivation);
    const [name, iv] = children(cipher);
    if (hex(kind.body) !== OID.pbkdf2 || hex(name.body) !== OID.aes256) throw new KeyTrouble("other");
    const [salt, count, ...rest] = children(how);
    const prf = rest.find((one) => one.tag === 0x30);
    const hash = prf ? HASH[hex(children(prf)[0].body)] : "SHA-1";
    if (!hash) throw new KeyTrouble("other");
    const key = await closing(passphrase, salt.body, parseInt(hex(count.body), 16), hash);
    try {
      return new Uint8Array(await crypto.subtle.decrypt({ name: "AES-CBC", iv: iv.body }, key, data.body));
    } catch {
      throw new KeyTrouble("passphrase");
    }
  }

  async function read(text, passphrase) {
    const found = /-----BEGIN (ENCRYPTED )?PRIVATE KEY-----([A-Za-z0-9+/=\s]+)-----END/.exec(text);
    if (!found) throw new KeyTrouble("unreadable");
    let bytes = Uint8Array.from(atob(found[2].replace(/\s/g, "")), (sign) => sign.charCodeAt(0));
    if (found[1] && !passphrase) throw new KeyTrouble("passphrase");
    if (found[1]) bytes = await opened(bytes, passphrase);
    let key;
    try {
      key = await crypto.subtle.importKey("pkcs8", bytes, "Ed25519", true, ["sign"]);
    } catch {
      throw new KeyTrouble("unreadable");
    }
    const shown = (await crypto.subtle.exportKey("jwk", key)).x.replace(/-/g, "+").replace(/_/g, "/");
    return { key, publicHex: hex(Uint8Array.from(atob(shown), (sign) => sign.charCodeAt(0))) };
  }

  async function make(passphrase) {
    const pair = await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"]);
    const plain = new Uint8Array(await crypto.subtle.exportKey("pkcs8", pair.privateKey));
    const salt = crypto.getRandomValues(new Uint8Array(16)), iv = crypto.getRandomValues(new Uint8Array(16));
    const key = await closing(passphrase, salt, ITERATIONS, "SHA-256");
    const data = new Uint8Array(await crypto.subtle.encrypt({ name: "AES-CBC", iv }, key, plain));
    const count = unhex(ITERATIONS.toString(16).padStart(6, "0"));
    const how = sequence(made(0x04, salt), made(0x02, count), sequence(oid(OID.sha256), made(0x05)));
    const scheme = sequence(sequence(oid(OID.pbkdf2), how), sequence(oid(OID.aes256), made(0x04, iv)));
    const whole = sequence(sequence(oid(OID.pbes2), scheme), made(0x04, data));
    const lines = btoa(String.fromCharCode(...whole)).match(/.{1,64}/g).join("\n");
    const [begin, end] = ["BEGIN", "END"].map((word) => `-----${word} ENCRYPTED PRIVATE KEY-----`);
    return `${begin}\n${lines}\n${end}\n`;
  }

  // The purpose is bound into what is signed, as schemas/signature.py does.
  async function sign(key, purpose, message) {
    const bytes = joined(utf8(purpose), new Uint8Array(1), message);
    return hex(new Uint8Array(await crypto.subtle.sign("Ed25519", key, bytes)));
  }

  return { KeyTrouble, hex, unhex, utf8, read, make, sign };
})();
