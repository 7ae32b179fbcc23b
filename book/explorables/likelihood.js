/* A logistic curve over the five patients of the chapter. What the reader looks for, the curve under which their labels
   are most likely, was found when the book was built. */
(function () {
  "use strict";
  const { sigmoid, loss, logit, linspace } = explorables.formulas;
  const { fixed, percent } = explorables.numbers;
  const ARM = 0.6; // cm from the midpoint to the handles that turn the curve
  const SLOPES = linspace(-2, 6, 161), DIAMETERS = linspace(0.5, 3.5, 121);
  const PATIENTS = ["3 cm, malignant", "1 cm, benign", "2.5 cm, malignant", "1.5 cm, malignant", "2 cm, benign"];

  /** Likelihood and surprise of each label, their product and their mean. */
  function judge({ slope, midpoint }, { diameters, labels }) {
    const logits = diameters.map((x) => slope * (x - midpoint));
    const each = logits.map((z, i) => ({ likelihood: sigmoid(labels[i] === 1 ? z : -z), surprise: loss(labels[i], z) }));
    return {
      each,
      likelihood: each.reduce((product, { likelihood }) => product * likelihood, 1),
      surprise: each.reduce((sum, { surprise }) => sum + surprise, 0) / each.length,
    };
  }

  /** A handle on the curve, beside the midpoint: up and down, it turns the curve about the midpoint. */
  const turning = (arm) => ({
    chart: "curve", axes: "y",
    at: ({ slope, midpoint }) => ({ x: midpoint + arm, y: sigmoid(slope * arm) }),
    to: ({ y }) => ({ slope: Math.round(20 * logit(Math.min(0.999, Math.max(0.001, y))) / arm) / 20 }),
  });

  explorables.define("likelihood", {
    title: "Drag the curve: how likely does it make what happened?",
    controls: [
      { name: "slope", label: "slope", min: -2, max: 6, step: 0.05, value: 1 },
      { name: "midpoint", label: "midpoint", min: 0.5, max: 3.5, step: 0.05, value: 2.5 },
      { name: "best", text: "Go to the best", press(app) { for (const name of ["slope", "midpoint"]) app.set(name, app.data.best[name]); } },
    ],
    drag: [
      { chart: "curve", x: "midpoint", at: ({ midpoint }) => ({ x: midpoint, y: 0.5 }) },
      turning(ARM), turning(-ARM),
      { chart: "loss", x: "slope", at: (values, data) => ({ x: values.slope, y: Math.min(judge(values, data).surprise, data.top) }) },
    ],
    legend: [["probability given to label 1", "orange"], ["to label 0", "blue"]],
    results: {
      rows: [...PATIENTS.map((patient, i) => [`patient${i + 1}`, `${i + 1}: ${patient}`]),
        ["all", "all: product, mean"], ["best", "best: product, mean"], ["behind", "to the best: ratio, difference"]],
      columns: [["likelihood", "likelihood", 4], ["surprise", "surprise, nats", 4]],
    },
    alt: {
      curve: "A logistic curve over the diameter, and a bar for each patient, from the other label to the curve. The table has the lengths of the bars.",
      loss: "The loss over the slope of the curve, and a dashed line at the least loss that any curve has.",
    },
    compute(values, data) {
      const now = judge(values, data), best = judge(data.best, data);
      const results = {
        "all.likelihood": now.likelihood, "all.surprise": now.surprise,
        "best.likelihood": best.likelihood, "best.surprise": best.surprise,
        "behind.likelihood": now.likelihood / best.likelihood, "behind.surprise": now.surprise - best.surprise,
      };
      now.each.forEach(({ likelihood, surprise }, i) => {
        results[`patient${i + 1}.likelihood`] = likelihood;
        results[`patient${i + 1}.surprise`] = surprise;
      });
      const at = (x) => sigmoid(values.slope * (x - values.midpoint));
      const patients = data.diameters.map((x, i) => {
        const y = data.labels[i];
        return { x, y, p: at(x), other: 1 - y, beside: y === 1 ? 1.1 : -0.1, name: String(i + 1) };
      });
      const valley = SLOPES.map((slope) => ({ slope, loss: judge({ ...values, slope }, data).surprise }));
      const surprises = now.each.map(({ surprise }) => surprise), most = surprises.indexOf(Math.max(...surprises));
      const summary = `The curve gives these five labels a likelihood of ${fixed(now.likelihood, 4)}, ${percent(results["behind.likelihood"])} of the best. `
        + `Its loss is ${fixed(now.surprise, 4)} nats, and ${fixed(best.surprise, 4)} is the least. Patient ${most + 1} is the most surprising.`;
      return {
        results, summary,
        charts: {
          curve: { curve: DIAMETERS.map((x) => ({ x, p: at(x) })), patients },
          loss: { valley, least: [{ loss: best.surprise }] },
        },
      };
    },
  });
})();
