/* The threshold on the probability: from it on a patient is called malignant. */
(function () {
  "use strict";
  const { logit } = explorables.formulas;
  const MISSED = 20; // a missed tumour is as bad as so many false alarms

  function count({ labels, probabilities }, threshold) {
    const counts = { found: 0, missed: 0, alarms: 0, cleared: 0 };
    labels.forEach((label, i) => {
      const called = probabilities[i] >= threshold;
      counts[label ? (called ? "found" : "missed") : (called ? "alarms" : "cleared")] += 1;
    });
    return counts;
  }

  explorables.define("threshold", {
    title: "Move the threshold over the held-out patients",
    controls: [{ name: "threshold", label: "called malignant from probability", min: 0, max: 1, step: 0.001, value: 0.048 }],
    results: [
      {
        caption: "Confusion matrix",
        rows: [["malignant", "malignant in truth"], ["benign", "benign in truth"]],
        columns: [["called", "called malignant"], ["cleared", "called benign"]],
      },
      {
        caption: "What it is worth",
        rows: [["precision", "precision: malignant, of those called so"], ["recall", "recall: found, of the malignant"],
          ["specificity", "specificity: cleared, of the benign"],
          ["false_alarms", "false-positive rate: alarms, of the benign"], ["accuracy", "accuracy: right, of all"],
          ["cost", `cost: alarms, and ${MISSED} for each tumour missed`]],
        columns: [["value", "value"]],
      },
    ],
    alt: {
      scores: "How many patients have which logit, malignant ones upwards and benign ones downwards, with dashed lines at 1/21 and 1/2 and a thick line at the threshold chosen.",
      roc: "The ROC curve of the model, close to the upper left corner, with a point at the threshold chosen. The tables below have the values.",
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
      const z = Math.min(data.logits[1], Math.max(data.logits[0], logit(threshold)));
      const summary = `From ${explorables.text(threshold)} on, ${called} of ${data.labels.length} patients are called malignant: `
        + `${found} of ${found + missed} tumours are found and ${missed} missed, with ${alarms} false ${alarms === 1 ? "alarm" : "alarms"}. That costs ${alarms + MISSED * missed}.`
        + (called ? "" : " Where nobody is called malignant, precision is 0 of 0: undefined.");
      const here = [{ false: results["false_alarms.value"], true: results["recall.value"] }];
      return { results, charts: { scores: { cut: [{ z }] }, roc: { here } }, summary };
    },
  });
})();
