/* One loss of a logit as three codes compute it in float32, each step rounded: from the probability, from the probability
   with a clip, and from the logit. Their slopes are what automatic differentiation of the same lines sends back. */
(function () {
  "use strict";
  const { loss, gradient, linspace, f32 } = explorables.formulas;
  const { round, neg, add, sub, mul, div, min, max, exp, log } = f32;
  const { fixed, significant } = explorables.numbers;

  const EPS = round(1e-7);
  const BOUNDS = [EPS, sub(1, EPS)];

  const sigmoid = (z) => div(1, add(1, exp(neg(z))));
  const ofProbability = (y, p) => neg(add(mul(y, log(p)), mul(sub(1, y), log(sub(1, p)))));

  /** The slope of that line with respect to the logit: by p, times the sigmoid's own. */
  const slopeOfProbability = (y, p, own) => mul(sub(div(sub(1, y), sub(1, p)), div(y, p)), own);

  const CODES = {
    logit: (y, z) => ({ loss: round(loss(y, z)), slope: round(gradient(y, z)) }), // as bce_lib: in float64, rounded once
    textbook(y, z) {
      const p = sigmoid(z);
      return { loss: ofProbability(y, p), slope: slopeOfProbability(y, p, mul(p, sub(1, p))) };
    },
    clipped(y, z) {
      const p = sigmoid(z), q = min(max(p, BOUNDS[0]), BOUNDS[1]);
      return { loss: ofProbability(y, q), slope: p === q ? slopeOfProbability(y, q, mul(p, sub(1, p))) : 0 };
    },
  };
  const NAMES = Object.keys(CODES);
  const rows = (y, z) => NAMES.map((name) => ({ name, z, ...CODES[name](y, z) }));
  const GRID = linspace(-40, 40, 641);

  /** Where a column of the textbook line is no number: from, to, what it is instead. */
  function rails(curves, column, height) {
    const found = [];
    let run = null;
    for (const { name, z, [column]: value } of curves) {
      if (name !== "textbook") continue;
      const kind = Number.isNaN(value) ? "NaN" : Number.isFinite(value) ? null : "∞";
      if (!kind) run = null;
      else if (run?.kind === kind) run.to = z;
      else found.push(run = { kind, from: z, to: z, height });
    }
    return found;
  }

  const drawable = (list, column) => list.map((row) => ({ ...row, [column]: Number.isFinite(row[column]) ? row[column] : null }));
  const agree = (a, b) => Math.abs(a - b) <= 0.01 * Math.abs(b);
  const answer = (x) => x === 0 ? "0" : x === Infinity ? "infinity" : Math.abs(x) >= 0.01 ? fixed(x, 2) : significant(x, 2);

  function sentence(y, z, { logit, textbook, clipped }) {
    const right = (z > 0) === (y === 1), size = Math.abs(z);
    const mood = size < 1 ? "The model is undecided" : `The model is ${size < 5 ? "fairly " : ""}sure and ${right ? "right" : "wrong"}`;
    const ofLogit = `the logit: loss ${answer(logit.loss)}, slope ${answer(logit.slope)}`;
    const faults = [];
    if (!agree(textbook.loss, logit.loss)) faults.push(`the textbook line answers ${answer(textbook.loss)}`);
    if (clipped.slope === 0) {
      faults.push(right ? `the clipped one can't get below ${answer(clipped.loss)}` : `the clipped one stands at ${answer(clipped.loss)} with a slope of 0 and stops learning`);
    } else if (!agree(clipped.loss, logit.loss)) faults.push(`the clipped one ${answer(clipped.loss)}`);
    if (!faults.length) return `${mood}, and all three codes agree: loss ${answer(logit.loss)}, slope ${answer(logit.slope)}.`;
    return `${mood}: ${faults.join(", ")}. From ${ofLogit}.`;
  }

  explorables.define("hook", {
    title: "Drag the point: one loss, three codes",
    controls: [
      { name: "z", label: "logit z", min: -40, max: 40, step: 0.25, value: 30 },
      { name: "y", label: "label", value: "0", choices: [["0", "0"], ["1", "1"]] },
    ],
    drag: [
      { chart: "loss", x: "z", at: ({ z, y }) => ({ x: z, y: loss(Number(y), z) }) },
      { chart: "slope", x: "z", at: ({ z, y }) => ({ x: z, y: gradient(Number(y), z) }) },
    ],
    legend: [["from the logit", "green"], ["textbook line, from the probability", "orange", [7, 3]], ["the same, clipped at 1e-7", "pink", [2, 3]]],
    results: {
      rows: [["logit", "from the logit"], ["textbook", "textbook line, from the probability"],
        ["clipped", "the same, clipped at 1e-7"]],
      columns: [["loss", "loss"], ["slope", "slope"]],
    },
    alt: {
      loss: "The loss over the logit from −40 to 40 as three codes compute it in float32. From the logit it is a smooth bend; the textbook line leaves it at 17 and has no number from there on, and the clipped one stands still at 16. The table has the values at the logit chosen.",
      slope: "The slopes of the three codes over the logit. That of the logit goes smoothly from one end to the other; that of the textbook line is no number from 17 on, and that of the clipped one is 0 beyond 16 on either side.",
    },
    compute(values, data, state) {
      const y = Number(values.y), { z } = values, here = rows(y, z), results = {};
      for (const row of here) {
        results[`${row.name}.loss`] = row.loss;
        results[`${row.name}.slope`] = row.slope;
      }
      if (state.y !== y) Object.assign(state, { y, curves: GRID.flatMap((at) => rows(y, at)), fresh: true });
      const panel = (column, height) => ({
        here: drawable(here, column),
        // The lines depend on the label alone, so they are drawn anew only when it changes.
        ...(state.fresh ? { curves: drawable(state.curves, column), rails: rails(state.curves, column, height) } : {}),
      });
      const charts = { loss: panel("loss", 41), slope: panel("slope", 1.3) };
      state.fresh = false;
      return { results, charts, summary: sentence(y, z, Object.fromEntries(here.map((row) => [row.name, row]))) };
    },
  });
})();
