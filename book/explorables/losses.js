/* Four losses of one logit and their slopes. The hinge and the focal loss are made for labels 0 and 1; between, each is
   the mean over a label that is 1 with probability y, which is what a soft label stands for. */
(function () {
  "use strict";
  const { sigmoid, loss, gradient, linspace } = explorables.formulas;
  const GAMMA = 2; // the focal loss's usual exponent

  /** The focal loss of label 1 and its slope: (1 − p)^γ times BCE, differentiated by the logit. */
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
    title: "Drag the logit and the label: four losses and their slopes",
    controls: [
      { name: "z", label: "logit z", min: -6, max: 6, step: 0.1, value: -3 },
      { name: "y", label: "label y", min: 0, max: 1, step: 0.05, value: 1 },
    ],
    results: {
      rows: [["bce", "binary cross-entropy", "blue"], ["squared", "squared error of the probability", "orange", [7, 3]],
        ["hinge", "hinge", "green", [2, 3]], ["focal", "focal, γ = 2", "pink", [10, 3, 2, 3]]],
      columns: [["loss", "loss"], ["slope", "slope"]],
    },
    alt: {
      loss: "The four losses over the logit from −6 to 6, with a point on each at the logit chosen. The table below has the values.",
      slope: "The slopes of the four losses over the logit, with a point on each at the logit chosen. The table below has the values.",
    },
    compute({ z, y }) {
      const here = rows(y, z);
      const results = {};
      for (const { name, loss, slope } of here) {
        results[`${name}.loss`] = loss;
        results[`${name}.slope`] = slope;
      }
      const data = { curves: GRID.flatMap((at) => rows(y, at)), here };
      const ratio = Math.abs(results["bce.slope"] / results["squared.slope"]);
      const say = explorables.text;
      const summary = `At logit ${say(z)} with label ${say(y)} the slope of binary cross-entropy is ${say(results["bce.slope"])}, `
        + `that of the squared error ${say(results["squared.slope"])}`
        + (Number.isFinite(ratio) ? `: BCE pulls ${ratio.toPrecision(3)} times as hard.` : ".");
      return { results, charts: { loss: data, slope: data }, summary };
    },
  });
})();
