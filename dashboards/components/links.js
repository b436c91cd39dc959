// Links and filter forms within the pages change the address without loading everything anew: Streamlit runs the page
// again when the address changes in the browser's history, which is what Back does. Without this script a link loads.

function go(url) {
  history.pushState({}, "", url);
  window.dispatchEvent(new PopStateEvent("popstate", { state: {} }));
}

function ours(url) {
  return url.origin === location.origin && !(url.hash && url.pathname === location.pathname && url.search === location.search);
}

function onClick(event) {
  if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = event.target.closest?.(".stHtml a[href]:not([data-load])");
  if (!link) return;
  const url = new URL(link.href);
  if (!ours(url)) return;
  event.preventDefault();
  const other = url.pathname !== location.pathname;
  go(url);
  if (other) document.querySelector("[data-testid=stMain]")?.scrollTo(0, 0);
}

function send(form) {
  const url = new URL(form.getAttribute("action") || location.pathname, location.href);
  for (const field of form.elements) {
    if (!field.name || !field.value) continue;
    const local = field.type === "datetime-local"; // of the browser's zone; the address has UTC
    url.searchParams.set(field.name, local ? new Date(field.value).toISOString().replace(".000Z", "Z") : field.value);
  }
  go(url);
}

function onSubmit(event) {
  if (!event.target.matches?.(".stHtml form")) return;
  event.preventDefault();
  send(event.target);
}

function onChange(event) {
  const form = event.target.closest?.(".stHtml form");
  if (form && event.target.matches("select")) send(form);
}

// Keys: Escape closes what is open, / goes to the search, J and K go from row to row, Enter opens (as of any link).
function onKey(event) {
  if (event.metaKey || event.ctrlKey || event.altKey || event.defaultPrevented) return;
  const writing = event.target.closest?.("input, textarea, select, [contenteditable=true]");
  if (event.key === "Escape") return document.querySelector(".stHtml a[data-escape]")?.click();
  if (writing) return;
  if (event.key === "/") {
    const field = document.querySelector(".stHtml input[type=search]");
    if (!field) return;
    event.preventDefault();
    field.focus();
  }
  const step = { j: 1, k: -1 }[event.key.toLowerCase()];
  if (!step) return;
  const rows = [...document.querySelectorAll(".stHtml table tr td a[href]")].filter((link) => link.offsetParent);
  const at = rows.indexOf(document.activeElement);
  rows[Math.max(0, Math.min(rows.length - 1, at < 0 ? 0 : at + step))]?.focus();
}

export default function () {
  const all = { click: onClick, submit: onSubmit, change: onChange, keydown: onKey };
  for (const [name, listen] of Object.entries(all)) document.addEventListener(name, listen);
  return () => {
    for (const [name, listen] of Object.entries(all)) document.removeEventListener(name, listen);
  };
}
