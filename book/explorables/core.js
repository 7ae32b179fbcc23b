/* The frame of every explorable: native controls, the sentence that answers, charts that a pointer can take hold of, and
   below them a folded table of all numbers.

   explorables.describe(name, charts, data)   charts (Vega specifications) and data, written when the book is built
   explorables.define(name, definition)       what NAME.js says:
     title       of the whole; it names what can be dragged
     controls    [{name, label, min, max, step, value, compact?}]        a number: a slider, and a field to type it, or
                                                                         the slider alone where it is compact
                 [{name, label, value, choices: [[value, text], …]}]     one of a few
                 [{name, text, press(app, button)}]                      a button; all stand in a row below the others
     drag        [{chart, x?, y?, at?, to?, axes?}]: the handles that a pointer drags.
                 x and y name the controls that follow the pointer along the axes of the chart. Where a handle does not
                 stand where its controls say, at(values, data, state) → {x, y?} has its place, at half the height
                 without a y. Where the controls do not follow as they are, to({x, y}, values, data, state) →
                 {control: value} has their values, and axes ("x", "y" or "xy") the ways that the handle moves
     legend      [[label, colour, dash?], …], optional: dash is that of the chart, in pixels
     results     {rows: [[name, label, form?], …], columns: [[name, label, form?], …], caption?}: a table, or a list of
                 such. A form is a number of decimals, "percent", "significant" or "words"; that of a row goes first
     alt         {chart: what the chart shows, for somebody who cannot see it}
     compute(values, data, state, app) → {results: {"row.column": number or words}, charts: {chart: {dataset: [rows]}},
                 summary}: the summary is one or two sentences, short enough for four lines on a telephone
     start(app)  optional, once at the beginning
*/
(function () {
  "use strict";

  const described = {}; // name → {charts, data}
  const WAIT = 500; // milliseconds without a change before the sentence is spoken
  const SLOP = 6; // pixels that a finger moves before it means to drag
  const ARROWS = { x: "M-10-3l-3 3l3 3M10-3l3 3l-3 3", y: "M-3-10l3-3l3 3M-3 10l3 3l3-3" }; // the ways of a handle

  /* Numbers as the reader sees them; the cell's data-value keeps all their digits. */
  const typeset = (digits) => digits.replace("e+", "e").replace(/-/g, "\u2212");
  const special = (x) => Number.isNaN(x) ? "NaN" : x > 0 ? "∞" : "\u2212∞";

  /** So many digits, those of a very large or a very small number before a power of ten. */
  function significant(x, digits = 4) {
    if (!Number.isFinite(x)) return special(x);
    const size = Math.abs(x);
    if (x === 0) return "0";
    return typeset(size >= 1e-3 && size < 10 ** digits ? x.toPrecision(digits) : x.toExponential(digits - 1));
  }

  /** So many decimals, but where all of them would be 0, or nobody would count the digits before them. */
  function fixed(x, decimals) {
    if (!Number.isFinite(x)) return special(x);
    const size = Math.abs(x);
    return x !== 0 && size < 0.5 * 10 ** -decimals || size >= 1e6 ? significant(x, 2) : typeset(x.toFixed(decimals));
  }

  /** A share in per cent. */
  const percent = (x) => x > 0 && x < 0.0005 ? "<0.1%" : `${fixed(100 * x, 1)}%`;

  function text(value, form = "significant") {
    if (typeof value === "string") return value;
    return typeof form === "number" ? fixed(value, form) : { percent, significant }[form](value);
  }

  const decimals = (step) => (String(step).split(".")[1] || "").length;
  const within = (value, { min, max }) => Math.min(max, Math.max(min, value));

  /** The nearest place where a slider can stand. */
  function snapped(value, control) {
    const { min, step } = control;
    return Number(within(min + Math.round((value - min) / step) * step, control).toFixed(decimals(step)));
  }

  /** A value as the field beside a slider shows it: as it is where the slider can stand there, else with four digits. */
  const rounded = (value, control) => Math.abs(value - snapped(value, control)) < 1e-9
    ? snapped(value, control) : Number(value.toPrecision(4));

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

  /** What a pointer takes hold of in a chart. Its place follows from the values of the controls, and they from its place. */
  class Handle {
    constructor(app, definition) {
      this.app = app;
      this.definition = definition;
      this.chart = definition.chart;
      this.axes = definition.axes || ["x", "y"].filter((axis) => definition[axis]).join("");
      this.element = make("span", { class: "explorable-handle", "data-axes": this.axes, "aria-hidden": "true" });
      this.element.innerHTML = `<svg viewBox="-15 -15 30 30"><circle r="6.5"/><path d="${[...this.axes].map((axis) => ARROWS[axis]).join("")}"/></svg>`;
    }

    /** Its place in the units of the chart. */
    get at() {
      const { at, x, y } = this.definition, { values, data, state } = this.app;
      return at ? at(values, data, state) : { x: values[x], y: values[y] };
    }

    /** The values that the controls take when it is moved to a point of the chart. */
    to(point) {
      const { to, x, y } = this.definition, { values, data, state, limits } = this.app;
      if (!to) return Object.fromEntries([[x, point.x], [y, point.y]].filter(([name]) => name).map(([name, value]) => [name, snapped(value, limits[name])]));
      return Object.fromEntries(Object.entries(to(point, values, data, state)).map(([name, value]) => [name, within(value, limits[name])]));
    }
  }

  /** A chart in its place: the handles that are in it, and the way from its units to the screen and back. */
  class Plot {
    constructor(place, view, handles) {
      Object.assign(this, { place, view, handles });
      place.append(...handles.map((handle) => handle.element));
      if (handles.length) this.listen();
    }

    /** From the pixels of the part between the axes to those of the screen. */
    get matrix() {
      return this.place.querySelector("svg .role-frame > g").getScreenCTM();
    }

    extent(axis) {
      return this.view.scale(axis).range().slice().sort((a, b) => a - b);
    }

    /** Put the handles where their values say; one that is outside the chart waits unseen. */
    arrange() {
      if (!this.handles.length) return;
      const { matrix } = this, box = this.place.getBoundingClientRect();
      for (const { element, at } of this.handles) {
        const x = this.view.scale("x")(at.x), [left, right] = this.extent("x");
        const y = at.y === undefined ? this.view.height() / 2 : this.view.scale("y")(at.y);
        const point = new DOMPoint(x, y).matrixTransform(matrix);
        element.hidden = !(x >= left - 1 && x <= right + 1);
        element.style.translate = `${point.x - box.x}px ${point.y - box.y}px`;
      }
    }

    /** Move a handle to a point of the screen. */
    move(handle, x, y) {
      const point = new DOMPoint(x, y).matrixTransform(this.matrix.inverse()), found = {};
      for (const axis of handle.axes) {
        const [low, high] = this.extent(axis);
        found[axis] = this.view.scale(axis).invert(Math.min(high, Math.max(low, point[axis])));
      }
      for (const [name, value] of Object.entries(handle.to(found))) handle.app.set(name, value);
    }

    /** Where a handle's middle is on the screen. */
    middle({ element }) {
      const box = element.getBoundingClientRect();
      return [box.x + box.width / 2, box.y + box.height / 2];
    }

    /** The handle that is nearest to a point of the screen, along the ways that it can move. */
    nearest(x, y) {
      const distance = (handle) => {
        const [across, up] = this.middle(handle);
        return Math.hypot(x - across, handle.axes === "x" ? (y - up) / 8 : y - up);
      };
      return this.handles.filter(({ element }) => !element.hidden).sort((a, b) => distance(a) - distance(b))[0];
    }

    /** A press on a handle takes it; a press beside it calls the nearest. A finger may as well mean to scroll: it drags from
        a handle at once, and elsewhere when it moves sideways, which the browser decides (touch-action), or when it taps. */
    listen() {
      const { place } = this;
      const ways = new Set(this.handles.map(({ axes }) => axes));
      place.dataset.drag = ways.size === 1 ? [...ways][0] : "xy";
      let held = null;
      const follow = ({ clientX, clientY }) => this.move(held.handle, clientX + held.offset[0], clientY + held.offset[1]);
      const release = (event) => {
        if (event.pointerId !== held?.id) return;
        held = null;
        place.classList.remove("explorable-held");
      };
      place.addEventListener("pointerdown", (event) => {
        const { clientX: x, clientY: y, pointerId: id } = event;
        if (event.button !== 0 || held) return;
        const taken = this.handles.find(({ element }) => element === event.target);
        const handle = taken || this.nearest(x, y);
        if (!handle) return;
        const [across, up] = this.middle(handle);
        const waits = !taken && event.pointerType === "touch";
        held = { id, handle, from: [x, y], offset: taken ? [across - x, up - y] : [0, 0], waits, taps: waits };
        place.setPointerCapture(id);
        place.classList.add("explorable-held");
        if (!taken && !waits) follow(event);
      });
      place.addEventListener("pointermove", (event) => {
        if (event.pointerId !== held?.id) return;
        const across = Math.abs(event.clientX - held.from[0]), up = Math.abs(event.clientY - held.from[1]);
        held.taps &&= Math.max(across, up) < SLOP;
        held.waits &&= across < SLOP || across < up;
        if (!held.waits) follow(event);
      });
      place.addEventListener("pointerup", (event) => {
        if (event.pointerId !== held?.id) return;
        if (held.taps) follow(event);
        held.handle.app.focus(Object.keys(held.handle.to(held.handle.at))[0]); // arrow keys go on from here
        release(event);
      });
      place.addEventListener("pointercancel", release);
    }
  }

  class Explorable {
    constructor(name, definition, place) {
      this.name = name;
      this.definition = definition;
      this.charts = described[name].charts;
      this.data = described[name].data;
      this.state = {};
      this.values = {};
      this.limits = {};
      this.inputs = {};
      this.cells = {};
      this.plots = {};
      this.views = {};
      this.reducedMotion = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
      // The sentence is right in every frame. Those who hear the page are told once nothing moves any more.
      this.sentence = make("p", { class: "explorable-summary", "aria-hidden": "true" });
      this.status = make("p", { class: "explorable-status", role: "status" });
      this.root = make("div", { class: "explorable-frame", id: `explorable-${name}`, role: "group", tabindex: "-1", "aria-label": definition.title, "data-name": name },
        make("p", { class: "explorable-title" }, definition.title),
        this.controls(), this.sentence, this.status, this.legend(), this.chartPlaces(), this.tables());
      this.figure = document.getElementById(place.dataset.figure);
      if (!this.figure) throw new Error(`explorable ${name}: no figure ${place.dataset.figure}`);
    }

    async begin() {
      this.figure.prepend(this.root);
      await this.mount();
      if (this.definition.start) this.definition.start(this);
      this.refresh();
      this.figure.classList.add("explorable-figure"); // only now does the drawn figure make room; its caption stays
      const skip = document.getElementById("pst-skip-link");
      if (skip) skip.append(" ", make("a", { href: `#${this.root.id}` }, "Skip to the figure that responds"));
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
      const parts = [label, range];
      range.addEventListener("input", () => this.set(control.name, Number(range.value)));
      this.limits[control.name] = limits;
      this.values[control.name] = control.value;
      this.inputs[control.name] = (value) => { range.value = value; };
      if (!control.compact) {
        const field = make("input", { type: "number", "aria-label": `${control.label}, as a number`, ...limits, step: "any", value: control.value });
        field.addEventListener("input", () => {
          if (field.value !== "" && field.checkValidity()) this.set(control.name, Number(field.value));
        });
        field.addEventListener("change", () => { field.value = rounded(this.values[control.name], limits); });
        this.inputs[control.name] = (value) => {
          range.value = value;
          if (document.activeElement !== field) field.value = rounded(value, limits);
        };
        parts.push(field);
      }
      return make("div", { class: `explorable-control${control.compact ? " explorable-compact" : ""}` }, ...parts);
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

    legend() {
      const keys = (this.definition.legend || []).map(([label, colour, dash]) =>
        make("li", {}, make("span", { class: "explorable-key", style: line(colour, dash) }), label));
      return keys.length ? make("ul", { class: "explorable-legend" }, ...keys) : "";
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
      const tables = [this.definition.results].flat().map((table) => this.table(table));
      return make("details", { class: "explorable-details" }, make("summary", {}, "All numbers"),
        make("div", { class: "explorable-results" }, ...tables));
    }

    table({ rows, columns, caption }) {
      const look = (form) => form === "words" ? "explorable-words" : undefined;
      const heads = columns.map(([, label, form]) => make("th", { scope: "col", class: look(form) }, label));
      const head = make("tr", {}, make("td"), ...heads);
      const body = rows.map(([row, label, ofRow]) => make("tr", {}, make("th", { scope: "row" }, label),
        ...columns.map(([column, , form]) => {
          const cell = make("td", { class: look(form), "data-result": `${row}.${column}` });
          this.cells[`${row}.${column}`] = { cell, form: ofRow ?? form };
          return cell;
        })));
      const parts = [make("thead", {}, head), make("tbody", {}, ...body)];
      return make("table", {}, ...(caption ? [make("caption", {}, caption)] : []), ...parts);
    }

    /** Draw the charts into their places, each as wide as its place becomes. */
    async mount() {
      const options = { mode: "vega", renderer: "svg", actions: false, tooltip: false, ast: false };
      const handles = (this.definition.drag || []).map((definition) => new Handle(this, definition));
      for (const [key, place] of Object.entries(this.places)) {
        // Vega gives what it draws roles and words of its own, mark by mark: the place has one description for all of it.
        const inside = make("div", { "aria-hidden": "true" });
        place.append(inside);
        const { view } = await vegaEmbed(inside, this.charts[key], options);
        const plot = new Plot(place, view, handles.filter(({ chart }) => chart === key));
        new ResizeObserver(async () => {
          if (place.clientWidth && place.clientWidth !== view.width()) await view.width(place.clientWidth).resize().runAsync();
          plot.arrange();
        }).observe(place);
        this.plots[key] = plot;
        this.views[key] = view;
      }
    }

    /** Change a control's value from a script or by hand: the control and everything that depends on it follow. */
    set(name, value) {
      this.values[name] = value;
      this.inputs[name](value);
      this.request();
    }

    /** Give a slider the focus, where the reader looks or not. */
    focus(name) {
      this.root.querySelector(`input[type="range"][name="${name}"]`)?.focus({ preventScroll: true });
    }

    /** Ask for a new picture: at most one a frame of the screen, however fast the events come. */
    request() {
      if (this.frame) return;
      this.frame = requestAnimationFrame(() => { this.frame = null; this.refresh(); });
    }

    refresh() {
      const done = this.definition.compute(this.values, this.data, this.state, this);
      for (const [key, value] of Object.entries(done.results)) {
        const { cell, form } = this.cells[key];
        cell.dataset.value = String(value);
        cell.textContent = text(value, form);
      }
      for (const [key, sets] of Object.entries(done.charts)) {
        for (const [set, rows] of Object.entries(sets)) this.views[key].data(set, rows);
        this.views[key].runAsync();
      }
      this.say(done.summary);
      for (const plot of Object.values(this.plots)) plot.arrange();
      this.root.dataset.drawn = String(Number(this.root.dataset.drawn || 0) + 1);
    }

    /** Show the sentence now, and speak it once the reader rests: spoken at every step of a drag, it would never be heard. */
    say(sentence) {
      this.sentence.textContent = sentence;
      if (!this.status.textContent) this.status.textContent = sentence;
      clearTimeout(this.waiting);
      this.waiting = setTimeout(() => {
        if (this.status.textContent !== sentence) this.status.textContent = sentence;
      }, WAIT);
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
    numbers: { fixed, percent, significant },
  };
  // Deferred scripts run before this event, so all definitions are in.
  document.addEventListener("DOMContentLoaded", begin);
})();
