/* A filter above a table of findings: by framework, by check, failures only. Without it the table shows all of them. */
(function () {
  "use strict";

  function choice(label, first, values) {
    const select = document.createElement("select");
    select.append(...[first, ...values].map((text, i) => new Option(text, i ? text : "")));
    const whole = document.createElement("label");
    whole.append(label, " ", select);
    return [whole, select];
  }

  function filtered(table) {
    const rows = [...table.tBodies[0].rows];
    const items = [...table.querySelectorAll("li")];
    const unique = (values) => [...new Set(values)];
    const [families, family] = choice("Framework", "all", unique(rows.map((row) => row.dataset.family)));
    const [checks, check] = choice("Check", "all", unique(items.map((item) => item.dataset.check)).sort());
    const failures = document.createElement("input");
    failures.type = "checkbox";
    const only = document.createElement("label");
    only.append(failures, " failures only");
    const count = document.createElement("output");
    const box = document.createElement("div");
    box.className = "findings-filter";
    box.append(families, checks, only, count);

    function show() {
      let losses = 0, failed = 0;
      for (const row of rows) {
        const shown = [...row.querySelectorAll("li")].filter((item) => {
          item.hidden = Boolean(check.value && item.dataset.check !== check.value || failures.checked && item.dataset.status !== "fail");
          return !item.hidden;
        });
        row.hidden = Boolean(family.value && row.dataset.family !== family.value) || !shown.length;
        row.querySelector("details").open = Boolean(check.value);
        if (row.hidden) continue;
        losses += 1;
        failed += shown.filter((item) => item.dataset.status === "fail").length;
      }
      count.textContent = `${losses} losses, ${failed} failures`;
    }
    for (const input of [family, check, failures]) input.addEventListener("change", show);
    table.before(box);
    show();
  }

  document.querySelectorAll("table.findings").forEach(filtered);
})();
