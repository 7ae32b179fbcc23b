// The search: in the dialog of every page, and on a page of its own. The index is the text of the book, which
// _ext/search_index.py writes; it comes when a reader begins to search. Words are counted as they are typed.
"use strict";

const search = (() => {
  /** How much a page counts where words are found as often: who looks for a word wants to learn about it first. */
  const KINDS = { Chapter: 1, "In depth": 0.6, Part: 0.3, Reference: 0.3, "": 0.4 };
  const TITLE = 16, HEADING = 4, CODE = 0.5; // what a word there counts, beside one in the text
  const OTHER = 0.3; // what another name for the same counts, beside what was typed
  const ASIDE = /^(Exercises|Check yourself|Further reading)$/, LESS = 0.5; // sections that use a word, and do not teach it
  const HALF = 8; // a page that has a word as often as this has half of what a page can have for it
  const TAUGHT = 100; // of the page that teaches what was typed: more than all else

  const tokens = (text) => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  /** What the forms of a word begin with: calibr of calibration and calibrated, clip of clipping. */
  function stem(word) {
    const short = word.replace(/(?:ations?|ings?|ed|(?<!s)s|e|y|ies)$/, "");
    const single = short === word ? word : short.replace(/([bdgmnprt])\1$/, "$1");
    return single.length >= 4 ? single : word;
  }

  /** Whether two names are the same, whatever signs they have, in any of their forms. */
  function same(a, b) {
    const [one, other] = [tokens(a), tokens(b)];
    return one.length === other.length && one.every((word, i) => {
      const also = other[i];
      return word === also || stem(word) === stem(also) || word === also + "s" || word + "s" === also;
    });
  }

  /** What finds a name in any of its forms, whatever signs stand between its words: log(0) is also log 0. */
  function pattern(name, unfinished = false) {
    const words = tokens(name).map((word) => word.replace(/i[sz](?=[aei])/g, "i[sz]")); // as is written on either side of an ocean
    const last = words.pop();
    const isWord = /^[\p{L}[\]]+$/u.test(last);
    let ending = last;
    if (unfinished) ending += "[\\p{L}\\p{N}]*";
    else if (isWord) ending = stem(last) + (stem(last) === last ? "(?:\\p{L}?(?:ed|ing)|e?s)?" : "\\p{L}{0,5}");
    return new RegExp(`(?<![\\p{L}\\p{N}])${[...words, ending].join("[^\\p{L}\\p{N}]{0,3}")}(?![\\p{L}\\p{N}]|\\.\\p{N})`, "giu");
  }

  /** What a query asks for: names that the book knows, the longest first, and what else stands between blanks. */
  function parse(query, names, unfinished) {
    const words = query.trim().split(/\s+/).filter((word) => tokens(word).length);
    const units = [];
    for (let start = 0, end; start < words.length; start = end) {
      let typed, known = [];
      for (end = words.length; end > start; end--) {
        typed = words.slice(start, end).join(" ");
        known = names.filter(([all]) => all.some((name) => same(name, typed)));
        if (known.length || end === start + 1) break;
      }
      const others = known.flatMap(([all]) => all).filter((name) => !same(name, typed));
      units.push({
        typed, others,
        pattern: pattern(typed, unfinished && !known.length && end === words.length),
        otherPatterns: others.map((name) => pattern(name)),
        homes: known.map(([, address, anchor]) => ({ address, anchor })), // the first is where it is taught
      });
    }
    return units;
  }

  const count = (text, pattern) => text.match(pattern)?.length ?? 0;

  /** How often a text has what a unit asks for. */
  function found(unit, text) {
    let times = count(text, unit.pattern);
    for (const other of unit.otherPatterns) times += OTHER * count(text, other);
    return times;
  }

  const share = (times) => times / (times + HALF);

  /** The pages that have all of the query, or, if there are none, some of it: the best first, each with its best places. */
  function search(query, { pages, names }, unfinished = false) {
    const units = parse(query, names, unfinished);
    if (!units.length) return { units, results: [] };
    // Words that stand together, as they were typed, say more than words of which one is here and one there.
    const whole = units.length > 1 ? [{ pattern: pattern(query, unfinished), otherPatterns: [], homes: [] }] : [];
    const asked = [...units, ...whole];
    const counted = pages.map(([address, title, kind, pieces]) => {
      const places = pieces.map(([anchor, heading, text, code]) => {
        const times = asked.map((unit) => {
          const isHome = unit.homes.some((home) => home.address === address && home.anchor === anchor);
          return found(unit, text) + CODE * found(unit, code) + HEADING * found(unit, heading) + (isHome ? TITLE : 0);
        });
        return { anchor, heading, text, code, times };
      });
      const opening = places.find((place) => place.anchor && place.text) ?? places.find((place) => place.text);
      const times = asked.map((unit, i) => places.reduce((sum, place) => sum + place.times[i], TITLE * found(unit, title)));
      return { address, title, kind, opening, places, times };
    });
    // A word that stands on few pages says more about a page than one that stands on many.
    const rare = asked.map((unit, i) => Math.log(1 + pages.length / (1 + counted.filter((page) => page.times[i]).length)));
    const score = (times) => times.reduce((sum, each, i) => sum + rare[i] * share(each), 0);
    for (const page of counted) {
      page.has = units.filter((unit, i) => page.times[i]).length;
      page.places.forEach((place) => { place.score = score(place.times) * (ASIDE.test(place.heading) ? LESS : 1); });
      page.places = page.places.filter((place) => place.score).sort((a, b) => b.score - a.score);
      const taught = units.filter((unit) => unit.homes[0]?.address === page.address).length;
      page.score = KINDS[page.kind] * (score(page.times) + (page.places[0]?.score ?? 0)) + TAUGHT * taught / units.length;
    }
    const most = Math.max(...counted.map((page) => page.has));
    const results = counted.filter((page) => page.has && page.has === most).sort((a, b) => b.score - a.score);
    return { units, results };
  }

  return search;
})();

