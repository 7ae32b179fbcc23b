/* A logistic curve over the five patients of the chapter. What the reader looks for, the curve under which their labels
   are most likely, was found when the book was built. */
(function () {
  "use strict";
  const { sigmoid, loss, linspace } = explorables.formulas;
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

  explorables.define("likelihood", {
    title: "Move the curve: how likely does it make what happened?",
    controls: [
      { name: "slope", label: "slope", min: -2, max: 6, step: 0.05, value: 1 },
      { name: "midpoint", label: "midpoint", min: 0.5, max: 3.5, step: 0.05, value: 2.5 },
      { name: "best", text: "Go to the best", press(app) { for (const name of ["slope", "midpoint"]) app.set(name, app.data.best[name]); } },
    ],
    results: {
      rows: [...PATIENTS.map((patient, i) => [`patient${i + 1}`, `${i + 1}: ${patient}`, patient.endsWith("malignant") ? "orange" : "blue"]),
        ["all", "all: product, mean"], ["best", "best: product, mean"], ["behind", "to the best: ratio, difference"]],
      columns: [["likelihood", "likelihood"], ["surprise", "surprise, nats"]],
    },
    alt: {
      curve: "A logistic curve over the diameter, and a bar for each patient, from the other label to the curve. The table below has the lengths of the bars.",
      loss: "The loss over the slope of the curve, a point at the slope chosen, and a dashed line at the least loss that any curve has.",
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
      const say = explorables.text;
      const summary = `The likelihood of all five labels is ${say(now.likelihood)}, ${(100 * results["behind.likelihood"]).toPrecision(3)} % of what the best curve `
        + `reaches; the loss is ${say(now.surprise)} nats, and the least is ${say(best.surprise)}. `
        + `Most surprising is patient ${most + 1}, with a likelihood of ${say(now.each[most].likelihood)}.`;
      return {
        results, summary,
        charts: {
          curve: { curve: DIAMETERS.map((x) => ({ x, p: at(x) })), patients },
          loss: { valley, least: [{ loss: best.surprise }], here: [{ slope: values.slope, loss: now.surprise }] },
        },
      };
    },
  });
})();
