/* Four losses of one logit and their slopes. The hinge and the focal loss are made for labels 0 and 1; between, each is
   the mean over a label that is 1 with probability y, which is what a soft label stands for. */
(function () {
  "use strict";
  const { sigmoid, loss, gradient, linspace } = explorables.formulas;
  const { fixed, significant } = explorables.numbers;
  const GAMMA = 2; // the focal loss's usual exponent

  /** The focal loss of label 1 and its slope: (1 − p)^γ times BCE, differentiated with respect to the logit. */
  function focalOfOne(z) {
    const p = sigmoid(z), q = sigmoid(-z), surprise = loss(1, z);
    return { loss: q ** GAMMA * surprise, slope: -(q ** GAMMA) * (GAMMA * p * surprise + q) };
  }
  const hingeOfOne = (z) => ({ loss: Math.max(0, 1 - z), slope: z < 1 ? -1 : 0 });

  /** The mean over the label, where label 0 is the mirror image of label 1. */
  function mean(ofOne, y, z) {
    const one = ofOne(z), zero = ofOne(-z);
    return { loss: y * one.loss + (1 - y) * zero.loss, slope: y * one.slope - (1 - y) * zero.slope };
  }

  const LOSSES = {
    bce: (y, z) => ({ loss: loss(y, z), slope: gradient(y, z) }),
    squared: (y, z) => {
      const error = gradient(y, z); // σ(z) − y
      return { loss: error * error, slope: 2 * error * sigmoid(z) * sigmoid(-z) };
    },
    hinge: (y, z) => mean(hingeOfOne, y, z),
    focal: (y, z) => mean(focalOfOne, y, z),
  };
  const rows = (y, z) => Object.entries(LOSSES).map(([name, at]) => ({ name, z, ...at(y, z) }));
  const GRID = linspace(-6, 6, 121);

  explorables.define("losses", {
    title: "Drag the logit: four losses and their slopes",
    controls: [
      { name: "z", label: "logit z", min: -6, max: 6, step: 0.1, value: -3 },
      { name: "y", label: "label y", min: 0, max: 1, step: 0.05, value: 1 },
    ],
    drag: [
      { chart: "loss", x: "z", at: ({ z, y }) => ({ x: z, y: loss(y, z) }) },
      { chart: "slope", x: "z", at: ({ z, y }) => ({ x: z, y: gradient(y, z) }) },
    ],
    legend: [["binary cross-entropy", "blue"], ["squared error of the probability", "orange", [7, 3]],
      ["hinge", "green", [2, 3]], ["focal, γ = 2", "pink", [10, 3, 2, 3]]],
    results: {
      rows: [["bce", "binary cross-entropy"], ["squared", "squared error of the probability"], ["hinge", "hinge"], ["focal", "focal, γ = 2"]],
      columns: [["loss", "loss", 4], ["slope", "slope", 4]],
    },
    alt: {
      loss: "The four losses over the logit from −6 to 6, with a point on each at the logit chosen. The table has the values.",
      slope: "The slopes of the four losses over the logit, with a point on each at the logit chosen. The table has the values.",
    },
    compute({ z, y }) {
      const here = rows(y, z);
      const results = {};
      for (const { name, loss, slope } of here) {
        results[`${name}.loss`] = loss;
        results[`${name}.slope`] = slope;
      }
      const data = { curves: GRID.flatMap((at) => rows(y, at)), here };
      const bce = results["bce.slope"], squared = results["squared.slope"], ratio = Math.abs(bce / squared);
      const summary = `At logit ${fixed(z, 1)} with label ${fixed(y, 2)}, binary cross-entropy has the slope ${fixed(bce, 4)} and the squared error ${fixed(squared, 4)}`
        + (Number.isFinite(ratio) ? `: BCE pulls ${significant(ratio, 3)} times as hard.` : ".");
      return { results, charts: { loss: data, slope: data }, summary };
    },
  });
})();
