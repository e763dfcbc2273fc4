// <body data-account>: every page tells the worker of the site visits (if this device has one) whose page it is, so
// that what it keeps for another account goes.
const { account } = document.body.dataset;

if (account && navigator.serviceWorker) {
  navigator.serviceWorker.getRegistration("/").then((found) => {
    const worker = found && (found.active || found.waiting);
    if (worker) worker.postMessage({ account });
  }).catch(() => {});
}
