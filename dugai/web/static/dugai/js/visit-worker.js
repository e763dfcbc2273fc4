// The worker behind the page of a site visit. It keeps the visit pages that were opened, and the files they need, for
// one account, and gives them out when nothing answers. An answer from the network always goes first, whatever it says.
// No other page is kept. Signing out empties everything; so does the page of another account.
const VISIT = /^\/closeout\/\d+\/visit$/;
const SIGN_OUT = "/sign-out/";
const SIGN_IN = "/sign-in/";
const PREFIX = "dugai-visit-";
const OWNER = "dugai-owner";
const KEPT_AT = "Dugai-Kept-At";
const LONGEST = 3 * 24 * 3600 * 1000;
const NEEDED = new Set(["style", "script", "image", "font"]);

async function owner() {
  const noted = await (await caches.open(OWNER)).match("/");
  return noted ? noted.text() : "";
}

// Nobody owns the device after a sign-in was sent, until a page of the one who is in has said who it is.
const disown = () => caches.delete(OWNER);

async function own(account) {
  if (await owner() === account) return;
  for (const name of await caches.keys()) if (name.startsWith(PREFIX) && name !== PREFIX + account) await caches.delete(name);
  await (await caches.open(OWNER)).put("/", new Response(account));
}

async function empty() {
  await disown();
  for (const name of await caches.keys()) if (name.startsWith(PREFIX)) await caches.delete(name);
}

const mine = async () => { const account = await owner(); return account ? caches.open(PREFIX + account) : null; };
const gone = () => Response.error();

// Only a page that names its account, and that came without a redirect, is a visit page of that account.
async function keepPage(address, answer) {
  const account = answer.headers.get("Dugai-Account");
  if (!answer.ok || answer.redirected || !account) return false;
  const headers = new Headers(answer.headers);
  headers.set(KEPT_AT, Date.now());
  await own(account);
  await (await caches.open(PREFIX + account)).put(address, new Response(await answer.blob(), { headers }));
  return true;
}

async function visit(event, address) {
  let answer;
  try { answer = await fetch(event.request); } catch { return keptPage(address); }
  if (answer.ok) event.waitUntil(keepPage(address, answer.clone()));
  else if ([403, 404, 410].includes(answer.status)) event.waitUntil(mine().then((room) => room && room.delete(address)));
  return answer;
}

async function keptPage(address) {
  const room = await mine();
  const found = room && await room.match(address);
  if (!found) return gone();
  if (Date.now() - Number(found.headers.get(KEPT_AT)) < LONGEST) return found;
  await room.delete(address);
  return gone();
}

async function file(request) {
  try { return await fetch(request); } catch {
    const room = await mine();
    return (room && await room.match(request.url)) || gone();
  }
}

// The page asks once it is there: the first time, nobody stood between it and the network.
async function keep({ page, files }) {
  const address = new URL(page, self.location.origin).pathname;
  if (!VISIT.test(address)) return false;
  let room = await mine();
  if (!room || !await room.match(address)) {
    const answer = await fetch(address, { credentials: "same-origin", redirect: "manual" }).catch(() => null);
    if (!answer || !await keepPage(address, answer)) return false;
    room = await mine();
  }
  for (const one of files) {
    const place = new URL(one, self.location.origin);
    if (place.origin !== self.location.origin || await room.match(place.href)) continue;
    const answer = await fetch(place.href, { credentials: "same-origin", redirect: "error" }).catch(() => null);
    if (!answer || !answer.ok || answer.headers.has("Dugai-Account")) return false;
    await room.put(place.href, answer);
  }
  return true;
}

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("message", (event) => {
  if (event.data.account) event.waitUntil(own(event.data.account));
  if (event.data.page) event.waitUntil(keep(event.data).catch(() => false).then((kept) => event.ports[0].postMessage({ kept })));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const place = new URL(request.url);
  if (place.origin !== self.location.origin) return;
  if (request.mode === "navigate") {
    if (request.method === "GET" && VISIT.test(place.pathname)) event.respondWith(visit(event, place.pathname));
    else if (request.method === "POST" && place.pathname === SIGN_OUT) event.waitUntil(empty());
    else if (place.pathname.startsWith(SIGN_IN) && (request.method === "POST" || place.search.includes("code="))) event.waitUntil(disown());
  } else if (request.method === "GET" && NEEDED.has(request.destination)) {
    const from = request.referrer && new URL(request.referrer, self.location.origin).pathname;
    if (from && (VISIT.test(from) || /\.(js|css)$/.test(from))) event.respondWith(file(request));
  }
});