if (typeof module === "object") module.exports = search; // for the tests, in Node.js
else (() => {
  const root = document.documentElement.dataset.content_root;
  const PLACES = 3; // of a page, below its title
  const ROOM = 180; // characters of an excerpt
  const PAUSE = 120; // milliseconds without a key, after which what was typed is looked for

  let index; // a promise, once somebody searches

  function load() {
    index ??= new Promise((resolve, reject) => {
      window.bookSearch = resolve;
      document.head.append(element("script", { src: `${root}_static/search_index.js`, onerror: reject }));
    });
    return index;
  }

  function element(name, properties = {}, ...children) {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  }

  /** The text with what was found in it marked. */
  function marked(text, patterns) {
    const places = patterns.flatMap((pattern) => Array.from(text.matchAll(pattern), (match) => [match.index, match.index + match[0].length]));
    const pieces = [];
    let end = 0;
    for (const [from, to] of places.sort((a, b) => a[0] - b[0])) {
      if (from < end) continue;
      pieces.push(text.slice(end, from), element("mark", {}, text.slice(from, to)));
      end = to;
    }
    return [...pieces, text.slice(end)];
  }

  /** The piece of a text in which most of what was looked for stands, cut between words. */
  function excerpt(text, patterns) {
    if (text.length <= ROOM) return text;
    const places = patterns.flatMap((pattern, i) => Array.from(text.matchAll(pattern), (match) => [match.index, i]));
    const worth = (from) => new Set(places.filter(([at]) => at >= from && at < from + ROOM - 40).map(([, i]) => i)).size;
    const first = places.map(([at]) => at).sort((a, b) => worth(b) - worth(a) || a - b)[0] ?? 0;
    const from = text.lastIndexOf(" ", Math.max(0, Math.min(first - 50, text.length - ROOM))) + 1;
    const cut = from + ROOM < text.length ? text.slice(from, from + ROOM).replace(/\s+\S*$/, "") + " …" : text.slice(from);
    return from > 0 ? "… " + cut : cut;
  }

  function shown(page, patterns) {
    const address = root + page.address;
    const item = element("li", {}, element("a", { href: address }, ...marked(page.title, patterns)));
    if (page.kind) item.append(" ", element("span", { className: "kind" }, page.kind));
    const places = page.places.filter((place) => place.anchor || place.text || place.code).slice(0, PLACES);
    if (!places.length && page.opening) places.push(page.opening);
    for (const { anchor, heading, text, code } of places) {
      const has = (words) => patterns.some((pattern) => words.search(pattern) >= 0);
      const line = has(text) ? "" : code.split("\n").find(has)?.trim();
      const words = line ? [element("code", {}, ...marked(line, patterns))] : marked(excerpt(text, patterns), patterns);
      const place = element("div", { className: "place" });
      if (anchor && heading) place.append(element("a", { href: `${address}#${anchor}` }, ...marked(heading, patterns)));
      if (line || text) place.append(element("p", { className: "context" }, ...words));
      if (place.childNodes.length) item.append(place);
    }
    return item;
  }

  function summary(query, { units, results }) {
    const others = units.flatMap((unit) => unit.others);
    const also = others.length ? ` Also looked for: ${others.join(", ")}.` : "";
    if (!results.length) return `Nothing in the book has “${query}”.`;
    const missing = results[0].has < units.length ? "No page has all of it. " : "";
    return `${missing}${results.length === 1 ? "1 page" : `${results.length} pages`} with “${query}”.${also}`;
  }

  /** Have a field search while it is typed in; what is found stands in `place`. */
  function attach(form, place) {
    const field = form.querySelector("input");
    const inDialog = form.closest(".search-button__wrapper") !== null;
    const status = element("p", { className: "search-summary", role: "status" });
    const list = element("ul", { className: "search" });
    place.append(status, list);
    let timer;

    async function show(unfinished) {
      const query = field.value.trim();
      if (!query) {
        status.textContent = "";
        list.replaceChildren();
        return;
      }
      const all = await load().catch(() => null);
      if (query !== field.value.trim()) return; // the reader has typed on
      if (!all) {
        status.textContent = "The index of the search could not be loaded.";
        return;
      }
      if (!inDialog && location.protocol !== "file:") history.replaceState(null, "", `?q=${encodeURIComponent(query)}`);
      const found = search(query, all, unfinished);
      const patterns = found.units.flatMap((unit) => [unit.pattern, ...unit.otherPatterns]);
      status.textContent = summary(query, found);
      list.replaceChildren(...found.results.map((page) => shown(page, patterns)));
    }

    field.addEventListener("focus", load, { once: true });
    field.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(show, PAUSE, true);
    });
    form.addEventListener("submit", (event) => {
      if (inDialog) return; // to the page of the search
      event.preventDefault();
      show(false);
    });
    // The arrows go through what was found, and back to the field.
    form.parentElement.addEventListener("keydown", (event) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      const stops = [field, ...list.querySelectorAll("a")];
      const now = stops.indexOf(document.activeElement);
      if (!step || now < 0 || !stops[now + step]) return;
      event.preventDefault();
      stops[now + step].focus();
    });
    return { field, show };
  }

  const dialog = document.querySelector(".search-button__search-container");
  if (dialog) {
    const { field } = attach(dialog.querySelector("form"), dialog.appendChild(element("div", { className: "search-results" })));
    dialog.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && document.activeElement !== field) field.focus(); // where the theme hears it
    });
  }

  const results = document.getElementById("search-results");
  if (results) {
    const { field, show } = attach(results.parentElement.querySelector("form"), results);
    const asked = new URLSearchParams(location.search).get("q");
    if (asked) {
      field.value = asked;
      show(false);
    }
  }
})();
