// Returns what axe-core, which is there already, finds on the page: rows of impact, rule, element and reason.
//
// axe-core takes milliseconds for every element and more for the contrast of every text, and a chapter has thousands of
// words of code and pieces of equations. So the same is not measured a thousand times. Texts that look the same, in boxes
// whose backgrounds are the same, are of one kind and have the same contrast; only what is taken out of its place, and so
// may lie on anything, is a kind of its own. While axe-core looks, one word of code of each kind is an element, and the
// others are mere text; one equation of each kind has its inside, and the others are empty boxes of their size. Of all
// texts the first of each kind is measured for its contrast, and the others too if axe-core cannot judge the first.
async (options) => {
  const LOOK = ["color", "fontSize", "fontWeight", "textShadow", "visibility", "webkitTextStroke"];
  const BOX = ["backgroundColor", "backgroundImage", "opacity", "filter", "mixBlendMode"];
  const PLAIN = "rgba(0, 0, 0, 0), none, 1, none, normal";
  const values = (style, names) => names.map((name) => style[name]).join(", ");
  const moved = (style) =>
    ["absolute", "fixed", "sticky"].includes(style.position) ||
    (style.position === "relative" && [style.top, style.left].some((offset) => !["auto", "0px"].includes(offset))) ||
    style.transform !== "none";

  const kinds = new Map(); // an element → what it shares with the others of its kind
  const boxes = new Map([[null, { number: 0, moved: false }]]);
  const numbers = new Map(); // a box and the number of the one around it → its own
  for (const part of document.querySelectorAll("*")) {
    const style = getComputedStyle(part);
    const around = boxes.get(part.parentElement);
    const box = { number: around.number, moved: around.moved || moved(style) };
    const background = values(style, BOX);
    if (background !== PLAIN) {
      const key = `${around.number}: ${background}`;
      box.number = numbers.get(key) ?? numbers.set(key, numbers.size + 1).get(key);
    }
    boxes.set(part, box);
    kinds.set(part, box.moved ? part : `${part.tagName} in ${box.number}: ${values(style, LOOK)}`);
  }

  const grouped = (parts, kindOf = (part) => kinds.get(part)) => {
    const groups = new Map();
    for (const part of parts) groups.set(kindOf(part), [...(groups.get(kindOf(part)) ?? []), part]);
    return [...groups.values()];
  };
  const repeated = (...selection) => grouped(...selection).flatMap(([, ...others]) => others);

  const simplified = (word) => {
    const inside = [...word.childNodes];
    return [() => word.replaceWith(...inside), () => inside[0].before(word) ?? word.append(...inside)];
  };
  const emptied = (equation) => {
    const [shown, ...others] = equation.children;
    const inside = [...shown.childNodes];
    const style = shown.getAttribute("style");
    const { width, height } = shown.getBoundingClientRect();
    const act = () => {
      shown.replaceChildren();
      shown.setAttribute("style", `${style ?? ""}; display: inline-block; width: ${width}px; height: ${height}px`);
      others.forEach((other) => other.remove());
    };
    const back = () => {
      shown.replaceChildren(...inside);
      if (style === null) shown.removeAttribute("style");
      else shown.setAttribute("style", style);
      equation.append(...others);
    };
    return [act, back];
  };
  const words = [...document.querySelectorAll(":is(.highlight, .sig) span")].filter((word) => word.firstChild && !word.children.length);
  const equations = [...document.querySelectorAll("mjx-container")];
  const kindOfEquation = (equation) => {
    const kind = kinds.get(equation);
    return kind === equation ? kind : [kind, equation.getAttribute("display"), !equation.querySelector("mjx-utext")].join();
  };
  const changes = [...repeated(words).map(simplified), ...repeated(equations, kindOfEquation).map(emptied)];

  const find = async () => {
    const hasText = (part) => [...part.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
    const texts = [...kinds.keys()].filter((part) => part.isConnected && (hasText(part) || part.matches("input, select, textarea")));
    const groups = grouped(texts.filter((text) => text.checkVisibility()));
    const contrast = (include) =>
      include.length === 0
        ? { violations: [], passes: [] }
        : axe.run({ include }, { ...options, resultTypes: ["violations", "passes"], elementRef: true, runOnly: ["color-contrast"] });
    const others = await axe.run({ ...options, rules: { "color-contrast": { enabled: false } } });
    const first = await contrast(groups.map(([text]) => text));
    const judged = new Set([...first.violations, ...first.passes].flatMap(({ nodes }) => nodes.map(({ element }) => element)));
    const more = await contrast(groups.filter(([text]) => !judged.has(text)).flatMap(([, ...rest]) => rest));
    return [others, first, more].flatMap(({ violations }) =>
      violations.flatMap(({ id, nodes }) => nodes.map((node) => [node.impact, id, node.target.join(" "), node.failureSummary])),
    );
  };

  changes.forEach(([act]) => act());
  try {
    return await find();
  } finally {
    changes.toReversed().forEach(([, back]) => back());
  }
};
