// What does not fit a page, with what it is and how it begins; equations by their source. A box is mute if it scrolls, but
// neither fades at its edge nor is reached by the keyboard; a stop is idle if the keyboard halts there and nothing scrolls;
// what fades although nothing scrolls is pale.
() => {
  const shown = (selector) =>
    [...document.querySelectorAll(`article :is(${selector})`)].filter((part) => part.checkVisibility());
  const called = (part) => `${part.className || part.tagName}: ${part.textContent.trim().slice(0, 40)}`;

  const wider = (box) => box.clientWidth > 0 && box.scrollWidth > box.clientWidth + 1;
  const scrolls = (box) => wider(box) && ["auto", "scroll"].includes(getComputedStyle(box).overflowX);
  const fades = (box) => getComputedStyle(box).maskImage.includes("gradient") || box.scrollLeft > 0;

  const equations = window.MathJax?.startup?.document?.math ?? [];
  const sources = new Map([...equations].map((item) => [item.typesetRoot, item.math]));

  // The names in a piece of code that are broken within a word.
  const broken = (code) => {
    const found = [];
    const range = document.createRange();
    const texts = document.createTreeWalker(code, NodeFilter.SHOW_TEXT);
    while (texts.nextNode())
      for (const name of texts.currentNode.data.matchAll(/\w+/g)) {
        range.setStart(texts.currentNode, name.index);
        range.setEnd(texts.currentNode, name.index + name[0].length);
        const lines = new Set([...range.getClientRects()].map((box) => Math.round(box.bottom)));
        if (lines.size > 1) found.push(name[0]);
      }
    return found;
  };

  return {
    page: [document.documentElement, ...document.querySelectorAll(".bd-article-container")].filter(wider).map(called),
    equations: shown("mjx-container[display]").filter(wider).map((box) => sources.get(box) ?? called(box)),
    outputs: shown(".cell_output .output pre").filter(wider).map(called),
    mute: shown("pre, div, picture, mjx-container")
      .filter((box) => scrolls(box) && !(fades(box) && box.tabIndex === 0))
      .map(called),
    idle: shown("pre, mjx-container, .copybtn, picture, .text_html, .pst-scrollable-table-container")
      .filter((box) => box.tabIndex >= 0 && !wider(box))
      .map(called),
    pale: shown(".more").filter((box) => !scrolls(box)).map(called),
    names: shown(":is(td, th) code").flatMap(broken),
    marks: shown("span.math")
      .filter((part) => /^\S/.test(part.nextSibling?.data ?? "") && !part.closest(".held"))
      .map(called),
  };
}
