/* Five ways to compute one loss of a logit in float32, each step rounded, beside the right answer. */
(function () {
  "use strict";
  const { loss, linspace, f32 } = explorables.formulas;
  const { round, neg, abs, add, sub, mul, div, min, max, exp, log, log1p, ulp } = f32;
  const { fixed, significant } = explorables.numbers;

  const EPS = round(1e-7);
  const BOUNDS = [EPS, sub(1, EPS)];

  const sigmoid = (z) => div(1, add(1, exp(neg(z))));
  const clip = (p) => min(max(p, BOUNDS[0]), BOUNDS[1]);
  const ofProbability = (y, p) => neg(add(mul(y, log(p)), mul(sub(1, y), log(sub(1, p)))));

  const FORMS = {
    textbook: (y, z) => ofProbability(y, sigmoid(z)),
    clipped: (y, z) => ofProbability(y, clip(sigmoid(z))),
    pytorch(y, z) {
      const tail = log1p(exp(neg(abs(z))));
      const logSigmoid = sub(min(z, 0), tail);
      return sub(mul(sub(1, y), z), logSigmoid);
    },
    folded(y, z) {
      const m = abs(z), c = z >= 0 ? sub(1, y) : y;
      return add(mul(c, m), log1p(exp(neg(m))));
    },
    library: (y, z) => round(loss(y, z)), // on NumPy: the same form in float64, rounded once
  };
  const NAMES = { textbook: "the textbook line", clipped: "the clipped line", pytorch: "PyTorch's form",
    folded: "c·m + log1p", library: "bce_lib" };

  const brief = (x) => x >= 1e-3 && x < 1e6 ? String(Number(x.toPrecision(2))) : significant(x, 2);
  const error = (value, right) => Number.isFinite(value) ? abs(value - right) / ulp(right) : Infinity;

  /** What has become of the answer, in words. */
  function verdict(name, value, right, z) {
    if (Number.isNaN(value)) return "NaN: 0 · ∞";
    if (!Number.isFinite(value)) return "infinite";
    if (error(value, right) <= 0.5) return "right";
    if (error(value, right) < 5) return "right, but for a last bit or two";
    if (value === 0) return "0: rounded away";
    const off = `off by ${brief(abs(value / right - 1) * 100)}%`;
    const p = sigmoid(z);
    if (name !== "clipped" || p === clip(p)) return `a staircase, ${off}`;
    return value < right ? `capped, ${off}` : `on the clip's floor, ${brief(value / right)} times as much`;
  }

  /* The charts' heights. Errors are drawn from 0.1 to 10⁹ ulp, ratios up to 2.3. Anything else gets a rail above. */
  const inside = (x, low, high) => Math.min(Math.max(x, low), high);
  const heightOfError = (value, right) => Number.isFinite(value) ? inside(error(value, right), 0.1, 1e9) : null;
  const heightOfRatio = (value, right) => value / right <= 2.3 ? value / right : null;
  const kind = (value) => Number.isNaN(value) ? "NaN" : Number.isFinite(value) ? "> 2.3" : "∞";

  /** The height of a form in one stretch of logits: its largest error there, or why it has none. */
  function worst(form, y, stretch) {
    let height = 0.1;
    for (const z of stretch) {
      const value = form(y, z);
      if (!Number.isFinite(value)) return { height: null, kind: kind(value) };
      height = max(height, heightOfError(value, loss(y, z)));
    }
    return { height };
  }

  /** The height of a form at one logit: what it returns, as a multiple of the right answer. */
  function ratio(form, y, z) {
    const value = form(y, z), height = heightOfRatio(value, loss(y, z));
    return height === null ? { height, kind: kind(value) } : { height };
  }

  /** One line per form, and the runs of x where it has no height: from, to, and why. */
  function lines(xs, placeOf) {
    const curves = [], rails = [];
    for (const [name, form] of Object.entries(FORMS)) {
      let run = null;
      xs.forEach((x, i) => {
        const { height, kind } = placeOf(form, i);
        curves.push({ name, x, height });
        if (height !== null) run = null;
        else if (run && run.kind === kind) run.to = x;
        else rails.push(run = { name, kind, from: x, to: x });
      });
    }
    const lanes = [...new Set(rails.map((rail) => rail.name))];
    for (const rail of rails) Object.assign(rail, { middle: (rail.from + rail.to) / 2, lane: lanes.indexOf(rail.name) });
    return { curves, rails };
  }

  const WIDE = linspace(-119.5, 119.5, 240); // the middles of stretches of one logit
  const STRETCHES = WIDE.map((middle) => linspace(middle - 0.5, middle + 0.5, 9));
  const NEAR = linspace(-2, 2, 257);

  explorables.define("precision", {
    title: "Drag the logit: where each form of the loss fails in float32",
    controls: [
      { name: "z", label: "logit z", min: -120, max: 120, step: 0.125, value: 16 },
      { name: "y", label: "label y", value: "1", choices: [["1", "1"], ["0", "0"], ["0.999", "0.999"], ["0.001", "0.001"]] },
    ],
    drag: [{ chart: "error", x: "z", at: ({ z }) => ({ x: z }) }],
    legend: [["sigmoid, then log", "orange", [7, 3]], ["… clipped at 1e-7", "pink", [2, 3]], ["PyTorch's form", "blue", [10, 3, 2, 3]],
      ["c·m + log1p", "green"], ["bce_lib", "ink", [1, 2]]],
    results: {
      rows: [["textbook", "sigmoid, then log"], ["clipped", "… clipped at 1e-7"], ["pytorch", "PyTorch's form"], ["folded", "c·m + log1p"],
        ["library", "bce_lib"], ["exact", "the right answer"]],
      columns: [["value", "loss"], ["ulp", "error in ulp"], ["verdict", "what it is", "words"]],
    },
    alt: {
      error: "The error of the five forms in ulp, on a logarithmic axis, over the logit from −120 to 120, with the logit chosen marked. The table has the numbers.",
      near: "What the five forms return, divided by the right answer, within two logits of the one chosen: staircases show as saw teeth. The table has the numbers.",
    },
    compute(values, data, state) {
      const y = round(Number(values.y)), z = round(values.z), right = loss(y, z);
      const results = { "exact.value": right, "exact.ulp": 0, "exact.verdict": "computed in float64" };
      const here = [];
      for (const [name, form] of Object.entries(FORMS)) {
        const value = form(y, z);
        results[`${name}.value`] = value;
        results[`${name}.ulp`] = error(value, right);
        results[`${name}.verdict`] = verdict(name, value, right, z);
        here.push({ name, x: z, height: heightOfError(value, right) });
      }
      // The wide lines depend on the label alone, so they are drawn anew only when it changes.
      const wide = state.y === y ? {} : lines(WIDE, (form, i) => worst(form, y, STRETCHES[i]));
      state.y = y;
      const near = lines(NEAR, (form, i) => ratio(form, y, round(z + NEAR[i])));
      const wrong = Object.keys(FORMS).filter((name) => error(FORMS[name](y, z), right) >= 5);
      const summary = `At logit ${fixed(z, 3)} with label ${values.y} the loss is ${significant(right)}. `
        + (wrong.length === 0 ? "All five forms return it, to its last bit or two." : "Wrong: "
          + wrong.map((name) => `${NAMES[name]} (${significant(results[`${name}.value`])})`).join(", ") + ".");
      return { results, summary, charts: { error: { ...wide, here, marker: [{ x: z }] }, near } };
    },
  });
})();
