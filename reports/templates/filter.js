// Filters the list of findings. Without it the page shows all of them.
"use strict";
const form = document.querySelector(".filters");
if (form) {
  const rows = [...document.querySelectorAll("#rows tbody tr")];
  const field = (id) => document.getElementById(id);
  const search = field("search"), shown = field("shown");
  const link = (row) => row.querySelector("a");
  const visible = () => rows.filter((row) => !row.hidden);

  const apply = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const python = field("python").value, kind = field("kind").value, fresh = field("new")?.checked;
    for (const row of rows) {
      const { text, python: its, kind: what } = row.dataset;
      row.hidden = !words.every((word) => text.includes(word)) || (python && its !== python) || (kind && what !== kind)
        || (fresh && !("new" in row.dataset));
    }
    shown.textContent = `${visible().length} of ${rows.length} shown.`;
    const query = new URLSearchParams();
    for (const id of ["search", "python", "kind"]) if (field(id).value) query.set(id, field(id).value);
    // A filtered list can be gone back to, and passed on.
    history.replaceState(null, "", `${location.pathname}${query.size ? `?${query}` : ""}${location.hash}`);
  };

  const move = (by) => {
    const links = visible().map(link);
    const at = links.indexOf(document.activeElement);
    links[at < 0 ? (by > 0 ? 0 : links.length - 1) : Math.min(Math.max(at + by, 0), links.length - 1)]?.focus();
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
    if (event.key === "Escape" && form.contains(event.target)) { form.reset(); apply(); search.blur(); }
    else if (event.key === "ArrowDown" && event.target === search) move(1);
    else if (event.key === "Enter" && event.target === search) visible()[0] && link(visible()[0]).click();
    else if (typing) return;
    else if (event.key === "/") { search.focus(); search.select(); }
    else if (event.key === "j") move(1);
    else if (event.key === "k") move(-1);
    else return;
    event.preventDefault();
  });

  const given = new URLSearchParams(location.search);
  for (const id of ["search", "python", "kind"]) if (given.has(id)) field(id).value = given.get(id);
  form.addEventListener("input", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.hidden = false;
  apply();
}
