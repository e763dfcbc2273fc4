// What a phone keeps of a visit until it was sent: one draft for each person and case, and its photos.
let opened = null;

function store() {
  opened ??= new Promise((done, fail) => {
    const asked = indexedDB.open("dugai-visits", 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore("visits", { keyPath: "id" });
      asked.result.createObjectStore("photos", { keyPath: ["visit", "key"] });
    };
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => fail(asked.error);
  });
  return opened;
}

async function act(names, mode, work) {
  const base = await store();
  return new Promise((done, fail) => {
    const change = base.transaction(names, mode);
    const asked = work((name) => change.objectStore(name));
    change.oncomplete = () => done(asked ? asked.result : undefined);
    change.onerror = () => fail(change.error);
    change.onabort = () => fail(change.error);
  });
}

const ofVisit = (id) => IDBKeyRange.bound([id], [id, []]);

export const kept = (id) => act(["visits"], "readonly", (table) => table("visits").get(id));
export const keptPhotos = (id) => act(["photos"], "readonly", (table) => table("photos").getAll(ofVisit(id)));
export const keepVisit = (draft) => act(["visits"], "readwrite", (table) => table("visits").put(draft));
export const keepPhoto = (photo) => act(["photos"], "readwrite", (table) => table("photos").put(photo));
export const dropPhoto = (photo) => act(["photos"], "readwrite", (table) => table("photos").delete([photo.visit, photo.key]));
export const erase = (id) => act(["visits", "photos"], "readwrite", (table) => { table("photos").delete(ofVisit(id)); table("visits").delete(id); });
