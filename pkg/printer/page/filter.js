"use strict";
(() => {
  const form = document.getElementById("filter");
  const out = form.querySelector("output");
  const field = (name) => (form.elements[name] ? form.elements[name].value : "");
  const rows = (within) => [...within.querySelectorAll("tbody tr[data-o]")];
  const groups = [...document.querySelectorAll("#workloads details, .rule")].map((box) => ({
    box,
    open: box.open,
    found: box.classList.contains("rule"),
    about: box.classList.contains("rule") ? box.querySelector("summary").textContent.toLowerCase() : box.dataset.n.toLowerCase(),
    rows: rows(box).map((tr) => ({ tr, text: tr.textContent.toLowerCase(), n: tr.dataset.n ?? box.dataset.n, s: tr.dataset.s ?? "", o: tr.dataset.o })),
  }));
  const apply = () => {
    const words = field("text").toLowerCase().split(/\s+/).filter(Boolean);
    const severity = field("severity"), namespace = field("namespace"), os = field("os");
    const active = words.length > 0 || severity !== "" || namespace !== "" || os !== "";
    const count = { workloads: [0, 0], findings: [0, 0] };
    for (const g of groups) {
      let shown = 0;
      for (const r of g.rows) {
        const fits = (severity === "" || (r.s !== "" && [...r.s].some((s) => severity.includes(s)))) &&
          (namespace === "" || r.n === namespace.slice(1)) && (os === "" || r.o === os) &&
          words.every((w) => r.text.includes(w) || g.about.includes(w));
        r.tr.hidden = !fits;
        if (fits) shown++;
      }
      const c = g.found ? count.findings : count.workloads;
      c[0] += shown;
      c[1] += g.rows.length;
      g.box.hidden = active && shown === 0;
      g.box.open = active ? shown > 0 : g.open;
    }
    const told = Object.entries(count).filter(([, c]) => c[1] > 0).map(([what, c]) => `${c[0]} of ${c[1]} ${what}`);
    out.textContent = active ? "Showing " + told.join(", ") : "";
  };
  let pending = 0;
  const soon = () => {
    cancelAnimationFrame(pending);
    pending = requestAnimationFrame(apply);
  };
  form.addEventListener("input", soon);
  form.addEventListener("reset", () => setTimeout(apply));
  form.addEventListener("submit", (e) => e.preventDefault());
  for (const g of groups) {
    g.box.addEventListener("toggle", () => {
      if (!out.textContent) g.open = g.box.open;
    });
  }
  const reveal = () => {
    const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target && target.tagName === "DETAILS") target.open = true;
  };
  addEventListener("hashchange", reveal);
  form.hidden = false;
  const top = () => document.documentElement.style.setProperty("--top", getComputedStyle(form).position === "sticky" ? form.offsetHeight + "px" : "0px");
  new ResizeObserver(top).observe(form);
  top();
  apply();
  reveal();
})();
