/* The threshold on the probability: from it on a patient is called malignant. */
(function () {
  "use strict";
  const { logit, sigmoid } = explorables.formulas;
  const { fixed, significant } = explorables.numbers;
  const MISSED = 20; // a missed tumour is as bad as so many false alarms

  function count({ labels, probabilities }, threshold) {
    const counts = { found: 0, missed: 0, alarms: 0, cleared: 0 };
    labels.forEach((label, i) => {
      const called = probabilities[i] >= threshold;
      counts[label ? (called ? "found" : "missed") : (called ? "alarms" : "cleared")] += 1;
    });
    return counts;
  }

  /** The corners of the ROC curve, each with the least threshold that reaches it. */
  function corners(data) {
    const tries = [...new Set(data.probabilities), 1].sort((a, b) => b - a);
    return tries.map((threshold) => ({ threshold, ...rates(count(data, threshold)) }));
  }

  const rates = ({ found, missed, alarms, cleared }) => ({ x: alarms / (alarms + cleared), y: found / (found + missed) });

  /** A probability, also where three decimals would make it 0 or 1. */
  function said(threshold) {
    const toOne = 1 - threshold;
    return toOne > 0 && toOne < 0.0005 ? `1 \u2212 ${significant(toOne, 1)}` : threshold < 0.0005 ? significant(threshold, 1) : fixed(threshold, 3);
  }

  /** The logit of a threshold, at an edge of the chart where it lies outside. */
  const drawn = (threshold, { logits: [low, high] }) => Math.min(high, Math.max(low, logit(threshold)));

  explorables.define("threshold", {
    title: "Drag the threshold over the held-out patients",
    controls: [{ name: "threshold", label: "threshold", min: 0, max: 1, step: 0.001, value: 0.048 }],
    drag: [
      { chart: "scores", axes: "x", at: ({ threshold }, data) => ({ x: drawn(threshold, data) }), to: ({ x }) => ({ threshold: sigmoid(x) }) },
      { chart: "roc", axes: "xy", at: ({ threshold }, data) => rates(count(data, threshold)),
        to({ x, y }, values, data, state) {
          const distance = (corner) => Math.hypot(corner.x - x, corner.y - y);
          return { threshold: state.corners.reduce((best, corner) => distance(corner) < distance(best) ? corner : best).threshold };
        } },
    ],
    results: [
      {
        caption: "Confusion matrix",
        rows: [["malignant", "malignant in truth"], ["benign", "benign in truth"]],
        columns: [["called", "called malignant", 0], ["cleared", "called benign", 0]],
      },
      {
        caption: "What it is worth",
        rows: [["precision", "precision: malignant, of those called so"], ["recall", "recall: found, of the malignant"],
          ["specificity", "specificity: cleared, of the benign"],
          ["false_alarms", "false-positive rate: alarms, of the benign"], ["accuracy", "accuracy: right, of all"],
          ["cost", `cost: alarms, and ${MISSED} for each tumour missed`, 0]],
        columns: [["value", "value", "percent"]],
      },
    ],
    alt: {
      scores: "How many patients have which logit, malignant ones upwards and benign ones downwards, with dashed lines at 1/21 and 1/2 and a thick line at the threshold chosen.",
      roc: "The ROC curve of the model, close to the upper left corner, with a point at the threshold chosen. The tables have the values.",
    },
    compute({ threshold }, data) {
      const { found, missed, alarms, cleared } = count(data, threshold);
      const called = found + alarms;
      const results = {
        "malignant.called": found, "malignant.cleared": missed, "benign.called": alarms, "benign.cleared": cleared,
        "precision.value": called ? found / called : "undefined",
        "recall.value": found / (found + missed),
        "specificity.value": cleared / (alarms + cleared),
        "false_alarms.value": alarms / (alarms + cleared),
        "accuracy.value": (found + cleared) / data.labels.length,
        "cost.value": alarms + MISSED * missed,
      };
      const summary = `From probability ${said(threshold)} on, ${called} of ${data.labels.length} patients are called malignant: `
        + `${found} of ${found + missed} tumours are found, with ${alarms} false ${alarms === 1 ? "alarm" : "alarms"}. Cost: ${alarms} + ${MISSED} × ${missed} = ${alarms + MISSED * missed}.`
        + (called ? "" : " Precision is 0 of 0: undefined.");
      return { results, charts: { scores: { cut: [{ z: drawn(threshold, data) }] } }, summary };
    },
    start(app) {
      app.state.corners = corners(app.data);
    },
  });
})();
