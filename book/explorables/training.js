/* Gradient descent on the mean loss over two weights, on scaled features or on raw ones. The walk is drawn in the weights
   of the scaled features, which are the raw weights times the features' spreads. */
(function () {
  "use strict";
  const { loss, gradient, dot, mean } = explorables.formulas;
  const CORNERS = 40; // steps that are drawn as dots; later ones only as a line
  const LEAP = 100; // steps at once in the place of the animation, where the reader wants no motion
  const DRAWN = 500; // corners of that line at most

  const standardised = (data) => data.raw.map((row) => row.map((x, j) => (x - data.mean[j]) / data.spread[j]));

  /** The mean loss at the weights of the scaled features, its gradient by them, and the share of right decisions. */
  function at(weights, { best, labels }, features) {
    const logits = features.map((row) => best[0] + dot(weights, row));
    const pulls = logits.map((z, i) => gradient(labels[i], z));
    return {
      loss: mean(logits.map((z, i) => loss(labels[i], z))),
      slope: [0, 1].map((j) => mean(pulls.map((g, i) => g * features[i][j]))),
      accuracy: mean(logits.map((z, i) => Number((z >= 0) === (labels[i] === 1)))),
    };
  }

  /** One raw unit moves the scaled weight by the spread, and the raw slope is the spread times the scaled one. */
  const units = (scaling, { spread }) => (scaling === "raw" ? spread : [1, 1]);

  function step(app) {
    const { state, values, data } = app;
    const scale = units(values.scaling, data);
    const rate = 10 ** values.rate;
    const { slope } = at(state.path[state.path.length - 1], data, state.features);
    state.raw = state.raw.map((w, j) => w - rate * scale[j] * slope[j]);
    state.path.push(state.raw.map((w, j) => w * scale[j]));
  }

  function restart(app) {
    app.state.raw = [0, 0];
    app.state.path = [[0, 0]];
    app.state.scaling = app.values.scaling;
  }

  function steps(count) {
    return (app) => {
      for (let i = 0; i < count; i += 1) step(app);
      app.request();
    };
  }

  function play(app, button) {
    if (app.reducedMotion) return steps(LEAP)(app);
    app.state.playing = !app.state.playing;
    button.textContent = app.state.playing ? "Pause" : "Play";
    const walk = () => {
      if (!app.state.playing) return;
      steps(1)(app);
      requestAnimationFrame(walk);
    };
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

  function walked(path) {
    const every = Math.ceil(path.length / DRAWN);
    return path.map(([a, b], k) => ({ a, b, step: k })).filter((_, k) => k % every === 0 || k === path.length - 1);
  }

  explorables.define("training", {
    title: "Walk yourself: choose the step and the scale",
    controls: [
      { name: "rate", label: "learning rate, 10 to the", min: -8, max: 2, step: 0.1, value: 0 },
      { name: "scaling", label: "features", value: "scaled", choices: [["scaled", "scaled"], ["raw", "raw"]] },
      { name: "step", text: "Step", press: steps(1) },
      { name: "ten", text: "10 steps", press: steps(10) },
      { name: "play", text: "Play", press: play },
      { name: "again", text: "Start again", press: (app) => { restart(app); app.request(); } },
    ],
    results: {
      rows: [["step", "steps"], ["loss", "mean loss"], ["area", "weight of the area"],
        ["smoothness", "weight of the smoothness"], ["slope", "length of the gradient"], ["accuracy", "accuracy"]],
      columns: [["here", "here"], ["bottom", "bottom"]],
    },
    alt: {
      surface: "Lines of equal loss over the two weights, an oval valley with a cross at the bottom. Two walks of 40 steps are drawn: the scaled one bends towards the cross, the raw one moves along the weight of the area alone. Your own walk is a line with a dot per step; the table below has its values.",
      boundary: "The patients of the training set over worst area and worst smoothness, malignant ones mostly to the right, and the line where the model of this step says one half.",
    },
    start(app) {
      app.state.features = standardised(app.data);
      restart(app);
      if (app.reducedMotion) app.root.querySelector('button[name="play"]').textContent = `${LEAP} steps`;
    },
    compute(values, data, state, app) {
      if (state.scaling !== values.scaling) restart(app);
      const here = state.path[state.path.length - 1];
      const lowest = data.best.slice(1);
      const scale = units(values.scaling, data);
      const results = {};
      for (const [column, weights] of [["here", here], ["bottom", lowest]]) {
        const found = at(weights, data, state.features);
        results[`step.${column}`] = column === "here" ? state.path.length - 1 : "—";
        results[`loss.${column}`] = found.loss;
        results[`area.${column}`] = weights[0];
        results[`smoothness.${column}`] = weights[1];
        results[`slope.${column}`] = Math.hypot(...found.slope.map((g, j) => g * scale[j]));
        results[`accuracy.${column}`] = found.accuracy;
      }
      const say = explorables.text;
      const count = state.path.length - 1;
      const before = count ? at(state.path[count - 1], data, state.features).loss : null;
      const excess = results["loss.here"] - results["loss.bottom"];
      const left = here.some((w, j) => w < data.from[j] || w > data.to[j]);
      let tail = "";
      if (count && before < results["loss.here"]) tail = "The last step led up: it was too long. ";
      else if (count) tail = `The last step lowered the loss by ${say(before - results["loss.here"])}. `;
      const summary = `After ${count} ${count === 1 ? "step" : "steps"} on ${values.scaling} features the loss is `
        + `${say(results["loss.here"])}, ${say(excess)} above the bottom. ${tail}${left ? "The weights have left the picture. " : ""}The next step has the rate ${say(Number((10 ** values.rate).toPrecision(3)))}.`;
      const drawn = walked(state.path);
      const places = { a: here[0], b: here[1] };
      return {
        results, summary,
        charts: {
          surface: { walk: drawn, steps: walked(state.path.slice(0, CORNERS)), here: [places], bottom: [{ a: lowest[0], b: lowest[1] }] },
          boundary: { boundary: boundary(here, data) },
        },
      };
    },
  });
})();
