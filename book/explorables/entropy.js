/* Truth p against belief q: the mean surprise as two rectangles, as wide as the probabilities and as high as the
   surprises. Beside them, those of somebody who believes what is true. */
(function () {
  "use strict";
  const { sigmoid, linspace } = explorables.formulas;
  const { fixed } = explorables.numbers;
  const A_UNIT = { nats: 1, bits: Math.LN2 };
  const BELIEFS = linspace(-20, 20, 241).map(sigmoid); // closer together where the curve is steep

  const toHundredths = (x) => Math.round(100 * x) / 100;

  /** What never happens surprises nobody: 0 · ∞ is 0 here. */
  const times = (share, surprise) => share === 0 ? 0 : share * surprise;
  const surpriseOfYes = (q) => 0 - Math.log(q), surpriseOfNo = (q) => 0 - Math.log1p(-q);
  const crossEntropy = (p, q) => times(p, surpriseOfYes(q)) + times(1 - p, surpriseOfNo(q));

  /** p log(p/q), of the difference d = p − q where that is exact: see bce_lib.entropy.kl_divergence. */
  function shareOfDivergence(p, q, d) {
    if (p === 0) return 0;
    return p * (Math.abs(d) <= q / 2 ? Math.log1p(d / q) : 2 * Math.log(Math.sqrt(p) / Math.sqrt(q)));
  }

  function divergence(p, q) {
    const yes = shareOfDivergence(p, q, p - q), no = shareOfDivergence(1 - p, 1 - q, q - p);
    return { yes, no, total: Math.max(0, yes + no) };
  }

  function means(p, q, unit) {
    const parts = (yes, no, total) => ({ yes: yes / unit, no: no / unit, total: total / unit });
    const mean = (belief) => parts(times(p, surpriseOfYes(belief)), times(1 - p, surpriseOfNo(belief)), crossEntropy(p, belief));
    const { yes, no, total } = divergence(p, q);
    return { cross: mean(q), entropy: mean(p), divergence: parts(yes, no, total) };
  }

  /** The rectangles of both cases: what both surprises share, what the belief adds or takes away, and its edge. */
  function areas(p, q, unit, top) {
    const sets = { shared: [], more: [], less: [], believed: [], signs: [], heads: [{}] };
    const cases = [[0, p, surpriseOfYes], [p, 1, surpriseOfNo]];
    for (const [left, right, surprise] of cases) {
      if (left === right) continue; // without width there is no area, whatever the height
      const believed = surprise(q) / unit, known = surprise(p) / unit, middle = (left + right) / 2;
      const low = Math.min(believed, known, top), high = Math.min(Math.max(believed, known), top);
      sets.shared.push({ left, right, low: 0, high: low });
      if (believed !== known) sets[believed > known ? "more" : "less"].push({ left, right, low, high });
      if (believed <= top) sets.believed.push({ left, right, low: believed });
      else sets.signs.push({ left: middle, low: top * 0.95, text: "↑ " + fixed(believed, 1) });
      if (high - low > 0.15 && right - left > 0.04) {
        sets.signs.push({ left: middle, low: (low + high) / 2, text: believed > known ? "+" : "\u2212" });
      }
    }
    return sets;
  }

  explorables.define("entropy", {
    title: "Drag the belief to the truth: the mean surprise as areas",
    controls: [
      { name: "p", label: "truth p", min: 0, max: 1, step: 0.01, value: 0.7 },
      { name: "q", label: "belief q", min: 0, max: 1, step: 0.01, value: 0.25 },
      { name: "unit", label: "unit", value: "nats", choices: [["nats", "nats"], ["bits", "bits"]] },
    ],
    drag: [
      { chart: "areas", x: "p", at: ({ p }) => ({ x: p, y: 0 }) },
      { chart: "areas", axes: "y", at: ({ p, q, unit }, { top }) => ({ x: p / 2, y: Math.min(surpriseOfYes(q) / A_UNIT[unit], top) }),
        to: ({ y }, { unit }) => ({ q: toHundredths(Math.exp(-y * A_UNIT[unit])) }) },
      { chart: "curve", x: "q", at: ({ p, q, unit }, { top }) => ({ x: q, y: Math.min(crossEntropy(p, q) / A_UNIT[unit], top) }) },
    ],
    legend: [["surprise that the belief adds", "orange"], ["takes away", "green", [5, 3]], ["both have", "blue"]],
    results: {
      rows: [["cross", "cross-entropy H(p, q)"], ["entropy", "entropy H(p)"], ["divergence", "divergence D(p ‖ q)"]],
      columns: [["yes", "it happens", 4], ["no", "it does not", 4], ["total", "together", 4]],
    },
    alt: {
      areas: "Two rectangles as wide as p and 1 − p and as high as the surprises of the belief, and beside their edges those of the truth. The table has the areas.",
      curve: "The cross-entropy over the belief q, a valley with its lowest point at q = p, on the dashed line of the entropy; a bar at the belief chosen is the divergence.",
    },
    compute({ p, q, unit }, { top }) {
      const nats = A_UNIT[unit], found = means(p, q, nats), results = {};
      for (const [row, parts] of Object.entries(found)) {
        for (const [column, value] of Object.entries(parts)) results[`${row}.${column}`] = value;
      }
      const total = results["cross.total"], floor = results["entropy.total"], excess = results["divergence.total"];
      const curve = BELIEFS.map((belief) => ({ q: belief, h: crossEntropy(p, belief) / nats }));
      const share = (x) => Number(x.toPrecision(4));
      let summary = `You are surprised by ${fixed(total, 4)} ${unit} on average: ${fixed(floor, 4)} are the entropy, which no belief avoids, `
        + `and ${fixed(excess, 4)} the price of believing ${share(q)} where ${share(p)} is true.`;
      if (p === q) summary = `You are surprised by ${fixed(total, 4)} ${unit} on average, the entropy. The belief is true: the divergence is 0, and every other belief costs more.`;
      else if (!Number.isFinite(total)) summary = "You held impossible what does happen: the surprise is infinite.";
      return {
        results, summary,
        charts: {
          areas: areas(p, q, nats, top),
          curve: { curve, floor: [{ h: floor }], least: [{ q: p, h: floor }], gap: [{ q, h: floor, to: Math.min(total, 2 * top) }] },
        },
      };
    },
  });
})();
