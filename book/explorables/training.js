/* Gradient descent on the mean loss over two weights, on scaled features or on raw ones. The walk is drawn in the weights
   of the scaled features, which are the raw weights times the features' spreads. */
(function () {
  "use strict";
  const { loss, gradient, dot, mean } = explorables.formulas;
  const { fixed } = explorables.numbers;
  const MOST = 400; // steps of a walk
  const DOTS = 60; // steps that are drawn as dots; later ones only as a line
  const LEAP = 100; // steps at once in the place of the animation, where the reader wants no motion

  const standardised = (data) => data.raw.map((row) => row.map((x, j) => (x - data.mean[j]) / data.spread[j]));

  /** One raw unit moves the scaled weight by the spread, and the raw slope is the spread times the scaled one. */
  const units = (scaling, { spread }) => (scaling === "raw" ? spread : [1, 1]);

  /** The slope of the mean loss at the weights of the scaled features. */
  function slope(weights, { best, labels }, features) {
    const sums = [0, 0];
    features.forEach((row, i) => {
      const pull = gradient(labels[i], best[0] + dot(weights, row));
      sums[0] += pull * row[0];
      sums[1] += pull * row[1];
    });
    return sums.map((sum) => sum / features.length);
  }

  /** The mean loss there, and the share of right decisions. */
  function judge(weights, { best, labels }, features) {
    const logits = features.map((row) => best[0] + dot(weights, row));
    return {
      loss: mean(logits.map((z, i) => loss(labels[i], z))),
      accuracy: mean(logits.map((z, i) => Number((z >= 0) === (labels[i] === 1)))),
    };
  }

  /** How many of the last ten steps led up, and how many there are. */
  function climbs(path, data, features) {
    const losses = path.slice(-11).map((weights) => judge(weights, data, features).loss);
    return [losses.filter((height, k) => k && height > losses[k - 1] + 1e-9).length, losses.length - 1];
  }

  /** The walk from the start. It is kept, so that one step more costs one step. */
  function walked({ rate, steps, a, b, scaling }, data, state) {
    const key = [rate, a, b, scaling].join();
    if (state.key !== key) Object.assign(state, { key, path: [[a, b]] });
    const scale = units(scaling, data), length = rate / data.steepest[scaling];
    while (state.path.length <= steps) {
      const here = state.path[state.path.length - 1], down = slope(here, data, state.features);
      state.path.push(here.map((w, j) => w - length * scale[j] ** 2 * down[j]));
    }
    return state.path.slice(0, steps + 1);
  }

  function play(app, button) {
    if (app.reducedMotion) return app.set("steps", Math.min(MOST, app.values.steps + LEAP));
    const say = (playing) => {
      app.state.playing = playing;
      button.textContent = playing ? "Pause" : "Play";
    };
    const walk = () => {
      if (!app.state.playing) return;
      app.set("steps", Math.min(MOST, app.values.steps + 1));
      if (app.values.steps === MOST) say(false);
      else requestAnimationFrame(walk);
    };
    say(!app.state.playing);
    if (app.state.playing && app.values.steps === MOST) app.set("steps", 0);
    return walk();
  }

  /** The ends of the line p = 1/2: at the left and the right edge of the chart, or, where it is upright, below and above. */
  function boundary([a, b], { best, mean: centre, spread, area: areas, smoothness: smoothnesses }) {
    if (a === 0 && b === 0) return [];
    if (Math.abs(b) > 1e-9) {
      return areas.map((area) => ({
        area, smoothness: centre[1] - spread[1] * (best[0] + a * (area - centre[0]) / spread[0]) / b }));
    }
    return smoothnesses.map((smoothness) => ({ area: centre[0] - spread[0] * best[0] / a, smoothness }));
  }

  explorables.define("training", {
    title: "Drag the start, stretch the step: where does the walk go?",
    controls: [
      { name: "rate", label: "step, times 1/L", min: 0.5, max: 40, step: 0.5, value: 1 },
      { name: "steps", label: "steps", min: 0, max: MOST, step: 1, value: 40 },
      { name: "a", label: "start: area", min: -2, max: 14, step: 0.1, value: 13, compact: true },
      { name: "b", label: "smoothness", min: -2, max: 6, step: 0.1, value: -1, compact: true },
      { name: "scaling", label: "features", value: "scaled", choices: [["scaled", "scaled"], ["raw", "raw"]] },
      { name: "play", text: "Play", press: play },
      { name: "again", text: "From step 0", press: (app) => app.set("steps", 0) },
    ],
    drag: [{ chart: "surface", x: "a", y: "b" }],
    legend: [["your walk", "pink"]],
    results: {
      rows: [["step", "steps", 0], ["loss", "mean loss", 4], ["area", "weight of the area", 3],
        ["smoothness", "weight of the smoothness", 3], ["slope", "length of the gradient", "significant"], ["accuracy", "accuracy", "percent"]],
      columns: [["here", "here"], ["bottom", "bottom"]],
    },
    alt: {
      surface: "Lines of equal loss over the two weights, an oval valley with a cross at the bottom. Two walks of 40 steps from the origin are drawn: the scaled one bends towards the cross, the raw one moves along the weight of the area alone. Your own walk is a line with a dot per step; the table has its values.",
      boundary: "The patients of the training set over worst area and worst smoothness, malignant ones mostly to the right, and the line where the model of this step says one half.",
    },
    start(app) {
      app.state.features = standardised(app.data);
      if (app.reducedMotion) app.root.querySelector('button[name="play"]').textContent = `${LEAP} steps`;
    },
    compute(values, data, state) {
      const path = walked(values, data, state), count = path.length - 1, here = path[count];
      const lowest = data.best.slice(1), scale = units(values.scaling, data), results = {};
      for (const [column, weights] of [["here", here], ["bottom", lowest]]) {
        const found = judge(weights, data, state.features);
        results[`step.${column}`] = column === "here" ? count : "—";
        results[`loss.${column}`] = found.loss;
        results[`area.${column}`] = weights[0];
        results[`smoothness.${column}`] = weights[1];
        results[`slope.${column}`] = Math.hypot(...slope(weights, data, state.features).map((g, j) => g * scale[j]));
        results[`accuracy.${column}`] = found.accuracy;
      }
      const excess = results["loss.here"] - results["loss.bottom"];
      const outside = here.some((w, j) => w < data.from[j] || w > data.to[j]);
      const moved = here.map((w, j) => Math.abs(w - path[0][j]));
      let tail = "";
      const [ups, last] = climbs(path, data, state.features);
      if (ups) tail = ` ${ups} of the last ${last} steps led up: they are too long.`;
      else if (count && moved[0] > 0.5 && moved[1] < 0.01) tail = " The weight of the smoothness has hardly moved.";
      if (outside) tail += " The weights have left the picture.";
      const summary = `After ${count} ${count === 1 ? "step" : "steps"} on ${values.scaling} features the loss is ${fixed(results["loss.here"], 4)}, `
        + `${fixed(excess, 4)} above the bottom.${tail}`;
      const drawn = path.map(([a, b], step) => ({ a, b, step }));
      return {
        results, summary,
        charts: {
          surface: { walk: drawn, dots: drawn.slice(0, DOTS + 1), here: [drawn[count]], bottom: [{ a: lowest[0], b: lowest[1] }] },
          boundary: { boundary: boundary(here, data) },
        },
      };
    },
  });
})();
