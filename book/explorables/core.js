/* The frame of every explorable: native controls, a table of results, charts, and one sentence that says what changed.

   explorables.describe(name, charts, data)   charts (Vega specifications) and data, written when the book is built
   explorables.define(name, definition)       what NAME.js says:
     title       of the whole
     controls    [{name, label, min, max, step, value}]                  a number: a slider, and a field to type it
                 [{name, label, value, choices: [[value, text], …]}]     one of a few
                 [{name, text, press(app)}]                              a button; all stand in a row below the others
     results     {rows: [[name, label, colour?, dash?], …], columns: [[name, label, look?], …], caption?}: a table, or a
                 list of such; a row with a colour has a key, drawn as its line is: dash is that of the chart, in pixels;
                 the look of a column is "words" if it has words instead of numbers
     alt         {chart: what the chart shows, for somebody who cannot see it}
     compute(values, data, state, app) → {results: {"row.column": number or words}, charts: {chart: {dataset: [rows]}},
                 summary}
     start(app)  optional, once at the beginning
*/
(function () {
  "use strict";

  const described = {}; // name → {charts, data}
  const MINUS = "\u2212";

  /** A number as the reader sees it; the cell's data-value keeps all its digits. */
  function text(x) {
    if (typeof x === "string") return x;
    if (Number.isNaN(x)) return "NaN";
    if (!Number.isFinite(x)) return x > 0 ? "∞" : MINUS + "∞";
    const size = Math.abs(x);
    const plain = x === 0 || Number.isInteger(x) && size < 1e6 || size >= 1e-3 && size < 1e6;
    const short = x !== 0 && String(x).length <= 6; // 0.5 and not 0.50000
    const digits = Number.isInteger(x) && size < 1e6 || plain && short ? String(x) : plain ? x.toPrecision(5) : x.toExponential(3);
    return digits.replace("e+", "e").replace(/-/g, MINUS);
  }

  /** The background that looks like a line of a colour, dashed as in a chart; a solid one without a dash. */
  function line(colour, dash = [1, 0]) {
    let end = 0;
    const stops = dash.map((length, i) => `${i % 2 ? "transparent" : `var(--explorable-${colour})`} ${end}px ${end += length}px`);
    return `background: repeating-linear-gradient(90deg, ${stops.join(", ")})`;
  }

  /** Make an element: attributes, then children (elements or text). */
  function make(tag, attributes, ...children) {
    const element = document.createElement(tag);
    for (const [key, value] of Object.entries(attributes || {})) {
      if (value !== undefined) element.setAttribute(key, value);
    }
    element.append(...children);
    return element;
  }

  class Explorable {
    constructor(name, definition, place) {
      this.name = name;
      this.definition = definition;
      this.charts = described[name].charts;
      this.data = described[name].data;
      this.state = {};
      this.values = {};
      this.inputs = {};
      this.cells = {};
      this.views = {};
      this.reducedMotion = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
      this.status = make("p", { class: "explorable-summary", role: "status" });
      this.root = make("div", { class: "explorable-frame", role: "group", "aria-label": definition.title, "data-name": name },
        make("p", { class: "explorable-title" }, definition.title),
        this.controls(), this.chartPlaces(), this.tables(), this.status);
      this.figure = document.getElementById(place.dataset.figure);
      if (!this.figure) throw new Error(`explorable ${name}: no figure ${place.dataset.figure}`);
    }

    async begin() {
      this.figure.prepend(this.root);
      await this.mount();
      if (this.definition.start) this.definition.start(this);
      this.refresh();
      this.figure.classList.add("explorable-figure"); // only now does the drawn figure make room; its caption stays
    }

    controls() {
      const box = make("div", { class: "explorable-controls" });
      const buttons = make("div", { class: "explorable-buttons" });
      for (const control of this.definition.controls) {
        if (control.press) buttons.append(this.button(control));
        else if (control.choices) box.append(this.choice(control));
        else box.append(this.slider(control));
      }
      if (buttons.children.length) box.append(buttons);
      return box;
    }

    slider(control) {
      const id = `explorable-${this.name}-${control.name}`;
      const limits = { min: control.min, max: control.max, step: control.step };
      const label = make("label", { for: id, id: `${id}-label` }, control.label);
      const range = make("input", { type: "range", id, name: control.name, ...limits, value: control.value });
      const field = make("input", { type: "number", "aria-label": `${control.label}, as a number`, ...limits, step: "any", value: control.value });
      range.addEventListener("input", () => this.set(control.name, Number(range.value)));
      field.addEventListener("input", () => {
        if (field.value !== "" && field.checkValidity()) this.set(control.name, Number(field.value));
      });
      field.addEventListener("change", () => { field.value = this.values[control.name]; });
      this.values[control.name] = control.value;
      this.inputs[control.name] = (value) => {
        range.value = value;
        if (document.activeElement !== field) field.value = value;
      };
      return make("div", { class: "explorable-control" }, label, range, field);
    }

    choice(control) {
      const group = make("fieldset", { class: "explorable-control" }, make("legend", {}, control.label));
      const buttons = control.choices.map(([value, label]) => {
        const radio = make("input", { type: "radio", name: `explorable-${this.name}-${control.name}`, value });
        radio.checked = value === control.value;
        radio.addEventListener("change", () => this.set(control.name, value));
        group.append(make("label", {}, radio, " " + label));
        return radio;
      });
      this.values[control.name] = control.value;
      this.inputs[control.name] = (value) => { for (const radio of buttons) radio.checked = radio.value === String(value); };
      return group;
    }

    button(control) {
      const button = make("button", { type: "button", name: control.name, class: "explorable-button" }, control.text);
      button.addEventListener("click", () => control.press(this, button));
      return button;
    }

    chartPlaces() {
      const box = make("div", { class: "explorable-charts" });
      this.places = {};
      for (const key of Object.keys(this.charts)) {
        this.places[key] = make("div", { class: "explorable-chart", role: "img", "aria-label": this.definition.alt[key], "data-chart": key });
        box.append(this.places[key]);
      }
      return box;
    }

    tables() {
      return make("div", { class: "explorable-results" }, ...[this.definition.results].flat().map((table) => this.table(table)));
    }

    table({ rows, columns, caption }) {
      const look = (kind) => kind && `explorable-${kind}`;
      const heads = columns.map(([, label, kind]) => make("th", { scope: "col", class: look(kind) }, label));
      const head = make("tr", {}, make("td"), ...heads);
      const body = rows.map(([row, label, colour, dash]) => {
        const name = make("th", { scope: "row" }, label);
        if (colour) name.prepend(make("span", { class: "explorable-key", style: line(colour, dash) }));
        return make("tr", {}, name, ...columns.map(([column, , kind]) => {
          const cell = make("td", { class: look(kind), "data-result": `${row}.${column}` });
          this.cells[`${row}.${column}`] = cell;
          return cell;
        }));
      });
      const parts = [make("thead", {}, head), make("tbody", {}, ...body)];
      return make("table", {}, ...(caption ? [make("caption", {}, caption)] : []), ...parts);
    }

    /** Draw the charts into their places, each as wide as its place becomes. */
    async mount() {
      const options = { mode: "vega", renderer: "svg", actions: false, tooltip: false, ast: false };
      for (const [key, place] of Object.entries(this.places)) {
        // Vega gives what it draws roles and words of its own, mark by mark: the place has one description for all of it.
        const inside = make("div", { "aria-hidden": "true" });
        place.append(inside);
        const { view } = await vegaEmbed(inside, this.charts[key], options);
        const fit = () => {
          if (place.clientWidth && place.clientWidth !== view.width()) view.width(place.clientWidth).resize().runAsync();
        };
        new ResizeObserver(fit).observe(place);
        this.views[key] = view;
      }
    }

    /** Change a control's value from a script or by hand: the control and everything that depends on it follow. */
    set(name, value) {
      this.values[name] = value;
      this.inputs[name](value);
      this.request();
    }

    /** Ask for a new picture: at most one a frame of the screen, however fast the events come. */
    request() {
      if (this.frame) return;
      this.frame = requestAnimationFrame(() => { this.frame = null; this.refresh(); });
    }

    refresh() {
      const done = this.definition.compute(this.values, this.data, this.state, this);
      for (const [key, value] of Object.entries(done.results)) {
        const cell = this.cells[key];
        cell.dataset.value = String(value);
        cell.textContent = text(value);
      }
      for (const [key, sets] of Object.entries(done.charts)) {
        for (const [set, rows] of Object.entries(sets)) this.views[key].data(set, rows);
        this.views[key].runAsync();
      }
      this.root.dataset.drawn = String(Number(this.root.dataset.drawn || 0) + 1);
      this.say(done.summary);
    }

    /** Tell the sentence once the reader rests: said at every step of a drag, it would never be heard. */
    say(sentence) {
      clearTimeout(this.waiting);
      if (!this.status.textContent) this.status.textContent = sentence;
      this.waiting = setTimeout(() => {
        if (this.status.textContent !== sentence) this.status.textContent = sentence;
      }, 250);
    }
  }

  const definitions = {};

  async function begin() {
    for (const place of document.querySelectorAll(".explorable[data-explorable]")) {
      const name = place.dataset.explorable;
      try {
        const explorable = new Explorable(name, definitions[name], place);
        await explorable.begin();
        explorables.shown[name] = explorable;
      } catch (error) {
        console.error(error); // the figure that stands there says the same
      }
    }
  }

  window.explorables = {
    describe(name, charts, data) { described[name] = { charts, data }; },
    define(name, definition) { definitions[name] = definition; },
    shown: {},
    text,
  };
  // Deferred scripts run before this event, so all definitions are in.
  document.addEventListener("DOMContentLoaded", begin);
})();
