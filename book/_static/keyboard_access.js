// What does not fit its column. An equation is set smaller, down to 85%, then on several lines. What is still wider scrolls
// in a box of its own, which fades where there is more and can be reached from the keyboard. Nothing else is a stop of the
// Tab key that leads nowhere. (The theme looks at some of these boxes, once.)
{
  const article = document.querySelector("article");
  const BOXES = "pre, picture, .text_html, .pst-scrollable-table-container";
  const LEAST = 0.85;

  const reach = (box) => {
    const hidden = box.scrollWidth - box.clientWidth;
    box.classList.toggle("more", hidden - box.scrollLeft > 1);
    if (hidden > 1) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  };

  // An equation is made of statements, with wide spaces between them. One that does not fit is broken before a relation or an
  // operation, which MathJax sets with the spaces 4 and 3 around them, and after a comma, but not within brackets.
  const isSign = (part) => part?.matches('mjx-mo:is([space="4"], [space="3"])');
  const isGap = (part) => part.matches("mjx-mstyle") && parseFloat(part.firstElementChild.style.width) >= 1;
  const count = (part, glyphs) => (part.matches("mjx-mo, mjx-texatom") ? part.querySelectorAll(glyphs).length : 0);
  const span = (name, within) => {
    const made = document.createElement("span");
    made.className = name;
    within.append(made);
    return made;
  };
  const cutIntoLines = (equation) => {
    const cells = equation.querySelectorAll("mjx-math > mjx-mtable:only-child > mjx-table > mjx-itable > mjx-mtr > mjx-mtd");
    const row = cells.length === 1 ? cells[0] : equation.querySelector("mjx-math");
    const isList = (part) => part.matches("mjx-mstyle") && part.children.length > 1;
    const parts = [...row.children].flatMap((part) => (isList(part) ? [...part.children] : part));
    let statement, line;
    let depth = 0;
    parts.forEach((part) => {
      if (isGap(part)) {
        row.append(part, " ");
        statement = line = null;
        return;
      }
      statement ??= span("statement", row);
      if (!line || (depth === 0 && isSign(part) && !isSign(line.lastElementChild))) line = span("line", statement);
      line.append(part);
      depth += count(part, ".mjx-c28, .mjx-c5B") - count(part, ".mjx-c29, .mjx-c5D");
      if (depth === 0 && count(part, ".mjx-c2C")) line = null;
    });
  };

  // All are measured before any is changed: a page with a hundred equations is laid out three times at most.
  const fit = (equations) => {
    const share = (equation) => equation.clientWidth / equation.scrollWidth;
    const scale = (equation, size) => equation.parentElement.style.setProperty("--fit", Math.max(LEAST, size - 0.005));
    equations.forEach((equation) => {
      equation.classList.remove("broken");
      equation.parentElement.style.removeProperty("--fit");
    });
    const shares = equations.map(share);
    const wide = equations.filter((equation, k) => shares[k] < LEAST);
    equations.forEach((equation, k) => shares[k] < 1 && scale(equation, shares[k]));
    wide.forEach((equation) => {
      if (!equation.querySelector(".line")) cutIntoLines(equation);
      equation.classList.add("broken");
      equation.parentElement.style.removeProperty("--fit");
    });
    const rest = wide.map(share);
    wide.forEach((equation, k) => rest[k] < 1 && scale(equation, rest[k]));
  };

  const watch = new ResizeObserver((changes) => {
    const boxes = changes.map(({ target }) => target);
    fit(boxes.filter((box) => box.matches("mjx-container[display]")));
    boxes.forEach(reach);
  });
  const add = (box) => {
    watch.observe(box);
    box.addEventListener("scroll", () => reach(box), { passive: true });
  };

  // An equation among words is no box, until it does not fit.
  const widen = () => {
    const equations = [...article.querySelectorAll("span.math > mjx-container")];
    const wide = equations.map((equation) => {
      const column = equation.closest("p, li, dd, td, figcaption, article").clientWidth;
      return equation.firstElementChild.offsetWidth > column;
    });
    equations.forEach((equation, k) => {
      if (wide[k] !== equation.classList.contains("wide")) {
        equation.classList.toggle("wide", wide[k]);
        equation.onscroll = wide[k] ? () => reach(equation) : null;
      }
      if (wide[k]) return reach(equation);
      equation.classList.remove("more");
      equation.removeAttribute("tabindex");
    });
  };

  if (article) {
    article.querySelectorAll(BOXES).forEach(add);
    addEventListener("load", async () => {
      article.querySelectorAll(".copybtn").forEach((button) => (button.tabIndex = -1));
      await window.MathJax?.startup?.promise;
      article.querySelectorAll(".math > mjx-container[display]").forEach(add);
      new ResizeObserver(widen).observe(article);
    });

    // A figure that responds, once it stands there, has a table.
    article.querySelectorAll("[data-explorable]").forEach(({ dataset }) => {
      const figure = document.getElementById(dataset.figure);
      const find = () => figure.querySelectorAll(".explorable-results").forEach(add);
      if (figure) new MutationObserver(find).observe(figure, { attributes: true });
    });

    // The way past the navigation ends at the text, not at the buttons above it.
    const start = article.querySelector("section[id], h1[id]");
    if (start) document.querySelector("#pst-skip-link a").setAttribute("href", `#${start.id}`);
  }

  // Paper is light.
  const { dataset } = document.documentElement;
  addEventListener("beforeprint", () => {
    const { theme } = dataset;
    dataset.theme = "light";
    addEventListener("afterprint", () => (dataset.theme = theme), { once: true });
  });
}
